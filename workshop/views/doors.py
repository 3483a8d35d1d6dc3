"""The doors: how people come into a session, and out. Nobody needs an account."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from workshop import sessions
from workshop.forms import JoinForm, SeatForm
from workshop.models import Link, Place, Role, Seat, Session
from workshop.views.throttle import Throttle, address

FAILED_JOINS = Throttle("joins", cast(int, settings.LIMITS["joins_failed_per_minute"]), 60)

PAGES = {
    Role.FACILITATOR: "console",
    Role.NOTE_TAKER: "minutes",
    Role.SCREEN: "screen",
    Role.KIOSK: "kiosk",
}
"""Where each role works."""
DEVICES = {Role.SCREEN: gettext_noop("Screen"), Role.KIOSK: gettext_noop("Kiosk")}
"""What stands in a place and has no name to give, and what it is called there."""


@never_cache
def join(request: HttpRequest, code: str = "") -> HttpResponse:
    """The way in for everyone: the session's code, a name, and where one is."""
    typed = request.POST.get("code", code)
    session = sessions.session_with_code(typed)
    if typed and not session:
        # Only who fails has to wait: a whole hall may sit behind the address of one who guesses.
        if FAILED_JOINS.reached(address(request)):
            return FAILED_JOINS.answer(request)
        FAILED_JOINS.note(address(request))
    form = JoinForm(request.POST or None, session=session, initial={"code": typed})
    if session and "observe" in request.POST:
        return redirect("room", session.slug)
    if session and form.is_valid() and not form.asks_more:
        name, place = form.cleaned_data["name"], form.cleaned_data["place"]
        seat = sessions.seat_person(session, name=name, place=place, groups=form.groups)
        return seated(request, seat)
    unknown = bool(typed) and session is None
    held = seats_held(request, session)
    context = {"form": form, "session": session, "unknown": unknown, "held": held}
    return render(request, "join.html", context, status=404 if unknown else 200)


@never_cache
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """The way in for one role, by its link."""
    link = sessions.link_from(token)
    if link is None:
        return render(request, "link_gone.html", status=404)
    held = seat_through(request, link)
    if link.role in DEVICES:
        return seated(request, held or seat_device(link))
    form = SeatForm(request.POST or None)
    if form.is_valid():
        return seated(request, sessions.seat_person(link.session, link=link, **form.cleaned_data))
    page = PAGES[Role(link.role)]
    context = {"form": form, "link": link, "session": link.session, "held": held, "page": page}
    return render(request, "enter.html", context)


@require_POST
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Give one's seat back to this browser's next reader."""
    response = redirect("room", slug)
    response.delete_cookie(sessions.seat_cookie(slug))
    return response


def seat_device(link: Link) -> Seat:
    with translation.override(link.session.language):
        name = gettext(DEVICES[Role(link.role)])
    return sessions.seat_person(link.session, name=name, place=Place.HALL, link=link)


def seated(request: HttpRequest, seat: Seat) -> HttpResponse:
    """To where this person works, with the seat in a cookie that no script can read."""
    response = redirect(PAGES.get(Role(seat.role), "room"), seat.session.slug)
    response.set_cookie(
        sessions.seat_cookie(seat.session.slug),
        sessions.seat_token(seat),
        max_age=sessions.SEAT_AGE,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


def seats_held(request: HttpRequest, session: Session | None) -> list[Seat]:
    """The seats this browser already has: in this session, or in any."""
    held = sessions.seats_from(request.COOKIES)
    return [seat for seat in held if session is None or seat.session == session]


def seat_through(request: HttpRequest, link: Link) -> Seat | None:
    """The seat this browser has already taken through this link."""
    return next((seat for seat in sessions.seats_from(request.COOKIES) if seat.link == link), None)
