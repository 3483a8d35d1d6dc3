"""A room: commands once each, rights at the moment, and what happens when the log is unwell."""

from __future__ import annotations

import asyncio

import pytest

from realtime.log import MemoryLog, OutOfDate
from realtime.room import Room
from tests.asked import asked, ballot
from tests.realtime.rooms import ANA, BEN, HAL, Clock, make_room, nobody_hears, seat
from workshop.door import Unavailable
from workshop.feature import Refused
from workshop.people import OBSERVER, SYSTEM, Person
from workshop.records import Records

POLL = {"plan": asked("Now?", ["yes", "no"])}


async def seated(**parts) -> Room:
    return await seat(make_room(**parts), HAL, ANA, BEN)


async def test_the_same_command_sent_twice_happens_once():
    room = await seated()
    first = await room.submit("chat.post", ANA, "m1", {"text": "Hello"})

    assert await room.submit("chat.post", ANA, "m1", {"text": "Hello"}) == first
    assert room.seq == first


async def test_a_resent_vote_is_still_counted_after_the_poll_closed():
    room = await seated()
    await room.submit("polls.draft", HAL, "p", {"plan": asked("?", ["a", "b"])})
    await room.submit("polls.open", HAL, "o", {"poll": "p"})
    seq = await room.submit("polls.vote", ANA, "v", ballot("p", 0))
    await room.submit("polls.close", HAL, "c", {"poll": "p"})

    assert await room.submit("polls.vote", ANA, "v", ballot("p", 0)) == seq


async def test_a_forgotten_ref_is_looked_up_before_refusing():
    room = await seated()
    await room.submit("polls.draft", HAL, "p", {"plan": asked("?", ["a", "b"])})
    seq = await room.submit("polls.open", HAL, "o", {"poll": "p"})
    room._refs.clear()
    room._forgot = True

    assert await room.submit("polls.open", HAL, "o", {"poll": "p"}) == seq


async def test_a_forgotten_ref_is_not_carried_out_again():
    room = await seated()
    seq = await room.submit("chat.post", ANA, "m1", {"text": "Hello"})
    room._refs.clear()
    room._forgot = True

    assert await room.submit("chat.post", ANA, "m1", {"text": "Hello"}) == seq
    assert room.seq == seq


@pytest.mark.parametrize(("name", "by"), [("chat.post", BEN), ("people.move", ANA)])
async def test_a_ref_of_another_person_or_command_is_taken(name, by):
    room = await seated()
    await room.submit("chat.post", ANA, "m1", {"text": "Hello"})

    with pytest.raises(Refused, match="ref-taken"):
        await room.submit(name, by, "m1", {"text": "Hello"})


async def test_rights_are_those_of_the_moment():
    room = await seated()
    await room.submit("people.give", HAL, "g", {"person": "ana", "role": "facilitator"})
    await room.submit("people.give", HAL, "t", {"person": "ana", "role": "participant"})
    as_she_came = Person("ana", "Ana", role="facilitator")

    with pytest.raises(Refused, match="not-allowed"):
        await room.submit("polls.draft", as_she_came, "p", {"plan": asked("?", ["a", "b"])})


async def test_someone_removed_is_refused_and_cannot_sit_down_again():
    room = await seated()
    await room.submit("people.remove", HAL, "x", {"person": "ana"})
    await seat(room, ANA)

    with pytest.raises(Refused, match="not-seated"):
        await room.submit("chat.post", ANA, "m1", {"text": "Hello"})


async def test_an_observer_is_asked_to_sit_down():
    room = await seated()

    with pytest.raises(Refused, match="not-seated"):
        await room.submit("chat.post", OBSERVER, "m1", {"text": "Hello"})


async def test_nobody_plays_the_server():
    room = await seated()
    imposter = Person("system", "", role="participant")

    with pytest.raises(Refused, match="not-seated"):
        await room.submit("stage.go_live", imposter, "x", {"source": "demo"})


async def test_an_unknown_command_is_refused():
    with pytest.raises(Refused, match="unknown-command"):
        await (await seated()).submit("chat.shout", ANA, "m1", {})


async def test_never_refuses_on_stale_knowledge():
    log = MemoryLog()
    here, there = await seated(log=log), make_room(log)
    await there.catch_up()
    await here.submit("polls.draft", HAL, "p", {"plan": asked("?", ["a", "b"])})
    await here.submit("polls.open", HAL, "o", {"poll": "p"})

    assert await there.submit("polls.vote", BEN, "v", ballot("p", 1)) == here.seq + 1


async def test_two_processes_never_write_the_same_place():
    log = MemoryLog()
    here, there = await seated(log=log), make_room(log)

    await asyncio.gather(
        *(
            room.submit("chat.post", by, f"{by.id}{n}", {"text": "Hello"})
            for n in range(20)
            for room, by in ((here, ANA), (there, BEN))
        )
    )

    entries = await log.since("r", 0)
    assert [entry.seq for entry in entries] == list(range(1, 44))
    assert len({entry.ref for entry in entries}) == 43


class BrokenLog(MemoryLog):
    """A log on a disk that fails: before writing, or after, so that the answer is lost."""

    fails: str | None = None
    unreadable = False

    async def since(self, room, seq):
        if self.unreadable:
            raise OSError("the disk is away")
        return await super().since(room, seq)

    async def append(self, room, entries, beside=()) -> None:
        if self.fails == "before":
            raise OSError("the disk is full")
        await super().append(room, entries, beside)
        if self.fails == "after":
            raise ConnectionError("the answer was lost")


async def test_what_could_not_be_stored_changes_nothing_and_may_be_asked_again():
    log = BrokenLog()
    room = await seated(log=log)
    log.fails = "before"
    with pytest.raises(Unavailable):
        await room.submit("chat.post", ANA, "m1", {"text": "Hello"})
    assert room.records.get("chat.message/m1") is None

    log.fails = None
    assert await room.submit("chat.post", ANA, "m1", {"text": "Hello"}) == 4


async def test_an_uncertain_commit_is_settled_by_asking_the_log():
    log = BrokenLog()
    room = await seated(log=log)
    log.fails = "after"

    assert await room.submit("chat.post", ANA, "m1", {"text": "Hello"}) == 4
    assert [entry.ref for entry in await log.since("r", 3)] == ["m1"]


async def test_nothing_is_refused_while_the_log_cannot_be_read():
    """It may have been done, or may be allowed by what we have not heard."""
    log = BrokenLog()
    room = await seated(log=log)
    log.unreadable = True
    with pytest.raises(Unavailable):
        await room.submit("polls.open", ANA, "o", {"poll": "p"})

    log.unreadable = False
    with pytest.raises(Refused, match="not-allowed"):
        await room.submit("polls.open", ANA, "o", {"poll": "p"})


async def test_frames_are_not_kept_for_every_place_anyone_claims_to_stand_at():
    room = await seated()
    for n in range(200):
        await room.submit("chat.post", ANA, f"m{n}", {"text": "Hello"})
    for since in range(room.seq):
        room.news.frame(since, BEN.audiences)

    assert len(room.news._frames) <= 16


async def test_a_log_that_is_always_out_of_date_does_not_spin():
    class Stubborn(MemoryLog):
        async def append(self, room, entries, beside=()) -> None:
            raise OutOfDate

    with pytest.raises(Unavailable):
        await make_room(Stubborn()).submit("people.sit", SYSTEM, "s", {
            "person": "a", "name": "A", "role": "participant", "place": "hall",
        })  # fmt: skip


SIT = {"name": "Someone", "place": "hall"}
AGENDA = [
    ("agenda.add", HAL, {"ref": "i1", "title": "Welcome"}),
    ("agenda.add", HAL, {"ref": "i2", "title": "Budget"}),
    ("agenda.edit", HAL, {"item": "i2", "title": "The budget", "minutes": 20}),
    ("agenda.move", HAL, {"item": "i2", "to": "up"}),
    ("agenda.start", HAL, {"item": "i2"}),
    ("agenda.finish", HAL, {"item": "i2"}),
    ("agenda.remove", HAL, {"item": "i1"}),
]
PASSAGE = {"begin": "AQ==", "end": "AQ==", "quoted": "a word"}
MINUTES = [
    ("people.sit", SYSTEM, SIT | {"person": "ben", "role": "participant"}),
    ("minutes.ask_to_write", BEN, {}),
    ("minutes.admit", HAL, {"person": "ben"}),
    ("minutes.dismiss", HAL, {"person": "ben"}),
    ("minutes.let_write", HAL, {"who": "everyone"}),
    ("minutes.decide", HAL, {"ref": "d", "words": "Yes"}),
    ("minutes.place", SYSTEM, {"note": "minutes.decision/d"}),
    ("minutes.act", HAL, {"ref": "a", "what": "Write", "who": "Ben"}),
    ("minutes.finish", HAL, {"action": "a", "done": True}),
    ("minutes.speak", HAL, {"name": "Ben", "place": "hall", "here": True}),
    ("chat.post", BEN, {"ref": "said", "text": "Quote me"}),
    ("minutes.quote", HAL, {"message": "said", "here": True}),
    ("minutes.strike", HAL, {"key": "minutes.action/a"}),
    ("minutes.comment", BEN, {"ref": "t1", "words": "?"} | PASSAGE),
    ("minutes.answer", HAL, {"thread": "t1", "words": "!"}),
    ("minutes.resolve", HAL, {"thread": "t1"}),
    ("minutes.reopen", HAL, {"thread": "t1"}),
    ("minutes.suggest", BEN, {"ref": "t2", "proposal": "words"} | PASSAGE),
    ("minutes.accept", HAL, {"thread": "t2"}),
    ("minutes.suggest", BEN, {"ref": "t3", "proposal": "words"} | PASSAGE),
    ("minutes.refuse", HAL, {"thread": "t3"}),
    ("minutes.prepare", HAL, {}),
    ("minutes.write_on", HAL, {}),
    ("minutes.prepare", HAL, {}),
    ("minutes.invite_remarks", HAL, {}),
    ("minutes.remark", BEN, {"ref": "r1", "words": "No", "private": True} | PASSAGE),
    ("minutes.answer", HAL, {"thread": "r1", "words": "Right"}),
    ("minutes.remark", BEN, {"ref": "r2", "words": "No"} | PASSAGE),
    ("minutes.take_back", BEN, {"thread": "r2"}),
    ("minutes.name_version", HAL, {"ref": "v", "name": "Before", "edit": 1}),
    ("minutes.forget_version", HAL, {"version": "v"}),
    ("minutes.approve", HAL, {}),
    ("minutes.withdraw", HAL, {}),
    ("minutes.approve", HAL, {}),
    ("minutes.freeze", HAL, {}),
    ("minutes.seal", SYSTEM, {"sha256": "0" * 64}),
]


SHEET = {"poll": "c6", "channel": "hands", "lines": [[0, 3]], "voters": 3}
SECRET = {"poll": "secret", "answers": [0], "codes": ["ABCDEFGH"], "missing": 0}
POLLS = [
    ("polls.again", HAL, {"poll": "c6", "instead": True, "ref": "second"}),
    ("polls.invite", HAL, {"poll": "second", "people": ["ana"]}),
    ("polls.open", HAL, {"poll": "second"}),
    ("polls.show", HAL, {"poll": "second", "live": ["phones", "screen"]}),
    ("polls.enter", HAL, SHEET | {"poll": "second", "ref": "sheet"}),
    ("polls.tear_up", HAL, {"sheet": "sheet"}),
    ("polls.enter", ANA, SHEET | {"poll": "second", "ref": "another"}),
    ("polls.confirm", HAL, {"sheet": "another"}),
    ("polls.draft", HAL, {"plan": asked("Who?", grace=1, secrecy="secret"), "ref": "secret"}),
    ("polls.open", HAL, {"poll": "secret"}),
    ("polls.extend", HAL, {"poll": "secret", "seconds": 60}),
    ("polls.vote", ANA, ballot("secret", 0) | {"code": "ABCDEFGH"}),
    ("polls.close", HAL, {"poll": "secret"}),
    ("polls.end", SYSTEM, {"poll": "secret"}),
    ("polls.unseal", SYSTEM, SECRET),
    ("polls.draft", HAL, {"plan": asked("Lost?", secrecy="secret"), "ref": "lost"}),
    ("polls.open", HAL, {"poll": "lost"}),
    ("polls.close", HAL, {"poll": "lost"}),
    ("polls.lose", SYSTEM, {"poll": "lost"}),
]


COMMUNE = {"name": "Commune", "values": ["Corte", "Zonza"], "declared": "self", "consent": []}
YOUNG = COMMUNE | {"consent": ["Zonza"]}
GROUPS = [
    ("people.define_axis", HAL, COMMUNE),
    ("people.declare", ANA, {"axis": "commune", "value": "Corte"}),
    ("people.assign", HAL, {"person": "ana", "axis": "commune", "value": "Zonza"}),
    ("people.redefine_axis", HAL, {"axis": "commune"} | YOUNG),
    ("people.note_consent", HAL, {"person": "ana", "given": True}),
    ("people.remove_axis", HAL, {"axis": "commune"}),
    ("people.define_axis", SYSTEM, YOUNG),
    ("people.declare", ANA, {"axis": "commune", "value": "Zonza"}),
]


def without(fields: dict, name: str) -> dict:
    return {key: value for key, value in fields.items() if key != name}


RULES = {"open": True, "held": True, "anonymous": True, "against": True, "asked_from": "everyone"}
QUESTIONS = [
    ("questions.ask", ANA, {"text": "When?", "anonymous": True, "ref": "q1"}),
    ("questions.support", ANA, {"question": "q1"}),
    ("questions.count", SYSTEM, {"question": "q1"}),
    ("questions.set_rules", HAL, RULES),
    ("questions.ask", ANA, {"text": "When then?", "ref": "q2"}),
    ("questions.refuse", HAL, {"question": "q2", "why": "Asked already"}),
    ("questions.approve", HAL, {"question": "q2"}),
    ("questions.support", ANA, {"question": "q2", "against": True}),
    ("questions.merge", HAL, {"question": "q2", "into": "q1"}),
    ("questions.take_back", ANA, {"question": "q2"}),
    ("questions.part", HAL, {"question": "q2"}),
    ("questions.withdraw", ANA, {"question": "q2"}),
    ("questions.type_in", HAL, {"text": "Louder?", "ref": "q3"}),
    ("questions.count_hands", HAL, {"question": "q3", "hands": 12}),
    ("questions.take_up", HAL, {"question": "q3"}),
    ("questions.answer", HAL, {"question": "q3"}),
    ("questions.put_back", HAL, {"question": "q3"}),
    ("questions.archive", HAL, {"question": "q3"}),
]  # fmt: skip


async def test_first_frame_and_later_frames_add_up_to_a_fresh_first_frame():
    """Zulip's verify_action, for one of each command."""
    clock = Clock()
    room = make_room(clock=clock)
    script = [
        ("people.sit", SYSTEM, SIT | {"person": "hal", "role": "facilitator"}),
        ("people.sit", SYSTEM, SIT | {"person": "ana", "role": "participant"}),
        ("stage.go_live", HAL, {"source": "demo"}),
        ("stage.signal", SYSTEM, {"source": "demo", "on": False}),
        ("chat.post", ANA, {"text": "Hello"}),
        ("chat.remove", HAL, {"id": "c4"}),
        ("polls.draft", HAL, {"plan": asked("?", ["a", "b"])}),
        ("polls.edit", HAL, {"poll": "c6", "plan": asked("??", ["a", "b", "c"])}),
        ("polls.open", HAL, {"poll": "c6"}),
        ("polls.vote", ANA, ballot("c6", 0) | {"version": 2}),
        ("polls.count", SYSTEM, {"poll": "c6"}),
        ("polls.close", HAL, {"poll": "c6"}),
        ("polls.publish", HAL, {"poll": "c6"}),
        ("polls.draft", HAL, {"plan": asked("!", ["a", "b"])}),
        ("polls.discard", HAL, {"poll": "c13"}),
        ("people.move", ANA, {"place": "remote"}),
        ("people.give", HAL, {"person": "ana", "role": "note_taker"}),
        *GROUPS,
        *POLLS,
        ("minutes.lock", HAL, {}),
        ("minutes.unlock", HAL, {}),
        *AGENDA,
        *QUESTIONS,
        *MINUTES,
        ("stage.end", HAL, {}),
        ("people.remove", HAL, {"person": "ana"}),
    ]  # fmt: skip
    assert {name for name, _, _ in script} == set(room.rules), "every command is in the script"

    seen: dict[Person, dict] = {HAL: {}, ANA: {}, BEN: {}, OBSERVER: {}}
    for n, (name, by, fields) in enumerate(script):
        before = room.seq
        clock.now += 60  # until a lost key is given up
        await room.submit(name, by, str(fields.get("ref", f"c{n}")), without(fields, "ref"))
        for reader, copy in seen.items():
            frame = room.news.frame(before, reader.audiences)
            for key in frame.gone:
                copy.pop(key, None)
            copy |= frame.put
            assert copy == room.news.frame(0, reader.audiences).put, (name, reader)


async def test_a_room_read_back_from_its_log_is_the_same_room():
    log = MemoryLog()
    room = await seated(log=log)
    await room.submit("chat.post", ANA, "m1", {"text": "Hello"})
    again = make_room(log, publish=nobody_hears)
    await again.catch_up()

    assert dict(again.records) == dict(room.records)
    assert isinstance(again.records, Records)


async def test_a_room_holds_only_so_many_records_of_a_kind():
    room = await seat(make_room(most={"polls.poll": 2}), HAL)
    for n in range(2):
        await room.submit("polls.draft", HAL, f"p{n}", POLL)

    with pytest.raises(Refused, match="too-many"):
        await room.submit("polls.draft", HAL, "p2", POLL)
    await room.submit("polls.edit", HAL, "e", {"poll": "p1", **POLL})
    await room.submit("polls.discard", HAL, "d", {"poll": "p1"})
    await room.submit("polls.draft", HAL, "p3", POLL)


class FailingLog(MemoryLog):
    """A log that takes its time, and then fails."""

    def __init__(self) -> None:
        super().__init__()
        self.well = True
        self.asked = asyncio.Event()
        self.answer = asyncio.Event()

    async def append(self, room, entries, beside=()) -> None:
        if self.well:
            return await super().append(room, entries, beside)
        self.asked.set()
        await self.answer.wait()
        raise OSError("the disk is full")


async def test_a_role_that_is_only_being_stored_is_nobodys_yet():
    """Whoever came in with it would keep it, though it never was stored."""
    log = FailingLog()
    room = await seated(log=log)
    log.well = False
    giving = asyncio.create_task(
        room.submit("people.give", HAL, "g", {"person": "ana", "role": "facilitator"})
    )
    await log.asked.wait()

    assert room.person("ana") == ANA
    log.answer.set()
    with pytest.raises(Unavailable):
        await giving
    assert room.person("ana") == ANA
