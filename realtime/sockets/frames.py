"""Frames from a client (RFC 6455, sections 5 to 8): bytes in, events out, no network.

A reader is kept for every open socket, and nearly all of them are at rest: it holds bytes only
while a message is under way. Nothing here takes more than linear time, however bytes are cut up.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from realtime.message import frame
from realtime.sockets.compression import inflated
from realtime.sockets.faults import BROKEN, INCONSISTENT, TOO_BIG, ProtocolError

MOST = 512 * 1024  # bytes in a message
MOST_FRAGMENTS = 1000  # a message of one-byte fragments would else cost a frame for every byte
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
FINAL, RSV1, RESERVED, OPCODE, MASKED = 0x80, 0x40, 0x70, 0x0F, 0x80
NO_CODE = 1005  # said by nobody: what we call a close frame without a code (section 7.1.5)


def xored(data: bytes | bytearray, mask: bytes | bytearray) -> bytes:
    """Unmask (section 5.3), one long XOR: seventeen times slower than C for a kibibyte."""
    size = len(data)
    key = int.from_bytes((mask * (size // 4 + 1))[:size], "little")
    return (int.from_bytes(data, "little") ^ key).to_bytes(size, "little")


try:
    from websockets.speedups import apply_mask
except ImportError:  # the extension is optional
    apply_mask = xored  # type: ignore[assignment]


class Ping(NamedTuple):
    payload: bytes


class Pong(NamedTuple):
    payload: bytes


class Close(NamedTuple):
    code: int = NO_CODE
    reason: str = ""


Event: TypeAlias = str | bytes | Ping | Pong | Close


class Reader:
    """Makes events of what arrives: `feed` it, then `read` until it says None."""

    __slots__ = ("_at", "_buffer", "_deflating", "_fragments", "_most")

    def __init__(self, most: int = MOST, *, deflating: bool = False) -> None:
        self._most, self._deflating = most, deflating
        self._buffer: bytes | bytearray = b""
        self._at = 0  # where in it the next frame begins
        self._fragments: Fragments | None = None

    @property
    def unfinished(self) -> bool:
        """Whether a message has begun and not ended."""
        return bool(self._buffer) or self._fragments is not None

    def feed(self, data: bytes) -> None:
        """Take what arrived. Only a frame in parts is ever copied, and then into a buffer that
        grows: a large frame sent byte by byte would else be copied whole for every byte."""
        if not self._buffer:
            self._buffer = data
            return
        if isinstance(self._buffer, bytes):
            self._buffer, self._at = bytearray(memoryview(self._buffer)[self._at :]), 0
        elif self._at:
            del self._buffer[: self._at]
            self._at = 0
        self._buffer += data

    def read(self) -> Event | None:
        """The next event, or None until more has come."""
        while (arrived := self._frame()) is not None:
            first, payload = arrived
            event = control(first, payload) if first & 0x08 else self._content(first, payload)
            if event is not None:
                return event
        return None

    def _frame(self) -> tuple[int, bytes] | None:
        """The next frame's first byte and its payload, unmasked (section 5.2)."""
        buffer, at = self._buffer, self._at
        left = len(buffer) - at
        if left < 2:
            self._forget(left)
            return None
        first, second = buffer[at], buffer[at + 1]
        size, head = second & 0x7F, 6
        if size > 125:
            head = 8 if size == 126 else 14
            if left < head:
                self._check(first, second, 126)
                return None
            size = int.from_bytes(buffer[at + 2 : at + head - 4], "big")
        if left < head + size or first not in PLAIN or second < MASKED or size > self._most:
            self._check(first, second, size)
            if left < head + size:
                return None
        start = at + head
        self._at = start + size
        return first, apply_mask(buffer[start : self._at], buffer[start - 4 : start])

    def _forget(self, left: int) -> None:
        """Forget what has been read, and with it the memory."""
        if not left:
            self._buffer, self._at = b"", 0

    def _check(self, first: int, second: int, size: int) -> None:
        """Refuse what must not come, before waiting for all of it (sections 5.1, 5.2 and 5.5)."""
        reserved, opcode = first & RESERVED, first & OPCODE
        if not second & MASKED or opcode not in OPCODES:
            raise ProtocolError(BROKEN)
        compressed = reserved == RSV1 and self._deflating and opcode in (TEXT, BINARY)
        if reserved and not compressed:
            raise ProtocolError(BROKEN)
        if opcode >= CLOSE and (not first & FINAL or size > 125):
            raise ProtocolError(BROKEN)
        if opcode < CLOSE and size + (self._fragments.size if self._fragments else 0) > self._most:
            raise ProtocolError(TOO_BIG)

    def _content(self, first: int, payload: bytes) -> str | bytes | None:
        """A message, if this frame completes one (section 5.4)."""
        opcode = first & OPCODE
        if (opcode == CONTINUATION) != (self._fragments is not None):
            raise ProtocolError(BROKEN)
        if first & FINAL and opcode:
            return self._message(opcode, first & RSV1, payload)
        if self._fragments is None:
            self._fragments = Fragments(opcode, first & RSV1)
        fragments = self._fragments
        fragments.add(payload, self._most, last=bool(first & FINAL))
        if not first & FINAL:
            return None
        self._fragments = None
        return self._message(fragments.opcode, fragments.compressed, bytes(fragments.content))

    def _message(self, opcode: int, compressed: int, payload: bytes) -> str | bytes:
        if compressed:
            payload = inflated(payload, self._most)
        return text(payload) if opcode == TEXT else payload


PLAIN = frozenset({FINAL | TEXT, FINAL | BINARY})  # nothing to check in their first byte
OPCODES = frozenset({CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG})


class Fragments:
    """A message of which not all has come."""

    __slots__ = ("_count", "_decoder", "compressed", "content", "opcode")

    def __init__(self, opcode: int, compressed: int) -> None:
        self.opcode, self.compressed = opcode, compressed
        self.content = bytearray()
        self._count = 0
        plain = opcode == TEXT and not compressed
        self._decoder = codecs.getincrementaldecoder("utf-8")() if plain else None

    @property
    def size(self) -> int:
        return len(self.content)

    def add(self, payload: bytes, most: int, *, last: bool) -> None:
        """Take one more. Text that can no longer become valid is refused at once."""
        self._count += 1
        if self._count > MOST_FRAGMENTS or self.size + len(payload) > most:
            raise ProtocolError(TOO_BIG)
        self.content += payload
        if self._decoder:
            try:
                self._decoder.decode(payload, last)
            except UnicodeDecodeError as error:
                raise ProtocolError(INCONSISTENT) from error


def text(payload: bytes) -> str:
    """Section 8.1."""
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise ProtocolError(INCONSISTENT) from error


def control(first: int, payload: bytes) -> Ping | Pong | Close:
    """Section 5.5."""
    match first & OPCODE:
        case 0x09:
            return Ping(payload)
        case 0x0A:
            return Pong(payload)
    return closing(payload)


def closing(payload: bytes) -> Close:
    """A close frame: nothing, or a code that may be said and a reason (section 5.5.1)."""
    if not payload:
        return Close()
    code = int.from_bytes(payload[:2], "big")
    if len(payload) == 1 or not may_be_said(code):
        raise ProtocolError(BROKEN)
    return Close(code, text(payload[2:]))


def may_be_said(code: int) -> bool:
    """Section 7.4: those of the RFC, those registered since, and those for applications."""
    return 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999


def closed(code: int, reason: str = "") -> bytes:
    """A close frame of ours."""
    said = b"" if code == NO_CODE else code.to_bytes(2, "big") + reason.encode()
    return frame(CLOSE, said)


def events(reader: Reader, data: bytes) -> Iterator[Event]:
    """Everything that these bytes complete."""
    reader.feed(data)
    while (event := reader.read()) is not None:
        yield event
