"""A message on its way out: encoded once, however many sockets it goes to."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

TEXT, BINARY = 1, 2
WORTH_COMPRESSING = 256  # bytes: below that a deflated frame saves nothing worth its time


class Message:
    """What one socket is told, or many: text for the room protocol, bytes for y-protocols."""

    __slots__ = ("_deflated", "_framed", "content")

    def __init__(self, content: str | bytes) -> None:
        self.content = content
        self._framed: bytes | None = None
        self._deflated: bytes | None = None

    def __len__(self) -> int:
        """Bytes on the wire, about: characters for text."""
        return len(self.content)

    @property
    def framed(self) -> bytes:
        """One unmasked WebSocket frame (RFC 6455, section 5.2)."""
        if self._framed is None:
            self._framed = frame(self._opcode, self._payload)
        return self._framed

    @property
    def deflated(self) -> bytes:
        """The same for sockets that negotiated permessage-deflate (RFC 7692) without context
        takeover: it depends on nothing sent before, so that all of them share it."""
        if self._deflated is None:
            payload = self._payload
            if len(payload) < WORTH_COMPRESSING:
                self._deflated = self.framed
            else:
                self._deflated = frame(0x40 | self._opcode, deflate(payload))
        return self._deflated

    @property
    def _payload(self) -> bytes:
        return self.content.encode() if isinstance(self.content, str) else self.content

    @property
    def _opcode(self) -> int:
        return TEXT if isinstance(self.content, str) else BINARY


def together(messages: Sequence[Message]) -> Sequence[Message]:
    """How messages are packed for a line that frames them by itself: not at all."""
    return messages


def frame(opcode: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes((0x80 | opcode, size)) + payload
    if size < 65536:
        return bytes((0x80 | opcode, 126)) + size.to_bytes(2, "big") + payload
    return bytes((0x80 | opcode, 127)) + size.to_bytes(8, "big") + payload


def deflate(payload: bytes) -> bytes:
    compressor = zlib.compressobj(level=6, wbits=-15)
    # The empty block that a flush leaves at the end is not sent (RFC 7692, section 7.2.1).
    return (compressor.compress(payload) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]
