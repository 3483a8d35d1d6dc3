"""The room's log: what was accepted, in order. The only truth; everything else is a copy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from workshop.records import Wire


class OutOfDate(Exception):
    """Someone else wrote the next entry first. Catch up, decide again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted command and its consequences. `at` is in seconds since 1970."""

    seq: int
    ref: str
    name: str
    by: str
    at: float
    changes: Wire


class Log(Protocol):
    async def append(self, room: str, entries: Sequence[Entry]) -> None:
        """Store entries, all or none, if the first follows the last one stored and no ref is
        taken; otherwise raise OutOfDate. On return they are on disk."""

    async def since(self, room: str, seq: int) -> list[Entry]:
        """Every entry after seq, in order."""

    async def find(self, room: str, ref: str) -> Entry | None:
        """The entry with this ref."""

    async def heads(self, rooms: Iterable[str]) -> dict[str, int]:
        """The last seq of each of these rooms that has any entry, in one question."""


class MemoryLog:
    def __init__(self) -> None:
        self._rooms: defaultdict[str, list[Entry]] = defaultdict(list)

    async def append(self, room: str, entries: Sequence[Entry]) -> None:
        stored = self._rooms[room]
        taken = {entry.ref for entry in stored}
        if entries[0].seq != len(stored) + 1 or any(entry.ref in taken for entry in entries):
            raise OutOfDate
        stored.extend(entries)

    async def since(self, room: str, seq: int) -> list[Entry]:
        return self._rooms[room][seq:]

    async def find(self, room: str, ref: str) -> Entry | None:
        return next((entry for entry in self._rooms[room] if entry.ref == ref), None)

    async def heads(self, rooms: Iterable[str]) -> dict[str, int]:
        return {room: len(self._rooms[room]) for room in rooms if self._rooms[room]}
