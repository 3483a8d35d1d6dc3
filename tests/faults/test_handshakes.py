"""Two thousand connections that begin a handshake and do not end it: others are served meanwhile,
and all of them are closed."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import pytest

from realtime.sockets.waiting import PATIENCE
from tests.faults.company import company
from tests.faults.doors import doors
from tests.faults.sizes import p99, record

pytestmark = pytest.mark.django_db(transaction=True)
HALF_OPEN = 2000
SERVED = 2.0  # seconds, at most, for others' commands
BEGINNINGS = (b"", b"G", b"GET /rooms/x/live HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: here\r\nX: ")


async def test_half_open_handshakes_are_closed_and_others_served(django_db_setup):
    with doors(1) as (door,):
        async with company([door]) as there:
            await there.until_done(5)
            lines = [await half_open(door.port, n) for n in range(HALF_OPEN)]
            begun = time.monotonic()
            for each in there.people:
                each.took.clear()
            assert (await asyncio.to_thread(door.get, "/login/"))[0] == 200
            await asyncio.gather(*(closed(line) for line in lines))
            seconds = time.monotonic() - begun
            waited = p99([each for person in there.people for each in person.took])
            findings = await there.findings()

    record("half-open handshakes", number=HALF_OPEN, closed_within=round(seconds, 1),
           others_p99=round(waited, 3), wrong=len(findings))  # fmt: skip
    assert findings == []
    assert seconds < PATIENCE + 5
    assert 0 < waited < SERVED


async def half_open(port: int, n: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(BEGINNINGS[n % len(BEGINNINGS)])
    return reader, writer


async def closed(line: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
    """Wait until the server closes it."""
    reader, writer = line
    with suppress(ConnectionError):
        await reader.read()
    writer.close()
