"""What minutes begin with."""

from __future__ import annotations

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.urls import reverse

from tests.workshop.conftest import TODAY, ClientWithDoor, scheduled, sit
from tests.workshop.test_past import say, write
from workshop import press
from workshop.minutes.tree import headings, words_of

pytestmark = pytest.mark.django_db

ACTION = {"id": "a", "what": "Chiffrer le coût", "who": "Paul", "by": "", "done": False, "at": 1.0}


def test_the_agenda_is_listed(session):
    say(session, 1, "agenda.item/i", {"id": "i", "title": "Budget", "minutes": 10, "rank": 1})
    text = press.beginning_of(session, "agenda")

    assert [words for _, words in headings(text)] == ["Présents", "Ordre du jour"]
    assert "Budget" in words_of(text)


def test_what_was_to_be_done_stands_at_the_top_of_the_next(day, session):
    say(session, 1, "minutes.action/a", ACTION)
    say(session, 2, "minutes.action/b", ACTION | {"id": "b", "what": "Écrire", "done": True})
    after = scheduled(day, "Suite", TODAY + timedelta(hours=3))
    text = press.beginning_of(after, "plain")

    assert "Chiffrer le coût · Paul" in words_of(text)
    assert "Écrire" not in words_of(text)
    assert text.children[1].name == "task_list"


def test_what_stands_behind_closed_doors_is_told_to_nobody_else(day, session):
    say(session, 1, "minutes.action/a", ACTION)
    session.doors_open = False
    session.save()
    after = scheduled(day, "Suite", TODAY + timedelta(hours=3))

    assert words_of(press.beginning_of(after, "plain")) == ""


def test_a_session_without_another_begins_blank(session):
    assert words_of(press.beginning_of(session, "plain")) == ""


class Door:
    """Takes what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    async def person(self, room, seat):
        return seat

    async def write_minutes(self, room, person, update):
        self.written.append(update)


@pytest.mark.django_db(transaction=True)
async def test_a_note_taker_begins_an_empty_text_and_no_other(session):
    def seated(client):
        sit(client, session, "note_taker", "Nina")
        return client

    door = Door()
    client = await sync_to_async(seated)(ClientWithDoor(door))
    page = reverse("minutes_begin", args=[session.slug])
    assert (await client.post(page, {"kind": "agenda"})).status_code == 302
    assert len(door.written) == 1
    await sync_to_async(write)(session, "Déjà écrit")
    await client.post(page, {"kind": "agenda"})

    assert len(door.written) == 1
    assert (await client.post(page, {"kind": "poem"})).status_code == 404
