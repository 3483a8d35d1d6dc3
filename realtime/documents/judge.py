"""The judge: what may become pending, by everything admitted before. It never asks the library.

A judge knows every piece of a document, which takes a while to read: whoever only reads needs none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from realtime.documents.guard import (
    NOTHING,
    Limits,
    Ranges,
    Rejected,
    Update,
    read_update,
    written_update,
)
from realtime.documents.owners import Owners
from realtime.documents.parent_kinds import ParentKinds
from realtime.documents.store import Author

STORED = Limits(bytes=2**31, structs=2**31, clients=2**31)  # it was judged when it came in
QUARANTINE = 1000  # deadly updates remembered

Deletes = Iterable[tuple[int, int, int]]


@dataclass(slots=True, eq=False)
class Pending:
    """An update on its way into the store: as it came, and what of it is new."""

    data: bytes
    by: str
    done: asyncio.Future[None]
    news: bytes = NOTHING
    runs: dict[int, tuple[int, int]] = field(default_factory=dict)
    deletes: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def authors(self) -> Iterator[Author]:
        for client, (begin, end) in self.runs.items():
            yield self.by, client, begin, end
        if self.deletes and not self.runs:
            yield self.by, 0, 0, 0

    @property
    def ends(self) -> dict[int, int]:
        """How far the clients are that wrote it."""
        return {client: end for client, (_, end) in self.runs.items()}


class Judge:
    """Judges updates on top of what is stored and what is pending. `room` says how many more bytes
    there may be."""

    def __init__(self, owners: Owners, limits: Limits) -> None:
        self.owners, self.limits = owners, limits
        self._kinds = ParentKinds()
        self._deleted = Ranges()
        self._deleting = Ranges()  # by what is pending
        self._deadly: dict[bytes, None] = {}

    def read(self, updates: Iterable[bytes]) -> None:
        """Learn a whole document. Raises Rejected where that is none."""
        for each in updates:
            self.learn(read_update(each, STORED))

    def learn(self, update: Update) -> None:
        """Take in what is stored. All or none: raises Rejected."""
        self._kinds.admit(update, strict=False)
        self.settle(update.deletes)

    def admit(self, pending: Pending, room: int) -> None:
        """Judge an update, and say in it what of it is new. Raises Rejected."""
        self._check_quarantine(pending.data)
        for client in pending.runs:  # judged before, and somebody else may have come first
            self.owners.check(client, pending.by)
        update = read_update(pending.data, self.limits)
        known = {client: self._kinds.clocks.get(client, 0) for client in update.structs}
        self._check_new(update, known, pending.by, room)
        pending.runs = self._kinds.admit(update)
        pending.deletes = self._new_deletes(update)
        if pending.runs or pending.deletes:
            pending.news = written_update(update, known, pending.deletes)
        else:
            pending.news = NOTHING
        for client in pending.runs:
            self.owners.write(client, pending.by)

    def settle(self, deletes: Deletes) -> None:
        """This is deleted, for good."""
        for client, begin, end in deletes:
            self._deleted.add(client, begin, end)

    def nothing_is_pending(self) -> None:
        self._deleting.clear()

    def go_back(self, clocks: Mapping[int, int]) -> None:
        """Go back to what is stored, which is as far as these clocks."""
        self._kinds.go_back(clocks)
        self._deleting.clear()

    def quarantine(self, data: bytes) -> None:
        """The worker has died of this, twice: it is not tried again."""
        self._deadly[sha256(data).digest()] = None
        if len(self._deadly) > QUARANTINE:
            del self._deadly[next(iter(self._deadly))]

    def _check_quarantine(self, data: bytes) -> None:
        if self._deadly and sha256(data).digest() in self._deadly:
            raise Rejected("malformed", "the library died of it")

    def _check_new(self, update: Update, known: Mapping[int, int], by: str, room: int) -> None:
        """New content is by whom its client id belongs to, and there is room for it. Deleting and
        sending again what is known is open to all."""
        for client, structs in update.structs.items():
            if structs[-1].clock + structs[-1].length > known[client]:
                self.owners.check(client, by)
                if len(update.data) > room:
                    raise Rejected("too-big", "the document is full")

    def _new_deletes(self, update: Update) -> list[tuple[int, int, int]]:
        new = [
            (client, *part)
            for client, begin, end in update.deletes
            for missing in self._deleted.lacks(client, begin, end)
            for part in self._deleting.lacks(client, *missing)
        ]
        for client, begin, end in new:
            self._deleting.add(client, begin, end)
        return new
