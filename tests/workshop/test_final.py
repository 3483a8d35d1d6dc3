"""The final text: a page that stays, and a file whose hash it tells."""

from __future__ import annotations

import hashlib

import pytest
from django.urls import reverse

from tests.workshop.conftest import text_of
from tests.workshop.test_past import say, write
from workshop import press
from workshop.door import Unavailable
from workshop.models import Final, Session
from workshop.sessions import minutes_of

pytestmark = pytest.mark.django_db


def seal(session: Session) -> str:
    write(session, "Le budget est approuvé.")
    life = {"id": "life", "phase": "final", "since": 1.0, "approved": ["Nina", "Hélène"]}
    say(session, 1, "minutes.life/life", life)
    return press.sealed(session.slug, minutes_of(session))


def test_there_is_no_final_text_before_it_is_sealed(client, session):
    assert client.get(reverse("minutes_final", args=[session.slug])).status_code == 404
    assert client.get(reverse("minutes_final_file", args=[session.slug])).status_code == 404


def test_the_page_tells_who_approved_and_the_hash_of_the_file(client, session):
    sha256 = seal(session)
    page = text_of(client.get(reverse("minutes_final", args=[session.slug])))
    file = client.get(reverse("minutes_final_file", args=[session.slug]))

    assert sha256 in page
    assert "Nina, Hélène" in page
    assert "Le budget est approuvé." in page
    assert hashlib.sha256(file.content).hexdigest() == sha256
    assert "Le budget est approuvé." in file.content.decode()


def test_it_is_written_once(session):
    sha256 = seal(session)
    Session.objects.update(title="Another")

    assert press.sealed(session.slug, []) == sha256
    assert Final.objects.count() == 1


def test_closed_doors_are_closed_to_the_final_text_too(client, session):
    seal(session)
    Session.objects.update(doors_open=False)

    assert client.get(reverse("minutes_final", args=[session.slug])).status_code == 403
    assert client.get(reverse("minutes_final_file", args=[session.slug])).status_code == 404


def test_what_came_meanwhile_is_not_left_out(session):
    """Another process may store an edit while this one sets the text: it is set again."""
    write(session, "Le budget est approuvé.")

    with pytest.raises(Unavailable):
        press.sealed(session.slug, [])
    assert not Final.objects.exists()
