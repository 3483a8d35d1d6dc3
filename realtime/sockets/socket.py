"""One open WebSocket: a protocol on a transport, and no more than that.

No task, no queue and no timer of its own. What is written goes straight to the transport; what is
heard goes straight to an ear. That is how a socket at rest stays under two kibibytes, where one of
uvicorn's takes twenty.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, MutableSet, Sequence
from typing import Any, Protocol

from realtime.message import Message, frame
from realtime.sockets.faults import UNEXPECTED, ProtocolError
from realtime.sockets.frames import PONG, Close, Event, Ping, Reader, closed
from realtime.sockets.pulse import Living, Pulse

logger = logging.getLogger(__name__)

BUSY = 64 * 1024  # bytes unsent: from then on a writer should wait
GOODBYE = 2.0  # seconds for the peer to say goodbye too
AWAY = 1012  # service restart, of the registered codes
A_TURN = 64  # messages heard at a time, so that others are heard between
# Bytes: a larger message counts for several, so that a read of 256 KiB is always more than a turn.
# libuv would else read 32 of them from one socket before it looks at another.
A_MESSAGE = 1024
SILENT, GONE = 3, 6  # rounds of the pulse without a sign of life
UNFINISHED = 12  # rounds for one message: a minute; else two thousand halves would be a gigabyte
PING_FRAME = b"\x89\x00"
MESSAGE = (str, bytes)


Packing = Callable[[Sequence[Message]], bytes]


def framed(messages: Sequence[Message]) -> bytes:
    return b"".join([each.framed for each in messages])


def deflated(messages: Sequence[Message]) -> bytes:
    return b"".join([each.deflated for each in messages])


class Ear(Protocol):
    """Who listens to a socket."""

    def hear_text(self, text: str) -> None: ...

    def hear_bytes(self, message: bytes) -> None: ...

    def full(self) -> None:
        """It is busy, or closing: nothing more should be written."""

    def drained(self) -> None:
        """It is no longer busy."""

    def gone(self) -> None:
        """It is closed, however that came about. Said once, and nothing after it."""


class Deaf:
    """The ear of a socket that nobody listens to, or no longer."""

    __slots__ = ()

    def hear_text(self, text: str) -> None: ...

    def hear_bytes(self, message: bytes) -> None: ...

    def full(self) -> None: ...

    def drained(self) -> None: ...

    def gone(self) -> None: ...


DEAF = Deaf()


class Socket(asyncio.Protocol):
    __slots__ = (
        "_among",
        "_end",
        "_held",
        "_owed",
        "_place",
        "_pulse",
        "_reader",
        "_silence",
        "_transport",
        "_unfinished",
        "busy",
        "closing",
        "deflating",
        "ear",
    )

    def __init__(
        self,
        transport: asyncio.Transport,
        reader: Reader,
        pulse: Pulse,
        among: MutableSet[Any],
        *,
        deflating: bool = False,
    ) -> None:
        self._transport, self._pulse, self._among = transport, pulse, among
        self._reader: Reader | None = reader  # None once nothing more is heard
        self.deflating = deflating
        self.ear: Ear = DEAF
        self.busy = False  # nothing should be written now: too much is unsent, or it is closing
        self.closing = False  # nothing more may be written
        self._held = False  # reading waits for the next turn
        self._owed: bytes | None = None  # a ping that came while busy
        self._silence = 0  # rounds of the pulse since the last sign of life
        self._unfinished = 0  # rounds that one message has taken
        self._end: asyncio.TimerHandle | None = None
        transport.set_write_buffer_limits(BUSY)
        self._place: set[Living] = pulse.join(self)
        among.add(self)

    # What is said -------------------------------------------------------------------------

    @property
    def packing(self) -> Packing:
        """How messages are packed for this socket, and for all that are like it."""
        return deflated if self.deflating else framed

    @property
    def put(self) -> Callable[[bytes], object]:
        """The transport's own writing, for whoever writes to thousands: nothing is asked on the
        way. They stop when the ear is told that the socket is full."""
        return self._transport.write

    def write(self, message: Message) -> None:
        """Say it now, in a system call of its own: what can be said together is better said so.

        Writing to the file descriptor instead was measured no faster (4.7 µs either way, of which
        4.25 are the system call's), since uvloop's transport tries at once too; and it never lets
        two writes overtake each other.
        """
        if not self.closing:
            self._transport.write(message.deflated if self.deflating else message.framed)

    def close(self, code: int) -> None:
        """Say goodbye after what was said, and close when the peer has said it too, or does not
        (RFC 6455, section 7.1.2)."""
        if not self.closing:
            self._stop_writing()
            self._transport.write(closed(code))
            self._end_within(GOODBYE)

    def abort(self) -> None:
        """Cut the line, with whatever is still on it."""
        self._stop_writing()
        self._transport.abort()

    def shutdown(self) -> None:
        """The server ends; it waits for us to go."""
        self.close(AWAY)

    def _finish(self, farewell: bytes) -> None:
        """Say this and hear nothing more. Our side closes first (section 7.1.1), and what the peer
        still sends is thrown away for a moment: to close a socket with unread bytes resets it, and
        the peer would never read why."""
        self._reader = None
        if not self.closing:
            self._stop_writing()
            self._transport.write(farewell)
        if self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()
        self._end_within(GOODBYE)

    def _stop_writing(self) -> None:
        """Nothing may follow a goodbye (section 5.5.1). Who writes to thousands looks at `busy`
        alone, and uvloop raises where something is written after the end of a stream."""
        self.closing = self.busy = True
        self._tell_full()

    def _end_within(self, seconds: float) -> None:
        """A peer that does not read would else keep our last words, and the socket, for ever."""
        if self._end is None:
            loop = asyncio.get_running_loop()
            self._end = loop.call_later(seconds, self._transport.abort)

    # What is heard ------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        self._silence = 0
        if self._reader is not None:
            self._reader.feed(data)
            if not self._held:
                self._turn()

    def _turn(self) -> None:
        """Hear what has come, up to a point: one read may hold 40 000 messages, and everyone else
        waits meanwhile. The rest is heard after them; until then nothing more is read."""
        left = A_TURN
        try:
            while self._reader is not None and left > 0:
                event = self._reader.read()
                if event is None:
                    return self._go_on()
                self._unfinished = 0
                left -= self._hear(event)
        except ProtocolError as error:
            return self._finish(closed(error.code))
        if self._reader is None:
            return self._go_on()
        self._hold()

    def _hold(self) -> None:
        if not self._held:
            self._held = True
            self._transport.pause_reading()
        asyncio.get_running_loop().call_soon(self._turn)

    def _go_on(self) -> None:
        if self._held:
            self._held = False
            self._transport.resume_reading()

    def _hear(self, event: Event) -> int:
        """Take it, and say for how many messages it counts."""
        if isinstance(event, MESSAGE):
            if not self.closing:
                self._tell(event)
            return 1 + len(event) // A_MESSAGE
        if isinstance(event, Close):
            self._finish(closed(event.code))
        elif isinstance(event, Ping):
            self._answer(event.payload)
        return 1

    def _tell(self, message: str | bytes) -> None:
        try:
            if isinstance(message, str):
                self.ear.hear_text(message)
            else:
                self.ear.hear_bytes(message)
        except Exception:
            logger.exception("a message could not be heard")
            self.close(UNEXPECTED)

    def _answer(self, ping: bytes) -> None:
        """Section 5.5.3. One who pings and does not read is owed the latest pong alone."""
        if self.busy:
            self._owed = ping
        elif not self.closing:
            self._transport.write(frame(PONG, ping))

    # What the transport and the pulse say -------------------------------------------------

    def pause_writing(self) -> None:
        self.busy = True
        self._tell_full()

    def resume_writing(self) -> None:
        """What was sent has been taken: that is a sign of life as well."""
        self._silence = 0
        if self.closing:
            return
        self.busy = False
        if self._owed is not None:
            self._answer(self._owed)
            self._owed = None
        self._tell_drained()

    def _tell_full(self) -> None:
        try:
            self.ear.full()
        except Exception:
            logger.exception("a socket's writer failed")

    def _tell_drained(self) -> None:
        try:
            self.ear.drained()
        except Exception:
            logger.exception("a socket's writer failed")
            self.close(UNEXPECTED)

    def beat(self) -> None:
        """One more round of the pulse. Not the time since: a server that stood still must not take
        everyone for dead."""
        self._silence += 1
        unfinished = self._reader is not None and self._reader.unfinished
        self._unfinished = self._unfinished + 1 if unfinished else 0
        if self._silence >= GONE or self._unfinished >= UNFINISHED:
            self.abort()
        elif self._silence == SILENT and not self.closing:
            self._transport.write(PING_FRAME)

    def eof_received(self) -> None:
        """The transport closes by itself."""
        self._stop_writing()

    def connection_lost(self, error: Exception | None) -> None:
        self.closing, self._reader, self._held = True, None, False
        self._pulse.leave(self, self._place)
        self._among.discard(self)
        if self._end:
            self._end.cancel()
        ear, self.ear = self.ear, DEAF
        try:
            ear.gone()
        except Exception:
            logger.exception("a socket's end could not be heard")
