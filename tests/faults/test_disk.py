"""A disk that refuses writes: commands are refused with a code, nothing is half done, and when
there is room again the same process goes on."""

from __future__ import annotations

import resource

import pytest

from tests.faults.company import Company, company
from tests.faults.doors import Door, doors
from tests.faults.sizes import record, size

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = size(2, 20)
FULL = 4096  # bytes that a file may have: the write-ahead log begins anew below it, and stops


async def test_a_full_disk_refuses_and_recovers(django_db_setup):
    with doors(1) as (door,):
        async with company([door]) as there:
            for _ in range(TIMES):
                await there.until_done(20)
                await refused_while_full(door, there)
            findings = await there.findings()
            refused = sum(each.put_off["unavailable"] for each in there.people)
        assert door.running
        assert door.running.process.poll() is None

    record("disk full", times=TIMES, refused=refused, acknowledged=there.done, wrong=len(findings))
    assert findings == []


async def refused_while_full(door: Door, there: Company) -> None:
    before = resource.prlimit(door.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(door.pid, resource.RLIMIT_FSIZE, (FULL, before[1]))
    refused = there.host.put_off["unavailable"] + 3
    await there.host.until(lambda: there.host.put_off["unavailable"] >= refused)
    done = len(there.host.answered)
    refused += 3
    await there.host.until(lambda: there.host.put_off["unavailable"] >= refused)
    assert len(there.host.answered) == done, "nothing is done while nothing can be stored"
    resource.prlimit(door.pid, resource.RLIMIT_FSIZE, before)
