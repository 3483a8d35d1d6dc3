"""The history: the edits of a text in groups that one can survey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

GROUPS = 60
SPAN = 60.0  # seconds of the shortest groups


class Edit(Protocol):
    """One edit: its number, when (seconds since 1970), and by whom (their ids)."""

    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> float: ...
    @property
    def people(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Group:
    """The edits from `first` to `last`, made between these moments by these people."""

    first: int
    last: int
    begins: float
    ends: float
    people: tuple[str, ...]


def groups(edits: Sequence[Edit], most: int = GROUPS) -> list[Group]:
    """The edits by when they were made, in at most so many groups, the newest first."""
    span = SPAN
    while len(starts := beginnings(edits, span)) > most:
        span *= 2
    places = pairwise([*starts, len(edits)])
    return [group(edits[begin:end]) for begin, end in places][::-1]


def beginnings(edits: Sequence[Edit], span: float) -> list[int]:
    """Where a group begins: so long after the last one began."""
    found: list[int] = []
    for n, edit in enumerate(edits):
        # Either way: a clock that was set back must not put a day into one group.
        if not found or abs(edit.at - edits[found[-1]].at) > span:
            found.append(n)
    return found


def group(edits: Sequence[Edit]) -> Group:
    people = dict.fromkeys(person for edit in edits for person in edit.people)
    first, last = edits[0], edits[-1]
    return Group(first.seq, last.seq, first.at, last.at, tuple(people))


def told(edits: Sequence[Edit], names: dict[str, str]) -> dict[str, Any]:
    """All edits, small enough to be sent at once: `at` in whole seconds since the one before,
    `by` as places in `who`, which holds names."""
    casts: dict[tuple[str, ...], int] = {}
    at, by = [], []
    before = 0
    for edit in edits:
        now = int(edit.at)
        at.append(now - before)
        by.append(casts.setdefault(edit.people, len(casts)))
        before = now
    who = [[names.get(each, "") for each in people] for people in casts]
    return {"at": at, "by": by, "who": who}
