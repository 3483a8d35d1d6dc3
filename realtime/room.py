"""A room as one process sees it: its records, how far through the log they go, who listens.

Every process with somebody in the room holds a copy. Copies move forward by one rule, here
and in the browser: apply the entry if it is the next one, ignore it if it is old, and read
the log if there is a gap.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from realtime.log import Entry, Log, OutOfDate
from realtime.protocol import Frame
from workshop.door import Unavailable
from workshop.feature import Call, Due, Feature, Refused
from workshop.people import SYSTEM, Person
from workshop.records import Changes, Record, Records, Wire, dump, kind_of, load

logger = logging.getLogger(__name__)

BREATH = 0.02  # seconds between two flushes: a burst of changes becomes one frame
FRAMES_KEPT = 64  # of one moment: readers stand at few places, whatever anyone may claim
REFS_KEPT = 20_000  # known refs in memory; the unique index knows the others

Clock = Callable[[], float]
Publish = Callable[[Entry], Awaitable[None]]


class Listener(Protocol):
    """Whoever is told when the room has moved: a connection."""

    person: Person

    def breathe(self) -> None:
        """Something may be new for you."""

    def reseated(self, person: Person | None) -> None:
        """Your seat was changed, or taken away."""


@dataclass(frozen=True, slots=True)
class Seats:
    """What a room must know of seats: their kind of record, the commands that make and take one,
    and how to read the person off it."""

    kind: str
    sit: str
    unseat: str
    person: Callable[[Records, str], Person | None]


@dataclass(frozen=True, slots=True)
class Happened:
    seq: int
    by: str
    name: str


class Room:
    def __init__(
        self,
        id: str,
        epoch: str,
        *,
        features: Iterable[Feature],
        seats: Seats,
        log: Log,
        publish: Publish,
        clock: Clock,
        most: Mapping[str, int] | None = None,
    ) -> None:
        """`most` says how many records there may be of some kinds."""
        self.id, self.epoch, self.seats = id, epoch, seats
        self.log, self.publish, self.clock = log, publish, clock
        self.most = most or {}
        self.features = {feature.name: feature for feature in features}
        self.rules = {name: each for each in self.features.values() for name in each.rules}
        self.kinds: dict[str, type[Record]] = {}
        for feature in self.features.values():
            self.kinds |= feature.kinds
        self.seq = 0
        self.records = Records()
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)  # by person
        self._refs: OrderedDict[str, Happened] = OrderedDict()
        self._wire: dict[str, dict[str, Any]] = {}  # records as they go out on the socket
        self._news: defaultdict[str, dict[str, int]] = defaultdict(dict)
        # audience -> key -> seq at which it last changed for them, oldest first
        self._frames: OrderedDict[tuple[int, frozenset[str]], Frame] = OrderedDict()
        self._writing = asyncio.Lock()
        self._breath: asyncio.TimerHandle | None = None
        self._breathed = 0.0

    # Deciding -----------------------------------------------------------------------------

    async def submit(self, name: str, by: Person, ref: str, fields: Mapping[str, Any]) -> int:
        """Carry out a command; return the seq at which it happened.

        Raises Refused, or Unavailable where the log cannot be written. A ref that is known is
        answered with what it did, so that sending a command again is harmless.
        """
        async with self._writing:
            while True:
                if happened := self._refs.get(ref):
                    return the_same(happened, name, by)
                try:
                    entry = self._decide(name, by, ref, fields)
                except Refused:
                    # Never refuse on stale knowledge, nor what was done and then forgotten.
                    if await self.learn():
                        continue
                    if happened := await self._find(ref):
                        return the_same(happened, name, by)
                    raise
                await self._store(entry)

    def person(self, id: str) -> Person | None:
        """The person in this seat, as the room sees them now."""
        return self.seats.person(self.records, id)

    def due(self) -> list[Due]:
        """The commands that have fallen due."""
        now = self.clock()
        return [
            due
            for feature in self.features.values()
            for due in feature.fallen_due(self.records, now)
        ]

    def _decide(self, name: str, by: Person, ref: str, fields: Mapping[str, Any]) -> Entry:
        if name not in self.rules:
            raise Refused("unknown-command")
        # Rights are those of the seat now, not those at the door.
        who = by if by == SYSTEM else self.person(by.id)
        if who is None:
            raise Refused("not-seated")
        call = Call(by=who, at=self.clock(), seq=self.seq + 1, ref=ref)
        changes = self.rules[name].decide(name, self.records, call, fields)
        self._check_number(changes)
        return Entry(call.seq, ref, name, who.id, call.at, dump(changes))

    def _check_number(self, changes: Changes) -> None:
        for kind in self.most.keys() & {kind_of(key) for key, record in changes.items() if record}:
            keys = {record.key for record in self.records.all(self.kinds[kind])}
            more = keys | {key for key in changes if kind_of(key) == kind}
            if len(more) > max(self.most[kind], len(keys)):
                raise Refused("too-many")

    async def _store(self, entry: Entry) -> None:
        """Append and apply; or learn what came first, for the caller to decide again."""
        try:
            await self.log.append(self.id, [entry])
        except OutOfDate:
            # Without anything new to learn, deciding again would end where it began, for ever.
            if not await self.learn() and not await self._find(entry.ref):
                raise Unavailable from None
        except Exception as error:
            # A commit whose answer was lost may have been made: the log knows.
            logger.warning("could not append to room %s: %s", self.id, type(error).__name__)
            if not await self._settled(entry):
                raise Unavailable from error
        else:
            await self.hear(entry)  # unless others told us already
            await self._tell(entry)

    async def _settled(self, entry: Entry) -> bool:
        try:
            await self.learn()
            return await self._find(entry.ref) is not None
        except Unavailable:
            return False

    async def _find(self, ref: str) -> Happened | None:
        """What this ref did, asking the log where memory has let go of it."""
        if ref not in self._refs:
            try:
                entry = await self.log.find(self.id, ref)
            except Exception as error:
                raise Unavailable from error
            if entry:
                self._remember(entry)
        return self._refs.get(ref)

    async def _tell(self, entry: Entry) -> None:
        try:
            await self.publish(entry)
        except Exception as error:  # noqa: BLE001 - the bus is a hint: stored is stored
            logger.warning("the bus did not take an entry: %s", type(error).__name__)

    # Moving -------------------------------------------------------------------------------

    async def hear(self, entry: Entry) -> None:
        """Take an entry from another process. The bus is a hint: a gap sends us to the log."""
        if entry.seq == self.seq + 1:
            self.apply(entry)
        elif entry.seq > self.seq:
            await self.catch_up()

    async def learn(self) -> bool:
        """Catch up, or raise Unavailable where the log cannot be read."""
        try:
            return await self.catch_up()
        except AssertionError:
            raise  # a broken invariant is no unwell log
        except Exception as error:
            logger.warning("could not read room %s: %s", self.id, type(error).__name__)
            raise Unavailable from error

    async def catch_up(self) -> bool:
        """Read the log to its end; say whether there was anything new."""
        before = self.seq
        for entry in await self.log.since(self.id, self.seq):
            if entry.seq == self.seq + 1:
                self.apply(entry)
        return self.seq > before

    def apply(self, entry: Entry) -> None:
        assert entry.seq == self.seq + 1, "entries are applied in order, once each"
        changes = load(entry.changes, self.kinds)
        self._note_news(changes, entry.seq)
        self.records.advance(changes)
        self._rewire(entry.changes)
        self.seq = entry.seq
        self._remember(entry)
        self._frames.clear()
        self._reseat(changes)
        self.stir()

    def _note_news(self, changes: Changes, seq: int) -> None:
        """It is news for whoever may see the record now, and for whoever could before."""
        for key, record in changes.items():
            for audience in {each.audience for each in (self.records.get(key), record) if each}:
                self._news[audience].pop(key, None)
                self._news[audience][key] = seq

    def _rewire(self, changes: Wire) -> None:
        for key, value in changes.items():
            if value is None:
                self._wire.pop(key, None)
            else:
                self._wire[key] = value

    def _remember(self, entry: Entry) -> None:
        self._refs[entry.ref] = Happened(entry.seq, entry.by, entry.name)
        while len(self._refs) > REFS_KEPT:
            self._refs.popitem(last=False)

    def _reseat(self, changes: Changes) -> None:
        for key in changes:
            kind, _, id = key.partition("/")
            if kind == self.seats.kind:
                for listener in self.listeners_of(id):
                    listener.reseated(self.person(id))

    # Telling ------------------------------------------------------------------------------

    def listen(self, listener: Listener) -> None:
        self._listeners[listener.person.id].add(listener)

    def unlisten(self, listener: Listener) -> None:
        of_person = self._listeners[listener.person.id]
        of_person.discard(listener)
        if not of_person:
            del self._listeners[listener.person.id]

    def listeners_of(self, person: str) -> list[Listener]:
        return list(self._listeners.get(person, ()))

    def stir(self) -> None:
        """Something is new: breathe, at once when idle, at the end of the tick in a burst."""
        if self._breath is None and self._listeners:
            loop = asyncio.get_running_loop()
            when = max(loop.time(), self._breathed + BREATH)
            self._breath = loop.call_at(when, self._breathe, loop)

    def _breathe(self, loop: asyncio.AbstractEventLoop) -> None:
        self._breath, self._breathed = None, loop.time()
        for listener in [each for of_person in self._listeners.values() for each in of_person]:
            listener.breathe()

    def frame(self, told: int, audiences: frozenset[str]) -> Frame:
        """Everything that someone with these audiences, told as far as `told`, needs to get to now.

        Readers are told nothing of entries that do not concern them, so each may have heard last
        at another seq. The frame therefore begins where something was last new for the audiences
        that it concerns: all who are in between share it, and nobody takes it for a gap.
        """
        concerned = frozenset(each for each in audiences if self._latest(each) > told)
        if (told, concerned) not in self._frames:
            since = self._last_told(told, concerned)
            if (since, concerned) not in self._frames:
                self._frames[since, concerned] = self._build(since, concerned)
            self._frames[told, concerned] = self._frames[since, concerned]
        frame = self._frames[told, concerned]
        while len(self._frames) > FRAMES_KEPT:
            self._frames.popitem(last=False)
        return frame

    def older(self, kind: str, before: int, audiences: frozenset[str], most: int) -> list[Record]:
        """Up to `most` records of a kind that first frames cut short, just below `before`."""
        visible = [
            record
            for record in self.records.all(self.kinds[kind])
            if record.audience in audiences and seq_of(record) < before
        ]
        return sorted(visible, key=seq_of)[-most:]

    def _build(self, since: int, audiences: frozenset[str]) -> Frame:
        put: dict[str, dict[str, Any]] = {}
        gone: list[str] = []
        for key in sorted({key for each in audiences for key in self._changed(each, since)}):
            record = self.records.get(key)
            if record is not None and record.audience in audiences:
                put[key] = self._wire[key]
            elif since:
                gone.append(key)
        return Frame(since, self.seq, gone, put if since else self._cut_short(put))

    def _cut_short(self, put: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """A first frame: of the long kinds, only the newest."""
        for name, kind in self.kinds.items():
            if kind.keep:
                keys = [key for key in put if kind_of(key) == name]
                for key in sorted(keys, key=lambda key: put[key]["seq"])[: -kind.keep]:
                    del put[key]
        return put

    def _last_told(self, told: int, concerned: frozenset[str]) -> int:
        """Where someone told as far as `told` last heard of these audiences. At least 1 once they
        have been told anything: 0 would mean to start afresh."""
        if not told or not concerned:
            return told
        return max(1, *(self._latest(each, told) for each in concerned))

    def _changed(self, audience: str, since: int) -> Iterator[str]:
        for key, seq in reversed(self._news[audience].items()):
            if seq <= since:
                break
            yield key

    def _latest(self, audience: str, upto: int | None = None) -> int:
        """The last seq, up to one, at which something was new for an audience; or 0."""
        news = reversed(self._news[audience].values()) if audience in self._news else iter(())
        return next((seq for seq in news if upto is None or seq <= upto), 0)


def the_same(happened: Happened, name: str, by: Person) -> int:
    """The seq at which a known ref happened, if it is this person's and for this command."""
    if (happened.by, happened.name) != (by.id, name):
        raise Refused("ref-taken")
    return happened.seq


def seq_of(record: Record) -> int:
    return getattr(record, "seq", 0)
