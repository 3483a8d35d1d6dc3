"""The clerk of a room: puts in the minutes what belongs there by itself.

A command leaves a note in the log; the clerk of any process that has the room open writes it into
the text, and then says that it is placed. It writes under a client id that is derived from the
note: whichever process does it, and however often, it is the same edit, and happens once. When the
text becomes final, the clerk turns its live blocks into words in the same way, and seals it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

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
class Duties:
    """What a clerk has to do, and how.

    `waiting` are the notes to be placed; `written` is the update that puts one into the text of a
    room which these updates make, under this client id; `place` the command that says it has been.
    `to_seal` says whether the text has just become final: then `live_blocks` are counted, each is
    `settled` by an update under a client id, what stands there in the end is `sealed` (written down
    for good; its SHA-256), and the command `seal` says so."""

    waiting: Callable[[Records], Sequence[Note]]
    written: Callable[[str, list[bytes], Note, int], Awaitable[bytes]]
    place: str
    to_seal: Callable[[Records], bool]
    live_blocks: Callable[[list[bytes]], int]
    settled: Callable[[str, list[bytes], int], Awaitable[bytes]]
    sealed: Callable[[str, list[bytes]], Awaitable[str]]
    seal: str


class Clerk:
    def __init__(self, visit: Visit, duties: Duties) -> None:
        self.visit, self.duties = visit, duties
        self._at_work = False

    def look(self) -> None:
        """See whether there is something to do."""
        records = self.visit.room.stored
        if self._at_work or not (self.duties.waiting(records) or self.duties.to_seal(records)):
            return
        self._at_work = True
        self.visit.tasks.begin(self._work())

    async def _work(self) -> None:
        room = self.visit.room
        try:
            for note in self.duties.waiting(room.stored):
                await self._place(note)
            if self.duties.to_seal(room.stored):
                await self._seal()
        except Exception as error:  # noqa: BLE001 - the store may be away: it is tried again
            logger.warning("what belongs in %s waits: %s", room.id, type(error).__name__)
        finally:
            self._at_work = False

    async def _place(self, note: Note) -> None:
        room, document = self.visit.room, await self.visit.document()
        client = client_of(room.epoch, note.id)
        if not document.knows(client):  # or it was written, and the process died before it said so
            update = await self.duties.written(room.id, document.updates, note, client)
            await document.write(update, SYSTEM.id)
        await self._say(self.duties.place, note.id, {"note": note.id})

    async def _seal(self) -> None:
        """What is left to be settled names the client id: whoever does it does it once."""
        room, document = self.visit.room, await self.visit.document()
        await document.catch_up()
        while left := self.duties.live_blocks(document.updates):
            client = client_of(room.epoch, f"{self.duties.seal} {left}")
            update = await self.duties.settled(room.id, document.updates, client)
            await document.write(update, SYSTEM.id)
        sha256 = await self.duties.sealed(room.id, document.updates)
        await self._say(self.duties.seal, room.epoch, {"sha256": sha256})

    async def _say(self, command: str, ref: str, fields: dict[str, Any]) -> None:
        with suppress(Refused):  # another process was first
            await self.visit.room.submit(command, SYSTEM, f"{command}:{ref}", fields)


def client_of(epoch: str, what: str) -> int:
    """The client id under which something is written: 32 bits, as Yjs has them."""
    return int.from_bytes(hashlib.sha256(f"{epoch} {what}".encode()).digest()[:4], "big")
