"""The entrance: who stands at the door of a room, and whether they may come in.

A seat's token is signed, and the room itself knows who is seated: whoever comes back to a room that
is open is let in without a question to the database, however many come back at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from realtime.connection import Connection
from realtime.crowd import Line
from realtime.hub import Hub, NoSuchRoom
from realtime.origin import trusted
from realtime.protocol import FULL, NO_ROOM, NO_SEAT, UNWELL, Closing
from realtime.threads import in_thread
from realtime.visit import Visit
from workshop import sessions
from workshop.people import OBSERVER, Person

logger = logging.getLogger(__name__)


class TurnedAway(Exception):
    """They may not come in."""

    def __init__(self, why: Closing) -> None:
        self.why = why


def may_knock(
    hub: Hub, headers: Mapping[str, str], query: str, address: str, *, secure: bool
) -> bool:
    """Whether a handshake with these headers (lower-case names) is answered at all."""
    return comes_from_our_page(headers, query, secure=secure) and hub.admission.welcomes(address)


def comes_from_our_page(headers: Mapping[str, str], query: str, *, secure: bool) -> bool:
    """Whether our own page, or a program with a token, would ask with these headers (lower-case
    names)."""
    return is_ours(headers.get("host", "")) and trusted(
        headers,
        secure=secure,
        public_url=settings.PUBLIC_URL,
        has_token=bool(token_in(query)),
    )


@lru_cache(maxsize=64)
def is_ours(host: str) -> bool:
    """Whether we are served under this name."""
    name, _ = split_domain_port(host)
    return validate_host(name, settings.ALLOWED_HOSTS)


def token_of(headers: Mapping[str, str], query: str, slug: str) -> str | None:
    """The token of the seat in this session that they show: in the address, or as a cookie."""
    return token_in(query) or cookie(headers.get("cookie", ""), sessions.seat_cookie(slug))


def token_in(query: str) -> str | None:
    """A token in the address. It stands in for an Origin, which an empty one must not: the cookie
    would then do for both."""
    given = parse_qs(query).get("seat") if "seat=" in query else None
    return given[0] if given else None


def enter_at_once(
    hub: Hub, slug: str, token: str | None, address: str, line: Line, speaks: type[Connection]
) -> Connection | None:
    """Let in whoever the room knows. None: ask the database. Raises TurnedAway."""
    visit = hub.opened(slug)
    person = known(visit, token) if visit else None
    if visit is None or person is None:
        return None
    return let_in(visit, person, address, line, speaks)


async def enter(
    hub: Hub, slug: str, token: str | None, address: str, line: Line, speaks: type[Connection]
) -> Connection:
    """Let someone in, and open the room for them. Raises TurnedAway."""
    async with visitor(hub, slug, token) as (visit, person):
        return let_in(visit, person, address, line, speaks)


@asynccontextmanager
async def visitor(hub: Hub, slug: str, token: str | None) -> AsyncIterator[tuple[Visit, Person]]:
    """An open room, and who comes to it without staying. Raises TurnedAway."""
    try:
        async with hub.visit(slug) as visit:
            person = known(visit, token) or await who_is(hub, visit, token)
            if person is None:
                raise TurnedAway(NO_SEAT)
            yield visit, person
    except NoSuchRoom:
        raise TurnedAway(NO_ROOM) from None
    except (TurnedAway, asyncio.CancelledError):
        raise
    except Exception as error:
        logger.warning("a room could not be entered: %s", type(error).__name__)
        raise TurnedAway(UNWELL) from error


def known(visit: Visit, token: str | None) -> Person | None:
    """Who shows this token, if the room knows them."""
    seat = token and sessions.seat_id(token)
    return visit.room.person(str(seat)) if seat else None


async def who_is(hub: Hub, visit: Visit, token: str | None) -> Person | None:
    """Who shows this token; an observer without one, while the doors are open; None if the seat
    was taken away."""
    slug = visit.room.id
    if token is None:
        return OBSERVER if await in_thread(sessions.doors_are_open, slug) else None
    seat = await in_thread(sessions.seat_from, slug, token)
    return None if seat is None else await hub.seated(visit.room, sessions.person(seat))


def let_in(
    visit: Visit, person: Person, address: str, line: Line, speaks: type[Connection]
) -> Connection:
    admission = visit.hub.admission
    if visit.full or admission.full(address):
        raise TurnedAway(FULL)
    admission.arrive(address)
    connection = speaks(visit, person, line, settings.LIMITS, address)
    visit.arrive(connection)
    return connection


def cookie(header: str, name: str) -> str | None:
    try:
        cookies: SimpleCookie = SimpleCookie(header)
    except CookieError:
        return None
    morsel = cookies.get(name)
    return None if morsel is None else str(morsel.value)
