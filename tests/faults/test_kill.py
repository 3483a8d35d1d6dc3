"""Servers killed with -9 while people talk, vote and write: nothing acknowledged is lost, nothing
happens twice, and everyone ends with the same."""

from __future__ import annotations

import asyncio
import time

import pytest
from django.db import connection

from tests.faults.company import company
from tests.faults.doors import doors
from tests.faults.sizes import dice, record, size

pytestmark = pytest.mark.django_db(transaction=True)
CYCLES = size(3, 200 if connection.vendor == "sqlite" else 50)


async def test_nothing_acknowledged_is_lost_when_servers_are_killed(django_db_setup):
    begun, chance = time.monotonic(), dice("kill")
    with doors(2) as opened:
        async with company(opened) as there:
            for cycle in range(CYCLES):
                await there.until_done(chance.randrange(1, 20))
                door = opened[cycle % 2]
                door.kill()
                await asyncio.to_thread(door.start)
            findings = await there.findings()
            done = there.done

    record(f"kill -9, {connection.vendor}", cycles=CYCLES, acknowledged=done, wrong=len(findings),
           seconds=round(time.monotonic() - begun))  # fmt: skip
    assert findings == []
    assert done > 20 * CYCLES
