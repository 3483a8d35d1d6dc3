"""Rooms: the four pages of a session. Whoever has its address may read; a seat lets one do more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import segno
from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import aget_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache

from workshop import sessions
from workshop.csp import media_url
from workshop.door import Door, Unavailable
from workshop.features import FEATURES
from workshop.models import Language, Session
from workshop.people import OBSERVER, Person, Role

STAFF: frozenset[Role] = frozenset({"facilitator"})
KIOSKS: frozenset[Role] = frozenset({"kiosk"})
SCREENS: frozenset[Role] = frozenset({"screen", "facilitator"})

More = Callable[[Session, Person], Awaitable[dict[str, Any]]]
"""What a page shows beside what all of them do."""


async def nothing(session: Session, person: Person) -> dict[str, Any]:
    return {}


@never_cache
async def room(request: HttpRequest, slug: str) -> HttpResponse:
    """What a participant sees: picture, votes, talk and minutes."""
    return await page(request, slug, "room.html")


@never_cache
async def console(request: HttpRequest, slug: str) -> HttpResponse:
    """What a facilitator runs the session from."""
    return await page(request, slug, "console.html", STAFF, qr=True)


@never_cache
async def minutes(request: HttpRequest, slug: str) -> HttpResponse:
    """The minutes alone, with the whole width for the text."""
    return await page(request, slug, "minutes.html")


@never_cache
async def screen(request: HttpRequest, slug: str) -> HttpResponse:
    """What the projector shows in the hall."""
    return await page(request, slug, "screen.html", SCREENS, qr=True)


@never_cache
async def kiosk(request: HttpRequest, slug: str) -> HttpResponse:
    """What a kiosk shows to whoever passes by: one vote after the other. In the session's language,
    or the one this visitor has chosen: a cookie would outlast them."""

    async def spoken(session: Session, person: Person) -> dict[str, Any]:
        chosen = request.GET.get("language", "")
        translation.activate(chosen if chosen in Language.values else session.language)
        return {"languages": Language.choices, "chosen": chosen}

    with translation.override(translation.get_language()):
        return await page(request, slug, "kiosk.html", KIOSKS, more=spoken)


async def page(
    request: HttpRequest,
    slug: str,
    template: str,
    allowed: frozenset[Role] = frozenset(),
    *,
    qr: bool = False,
    more: More = nothing,
    status: int = 200,
) -> HttpResponse:
    """One of the room's pages, for people of these roles, or for everyone if none is named."""
    session = await aget_object_or_404(Session.objects.select_related("day"), slug=slug)
    try:
        visitor = await visitor_of(request, session)
        context = {"session": session, "day": session.day, "person": visitor.person}
        if not session.doors_open and not visitor.seated:
            template, status = "closed.html", 403
        elif allowed and visitor.person.role not in allowed:
            template, status = "not_for_you.html", 403
        else:
            context |= surroundings(request, session, qr) | await more(session, visitor.person)
    except Unavailable:
        return await shown(request, "500.html", {}, status=503)
    response = await shown(request, template, context, status)
    if visitor.removed:
        response.delete_cookie(sessions.seat_cookie(slug))
    return response


@dataclass(frozen=True)
class Visitor:
    """Who asks for a page; `removed` if they hold a seat that was taken away."""

    person: Person
    removed: bool = False

    @property
    def seated(self) -> bool:
        return self.person != OBSERVER


async def visitor_of(request: HttpRequest, session: Session) -> Visitor:
    """Who the cookie says, as the room sees them now."""
    token = request.COOKIES.get(sessions.seat_cookie(session.slug))
    if token is None:
        return Visitor(OBSERVER)
    seat = await sync_to_async(sessions.seat_from)(session.slug, token)
    if seat is None:
        return Visitor(OBSERVER, removed=True)
    door = door_of(request)
    at_the_door = sessions.person(seat)
    person = await door.person(session.slug, at_the_door) if door else at_the_door
    return Visitor(person) if person else Visitor(OBSERVER, removed=True)


def door_of(request: HttpRequest) -> Door | None:
    door: Door | None = getattr(request, "scope", {}).get("door")
    return door


def surroundings(request: HttpRequest, session: Session, qr: bool) -> dict[str, Any]:
    """What the room's templates need beside the session and the person."""
    join_url = join_address(request, session)
    return {
        "media_url": media_url(request),
        "join_url": join_url,
        "qr_svg": qr_svg(join_url) if qr else "",
        "features": tuple(feature.name for feature in FEATURES),
    }


def join_address(request: HttpRequest, session: Session) -> str:
    """Where the session's code leads."""
    return absolute(request, reverse("join_with_code", args=[session.code]))


def absolute(request: HttpRequest, path: str) -> str:
    """The path as people outside type or scan it."""
    if settings.PUBLIC_URL:
        return f"{settings.PUBLIC_URL.rstrip('/')}{path}"
    return request.build_absolute_uri(path)


def qr_svg(text: str) -> SafeString:
    """The text as a QR code, drawn inline. It stays dark on light in every theme."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr"
    )
    return mark_safe(drawn)  # noqa: S308 - drawn here, from black squares


async def shown(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    return await sync_to_async(render)(request, template, context, status=status)
