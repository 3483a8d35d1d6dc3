"""A room that lasts: it opens quickly after a long evening, and holds no more than it must."""

from __future__ import annotations

import json
import time

import pytest

from realtime import news, room
from realtime.log import Entry, MemoryLog
from realtime.log_django import DjangoLog
from tests.realtime.rooms import ANA, BEN, HAL, make_room, seat
from workshop.feature import Refused
from workshop.people import OBSERVER

MESSAGE = {"person": "ana", "name": "Ana", "role": "participant", "place": "hall"}


@pytest.fixture
def _small(monkeypatch):
    """As if a snapshot were due every 20 entries, and 10 messages were many."""
    monkeypatch.setattr(room, "SNAPSHOT_EVERY", 20)
    monkeypatch.setattr(news, "HELD", 10)


async def talked(log, number: int):
    there = await seat(make_room(log), HAL, ANA, BEN)
    for n in range(number):
        await there.submit("chat.post", ANA, f"m{n}", {"text": f"{n}"})
    return there


def told(there, person=BEN, since: int = 0) -> dict:
    return json.loads(there.news.frame(since, person.audiences).message.content)


@pytest.mark.usefixtures("_small")
async def test_a_room_opened_at_a_snapshot_is_the_room_that_went_on():
    log = MemoryLog()
    there = await talked(log, 50)
    again = make_room(log)
    await again.open()

    assert (await log.snapshot("r")).seq == 40
    assert dict(again.records) == dict(there.records)
    for person in (HAL, ANA, BEN, OBSERVER):
        assert told(again, person) == told(there, person)
    assert told(again, BEN, 45) == told(there, BEN, 45)


@pytest.mark.usefixtures("_small")
async def test_whoever_stands_before_the_snapshot_starts_afresh():
    log = MemoryLog()
    await talked(log, 50)
    again = make_room(log)
    await again.open()

    assert told(again, BEN, 39)["fresh"]
    assert not told(again, BEN, 41)["fresh"]


@pytest.mark.usefixtures("_small")
async def test_old_messages_are_held_by_the_log_alone_and_still_read():
    log = MemoryLog()
    there = await talked(log, 50)
    again = make_room(log)
    await again.open()

    for each in (there, again):
        held = [key for key, _ in each.records if key.startswith("chat.")]
        assert len(held) <= 10 + 20
        older = await each.older("chat.message", before=31, audiences=BEN.audiences, most=12)
        assert list(older) == [f"chat.message/m{n}" for n in range(15, 27)]


@pytest.mark.usefixtures("_small")
async def test_every_process_lets_go_at_the_same_entry():
    """Or one would allow what another refuses."""
    log = MemoryLog()
    there = await talked(log, 36)
    late = make_room(log)
    await late.catch_up()
    await there.submit("chat.post", ANA, "m36", {"text": "the fortieth entry"})
    await late.catch_up()

    assert there.seq == late.seq == 40
    assert {key for key, _ in there.records} == {key for key, _ in late.records}
    for each in (there, late):
        with pytest.raises(Refused):
            await each.submit("chat.remove", HAL, f"x{id(each)}", {"id": "m0"})


@pytest.mark.usefixtures("_small")
async def test_whoever_missed_what_was_let_go_of_starts_afresh():
    there = await talked(MemoryLog(), 40)

    assert told(there, BEN, 5)["fresh"], "messages 2 to 26 changed since, and are not held"
    assert not told(there, BEN, 35)["fresh"]


@pytest.mark.usefixtures("_small")
async def test_a_command_from_before_the_snapshot_is_not_carried_out_again():
    log = MemoryLog()
    await talked(log, 50)
    again = make_room(log)
    await again.open()

    assert await again.submit("chat.post", ANA, "m0", {"text": "0"}) == 4
    assert again.seq == 53


@pytest.mark.usefixtures("_small")
async def test_a_snapshot_that_was_never_kept_is_kept_by_who_opens_the_room():
    class Forgetful(MemoryLog):
        keeps = False

        async def keep(self, room, state, old) -> None:
            if not self.keeps:
                raise OSError("the disk is full")
            await super().keep(room, state, old)

    log = Forgetful()
    await talked(log, 50)
    log.keeps = True
    again = make_room(log)
    await again.open()

    assert (await log.snapshot("r")).seq == 40


@pytest.mark.django_db(transaction=True)
async def test_a_room_of_a_hundred_thousand_entries_opens_at_once():
    log = DjangoLog()
    there = await seat(make_room(log), HAL, ANA, BEN)
    for begin in range(4, 100_000, 5000):
        await log.append("r", [message(seq) for seq in range(begin, min(begin + 5000, 100_001))])
    await there.learn()
    await there.keep_snapshot()

    begun = time.perf_counter()
    again = make_room(log)
    await again.open()
    took = time.perf_counter() - begun

    assert again.seq == there.seq == 100_000
    assert len(dict(again.records)) <= news.HELD + 3
    assert len(again._refs) <= room.REFS_KEPT
    assert took < 3, "0.3 s on a machine at rest: see docs/performance.md"
    older = await again.older("chat.message", before=300, audiences=BEN.audiences, most=200)
    assert len(older) == 200


def message(seq: int) -> Entry:
    record = MESSAGE | {"id": f"m{seq}", "text": "hello", "at": 1.0, "seq": seq, "removed": False}
    return Entry(seq, f"m{seq}", "chat.post", "ana", 1.0, {f"chat.message/m{seq}": record})
