"""The server: uvicorn with our own way to end, and what runs beside it.

uvicorn waits for connections to close by themselves; people in a session do not go. So on SIGTERM
or Ctrl-C every socket is first told to come back, and only then does the server end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import FrameType

import uvicorn

from realtime.sockets.frames import MOST
from realtime.sockets.lobby import Reception, lobby
from realtime.sockets.socket import Socket

FAREWELL = 0.2  # seconds for the goodbyes to leave before sockets are closed


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
        self._close_the_door()
        self._say_bye()
        asyncio.get_running_loop().call_later(FAREWELL, self._end)

    def _close_the_door(self) -> None:
        """Whoever is told to come back comes at once, and a proxy sends them to who has the fewest
        people: that must not be us. Pages that are being answered still are."""
        for listening in self.servers if self.started else ():
            listening.close()
        for each in list(self.server_state.connections):
            if not isinstance(each, Socket):
                each.shutdown()

    def _end(self) -> None:
        self.should_exit = True


def config(
    app: object, reception: Reception, host: str, port: int, most: int = MOST
) -> uvicorn.Config:
    """Rooms' sockets are our own, for messages of `most` bytes; pages are uvicorn's."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        host=host,
        port=port,
        loop="uvloop",
        http=lobby(reception, most=most),
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
