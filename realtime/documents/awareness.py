"""Awareness: whose cursor is where in the minutes. Told now, kept never; the latest wins.

This is y-protocols' awareness with a reader of our own. The library's believes what it is told: a
64 KB number takes it two seconds and a megabyte stops the process for a minute; anyone may move or
remove anyone's cursor, sign it with another's name, and leave fifty thousand of them behind. Here a
message is short, its lengths are checked, a client id belongs to whoever used it first, and the
`user` of a state is written by us.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from realtime.documents.document import Owners
from realtime.documents.guard import Reader, Rejected, malformed, write_number

AWARENESS = 1
SIZE = 2 * 1024  # bytes of a message
CLIENTS = 8  # cursors of one person at a time
FORGOTTEN_AFTER = 45.0  # seconds: Yjs says so every 15, and others forget after 30
GONE_KEPT = 500  # cursors that went away, for those who have not been told yet

COLOURS = ("#14598a", "#9c3a10", "#70337a", "#585410", "#17653a", "#8a1f50")
"""The author colours of the style sheet, by day. Stock clients use them as they are; ours turns
them into the variable, which at night has another value."""


@dataclass(slots=True)
class Cursor:
    """One client's state as last heard; empty when it has gone."""

    client: int
    clock: int
    state: str
    by: str
    connection: object
    version: int
    heard: float


class Awareness:
    """The cursors in one document, as one process knows them."""

    def __init__(
        self, owners: Owners | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.owners, self.clock = owners or Owners(), clock
        self.version = 0
        self._cursors: dict[int, Cursor] = {}
        self._told: dict[int, bytes | None] = {}

    def receive(self, message: bytes, by: str, name: str, colour: int, connection: object) -> None:
        """Take an awareness message. Raises Rejected, and then nothing of it counts."""
        self._forget_silent()
        user = {"name": name, "color": COLOURS[(colour - 1) % len(COLOURS)], "id": by}
        news = [each for each in read_awareness(message) if self._is_news(*each)]
        for client, _, _ in news:
            self.owners.check(client, by)
        self._check_number([client for client, _, state in news if state is not None], by)
        states = [signed(state, user) for _, _, state in news]
        for (client, clock, _), state in zip(news, states, strict=True):
            self.owners.point(client, by)
            self._put(client, clock, state, by, connection)

    def leave(self, connection: object) -> bytes | None:
        """A connection is gone, and with it its cursors. Returns the message that says so, if it
        had any."""
        here = [each for each in self._cursors.values() if each.connection is connection]
        left = [each.client for each in here if each.state]
        for cursor in here:
            if cursor.state:
                self._put(cursor.client, cursor.clock + 1, "", cursor.by, connection)
        return written_awareness([self._cursors[client] for client in left]) if left else None

    def since(self, version: int) -> bytes | None:
        """One message with what changed after `version`; at 0, with everyone who is here."""
        if version >= self.version:
            return None
        if version not in self._told:
            news = [each for each in self._cursors.values() if each.version > version]
            shown = news if version else [each for each in news if each.state]
            self._told[version] = written_awareness(shown) if shown else None
        return self._told[version]

    def _is_news(self, client: int, clock: int, state: dict[str, Any] | None) -> bool:
        """Stock clients repeat what they are told about others: that is no news, and no offence."""
        known = self._cursors.get(client)
        if known is None:
            return state is not None
        return clock > known.clock or (clock == known.clock and state is None and bool(known.state))

    def _check_number(self, clients: list[int], by: str) -> None:
        here = {each.client for each in self._cursors.values() if each.state and each.by == by}
        if len(here.union(clients)) > CLIENTS:
            raise Rejected("too-big", "too many cursors")

    def _put(self, client: int, clock: int, state: str, by: str, connection: object) -> None:
        self.version += 1
        self._cursors.pop(client, None)
        self._cursors[client] = Cursor(
            client, clock, state, by, connection, self.version, self.clock()
        )
        self._told.clear()
        self._drop_gone()

    def _drop_gone(self) -> None:
        gone = [each.client for each in self._cursors.values() if not each.state]
        for client in gone[:-GONE_KEPT]:
            del self._cursors[client]
            self.owners.forget(client)

    def _forget_silent(self) -> None:
        """Whoever has not been heard for so long is not here: their process may have died."""
        now = self.clock()
        for cursor in list(self._cursors.values()):
            if cursor.state and now - cursor.heard > FORGOTTEN_AFTER:
                self._put(cursor.client, cursor.clock + 1, "", cursor.by, cursor.connection)


def read_awareness(message: bytes) -> list[tuple[int, int, dict[str, Any] | None]]:
    """The (client, clock, state) that a message carries. Raises Rejected."""
    if len(message) > SIZE:
        raise Rejected("too-big", f"{len(message)} bytes")
    reader = Reader(message)
    if reader.number() != AWARENESS or reader.number() != len(message) - reader.at:
        raise malformed("not an awareness message")
    states = [
        (reader.number(), reader.number(), _state(reader.string())) for _ in range(reader.count())
    ]
    reader.finish()
    return states


def written_awareness(cursors: list[Cursor]) -> bytes:
    out = bytearray()
    write_number(out, len(cursors))
    for cursor in cursors:
        write_number(out, cursor.client)
        write_number(out, cursor.clock)
        state = (cursor.state or "null").encode()
        write_number(out, len(state))
        out += state
    message = bytearray((AWARENESS,))
    write_number(message, len(out))
    return bytes(message + out)


def signed(state: dict[str, Any] | None, user: dict[str, str]) -> str:
    """A state as it goes out: signed by us, whatever it said of its author."""
    if state is None:
        return ""
    try:
        text = json.dumps(state | {"user": user}, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, RecursionError):
        raise malformed("a state that cannot be written") from None
    return text


def _state(text: str) -> dict[str, Any] | None:
    try:
        state = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise malformed("not JSON") from None
    if state is not None and not isinstance(state, dict):
        raise malformed("neither a state nor its absence")
    return state


def _refuse_constant(name: str) -> Iterator[None]:
    raise ValueError(name)
