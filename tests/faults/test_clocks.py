"""Clocks that jump: order, votes and what falls due do not go by them."""

from __future__ import annotations

import pytest

from tests.asked import asked, ballot
from tests.faults.company import company
from tests.faults.doors import doors
from tests.faults.sizes import record, size
from tests.realtime.rooms import ANA, HAL, Clock, make_room, seat
from workshop.people import SYSTEM

DONE = size(15, 300)
DAY = 24 * 60 * 60.0
POLL = {"plan": asked("Now?", ["yes", "no"])}


@pytest.mark.django_db(transaction=True)
async def test_clocks_of_two_processes_that_are_set_twice_a_second(django_db_setup):
    with doors(2, "clock_jumps") as opened:
        async with company(opened) as there:
            there.patience = 200.0
            await there.until_done(DONE)
            findings = await there.findings()

    record("clocks set by a day", acknowledged=there.done, wrong=len(findings))
    assert findings == []


@pytest.mark.parametrize("jump", [-DAY, DAY])
async def test_votes_are_counted_whatever_the_clock_says(jump):
    clock = Clock()
    room = await seat(make_room(clock=clock), HAL, ANA)
    await room.submit("polls.draft", HAL, "p", POLL)
    await room.submit("polls.open", HAL, "o", {"poll": "p"})
    clock.now += jump
    await room.submit("polls.vote", ANA, "v", ballot("p", 1))
    (due,) = room.due()
    await room.submit(due.name, SYSTEM, due.ref, due.fields)

    assert room.records.get("polls.turnout/p").hall == 1
    assert room.due() == []
