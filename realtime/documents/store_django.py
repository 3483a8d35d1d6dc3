"""The document store in the database. One unique constraint does all the arbitration there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from realtime.documents.store import SNAPSHOTS_KEPT, Author, Edit, Snapshot
from realtime.log import OutOfDate
from realtime.renewal import check_epoch
from realtime.threads import in_thread
from workshop import models


class Sealed(Exception):
    """The text is final."""


FINAL = (
    "SELECT 1 FROM workshop_final JOIN workshop_session ON workshop_session.id = session_id"
    " WHERE slug = %s"
)
FIELDS = ("seq", "at", "update", "sha256", "authors")


class DjangoDocumentStore:
    async def append(self, document: str, epoch: str, edits: Sequence[Edit]) -> None:
        try:
            await in_thread(self._append, document, epoch, edits)
        except IntegrityError as error:
            raise OutOfDate from error

    async def since(self, document: str, epoch: str, seq: int) -> list[Edit]:
        return await in_thread(self._since, document, epoch, seq)

    async def authors(self, document: str, epoch: str, seq: int) -> list[Author]:
        return await in_thread(self._authors, document, epoch, seq)

    async def snapshots(self, document: str, epoch: str) -> list[Snapshot]:
        return await in_thread(self._snapshots, document, epoch)

    async def keep_snapshot(self, document: str, epoch: str, snapshot: Snapshot) -> None:
        await in_thread(self._keep_snapshot, document, epoch, snapshot)

    async def heads(self, documents: Iterable[str]) -> dict[str, int]:
        of_documents = models.Edit.objects.filter(document__in=list(documents))
        heads = of_documents.values_list("document").annotate(head=Max("seq"))
        return dict(await in_thread(list, heads))

    def _append(self, document: str, epoch: str, edits: Sequence[Edit]) -> None:
        with transaction.atomic():
            check_epoch(document, epoch)  # what goes into an erased past is not to be called saved
            if is_final(document):
                raise Sealed(document)  # a process may be late to hear that it is
            if not self._follows(document, epoch, edits[0].seq):
                raise OutOfDate
            models.Edit.objects.bulk_create(
                models.Edit(document=document, epoch=epoch, **asdict(edit)) for edit in edits
            )

    def _follows(self, document: str, epoch: str, seq: int) -> bool:
        before = models.Edit.objects.filter(document=document, epoch=epoch, seq=seq - 1)
        return seq == 1 or before.exists()

    def _since(self, document: str, epoch: str, seq: int) -> list[Edit]:
        rows = models.Edit.objects.filter(document=document, epoch=epoch, seq__gt=seq)
        return [_edit(*row) for row in rows.order_by("seq").values_list(*FIELDS)]

    def _authors(self, document: str, epoch: str, seq: int) -> list[Author]:
        rows = models.Edit.objects.filter(document=document, epoch=epoch, seq__lte=seq)
        found = rows.order_by("seq").values_list("authors", flat=True)
        return [_author(*author) for authors in found for author in authors]

    def _snapshots(self, document: str, epoch: str) -> list[Snapshot]:
        rows = models.Snapshot.objects.filter(document=document, epoch=epoch)
        found = rows.order_by("-seq").values_list("seq", "state", "owners")
        return [Snapshot(seq, bytes(state), owners) for seq, state, owners in found]

    def _keep_snapshot(self, document: str, epoch: str, snapshot: Snapshot) -> None:
        rows = models.Snapshot.objects.filter(document=document, epoch=epoch)
        with transaction.atomic():
            check_epoch(document, epoch)
            models.Snapshot.objects.update_or_create(
                document=document,
                epoch=epoch,
                seq=snapshot.seq,
                defaults={"state": snapshot.state, "owners": snapshot.owners},
            )
            kept = rows.order_by("-seq").values_list("seq", flat=True)[:SNAPSHOTS_KEPT]
            rows.exclude(seq__in=list(kept)).delete()


def is_final(document: str) -> bool:
    """Asked after `check_epoch` and not together with it: who waited there for the lock of whoever
    has just made the text final would not see that in the same query."""
    with connection.cursor() as cursor:
        cursor.execute(FINAL, (document,))
        return cursor.fetchone() is not None


def _edit(seq: int, at: float, update: bytes, sha256: str, authors: list[Author]) -> Edit:
    # PostgreSQL gives bytes as a memoryview, JSON gives tuples as lists.
    return Edit(seq, at, bytes(update), sha256, [_author(*author) for author in authors])


def _author(person: str, client: int, begin: int, end: int) -> Author:
    return person, client, begin, end
