"""The document store: a document's numbered edits on disk, and snapshots that save reading them.

The edits are the document and its history; they are never thrown away. A snapshot is a cache.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from realtime.log import OutOfDate

SNAPSHOTS_KEPT = 2  # the one before stays, should the last turn out to be unreadable

Author = tuple[str, int, int, int]
"""Someone's run of new content: person, client id, clock from, clock to. An empty run stands for
someone who only deleted."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One numbered piece of a document's history: the merged updates of one tick."""

    seq: int
    at: float
    update: bytes
    sha256: str
    authors: list[Author] = field(default_factory=list)

    @classmethod
    def of(cls, seq: int, at: float, update: bytes, authors: list[Author]) -> Edit:
        return cls(seq, at, update, hashlib.sha256(update).hexdigest(), authors)

    def intact(self) -> bool:
        return hashlib.sha256(self.update).hexdigest() == self.sha256


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A document after edit `seq`, and whose its client ids are; None where that was not kept."""

    seq: int
    state: bytes
    owners: dict[str, list[int]] | None = None


class DocumentStore(Protocol):
    async def append(self, document: str, epoch: str, edits: Sequence[Edit]) -> None:
        """Store edits, all or none, if the first follows the last one stored; otherwise raise
        OutOfDate. On return they are on disk."""

    async def since(self, document: str, epoch: str, seq: int) -> list[Edit]:
        """Every edit after seq, in order."""

    async def authors(self, document: str, epoch: str, seq: int) -> list[Author]:
        """Who wrote what, in the edits up to and with seq."""

    async def snapshots(self, document: str, epoch: str) -> list[Snapshot]:
        """Those that are kept, newest first."""

    async def keep_snapshot(self, document: str, epoch: str, snapshot: Snapshot) -> None:
        """Keep this one, and let go of all but the newest two."""

    async def heads(self, documents: Iterable[str]) -> dict[str, int]:
        """The last seq of each of these documents that has any edit, in one question."""


class MemoryDocumentStore:
    def __init__(self) -> None:
        self._edits: defaultdict[tuple[str, str], list[Edit]] = defaultdict(list)
        self._snapshots: defaultdict[tuple[str, str], dict[int, Snapshot]] = defaultdict(dict)

    async def append(self, document: str, epoch: str, edits: Sequence[Edit]) -> None:
        stored = self._edits[document, epoch]
        if [edit.seq for edit in edits] != list(
            range(len(stored) + 1, len(stored) + len(edits) + 1)
        ):
            raise OutOfDate
        stored.extend(edits)

    async def since(self, document: str, epoch: str, seq: int) -> list[Edit]:
        return self._edits[document, epoch][seq:]

    async def authors(self, document: str, epoch: str, seq: int) -> list[Author]:
        edits = self._edits[document, epoch][:seq]
        return [author for edit in edits for author in edit.authors]

    async def snapshots(self, document: str, epoch: str) -> list[Snapshot]:
        kept = self._snapshots[document, epoch]
        return [kept[seq] for seq in sorted(kept, reverse=True)]

    async def keep_snapshot(self, document: str, epoch: str, snapshot: Snapshot) -> None:
        kept = self._snapshots[document, epoch] | {snapshot.seq: snapshot}
        self._snapshots[document, epoch] = dict(sorted(kept.items())[-SNAPSHOTS_KEPT:])

    async def heads(self, documents: Iterable[str]) -> dict[str, int]:
        wanted, heads = set(documents), dict[str, int]()
        for (document, _), edits in self._edits.items():
            if document in wanted and edits:
                heads[document] = max(edits[-1].seq, heads.get(document, 0))
        return heads
