from __future__ import annotations

from dataclasses import replace

import pytest
from asgiref.sync import sync_to_async
from django.urls import reverse

from tests.workshop.conftest import ClientWithDoor, link_for, scheduled, sit, text_of
from workshop import sessions
from workshop.features import FEATURES
from workshop.people import OBSERVER, Person

pytestmark = pytest.mark.django_db

PAGES = ("room", "console", "minutes", "screen")


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"


def path(session, page="room") -> str:
    return reverse(page, args=[session.slug])


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        ("nobody", {"room", "minutes"}),
        ("participant", {"room", "minutes"}),
        ("note_taker", {"room", "minutes"}),
        ("screen", {"room", "minutes", "screen"}),
        ("facilitator", {"room", "minutes", "screen", "console"}),
    ],
)
def test_each_role_opens_its_pages_and_no_others(client, session, role, pages):
    if role != "nobody":
        sit(client, session, role)

    answers = {page: client.get(path(session, page)).status_code for page in PAGES}

    assert answers == {page: 200 if page in pages else 403 for page in PAGES}


@pytest.mark.parametrize("page", PAGES)
def test_there_is_no_room_of_no_session(client, db, page):
    assert client.get(reverse(page, args=["nowhere"])).status_code == 404


def test_without_a_seat_one_observes(client, session):
    assert client.get(path(session)).context["person"] == OBSERVER


def test_with_a_seat_one_is_oneself(client, session):
    seat = sit(client, session, name="Ana")

    person = client.get(path(session)).context["person"]

    assert person == Person(str(seat.pk), "Ana", "participant", "remote")


@pytest.mark.parametrize("token", ["", "x", "x:y"])
def test_a_forged_seat_is_taken_away(client, session, token):
    client.cookies[f"seat-{session.slug}"] = token

    response = client.get(path(session))

    assert response.context["person"] == OBSERVER
    assert response.cookies[f"seat-{session.slug}"].value == ""


def test_a_seat_of_another_session_is_none_here(client, session, day):
    other = scheduled(day, "Atelier")
    sit(client, session, "facilitator")
    elsewhere = client.cookies[f"seat-{session.slug}"].value
    assert client.get(path(session, "console")).status_code == 200, "it must be worth something"

    client.cookies[f"seat-{other.slug}"] = elsewhere

    assert client.get(path(other, "console")).status_code == 403


def test_a_revoked_link_empties_its_seats(client, session):
    sit(client, session, "facilitator")
    sessions.renew_link(link_for(session, "facilitator"))

    response = client.get(path(session, "console"))

    assert response.status_code == 403
    assert response.cookies[f"seat-{session.slug}"].value == ""


def test_closed_doors_keep_observers_out(client, session):
    session.doors_open = False
    session.save()

    for page in PAGES:
        response = client.get(path(session, page))
        assert response.status_code == 403
        assert "The doors are closed" in text_of(response)


def test_closed_doors_keep_nobody_in_their_seat_out(client, session):
    sit(client, session)
    session.doors_open = False
    session.save()

    assert client.get(path(session)).status_code == 200


def test_a_page_for_others_says_so(client, session):
    sit(client, session)

    assert "This page is for others" in text_of(client.get(path(session, "console")))


def test_the_room_s_templates_are_given_what_they_need(client, session):
    sit(client, session, "facilitator")

    context = client.get(path(session, "screen")).context

    assert (context["session"], context["day"]) == (session, session.day)
    assert context["media_url"] == "http://testserver:8001/"
    assert context["join_url"] == f"http://testserver/join/{session.code}/"
    assert context["features"] == tuple(feature.name for feature in FEATURES)
    assert context["qr_svg"].startswith("<svg")


def test_the_qr_code_bears_the_public_address_where_there_is_one(client, session, settings):
    settings.PUBLIC_URL = "https://assises.example.org"
    sit(client, session, "screen")

    context = client.get(path(session, "screen")).context

    assert context["join_url"] == f"https://assises.example.org/join/{session.code}/"


def test_the_room_is_not_kept_by_caches(client, session):
    assert "no-store" in client.get(path(session))["Cache-Control"]


def test_names_and_titles_are_only_words(client, session):
    session.title = "<script>alert(1)</script>"
    session.save()
    sit(client, session, name='"><script>alert(2)</script>')

    for page in ("room", "minutes"):
        assert "<script>alert" not in text_of(client.get(path(session, page)))


class FakeDoor:
    """A room that answers what it is told to."""

    def __init__(self, answer) -> None:
        self.answer = answer
        self.asked: list[tuple[str, Person]] = []

    async def person(self, room, seat):
        self.asked.append((room, seat))
        return self.answer(seat)


async def asked_through(door, session, page) -> tuple[object, Person]:
    client = ClientWithDoor(door)
    seat = await sync_to_async(sit)(client, session)
    return await client.get(path(session, page)), sessions.person(seat)


@pytest.mark.django_db(transaction=True)
async def test_the_room_knows_better_than_the_seat(session):
    door = FakeDoor(lambda seat: replace(seat, role="facilitator", place="hall"))

    response, at_the_door = await asked_through(door, session, "console")

    assert response.status_code == 200
    assert door.asked == [(session.slug, at_the_door)]
    assert response.context["person"] == replace(at_the_door, role="facilitator", place="hall")


@pytest.mark.django_db(transaction=True)
async def test_whoever_was_removed_from_the_room_observes(session):
    response, _ = await asked_through(FakeDoor(lambda seat: None), session, "room")

    assert response.context["person"] == OBSERVER
    assert response.cookies[f"seat-{session.slug}"].value == ""
