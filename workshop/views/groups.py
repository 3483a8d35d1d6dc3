"""Groups of people, as the organiser of a session defines them. The room keeps them: its pages and
its votes know them at once, whoever is already there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from workshop import sessions
from workshop.door import Unavailable
from workshop.feature import Refused
from workshop.features.people.rules import Axis
from workshop.forms import AxisForm
from workshop.models import Session
from workshop.templatetags.refusals import refusal
from workshop.views.organise import as_system, own_session


@login_required
def define(request: HttpRequest, slug: str) -> HttpResponse:
    """A new axis."""
    session = own_session(request, slug)
    form = AxisForm(request.POST or None)
    if form.is_valid() and done(request, form, session, "define_axis", form.cleaned_data):
        return redirect("organise_session", slug)
    return shown(request, session, form)


@login_required
def redefine(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    session = own_session(request, slug)
    axis = axis_of(session, id)
    form = AxisForm(request.POST or None, initial=written(axis))
    given = {"axis": id, **form.cleaned_data} if form.is_valid() else {}
    if given and done(request, form, session, "redefine_axis", given):
        return redirect("organise_session", slug)
    return shown(request, session, form, axis)


@login_required
@require_POST
def remove(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Group people by this no more."""
    session = own_session(request, slug)
    axis = axis_of(session, id)
    form = AxisForm(written(axis))
    if done(request, form, session, "remove_axis", {"axis": id}):
        return redirect("organise_session", slug)
    return shown(request, session, form, axis)


def done(
    request: HttpRequest, form: AxisForm, session: Session, name: str, fields: Mapping[str, Any]
) -> bool:
    """Whether the room has done it; if not, the form says why."""
    try:
        as_system(request, session.slug, f"people.{name}", fields)
    except Refused as why:
        form.add_error(None, refusal(why.code))
    except Unavailable:
        form.add_error(None, refusal("unavailable"))
    else:
        messages.success(request, _("The groups are as you want them, in the room too."))
        return True
    return False


def shown(
    request: HttpRequest, session: Session, form: AxisForm, axis: Axis | None = None
) -> HttpResponse:
    context = {"form": form, "session": session, "day": session.day, "axis": axis}
    return render(request, "organise/axis.html", context)


def axis_of(session: Session, id: str) -> Axis:
    axis = next((each for each in sessions.axes_of(session) if each.id == id), None)
    if axis is None:
        raise Http404
    return axis


def written(axis: Axis) -> dict[str, str]:
    """The axis as the form has it: a group a line."""
    values, consent = "\n".join(axis.values), "\n".join(axis.consent)
    return {"name": axis.name, "values": values, "declared": axis.declared, "consent": consent}
