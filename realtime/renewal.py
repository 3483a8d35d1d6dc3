"""Renewal: a session whose past was erased goes on under a new epoch.

A process that has not heard of it holds the room as it was, with what was erased: nothing it still
writes may get into the database. To be asked within the transaction that writes, which it is for
every message: hence plain SQL, as the ORM takes ten times as long to say it.
"""

from __future__ import annotations

from django.db import connection

EPOCH = "SELECT epoch FROM workshop_session WHERE slug = %s"


class Renewed(Exception):
    """The session goes on under another epoch."""


def check_epoch(slug: str, epoch: str) -> None:
    """Raise Renewed unless this is the session's epoch, and stays so until the transaction ends:
    an erasure waits for us, or we for it."""
    with connection.cursor() as cursor:
        cursor.execute(f"{EPOCH}{lock()}", (slug,))
        found = cursor.fetchone()
    if found and found[0] != epoch:
        raise Renewed(slug)


def lock() -> str:
    """SQLite has one writer at a time in any case."""
    return " FOR NO KEY UPDATE" if connection.features.has_select_for_no_key_update else ""
