"""One way to store chat messages: `python -m bench.durable WAY`, in a hall's environment.

Two thousand people post as fast as they are answered, through the room itself over the database's
log, in this process. `together` is the room as it is; `alone` is the same room over a log that
gives every message a transaction of its own; `raw` is sqlite3 without any of us, one row a
transaction. Prints messages, seconds and seconds of CPU.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import uuid4

import django
from django.conf import settings

django.setup()

from realtime.asgi import SEATS  # noqa: E402 - models need Django to be set up
from realtime.log import Entry, Log  # noqa: E402
from realtime.log_django import DjangoLog  # noqa: E402
from realtime.room import Room  # noqa: E402
from workshop import sessions  # noqa: E402
from workshop.features import FEATURES  # noqa: E402
from workshop.models import Session  # noqa: E402
from workshop.people import Person  # noqa: E402

PEOPLE = 2000
SECONDS = 4.0
TEXT = "At the back we hear badly: could you please speak closer to the microphone?"


class Alone(DjangoLog):
    """A log that commits each entry by itself."""

    async def append(self, room: str, entries: Sequence[Entry]) -> None:
        for entry in entries:
            await super().append(room, [entry])


def in_room(log: Callable[..., Log]) -> int:
    """Let everyone post. Returns how many messages were acknowledged."""
    session = Session.objects.get()
    everyone = sessions.people_of(session)[:PEOPLE]
    return asyncio.run(post(session, log(sessions.project), everyone))


async def post(session: Session, log: Log, everyone: Sequence[Person]) -> int:
    room = Room(
        session.slug,
        session.epoch,
        features=FEATURES,
        seats=SEATS,
        log=log,
        publish=to_nobody,
        clock=time.time,
    )
    await room.open()
    until = time.monotonic() + SECONDS
    return sum(await asyncio.gather(*(go_on_posting(room, each, until) for each in everyone)))


async def go_on_posting(room: Room, who: Person, until: float) -> int:
    posted = 0
    while time.monotonic() < until:
        await room.submit("chat.post", who, str(uuid4()), {"text": TEXT})
        posted += 1
    return posted


def to_nobody(entries: object) -> None:
    """There is no other process."""


def raw() -> int:
    """Rows of the same size into a table of its own, as fast as SQLite takes them."""
    path = Path(settings.DATA_DIR) / "raw.sqlite3"
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    database.execute("CREATE TABLE message (id INTEGER PRIMARY KEY, ref TEXT UNIQUE, body TEXT)")
    until, posted = time.monotonic() + SECONDS, 0
    while time.monotonic() < until:
        row = (str(uuid4()), TEXT * 4)
        database.execute("INSERT INTO message (ref, body) VALUES (?, ?)", row)
        posted += 1
    return posted


WAYS: dict[str, Callable[[], int]] = {
    "together": lambda: in_room(DjangoLog),
    "alone": lambda: in_room(Alone),
    "raw": raw,
}


def main(way: str) -> None:
    began, cpu = time.monotonic(), time.process_time()
    messages = WAYS[way]()
    spent = {"seconds": time.monotonic() - began, "cpu": time.process_time() - cpu}
    print(json.dumps({"messages": messages, **spent}))


if __name__ == "__main__":
    main(sys.argv[1])
