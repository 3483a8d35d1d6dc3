"""Signs of life: every socket is pinged after fifteen silent seconds and cut after thirty.

There is one timer for all of them. uvicorn has a task or a timer for each, and pings in one burst
those that came in one burst. Here each has its place in a round of five seconds, so that of 10 000
sockets a tick pings five hundred at most.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

ROUND = 5.0  # seconds: a socket is looked at once in each
TICKS = 20  # in a round


class Living(Protocol):
    def beat(self) -> None:
        """Called once in a round."""


class Pulse:
    def __init__(self, round: float = ROUND) -> None:
        self._places: tuple[set[Living], ...] = tuple(set() for _ in range(TICKS))
        self._tick = round / TICKS
        self._next = self._now = self._count = 0
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return self._count

    def join(self, living: Living) -> set[Living]:
        """Its place, which it gives back when it leaves."""
        place = self._places[self._next]
        self._next = (self._next + 1) % TICKS
        place.add(living)
        self._count += 1
        if self._timer is None:
            self._wait()
        return place

    def leave(self, living: Living, place: set[Living]) -> None:
        place.discard(living)
        self._count -= 1
        if not self._count and self._timer:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._tick, self._beat)

    def _beat(self) -> None:
        self._wait()
        self._now = (self._now + 1) % TICKS
        for living in list(self._places[self._now]):
            living.beat()
