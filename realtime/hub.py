"""The rooms open in this process, and the one place where processes hear of each other.

Sockets never join channel-layer groups: the hub does, once per room. A message between
processes therefore costs one delivery per process, not one per participant.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from realtime.admission import Admission
from realtime.awareness import Awareness
from realtime.bus import Bus, Message
from realtime.document import Document, Owners, Rejected
from realtime.document_store import DocumentStore
from realtime.ephemeral import Ephemerals
from realtime.limits import Allowance, Allowances
from realtime.log import Entry, Log
from realtime.presence import People, Presence
from realtime.protocol import NO_ROOM, RESTART, SLOW, TABS, Closing, Passing, PresenceCount
from realtime.room import Clock, Publish, Room
from workshop.door import Unavailable
from workshop.feature import Refused
from workshop.people import MEMBERS, SYSTEM, Person
from workshop.records import Records

logger = logging.getLogger(__name__)

LINGER = 30.0  # seconds an empty room stays open: people reload pages
POLL = 2.0  # seconds between looks at the log, in case the bus has lost something
TICK = 0.5  # seconds between looks at what has fallen due
ANNOUNCE = 5.0  # seconds between announcements of who is here, besides those of changes
COLOURS = 6
COME_BACK_RATE = 500  # people a second, after a restart


class NoSuchRoom(Exception):
    """There is no session of this name."""


class Reader(Protocol):
    """A connection, as a visit sees it."""

    person: Person
    sending_since: float | None

    def breathe(self) -> None: ...
    def reseated(self, person: Person | None) -> None: ...
    def close(self, why: Closing, wait: float = 0) -> None: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """What has been decided about a room outside it: which log is its own, and whose seats were
    taken away."""

    epoch: str
    revoked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Parts:
    """What rooms are made of, chosen in `asgi.py` and in tests. `clock` measures spans of time and
    is never set back; what the rooms' own says is written down."""

    make_room: Callable[[str, str, Publish], Room]
    standing: Callable[[Iterable[str]], Awaitable[Mapping[str, Standing]]]
    log: Log
    documents: DocumentStore
    may_write: Callable[[Records, Person], bool]
    clock: Clock
    limits: Mapping[str, Any]


class Visit:
    """An open room and everything around it that is not in its log: who is here, cursors, typing,
    the minutes. Connections share it."""

    def __init__(self, room: Room, hub: Hub) -> None:
        self.room, self.hub = room, hub
        self.clock = hub.parts.clock
        self.presence = Presence(self.clock)
        self.presence_count: PresenceCount | None = None
        self.announced: tuple[People, int] = ({}, 0)  # to the other processes, last
        self.ephemerals = Ephemerals(self.clock)
        self.owners = Owners()
        self.awareness = Awareness(self.owners, clock=self.clock)
        self._document: Document | None = None
        self._opening = asyncio.Lock()
        self._allowances = Allowances(hub.parts.limits, self.clock)
        self.together = Allowance(hub.parts.limits, self.clock)  # of everyone in the room
        self._readers: dict[Reader, None] = {}  # in order of arrival
        self._tasks: set[asyncio.Task[None]] = set()

    # People -------------------------------------------------------------------------------

    def allowance(self, person: Person) -> Allowance:
        """One for each person; observers, who have no name, have one for each socket."""
        if person.role not in MEMBERS:
            return Allowance(self.hub.parts.limits, self.clock)
        return self._allowances.of(person.id)

    @property
    def full(self) -> bool:
        most: int = self.hub.parts.limits["sockets_per_room"]
        return len(self._readers) >= most

    def arrive(self, reader: Reader) -> None:
        self._readers[reader] = None
        self.room.listen(reader)
        self.presence.arrive(reader.person)
        most = self.hub.parts.limits["sockets_per_person"]
        # Counted by person first: to look through everyone at each arrival would be the square of
        # a crowd that comes back at once.
        if reader.person.role in MEMBERS and len(self.room.listeners_of(reader.person.id)) > most:
            tabs = [each for each in self._readers if each.person.id == reader.person.id]
            for oldest in tabs[:-most]:
                oldest.close(TABS)
                self.leave(oldest)  # its socket may take long to notice

    def leave(self, reader: Reader) -> None:
        if reader not in self._readers:
            return
        del self._readers[reader]
        self.room.unlisten(reader)
        self.presence.leave(reader.person)
        if gone := self.awareness.leave(reader):
            told = {"message": gone, "id": reader.person.id, "name": reader.person.name}
            self._spawn(self.hub.tell(self.room.id, {"awareness": told}))
        self.room.stir()

    def count(self) -> None:
        """See how many are here; at most a few times a second, however many come and go."""
        counted = self.presence.count()
        if counted != self.presence_count:
            self.presence_count = counted
            self.room.stir()

    def readers(self) -> list[Reader]:
        return list(self._readers)

    def close_the_stuck(self, after: float) -> None:
        now = self.clock()
        for reader in self.readers():
            if reader.sending_since is not None and now - reader.sending_since > after:
                reader.close(SLOW)
                self.leave(reader)  # its socket may take long to notice

    # Passing things -----------------------------------------------------------------------

    async def pass_on(self, passing: Passing) -> None:
        self.take_passing(passing)
        told = {"what": passing.what, "by": passing.by, "name": passing.name}
        await self.hub.tell(self.room.id, {"ephemeral": told})

    def take_passing(self, passing: Passing) -> None:
        self.ephemerals.tell(passing)
        self.room.stir()

    async def show_cursor(self, message: bytes, who: Person, reader: object) -> None:
        self.take_cursor(message, who, reader)
        told = {"message": message, "id": who.id, "name": who.name}
        await self.hub.tell(self.room.id, {"awareness": told})

    def take_cursor(self, message: bytes, who: Person, reader: object) -> None:
        self.awareness.receive(message, who.id, who.name, colour_of(who.id), reader)
        self.room.stir()

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

    async def hear_edit(self, seq: int) -> None:
        if self._document:
            await self._document.hear(seq)

    async def close(self) -> None:
        if self._document:
            await self._document.close()

    def _edited(self, seq: int) -> None:
        self.room.stir()
        self._spawn(self.hub.tell(self.room.id, {"edit": seq}))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Open:
    """A room being opened, open, or lingering."""

    def __init__(self, visit: asyncio.Task[Visit]) -> None:
        self.visit, self.users = visit, 0
        self.closing: asyncio.TimerHandle | None = None


class Hub:
    def __init__(self, bus: Bus, parts: Parts) -> None:
        self.bus, self.parts = bus, parts
        self.admission = Admission(parts.limits, parts.clock)
        self.name = secrets.token_hex(8)  # of this process, to the others
        self._open: dict[str, Open] = {}
        self._subscribing = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._closings: set[asyncio.Task[None]] = set()

    # The door (workshop.door.Door) --------------------------------------------------------

    async def submit(
        self, room: str, name: str, by: Person, ref: str, fields: Mapping[str, Any]
    ) -> int:
        async with self.visit(room) as visit:
            return await visit.room.submit(name, by, ref, fields)

    async def person(self, room: str, seat: Person) -> Person | None:
        async with self.visit(room) as visit:
            return await self.seated(visit.room, seat)

    async def seated(self, room: Room, seat: Person) -> Person | None:
        """The person as the room sees them now. Whoever has only just come in sits down; the ref is
        the seat's own, so that someone who was removed does not."""
        if room.person(seat.id) is None:
            fields = {
                "person": seat.id, "name": seat.name, "role": seat.role, "place": seat.place,
            }  # fmt: skip
            with suppress(Refused):
                await room.submit(room.seats.sit, SYSTEM, f"{room.seats.sit}:{seat.id}", fields)
        return room.person(seat.id)

    async def close_room(self, id: str) -> None:
        """Let go of a room whose session is gone: nobody reads on from memory."""
        if opened := self._open.pop(id, None):
            with suppress(NoSuchRoom):
                for reader in (await opened.visit).readers():
                    reader.close(NO_ROOM)
            await self._subscribe(id)

    # Rooms --------------------------------------------------------------------------------

    @asynccontextmanager
    async def visit(self, id: str) -> AsyncIterator[Visit]:
        """The room, open for as long as someone in this process is using it, and a little longer.
        Raises NoSuchRoom."""
        self._start()
        opened = self._open.get(id)
        if opened is None:
            opened = self._open[id] = Open(asyncio.create_task(self._enter(id)))
        if opened.closing:
            opened.closing.cancel()
            opened.closing = None
        opened.users += 1
        try:
            yield await asyncio.shield(opened.visit)
        finally:
            opened.users -= 1
            if not opened.users:
                self._let_linger(id, opened)

    def say_bye(self) -> None:
        """Tell every socket of this process that we are being restarted, and when to come back:
        one after the other, so that a crowd does not return as one."""
        readers = [each for visit in self._visits() for each in visit.readers()]
        for n, reader in enumerate(readers):
            reader.close(RESTART, wait=n / COME_BACK_RATE)

    async def close(self) -> None:
        """Store what is being written and let go of every room."""
        for task in self._tasks:
            task.cancel()
        for visit in self._visits():
            await visit.close()
        self._open.clear()

    async def tell(self, room: str, message: Message) -> None:
        """Tell the other processes. The bus is a hint: its failures are never anyone's business."""
        try:
            await self.bus.publish({"room": room, "from": self.name, **message})
        except Exception as error:  # noqa: BLE001
            logger.warning("the bus did not take a message: %s", type(error).__name__)

    async def _enter(self, id: str) -> Visit:
        try:
            found = (await self.parts.standing([id])).get(id)
        except Exception as error:
            raise Unavailable from error
        if found is None:
            raise NoSuchRoom(id)
        room = self.parts.make_room(id, found.epoch, lambda entry: self._publish(id, entry))
        await self._subscribe(id)
        await room.learn()  # after subscribing, so that nothing can fall in between
        return Visit(room, self)

    def _let_linger(self, id: str, opened: Open) -> None:
        if opened.visit.done() and (opened.visit.cancelled() or opened.visit.exception()):
            return self._let_go(id, opened)
        loop = asyncio.get_running_loop()
        opened.closing = loop.call_later(LINGER, self._let_go, id, opened)

    def _let_go(self, id: str, opened: Open) -> None:
        if self._open.get(id) is opened:
            del self._open[id]
            task = asyncio.create_task(self._close(id, opened))
            self._closings.add(task)
            task.add_done_callback(self._closings.discard)

    async def _close(self, id: str, opened: Open) -> None:
        if not opened.visit.cancelled() and not opened.visit.exception():
            await opened.visit.result().close()
        await self._subscribe(id)

    async def _subscribe(self, id: str) -> None:
        """Make the bus agree with what is open now. One at a time: a room may be opened again while
        it is still being closed."""
        async with self._subscribing:
            try:
                if id in self._open:
                    await self.bus.subscribe(id)
                else:
                    await self.bus.unsubscribe(id)
            except Exception as error:  # noqa: BLE001 - without the bus the log is polled
                logger.warning("the bus is away: %s", type(error).__name__)

    def _visits(self) -> list[Visit]:
        done = [each.visit for each in self._open.values() if each.visit.done()]
        return [task.result() for task in done if not task.cancelled() and not task.exception()]

    # What goes on beside ------------------------------------------------------------------

    def _start(self) -> None:
        """Begin to listen, when the first room is opened: Daphne has no start-up event."""
        if not self._tasks:
            jobs = (self._listen(), self._poll(), self._tick(), self._announce())
            self._tasks = [asyncio.create_task(job) for job in jobs]

    async def _publish(self, id: str, entry: Entry) -> None:
        await self.bus.publish({"room": id, "from": self.name, "entry": asdict(entry)})

    async def _listen(self) -> None:
        while True:
            try:
                message = await self.bus.receive()
            except Exception as error:  # noqa: BLE001 - the ear must never close
                logger.warning("the bus is unwell: %s", type(error).__name__)
                await asyncio.sleep(1)
                for id in list(self._open):
                    await self._subscribe(id)
            else:
                if message.get("from") != self.name:
                    await self._unless_unwell(self._hear(message))

    async def _hear(self, message: Message) -> None:
        opened = self._open.get(message["room"])
        if opened is None or not opened.visit.done() or opened.visit.exception():
            return
        visit = opened.visit.result()
        match message:
            case {"entry": entry}:
                await visit.room.hear(Entry(**entry))
            case {"edit": seq}:
                await visit.hear_edit(seq)
            case {"people": people, "watching": watching}:
                visit.presence.hear(message["from"], people, watching)
            case {"ephemeral": told}:
                visit.take_passing(Passing(told["what"], told["by"], told["name"], {}))
            case {"awareness": told}:
                who = Person(told["id"], told["name"])
                with suppress(Rejected):  # two processes may have let two people take one client id
                    visit.take_cursor(told["message"], who, message["from"])

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL)
            await self._unless_unwell(self._look_at_heads())
            await self._unless_unwell(self._look_at_standing())

    async def _look_at_heads(self) -> None:
        """The bus may have lost anything: the log knows how far each room is."""
        visits = {visit.room.id: visit for visit in self._visits()}
        heads = await self.parts.log.heads(visits)
        for id, head in heads.items():
            if head > visits[id].room.seq:
                await visits[id].room.catch_up()
        written = [id for id, visit in visits.items() if visit.document_seq is not None]
        for id, head in (await self.parts.documents.heads(written)).items():
            await visits[id].hear_edit(head)

    async def _look_at_standing(self) -> None:
        """A page of another process, or one that found the log away, may have deleted a session or
        taken seats from people who are still here."""
        visits = {visit.room.id: visit for visit in self._visits()}
        found = await self.parts.standing(visits)
        for id, visit in visits.items():
            if id not in found or found[id].epoch != visit.room.epoch:
                await self.close_room(id)
            else:
                await self._unseat(visit.room, found[id].revoked)

    async def _unseat(self, room: Room, revoked: Iterable[str]) -> None:
        for id in revoked:
            if room.person(id):
                with suppress(Refused):
                    await room.submit(
                        "people.remove", SYSTEM, f"people.remove:{id}", {"person": id}
                    )

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            for visit in self._visits():
                await self._unless_unwell(self._look_after(visit))

    async def _look_after(self, visit: Visit) -> None:
        visit.count()
        if visit.presence.here() != visit.announced:
            await self._tell_who_is_here(visit)
        visit.close_the_stuck(self.parts.limits["stuck_after"])
        await self._carry_out_due(visit.room)

    async def _carry_out_due(self, room: Room) -> None:
        for due in room.due():
            with suppress(Refused):
                await room.submit(due.name, SYSTEM, due.ref, due.fields)

    async def _announce(self) -> None:
        while True:
            await asyncio.sleep(ANNOUNCE)
            for visit in self._visits():
                await self._tell_who_is_here(visit)

    async def _tell_who_is_here(self, visit: Visit) -> None:
        people, watching = visit.announced = visit.presence.here()
        await self.tell(visit.room.id, {"people": people, "watching": watching})

    async def _unless_unwell(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - the database may be away: try again next time
            logger.warning("something in the background failed: %s", type(error).__name__)


def colour_of(person: str) -> int:
    """One of the author colours, the same on every page and after every return."""
    return sum(person.encode()) % COLOURS + 1
