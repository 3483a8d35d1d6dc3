"""Redis stopped, emptied and started again in the middle of a session: the service goes on, says
that it is degraded, and is whole again without being asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest

from tests.faults.company import Company, company
from tests.faults.doors import Door, doors
from tests.faults.redis import redis
from tests.faults.sizes import record, size

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = size(1, 10)
SOON = 0.5  # seconds: the log alone is looked at every two
IN_A_ROW = 6  # messages that come soon are no luck
BACK = 20.0  # seconds for the bus to be whole again


async def test_a_session_goes_on_without_redis(django_db_setup):
    begun = time.monotonic()
    async with AsyncExitStack() as stack:
        bus = stack.enter_context(redis())
        opened = stack.enter_context(doors(2, REDIS_URL=bus.url))
        there = await stack.enter_async_context(company(opened))
        for _ in range(TIMES):
            await there.until_done(10)
            bus.stop()
            await degraded(there)
            # A room that is opened while there is no bus to subscribe to.
            late = company(opened[:1], talkers=1, writers=0, watch=opened[1:])
            other = await stack.enter_async_context(late)
            await other.seconds_to(other.people[-1])
            bus.start()
            bus.flush()
            await whole(other, opened)
        findings = await there.findings() + await other.findings()

    record("Redis stopped, emptied, started", times=TIMES, acknowledged=there.done,
           wrong=len(findings), seconds=round(time.monotonic() - begun))  # fmt: skip
    assert findings == []


async def degraded(there: Company) -> None:
    """The room works, the doors are open, and the monitoring is told."""
    await there.until_done(20)
    for door in there.doors:
        await says(door, lambda told: told["ready"] and not told["bus"])
        _, metrics = await asyncio.to_thread(door.get, "/metrics")
        assert "assises_bus_well 0.0" in metrics
        status, _ = await asyncio.to_thread(door.get, "/join/ABCDEFGH/")
        assert status == 404, "whoever mistypes the code is told so, and counted"


async def whole(other: Company, opened: list[Door]) -> None:
    """What is said through one door is heard through the other by way of the bus again."""
    for door in opened:
        await says(door, lambda told: told["ready"] and told["bus"])
    listener = other.people[-1]
    async with asyncio.timeout(BACK):
        in_time = 0
        while in_time < IN_A_ROW:
            in_time = in_time + 1 if await other.seconds_to(listener) < SOON else 0


async def says(door: Door, fact: Callable[[dict[str, bool]], bool]) -> None:
    """Wait until /readyz says so."""
    async with asyncio.timeout(BACK):
        while not fact(await asyncio.to_thread(door.ready)):  # noqa: ASYNC110 - a process of its own
            await asyncio.sleep(0.1)
