"""Plans of votes as files: out of a session, into it, and over from another one. For the organiser;
and for the session's facilitators, who have no account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4, uuid5

import msgspec
from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from workshop import archive
from workshop.door import Door, Unavailable
from workshop.feature import Refused
from workshop.features.polls.poll import Plan, Poll
from workshop.forms import CopyPlansForm, PlansForm
from workshop.models import Session
from workshop.people import SYSTEM
from workshop.views.attachments import attached, name_of
from workshop.views.organise import own_days
from workshop.views.rooms import door_of, visitor_of
from workshop.votes.plans import Refusal, Unreadable, plans_of, read, written
from workshop.votes.publication import KINDS, publications


class Preparing:
    """Somebody who prepares the votes of a session: its organiser, or one of its facilitators."""

    def __init__(self, request: HttpRequest, slug: str) -> None:
        """Raises Http404 where there is no such session, PermissionDenied where it is not theirs to
        prepare, Unavailable."""
        self.session = get_object_or_404(Session.objects.select_related("day"), slug=slug)
        user = request.user
        mine = isinstance(user, User) and own_days(user).filter(pk=self.session.day_id).exists()
        self.user = user if mine and isinstance(user, User) else None
        seated = async_to_sync(visitor_of)(request, self.session).person
        if self.user is None and seated.role != "facilitator":
            raise Http404 if user.is_authenticated else PermissionDenied
        self.person = seated if seated.role == "facilitator" else SYSTEM  # who has no seat

    @property
    def plans(self) -> list[Plan]:
        return plans_of(archive.everything_of(self.session, Poll))

    @property
    def held(self) -> int:
        """How many votes the session has, of whatever status."""
        return len(archive.everything_of(self.session, Poll).all(Poll))

    @property
    def others(self) -> Any:
        """The sessions whose plans they may take over: an organiser's own. A facilitator was let
        into this one alone."""
        if self.user is None:
            return Session.objects.none()
        theirs = Session.objects.filter(day__in=own_days(self.user)).exclude(pk=self.session.pk)
        return theirs.select_related("day").order_by("-starts")


@never_cache
@require_GET
def prepared(request: HttpRequest, slug: str) -> HttpResponse:
    """What is planned, and the ways in and out of it."""
    return with_preparing(request, slug, shown)


@never_cache
@require_GET
def plans_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The plans of this session as a file."""
    return with_preparing(request, slug, as_file)


@never_cache
@require_POST
def bring_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Draft what a file plans."""
    return with_preparing(request, slug, brought_in)


@never_cache
@require_POST
def copy(request: HttpRequest, slug: str) -> HttpResponse:
    """Draft what another session of the same organiser had planned."""
    return with_preparing(request, slug, copied)


def with_preparing(request: HttpRequest, slug: str, view: Any) -> HttpResponse:
    """The view, for those who prepare the votes of this session; others are asked to log in."""
    try:
        return view(request, Preparing(request, slug))  # type: ignore[no-any-return]
    except PermissionDenied:
        return redirect_to_login(request.get_full_path())
    except Unavailable:
        return render(request, "500.html", status=503)


def shown(
    request: HttpRequest,
    who: Preparing,
    form: PlansForm | None = None,
    refusals: Iterable[Refusal] = (),
) -> HttpResponse:
    context = {
        "session": who.session,
        "day": who.session.day,
        "organises": who.user is not None,
        "plans": who.plans,
        "votes": publications(archive.everything_of(who.session, *KINDS), runs=True),
        "form": form or PlansForm(),
        "copy_form": CopyPlansForm(sessions=who.others),
        "once": uuid4(),
        "refusals": list(refusals),
    }
    status = 422 if refusals or (form and form.errors) else 200
    return render(request, "organise/votes.html", context, status=status)


def as_file(request: HttpRequest, who: Preparing) -> HttpResponse:
    return attached(written(who.plans), "application/json", name_of(who.session, "plans.json"))


def brought_in(request: HttpRequest, who: Preparing) -> HttpResponse:
    form = PlansForm(request.POST, request.FILES)
    if not form.is_valid():
        return shown(request, who, form)
    try:
        plans = read(form.cleaned_data["file"].read())
    except Unreadable as why:
        return shown(request, who, form, why.refusals)
    return drafted(request, who, plans)


def copied(request: HttpRequest, who: Preparing) -> HttpResponse:
    form = CopyPlansForm(request.POST, sessions=who.others)
    if not form.is_valid():
        raise Http404
    source = form.cleaned_data["session"]
    return drafted(request, who, plans_of(archive.everything_of(source, Poll)))


def drafted(request: HttpRequest, who: Preparing, plans: list[Plan]) -> HttpResponse:
    """Make a draft of each plan: once, however often the form is sent. All of them, or none."""
    if who.held + len(plans) > settings.LIMITS["most"]["polls.poll"]:
        return shown(request, who, refusals=[Refusal(0, "too-many")])
    door = door_of(request)
    if door is None:
        raise Unavailable
    try:
        async_to_sync(draft)(door, who, plans, form_of(request))
    except Refused as why:  # others' drafts have filled the session meanwhile
        return shown(request, who, refusals=[Refusal(0, why.code)])
    said = ngettext("%(n)s vote is drafted.", "%(n)s votes are drafted.", len(plans))
    messages.success(request, said % {"n": len(plans)})
    return redirect("organise_votes", who.session.slug)


async def draft(door: Door, who: Preparing, plans: list[Plan], form: UUID) -> None:
    for n, plan in enumerate(plans):
        ref = str(uuid5(form, str(n)))
        fields = {"plan": msgspec.to_builtins(plan)}
        await door.submit(who.session.slug, "polls.draft", who.person, ref, fields)


def form_of(request: HttpRequest) -> UUID:
    """The form's own name, so that what is sent twice happens once."""
    try:
        return UUID(request.POST.get("once", ""))
    except ValueError:
        return uuid4()
