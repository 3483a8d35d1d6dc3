"""The writer: commits are shared, facilitators come first, and everyone is answered once."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from realtime.log import MemoryLog, OutOfDate
from realtime.writer import BATCH, Asked
from tests.asked import asked, ballot
from tests.realtime.rooms import ANA, BEN, HAL, faulty, make_room, seat
from workshop.door import Unavailable
from workshop.feature import Refused


class SlowLog(MemoryLog):
    """A log whose commits take as long as the test says, and are counted."""

    def __init__(self) -> None:
        super().__init__()
        self.commits: list[list[str]] = []
        self.writing = asyncio.Event()
        self.free = asyncio.Event()
        self.free.set()

    async def append(self, room, entries, beside=()) -> None:
        self.writing.set()
        await self.free.wait()
        await super().append(room, entries, beside)
        self.commits.append([entry.ref for entry in entries])


@pytest.fixture
def log():
    return SlowLog()


@pytest.fixture
async def room(log):
    room = await seat(make_room(log), HAL, ANA, BEN)
    log.commits.clear()
    log.writing.clear()
    return room


async def first_writes(room, log) -> asyncio.Task:
    """Somebody's command is being written."""
    log.free.clear()
    first = asyncio.create_task(room.submit("chat.post", ANA, "first", {"text": "x"}))
    await log.writing.wait()
    return first


async def test_what_arrives_while_a_batch_is_written_shares_the_next_commit(room, log):
    first = await first_writes(room, log)
    rest = [
        asyncio.create_task(room.submit("chat.post", ANA, f"r{n}", {"text": "x"}))
        for n in range(50)
    ]
    await asyncio.sleep(0)
    log.free.set()
    seqs = await asyncio.gather(first, *rest)

    assert [len(commit) for commit in log.commits] == [1, 50]
    assert seqs == list(range(4, 55))


async def test_nothing_is_answered_or_told_before_it_is_stored(room, log):
    first = await first_writes(room, log)
    for _ in range(10):
        await asyncio.sleep(0)

    assert not first.done()
    assert room.seq == 3
    assert "chat.message" not in room.news.frame(0, BEN.audiences).message.content
    log.free.set()
    assert await first == 4
    assert "chat.message" in room.news.frame(0, BEN.audiences).message.content


async def test_each_is_decided_on_what_the_one_before_it_did(room, log):
    """Two who close one poll at once: the second is refused, though nothing is stored yet."""
    await room.submit("polls.draft", HAL, "p", {"plan": asked("?", ["a", "b"])})
    await room.submit("polls.open", HAL, "o", {"poll": "p"})
    answers = await asyncio.gather(
        room.submit("polls.close", HAL, "c1", {"poll": "p"}),
        room.submit("polls.vote", ANA, "v", ballot("p", 0)),
        return_exceptions=True,
    )

    assert answers[0] == 6
    assert isinstance(answers[1], Refused)


async def test_a_facilitator_does_not_wait_behind_the_crowd(room, log):
    first = await first_writes(room, log)
    crowd = [
        asyncio.create_task(room.submit("chat.post", ANA, f"r{n}", {"text": "x"}))
        for n in range(3 * BATCH)
    ]
    await asyncio.sleep(0)
    stop = asyncio.create_task(room.submit("chat.post", HAL, "stop", {"text": "Quiet, please."}))
    await asyncio.sleep(0)
    log.free.set()
    await asyncio.gather(first, stop, *crowd)

    assert log.commits[1][0] == "stop"
    assert [len(commit) for commit in log.commits] == [1, BATCH, BATCH, BATCH, 1]


async def test_the_same_command_twice_in_one_batch_happens_once(room, log):
    first = await first_writes(room, log)
    twice = [
        asyncio.create_task(room.submit("chat.post", ANA, "twice", {"text": "x"})) for _ in range(2)
    ]
    await asyncio.sleep(0)
    log.free.set()

    assert await asyncio.gather(first, *twice) == [4, 5, 5]


@pytest.mark.parametrize("heard", [True, False])
async def test_what_another_process_wrote_meanwhile_counts(room, log, heard):
    """It closes the poll while our votes are being written: none of them may stand."""
    await room.submit("polls.draft", HAL, "p", {"plan": asked("?", ["a", "b"])})
    await room.submit("polls.open", HAL, "o", {"poll": "p"})
    quick = MemoryLog()
    quick._rooms = log._rooms  # the same log, reached from a process that nothing holds up
    other = make_room(quick)
    await other.open()
    log.writing.clear()
    log.free.clear()
    votes = [
        asyncio.create_task(room.submit("polls.vote", who, who.id, ballot("p", 0)))
        for who in (ANA, BEN)
    ]
    await log.writing.wait()
    await other.submit("polls.close", HAL, "c", {"poll": "p"})
    if heard:  # over the bus, before our own writing fails
        await room.hear(await quick.since("r", 5))
    log.free.set()
    answers = await asyncio.gather(*votes, return_exceptions=True)

    assert [type(answer) for answer in answers] == [Refused, Refused]
    assert room.seq == other.seq == 6
    assert "polls.ballot" not in room.news.frame(0, ANA.audiences).message.content


async def test_everyone_in_a_batch_that_fails_may_ask_again(log):
    class Full(SlowLog):
        full = False

        async def append(self, room, entries, beside=()) -> None:
            if self.full:
                raise OSError("the disk is full")
            await super().append(room, entries, beside)

    log = Full()
    room = await seat(make_room(log), HAL, ANA)
    log.full = True
    asked = [room.submit("chat.post", ANA, f"r{n}", {"text": "x"}) for n in range(5)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable] * 5
    assert room.records.get("chat.message/r0") is None

    log.full = False
    asked = [room.submit("chat.post", ANA, f"r{n}", {"text": "x"}) for n in range(5)]
    assert await asyncio.gather(*asked) == [3, 4, 5, 6, 7]


async def test_two_who_write_at_once_give_way_to_each_other():
    class Busy(MemoryLog):
        """Two processes on one log, where whoever loses tries again."""

        lost = 0

        async def append(self, room, entries, beside=()) -> None:
            await asyncio.sleep(0.002)
            try:
                await super().append(room, entries, beside)
            except OutOfDate:
                self.lost += 1
                raise

    log = Busy()
    here, there = await seat(make_room(log), ANA, BEN), make_room(log)
    await there.open()
    done = {"ana": 0, "ben": 0}

    async def hammer(room, who) -> None:
        while sum(done.values()) < 200:
            await room.submit("chat.post", who, str(uuid4()), {"text": "x"})
            done[who.id] += 1

    await asyncio.gather(hammer(here, ANA), hammer(there, BEN))

    assert log.lost, "they must have met"
    assert min(done.values()) > 40


async def test_a_fault_in_one_answer_does_not_keep_others_from_theirs(room):
    def fails(answer) -> None:
        raise RuntimeError("a fault of ours")

    room.ask(Asked("chat.post", ANA, "a", {"text": "x"}, fails))

    assert await room.submit("chat.post", BEN, "b", {"text": "x"}) == 5


async def test_a_rule_that_fails_fails_nothing_that_was_asked_at_once(room, log):
    """Whoever finds one could keep a whole room from talking."""
    room.rules["faulty.fail"] = faulty()
    first = await first_writes(room, log)
    fails = asyncio.create_task(room.submit("faulty.fail", BEN, "f", {}))
    other = asyncio.create_task(room.submit("chat.post", ANA, "b", {"text": "x"}))
    await asyncio.sleep(0)
    log.free.set()

    assert await asyncio.gather(first, other) == [4, 5]
    with pytest.raises(ZeroDivisionError):
        await fails
    assert [len(commit) for commit in log.commits] == [1, 1]
