"""The server: uvicorn with our own way to end, and what runs beside it.

uvicorn waits for connections to close by themselves; people in a session do not go. So on SIGTERM
or Ctrl-C every socket is first told to come back, and only then does the server end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import FrameType

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

FAREWELL = 0.2  # seconds for the goodbyes to leave before sockets are closed


class SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's sockets, which let a connection cut its own line: one that does not read cannot be
    closed in any other way."""

    async def run_asgi(self) -> None:
        self.scope["transport"] = self.transport  # type: ignore[typeddict-unknown-key]
        await super().run_asgi()


class Server(uvicorn.Server):
    """uvicorn, which calls `say_bye` on its loop before it ends."""

    def __init__(self, config: uvicorn.Config, say_bye: Callable[[], None]) -> None:
        super().__init__(config)
        self._say_bye = say_bye
        self._leaving = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called in the main thread, whose loop it is."""
        if self._leaving:
            self.force_exit = self.should_exit = True
            return
        self._leaving = True
        asyncio.get_running_loop().call_soon_threadsafe(self._leave)

    def _leave(self) -> None:
        self._say_bye()
        asyncio.get_running_loop().call_later(FAREWELL, self._end)

    def _end(self) -> None:
        self.should_exit = True


def config(app: object, host: str, port: int) -> uvicorn.Config:
    """Limits on what a socket may send, before any of our code sees it."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        host=host,
        port=port,
        loop="uvloop",
        ws=SocketProtocol,
        ws_max_size=512 * 1024,
        ws_max_queue=8,
        ws_ping_interval=15,
        ws_ping_timeout=15,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
