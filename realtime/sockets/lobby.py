"""Where every connection comes in: sockets of ours go one way, everything else to uvicorn.

uvicorn makes a lobby for each connection (`http=` in its configuration). It waits for the head of
the first request, and not for long. If that is the handshake of a WebSocket which the reception
takes, the connection becomes a `Socket`, and no ASGI is made for it; else uvicorn goes on with it
as if it had been there from the beginning.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, TypeAlias

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.server import ServerState

from realtime.sockets import handshake
from realtime.sockets.compression import negotiated
from realtime.sockets.faults import UNEXPECTED
from realtime.sockets.frames import MOST, Reader
from realtime.sockets.handshake import END_OF_HEAD, MOST_HEAD, Malformed, Refused, Request
from realtime.sockets.proxies import Proxies
from realtime.sockets.pulse import Pulse
from realtime.sockets.socket import Ear, Socket
from realtime.sockets.waiting import PATIENCE, Waiting

logger = logging.getLogger(__name__)


class Taken(NamedTuple):
    """The handshake opens a socket. `attach` is called with it once the answer is on its way, and
    may write already."""

    subprotocol: str | None
    attach: Callable[[Socket], Ear]


# What to do with a valid handshake; None leaves it to uvicorn. It should change nothing by itself,
# but in `attach`: a handshake may be looked at twice.
Reception: TypeAlias = Callable[[Request], Taken | Refused | None]


class Hall:
    """What the connections of one server share."""

    def __init__(
        self, reception: Reception, most: int, *, deflate: bool, patience: float, pulse: Pulse
    ) -> None:
        self.reception, self.most, self.deflate, self.pulse = reception, most, deflate, pulse
        self.waiting = Waiting(patience)
        self._proxies: Proxies | None = None

    def receive(self, head: bytes, rest: bytes, arrival: Arrival) -> bool:
        """Answer this request, if it is for us."""
        if b"websocket" not in head.lower():
            return False
        try:
            request = handshake.parsed(head)
        except Malformed:
            return arrival.refuse(Refused(400))
        if not handshake.wants_socket(request):
            return False
        answer = handshake.fault(request) or self._ask(request, arrival)
        if isinstance(answer, Taken):
            self._open(request, answer, arrival, rest)
        elif answer:
            arrival.refuse(answer)
        return answer is not None

    def _ask(self, request: Request, arrival: Arrival) -> Taken | Refused | None:
        if self._proxies is None:
            self._proxies = Proxies(arrival.config)
        try:
            return self.reception(self._proxies.origin(request, arrival.transport))
        except Exception:
            logger.exception("a handshake could not be received")
            return Refused(500)

    def _open(self, request: Request, taken: Taken, arrival: Arrival, rest: bytes) -> None:
        offers = request.headers.get("sec-websocket-extensions") if self.deflate else None
        extension = negotiated(offers) if offers else None
        deflating = extension is not None
        arrival.transport.write(handshake.welcome(request, taken.subprotocol, extension))
        reader = Reader(self.most, deflating=deflating)
        among = arrival.state.connections
        socket = Socket(arrival.transport, reader, self.pulse, among, deflating=deflating)
        arrival.transport.set_protocol(socket)
        attach(socket, taken)
        if rest:
            socket.data_received(rest)


class Arrival(NamedTuple):
    """A connection with nobody in charge of it yet."""

    transport: asyncio.Transport
    config: uvicorn.Config
    state: ServerState

    def refuse(self, refused: Refused) -> bool:
        self.transport.write(handshake.refusal(refused))
        self.transport.close()
        return True


def attach(socket: Socket, taken: Taken) -> None:
    try:
        socket.ear = taken.attach(socket)
    except Exception:
        logger.exception("nobody could listen to a socket")
        socket.close(UNEXPECTED)


class Lobby(asyncio.Protocol):
    __slots__ = ("_arrival", "_config", "_head", "_loop", "_state", "_told")

    hall: ClassVar[Hall]

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._config, self._state, self._told, self._loop = config, server_state, app_state, _loop
        self._head = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._arrival = Arrival(transport, self._config, self._state)
        self._state.connections.add(self)  # type: ignore[arg-type]
        self.hall.waiting.join(self)

    def data_received(self, data: bytes) -> None:
        data = self._head + data if self._head else data
        size = data.find(END_OF_HEAD, 0, MOST_HEAD)
        if size >= 0:
            return self._receive(data, size + len(END_OF_HEAD))
        self._head = data
        if len(data) >= MOST_HEAD:
            self._leave()
            self._arrival.refuse(Refused(431))

    def _receive(self, data: bytes, size: int) -> None:
        self._leave()
        if not self.hall.receive(data[:size], data[size:], self._arrival):
            self._hand_over(data)

    def _hand_over(self, data: bytes) -> None:
        """From here on the connection is uvicorn's, with its deadlines and its limits."""
        pages = Pages(self.hall, self._config, self._state, self._told, self._loop)
        transport = self._arrival.transport
        transport.set_protocol(pages)
        pages.connection_made(transport)
        pages.data_received(data)

    def _leave(self) -> None:
        self._head = b""
        self.hall.waiting.leave(self)
        self._state.connections.discard(self)

    def turn_out(self) -> None:
        """They have waited, or made us wait, for too long."""
        self._arrival.transport.abort()

    def shutdown(self) -> None:
        """The server ends."""
        self._arrival.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._leave()


UVICORNS: Any = AutoHTTPProtocol  # the one that is there: httptools, or else h11


class Pages(UVICORNS):  # type: ignore[misc]
    """uvicorn's own. A proxy may send a handshake through a connection that has served pages: that
    one does not come through the lobby, and must not find another kind of socket."""

    def __init__(self, hall: Hall, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._hall = hall

    def _should_upgrade_to_ws(self) -> bool:
        """Even if uvicorn is configured without sockets of its own (`ws="none"`)."""
        return True

    def handle_websocket_upgrade(self, *event: Any) -> None:
        """With httptools there is no event, and the target is known from before."""
        if self.cycle and not self.cycle.response_complete:
            self.transport.close()  # what is still being answered would end up in the socket
            return
        target = event[0].target if event else self.url
        arrival = Arrival(self.transport, self.config, self.server_state)
        if self._hall.receive(head(target, self.scope, self.headers), b"", arrival):
            self.connections.discard(self)
        elif self.ws_protocol_class is None:
            arrival.refuse(Refused(404))
        else:
            super().handle_websocket_upgrade(*event)


def head(target: bytes, scope: Mapping[str, Any], headers: list[tuple[bytes, bytes]]) -> bytes:
    """A request's head, as it came or nearly so."""
    asked = f"{scope['method']} {target.decode('latin-1')} HTTP/{scope['http_version']}"
    lines = [b"%s: %s" % header for header in headers]
    return b"\r\n".join([asked.encode("latin-1"), *lines, b"", b""])


def lobby(
    reception: Reception,
    *,
    most: int = MOST,
    deflate: bool = True,
    patience: float = PATIENCE,
    pulse: Pulse | None = None,
) -> type[Lobby]:
    """What uvicorn is to be configured with: `http=lobby(reception)`."""
    pulse = Pulse() if pulse is None else pulse
    shared = Hall(reception, most, deflate=deflate, patience=patience, pulse=pulse)

    class Configured(Lobby):
        __slots__ = ()
        hall = shared

    return Configured
