"""A crowd: the readers of a room in this process, and the breath that tells them all.

One flush for each tick. Those who stand at the same place and may see the same are a group: they
get the same bytes, packed once and written one after the other, without a task, a queue, a wake-up
or even a look at any of them. Whoever stands elsewhere, has something of their own to hear, or
whose network is busy, is apart: they catch up by themselves, with one frame, and join a group.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

from realtime.counts import Counts
from realtime.message import Message
from realtime.protocol import Closing
from realtime.stand import Stand
from workshop.people import Person

logger = logging.getLogger(__name__)

BREATH = 0.02  # seconds between two flushes: a burst of changes becomes one frame
DEEP_BREATH = 0.25  # at most, where one flush takes so long that others would have no turn
SHARE = 3  # a flush may take a third of the time

Packing = Callable[[Sequence[Message]], Any]
"""How messages are written on a kind of line: packed once for all who share it."""


class Line(Protocol):
    """The way to a browser."""

    @property
    def busy(self) -> bool:
        """Whether more waits to be sent than should. It tells its reader when it begins to be."""

    @property
    def packing(self) -> Packing: ...

    @property
    def put(self) -> Callable[[Any], object]:
        """Write what `packing` made."""

    def close(self, code: int) -> None:
        """Close, after what was written."""

    def abort(self) -> None:
        """Cut the line, with whatever is still on it."""


class Reader(Protocol):
    """A connection, as the crowd sees it."""

    person: Person
    line: Line
    stand: Stand | None
    """Where they stand; None before they have said hello. Where a group stands, it knows itself."""
    group: Group | None
    stuck_since: float | None

    def breathe(self) -> None:
        """Something may be new for you."""

    def reseated(self, person: Person | None) -> None:
        """Your seat was changed, or taken away."""

    def close(self, why: Closing, wait: float = 0) -> None: ...


class Group:
    """Readers who stand together."""

    __slots__ = ("audiences", "members", "packing", "stand")

    def __init__(self, stand: Stand, audiences: frozenset[str], packing: Packing) -> None:
        self.stand, self.audiences, self.packing = stand, audiences, packing
        self.members: dict[Reader, Callable[[Any], object]] = {}


class Told(Protocol):
    """What there is to tell."""

    def here(self, *, minutes: bool) -> Stand:
        """Where one stands who has been told everything."""

    def news(self, stand: Stand, audiences: frozenset[str]) -> list[Message]:
        """What those must be told who stand there and may see this."""

    def individuals(self) -> Iterable[str]:
        """The people who, since this was last asked, have something of their own to hear."""


class Crowd:
    def __init__(self, told: Told, counts: Counts) -> None:
        self.told, self.counts = told, counts
        self._readers: dict[Reader, None] = {}  # in order of arrival
        self._of: dict[str, dict[Reader, None]] = {}  # by person; all observers are one
        self._groups: dict[tuple[frozenset[str], Packing, bool], Group] = {}
        self._apart: dict[Reader, None] = {}
        self._breath: asyncio.TimerHandle | None = None
        self._next = 0.0  # when there may be another

    def __len__(self) -> int:
        return len(self._readers)

    def __iter__(self) -> Iterator[Reader]:
        """Those who are here now, whoever leaves meanwhile."""
        return iter(list(self._readers))

    def __contains__(self, reader: object) -> bool:
        return reader in self._readers

    def of(self, person: str) -> tuple[Reader, ...]:
        """Everything this person has open, oldest first."""
        return tuple(self._of.get(person, ()))

    def arrive(self, reader: Reader) -> None:
        self._readers[reader] = self._apart[reader] = None
        self._of.setdefault(reader.person.id, {})[reader] = None

    def leave(self, reader: Reader) -> None:
        self.set_apart(reader)
        del self._readers[reader], self._apart[reader]
        open_yet = self._of[reader.person.id]
        del open_yet[reader]
        if not open_yet:
            del self._of[reader.person.id]

    def set_apart(self, reader: Reader) -> None:
        """From now on they are told by themselves, until they stand where others do."""
        if group := reader.group:
            del group.members[reader]
            reader.group, reader.stand = None, group.stand
            self._apart[reader] = None

    # Breathing ----------------------------------------------------------------------------

    def stir(self, *, more: bool = False) -> None:
        """Something is new: breathe, at once when idle, at the end of the tick in a burst. `more`
        says that there is more to come already: then it is one."""
        if self._breath is None and self._readers:
            loop = asyncio.get_running_loop()
            soonest = loop.time() + BREATH * more
            self._breath = loop.call_at(max(soonest, self._next), self._breathe, loop)

    def _breathe(self, loop: asyncio.AbstractEventLoop) -> None:
        begun, self._breath = loop.time(), None
        self._flush()
        took = loop.time() - begun
        self._next = begun + min(max(BREATH, SHARE * took), DEEP_BREATH)

    def _flush(self) -> None:
        self.counts.flushes += 1
        for person in self.told.individuals():
            for reader in self.of(person):
                self.set_apart(reader)
        for group in self._groups.values():
            self._tell(group)
        for reader in list(self._apart):
            self.counts.skipped += reader.line.busy
            try:
                reader.breathe()
            except Exception:  # noqa: BLE001 - it is logged, and the others are told
                self._lose(reader)
            else:
                self._join(reader)

    def _tell(self, group: Group) -> None:
        messages = self.told.news(group.stand, group.audiences) if group.members else []
        group.stand = self.told.here(minutes=group.stand.edit is not None)
        if messages:
            packed = group.packing(messages)
            for reader, put in list(group.members.items()):
                try:
                    put(packed)
                except Exception:  # noqa: BLE001 - likewise
                    self._lose(reader)
            self.counts.frames += len(group.members)

    def _lose(self, reader: Reader) -> None:
        """One who cannot be told must not keep the others from being told: their line is cut, and
        they come back."""
        logger.exception("a reader could not be told")
        self.set_apart(reader)
        reader.line.abort()

    def _join(self, reader: Reader) -> None:
        """Whoever has been told everything stands with the others."""
        stand = reader.stand
        if stand is None or reader.line.busy or reader not in self._apart:
            return
        minutes = stand.edit is not None
        if stand != self.told.here(minutes=minutes):
            return
        key = (reader.person.shared, reader.line.packing, minutes)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(stand, key[0], key[1])
        group.members[reader] = reader.line.put
        reader.group, reader.stand = group, None
        del self._apart[reader]
