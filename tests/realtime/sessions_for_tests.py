"""Sessions and seats in the database, for the servers under test."""

from __future__ import annotations

from datetime import timedelta

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.crypto import get_random_string

from workshop import sessions
from workshop.models import Day, Seat, Session


def in_thread(function):
    return database_sync_to_async(function, thread_sensitive=False)


@in_thread
def make_session() -> Session:
    """A session of its own: servers outlive tests, and remember rooms."""
    mark = get_random_string(8).lower()
    organiser = User.objects.create(username=f"organiser-{mark}")
    day = Day.objects.create(slug=f"day-{mark}", title="A day", organiser=organiser)
    starts = timezone.now()
    return sessions.create_session(
        day, title=f"Plenary {mark}", starts=starts, ends=starts + timedelta(hours=1)
    )


@in_thread
def make_seat(session: Session, name: str, role: str = "participant", place: str = "remote") -> str:
    """Seat someone; return their token."""
    seat = Seat.objects.create(session=session, name=name, role=role, place=place)
    return sessions.seat_token(seat)


@in_thread
def close_doors(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(doors_open=False)


@in_thread
def revoke(token: str) -> None:
    Seat.objects.filter(pk=sessions.SEAT.unsign(token)).update(revoked=True)
