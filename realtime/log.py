"""The room's log: what was accepted, in order. The only truth; everything else is a copy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from workshop.records import Record, Wire, kind_of


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


class State(msgspec.Struct, frozen=True):
    """All that is true in a room after an entry: a snapshot, so that the entries before it need
    not be read again. Records are encoded; each stands with the entry that last changed it."""

    seq: int
    records: dict[str, tuple[int, msgspec.Raw]]


class Old(msgspec.Struct, frozen=True):
    """A record of a long kind that no process holds in memory any more, with its own seq."""

    key: str
    seq: int
    value: msgspec.Raw


class Log(Protocol):
    async def append(
        self, room: str, entries: Sequence[Entry], beside: Sequence[Record] = ()
    ) -> None:
        """Store entries, all or none, and with them what is kept beside the log, if the first
        follows the last one stored and no ref is taken; otherwise raise OutOfDate. On return they
        are on disk."""

    async def since(self, room: str, seq: int) -> list[Entry]:
        """Every entry after seq, in order."""

    async def find(self, room: str, refs: Sequence[str]) -> list[Entry]:
        """The entries that have these refs."""

    async def keep(self, room: str, state: State, old: Sequence[Old]) -> None:
        """Keep a snapshot, and what it has let go of. Keeping one again changes nothing."""

    async def snapshot(self, room: str) -> State | None:
        """The newest snapshot."""

    async def older(self, room: str, kind: str, before: int, most: int) -> list[Old]:
        """Up to `most` old records of a kind, just below `before`, oldest first."""

    async def heads(self, rooms: Iterable[str]) -> dict[str, int]:
        """The last seq of each of these rooms that has any entry, in one question."""


class MemoryLog:
    def __init__(self) -> None:
        self._rooms: defaultdict[str, list[Entry]] = defaultdict(list)
        self._states: dict[str, State] = {}
        self._old: defaultdict[str, dict[str, Old]] = defaultdict(dict)
        self.beside: defaultdict[str, dict[str, Record]] = defaultdict(dict)

    async def append(
        self, room: str, entries: Sequence[Entry], beside: Sequence[Record] = ()
    ) -> None:
        stored = self._rooms[room]
        taken = {entry.ref for entry in stored}
        if entries[0].seq != len(stored) + 1 or any(entry.ref in taken for entry in entries):
            raise OutOfDate
        stored.extend(entries)
        self.beside[room] |= {record.key: record for record in beside}

    async def since(self, room: str, seq: int) -> list[Entry]:
        return self._rooms[room][seq:]

    async def find(self, room: str, refs: Sequence[str]) -> list[Entry]:
        return [entry for entry in self._rooms[room] if entry.ref in refs]

    async def keep(self, room: str, state: State, old: Sequence[Old]) -> None:
        self._states[room] = max(state, self._states.get(room, state), key=lambda each: each.seq)
        self._old[room] |= {each.key: each for each in old}

    async def snapshot(self, room: str) -> State | None:
        return self._states.get(room)

    async def older(self, room: str, kind: str, before: int, most: int) -> list[Old]:
        of_kind = [each for each in self._old[room].values() if kind_of(each.key) == kind]
        below = [each for each in of_kind if each.seq < before]
        return sorted(below, key=lambda each: each.seq)[-most:]

    async def heads(self, rooms: Iterable[str]) -> dict[str, int]:
        return {room: len(self._rooms[room]) for room in rooms if self._rooms[room]}
