"""Two processes that write in one room as fast as they can: neither starves."""

from __future__ import annotations

import asyncio

import pytest
from django.db import connection

from tests.faults.company import Company, company
from tests.faults.doors import Door, doors
from tests.faults.people import Participant
from tests.faults.sizes import p99, record, size
from tests.realtime.servers import redis

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = size(2, 20)
EACH = 4  # people at each door
SHARE = 5.0  # times as much, at most, as the other
SERVED = 2.0  # seconds that anyone waits, at most


class Talker(Participant):
    at_once = 10


async def test_neither_of_two_processes_starves(django_db_setup):
    with redis() as url, doors(2, REDIS_URL=url) as opened:
        async with company(opened, talkers=0, writers=0) as there:
            there.host.quiet = True
            crowds = [
                [
                    await there.joined(Talker, f"{n}-{door.port}", through=[door])
                    for n in range(EACH)
                ]
                for door in opened
            ]
            await asyncio.sleep(SECONDS)
            findings = await there.findings()

    done = sorted(sum(len(each.answered) for each in crowd) for crowd in crowds)
    waited = [p99([s for each in crowd for s in each.took]) for crowd in crowds]
    record(f"contention, {connection.vendor}", seconds=SECONDS, done=done,
           p99=[round(each, 3) for each in waited], wrong=len(findings))  # fmt: skip
    assert findings == []
    assert done[1] <= SHARE * done[0]
    assert max(waited) < SERVED


async def crowd(there: Company, door: Door) -> list[Talker]:
    return [await there.joined(Talker, f"{door.port}-{n}", through=[door]) for n in range(EACH)]
