"""The clerk of a room: puts in the minutes what belongs there by itself.

A command leaves a note in the log; the clerk of any process that has the room open writes it into
the text, and then says that it is placed. It writes under a client id that is derived from the
note: whichever process does it, and however often, it is the same edit, and happens once.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from workshop.door import Unavailable
from workshop.feature import Refused
from workshop.people import SYSTEM
from workshop.records import Records

if TYPE_CHECKING:
    from realtime.visit import Visit

logger = logging.getLogger(__name__)


class Note(Protocol):
    @property
    def id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Notes:
    """What a clerk must know of notes: which are waiting, how one is written (the update that puts
    it into the text of a room that these updates make, under this client id), and the command that
    says it has been."""

    waiting: Callable[[Records], Sequence[Note]]
    written: Callable[[str, list[bytes], Note, int], Awaitable[bytes]]
    place: str


class Clerk:
    def __init__(self, visit: Visit, notes: Notes) -> None:
        self.visit, self.notes = visit, notes
        self._at_work = False

    def look(self) -> None:
        """See whether there is something to do."""
        if not self._at_work and self.notes.waiting(self.visit.room.records):
            self._at_work = True
            self.visit.tasks.begin(self._work())

    async def _work(self) -> None:
        try:
            for note in self.notes.waiting(self.visit.room.records):
                await self._place(note)
        except Unavailable:
            logger.warning("what belongs in the minutes of %s waits", self.visit.room.id)
        except Exception:
            logger.exception("something could not be put in the minutes of %s", self.visit.room.id)
        finally:
            self._at_work = False

    async def _place(self, note: Note) -> None:
        room = self.visit.room
        document = await self.visit.document()
        client = client_of(room.epoch, note.id)
        if not document.knows(client):  # or it was written, and the process died before it said so
            update = await self.notes.written(room.id, document.updates, note, client)
            await document.write(update, SYSTEM.id)
        with suppress(Refused):  # another process was first
            ref = f"{self.notes.place}:{note.id}"
            await room.submit(self.notes.place, SYSTEM, ref, {"note": note.id})


def client_of(epoch: str, note: str) -> int:
    """The client id under which a note is written: 32 bits, as Yjs has them."""
    return int.from_bytes(hashlib.sha256(f"{epoch} {note}".encode()).digest()[:4], "big")
