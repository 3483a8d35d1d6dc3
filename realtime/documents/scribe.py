"""A scribe: one connection's part in the minutes, and which of its updates are stored."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from realtime import protocol
from realtime.documents.copy import Unsound
from realtime.documents.engine import Died
from realtime.documents.guard import Rejected
from realtime.message import Message
from workshop.people import MEMBERS

if TYPE_CHECKING:
    from realtime.connection import Connection

logger = logging.getLogger(__name__)


class Scribe:
    __slots__ = ("_greeting", "_saved", "_settled", "_updates", "reader", "visit")

    def __init__(self, reader: Connection) -> None:
        self.reader, self.visit = reader, reader.visit
        self._greeting: asyncio.Task[None] | None = None
        self._updates = 0  # so many have come
        self._settled: set[int] = set()
        self._saved = 0  # up to this one, all are settled

    # What they ask ------------------------------------------------------------------------

    def greet(self, message: bytes) -> None:
        """Sync step 1: someone wants the minutes. From now on they follow."""
        if self.reader.take("greetings"):
            return self.reader.refuse("", "too-fast")
        self._greeting = self.visit.tasks.begin(self._greet(message))

    def write(self, message: bytes) -> None:
        """An update. They are taken in the order in which they came."""
        self._updates += 1
        self.visit.tasks.begin(self._write(self._updates, message))

    def point(self, message: bytes) -> None:
        """Awareness: where their cursor is."""
        who = self.reader.seated()
        if who is None or who.role not in MEMBERS:
            return
        if len(message) <= self.reader.limits["awareness"] and not self.reader.take("awarenesses"):
            try:
                self.visit.show_cursor(message, who, self.reader)
            except Rejected as rejected:
                self.reader.refuse("", rejected.code)

    def compare(self) -> None:
        """They want to know what they should see."""
        if self._reads and not self.reader.take("greetings"):
            self.visit.tasks.begin(self._tell_digest())

    async def _tell_digest(self) -> None:
        try:
            message = await self.visit.opened_document.digest()
        except (Died, Unsound) as error:
            return logger.warning("no digest of the minutes: %s", error)
        self.reader.push(Message(message))

    async def _greet(self, message: bytes) -> None:
        try:
            document = await self.visit.document()
        except Exception as error:  # noqa: BLE001 - the store may be away: come back
            logger.warning("minutes could not be opened: %s", type(error).__name__)
            return self.reader.close(protocol.UNWELL)
        try:
            answer, seq = await document.answer(payload(message))
        except Rejected:
            return self.reader.refuse("", "malformed")
        except Died:
            return self.reader.close(protocol.UNWELL)
        self.reader.push(Message(answer))
        self.reader.read_minutes(seq)
        if self._may_write():
            self.reader.push(Message(document.greeting()))
        self.reader.breathe()

    async def _write(self, number: int, message: bytes) -> None:
        """Check, store, and only then call it saved. Up to the document's own writing this runs in
        the order in which messages came."""
        if self._greeting:
            await asyncio.wait([self._greeting])
        try:
            update = self._allowed(number, message)
            document = self.visit.opened_document
            await document.write(update, self.reader.person.id)
        except Rejected as rejected:
            self._tell_unsaved(number, rejected.code)
        except Exception as error:  # noqa: BLE001 - a full disk must not end the session
            logger.warning("an update could not be stored: %s", type(error).__name__)
            self._tell_unsaved(number, "unavailable")
        self._settle(number)

    def _allowed(self, number: int, message: bytes) -> bytes:
        hurried = self.reader.take("updates")
        if hurried:  # also of those who may not write
            self.reader.offend()
        if not self._may_write():
            raise Rejected("not-allowed")
        if not self._reads:
            raise Rejected("gap")
        largest = "first_update" if number == 1 else "update"
        if len(message) > self.reader.limits[largest]:
            raise Rejected("too-big")
        if hurried:
            raise Rejected("too-fast")
        return payload(message)

    @property
    def _reads(self) -> bool:
        return self.reader.place.edit is not None

    def _may_write(self) -> bool:
        who = self.reader.seated()
        return who is not None and self.visit.may_write(who)

    # What they are told -------------------------------------------------------------------

    def _tell_unsaved(self, number: int, code: str) -> None:
        self.reader.say(protocol.Unsaved(number, code))
        if code == "gap" and self._reads:
            self.reader.push(Message(self.visit.opened_document.greeting()))

    def _settle(self, number: int) -> None:
        """Say up to which of their updates all are settled: saved, or refused and told so."""
        self._settled.add(number)
        before = self._saved
        while self._saved + 1 in self._settled:
            self._saved += 1
            self._settled.discard(self._saved)
        if self._saved > before:
            self.reader.say(protocol.Saved(self._saved))


def payload(message: bytes) -> bytes:
    """The byte array that a sync message carries. Raises Rejected where it is not one."""
    length, shift, at = 0, 0, 2
    while at < len(message) and shift <= 28:
        length |= (message[at] & 0x7F) << shift
        at += 1
        if message[at - 1] < 0x80:
            if len(message) - at != length:
                break
            return message[at:]
        shift += 7
    raise Rejected("malformed")
