"""Links: what follows in one feature from what happens in another."""

from __future__ import annotations

from itertools import count

import pytest

from tests.asked import asked
from tests.features.given import FACILITATOR, NINA
from workshop import links
from workshop.feature import Call
from workshop.features import FEATURES
from workshop.features.minutes.facts import Note
from workshop.people import Person
from workshop.records import Records

RULES = {name: feature for feature in FEATURES for name in feature.rules}


class Told:
    """A room's records, after commands and what follows from them."""

    def __init__(self) -> None:
        self.records = Records()
        self._ticks = count(1)

    def done(self, by: Person, name: str, /, **fields) -> Told:
        tick = next(self._ticks)
        call = Call(by=by, at=float(tick), seq=tick, ref=f"c{tick}")
        changes = RULES[name].decide(name, self.records, call, fields)
        changes |= links.follow(self.records, call, changes)
        self.records = self.records.fold(changes)
        return self

    @property
    def notes(self) -> list[tuple[str, str]]:
        return [(note.about, note.heading) for note in self.records.all(Note)]


@pytest.fixture
def told() -> Told:
    return Told()


def test_an_item_that_begins_makes_a_section_of_the_minutes_once(told):
    told.done(FACILITATOR, "agenda.add", title="Budget", minutes=10)
    assert told.notes == []
    told.done(FACILITATOR, "agenda.start", item="c1").done(FACILITATOR, "agenda.finish", item="c1")
    told.done(FACILITATOR, "agenda.start", item="c1")

    assert told.notes == [("agenda.item/c1", "Budget")]


def test_a_result_goes_into_the_minutes_when_it_is_published(told):
    told.done(FACILITATOR, "polls.draft", plan=asked("Quel jour ?", ["Lundi", "Mardi"]))
    told.done(FACILITATOR, "polls.open", poll="c1").done(FACILITATOR, "polls.close", poll="c1")
    assert told.notes == []
    told.done(FACILITATOR, "polls.publish", poll="c1")

    assert told.notes == [("polls.poll/c1", "")]


def test_a_question_goes_into_the_minutes_when_it_is_answered_and_once(told):
    told.done(NINA, "questions.ask", text="Quand ?", anonymous=True)
    told.done(FACILITATOR, "questions.take_up", question="c1")
    assert told.notes == []
    told.done(FACILITATOR, "questions.answer", question="c1")
    told.done(FACILITATOR, "questions.put_back", question="c1")
    told.done(FACILITATOR, "questions.answer", question="c1")

    assert told.notes == [("questions.question/c1", "")]


def test_nothing_more_goes_into_final_minutes(told):
    told.done(FACILITATOR, "agenda.add", title="Budget").done(NINA, "minutes.prepare")
    told.done(NINA, "minutes.approve").done(FACILITATOR, "minutes.freeze")
    told.done(FACILITATOR, "agenda.start", item="c1")

    assert told.notes == []
