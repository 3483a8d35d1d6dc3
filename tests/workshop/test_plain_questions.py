"""Questions for browsers without script: what the page shows, and what its forms do."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.workshop.test_without_script import Guest, ana, happened, helene, hub
from workshop.people import SYSTEM

__all__ = ["ana", "helene", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)

RULES = {"open": True, "held": False, "anonymous": True, "against": True, "asked_from": "everyone"}
SATURDAY = "Will the library be open on Saturdays?"
ASKED_AGAIN = "Is the library open on Saturday?"


async def test_one_asks_with_and_without_a_name(session, ana, helene):
    await ana.send("questions.ask", text="Who pays?")
    await ana.send("questions.ask", text="Who cleans up?", anonymous="on")
    page = await helene.page()

    assert "Who pays?" in page
    assert "Ana · Remote" in page
    assert "Anonymous ·" in page
    assert page.count("Ana") == 1


async def test_what_is_alike_is_shown_before_one_asks_it_again(session, ana, helene):
    await helene.does("questions.ask", text=SATURDAY)
    first = await ana.send("questions.ask", text=ASKED_AGAIN)
    assert await happened(session, "questions.ask") == 1
    shown = first.content.decode()
    assert "1 similar question" in shown
    assert "Ask it all the same" in shown

    again = {
        "text": "Is the library open on Saturday?",
        "looked": "Is the library open on Saturday?",
    }
    await ana.send("questions.ask", **again)
    assert await happened(session, "questions.ask") == 2


async def test_what_is_too_long_to_be_asked_is_not_compared(session, ana, helene):
    """A megabyte kept the event loop for minutes."""
    await helene.does("questions.ask", text=SATURDAY)
    refused = await ana.send("questions.ask", text=f"{ASKED_AGAIN} {'yes ' * 130}")

    assert refused.status_code == 400
    assert "1 similar question" not in refused.content.decode()


async def test_nothing_is_compared_for_those_who_may_not_ask(hub, session, helene):
    await helene.does("questions.ask", text=SATURDAY)
    refused = await Guest(hub, session).send("questions.ask", text=ASKED_AGAIN)

    assert refused.status_code == 403
    assert "1 similar question" not in refused.content.decode()


async def test_one_supports_is_against_and_takes_it_back(session, ana, helene):
    asked = await helene.does("questions.ask", text=SATURDAY)
    assert "Be against it" not in await ana.page()
    await ana.send("questions.support", question=asked)
    assert "You support it" in await ana.page()

    await helene.does("questions.set_rules", **RULES)
    await ana.send("questions.support", question=asked, against="yes")
    assert "You are against it" in await ana.page()
    await ana.send("questions.take_back", question=asked)
    assert "Be against it" in await ana.page()
    assert "You are against it" not in await ana.page()


async def test_ones_own_is_shown_while_it_is_held_and_withdrawn(session, ana, helene):
    await helene.does("questions.set_rules", **RULES | {"held": True})
    await ana.send("questions.ask", text="Who pays?")
    assert "A facilitator reads it before everyone does." in await ana.page()
    asked = await ana.does("questions.ask", text="And who does not?")
    await helene.does("questions.refuse", question=asked, why="Another day")

    page = await ana.page()
    assert "The facilitators do not show it. « Another day »" in page
    await ana.send("questions.withdraw", question=asked)
    assert "Another day" not in await ana.page()


async def test_nobody_else_sees_what_is_held(hub, session, ana, helene):
    await helene.does("questions.set_rules", **RULES | {"held": True})
    await ana.send("questions.ask", text="Who pays?")
    chi = await Guest(hub, session).sit("Chi")

    assert "Who pays?" not in await chi.page()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"open": False}, "No questions are taken just now."),
        ({"anonymous": False}, "Your question"),
    ],
)
async def test_the_form_follows_the_rules(ana, helene, changed, words):
    await helene.does("questions.set_rules", **RULES | changed)
    page = await ana.page()

    assert words in page
    assert ("Without my name" in page) == changed.get("anonymous", False)


async def test_an_observer_reads_and_has_no_form(hub, session, helene):
    await helene.does("questions.ask", text=SATURDAY)
    page = await Guest(hub, session).page()

    assert SATURDAY in page
    assert "Support this one" not in page
    assert "questions.ask" not in page


async def test_they_are_sorted_as_one_chooses(ana, helene):
    first = await helene.does("questions.ask", text="The first one, on paint")
    await helene.does("questions.ask", text="The second one, on wood")
    await ana.does("questions.support", question=first)
    await ana.hub.submit(
        ana.session.slug, "questions.count", SYSTEM, "count:1", {"question": first}
    )

    def order(page: str) -> list[str]:
        return sorted(("on paint", "on wood"), key=page.index)

    assert order(await ana.page()) == ["on paint", "on wood"]
    newest = await ana.client.get(f"{ana.path}?order=newest")
    assert order(newest.content.decode()) == ["on wood", "on paint"]


async def test_the_same_form_sent_twice_asks_once(session, ana):
    form = str(uuid4())
    for _ in range(2):
        response = await ana.send("questions.ask", form, text="Who pays for it?")
        assert response.status_code == 302

    assert await happened(session, "questions.ask") == 1
