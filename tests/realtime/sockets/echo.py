"""A real server that says back what it hears, and a client of bare bytes."""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from realtime.message import Message
from realtime.sockets.handshake import Refused, Request
from realtime.sockets.lobby import Lobby, Reception, Taken, lobby
from realtime.sockets.socket import Socket

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
FIN, RSV1 = 0x80, 0x40
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
PATIENCE = 20  # seconds for anything to happen


class Echo:
    """An ear that repeats."""

    def __init__(self, socket: Socket) -> None:
        self.socket = socket
        self.heard: list[str | bytes] = []
        self.drains = 0
        self.ends = 0
        self.ended = asyncio.Event()

    def hear_text(self, text: str) -> None:
        self.socket.write(Message(text))

    def hear_bytes(self, message: bytes) -> None:
        self.socket.write(Message(message))

    def full(self) -> None:
        """Writing stops, or should."""

    def drained(self) -> None:
        self.drains += 1

    def gone(self) -> None:
        self.ends += 1
        self.ended.set()


class Place:
    """A server, and who is connected to it."""

    def __init__(self, ear: Callable[[Socket], Any] = Echo) -> None:
        self.ear = ear
        self.ears: list[Any] = []
        self.asked: list[Request] = []
        self.arrived = asyncio.Event()
        self.state = ServerState()
        self.port = 0
        self.leave: Callable[[], None] = lambda: None

    def reception(self, request: Request) -> Taken | Refused | None:
        self.asked.append(request)
        if request.path == "/refused":
            return Refused(403, {"X-Why": "because"})
        if request.path == "/broken":
            raise RuntimeError("the reception is broken")
        return Taken(None, self.attach) if request.path == "/echo" else None

    async def emptied(self) -> None:
        """Until everyone has gone. Nobody may stay behind, whatever happened to them."""
        async with asyncio.timeout(PATIENCE):
            while self.state.connections:  # noqa: ASYNC110 - a set has no event
                await asyncio.sleep(0)

    def attach(self, socket: Socket) -> Any:
        self.ears.append(self.ear(socket))
        self.arrived.set()
        return self.ears[-1]


async def pages(scope: Any, receive: Any, send: Any) -> None:
    """What is served beside: a page that repeats what was posted, and ASGI's own sockets."""
    if scope["type"] == "http":
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"page:" + body})
    else:
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "from ASGI"})
        await send({"type": "websocket.close"})


@asynccontextmanager
async def serving(
    ear: Callable[[Socket], Any] = Echo,
    *,
    reception: Reception | None = None,
    ws: str = "websockets-sansio",
    **options: Any,
) -> AsyncIterator[Place]:
    """A server on this loop, which makes lobbies as uvicorn does: uvicorn itself takes a fifth of
    a second to end."""
    place = Place(ear)
    settings, loop = (
        config(lobby(reception or place.reception, **options), ws),
        asyncio.get_running_loop(),
    )

    def arrive() -> asyncio.Protocol:
        made: Any = settings.http
        return made(config=settings, server_state=place.state, app_state={}, _loop=loop)

    server = await loop.create_server(arrive, "127.0.0.1", 0, backlog=4096)
    place.port = server.sockets[0].getsockname()[1]
    try:
        yield place
    finally:
        server.close()
        await place.emptied()


@asynccontextmanager
async def uvicorn_serving(
    ear: Callable[[Socket], Any] = Echo, **options: Any
) -> AsyncIterator[Place]:
    """uvicorn with our lobby, on this loop."""
    place = Place(ear)
    server = uvicorn.Server(config(lobby(place.reception, **options)))
    running = asyncio.create_task(server._serve())
    async with asyncio.timeout(PATIENCE):
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0)
    place.state, place.port = server.server_state, server.servers[0].sockets[0].getsockname()[1]
    place.leave = lambda: setattr(server, "should_exit", True)
    try:
        yield place
    finally:
        place.leave()
        await running


def config(made: type[Lobby], ws: Any = "websockets-sansio") -> uvicorn.Config:
    return uvicorn.Config(
        pages,
        host="127.0.0.1",
        port=0,
        http=made,
        ws=ws,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
        backlog=4096,
    )


def handshake(path: str = "/echo", **headers: str) -> bytes:
    given = {
        "Host": "127.0.0.1",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": KEY,
        "Sec-WebSocket-Version": "13",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in given.items() if value]
    return "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode()


def frame(opcode: int, payload: bytes = b"", *, first: int = FIN, mask: bool = True) -> bytes:
    """One frame as a client sends it. `first` is the first byte's upper half."""
    size, masked = len(payload), 0x80 * mask
    head = bytes([first | opcode])
    if size < 126:
        head += bytes([masked | size])
    elif size < 65536:
        head += struct.pack("!BH", masked | 126, size)
    else:
        head += struct.pack("!BQ", masked | 127, size)
    if not mask:
        return head + payload
    key = os.urandom(4)
    long = (key * (size // 4 + 1))[:size]
    unmasked = int.from_bytes(payload, "big") ^ int.from_bytes(long, "big")
    return head + key + unmasked.to_bytes(size, "big")


class Wire:
    """A client that sends what it is told and sees every frame."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()

    async def send_chopped(self, data: bytes, size: int = 1) -> None:
        """Each piece in a segment of its own, and read by the server by itself."""
        for start in range(0, len(data), size):
            self.writer.write(data[start : start + size])
            await asyncio.sleep(0)

    async def head(self) -> bytes:
        async with asyncio.timeout(PATIENCE):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def frame(self) -> tuple[int, bytes]:
        """The next frame's first byte and payload. They come unmasked."""
        async with asyncio.timeout(PATIENCE):
            first, size = await self.reader.readexactly(2)
            assert size < 128, "a server must not mask"
            if size == 126:
                size = int.from_bytes(await self.reader.readexactly(2), "big")
            elif size == 127:
                size = int.from_bytes(await self.reader.readexactly(8), "big")
            return first, await self.reader.readexactly(size)

    async def frames(self) -> list[tuple[int, bytes]]:
        """All of them, until the server hangs up."""
        found = []
        with suppress(asyncio.IncompleteReadError):
            while True:
                found.append(await self.frame())
        return found

    async def hung_up(self) -> None:
        async with asyncio.timeout(PATIENCE):
            assert await self.reader.read() == b""

    def drop(self) -> None:
        self.writer.transport.abort()


@asynccontextmanager
async def connection(place: Place) -> AsyncIterator[Wire]:
    wire = Wire(*await asyncio.open_connection("127.0.0.1", place.port, limit=1 << 20))
    try:
        yield wire
    finally:
        wire.drop()


@asynccontextmanager
async def wired(place: Place, **headers: str) -> AsyncIterator[Wire]:
    """A connection after its handshake."""
    async with connection(place) as wire:
        await wire.send(handshake(**headers))
        assert b" 101 " in await wire.head()
        yield wire
