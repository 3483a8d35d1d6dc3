"""Owners: whose client ids are whose."""

from __future__ import annotations

from realtime.documents.guard import Rejected


class Owners:
    """A client id belongs to whoever used it first, in the text or for a cursor, so that nobody
    writes under another's name."""

    def __init__(self) -> None:
        self._of: dict[int, str] = {}
        self._by: dict[str, set[int]] = {}
        self._written: set[int] = set()

    def of(self, client: int) -> str | None:
        return self._of.get(client)

    def clients_of(self, person: str) -> frozenset[int]:
        return frozenset(self._by.get(person, ()))

    def check(self, client: int, person: str) -> None:
        if self._of.get(client, person) != person:
            raise Rejected("client-taken", f"client {client}")

    def point(self, client: int, person: str) -> None:
        """A cursor is shown under this client id."""
        self.check(client, person)
        self._of[client] = person
        self._by.setdefault(person, set()).add(client)

    def write(self, client: int, person: str) -> None:
        """Text is stored under this client id: from now on it is theirs for good. The store is
        believed, whatever was claimed here meanwhile."""
        self._release(client)
        self.point(client, person)
        self._written.add(client)

    def written(self) -> dict[str, list[int]]:
        """Who has written, and under which client ids."""
        found = {who: sorted(clients & self._written) for who, clients in self._by.items()}
        return {who: clients for who, clients in found.items() if clients}

    def forget(self, client: int) -> None:
        """A cursor was shown under this client id, long ago."""
        if client not in self._written:
            self._release(client)

    def _release(self, client: int) -> None:
        if person := self._of.pop(client, None):
            self._by[person].discard(client)
