"""The reception: how a socket of our own server comes into a room, past ASGI and Channels."""

from __future__ import annotations

import re

from realtime import protocol
from realtime.connection import Connection, MinutesConnection
from realtime.entrance import TurnedAway, enter, enter_at_once, may_knock, token_of
from realtime.hub import Hub
from realtime.protocol import Bye, spoken
from realtime.sockets.handshake import Refused, Request
from realtime.sockets.lobby import Taken
from realtime.sockets.socket import DEAF, Ear, Socket
from realtime.tasks import Tasks
from workshop.addresses import household

ROOM = re.compile(r"/rooms/([-\w]+)/(live|minutes)")
SPEAKS = {"live": Connection, "minutes": MinutesConnection}
EARLY = 8  # frames that may come before the room is open: a hello, and what follows it


class Reception:
    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._entering = Tasks()

    def __call__(self, request: Request) -> Taken | Refused | None:
        asked = ROOM.fullmatch(request.path)
        if asked is None:
            return None
        address = household(request.client)
        if not may_knock(self.hub, request.headers, request.query, address, secure=request.secure):
            return Refused(403)
        offered = request.headers.get("sec-websocket-protocol", "").replace(" ", "").split(",")
        slug, speaks = asked[1], SPEAKS[asked[2]]
        newcomer = (slug, token_of(request.headers, request.query, slug), address)
        return Taken(
            protocol.SUBPROTOCOL if protocol.SUBPROTOCOL in offered else None,
            lambda socket: self._attach(socket, newcomer, speaks),
        )

    def _attach(
        self, socket: Socket, newcomer: tuple[str, str | None, str], speaks: type[Connection]
    ) -> Ear:
        try:
            known = enter_at_once(self.hub, *newcomer, socket, speaks)
        except TurnedAway as turned:
            turn_away(socket, turned, speaks)
            return DEAF
        if known:
            return known
        waiting = Newcomer()
        self._entering.begin(self._enter(socket, newcomer, speaks, waiting))
        return waiting

    async def _enter(
        self,
        socket: Socket,
        newcomer: tuple[str, str | None, str],
        speaks: type[Connection],
        waiting: Newcomer,
    ) -> None:
        try:
            connection = await enter(self.hub, *newcomer, socket, speaks)
        except TurnedAway as turned:
            return turn_away(socket, turned, speaks)
        if waiting.left:
            return connection.gone()
        socket.ear = connection
        waiting.hand_over(connection)


class Newcomer:
    """The ear of a socket whose room is being opened: it keeps what is said for a moment."""

    __slots__ = ("_heard", "left")

    def __init__(self) -> None:
        self.left = False
        self._heard: list[str | bytes] = []

    def hear_text(self, text: str) -> None:
        self._keep(text)

    def hear_bytes(self, message: bytes) -> None:
        self._keep(message)

    def full(self) -> None:
        """There is nobody yet who writes."""

    def drained(self) -> None:
        """Nor here."""

    def gone(self) -> None:
        self.left = True

    def hand_over(self, connection: Connection) -> None:
        for message in self._heard:
            if isinstance(message, str):
                connection.hear_text(message)
            else:
                connection.hear_bytes(message)

    def _keep(self, message: str | bytes) -> None:
        if len(self._heard) < EARLY:
            self._heard.append(message)


def turn_away(socket: Socket, turned: TurnedAway, speaks: type[Connection]) -> None:
    if speaks is Connection:
        socket.write(spoken(Bye.of(turned.why)))
    socket.close(turned.why.close)
