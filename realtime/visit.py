"""A visit: an open room and everything around it that is not in its log: who is here, cursors,
typing, the minutes. Connections share it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from realtime.clerk import Clerk
from realtime.crowd import Crowd, Reader
from realtime.documents.awareness import Awareness
from realtime.documents.document import Document, Owners
from realtime.ephemeral import Ephemerals
from realtime.limits import Rates
from realtime.message import Message
from realtime.presence import Presence
from realtime.protocol import SLOW, TABS, Passing, PresenceCount, spoken
from realtime.room import Room
from realtime.stand import Stand
from realtime.tasks import Tasks
from realtime.teller import Teller
from workshop.people import MEMBERS, Person
from workshop.records import Changes

if TYPE_CHECKING:
    from realtime.hub import Hub

COLOURS = 6
FRAMINGS_KEPT = 8


class Visit:
    def __init__(self, room: Room, hub: Hub) -> None:
        self.room, self.hub = room, hub
        self.clock = hub.parts.clock
        self.crowd = Crowd(self, hub.counts)
        self.presence = Presence(self.clock)
        self.announced = 0  # the version of presence that the other processes were told
        self.ephemerals = Ephemerals(self.clock)
        self.ephemerals_known = {
            what for each in room.features.values() for what in each.ephemerals
        }
        self.owners = Owners()
        self.awareness = Awareness(self.owners, clock=self.clock)
        self.rates = Rates(hub.parts.limits, self.clock)
        self._count: PresenceCount | None = None
        self._presence: tuple[int, Message | None] = (0, None)  # a version, and what to say of it
        self._document: Document | None = None
        self._opening = asyncio.Lock()
        self._typed: set[str] = set()  # since the last breath
        self._framings: dict[bytes, Message] = {}
        self.tasks = Tasks()
        self.clerk = Clerk(self, hub.parts.duties) if hub.parts.duties else None
        self.teller = Teller(self, hub.parts.count) if hub.parts.count else None
        room.moved = self._moved

    def _moved(self, changes: Changes) -> None:
        """The room's records have changed; some of them may be seats."""
        for key in changes:
            kind, _, id = key.partition("/")
            if kind == self.room.seats.kind:
                for reader in self.crowd.of(id):
                    reader.reseated(self.room.person(id))
        self.crowd.stir(more=self.room.writes_on)

    # People -------------------------------------------------------------------------------

    @property
    def full(self) -> bool:
        most: int = self.hub.parts.limits["sockets_per_room"]
        return len(self.crowd) >= most

    def arrive(self, reader: Reader) -> None:
        self.crowd.arrive(reader)
        self.presence.arrive(reader.person)
        most = self.hub.parts.limits["sockets_per_person"]
        if reader.person.role in MEMBERS:
            for oldest in self.crowd.of(reader.person.id)[:-most]:
                oldest.close(TABS)
                self.leave(oldest)  # its socket may take long to notice

    def leave(self, reader: Reader) -> None:
        if reader not in self.crowd:
            return
        self.crowd.leave(reader)
        self.presence.leave(reader.person)
        if gone := self.awareness.leave(reader):
            self._tell_cursor(gone, reader.person)
            self.crowd.stir()
        if not self.crowd:
            self.hub.emptied(self)

    def count(self) -> None:
        """See how many are here; at most a few times a second, however many come and go."""
        counted = self.presence.count()
        if counted != self._count:
            self._count, self._presence = counted, (self._presence[0] + 1, spoken(counted))
            self.crowd.stir()

    def close_the_stuck(self, after: float) -> None:
        """Whoever has taken nothing for so long is cut off."""
        now = self.clock()
        for reader in self.crowd:
            if not reader.line.busy:
                reader.stuck_since = None
            elif reader.stuck_since is None:
                reader.stuck_since = now
            elif now - reader.stuck_since > after:
                self.hub.counts.slow += 1
                reader.close(SLOW)
                self.leave(reader)  # its socket may take long to notice

    def slow_mode(self, person: Person, what: str) -> float:
        """How long someone must wait because all ask too often together. Facilitators need not, and
        those whom the rules refuse anyway take no turn from anybody."""
        heeds = person.role in MEMBERS and person.role != "facilitator"
        if not heeds or not self.rates.take("", f"room.{what}"):
            return 0
        wait: float = self.hub.parts.limits["slow_mode"]
        return wait

    # Telling (for the crowd) --------------------------------------------------------------

    def here(self, *, minutes: bool) -> Stand:
        seq, presence, typing = self.room.seq, self._presence[0], self.ephemerals.version
        if minutes:
            return Stand(seq, presence, typing, self.opened_document.seq, self.awareness.version)
        return Stand(seq, presence, typing)

    def news(
        self, stand: Stand, audiences: frozenset[str], person: str = "", *, greet: bool = False
    ) -> list[Message]:
        """A hello is always answered with a frame: it says where one stands."""
        messages = []
        frame = self.room.news.frame(stand.seq, audiences)
        # Who stands at 0 has been told nothing to go on from: to them an empty frame is news too.
        if frame or greet or (not stand.seq and self.room.seq):
            messages.append(frame.message)
        version, presence = self._presence
        if stand.presence != version and presence:
            messages.append(presence)
        if stand.ephemerals < self.ephemerals.version:
            messages += self.ephemerals.since(stand.ephemerals, person)
        if stand.edit is not None:
            messages += self.news_of_minutes(stand)
        return messages

    def news_of_minutes(self, stand: Stand) -> list[Message]:
        """What was written, and where others are, for who stands there."""
        if stand.edit is None:
            return []
        written = self.opened_document.since(stand.edit)
        shown = self.awareness.since(stand.cursors)
        return [self._framed(each) for each in (*written, shown) if each]

    def individuals(self) -> set[str]:
        """Those of whom a record of their own has changed, or who were typing themselves."""
        people = self.room.news.fresh | self._typed
        self.room.news.fresh, self._typed = set(), set()
        return people

    # Passing things -----------------------------------------------------------------------

    def pass_on(self, passing: Passing) -> None:
        self.take_passing(passing)
        told = {"what": passing.what, "by": passing.by, "name": passing.name}
        self.hub.tell(self.room.id, {"ephemeral": told})

    def take_passing(self, passing: Passing) -> None:
        self.ephemerals.tell(passing)
        self._typed.add(passing.by)
        self.crowd.stir()

    def show_cursor(self, message: bytes, who: Person, reader: object) -> None:
        self.take_cursor(message, who, reader)
        self._tell_cursor(message, who)

    def take_cursor(self, message: bytes, who: Person, reader: object) -> None:
        self.awareness.receive(message, who.id, who.name, colour_of(who.id), reader)
        self.crowd.stir()

    def _tell_cursor(self, message: bytes, who: Person) -> None:
        told = {"message": message, "id": who.id, "name": who.name}
        self.hub.tell(self.room.id, {"awareness": told})

    # The minutes --------------------------------------------------------------------------

    async def document(self) -> Document:
        """The minutes, read from the store the first time somebody wants them."""
        async with self._opening:
            if self._document is None:
                document = Document(
                    self.room.id,
                    self.room.epoch,
                    self.hub.parts.documents,
                    self.room.clock,
                    stored=self._edited,
                    engine=self.hub.engine,
                    owners=self.owners,
                )
                await document.open()
                self._document = document
        return self._document

    @property
    def opened_document(self) -> Document:
        assert self._document, "whoever writes has asked for the document before"
        return self._document

    @property
    def document_seq(self) -> int | None:
        return None if self._document is None else self._document.seq

    def may_write(self, person: Person) -> bool:
        return self.hub.parts.may_write(self.room.records, person)

    def _framed(self, content: bytes) -> Message:
        """The same message for the same bytes: most readers of the minutes stand at one place."""
        if content not in self._framings:
            if len(self._framings) > FRAMINGS_KEPT:
                self._framings.clear()
            self._framings[content] = Message(content)
        return self._framings[content]

    async def hear_edit(self, seq: int) -> None:
        if self._document:
            await self._document.hear(seq)

    async def close(self) -> None:
        if self._document:
            await self._document.close()

    def _edited(self, seq: int) -> None:
        self.crowd.stir()
        self.hub.tell(self.room.id, {"edit": seq})


def colour_of(person: str) -> int:
    """One of the author colours, the same on every page and after every return."""
    return sum(person.encode()) % COLOURS + 1
