"""The door: one socket each. Text frames speak the room protocol, binary ones y-protocols."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from http.cookies import CookieError, SimpleCookie
from typing import Any, ParamSpec, TypeVar
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
from workshop.addresses import household
from workshop.people import OBSERVER, Person

logger = logging.getLogger(__name__)

FULL_WAIT = 10  # seconds until someone who found the room full tries again

P = ParamSpec("P")
T = TypeVar("T")


class RoomConsumer(AsyncWebsocketConsumer):
    channel_layer_alias = None  # the hub listens for all of us

    speaks: type[Connection] = Connection
    connection: Connection | None = None

    async def __call__(self, *arguments: Any) -> None:
        # Channels tells of a disconnect only while nothing has gone wrong: whatever happens, nobody
        # may stay in the room as a ghost.
        self.stack = AsyncExitStack()
        try:
            await super().__call__(*arguments)
        finally:
            if self.connection:
                self.connection.gone()
            await self.stack.aclose()

    async def connect(self) -> None:
        admission, address = self.scope["door"].admission, self._address()
        if not self._from_our_page() or not admission.welcomes(address):
            await self.close()  # before accepting: answered with 403
            return
        self.stack.enter_context(admission.socket(address))
        offered = self.scope.get("subprotocols", [])
        await self.accept(protocol.SUBPROTOCOL if protocol.SUBPROTOCOL in offered else None)
        await self._enter(self.scope["url_route"]["kwargs"]["slug"])

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.connection is None:
            return
        try:
            if text_data is not None:
                await self.connection.hear_text(text_data)
            elif bytes_data is not None:
                await self.connection.hear_bytes(bytes_data)
        except Exception:
            logger.exception("a message could not be handled")
            self.connection.close(protocol.UNWELL, wait=2)

    async def disconnect(self, code: int) -> None:
        raise StopConsumer

    async def _enter(self, slug: str) -> None:
        hub: Hub = self.scope["door"]
        try:
            visit = await self.stack.enter_async_context(hub.visit(slug))
            person = await self._person(hub, visit)
        except NoSuchRoom:
            return await self._turn_away(protocol.NO_ROOM)
        except Exception as error:  # noqa: BLE001 - the database is away: come back
            logger.warning("a room could not be entered: %s", type(error).__name__)
            return await self._turn_away(protocol.UNWELL)
        if person is None:
            return await self._turn_away(protocol.NO_SEAT)
        if visit.full:
            return await self._turn_away(protocol.FULL, wait=FULL_WAIT)
        self.connection = self.speaks(visit, person, Socket(self), settings.LIMITS)
        visit.arrive(self.connection)

    async def _person(self, hub: Hub, visit: Visit) -> Person | None:
        """Who this is, by cookie or token; an observer without, while the doors are open; None if
        the seat was taken away."""
        slug = visit.room.id
        token = self._token(slug)
        if token is None:
            return OBSERVER if await in_thread(sessions.doors_are_open)(slug) else None
        seat = await in_thread(sessions.seat_from)(slug, token)
        return None if seat is None else await hub.seated(visit.room, sessions.person(seat))

    def _token(self, slug: str) -> str | None:
        if given := self._query().get("seat"):
            return given[0]
        return cookie(self._headers().get("cookie", ""), sessions.seat_cookie(slug))

    def _query(self) -> dict[str, list[str]]:
        return parse_qs(self.scope["query_string"].decode("latin-1"))

    def _from_our_page(self) -> bool:
        headers = self._headers()
        host, _ = split_domain_port(headers.get("host", ""))
        return validate_host(host, settings.ALLOWED_HOSTS) and trusted(
            headers,
            secure=self.scope.get("scheme") == "wss",
            public_url=settings.PUBLIC_URL,
            has_token="seat" in self._query(),
        )

    def _headers(self) -> dict[str, str]:
        return {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in self.scope["headers"]}

    def _address(self) -> str:
        client = self.scope.get("client") or ("", 0)
        return household(str(client[0]))

    async def _turn_away(self, why: Closing, wait: float = 0) -> None:
        if self.speaks is Connection:
            await self.send(text_data=spoken(Bye(why.code, why.again, wait)))
        await self.close(code=why.close)


class MinutesConsumer(RoomConsumer):
    """The minutes alone, for stock y-websocket clients."""

    speaks = MinutesConnection


def in_thread(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    wrapped: Callable[P, Awaitable[T]] = database_sync_to_async(function, thread_sensitive=False)
    return wrapped


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

    def abort(self) -> None:
        """Cut the line, where the server lets us: ASGI has no word for it."""
        if transport := self.consumer.scope.get("transport"):
            transport.abort()


class NowhereConsumer(AsyncWebsocketConsumer):
    """Sockets that knock where there is nothing."""

    channel_layer_alias = None

    async def connect(self) -> None:
        await self.close()
