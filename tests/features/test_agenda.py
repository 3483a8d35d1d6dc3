from __future__ import annotations

import pytest

from tests.features.given import ANA, FACILITATOR, NINA, Given
from workshop.feature import Refused
from workshop.features.agenda.rules import agenda, in_order


@pytest.fixture
def given() -> Given:
    given = Given(agenda)
    for title in ("Accueil", "Budget", "Questions"):
        given.done(FACILITATOR, "add", title=title, minutes=10)
    return given  # their ids are c1, c2 and c3


def told(given: Given) -> list[tuple[str, str]]:
    return [(item.title, item.status) for item in in_order(given.records)]


def test_items_stand_in_the_order_one_gives_them(given):
    given.done(FACILITATOR, "move", item="c3", to="up").done(
        FACILITATOR, "move", item="c3", to="up"
    )

    assert [title for title, _ in told(given)] == ["Questions", "Accueil", "Budget"]
    with pytest.raises(Refused, match="at-the-end"):
        given.when(FACILITATOR, "move", item="c3", to="up")


def test_one_item_is_on_at_a_time(given):
    given.done(FACILITATOR, "start", item="c1").done(FACILITATOR, "start", item="c2")

    assert told(given) == [("Accueil", "done"), ("Budget", "on"), ("Questions", "planned")]
    assert in_order(given.records)[0].ended_at == in_order(given.records)[1].began_at


def test_one_comes_back_to_an_item(given):
    given.done(FACILITATOR, "start", item="c1").done(FACILITATOR, "finish", item="c1")
    given.done(FACILITATOR, "start", item="c1")

    assert told(given)[0] == ("Accueil", "on")


def test_what_was_begun_is_not_taken_out(given):
    given.done(FACILITATOR, "start", item="c1").done(FACILITATOR, "remove", item="c2")

    assert [title for title, _ in told(given)] == ["Accueil", "Questions"]
    with pytest.raises(Refused, match="already-begun"):
        given.when(FACILITATOR, "remove", item="c1")


def test_an_item_is_said_otherwise_wherever_it_stands(given):
    given.done(FACILITATOR, "start", item="c2")
    given.done(FACILITATOR, "edit", item="c2", title=" Le budget ", minutes=25)

    assert told(given)[1] == ("Le budget", "on")


@pytest.mark.parametrize(
    ("name", "fields", "code"),
    [
        ("start", {"item": "nowhere"}, "unknown-item"),
        ("finish", {"item": "c1"}, "not-on"),
        ("add", {"title": "   "}, "malformed"),
        ("add", {"title": "Fin", "minutes": -1}, "malformed"),
    ],
)
def test_refusals(given, name, fields, code):
    with pytest.raises(Refused, match=code):
        given.when(FACILITATOR, name, **fields)


@pytest.mark.parametrize("who", [ANA, NINA])
@pytest.mark.parametrize("name", ["add", "edit", "move", "remove", "start", "finish"])
def test_facilitators_keep_the_agenda(given, who, name):
    with pytest.raises(Refused, match="not-allowed"):
        given.when(who, name)
