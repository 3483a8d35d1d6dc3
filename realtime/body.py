"""The body of a request: read up to a limit, before anything of it is kept.

Django keeps a body, beyond 2.5 MB in a file, before any view could say that it is too much. A proxy
in front refuses it earlier still, but there may be none.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[..., Awaitable[None]]

TOO_MUCH = b"413 Content Too Large"
DIGITS = 15  # of a length that could be meant


class Bounded:
    """An ASGI application that is told nothing of bodies beyond `most` bytes."""

    def __init__(self, app: App, most: int) -> None:
        self.app, self.most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if announced(scope["headers"]) > self.most:
            return await refuse(send)
        body = Body(receive, self.most)
        await self.app(scope, body.receive, send)
        if body.too_much:
            await refuse(send)


class Body:
    """What is received of one request. Too much of it looks to the application as if the visitor
    had gone: it lets go of what it has, and answers nothing."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._left = receive, most

    @property
    def too_much(self) -> bool:
        return self._left < 0

    async def receive(self) -> Event:
        event = await self._receive()
        self._left -= len(event.get("body", b""))
        return {"type": "http.disconnect"} if self.too_much else event


def announced(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """The length that the head speaks of, or 0. (The server has looked at its form.)"""
    length = next((value for name, value in headers if name == b"content-length"), b"0")
    return int(length[:DIGITS])


async def refuse(send: Send) -> None:
    """The rest is not read: the connection is of no more use."""
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(TOO_MUCH)),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": TOO_MUCH})
