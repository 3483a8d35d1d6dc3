"""A room's state is a set of records; a change puts one in or takes one out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One fact about the room. Never edited: replaced by putting a new one under its key."""

    kind: ClassVar[str]
    keep: ClassVar[int] = 0
    """How many of this kind a first frame carries, newest `seq` first; 0 means all of them."""

    beside: ClassVar[bool] = False
    """Whether it is kept beside the log, in its entry's transaction, and told to nobody: what is
    in a ballot box. A rule may put such a record, and never finds it."""

    of: ClassVar[str] = ""
    """The field by which records of this kind are found together (`Records.of`): a ballot's poll.
    It never changes."""

    id: str

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.id}"

    @property
    def audience(self) -> str:
        """Who may see it: "all", "facilitators", "staff" (note-takers too), "screens", "system"
        (nobody outside), or one person's id."""
        return "all"


R = TypeVar("R", bound=Record)
Changes = dict[str, Record | None]
Wire = dict[str, dict[str, Any] | None]


def put(*records: Record) -> Changes:
    return {record.key: record for record in records}


def drop(*records: Record) -> Changes:
    return {record.key: None for record in records}


class Records:
    """Everything currently true in a room, by key and by kind."""

    def __init__(self) -> None:
        self._kinds: dict[str, dict[str, Record]] = {}
        self._of_one: dict[tuple[str, str], dict[str, Record]] = {}  # by kind and `of`

    def all(self, kind: type[R]) -> list[R]:
        return [record for record in self._of(kind.kind).values() if isinstance(record, kind)]

    def of(self, kind: type[R], id: str) -> list[R]:
        """Those of a kind whose `of` this is, without a look at any other: of 200 polls with 5 000
        ballots each, the ballots of five were looked for in 1.5 s, twice a second."""
        found = self._of_one.get((kind.kind, id), {})
        return [record for record in found.values() if isinstance(record, kind)]

    def find(self, kind: type[R], id: str) -> R | None:
        record = self.get(f"{kind.kind}/{id}")
        return record if isinstance(record, kind) else None

    def get(self, key: str) -> Record | None:
        return self._of(kind_of(key)).get(key)

    def fold(self, changes: Mapping[str, Record | None]) -> Records:
        """The records these changes lead to. `static/src/room/fold.ts` is its twin."""
        after = Records()
        after._kinds = self._kinds | {kind: dict(self._of(kind)) for kind in map(kind_of, changes)}
        touched = {whose(each) for key, new in changes.items() for each in (self.get(key), new)}
        after._of_one = self._of_one | {one: dict(self._of_one.get(one, {})) for one in touched}
        after.advance(changes)
        return after

    def advance(self, changes: Mapping[str, Record | None]) -> None:
        """Fold in place. For the room, which owns its records; rules use `fold`."""
        for key, record in changes.items():
            of_kind = self._kinds.setdefault(kind_of(key), {})
            if record is not None:
                of_kind[key] = record
                if record.of:
                    self._of_one.setdefault(whose(record), {})[key] = record
            elif (gone := of_kind.pop(key, None)) and gone.of:
                del self._of_one[whose(gone)][key]

    def _of(self, kind: str) -> dict[str, Record]:
        return self._kinds.get(kind, {})

    def __iter__(self) -> Iterator[tuple[str, Record]]:
        for of_kind in self._kinds.values():
            yield from of_kind.items()


def whose(record: Record | None) -> tuple[str, str]:
    """The kind of a record, and what it is of."""
    return (record.kind, getattr(record, record.of)) if record and record.of else ("", "")


def kind_of(key: str) -> str:
    return key.partition("/")[0]


def dump(changes: Changes) -> Wire:
    """Changes as they are stored and sent: plain dictionaries, None for what was dropped."""
    return {key: None if record is None else plain(record) for key, record in changes.items()}


def plain(record: Record) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(record)
    return fields


def load(changes: Wire, kinds: Mapping[str, type[Record]]) -> Changes:
    """Changes as they were stored. New fields take their default, removed ones are dropped."""
    return {
        key: None if value is None else msgspec.convert(value, kinds[kind_of(key)])
        for key, value in changes.items()
    }
