"""Everyone comes back at once after a server was killed: all are there again within ten seconds."""

from __future__ import annotations

import asyncio
import json
import time
from itertools import count

import pytest
from asgiref.sync import sync_to_async

from tests.faults.doors import Door, doors
from tests.faults.sizes import dice, record, size
from tests.realtime.sessions_for_tests import make_session
from workshop import sessions
from workshop.models import Seat, Session

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = size(500, 5000)
WITHIN = 10.0  # seconds since the server answers again
JITTER = 0.3  # seconds that a browser waits before it comes back, with as much again by chance


class Returning(asyncio.Protocol):
    """Someone who comes back until they have been told where the room stands."""

    coming = count()

    def __init__(self, door: Door, slug: str, seat: str) -> None:
        self.door, self.slug, self.seat = door, slug, seat
        self.epoch, self.since, self.tries = "", 0, 0
        self.there = asyncio.Event()
        self.heard = b""
        self.chance = dice(seat)

    async def come(self) -> None:
        self.there.clear()
        loop = asyncio.get_running_loop()
        while not self.there.is_set():
            self.tries += 1
            try:
                self.line, _ = await loop.create_connection(
                    lambda: self, "127.0.0.1", self.door.port
                )
                async with asyncio.timeout(WITHIN):
                    await self.lost_or_there()
            except (OSError, TimeoutError):
                self.line = None
            if not self.there.is_set():
                await asyncio.sleep(JITTER * (1 + self.chance.random()))

    async def lost_or_there(self) -> None:
        self.lost = asyncio.Event()
        waiting = [asyncio.create_task(each.wait()) for each in (self.there, self.lost)]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()

    def connection_made(self, transport) -> None:
        self.heard = b""
        transport.write(
            f"GET /rooms/{self.slug}/live?seat={self.seat} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
            + masked(json.dumps({"type": "hello", "epoch": self.epoch, "since": self.since}))
        )

    def data_received(self, data: bytes) -> None:
        if not self.there.is_set():
            self.heard += data
            if b'"type":"welcome"' in self.heard and b'"type":"changes"' in self.heard:
                self.there.set()
                self.heard = b""

    def connection_lost(self, error: Exception | None) -> None:
        self.lost.set()


def masked(text: str) -> bytes:
    """A text frame, masked with zeros."""
    return bytes((0x81, 0x80 | len(text), 0, 0, 0, 0)) + text.encode()


async def test_everyone_comes_back_at_once(django_db_setup):
    session = await make_session()
    seats = await seated(session)
    with doors(1) as (door,):
        everyone = [Returning(door, session.slug, seat) for seat in seats]
        begun = time.monotonic()
        await asyncio.gather(*(each.come() for each in everyone))
        came = time.monotonic() - begun
        door.kill()
        await asyncio.to_thread(door.start)
        begun = time.monotonic()
        await asyncio.gather(*(each.come() for each in everyone))
        seconds = time.monotonic() - begun
        said = door.said()
        for each in everyone:
            each.line.abort()

    record("all come back at once", people=PEOPLE, first=round(came, 1), seconds=round(seconds, 1))
    assert "Traceback" not in said
    assert seconds < WITHIN


@sync_to_async
def seated(session: Session) -> list[str]:
    made = Seat.objects.bulk_create(Seat(session=session, name=f"P{n}") for n in range(PEOPLE))
    return [sessions.seat_token(seat) for seat in made]
