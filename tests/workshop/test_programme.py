from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.workshop.conftest import TODAY, scheduled, text_of
from workshop import sessions
from workshop.models import Session

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"


def put(session: Session, phase: str) -> None:
    session.phase = phase
    session.save()


def test_before_anything_is_planned_the_page_says_so(client):
    page = text_of(client.get("/"))

    assert "Nothing is planned yet" in page
    assert reverse("join") in page


def test_a_day_without_sessions_is_not_on_the_first_page(client, day):
    assert "Nothing is planned yet" in text_of(client.get("/"))


def test_the_programme_shows_the_day_and_its_sessions(client, day):
    scheduled(day, "Plénière", place="Grande salle")

    page = text_of(client.get(reverse("programme", args=[day.slug])))

    for words in ("Assises", "Ajaccio", "Plénière", "Grande salle", "9:00", "until 11:00"):
        assert words in page


def test_there_is_no_programme_of_no_day(client):
    assert client.get(reverse("programme", args=["nowhere"])).status_code == 404


@pytest.mark.parametrize("phase", ["waiting", "live", "ended"])
def test_a_session_carries_its_phase_and_the_words_of_all_three(client, session, phase):
    put(session, phase)

    page = text_of(client.get(reverse("programme", args=[session.day.slug])))

    assert f'<programme-slot data-phase="{phase}"' in page
    for words in ("when-waiting", "when-live", "when-ended"):
        assert words in page


def test_a_session_that_has_not_ended_is_listened_to(client, session):
    page = reverse("programme", args=[session.day.slug])
    assert f'data-room="{session.slug}"' in text_of(client.get(page))

    put(session, "ended")

    assert f'data-room="{session.slug}"' not in text_of(client.get(page))


def test_the_live_session_is_on_the_stage(client, day):
    scheduled(day, "Accueil")
    live = scheduled(day, "Plénière", TODAY + 3 * HOUR)
    put(live, "live")

    assert client.get(reverse("programme", args=[day.slug])).context["session"] == live


def test_before_any_is_live_the_next_one_is_on_the_stage(client, day):
    put(scheduled(day, "Accueil"), "ended")
    coming = scheduled(day, "Plénière", TODAY + 3 * HOUR)
    scheduled(day, "Clôture", TODAY + 6 * HOUR)

    assert client.get(reverse("programme", args=[day.slug])).context["session"] == coming


def test_sessions_are_listed_under_their_own_date(client, day):
    # Half past eleven at night in Paris is still the same day there, though not in UTC.
    evening = scheduled(day, "Veillée", TODAY.replace(hour=23, minute=30))
    morning = scheduled(day, "Plénière", TODAY + timedelta(days=1))

    dates = client.get(reverse("programme", args=[day.slug])).context["dates"]

    assert dates == [(date(2026, 9, 23), [evening]), (date(2026, 9, 24), [morning])]


def test_the_first_page_is_the_live_day_even_when_it_runs_late(client, maria):
    now = timezone.now()
    late, soon = (sessions.create_day(maria, title=title) for title in ("Late", "Soon"))
    put(scheduled(late, "Plénière", now - 5 * HOUR), "live")
    scheduled(soon, "Plénière", now + HOUR)

    assert client.get("/").context["day"] == late


def test_the_first_page_is_the_day_that_is_on_then_next_then_last(client, maria):
    now = timezone.now()
    last, on, soon = (sessions.create_day(maria, title=title) for title in ("Last", "On", "Soon"))

    scheduled(last, "Plénière", now - 50 * HOUR)
    assert client.get("/").context["day"] == last
    scheduled(soon, "Plénière", now + 50 * HOUR)
    assert client.get("/").context["day"] == soon
    scheduled(on, "Plénière", now - HOUR)
    assert client.get("/").context["day"] == on


def test_the_other_days_are_named(client, maria, session):
    other = sessions.create_day(maria, title="Tiers-lieux")
    scheduled(other, "Plénière")
    sessions.create_day(maria, title="Vide")

    page = client.get(reverse("programme", args=[session.day.slug]))

    assert list(page.context["others"]) == [other]
    assert reverse("programme", args=[other.slug]) in text_of(page)


def test_three_sessions_ask_no_more_of_the_database_than_one(
    client, day, session, django_assert_num_queries
):
    path = reverse("programme", args=[day.slug])
    with django_assert_num_queries(3):
        client.get(path)
    scheduled(day, "Atelier")
    scheduled(day, "Clôture")

    with django_assert_num_queries(3):
        client.get(path)


def test_titles_are_only_words(client, day):
    day.title = "<script>alert(1)</script>"
    day.save()
    scheduled(day, "<img src=x onerror=alert(2)>", description="<b>bold</b>")

    page = text_of(client.get(reverse("programme", args=[day.slug])))

    assert "<script>alert" not in page
    assert "<img" not in page
    assert "<b>bold" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_programme_does_not_give_the_code_away(client, session):
    page = text_of(client.get(reverse("programme", args=[session.day.slug])))

    assert session.code not in page


def test_closed_doors_are_told(client, session):
    path = reverse("programme", args=[session.day.slug])
    assert "Doors closed" not in text_of(client.get(path))
    session.doors_open = False
    session.save()

    assert "Doors closed" in text_of(client.get(path))
