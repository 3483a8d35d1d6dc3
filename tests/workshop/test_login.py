from __future__ import annotations

import pytest
from django.urls import reverse

from tests.workshop.conftest import text_of

pytestmark = pytest.mark.django_db


def log_in(client, word="lamp-and-paper", username="maria", **extra):
    given = {"username": username, "password": word}
    return client.post(reverse("login"), given, **extra)


def test_an_organiser_logs_in_and_out(client, maria):
    assert log_in(client).url == reverse("organise")
    assert client.get(reverse("organise")).status_code == 200

    assert client.post(reverse("logout")).url == reverse("home")
    assert client.get(reverse("organise")).status_code == 302


def test_after_logging_in_one_is_where_one_wanted_to_be(client, maria):
    path = reverse("new_day")
    given = {"username": "maria", "password": "lamp-and-paper", "next": path}

    assert client.post(reverse("login"), given).url == path


def test_nobody_is_sent_elsewhere(client, maria):
    given = {"username": "maria", "password": "lamp-and-paper", "next": "https://example.org/"}

    assert client.post(reverse("login"), given).url == reverse("organise")


def test_a_wrong_password_is_told_and_the_name_kept(client, maria):
    page = text_of(log_in(client, "wrong"))

    assert 'role="alert"' in page
    assert 'value="maria"' in page


def test_after_five_failures_even_the_right_password_waits(client, maria):
    for _ in range(5):
        assert log_in(client, "wrong").status_code == 200

    refused = log_in(client)

    assert refused.status_code == 429
    assert refused["Retry-After"] == "900"


def test_others_are_not_kept_waiting(client, maria, petru):
    for _ in range(5):
        log_in(client, "wrong")

    assert log_in(client, "baize-and-ink", "petru").status_code == 302
    assert log_in(client, REMOTE_ADDR="192.0.2.1").status_code == 302


def test_success_forgives_earlier_failures(client, maria):
    for _ in range(2):
        for _ in range(4):
            log_in(client, "wrong")
        assert log_in(client).status_code == 302


@pytest.mark.parametrize("name", ["x" * 100_000, "ma\nria", "maria\u202e"])
def test_a_strange_name_is_only_wrong(client, maria, name):
    assert log_in(client, "wrong", name).status_code == 200
