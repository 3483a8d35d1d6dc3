"""Two hundred sockets that never read: each costs so much memory and no more, and the others do not
notice."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest

from tests.faults.company import Company, company
from tests.faults.doors import Door, doors
from tests.faults.sizes import p99, record, size
from tests.realtime.test_tight import never_reading

pytestmark = pytest.mark.django_db(transaction=True)
DEAF = 200
MOST = 256 * 1024  # bytes of memory for each
SAYINGS = size(300, 1500)  # of two thousand signs, several times what one may cost
TIMES_AS_LONG = 3.0  # what others wait, at most: as long as a writing to 200 sockets takes


async def test_who_never_reads_costs_little_and_harms_nobody(django_db_setup):
    with doors(1) as (door,):
        grown, alone, beside = await deafened(door)

    record("200 sockets never read", sayings=SAYINGS, kib_each=max(0, grown) // DEAF // 1024,
           p99_alone=round(alone, 4), p99_beside=round(beside, 4))  # fmt: skip
    assert grown < DEAF * MOST
    assert beside < max(TIMES_AS_LONG * alone, 0.25)


async def test_a_server_that_writes_to_who_does_not_read_is_noticed(django_db_setup):
    with doors(1, "never_busy") as (door,):
        grown, _, _ = await deafened(door)

    assert grown > DEAF * MOST


async def deafened(door: Door) -> tuple[int, float, float]:
    """Bytes that the server has grown by, beyond what the room itself takes, and how long others
    waited before and after."""
    async with company([door], talkers=2, writers=0, watchers=1) as there:
        start = door.memory()
        alone = await chat(there, SAYINGS)
        before = door.memory()
        with ExitStack() as stack:
            for _ in range(DEAF):
                line = await asyncio.to_thread(never_reading, door.port, there.session.slug)
                stack.callback(line.close)
            beside = await chat(there, SAYINGS)
            return door.memory() - before - (before - start), alone, beside


async def chat(there: Company, sayings: int) -> float:
    """Say so many long things; return how long the others wait for an answer meanwhile."""
    others = [each for each in there.people if each is not there.host]
    for each in others:
        each.took.clear()
    for n in range(sayings):
        await there.host.demand("chat.post", text=f"{n} ".ljust(2000, "x"))
    return p99([seconds for each in others for seconds in each.took])
