"""The door on any ASGI server: one socket each. Text frames speak the room protocol, binary ones
y-protocols. Our own server has a shorter way in (`realtime/reception.py`)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from realtime import protocol
from realtime.connection import Connection, MinutesConnection
from realtime.entrance import TurnedAway, enter, may_knock, token_of
from realtime.message import Message, together
from realtime.protocol import Bye, spoken
from workshop.addresses import household

logger = logging.getLogger(__name__)


class RoomConsumer(AsyncWebsocketConsumer):
    channel_layer_alias = None  # the hub listens for all of us

    speaks: type[Connection] = Connection
    connection: Connection | None = None

    async def __call__(self, *arguments: Any) -> None:
        # Channels tells of a disconnect only while nothing has gone wrong: whatever happens, nobody
        # may stay in the room as a ghost.
        try:
            await super().__call__(*arguments)
        finally:
            if self.connection:
                self.connection.gone()

    async def connect(self) -> None:
        headers, query = self._headers(), self.scope["query_string"].decode("latin-1")
        hub, address = self.scope["door"], self._address()
        if not may_knock(hub, headers, query, address, secure=self.scope.get("scheme") == "wss"):
            await self.close()  # before accepting: answered with 403
            return
        offered = self.scope.get("subprotocols", [])
        await self.accept(protocol.SUBPROTOCOL if protocol.SUBPROTOCOL in offered else None)
        slug = self.scope["url_route"]["kwargs"]["slug"]
        await self._enter(slug, token_of(headers, query, slug), address)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.connection is None:
            return
        try:
            if text_data is not None:
                self.connection.hear_text(text_data)
            elif bytes_data is not None:
                self.connection.hear_bytes(bytes_data)
        except Exception:
            logger.exception("a message could not be handled")
            self.connection.close(protocol.UNWELL)

    async def disconnect(self, code: int) -> None:
        raise StopConsumer

    async def _enter(self, slug: str, token: str | None, address: str) -> None:
        line, hub = AsgiLine(self), self.scope["door"]
        try:
            self.connection = await enter(hub, slug, token, address, line, self.speaks)
        except TurnedAway as turned:
            if self.speaks is Connection:
                await self.send(text_data=str(spoken(Bye.of(turned.why)).content))
            await self.close(code=turned.why.close)
        else:
            line.filled, line.drained = self.connection.full, self.connection.drained

    def _address(self) -> str:
        client = self.scope.get("client") or ("", 0)
        return household(str(client[0]))

    def _headers(self) -> dict[str, str]:
        return {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in self.scope["headers"]}


class MinutesConsumer(RoomConsumer):
    """The minutes alone, for stock y-websocket clients."""

    speaks = MinutesConnection


class AsgiLine:
    """A consumer's socket, as a connection's way to the browser. ASGI's `send` waits while the
    network does: until it returns, the line is busy."""

    def __init__(self, consumer: RoomConsumer) -> None:
        self.consumer = consumer
        self.busy = False
        self.drained: Callable[[], None] = lambda: None  # what to call when it no longer is
        self.filled: Callable[[], None] = lambda: None  # what to call when it begins to be
        self._messages: list[Message | int] = []
        self._sending: asyncio.Task[None] | None = None

    packing = staticmethod(together)

    def put(self, messages: Sequence[Message]) -> None:
        self._put(*messages)

    def close(self, code: int) -> None:
        self._put(code)

    def abort(self) -> None:
        """Close without waiting for what is still on the line: ASGI has no word for cutting it."""
        if self._sending:
            self._sending.cancel()
        self._sending = asyncio.create_task(self.consumer.close(protocol.SLOW.close))

    def _put(self, *messages: Message | int) -> None:
        self._messages += messages
        if self._sending is None:
            self.busy = True
            self.filled()
            self._sending = asyncio.create_task(self._send())

    async def _send(self) -> None:
        try:
            while self._messages:
                messages, self._messages = self._messages, []
                for message in messages:
                    await self._send_one(message)
        except Exception as error:  # noqa: BLE001 - a socket that cannot be written to is closed
            logger.debug("a socket was lost while writing: %s", type(error).__name__)
            return  # and stays busy: nothing more is written
        finally:
            self._sending = None
        self.busy = False
        self.drained()

    async def _send_one(self, message: Message | int) -> None:
        if isinstance(message, int):
            await self.consumer.close(code=message)
        elif isinstance(message.content, str):
            await self.consumer.send(text_data=message.content)
        else:
            await self.consumer.send(bytes_data=message.content)


class NowhereConsumer(AsyncWebsocketConsumer):
    """Sockets that knock where there is nothing."""

    channel_layer_alias = None

    async def connect(self) -> None:
        await self.close()
