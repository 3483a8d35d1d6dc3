"""The rooms open in this process, and the one place where processes hear of each other.

Sockets never join channel-layer groups: the hub does, once per room. A message between
processes therefore costs one delivery per process, not one per participant.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any

import msgspec

from realtime.admission import Admission
from realtime.bus import Bus, Message
from realtime.clerk import Duties
from realtime.counts import Counts
from realtime.documents.engine import Engine, InlineEngine
from realtime.documents.guard import Rejected
from realtime.documents.store import DocumentStore
from realtime.limits import Clock
from realtime.log import Entry, Log
from realtime.protocol import NO_ROOM, REF, RENEWED, RESTART, Closing, Passing
from realtime.room import Publish, Room
from realtime.stamps import Stamps
from realtime.tasks import Tasks
from realtime.teller import Count
from realtime.visit import Visit
from workshop.door import Unavailable
from workshop.feature import Due, Refused
from workshop.people import SYSTEM, Person
from workshop.records import Records, Wire

logger = logging.getLogger(__name__)

LINGER = 30.0  # seconds an empty room stays open: people reload pages
POLL = 2.0  # seconds between looks at the log, in case the bus has lost something
TICK = 0.5  # seconds between looks at what has fallen due
ANNOUNCE = 5.0  # seconds between announcements of who is here, besides those of changes
SELDOM = 5.0  # seconds between looks at stuck readers, and at what other pages decided
PATIENCE = 2.0  # seconds for the bus to take a message
OUTGOING = 1000  # messages that wait for a slow bus
COME_BACK_RATE = 500  # people a second, after a restart


class NoSuchRoom(Exception):
    """There is no session of this name."""


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
    duties: Duties | None = None
    make_engine: Callable[[], Engine] = InlineEngine
    count: Count | None = None
    stamps: Stamps = field(default_factory=lambda: Stamps(secrets.token_bytes(32)))


class Open:
    """A room being opened, open, or lingering."""

    def __init__(self, visit: asyncio.Task[Visit]) -> None:
        self.opening, self.users = visit, 0
        self.closing: asyncio.TimerHandle | None = None

    @property
    def in_use(self) -> bool:
        return bool(self.users or (self.visit and self.visit.crowd))

    @property
    def visit(self) -> Visit | None:
        """The visit, unless it is still being opened or could not be."""
        task = self.opening
        return (
            task.result() if task.done() and not task.cancelled() and not task.exception() else None
        )


class Hub:
    def __init__(self, bus: Bus, parts: Parts) -> None:
        self.bus, self.parts = bus, parts
        self.admission = Admission(parts.limits, parts.clock)
        self.counts = Counts()
        self.engine = parts.make_engine()
        self._bus_takes = True
        self._deaf_for: set[str] = set()  # rooms that the bus could not be asked for
        self.leaving = False
        self.name = secrets.token_hex(8)  # of this process, to the others
        self._open: dict[str, Open] = {}
        self._subscribing = asyncio.Lock()
        self._outgoing: deque[Message] = deque(maxlen=OUTGOING)
        self._something_to_tell = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._closings = Tasks()

    # The door (workshop.door.Door) --------------------------------------------------------

    async def submit(
        self, room: str, name: str, by: Person, ref: str, fields: Mapping[str, Any]
    ) -> int:
        async with self.visit(room) as visit:
            return await visit.room.submit(name, by, ref, fields)

    async def ask(
        self, room: str, name: str, by: Person, ref: str, fields: Mapping[str, Any]
    ) -> int:
        if not REF.fullmatch(ref):
            raise Refused("malformed")
        async with self.visit(room) as visit:
            take = visit.rates.take
            if take(by.id, "messages") or take(by.id, name) or visit.slow_mode(by, name):
                raise Refused("too-fast")
            return await visit.room.submit(name, by, ref, fields)

    async def write_minutes(self, room: str, person: Person, update: bytes) -> None:
        async with self.visit(room) as visit:
            if visit.rates.take(person.id, "updates"):
                raise Refused("too-fast")
            who = visit.room.person(person.id)
            if who is None or not visit.may_write(who):
                raise Refused("not-allowed")
            try:
                await (await visit.document()).write(update, who.id)
            except Rejected as rejected:
                raise Refused(rejected.code) from rejected
            except Exception as error:
                logger.warning("an update could not be stored: %s", type(error).__name__)
                raise Unavailable from error

    async def records(self, room: str, person: Person) -> Wire:
        async with self.visit(room) as visit:
            put = visit.room.news.frame(0, person.audiences).put
            return {key: msgspec.json.decode(value) for key, value in put.items()}

    async def person(self, room: str, seat: Person) -> Person | None:
        async with self.visit(room) as visit:
            return await self.seated(visit.room, seat)

    async def seated(self, room: Room, seat: Person) -> Person | None:
        """The person as the room sees them now. Whoever has only just come in sits down; the ref is
        the seat's own, so that someone who was removed does not."""
        if room.person(seat.id) is None:
            fields = {
                "person": seat.id, "name": seat.name, "role": seat.role, "place": seat.place,
                "groups": sorted(seat.groups),
            }  # fmt: skip
            with suppress(Refused):
                await room.submit(room.seats.sit, SYSTEM, f"{room.seats.sit}:{seat.id}", fields)
        return room.person(seat.id)

    async def seals_are_well(self) -> bool:
        """Whether the keys of secret votes can be kept."""
        count = self.parts.count
        return count is None or await count.is_well()

    async def close_room(self, id: str) -> None:
        await self._forget(id, NO_ROOM)

    async def renew_room(self, id: str) -> None:
        await self._forget(id, RENEWED)
        self.tell(id, {"renewed": True})

    async def _forget(self, id: str, why: Closing) -> None:
        """Let go of a room as it was: nobody reads on from memory."""
        if opened := self._open.pop(id, None):
            with suppress(NoSuchRoom):
                visit = await opened.opening
                for reader in visit.crowd:
                    reader.close(why)
            await self._close(id, opened)

    # Rooms --------------------------------------------------------------------------------

    @asynccontextmanager
    async def visit(self, id: str) -> AsyncIterator[Visit]:
        """The room, open for as long as someone in this process is using it, and a little longer.
        Raises NoSuchRoom, Unavailable."""
        opened = self.hold(id)
        try:
            yield await asyncio.shield(opened.opening)
        finally:
            self.release(id, opened)

    def hold(self, id: str) -> Open:
        """Use a room, until it is released."""
        self._start()
        opened = self._open.get(id)
        if opened is None:
            opened = self._open[id] = Open(asyncio.create_task(self._enter(id)))
        if opened.closing:
            opened.closing.cancel()
            opened.closing = None
        opened.users += 1
        return opened

    def release(self, id: str, opened: Open) -> None:
        opened.users -= 1
        if not opened.in_use:
            self._let_linger(id, opened)

    def opened(self, id: str) -> Visit | None:
        """The room, if it is open already."""
        opened = self._open.get(id)
        return opened.visit if opened else None

    def emptied(self, visit: Visit) -> None:
        """The last reader has left."""
        opened = self._open.get(visit.room.id)
        if opened and opened.visit is visit and not opened.in_use:
            self._let_linger(visit.room.id, opened)

    def say_bye(self) -> None:
        """Tell every socket of this process that we are being restarted, and when to come back:
        one after the other, so that a crowd does not return as one."""
        self.leaving = True
        readers = [each for visit in self.visits() for each in visit.crowd]
        for n, reader in enumerate(readers):
            reader.close(RESTART, wait=n / COME_BACK_RATE)

    async def close(self) -> None:
        """Store what is being written and let go of every room."""
        for task in self._tasks:
            task.cancel()
        for visit in self.visits():
            await visit.close()
        await self.engine.close()
        self._open.clear()

    def tell(self, room: str, message: Message) -> None:
        """Tell the other processes, in a moment. The bus is a hint: if it is slow, what it has not
        taken yet is forgotten, and if it fails, that is nobody's business."""
        if self.bus.alone:
            return
        self.counts.dropped += len(self._outgoing) == OUTGOING
        self._outgoing.append({"room": room, "from": self.name, **message})
        self._something_to_tell.set()

    async def _enter(self, id: str) -> Visit:
        try:
            found = (await self.parts.standing([id])).get(id)
        except Exception as error:
            raise Unavailable from error
        if found is None:
            raise NoSuchRoom(id)
        room = self.parts.make_room(id, found.epoch, lambda entries: self._publish(id, entries))
        await self._subscribe(id)
        await room.open()  # after subscribing, so that nothing can fall in between
        return Visit(room, self)

    def _let_linger(self, id: str, opened: Open) -> None:
        if opened.opening.done() and opened.visit is None:
            return self._let_go(id, opened)
        if opened.closing is None:
            loop = asyncio.get_running_loop()
            opened.closing = loop.call_later(LINGER, self._let_go, id, opened)

    def _let_go(self, id: str, opened: Open) -> None:
        opened.closing = None
        if self._open.get(id) is opened and not opened.in_use:
            del self._open[id]
            self._closings.begin(self._close(id, opened))

    async def _close(self, id: str, opened: Open) -> None:
        if visit := opened.visit:
            await visit.close()
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
                self._deaf_for.discard(id)
            except Exception as error:  # noqa: BLE001 - without the bus the log is polled
                logger.warning("the bus is away: %s", type(error).__name__)
                self._deaf_for.add(id)

    def visits(self) -> list[Visit]:
        return [visit for each in self._open.values() if (visit := each.visit)]

    @property
    def bus_is_well(self) -> bool:
        return self._bus_takes and not self._deaf_for

    # What goes on beside ------------------------------------------------------------------

    def _start(self) -> None:
        """Begin to listen, when the first room is opened: Daphne has no start-up event."""
        if not self._tasks:
            talking = (self._listen(), self._speak(), self._announce())
            looking = (self._poll(), self._tick(), self._look_around())
            self._tasks = [asyncio.create_task(job) for job in talking + looking]

    def _publish(self, id: str, entries: Sequence[Entry]) -> None:
        if not self.bus.alone:
            self.tell(id, {"entries": [asdict(entry) for entry in entries]})

    async def _speak(self) -> None:
        while True:
            await self._something_to_tell.wait()
            self._something_to_tell.clear()
            while self._outgoing:
                try:
                    async with asyncio.timeout(PATIENCE):  # a Redis that is frozen refuses nothing
                        await self.bus.publish(self._outgoing.popleft())
                    self._bus_takes = True
                except Exception as error:  # noqa: BLE001 - stored is stored: others will read it
                    self._bus_takes = False
                    logger.warning("the bus did not take a message: %s", type(error).__name__)

    async def _listen(self) -> None:
        while True:
            try:
                message = await self.bus.receive()
            except Exception as error:  # noqa: BLE001 - the ear must never close
                self._bus_takes = False
                logger.warning("the bus is unwell: %s", type(error).__name__)
                await asyncio.sleep(1)
                for id in list(self._open):
                    await self._subscribe(id)
            else:
                if message.get("from") != self.name:
                    await self._unless_unwell(self._hear(message))

    async def _hear(self, message: Message) -> None:
        opened = self._open.get(message["room"])
        visit = opened and opened.visit
        if not visit:
            return
        match message:
            case {"renewed": _}:
                await self._look_at_standing()
            case {"entries": entries}:
                await visit.room.hear(Entry(**entry) for entry in entries)
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

    async def _look_at_heads(self) -> None:
        """The bus may have lost anything: the log knows how far each room is."""
        visits = {visit.room.id: visit for visit in self.visits()}
        heads = await self.parts.log.heads(visits)
        behind = [head - visits[id].room.seq for id, head in heads.items()]
        self.counts.lag = sum(each for each in behind if each > 0)
        for id, head in heads.items():
            if head > visits[id].room.seq:
                await self._unless_unwell(visits[id].room.learn())
        for visit in visits.values():
            await visit.room.keep_snapshot()
        written = [id for id, visit in visits.items() if visit.document_seq is not None]
        for id, head in (await self.parts.documents.heads(written)).items():
            await visits[id].hear_edit(head)

    async def _destroy_spent(self) -> None:
        """A process may have died between the count of a secret vote and the end of its key."""
        if self.parts.count:
            await self.parts.count.destroy()

    async def _look_at_standing(self) -> None:
        """A page of another process, or one that found the log away, may have deleted a session or
        taken seats from people who are still here."""
        visits = {visit.room.id: visit for visit in self.visits()}
        found = await self.parts.standing(visits)
        for id, visit in visits.items():
            if id not in found:
                await self.close_room(id)
            elif found[id].epoch != visit.room.epoch:
                await self._forget(id, RENEWED)
            else:
                await self._unseat(visit.room, found[id].revoked)

    async def _unseat(self, room: Room, revoked: Iterable[str]) -> None:
        for id in revoked:
            if room.person(id):
                with suppress(Refused):
                    await room.submit(
                        room.seats.unseat, SYSTEM, f"{room.seats.unseat}:{id}", {"person": id}
                    )

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            await self._unless_unwell(self._give_up_silent())
            for visit in self.visits():
                await self._unless_unwell(self._look_after(visit))

    async def _give_up_silent(self) -> None:
        self.admission.give_up_silent()

    async def _look_after(self, visit: Visit) -> None:
        visit.count()
        if visit.clerk:
            visit.clerk.look()
        if visit.teller:
            visit.teller.look()
        if visit.presence.version != visit.announced:
            self._tell_who_is_here(visit)
        await self._carry_out_due(visit.room)

    async def _carry_out_due(self, room: Room) -> None:
        for due in room.due():
            await self._unless_unwell(self._carry_out(room, due))  # the others are due as well

    async def _carry_out(self, room: Room, due: Due) -> None:
        with suppress(Refused):
            await room.submit(due.name, SYSTEM, due.ref, due.fields)

    async def _look_around(self) -> None:
        while True:
            await asyncio.sleep(SELDOM)
            for visit in self.visits():
                visit.close_the_stuck(self.parts.limits["stuck_after"])
            for id in list(self._deaf_for):
                await self._subscribe(id)
            await self._unless_unwell(self._look_at_standing())
            await self._unless_unwell(self._destroy_spent())

    async def _announce(self) -> None:
        while True:
            await asyncio.sleep(ANNOUNCE)
            for visit in self.visits():
                self._tell_who_is_here(visit)

    def _tell_who_is_here(self, visit: Visit) -> None:
        people, watching = visit.presence.here()
        visit.announced = visit.presence.version
        self.tell(visit.room.id, {"people": people, "watching": watching})

    async def _unless_unwell(self, work: Awaitable[object]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - the database may be away: try again next time
            logger.warning("something in the background failed: %s", type(error).__name__)
