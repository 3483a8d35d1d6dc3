"""Organising: days and their sessions, links and doors. Everyone has their own days only."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, cast

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db.models import Count, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from workshop import past, sessions
from workshop.door import Door, Unavailable
from workshop.feature import Refused
from workshop.forms import DayForm, ErasureForm, SessionForm, next_hour
from workshop.models import Day, Link, Role, Session
from workshop.people import SYSTEM, Person
from workshop.views.rooms import absolute, door_of, join_address, qr_svg

Reader = AbstractBaseUser | AnonymousUser


@login_required
def days(request: HttpRequest) -> HttpResponse:
    own = own_days(request.user).annotate(begins=Min("sessions__starts"), number=Count("sessions"))
    return render(request, "organise/days.html", {"days": own.order_by("-begins", "-created")})


@login_required
def new_day(request: HttpRequest) -> HttpResponse:
    form = DayForm(request.POST or None)
    if form.is_valid():
        made = sessions.create_day(cast(User, request.user), **form.cleaned_data)
        return redirect("organise_day", made.slug)
    return render(request, "organise/day_form.html", {"form": form})


@login_required
def day(request: HttpRequest, slug: str) -> HttpResponse:
    shown = own_day(request, slug)
    return render(request, "organise/day.html", {"day": shown, "sessions": shown.sessions.all()})


@login_required
def edit_day(request: HttpRequest, slug: str) -> HttpResponse:
    edited = own_day(request, slug)
    form = DayForm(request.POST or None, instance=edited)
    if form.is_valid():
        form.save()
        return redirect("organise_day", slug)
    return render(request, "organise/day_form.html", {"form": form, "day": edited})


@login_required
def delete_day(request: HttpRequest, slug: str) -> HttpResponse:
    doomed = own_day(request, slug)
    if request.method == "POST":
        for each in doomed.sessions.all():
            remove(request, each.slug, sessions.people_of(each))
            sessions.delete_session(each)
        doomed.delete()
        messages.success(request, _("The day “%(title)s” is deleted.") % {"title": doomed.title})
        return redirect("organise")
    context = {"day": doomed, "number": doomed.sessions.count()}
    return render(request, "organise/delete_day.html", context)


@login_required
def new_session(request: HttpRequest, slug: str) -> HttpResponse:
    parent = own_day(request, slug)
    form = SessionForm(request.POST or None, initial=next_hour(timezone.now()))
    if form.is_valid():
        made = sessions.create_session(parent, **form.cleaned_data)
        return redirect("organise_session", made.slug)
    return render(request, "organise/session_form.html", {"form": form, "day": parent})


@login_required
def session(request: HttpRequest, slug: str) -> HttpResponse:
    shown = own_session(request, slug)
    join_url = join_address(request, shown)
    context = {
        "session": shown,
        "day": shown.day,
        "ways_in": ways_in(request, shown),
        "axes": sessions.axes_of(shown),
        "join_url": join_url,
        "qr_svg": qr_svg(join_url),
    }
    return render(request, "organise/session.html", context)


@login_required
def edit_session(request: HttpRequest, slug: str) -> HttpResponse:
    edited = own_session(request, slug)
    form = SessionForm(request.POST or None, instance=edited)
    if form.is_valid():
        form.save()
        return redirect("organise_session", slug)
    context = {"form": form, "session": edited, "day": edited.day}
    return render(request, "organise/session_form.html", context)


@login_required
@require_POST
def duplicate(request: HttpRequest, slug: str) -> HttpResponse:
    original = own_session(request, slug)
    copy = sessions.duplicate_session(original)
    messages.success(request, _("This is the copy, with its own code and links. Check its times."))
    try:
        copy_axes(request, original, copy)
    except (Refused, Unavailable):
        messages.warning(request, _("Its groups of people could not be copied: define them anew."))
    return redirect("edit_session", copy.slug)


@login_required
def delete_session(request: HttpRequest, slug: str) -> HttpResponse:
    doomed = own_session(request, slug)
    if request.method == "POST":
        remove(request, slug, sessions.people_of(doomed))
        sessions.delete_session(doomed)
        if door := door_of(request):
            async_to_sync(door.close_room)(slug)
        messages.success(
            request, _("The session “%(title)s” is deleted.") % {"title": doomed.title}
        )
        return redirect("organise_day", doomed.day.slug)
    return render(request, "organise/delete_session.html", {"session": doomed, "day": doomed.day})


@login_required
def erase(request: HttpRequest, slug: str) -> HttpResponse:
    """Take words, or a person, out of everything that is stored, as the law may ask."""
    changed = own_session(request, slug)
    form = ErasureForm(request.POST or None, session=changed)
    if form.is_valid():
        past.erase(changed, form.erasure, secrets.randbits(32), time.time())
        if door := door_of(request):
            async_to_sync(door.renew_room)(slug)
        messages.success(request, _("It is taken out, of the history and of every copy we keep."))
        return redirect("organise_session", slug)
    context = {"form": form, "session": changed, "day": changed.day}
    return render(request, "organise/erase.html", context)


@login_required
@require_POST
def doors(request: HttpRequest, slug: str) -> HttpResponse:
    """Open or close the doors. Whoever sits inside stays."""
    changed = own_session(request, slug)
    changed.doors_open = request.POST.get("open") == "yes"
    changed.save(update_fields=["doors_open"])
    said = _("The doors are open.") if changed.doors_open else _("The doors are closed.")
    messages.success(request, said)
    return redirect("organise_session", slug)


@login_required
def poster(request: HttpRequest, slug: str) -> HttpResponse:
    """A page to print and hang in the hall: the code, the address, and both as a QR code."""
    shown = own_session(request, slug)
    join_url = join_address(request, shown)
    context = {
        "session": shown,
        "day": shown.day,
        "join_page": absolute(request, reverse("join")),
        "qr_svg": qr_svg(join_url),
    }
    return render(request, "organise/poster.html", context)


@login_required
@require_POST
def give_link(request: HttpRequest, slug: str, role: str) -> HttpResponse:
    """A new link for a role that has none, because its last one was revoked."""
    if role not in sessions.ROLES_BY_LINK:
        raise Http404
    sessions.give_link(own_session(request, slug), role)
    messages.success(request, _("The new link is open."))
    return redirect("organise_session", slug)


@login_required
@require_POST
def renew_link(request: HttpRequest, pk: int) -> HttpResponse:
    old = own_link(request, pk)
    link, gone = sessions.renew_link(old)
    remove(request, link.session.slug, gone)
    messages.success(request, _("The old link is closed; here is the new one."))
    return redirect("organise_session", link.session.slug)


@login_required
@require_POST
def revoke_link(request: HttpRequest, pk: int) -> HttpResponse:
    link = own_link(request, pk)
    remove(request, link.session.slug, sessions.revoke_link(link))
    messages.success(request, _("The link is closed, and whoever came through it is out."))
    return redirect("organise_session", link.session.slug)


def remove(request: HttpRequest, slug: str, people: Iterable[Person]) -> None:
    """Take these people's seats away in the room, so that their open sockets close at once."""
    if door := door_of(request):
        async_to_sync(removed_through)(door, slug, people)


async def removed_through(door: Door, slug: str, people: Iterable[Person]) -> None:
    for person in people:
        ref = f"people.remove:{person.id}"
        # Refused: they never came as far as the room. Unavailable: their seat is revoked all the
        # same, and the room looks at that again by itself.
        with suppress(Refused, Unavailable):
            await door.submit(slug, "people.remove", SYSTEM, ref, {"person": person.id})


def copy_axes(request: HttpRequest, original: Session, copy: Session) -> None:
    """Group people in the copy as in the original. Raises Refused, Unavailable."""
    for axis in sessions.axes_of(original):
        fields = {name: getattr(axis, name) for name in ("name", "values", "declared", "consent")}
        as_system(request, copy.slug, "people.define_axis", fields)


def as_system(request: HttpRequest, slug: str, name: str, fields: Mapping[str, Any]) -> None:
    """Ask it of the room in nobody's name. Raises Refused, Unavailable."""
    door = door_of(request)
    if door is None:
        raise Unavailable
    async_to_sync(door.submit)(slug, name, SYSTEM, f"{name}:{secrets.token_hex(16)}", fields)


def own_days(reader: Reader) -> QuerySet[Day]:
    """The days this organiser may see and change: their own, or all for a superuser."""
    organiser = cast(User, reader)
    return Day.objects.all() if organiser.is_superuser else Day.objects.filter(organiser=organiser)


def own_day(request: HttpRequest, slug: str) -> Day:
    return get_object_or_404(own_days(request.user), slug=slug)


def own_session(request: HttpRequest, slug: str) -> Session:
    owned = Session.objects.filter(day__in=own_days(request.user)).select_related("day")
    return get_object_or_404(owned, slug=slug)


def own_link(request: HttpRequest, pk: int) -> Link:
    owned = Link.objects.filter(session__day__in=own_days(request.user), revoked=None)
    return get_object_or_404(owned.select_related("session"), pk=pk)


def ways_in(request: HttpRequest, session: Session) -> list[tuple[Role, Link | None, str]]:
    """For each role that comes in by a link: the link, if one is open, and its address."""
    links = {link.role: link for link in session.links.filter(revoked=None).order_by("pk")}
    roles = [(Role(role), links.get(role)) for role in sessions.ROLES_BY_LINK]
    return [(role, link, entrance(request, link) if link else "") for role, link in roles]


def entrance(request: HttpRequest, link: Link) -> str:
    """The address that a role's people are given."""
    return absolute(request, reverse("enter", args=[sessions.link_token(link)]))
