"""A room as one process sees it: its records, and how far through the log they go.

Every process with somebody in the room holds a copy. Copies move forward by one rule, here
and in the browser: apply the entry if it is the next one, ignore it if it is old, and read
the log if there is a gap.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from realtime.limits import Clock
from realtime.log import Entry, Log, Old, State
from realtime.news import News
from realtime.writer import Answer, Asked, Decided, Happened, Writer
from workshop.door import Unavailable
from workshop.feature import Call, Due, Feature, Refused
from workshop.people import SYSTEM, Person
from workshop.records import Changes, Record, Records, dump, kind_of, load

logger = logging.getLogger(__name__)

REFS_KEPT = 20_000  # known refs in memory; the unique index knows the others
SNAPSHOT_EVERY = 5000  # entries

Publish = Callable[[Sequence[Entry]], None]
Moved = Callable[[Changes], None]
Links = Callable[[Records, Call, Changes], Changes]


@dataclass(frozen=True, slots=True)
class Seats:
    """What a room must know of seats: their kind of record, the commands that make and take one,
    and how to read the person off it, or all of them."""

    kind: str
    sit: str
    unseat: str
    person: Callable[[Records, str], Person | None]
    people: Callable[[Records], Iterable[Person]]


class Room:
    """`publish` is told what we have stored; `moved` what has changed, whoever wrote it."""

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
        links: Links = lambda records, call, changes: {},
    ) -> None:
        """`most` says how many records there may be of some kinds; `links` what else follows from a
        command, given what stood before."""
        self.id, self.epoch, self.seats = id, epoch, seats
        self.log, self.publish, self.clock = log, publish, clock
        self.most, self.links = most or {}, links
        self.features = {feature.name: feature for feature in features}
        self.rules = {name: each for each in self.features.values() for name in each.rules}
        self.kinds: dict[str, type[Record]] = {}
        for feature in self.features.values():
            self.kinds |= feature.kinds
        self.moved: Moved = lambda changes: None
        self.heard_others = 0.0  # when somebody else's entry last came, by the loop's clock
        self.records = Records()  # as they stand in the log, or after what is being stored
        self.news = News(self.kinds)
        self._writer = Writer(self)
        self._undo: Changes = {}  # leads back from what is being stored to the log
        self._refs: OrderedDict[str, Happened] = OrderedDict()
        self._state: State | None = None  # a snapshot that is due to be kept,
        self._old: list[Old] = []  # with what was let go of
        self._forgot = False  # whether there are refs that only the log knows

    @property
    def seq(self) -> int:
        return self.news.seq

    # Asking -------------------------------------------------------------------------------

    async def submit(self, name: str, by: Person, ref: str, fields: Mapping[str, Any]) -> int:
        """Carry out a command; return the seq at which it happened.

        Raises Refused, or Unavailable where the log cannot be written. A ref that is known is
        answered with what it did, so that sending a command again is harmless.
        """
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def settle(answer: Answer) -> None:
            if done.cancelled():
                return
            if isinstance(answer, int):
                done.set_result(answer)
            else:
                done.set_exception(answer)

        self.ask(Asked(name, by, ref, fields, settle))
        return await done

    def ask(self, asked: Asked) -> None:
        """The same, for those who wait for nothing: `asked.settle` is called with the answer."""
        seated = self.person(asked.by.id)
        facilitates = seated is not None and seated.role == "facilitator"
        self._writer.ask(asked, urgent=facilitates or asked.by == SYSTEM)

    @property
    def writes_on(self) -> bool:
        """Whether more is waiting to be written."""
        return self._writer.waits

    @property
    def stored(self) -> Records:
        """The records as they stand in the log: what is only being stored may never be."""
        return self.records.fold(self._undo) if self._undo else self.records

    def person(self, id: str) -> Person | None:
        """The person in this seat, as the room sees them now: what is only being stored gives
        nobody rights."""
        key = f"{self.seats.kind}/{id}"
        stored = Records().fold({key: self._undo[key]}) if key in self._undo else self.records
        return self.seats.person(stored, id)

    def due(self) -> list[Due]:
        """The commands that have fallen due."""
        now = self.clock()
        return [
            due
            for feature in self.features.values()
            for due in feature.fallen_due(self.records, now)
        ]

    # Deciding (for the writer) ------------------------------------------------------------

    def decide(self, asked: Asked, seq: int) -> Decided:
        """Decide on a command, and stand for now as if it were stored as `seq`. Raises Refused."""
        if asked.name not in self.rules:
            raise Refused("unknown-command")
        # Rights are those of the seat now, not those at the door.
        who = asked.by if asked.by == SYSTEM else self.seats.person(self.records, asked.by.id)
        if who is None:
            raise Refused("not-seated")
        call = Call(who, self.clock(), seq, asked.ref, asked.seen, self._seated)
        rules = self.rules[asked.name]
        wanted = rules.decide(asked.name, self.records, call, asked.fields)
        beside = [each for each in wanted.values() if each and each.beside]
        changes = {key: each for key, each in wanted.items() if not (each and each.beside)}
        changes |= self.links(self.records, call, changes)
        self._check_number(changes)
        entry = Entry(seq, asked.ref, asked.name, who.id, call.at, dump(changes))
        for key in changes:
            self._undo.setdefault(key, self.records.get(key))
        self.records.advance(changes)
        return Decided(asked, entry, changes, beside)

    def _seated(self) -> Iterable[Person]:
        return self.seats.people(self.records)

    def fall_back(self) -> None:
        """Stand where the log stands: what was being stored may not be, or not next."""
        self.records.advance(self._undo)
        self._undo = {}

    def known(self, ref: str) -> Happened | None:
        return self._refs.get(ref)

    async def find(self, refs: Iterable[str]) -> bool:
        """Ask the log for refs that memory has let go of. Says whether any was found. Raises
        Unavailable."""
        unknown = [ref for ref in refs if ref not in self._refs]
        if not unknown:
            return False
        try:
            entries = await self.log.find(self.id, unknown)
        except Exception as error:
            raise Unavailable from error
        for entry in entries:
            self._remember(entry)
        return bool(entries)

    def may_have_forgotten(self, ref: str) -> bool:
        return self._forgot and ref not in self._refs

    def _check_number(self, changes: Changes) -> None:
        for kind in self.most.keys() & {kind_of(key) for key, record in changes.items() if record}:
            keys = {record.key for record in self.records.all(self.kinds[kind])}
            more = keys | {key for key in changes if kind_of(key) == kind}
            if len(more) > max(self.most[kind], len(keys)):
                raise Refused("too-many")

    # Moving -------------------------------------------------------------------------------

    async def open(self) -> None:
        """Begin at the last snapshot, and read what was written since. Raises Unavailable."""
        try:
            state = await self.log.snapshot(self.id)
        except Exception as error:
            raise Unavailable from error
        if state:
            self.records.advance(self.news.resume(state))
            self._forgot = True
        await self.learn()
        await self.keep_snapshot()

    async def hear(self, entries: Iterable[Entry]) -> None:
        """Take entries from another process. The bus is a hint: a gap sends us to the log."""
        for entry in entries:
            if entry.seq == self.seq + 1:
                self._take(entry)
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
                self._take(entry)
        return self.seq > before

    def settle(self, decided: Decided) -> None:
        """What we decided is stored: apply it, unless we were told already."""
        if decided.entry.seq == self.seq + 1:
            self.apply(decided.entry, decided.changes)

    def _take(self, entry: Entry) -> None:
        self.heard_others = asyncio.get_running_loop().time()
        self.apply(entry, load(entry.changes, self.kinds))

    def apply(self, entry: Entry, changes: Changes) -> None:
        assert entry.seq == self.seq + 1, "entries are applied in order, once each"
        self.fall_back()
        self.records.advance(changes)
        self.news.note(entry.seq, changes)
        self._remember(entry)
        if entry.seq % SNAPSHOT_EVERY == 0:
            self._forget_old()
        self.moved(changes)

    def _remember(self, entry: Entry) -> None:
        self._refs[entry.ref] = Happened(entry.seq, entry.by, entry.name)
        while len(self._refs) > REFS_KEPT:
            self._refs.popitem(last=False)
            self._forgot = True

    def _forget_old(self) -> None:
        """At the same entries in every process, so that all of them decide alike."""
        old = self.news.forget_old()
        self.records.advance({each.key: None for each in old})
        self._old += old
        self._state = self.news.state()

    # Keeping and reading back -------------------------------------------------------------

    async def keep_snapshot(self) -> None:
        """Keep the last snapshot that was due, if there is one. If that fails, the room opens more
        slowly, and old messages are found as soon as it succeeds."""
        if self._state is None:
            return
        (state, self._state), (old, self._old) = (self._state, None), (self._old, [])
        try:
            await self.log.keep(self.id, state, old)
        except Exception as error:  # noqa: BLE001 - a snapshot is a cache
            logger.warning("no snapshot of room %s: %s", self.id, type(error).__name__)
            self._state, self._old = self._state or state, old + self._old

    async def older(
        self, kind: str, before: int, audiences: frozenset[str], most: int
    ) -> dict[str, msgspec.Raw]:
        """Up to `most` records of a long kind that first frames cut short, just below `before`.
        Raises Unavailable."""
        held = self.news.older(kind, before, audiences, most)
        if len(held) == most or not self.news.floor:
            return held
        try:
            old = await self.log.older(self.id, kind, before, most - len(held))
        except Exception as error:
            raise Unavailable from error
        decode = msgspec.json.Decoder(self.kinds[kind]).decode
        seen = {each.key: each.value for each in old if decode(each.value).audience in audiences}
        return seen | held
