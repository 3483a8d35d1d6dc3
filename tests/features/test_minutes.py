from __future__ import annotations

import pytest

from tests.features.given import ANA, FACILITATOR, NINA, Given
from workshop.feature import Refused
from workshop.features.minutes.rules import may_write, minutes
from workshop.people import OBSERVER, Person


@pytest.fixture
def given() -> Given:
    return Given(minutes)


def test_note_takers_and_facilitators_write(given):
    screen = Person("s", "", role="screen")
    writing = [may_write(given.records, who) for who in (NINA, FACILITATOR, ANA, OBSERVER, screen)]

    assert writing == [True, True, False, False, False]


def test_nobody_writes_in_locked_minutes(given):
    given.done(FACILITATOR, "lock")

    assert not any(may_write(given.records, who) for who in (NINA, FACILITATOR))


def test_unlocked_minutes_are_written_again(given):
    given.done(FACILITATOR, "lock").done(FACILITATOR, "unlock")

    assert may_write(given.records, NINA)


def test_locking_is_said_once(given):
    with pytest.raises(Refused, match="not-locked"):
        given.when(FACILITATOR, "unlock")
    given.done(FACILITATOR, "lock")
    with pytest.raises(Refused, match="already-locked"):
        given.when(FACILITATOR, "lock")


@pytest.mark.parametrize("command", ["lock", "unlock"])
def test_note_takers_lock_nothing(given, command):
    with pytest.raises(Refused, match="not-allowed"):
        given.when(NINA, command)
