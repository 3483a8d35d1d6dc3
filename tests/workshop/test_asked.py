"""The questions of a session as a table."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.urls import reverse

from tests.workshop.test_without_script import Guest, ana, helene, hub
from workshop.people import SYSTEM

__all__ = ["ana", "helene", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)

HELD = {"open": True, "held": True, "anonymous": True, "against": False, "asked_from": "everyone"}


async def table(guest: Guest) -> list[list[str]]:
    response = await guest.client.get(reverse("questions_table", args=[guest.session.slug]))
    assert response.status_code == 200
    assert "questions.csv" in response.headers["Content-Disposition"]
    return list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))[1:]


async def test_what_was_asked_who_supported_it_and_what_became_of_it(session, ana, helene):
    pays = await ana.does("questions.ask", text="=1+1, who pays?")
    await ana.does("questions.ask", text="Who cleans up?", anonymous=True)
    typed = await helene.does("questions.type_in", text="And the lamps?")
    await ana.does("questions.support", question=typed)
    count = {"question": typed}
    await ana.hub.submit(session.slug, "questions.count", SYSTEM, "count:1", count)
    await helene.does("questions.count_hands", question=typed, hands=7)
    await helene.does("questions.merge", question=pays, into=typed)

    rows = [[each[0], *each[1:4], *each[5:8], each[11]] for each in await table(ana)]

    assert rows == [
        ["'=1+1, who pays?", "Merged", "Ana", "Remote", "0", "0", "0", "And the lamps?"],
        ["Who cleans up?", "To answer", "Anonymous", "", "0", "0", "0", ""],
        ["And the lamps?", "To answer", "Somebody", "Hall", "0", "1", "7", ""],
    ]
    assert all(each[4] for each in await table(ana)), "when it was asked"


async def test_what_is_held_is_for_those_who_run_the_session(session, ana, helene):
    await ana.does("questions.ask", text="Who pays?")
    await helene.does("questions.set_rules", **HELD)
    await ana.does("questions.ask", text="Held back")

    assert [each[0] for each in await table(ana)] == ["Who pays?"]
    assert [each[0] for each in await table(helene)] == ["Who pays?", "Held back"]


async def test_behind_closed_doors_it_is_for_those_inside(hub, session, ana):
    stranger = Guest(hub, session)
    address = reverse("questions_table", args=[session.slug])
    assert (await stranger.client.get(address)).status_code == 200

    session.doors_open = False
    await session.asave()
    assert (await stranger.client.get(address)).status_code == 404
    assert (await ana.client.get(address)).status_code == 200
