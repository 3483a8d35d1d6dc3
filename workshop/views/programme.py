"""The programme: what is on, what is coming and what was, for everyone."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from workshop import sessions
from workshop.csp import media_url
from workshop.models import Day, Session
from workshop.people import OBSERVER


def home(request: HttpRequest) -> HttpResponse:
    """The programme of the day that is on, or next, or last."""
    day = sessions.day_on(timezone.now())
    if day is None:
        return render(request, "no_programme.html")
    return shown(request, day)


def programme(request: HttpRequest, slug: str) -> HttpResponse:
    return shown(request, get_object_or_404(Day, slug=slug))


def shown(request: HttpRequest, day: Day) -> HttpResponse:
    of_the_day = list(day.sessions.all())
    context = {
        "day": day,
        "dates": by_date(of_the_day),
        "session": on_stage(of_the_day),
        "others": sessions.days_beside(day),
        "person": OBSERVER,
        "media_url": media_url(request),
        "today": timezone.localdate(),
    }
    return render(request, "programme.html", context)


def by_date(of_the_day: list[Session]) -> list[tuple[date, list[Session]]]:
    """The sessions morning by morning: an event may last several days."""
    return [(on, list(them)) for on, them in groupby(of_the_day, starts_on)]


def starts_on(session: Session) -> date:
    return timezone.localdate(session.starts)


def on_stage(of_the_day: list[Session]) -> Session | None:
    """The session whose picture is on the page: the live one, or else the next."""
    live = (each for each in of_the_day if each.phase == Session.Phase.LIVE)
    coming = (each for each in of_the_day if each.phase == Session.Phase.WAITING)
    return next(live, None) or next(coming, None)
