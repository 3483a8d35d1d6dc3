from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from tests.workshop.conftest import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"


def test_what_is_not_there_is_said_plainly(client):
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "This page is not here" in text_of(response)


def test_a_form_without_its_secret_is_refused_plainly(db):
    client = Client(enforce_csrf_checks=True)
    client.cookies["django_language"] = "en"

    response = client.post(reverse("join"), {})

    assert response.status_code == 403
    assert "This form has expired" in text_of(response)


def test_a_fault_of_ours_needs_nothing_to_be_told():
    page = render_to_string("500.html")

    assert "Something broke on our side" in page
    assert "Une panne de notre côté" in page


@pytest.mark.parametrize("name", ["home", "join", "login"])
def test_every_page_can_be_skipped_through_and_read_in_three_languages(client, name):
    page = text_of(client.get(reverse(name)))

    assert '<a class="skip" href="#content">' in page
    assert 'id="content"' in page
    for language in ("fr", "en", "co"):
        assert f'value="{language}" lang="{language}"' in page


def test_pages_carry_no_script_or_style_of_their_own(client, session):
    for path in (reverse("home"), reverse("join"), reverse("login")):
        page = client.get(path).content.decode()
        assert "<style" not in page
        assert page.count("<script") == page.count('<script type="module" src=') == 1
