"""Sessions: make, open, close and duplicate them, give links, seat people. What views call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core import signing
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.text import slugify

from workshop.models import Day, Link, Seat, Session, new_code, new_epoch
from workshop.people import Person

LINK = signing.Signer(salt="assises.link")
SEAT = signing.Signer(salt="assises.seat")

ROLES_BY_LINK = ("facilitator", "note_taker", "screen")


def new_slug(title: str) -> str:
    """An address that reads like the title and that nobody else has."""
    return f"{slugify(title)[:48].strip('-') or 'session'}-{get_random_string(6).lower()}"


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
    copy.phase = Session.Phase.WAITING
    copy.save()
    give_links(copy)
    return copy


def give_links(session: Session) -> None:
    Link.objects.bulk_create(Link(session=session, role=role) for role in ROLES_BY_LINK)


def renew_link(link: Link) -> tuple[Link, list[Person]]:
    """Revoke a link and give another for the same role. Returns it, and those who came through
    the old one: the caller removes them from the room."""
    link.revoked = timezone.now()
    link.save(update_fields=["revoked"])
    seats = list(link.seats.filter(revoked=False))
    link.seats.update(revoked=True)
    return Link.objects.create(session=link.session, role=link.role), [person(s) for s in seats]


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
    return Session.objects.filter(code=tidy, doors_open=True).select_related("day").first()


def seat_person(session: Session, *, name: str, place: str, link: Link | None = None) -> Seat:
    role = link.role if link else "participant"
    return Seat.objects.create(session=session, link=link, name=name, place=place, role=role)


def seat_cookie(session_slug: str) -> str:
    """The name of the cookie that holds one's seat in this session."""
    return f"seat-{session_slug}"


def seat_token(seat: Seat) -> str:
    return SEAT.sign(str(seat.pk))


def seat_from(session_slug: str, token: str | None) -> Seat | None:
    """The seat with this token in this session, unless it is forged or revoked."""
    try:
        id = UUID(SEAT.unsign(token or ""))
    except (signing.BadSignature, ValueError):
        return None
    seats = Seat.objects.filter(pk=id, session__slug=session_slug, revoked=False)
    return seats.select_related("session").first()


def person(seat: Seat) -> Person:
    """The person as they were at the door."""
    return Person(str(seat.pk), seat.name, seat.role, seat.place)  # type: ignore[arg-type]


def project(room: str, entries: Iterable[Any]) -> None:
    """Copy what pages of the programme need out of new entries, in their own transaction."""
    for entry in entries:
        plenary = entry.changes.get("stage.plenary/plenary")
        if plenary:
            Session.objects.filter(slug=room).update(phase=plenary["phase"])
