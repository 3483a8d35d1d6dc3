"""A wall: a proxy between a browser and the server that lets no WebSocket through while it stands,
as those of some offices, hotels and hospitals do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

CHUNK = 64 * 1024


class Wall:
    def __init__(self, server: int) -> None:
        self.server = server
        self.stands = True
        self.refused = 0  # handshakes
        self.url = ""
        self._lines: dict[asyncio.StreamWriter, bool] = {}  # whether a socket was let through

    def rise(self) -> None:
        """Stand from now on; what was let through is cut."""
        self.stands = True
        for writer in [each for each, is_socket in self._lines.items() if is_socket]:
            writer.transport.abort()

    def fall(self) -> None:
        self.stands = False

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines[writer] = False
        there, back = await asyncio.open_connection("127.0.0.1", self.server)
        try:
            await asyncio.gather(self._ask(reader, back, writer), pass_on(there, writer))
        except OSError:
            pass  # one side is gone
        finally:
            writer.transport.abort()
            back.transport.abort()
            del self._lines[writer]

    async def _ask(
        self, reader: asyncio.StreamReader, back: asyncio.StreamWriter, writer: asyncio.StreamWriter
    ) -> None:
        while data := await reader.read(CHUNK):
            if b"upgrade: websocket" in data.lower():
                if self.stands:
                    self.refused += 1
                    raise ConnectionError
                self._lines[writer] = True
            back.write(data)
            await back.drain()
        raise ConnectionError

    async def end(self) -> None:
        while self._lines:
            for writer in self._lines:
                writer.transport.abort()
            await asyncio.sleep(0)


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
    raise ConnectionError


@asynccontextmanager
async def wall(server: int) -> AsyncIterator[Wall]:
    """One that stands before the server on this port."""
    made = Wall(server)
    listener = await asyncio.start_server(made.take, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        listener.close()
        await made.end()
