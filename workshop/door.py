"""The door: how a page asks something of a room without knowing how rooms are run.

`realtime.asgi` puts one in the ASGI scope of every request, under "door".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from workshop.people import Person
from workshop.records import Wire

STATUS = {
    "malformed": 400,
    "not-seated": 403,
    "not-allowed": 403,
    "too-fast": 429,
    "unavailable": 503,
}
"""In HTTP, of a refusal by its code; any other is a conflict with the state of the room."""
CONFLICT = 409


class Unavailable(Exception):
    """What was asked could not be stored, or not be read. Ask again."""


class Door(Protocol):
    async def submit(
        self, room: str, name: str, by: Person, ref: str, fields: Mapping[str, Any]
    ) -> int:
        """Carry out a command; return the seq at which it happened. Raises Refused, Unavailable."""

    async def ask(
        self, room: str, name: str, by: Person, ref: str, fields: Mapping[str, Any]
    ) -> int:
        """The same for what people ask by themselves, as often as they may on a socket. Raises
        Refused ("too-fast" beyond that), Unavailable."""

    async def write_minutes(self, room: str, person: Person, update: bytes) -> None:
        """Put a Yjs update into the room's minutes as this person; on return it is stored. Its
        client id is new, or theirs. Raises Refused, Unavailable."""

    async def records(self, room: str, person: Person) -> Wire:
        """What this person may see, by key, as a first frame has it. Raises Unavailable."""

    async def close_room(self, room: str) -> None:
        """Let go of a room whose session is gone, and of everyone in it."""

    async def renew_room(self, room: str) -> None:
        """Let go of a room whose past was changed, under a new epoch: everyone comes back to it as
        it is now, and keeps nothing of what it was."""

    async def person(self, room: str, seat: Person) -> Person | None:
        """The person as the room sees them now, or None if their seat was taken away. Seats them
        if they have only just come in."""
