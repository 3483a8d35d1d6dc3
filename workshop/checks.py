"""Checks before anything starts: what is acknowledged must outlast a power cut.

A database that answers before it has stored would make every "sent", "counted" and "saved" a guess.
`migrate` and `serve` ask; so does `manage.py check --database default`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

LASTING: Mapping[str, Mapping[str, frozenset[object]]] = {
    "sqlite": {
        "PRAGMA synchronous": frozenset({2, 3}),  # FULL, EXTRA
        "PRAGMA journal_mode": frozenset({"wal", "delete", "truncate", "persist"}),
    },
    "postgresql": {
        "SHOW synchronous_commit": frozenset({"on", "local", "remote_write", "remote_apply"}),
        "SHOW fsync": frozenset({"on"}),
        "SHOW full_page_writes": frozenset({"on"}),
    },
}
"""What each engine is asked, and the answers with which a commit lasts."""


def commits_last(
    *, databases: Sequence[str] | None = None, **options: Any
) -> Sequence[CheckMessage]:
    return [message for name in databases or () for message in faults(connections[name])]


def faults(connection: BaseDatabaseWrapper) -> list[CheckMessage]:
    try:
        found = {asked: answer(connection, asked) for asked in LASTING.get(connection.vendor, {})}
    except DatabaseError as error:
        kind = type(error).__name__
        return [Warning(f"The database could not be asked: {kind}.", id="workshop.W001")]
    return [
        Error(
            f"What is acknowledged would not outlast a power cut: {asked} says {said!r}.",
            hint=f"It must say one of {', '.join(sorted(map(repr, lasting)))}.",
            id="workshop.E001",
        )
        for asked, said in found.items()
        if said not in (lasting := LASTING[connection.vendor][asked])
    ]


def answer(connection: BaseDatabaseWrapper, asked: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(asked)
        (said,) = cursor.fetchone()
        return said
