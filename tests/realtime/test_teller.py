"""The teller: a secret vote is opened once, by whichever process comes first, and its key ends."""

from __future__ import annotations

import asyncio

import pytest

from realtime.room import Room
from realtime.threads import in_thread
from tests.asked import asked, ballot
from tests.realtime.rooms import ANA, BEN, HAL, seat
from tests.realtime.sessions_for_tests import make_session
from tests.realtime.tellers import Process, until_counted
from workshop import models
from workshop.door import Unavailable
from workshop.features.chat.rules import Message
from workshop.features.polls.rules import Ballot, Opened, Poll
from workshop.votes.box import BallotBox

pytestmark = pytest.mark.django_db(transaction=True)

CODE = "ABCDEFGH"


@pytest.fixture
def box(tmp_path) -> BallotBox:
    return BallotBox(tmp_path / "seals")


@pytest.fixture
async def room_name() -> str:
    return (await make_session()).slug


async def closed_vote(room: Room) -> None:
    """Ana and Ben have voted in secret, and the vote is closed."""
    await seat(room, HAL, ANA, BEN)
    await room.submit("polls.draft", HAL, "p", {"plan": asked("Who?", secrecy="secret")})
    await room.submit("polls.open", HAL, "o", {"poll": "p"})
    await room.submit("polls.vote", ANA, "v1", ballot("p", 1) | {"code": CODE})
    await room.submit("polls.vote", BEN, "v2", ballot("p", 0))
    await room.submit("polls.vote", BEN, "v3", ballot("p", 1))
    await room.submit("polls.close", HAL, "c", {"poll": "p"})


async def test_it_opens_counts_and_destroys_the_key(box, room_name):
    async with Process(box).hub.visit(room_name) as visit:
        await closed_vote(visit.room)
        assert [bool(key) for key in box.keys.iterdir()] == [True]
        result = await until_counted(visit)

        assert result.outcome.votes == [0, 2]
        assert visit.room.records.find(Opened, "p").codes == [CODE]
        async with asyncio.timeout(5):
            while await in_thread(list, box.keys.iterdir()):
                pass
    assert not await models.Envelope.objects.aexists()


async def test_two_processes_open_it_once(box, room_name):
    here, there = Process(box), Process(box)
    async with here.hub.visit(room_name) as one, there.hub.visit(room_name) as other:
        await closed_vote(one.room)
        await other.room.learn()
        results = await asyncio.gather(until_counted(one), until_counted(other))

    assert [result.outcome.votes for result in results] == [[0, 2]] * 2
    assert await models.Entry.objects.filter(name="polls.unseal").acount() == 1


async def test_a_process_that_died_before_it_destroyed_the_key_is_followed_by_one_that_does(
    box, room_name
):
    died, follows = Process(box), Process(box)
    died.destroys = False
    async with died.hub.visit(room_name) as visit:
        await closed_vote(visit.room)
        await until_counted(visit)
    assert list(box.keys.iterdir())

    await follows.hub._destroy_spent()
    assert list(box.keys.iterdir()) == []


async def test_a_lost_key_loses_the_vote_and_nothing_else(box, room_name):
    async with Process(box).hub.visit(room_name) as visit:
        await closed_vote(visit.room)
        for key in box.keys.iterdir():
            key.unlink()
        visit.room.clock.now += 60
        result = await until_counted(visit)

    assert (result.lost, result.outcome.voters, result.hall, result.remote) == (True, 0, 1, 1)


async def test_a_vote_whose_key_is_lost_keeps_nobody_from_talking(box, room_name):
    async with Process(box).hub.visit(room_name) as visit:
        room = visit.room
        await seat(room, HAL, ANA)
        await room.submit("polls.draft", HAL, "p", {"plan": asked("Who?", secrecy="secret")})
        await room.submit("polls.open", HAL, "o", {"poll": "p"})
        for key in box.keys.iterdir():
            key.unlink()
        vote, post = await asyncio.gather(
            room.submit("polls.vote", ANA, "v", ballot("p", 1)),
            room.submit("chat.post", ANA, "m", {"text": "Hello"}),
            return_exceptions=True,
        )

        assert isinstance(vote, Unavailable)
        assert post == room.seq
        assert room.records.find(Message, "m")
        assert not room.records.find(Ballot, "p:ana")


async def test_a_process_that_looks_for_the_key_elsewhere_loses_no_vote(box, room_name, tmp_path):
    """Its volume is not mounted, say. It comes first, and whoever has the key afterwards."""
    here, astray = Process(box), Process(BallotBox(tmp_path / "elsewhere"))
    async with here.hub.visit(room_name) as one, astray.hub.visit(room_name) as other:
        await closed_vote(one.room)
        await other.room.learn()
        await other.teller._work()
        result = await until_counted(one)

    assert (result.lost, result.outcome.votes) == (False, [0, 2])


async def test_a_vote_that_cannot_be_counted_keeps_no_other_waiting(box, room_name):
    async with Process(box).hub.visit(room_name) as visit:
        await closed_vote(visit.room)
        (key,) = box.keys.iterdir()
        key.unlink()
        key.mkdir()  # a disk that has gone wrong, say
        await visit.room.submit("polls.draft", HAL, "q", {"plan": asked("?", secrecy="secret")})
        await visit.room.submit("polls.open", HAL, "o2", {"poll": "q"})
        await visit.room.submit("polls.vote", ANA, "v4", ballot("q", 1))
        await visit.room.submit("polls.close", HAL, "c2", {"poll": "q"})

        assert (await until_counted(visit, "q")).outcome.votes == [0, 1]
        assert visit.room.stored.find(Poll, "p").status == "counting"


async def test_a_vote_whose_key_cannot_be_kept_is_not_opened(tmp_path, room_name):
    (tmp_path / "seals").write_text("a file where the folder should be")
    box = BallotBox(tmp_path / "seals")
    async with Process(box).hub.visit(room_name) as visit:
        with pytest.raises(Unavailable):
            await closed_vote(visit.room)

        assert visit.room.records.find(Poll, "p").status == "draft"


async def test_nothing_of_a_ballot_is_in_the_log_in_memory_or_on_the_bus(box, room_name):
    process = Process(box)
    told: list[object] = []
    process.hub.tell = lambda room, message: told.append(message)
    async with process.hub.visit(room_name) as visit:
        await seat(visit.room, HAL, ANA)
        plan = asked("Say it", form={"kind": "text"}, secrecy="secret")
        await visit.room.submit("polls.draft", HAL, "p", {"plan": plan})
        await visit.room.submit("polls.open", HAL, "o", {"poll": "p"})
        await visit.room.submit("polls.vote", ANA, "v", ballot("p", "Xylophone") | {"code": CODE})

        kept = str(dict(visit.room.records)) + str(visit.room.news.state()) + str(told)
    logged = str([each async for each in models.Entry.objects.values()])
    for said in ("Xylophone", CODE, "polls.envelope"):
        assert said not in kept + logged


async def test_a_ballot_that_is_stored_together_with_the_end_is_counted(box, room_name):
    """While a batch is being written the room stands as if it were: the envelopes do not yet."""
    process = Process(box)
    async with process.hub.visit(room_name) as visit:
        room = visit.room
        await seat(room, HAL, ANA)
        await room.submit("polls.draft", HAL, "p", {"plan": asked("Who?", secrecy="secret")})
        await room.submit("polls.open", HAL, "o", {"poll": "p"})
        append, writing, free = room.log.append, asyncio.Event(), asyncio.Event()

        async def slowly(*entries) -> None:
            writing.set()
            await free.wait()
            await append(*entries)

        room.log.append = slowly
        batch = [
            asyncio.create_task(room.submit("polls.vote", HAL, "v", ballot("p", 1))),
            asyncio.create_task(room.submit("polls.close", HAL, "c", {"poll": "p"})),
        ]
        await writing.wait()
        visit.teller.look()
        await asyncio.sleep(0.1)  # long enough to find the box empty
        free.set()
        await asyncio.gather(*batch)

        assert (await until_counted(visit)).outcome.votes == [0, 1]
