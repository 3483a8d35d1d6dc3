"""The door: one socket each. Text frames speak the room protocol, binary ones y-protocols."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from realtime import protocol
from realtime.connection import Connection, MinutesConnection
from realtime.hub import Hub, NoSuchRoom, Visit
from realtime.origin import trusted
from realtime.protocol import Bye, Closing, spoken
from workshop import sessions
from workshop.people import OBSERVER, Person

logger = logging.getLogger(__name__)


class RoomConsumer(AsyncWebsocketConsumer):
    channel_layer_alias = None  # the hub listens for all of us

    speaks: type[Connection] = Connection
    connection: Connection | None = None

    async def connect(self) -> None:
        self.stack = AsyncExitStack()
        if not self._from_our_page():
            await self.close()  # before accepting: answered with 403
            return
        offered = self.scope.get("subprotocols", [])
        await self.accept(protocol.SUBPROTOCOL if protocol.SUBPROTOCOL in offered else None)
        await self._enter(self.scope["url_route"]["kwargs"]["slug"])

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.connection is None:
            return
        if text_data is not None:
            await self.connection.hear_text(text_data)
        elif bytes_data is not None:
            await self.connection.hear_bytes(bytes_data)

    async def disconnect(self, code: int) -> None:
        if self.connection:
            self.connection.gone()
        await self.stack.aclose()
        raise StopConsumer

    async def _enter(self, slug: str) -> None:
        hub: Hub = self.scope["door"]
        try:
            visit = await self.stack.enter_async_context(hub.visit(slug))
            person = await self._person(hub, visit)
        except NoSuchRoom:
            return await self._turn_away(protocol.NO_ROOM)
        if person is None:
            return await self._turn_away(protocol.NO_SEAT)
        self.connection = self.speaks(visit, person, Socket(self), settings.LIMITS)
        visit.arrive(self.connection)

    async def _person(self, hub: Hub, visit: Visit) -> Person | None:
        """Who this is, by cookie or token; an observer without; None if the seat was taken away."""
        token = self._token(visit.room.id)
        if token is None:
            return OBSERVER
        find = database_sync_to_async(sessions.seat_from, thread_sensitive=False)
        seat = await find(visit.room.id, token)
        return seat and await hub.seated(visit.room, sessions.person(seat))

    def _token(self, slug: str) -> str | None:
        query: dict[str, list[str]] = parse_qs(self.scope["query_string"].decode("latin-1"))
        if given := query.get("seat"):
            return given[0]
        return cookie(self._headers().get("cookie", ""), sessions.seat_cookie(slug))

    def _from_our_page(self) -> bool:
        headers = self._headers()
        host, _ = split_domain_port(headers.get("host", ""))
        return validate_host(host, settings.ALLOWED_HOSTS) and trusted(
            headers,
            secure=self.scope.get("scheme") == "wss",
            public_url=settings.PUBLIC_URL,
            has_token=b"seat=" in self.scope["query_string"],
        )

    def _headers(self) -> dict[str, str]:
        return {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in self.scope["headers"]}

    async def _turn_away(self, why: Closing) -> None:
        if self.speaks is Connection:
            await self.send(text_data=spoken(Bye(why.code, why.again, 0)))
        await self.close(code=why.close)


class MinutesConsumer(RoomConsumer):
    """The minutes alone, for stock y-websocket clients."""

    speaks = MinutesConnection


def cookie(header: str, name: str) -> str | None:
    try:
        cookies: SimpleCookie = SimpleCookie(header)
    except CookieError:
        return None
    morsel = cookies.get(name)
    return None if morsel is None else str(morsel.value)


class Socket:
    """A consumer's socket, as a connection's way to the browser."""

    def __init__(self, consumer: Any) -> None:
        self.consumer = consumer

    async def send(self, message: str | bytes) -> None:
        if isinstance(message, str):
            await self.consumer.send(text_data=message)
        else:
            await self.consumer.send(bytes_data=message)

    async def close(self, code: int) -> None:
        await self.consumer.close(code=code)
