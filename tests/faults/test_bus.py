"""One of two processes is cut from the bus: its people hear everything from the log, two seconds
late, and all end with the same."""

from __future__ import annotations

import time

import pytest

from realtime.hub import POLL
from tests.faults.company import company
from tests.faults.doors import doors
from tests.faults.people import Person
from tests.faults.sizes import record, size
from tests.realtime.servers import redis

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = size(3, 30)
LATE = POLL + 3.0  # seconds: a look at the log, on a busy machine


async def test_a_process_cut_from_the_bus_goes_by_the_log(django_db_setup, tmp_path):
    with redis() as url, doors(2, "cut_off", REDIS_URL=url, CUT=str(tmp_path)) as opened:
        async with company(opened[:1], watch=opened[1:]) as there:
            # Whoever asks for something there learns at once what came first: Lea only listens.
            listener = await there.joined(Person, "Lea", "participant", through=opened[1:])
            await there.until_done(10)
            (tmp_path / str(opened[1].port)).touch()
            until, latest = time.monotonic() + SECONDS, 0.0
            while time.monotonic() < until:
                latest = max(latest, await there.seconds_to(listener))
            (tmp_path / str(opened[1].port)).unlink()
            await there.until_done(10)
            findings = await there.findings()

    record("cut from the bus", seconds=SECONDS, acknowledged=there.done, latest=round(latest, 2),
           wrong=len(findings))  # fmt: skip
    assert findings == []
    assert latest < LATE
