"""Hands, cards and paper: typed in by one officer, confirmed by another, shown as what they are."""

from __future__ import annotations

import pytest

from tests.features.given import ANA, BEN, FACILITATOR, NINA
from tests.features.polled import SINGLE, Polled, plan
from workshop.feature import Refused
from workshop.features.polls.poll import HandCount, Sheet


def entered(given: Polled, lines=((0, 12), (1, 3)), voters=15, by=FACILITATOR) -> Polled:
    lines = [list(line) for line in lines]
    given.done(by, "enter", poll="c1", channel="hands", lines=lines, voters=voters)
    return given


def confirmed(given: Polled, by=NINA) -> Polled:
    (sheet,) = given.records.all(Sheet)
    given.done(by, "confirm", sheet=sheet.id)
    return given


def test_a_sheet_counts_when_a_second_officer_has_confirmed_it():
    given = entered(Polled().opened().voted(ANA, 0)).counted()
    assert given.turnout.paper == 0

    confirmed(given)
    assert given.turnout.paper == 15
    result = given.closed().result
    assert (result.outcome.votes, result.outcome.voters) == ([13, 3], 16)


def test_what_was_counted_by_hand_freezes_the_plan():
    """Lines of an answer that the new form does not know could never be counted, and the vote never
    be closed."""
    with pytest.raises(Refused, match="frozen"):
        entered(Polled().opened()).done(
            FACILITATOR, "edit", poll="c1", plan=plan(form={"kind": "yes_no"})
        )


def test_it_is_shown_as_such():
    result = confirmed(entered(Polled().opened())).closed().result

    assert result.sheets == [HandCount("hands", 15, "Hélène", "Nina")]
    assert (result.paper, result.hall) == (15, 0)


def test_nobody_confirms_their_own():
    with pytest.raises(Refused, match="not-yourself"):
        confirmed(entered(Polled().opened()), by=FACILITATOR)


def test_it_is_confirmed_once():
    with pytest.raises(Refused, match="no-such-sheet"):
        confirmed(confirmed(entered(Polled().opened())))


def test_a_sheet_is_for_those_who_may_confirm_it():
    (sheet,) = entered(Polled().opened()).records.all(Sheet)

    assert sheet.audience == "staff"
    assert sheet.audience in NINA.audiences & FACILITATOR.audiences
    assert sheet.audience not in ANA.audiences


def test_paper_may_be_counted_after_the_close():
    given = Polled().opened().voted(ANA, 1).closed()
    confirmed(entered(given))

    assert given.result.outcome.votes == [12, 4]


def test_a_result_is_not_published_over_a_sheet_that_waits():
    given = entered(Polled().opened().closed())

    with pytest.raises(Refused, match="sheet-waits"):
        given.published()
    (sheet,) = given.records.all(Sheet)
    given.done(NINA, "tear_up", sheet=sheet.id).done(FACILITATOR, "publish", poll="c1")


@pytest.mark.parametrize("command", ["enter", "confirm", "tear_up"])
def test_what_is_published_stands(command):
    given = confirmed(entered(Polled().opened())).closed().published()
    (sheet,) = given.records.all(Sheet)
    fields = {"sheet": sheet.id}
    if command == "enter":
        fields = {"poll": "c1", "channel": "hands", "lines": [[0, 1]], "voters": 1}

    with pytest.raises(Refused, match=r"not-open|no-such-sheet"):
        given.when(NINA, command, **fields)


@pytest.mark.parametrize("command", ["enter", "confirm", "tear_up"])
def test_only_officers_count_hands(command):
    with pytest.raises(Refused, match="not-allowed"):
        Polled().opened().when(BEN, command)


@pytest.mark.parametrize(
    ("lines", "voters", "code"),
    [
        ([(0, 12), (1, 3)], 14, "voters-do-not-match"),
        ([(0, 0)], 0, "voters-do-not-match"),
        ([(2, 5)], 5, "no-such-option"),
        ([(0, -1)], 1, "malformed"),
        ([], 0, "malformed"),
    ],
)
def test_sheets_that_are_refused(lines, voters, code):
    with pytest.raises(Refused, match=code):
        entered(Polled().opened(), lines, voters)


@pytest.mark.parametrize(
    ("form", "first", "most"), [({"kind": "text"}, "a", 5_000), (SINGLE, 0, 100_000)]
)
def test_no_more_is_counted_by_hand_than_can_be(form, first, most):
    """A result lists every text: a sheet of 500 lines, each 100 000 times, filled the memory."""
    given = entered(Polled(form=form).opened(), [(first, most)], most)

    with pytest.raises(Refused, match="too-many"):
        entered(given, [(first, 1)], 1)


def test_hands_raised_for_several_options_are_people_only_once():
    form = {"kind": "approval", "options": ["soup", "salad"]}
    lines = [([0], 12), ([1], 9)]
    result = confirmed(entered(Polled(form=form).opened(), lines, 14)).closed().result
    assert (result.outcome.votes, result.outcome.voters) == ([12, 9], 14)

    with pytest.raises(Refused, match="voters-do-not-match"):
        entered(Polled(form=form).opened(), lines, 11)


def test_a_draft_has_no_sheets():
    with pytest.raises(Refused, match="not-open"):
        entered(Polled())
