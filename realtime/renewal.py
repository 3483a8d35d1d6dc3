"""Renewal: a session whose past was erased goes on under a new epoch.

A process that has not heard of it holds the room as it was, with what was erased: nothing it still
writes may get into the database. To be asked within the transaction that writes.
"""

from __future__ import annotations

from workshop.models import Session


class Renewed(Exception):
    """The session goes on under another epoch."""


def check_epoch(slug: str, epoch: str) -> None:
    """Raise Renewed unless this is the session's epoch, and stays so until the transaction ends:
    an erasure waits for us, or we for it."""
    own = Session.objects.select_for_update(no_key=True).filter(slug=slug)
    if any(each != epoch for each in own.values_list("epoch", flat=True)):
        raise Renewed(slug)
