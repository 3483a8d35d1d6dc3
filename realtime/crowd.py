"""A crowd: the readers of a room in this process, and the breath that tells them all.

One flush for each tick: those who stand at the same place and may see the same get the same bytes,
written one after the other without a task, a queue or a wake-up for any of them. Whoever stands
elsewhere, or has something of their own to hear, catches up by themselves. A reader whose network
is busy is left out, and catches up with one frame when it has drained.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Protocol

from realtime.counts import Counts
from realtime.message import Message
from realtime.news import News
from realtime.protocol import Closing
from workshop.people import Person

BREATH = 0.02  # seconds between two flushes: a burst of changes becomes one frame
DEEP_BREATH = 0.25  # at most, where one flush takes so long that others would have no turn
SHARE = 3  # a flush may take a third of the time


Alike = dict[frozenset[str], Message | None]
"""What those are told who may see these audiences, and nothing else."""


class Line(Protocol):
    """The way to a browser."""

    @property
    def busy(self) -> bool:
        """More waits to be sent than should: nothing is written until it has drained."""

    def write(self, message: Message) -> None: ...

    def close(self, code: int) -> None:
        """Close, after what was written."""

    def abort(self) -> None:
        """Cut the line, with whatever is still on it."""


class Reader(Protocol):
    """A connection, as the crowd sees it."""

    person: Person
    line: Line
    told: int | None
    """The seq they stand at; None before they have said hello."""
    passed: int
    """How far they have been told what passes: see `Crowd.passed`."""
    stuck_since: float | None

    def breathe(self) -> None:
        """Something may be new for you."""

    def reseated(self, person: Person | None) -> None:
        """Your seat was changed, or taken away."""

    def close(self, why: Closing, wait: float = 0) -> None: ...


class Crowd:
    def __init__(self, news: News, counts: Counts) -> None:
        self.news, self.counts = news, counts
        self.passed = 0  # counts what passes: presence, typing, cursors, edits of the minutes
        self._readers: dict[Reader, None] = {}  # in order of arrival
        self._of: dict[str, tuple[Reader, ...]] = {}  # by person
        self._stood = self._stood_passed = 0  # where readers were left by the last breath
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
        return self._of.get(person, ())

    def arrive(self, reader: Reader) -> None:
        self._readers[reader] = None
        self._of[reader.person.id] = (*self.of(reader.person.id), reader)

    def leave(self, reader: Reader) -> None:
        del self._readers[reader]
        rest = tuple(each for each in self.of(reader.person.id) if each is not reader)
        if rest:
            self._of[reader.person.id] = rest
        else:
            del self._of[reader.person.id]

    # Breathing ----------------------------------------------------------------------------

    def stir(self, *, passing: bool = False, more: bool = False) -> None:
        """Something is new: breathe, at once when idle, at the end of the tick in a burst. `more`
        says that there is more to come already: then it is one."""
        self.passed += passing
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
        stood, self._stood = self._stood, self.news.seq
        passed, self._stood_passed = self._stood_passed, self.passed
        fresh, self.news.fresh = self.news.fresh, set()
        alike: Alike = {}
        alone = passed != self.passed  # what passes differs from one to the next
        for reader in self:
            if (
                alone
                or reader.told != stood
                or reader.passed != passed
                or reader.person.id in fresh
            ):
                reader.breathe()
            elif reader.line.busy:
                self.counts.skipped += 1
            else:
                self._tell(reader, stood, alike)

    def _tell(self, reader: Reader, stood: int, alike: Alike) -> None:
        """Tell someone what all tell who stand here and see the same."""
        shared = reader.person.shared
        if shared not in alike:
            frame = self.news.frame(stood, shared)
            alike[shared] = frame.message if frame else None
        if message := alike[shared]:
            reader.line.write(message)
            self.counts.frames += 1
        reader.told = self._stood
