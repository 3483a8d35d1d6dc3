"""Ephemerals: typing, applause. Told now, kept never; only the latest of each person counts."""

from __future__ import annotations

from realtime.limits import Clock
from realtime.message import Message
from realtime.protocol import Passing, spoken

LASTS = 5.0  # seconds: who has not been told by then need not hear of it
MOST = 100  # kept at once: beyond that a crowd is typing, and nobody reads names


class Ephemerals:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.version = 0
        self._latest: dict[tuple[str, str], tuple[int, float, Message]] = {}

    def tell(self, passing: Passing) -> None:
        self.version += 1
        key = (passing.what, passing.by)
        self._latest.pop(key, None)
        self._latest[key] = (self.version, self.clock(), spoken(passing))
        while len(self._latest) > MOST:
            del self._latest[next(iter(self._latest))]

    def since(self, version: int, reader: str) -> list[Message]:
        """What others said after `version`."""
        oldest = self.clock() - LASTS
        return [
            message
            for (_, by), (told, at, message) in self._latest.items()
            if told > version and at >= oldest and by != reader
        ]
