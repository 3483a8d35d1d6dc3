"""One way to store chat messages: `python -m bench.durable WAY`, in a hall's environment.

Two thousand people post as fast as they are answered, through the room itself over the database's
log, in this process. `together` is the room as it is; `alone` is the same room over a log that
gives every message a transaction of its own; `raw` is sqlite3 without any of us, one row a
transaction. Prints messages, seconds and seconds of CPU: of the posting alone.
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
from workshop.records import Record  # noqa: E402

PEOPLE = 2000
SECONDS = 4.0
Spent = dict[str, float]

TEXT = "At the back we hear badly: could you please speak closer to the microphone?"


class Watch:
    """Started when it is made."""

    def __init__(self) -> None:
        self._began, self._cpu = time.monotonic(), time.process_time()

    def goes_on(self) -> bool:
        return time.monotonic() < self._began + SECONDS

    def spent(self, messages: int) -> Spent:
        seconds = time.monotonic() - self._began
        return {"messages": messages, "seconds": seconds, "cpu": time.process_time() - self._cpu}


class Alone(DjangoLog):
    """A log that commits each entry by itself."""

    async def append(
        self, room: str, entries: Sequence[Entry], beside: Sequence[Record] = ()
    ) -> None:
        for entry in entries:
            await super().append(room, [entry])


def in_room(log: Callable[..., Log]) -> Spent:
    """Let everyone post. Only what was acknowledged counts."""
    session = Session.objects.get()
    everyone = sessions.people_of(session)[:PEOPLE]
    return asyncio.run(post(session, log(sessions.project), everyone))


async def post(session: Session, log: Log, everyone: Sequence[Person]) -> Spent:
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
    watch = Watch()
    posted = await asyncio.gather(*(go_on_posting(room, each, watch) for each in everyone))
    return watch.spent(sum(posted))


async def go_on_posting(room: Room, who: Person, watch: Watch) -> int:
    posted = 0
    while watch.goes_on():
        await room.submit("chat.post", who, str(uuid4()), {"text": TEXT})
        posted += 1
    return posted


def to_nobody(entries: object) -> None:
    """There is no other process."""


def raw() -> Spent:
    """Rows of the same size into a table of its own, as fast as SQLite takes them."""
    path = Path(settings.DATA_DIR) / "raw.sqlite3"
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    database.execute("CREATE TABLE message (id INTEGER PRIMARY KEY, ref TEXT UNIQUE, body TEXT)")
    watch, posted = Watch(), 0
    while watch.goes_on():
        row = (str(uuid4()), TEXT * 4)
        database.execute("INSERT INTO message (ref, body) VALUES (?, ?)", row)
        posted += 1
    return watch.spent(posted)


WAYS: dict[str, Callable[[], Spent]] = {
    "together": lambda: in_room(DjangoLog),
    "alone": lambda: in_room(Alone),
    "raw": raw,
}


if __name__ == "__main__":
    print(json.dumps(WAYS[sys.argv[1]]()))
