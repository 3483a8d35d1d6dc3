"""Sessions: make, open, close and duplicate them, give links, seat people. What views call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.db.models import Max, Min, QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.text import slugify

from workshop.features.people.rules import Axis
from workshop.models import (
    CODE_ALPHABET,
    Day,
    Edit,
    Entry,
    Envelope,
    Link,
    Old,
    Seat,
    Session,
    Snapshot,
    State,
    new_code,
    new_epoch,
)
from workshop.people import Person
from workshop.votes.box import BallotBox

LINK = signing.Signer(salt="assises.link")
SEAT = signing.Signer(salt="assises.seat")

ROLES_BY_LINK = ("facilitator", "note_taker", "screen", "kiosk")
SEAT_AGE = 12 * 60 * 60  # seconds: one day's work


def day_on(now: datetime) -> Day | None:
    """The day that is on; or else the next; or else the last."""
    live = Day.objects.filter(sessions__phase=Session.Phase.LIVE).first()
    days = Day.objects.annotate(
        begins=Min("sessions__starts"), finishes=Max("sessions__ends")
    ).exclude(finishes=None)
    coming = days.filter(finishes__gte=now).order_by("begins")
    return live or coming.first() or days.order_by("-finishes").first()


def days_beside(day: Day) -> QuerySet[Day]:
    """The other days that have a programme, the latest first."""
    days = Day.objects.exclude(pk=day.pk).annotate(begins=Min("sessions__starts"))
    return days.exclude(begins=None).order_by("-begins")


def new_slug(title: str) -> str:
    """An address that reads like the title and that nobody else has."""
    return f"{slugify(title)[:40].strip('-') or 'session'}-{get_random_string(6).lower()}"


def create_day(organiser: User, **fields: Any) -> Day:
    return Day.objects.create(organiser=organiser, slug=new_slug(fields["title"]), **fields)


def create_session(day: Day, **fields: Any) -> Session:
    """A session of this day, with one link for each role that needs one."""
    session = Session.objects.create(day=day, slug=new_slug(fields["title"]), **fields)
    give_links(session)
    return session


def duplicate_session(original: Session) -> Session:
    """The same session again: its own code, links and log, nothing of what was said."""
    copy = Session.objects.get(pk=original.pk)
    copy.pk = None
    copy._state.adding = True
    copy.slug, copy.code, copy.epoch = new_slug(original.title), new_code(), new_epoch()
    copy.phase, copy.axes = Session.Phase.WAITING, {}  # its room's, which has none yet
    copy.save()
    give_links(copy)
    return copy


@transaction.atomic
def delete_session(session: Session) -> None:
    """The session, and all that was said and written there."""
    for of_room in (Entry, State, Old, Envelope):
        of_room.objects.filter(room=session.slug).delete()
    Edit.objects.filter(document=session.slug).delete()
    Snapshot.objects.filter(document=session.slug).delete()
    session.delete()
    keys, room = BallotBox(settings.SEAL_DIR), session.slug
    transaction.on_commit(lambda: keys.forget(room))


def people_of(session: Session) -> list[Person]:
    return [person(seat) for seat in session.seats.filter(revoked=False)]


def session_before(session: Session) -> Session | None:
    """The last session before this one that the same organiser held under the same title, or else
    on the same day. Its doors are open: what is said behind others is not for whoever writes
    here."""
    others = Session.objects.filter(doors_open=True).exclude(pk=session.pk)
    earlier = others.filter(starts__lt=session.starts)
    same = earlier.filter(day__organiser=session.day.organiser, title=session.title)
    beside = earlier.filter(day=session.day)
    return same.order_by("-starts").first() or beside.order_by("-starts").first()


def minutes_of(session: Session) -> list[bytes]:
    """The updates that make the minutes as they are stored: a snapshot, and the edits after it."""
    here = {"document": session.slug, "epoch": session.epoch}
    snapshot = Snapshot.objects.filter(**here).order_by("-seq").values_list("seq", "state").first()
    seq, state = snapshot or (0, b"")
    edits = Edit.objects.filter(**here, seq__gt=seq).order_by("seq")
    later = [bytes(each) for each in edits.values_list("update", flat=True)]
    return [bytes(state), *later] if snapshot else later


def axes_of(session: Session) -> list[Axis]:
    """By what people are grouped in this session, by name."""
    axes = msgspec.convert([*session.axes.values()], list[Axis])
    return sorted(axes, key=lambda axis: axis.name.casefold())


def give_links(session: Session) -> None:
    Link.objects.bulk_create(Link(session=session, role=role) for role in ROLES_BY_LINK)


def give_link(session: Session, role: str) -> Link:
    """The open link for this role; a new one if the last was revoked."""
    open_link = session.links.filter(role=role, revoked=None).first()
    return open_link or Link.objects.create(session=session, role=role)


@transaction.atomic
def renew_link(link: Link) -> tuple[Link, list[Person]]:
    """Revoke a link and give another for the same role. Returns it, and those who came through
    the old one: the caller removes them from the room."""
    people = revoke_link(link)
    return Link.objects.create(session=link.session, role=link.role), people


@transaction.atomic
def revoke_link(link: Link) -> list[Person]:
    """Close this way in. Returns those who came through it: the caller removes them."""
    link.revoked = timezone.now()
    link.save(update_fields=["revoked"])
    people = [person(seat) for seat in link.seats.filter(revoked=False)]
    link.seats.update(revoked=True)
    return people


def link_token(link: Link) -> str:
    return LINK.sign(link.key)


def link_from(token: str) -> Link | None:
    """The link with this token, unless it is forged or revoked."""
    try:
        key = LINK.unsign(token)
    except signing.BadSignature:
        return None
    return Link.objects.filter(key=key, revoked=None).select_related("session__day").first()


def session_with_code(code: str) -> Session | None:
    """The session that this code opens, however people typed it, while its doors are open."""
    tidy = "".join(code.upper().split()).replace("-", "")
    if not set(tidy) <= set(CODE_ALPHABET):
        return None
    return Session.objects.filter(code=tidy, doors_open=True).select_related("day").first()


def doors_are_open(slug: str) -> bool:
    return Session.objects.filter(slug=slug, doors_open=True).exists()


def standing(slugs: Iterable[str]) -> dict[str, tuple[str, frozenset[str]]]:
    """Of each of these sessions that there is: its epoch, and the seats taken from someone."""
    found = Session.objects.filter(slug__in=slugs)
    revoked = defaultdict(set)
    for slug, seat in Seat.objects.filter(session__in=found, revoked=True).values_list(
        "session__slug", "pk"
    ):
        revoked[slug].add(str(seat))
    epochs = found.values_list("slug", "epoch")
    return {slug: (epoch, frozenset(revoked[slug])) for slug, epoch in epochs}


def seat_person(
    session: Session, *, name: str, place: str, link: Link | None = None, groups: Iterable[str] = ()
) -> Seat:
    role = link.role if link else "participant"
    return Seat.objects.create(
        session=session, link=link, name=name, place=place, role=role, groups=list(groups)
    )


def seat_cookie(session_slug: str) -> str:
    """The name of the cookie that holds one's seat in this session."""
    return f"seat-{session_slug}"


def seat_token(seat: Seat) -> str:
    return SEAT.sign(str(seat.pk))


def seat_from(session_slug: str, token: str | None) -> Seat | None:
    """The seat with this token in this session, unless it is forged or revoked."""
    cookies = {seat_cookie(session_slug): token or ""}
    return next(iter(seats_from(cookies)), None)


def seats_from(cookies: Mapping[str, str]) -> list[Seat]:
    """The seats that these cookies hold, each in its own session, newest first. A seat taken in
    the very moment its link was revoked is none."""
    ids = [seat_id(token) for name, token in cookies.items() if name.startswith("seat-")]
    seats = Seat.objects.filter(pk__in=[id for id in ids if id], revoked=False)
    there = seats.exclude(link__revoked__isnull=False).select_related("session__day", "link")
    return [seat for seat in there.order_by("-created") if is_in(seat, cookies)]


def is_in(seat: Seat, cookies: Mapping[str, str]) -> bool:
    """Whether the cookie of the seat's own session is the one that holds it."""
    return seat_id(cookies.get(seat_cookie(seat.session.slug), "")) == seat.pk


def seat_id(token: str) -> UUID | None:
    try:
        return UUID(SEAT.unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def person(seat: Seat) -> Person:
    """The person as they were at the door."""
    groups = frozenset(seat.groups)
    return Person(str(seat.pk), seat.name, seat.role, seat.place, groups)  # type: ignore[arg-type]


def project(room: str, entries: Iterable[Any]) -> None:
    """Copy what pages of the programme and the doors need out of new entries, in their own
    transaction."""
    for entry in entries:
        plenary = entry.changes.get("stage.plenary/plenary")
        if plenary:
            Session.objects.filter(slug=room).update(phase=plenary["phase"])
        axes = {key: each for key, each in entry.changes.items() if key.startswith("people.axis/")}
        if axes:
            project_axes(room, axes)


def project_axes(room: str, changes: Mapping[str, Any]) -> None:
    session = Session.objects.select_for_update().filter(slug=room).first()
    if session is None:
        return
    after = session.axes | {key.partition("/")[2]: each for key, each in changes.items()}
    session.axes = {id: axis for id, axis in after.items() if axis}
    session.save(update_fields=["axes"])
