"""The log in the database. Two unique constraints do all the arbitration there is.

What is written per message goes in as plain rows: the ORM's `bulk_create` costs five to eight times
as much, and under load this is most of what a message costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec
from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from realtime.log import Entry, Old, OutOfDate, State
from realtime.renewal import check_epoch
from realtime.threads import in_thread
from workshop import models
from workshop.records import Record, kind_of

FIELDS = ("seq", "ref", "name", "by", "at", "changes")
SNAPSHOTS_KEPT = 2

INSERT = (
    "INSERT INTO workshop_entry (room, seq, ref, name, by, at, changes)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
INSERT_JSONB = f"{INSERT[:-1]}::jsonb)"

Project = Callable[[str, Sequence[Entry]], None]
KeepBeside = Callable[[str, Sequence[Record]], None]


class DjangoLog:
    """`project(room, entries)` is called in the transaction that stores them, for what pages keep
    of a room in columns of their own; and `keep_beside(room, records)`, for what is told to nobody.
    A log of one `epoch` is written only as long as that is the session's."""

    def __init__(
        self,
        project: Project | None = None,
        epoch: str = "",
        keep_beside: KeepBeside | None = None,
    ) -> None:
        self._project, self._epoch, self._keep_beside = project, epoch, keep_beside

    async def append(
        self, room: str, entries: Sequence[Entry], beside: Sequence[Record] = ()
    ) -> None:
        try:
            await in_thread(self._append, room, entries, beside)
        except IntegrityError as error:
            raise OutOfDate from error

    async def since(self, room: str, seq: int) -> list[Entry]:
        rows = models.Entry.objects.filter(room=room, seq__gt=seq).order_by("seq").values(*FIELDS)
        return [Entry(**row) for row in await in_thread(list, rows)]

    async def find(self, room: str, refs: Sequence[str]) -> list[Entry]:
        rows = models.Entry.objects.filter(room=room, ref__in=refs).values(*FIELDS)
        return [Entry(**row) for row in await in_thread(list, rows)]

    async def keep(self, room: str, state: State, old: Sequence[Old]) -> None:
        await in_thread(self._keep, room, state, old)

    async def snapshot(self, room: str) -> State | None:
        states = models.State.objects.filter(room=room).order_by("-seq")
        state = await in_thread(states.values_list("state", flat=True).first)
        return None if state is None else msgspec.json.decode(bytes(state), type=State)

    async def older(self, room: str, kind: str, before: int, most: int) -> list[Old]:
        rows = models.Old.objects.filter(room=room, kind=kind, seq__lt=before).order_by("-seq")
        found = await in_thread(list, rows.values_list("key", "seq", "value")[:most])
        return [Old(key, seq, msgspec.Raw(bytes(value))) for key, seq, value in reversed(found)]

    async def heads(self, rooms: Iterable[str]) -> dict[str, int]:
        return await in_thread(self._heads, list(rooms))

    def _heads(self, rooms: list[str]) -> dict[str, int]:
        heads = {}
        with connection.cursor() as cursor:
            for room in rooms:
                cursor.execute("SELECT max(seq) FROM workshop_entry WHERE room = %s", (room,))
                if head := cursor.fetchone()[0]:
                    heads[room] = head
        return heads

    def _append(self, room: str, entries: Sequence[Entry], beside: Sequence[Record]) -> None:
        with transaction.atomic():
            self._check_epoch(room)
            with connection.cursor() as cursor:
                if not self._follows(cursor, room, entries[0].seq):
                    raise OutOfDate
                cursor.executemany(self._insert(), [row(room, entry) for entry in entries])
            if self._project:
                self._project(room, entries)
            if beside and self._keep_beside:
                self._keep_beside(room, beside)

    def _follows(self, cursor: CursorWrapper, room: str, seq: int) -> bool:
        if seq == 1:
            return True
        cursor.execute("SELECT 1 FROM workshop_entry WHERE room = %s AND seq = %s", (room, seq - 1))
        return cursor.fetchone() is not None

    def _insert(self) -> str:
        return INSERT_JSONB if connection.vendor == "postgresql" else INSERT

    def _check_epoch(self, room: str) -> None:
        if self._epoch:
            check_epoch(room, self._epoch)

    def _keep(self, room: str, state: State, old: Sequence[Old]) -> None:
        with transaction.atomic():
            self._check_epoch(room)
            models.Old.objects.bulk_create(
                (
                    models.Old(
                        room=room,
                        kind=kind_of(each.key),
                        key=each.key,
                        seq=each.seq,
                        value=bytes(each.value),
                    )
                    for each in old
                ),
                ignore_conflicts=True,
            )
            states = models.State.objects.filter(room=room)
            states.update_or_create(
                room=room, seq=state.seq, defaults={"state": msgspec.json.encode(state)}
            )
            kept = states.order_by("-seq").values_list("pk", flat=True)[:SNAPSHOTS_KEPT]
            states.exclude(pk__in=list(kept)).delete()


def row(room: str, entry: Entry) -> tuple[str, int, str, str, str, float, str]:
    changes = msgspec.json.encode(entry.changes).decode()
    return room, entry.seq, entry.ref, entry.name, entry.by, entry.at, changes
