"""The people and meetings that the tests of the pages are about."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import AsyncClient, Client
from django.utils import timezone

from workshop import sessions
from workshop.models import Day, Link, Seat, Session

TODAY = timezone.make_aware(datetime(2026, 9, 23, 9, 0))


@pytest.fixture(autouse=True)
def _nobody_has_failed_yet():
    cache.clear()


@pytest.fixture
def maria(db) -> User:
    """She organises the day."""
    return User.objects.create_user("maria", password="lamp-and-paper")


@pytest.fixture
def petru(db) -> User:
    """He organises another."""
    return User.objects.create_user("petru", password="baize-and-ink")


@pytest.fixture
def day(maria) -> Day:
    return sessions.create_day(maria, title="Assises", place="Ajaccio")


@pytest.fixture
def session(day) -> Session:
    return scheduled(day, "Plénière")


def scheduled(day: Day, title: str, starts: datetime = TODAY, **fields) -> Session:
    return sessions.create_session(
        day, title=title, starts=starts, ends=starts + timedelta(hours=2), **fields
    )


def link_for(session: Session, role: str) -> Link:
    return session.links.get(role=role, revoked=None)


def sit(client: Client, session: Session, role: str = "participant", name: str = "Ana") -> Seat:
    """Seat someone in this browser."""
    link = None if role == "participant" else link_for(session, role)
    seat = sessions.seat_person(session, name=name, place="remote", link=link)
    client.cookies[sessions.seat_cookie(session.slug)] = sessions.seat_token(seat)
    return seat


def text_of(response) -> str:
    """What the page says, with plain spaces."""
    return " ".join(response.content.decode().split())


class ClientWithDoor(AsyncClient):
    """A browser whose requests find this door in their scope, as `realtime.asgi` puts it there."""

    def __init__(self, door: object) -> None:
        super().__init__()
        self.door = door

    async def request(self, **request):
        return await super().request(door=self.door, **request)
