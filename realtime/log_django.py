"""The log in the database. Two unique constraints do all the arbitration there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict

from channels.db import database_sync_to_async
from django.db import IntegrityError, transaction
from django.db.models import Max

from realtime.log import Entry, OutOfDate
from workshop import models

FIELDS = ("seq", "ref", "name", "by", "at", "changes")

Project = Callable[[str, Sequence[Entry]], None]


class DjangoLog:
    """`project(room, entries)` is called in the transaction that stores them, for what pages keep
    of a room in columns of their own."""

    def __init__(self, project: Project | None = None) -> None:
        self._project = project

    async def append(self, room: str, entries: Sequence[Entry]) -> None:
        # thread_sensitive=False: the default puts every database call of the process in one thread.
        write = database_sync_to_async(self._append, thread_sensitive=False)
        try:
            await write(room, entries)
        except IntegrityError as error:
            raise OutOfDate from error

    async def since(self, room: str, seq: int) -> list[Entry]:
        rows = models.Entry.objects.filter(room=room, seq__gt=seq).order_by("seq").values(*FIELDS)
        read = database_sync_to_async(list, thread_sensitive=False)
        return [Entry(**row) for row in await read(rows)]

    async def find(self, room: str, ref: str) -> Entry | None:
        rows = models.Entry.objects.filter(room=room, ref=ref).values(*FIELDS)
        row = await database_sync_to_async(rows.first, thread_sensitive=False)()
        return row and Entry(**row)

    async def heads(self, rooms: Iterable[str]) -> dict[str, int]:
        of_rooms = models.Entry.objects.filter(room__in=list(rooms)).values_list("room")
        heads = of_rooms.annotate(head=Max("seq"))
        return dict(await database_sync_to_async(list, thread_sensitive=False)(heads))

    def _append(self, room: str, entries: Sequence[Entry]) -> None:
        with transaction.atomic():
            if not self._follows(room, entries[0].seq):
                raise OutOfDate
            models.Entry.objects.bulk_create(
                models.Entry(room=room, **asdict(entry)) for entry in entries
            )
            if self._project:
                self._project(room, entries)

    def _follows(self, room: str, seq: int) -> bool:
        before = models.Entry.objects.filter(room=room, seq=seq - 1)
        return seq == 1 or before.exists()
