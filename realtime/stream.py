"""The same room without a socket, for networks that let no WebSocket through and for programs that
want none: what changed as server-sent events, and what is asked as one answer to one question."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from realtime.connection import Connection
from realtime.message import Message, together
from realtime.stand import Stand
from realtime.visit import Visit

BUSY = 64 * 1024  # bytes unsent: from then on nothing more is written until they are taken
ALIVE = 15.0  # seconds of silence, after which a comment shows proxies that somebody is there


class Stream:
    """A line to a browser that reads server-sent events: iterate over it for what to send.

    `arrive` makes its connection when that begins, or says why there is none and closes the line;
    `hello` is the first thing that the connection hears."""

    def __init__(
        self, arrive: Callable[[Stream], Awaitable[Connection | None]], hello: str
    ) -> None:
        self._arrive, self._hello = arrive, hello
        self.connection: Connection | None = None
        self._messages: list[Message] = []
        self._unsent = 0
        self._ended = False
        self._something = asyncio.Event()

    @property
    def busy(self) -> bool:
        return self._ended or self._unsent > BUSY

    packing = staticmethod(together)

    def put(self, messages: Sequence[Message]) -> None:
        texts = [each for each in messages if isinstance(each.content, str)]
        self._messages += texts  # the minutes need a socket
        self._unsent += sum(len(each) for each in texts)
        self._something.set()
        if self.busy and self.connection:
            self.connection.full()

    def close(self, code: int) -> None:
        self._ended = True
        self._something.set()

    def abort(self) -> None:
        self._messages.clear()
        self.close(0)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            await self._begin()
            while self._messages or not self._ended:
                yield await self._next()
                self._drain()
        finally:
            if self.connection:
                self.connection.gone()

    async def _begin(self) -> None:
        self.connection = await self._arrive(self)
        if self.connection:
            self.connection.hear_text(self._hello)

    async def _next(self) -> bytes:
        try:
            async with asyncio.timeout(ALIVE):
                await self._something.wait()
        except TimeoutError:
            return b":\n\n"
        self._something.clear()
        messages, self._messages = self._messages, []
        return b"".join(event(message) for message in messages)

    def _drain(self) -> None:
        """The last we gave was taken: the server waits for the network before it asks again."""
        was_busy = self.busy
        self._unsent = sum(len(message) for message in self._messages)
        if was_busy and self.connection:
            self.connection.drained()


class Caller(Connection):
    """Someone who comes for one answer and does not stay."""

    __slots__ = ()

    def take(self, what: str) -> float:
        """Observers have their limits by address: by connection, each call would have its own."""
        if self.person.role != "observer":
            return super().take(what)
        return self.visit.rates.take(("at", self._address), what)


class Errand(Caller):
    """One question, asked by someone who is told nothing else."""

    __slots__ = ()

    def __init__(self, visit: Visit, *arguments: Any) -> None:
        super().__init__(visit, *arguments)
        visit.hub.admission.greeted(self)
        self.stand = visit.here(minutes=False)

    def _news(self, stand: Stand) -> list[Message]:
        return []


class Reply:
    """A line that carries one answer: a frame, or what is told together with it, as text."""

    busy = False

    def __init__(self) -> None:
        self.frames: list[str] = []
        self._some = asyncio.Event()

    async def some(self) -> list[str]:
        """The frames, as soon as there are any."""
        await self._some.wait()
        return self.frames

    packing = staticmethod(together)

    def put(self, messages: Sequence[Message]) -> None:
        self.frames += [str(each.content) for each in messages]
        self._some.set()

    def close(self, code: int) -> None:
        """The goodbye was the answer."""

    def abort(self) -> None:
        """There is nothing to cut."""


def event(message: Message) -> bytes:
    """A frame as one event (WHATWG HTML, section 9.2). JSON has no line breaks of its own."""
    return b"data: " + str(message.content).encode() + b"\n\n"
