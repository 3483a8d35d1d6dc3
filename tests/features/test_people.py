from __future__ import annotations

import pytest

from tests.features.given import ANA, BEN, FACILITATOR, NINA, Given
from workshop.feature import Refused
from workshop.features.people.rules import Seat, people, person
from workshop.people import SYSTEM, Person


@pytest.fixture
def given() -> Given:
    given = Given(people)
    for who in (ANA, BEN, FACILITATOR):
        given.done(SYSTEM, "sit", person=who.id, name=who.name, role=who.role, place=who.place)
    return given


def test_sitting_down_is_for_facilitators_to_see(given):
    assert given.records.find(Seat, "ana") == Seat(
        id="ana", name="Ana", role="participant", place="hall", at=1.0
    )
    assert given.records.find(Seat, "ana").audience == "facilitators"


def test_the_person_is_read_off_the_seat(given):
    assert person(given.records, "ana") == ANA
    assert person(given.records, "nobody") is None


def test_nobody_seats_themselves(given):
    with pytest.raises(Refused, match="not-allowed"):
        given.when(ANA, "sit", person="eve", name="Eve", role="facilitator", place="hall")


def test_someone_goes_home_in_the_break(given):
    given.done(ANA, "move", place="remote")

    assert person(given.records, "ana").place == "remote"


def test_a_role_is_given_and_taken(given):
    given.done(FACILITATOR, "give", person="ana", role="note_taker")
    assert person(given.records, "ana").role == "note_taker"

    given.done(FACILITATOR, "give", person="ana", role="participant")
    assert person(given.records, "ana").role == "participant"


@pytest.mark.parametrize("role", ["system", "screen", "observer", "kiosk", "king", ""])
def test_roles_that_are_not_given(given, role):
    with pytest.raises(Refused, match="malformed"):
        given.when(FACILITATOR, "give", person="ana", role=role)


def test_someone_removed_has_no_seat(given):
    given.done(FACILITATOR, "remove", person="ana")

    assert person(given.records, "ana") is None


@pytest.mark.parametrize(("command", "fields"), [("give", {"role": "participant"}), ("remove", {})])
def test_nobody_locks_themselves_out(given, command, fields):
    with pytest.raises(Refused, match="not-yourself"):
        given.when(FACILITATOR, command, person=FACILITATOR.id, **fields)


@pytest.mark.parametrize(("command", "fields"), [("give", {"role": "participant"}), ("remove", {})])
def test_someone_who_is_not_there(given, command, fields):
    with pytest.raises(Refused, match="unknown-person"):
        given.when(FACILITATOR, command, person="nobody", **fields)


@pytest.mark.parametrize(("command", "fields"), [("give", {"role": "facilitator"}), ("remove", {})])
def test_participants_give_and_remove_nobody(given, command, fields):
    with pytest.raises(Refused, match="not-allowed"):
        given.when(BEN, command, person="ana", **fields)


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b"])
def test_names_that_are_no_names(given, name):
    with pytest.raises(Refused, match="malformed"):
        given.when(SYSTEM, "sit", person="e", name=name, role="participant", place="hall")


def test_audiences():
    assert ANA.audiences == {"all", "ana"}
    assert NINA.audiences == {"all", "staff", "nina"}
    assert FACILITATOR.audiences == {"all", "staff", "facilitators", FACILITATOR.id}
    assert Person("s1", "", role="screen").audiences == {"all", "screens"}
