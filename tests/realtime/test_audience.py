"""Who is told what. A test that nothing leaks is only worth something if something could."""

from __future__ import annotations

import json

import pytest

from realtime.room import Room
from tests.asked import asked, ballot
from tests.realtime.rooms import ANA, BEN, HAL, make_room, seat
from workshop.people import OBSERVER, Person

POLL = {"plan": asked("Now?", ["yes", "no"])}


@pytest.fixture
async def room():
    room = await seat(make_room(), HAL, ANA, BEN)
    await room.submit("polls.draft", HAL, "p1", POLL)
    return room


def told(room: Room, person: Person, since: int = 0) -> dict:
    return json.loads(room.news.frame(since, person.audiences).message.content)


def keys(room: Room, person: Person, since: int = 0) -> set[str]:
    frame = told(room, person, since)
    return {key for key in frame["put"] if not key.startswith("people.")} | set(frame["gone"])


async def test_a_draft_is_for_facilitators(room):
    assert keys(room, HAL) == {"polls.poll/p1"}
    assert told(room, ANA)["put"] == {}
    assert told(room, OBSERVER)["put"] == {}


async def test_seats_are_for_facilitators(room):
    assert "people.seat/ana" in told(room, HAL)["put"]
    assert "people.seat" not in room.news.frame(0, BEN.audiences).message.content


async def test_opening_shows_the_poll_but_not_the_running_count(room):
    before = room.seq
    await room.submit("polls.open", HAL, "c2", {"poll": "p1"})

    assert keys(room, ANA, before) == {"polls.poll/p1", "polls.turnout/p1"}
    assert "polls.running/p1:facilitators" in keys(room, HAL, before)


async def test_a_ballot_is_told_to_its_owner_and_nobody_hears_of_it_otherwise(room):
    await room.submit("polls.open", HAL, "c2", {"poll": "p1"})
    before = room.seq
    await room.submit("polls.vote", ANA, "c3", ballot("p1", 0))

    assert keys(room, ANA, before) == {"polls.ballot/p1:ana"}
    for other in (BEN, HAL, OBSERVER):
        frame = told(room, other, before)
        assert (frame["gone"], frame["put"]) == ([], {})


async def test_the_result_is_not_told_before_it_is_published(room):
    await room.submit("polls.open", HAL, "c2", {"poll": "p1"})
    await room.submit("polls.vote", ANA, "c3", ballot("p1", 0))
    await room.submit("polls.close", HAL, "c4", {"poll": "p1"})
    assert room.records.get("polls.result/p1"), "there must be something to leak"
    assert keys(room, BEN) == {"polls.poll/p1", "polls.turnout/p1"}

    await room.submit("polls.publish", HAL, "c5", {"poll": "p1"})

    assert told(room, BEN)["put"]["polls.result/p1"]["outcome"]["votes"] == [1, 0]


async def test_discarding_a_draft_is_told_to_those_who_saw_it_only(room):
    before = room.seq
    await room.submit("polls.discard", HAL, "c2", {"poll": "p1"})

    assert told(room, HAL, before)["gone"] == ["polls.poll/p1"]
    assert told(room, ANA, before)["gone"] == []


async def test_a_first_frame_carries_the_last_two_hundred_messages(room):
    for n in range(205):
        await room.submit("chat.post", ANA, f"m{n}", {"text": f"{n}"})

    first = [key for key in told(room, BEN)["put"] if key.startswith("chat.")]
    before = room.records.get("chat.message/m5").seq
    older = await room.older("chat.message", before, BEN.audiences, 200)

    assert len(first) == 200
    assert "chat.message/m4" not in first
    assert list(older) == [f"chat.message/m{n}" for n in range(5)]
