"""Whatever the network does, everyone ends up seeing the same room.

Two processes on one log, joined by a bus that loses, delays and repeats; eight browsers, some late.
Planting `self.apply(…)` without asking in `Room.settle` must make this fail: see
`test_a_planted_bug_is_found`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from itertools import count, cycle

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from realtime.log import Entry, MemoryLog
from realtime.room import Room
from realtime.writer import Decided
from tests.asked import asked, ballot
from tests.realtime.rooms import ANA, BEN, HAL, PEOPLE, make_room, seat
from workshop.door import Unavailable
from workshop.feature import Refused
from workshop.people import OBSERVER, Person

READERS = (HAL, ANA, BEN, OBSERVER)
COMMANDS = [
    ("chat.post", {"text": "hi"}),
    ("chat.remove", {"id": "c0"}),
    ("people.move", {"place": "remote"}),
    ("people.give", {"person": "ana", "role": "facilitator"}),
    ("people.give", {"person": "ana", "role": "participant"}),
    ("people.remove", {"person": "ben"}),
    ("stage.go_live", {"source": "demo"}),
    ("stage.end", {}),
    ("minutes.lock", {}),
    ("polls.draft", {"plan": asked("Now?", ["yes", "no"])}),
    *(
        (f"polls.{verb}", {"poll": poll})
        for verb in ("open", "close", "publish", "discard")
        for poll in ("c0", "c1")
    ),
    *(("polls.vote", ballot(poll, n)) for poll in ("c0", "c1") for n in (0, 1)),
]


class LossyBus:
    """Two processes joined by a bus that loses, or holds back, whatever it is told to."""

    def __init__(self) -> None:
        self.rooms: list[Room] = []
        self.mood = "tell"
        self.held: list[Entry] = []
        self.telling: list[asyncio.Task] = []

    def publish(self, entries: Sequence[Entry]) -> None:
        if self.mood == "lose":
            return
        self.held += entries
        if self.mood == "tell":
            self.telling.append(asyncio.create_task(self.release()))

    async def release(self) -> None:
        held, self.held = self.held, []
        for entry in reversed(held):  # late, and in the wrong order
            for room in self.rooms:
                await room.hear([entry])


class SlowLog(MemoryLog):
    """A log that takes its time before and after writing, as a database does."""

    delays = cycle([0])

    async def append(self, room, entries, beside=()) -> None:
        await self.dawdle()
        await super().append(room, entries, beside)
        await self.dawdle()

    async def dawdle(self) -> None:
        for _ in range(next(self.delays)):
            await asyncio.sleep(0)


class Browser:
    """A browser's copy of the room: the dozen lines that every client must get right. `told` is
    what the server knows of it: frames with nothing in them are not sent."""

    def __init__(self, room: Room, person: Person) -> None:
        self.room, self.person = room, person
        self.seen: dict[str, object] = {}
        self.seq = self.told = 0

    def catch_up(self) -> None:
        news = self.room.news.frame(self.told, self.person.audiences)
        greeted, self.told = not self.told, news.seq
        if not news and not greeted:
            return
        frame = json.loads(news.message.content)
        assert frame["since"] <= self.seq, "a gap"
        assert frame["fresh"] == greeted
        if frame["fresh"]:
            self.seen.clear()
        for key in frame["gone"]:
            self.seen.pop(key, None)
        self.seen |= frame["put"]
        self.seq = frame["seq"]

    def change_process(self, rooms: list[Room]) -> None:
        """A reconnect that lands in the other process, which may know less: then, start afresh."""
        self.room = next(room for room in rooms if room is not self.room)
        self.told = self.seq = 0 if self.seq > self.room.seq else self.seq


command = st.tuples(
    st.just("do"), st.sampled_from(COMMANDS), st.sampled_from(PEOPLE), st.integers(0, 1)
)
step = st.one_of(
    command,
    command,
    command,
    st.tuples(st.just("receive"), st.integers(0, 7)),
    st.tuples(st.just("reconnect"), st.integers(0, 7)),
    st.tuples(st.just("bus"), st.sampled_from(["tell", "lose", "hold"])),
    st.tuples(st.just("release")),
    st.tuples(st.just("resend"), st.integers(0, 1)),
)
WHILE_WE_WAITED = {  # for our own write, someone else wrote, and told us first
    "script": [("do", COMMANDS[0], ANA, 0), ("do", COMMANDS[0], BEN, 1)],
    "delays": [0, 9, 0, 0, 0],
}


@example(**WHILE_WE_WAITED)
@settings(max_examples=300, deadline=None)
@given(
    script=st.lists(step, max_size=40),
    delays=st.lists(st.integers(0, 9), min_size=5, max_size=5),
)
def test_everyone_converges(script, delays):
    asyncio.run(play(script, delays))


async def play(script, delays) -> None:
    log, bus, ticks = SlowLog(), LossyBus(), count(1)
    bus.rooms = [make_room(log, bus.publish, clock=lambda: float(next(ticks))) for _ in range(2)]
    rooms = bus.rooms
    await seat(rooms[0], *PEOPLE)
    log.delays = cycle(delays)
    browsers = [Browser(room, person) for room in rooms for person in READERS]
    refs: list[tuple] = []
    running: list[asyncio.Task] = []

    for each in script:
        match each:
            case ("do", (name, fields), person, n):
                refs.append((name, person, f"c{len(refs)}", fields))
                running.append(asyncio.create_task(attempt(rooms[n], *refs[-1])))
            case ("resend", n) if refs:
                running.append(asyncio.create_task(attempt(rooms[n], *refs[-1])))
            case ("receive", n):
                await asyncio.sleep(0)
                browsers[n].catch_up()
            case ("reconnect", n):
                browsers[n].change_process(rooms)
            case ("bus", mood):
                bus.mood = mood
            case ("release",):
                await bus.release()

    await asyncio.gather(*running)
    await asyncio.gather(*bus.telling)
    for room in rooms:
        await room.catch_up()
    entries = await log.since("r", 0)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert len({entry.ref for entry in entries}) == len(entries)
    assert dict(rooms[0].records) == dict(rooms[1].records)
    for browser in browsers:
        browser.catch_up()
        fresh = Browser(browser.room, browser.person)
        fresh.catch_up()
        assert browser.seen == fresh.seen
        if browser.person == OBSERVER:
            assert not any(key.startswith(("polls.ballot", "polls.tally")) for key in fresh.seen)


async def attempt(room: Room, name, person, ref, fields) -> None:
    with suppress(Refused, Unavailable):
        await room.submit(name, person, ref, fields)


def test_a_planted_bug_is_found(monkeypatch):
    """Taking one's own entry without asking whether it was already heard."""

    def planted(self: Room, decided: Decided) -> None:
        self.apply(decided.entry, decided.changes)

    monkeypatch.setattr(Room, "settle", planted)

    with pytest.raises(AssertionError, match="in order, once each"):
        asyncio.run(play(**WHILE_WE_WAITED))
