"""What `test_postgresql.py` runs in a process whose database is PostgreSQL: PostgreSQL itself
stopped at once, without a goodbye, and started again, while everyone writes."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from django.db import connection

from tests.faults.company import Company, company
from tests.faults.doors import doors
from tests.faults.sizes import record, size
from tests.faults.test_redis import says
from tests.realtime.postgres import Postgres

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = size(2, 20)


@pytest.fixture
def database(transactional_db):
    """The server that we are on. Our own connection to it does not outlive it."""
    yield Postgres(Path(os.environ["POSTGRES_FOLDER"]), int(os.environ["POSTGRES_PORT"]))
    connection.close()


async def test_nothing_acknowledged_is_lost_when_postgresql_is_restarted(database):
    with doors(2) as opened:
        async with company(opened) as there:
            for _ in range(TIMES):
                await there.until_done(10)
                database.stop()
                await refused(there)
                await asyncio.to_thread(database.start)
            for door in opened:
                await says(door, lambda told: told["ready"])
            findings = await there.findings()

    record("PostgreSQL stopped at once", times=TIMES, acknowledged=there.done, wrong=len(findings))
    assert findings == []


async def refused(there: Company) -> None:
    """Those who are here are told that nothing can be stored; monitoring, that nobody should be
    sent here."""
    for door in there.doors:
        await says(door, lambda told: not told["ready"] and not told["database"])
