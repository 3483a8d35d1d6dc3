from __future__ import annotations

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st

from tests.features.given import ANA, BEN, CHI, FACILITATOR, NINA, Given
from workshop.feature import Due, Refused
from workshop.features.polls.rules import Ballot, Poll, Result, Tally, Turnout, polls
from workshop.people import SYSTEM, Person

OPTIONS = ["soup", "salad"]


@pytest.fixture
def drafted() -> Given:
    return Given(polls).done(FACILITATOR, "draft", question="Lunch?", options=OPTIONS)


@pytest.fixture
def opened(drafted) -> Given:
    return drafted.done(FACILITATOR, "open", poll="c1")


def the_poll(given: Given) -> Poll:
    return given.records.find(Poll, "c1")


# Preparing --------------------------------------------------------------------------------


def test_a_draft_is_for_facilitators(drafted):
    assert the_poll(drafted) == Poll(id="c1", question="Lunch?", options=OPTIONS, seq=1)
    assert the_poll(drafted).audience == "facilitators"


def test_a_draft_can_be_changed(drafted):
    drafted.done(FACILITATOR, "edit", poll="c1", question="Dinner?", options=["a", "b", "c"])

    assert (the_poll(drafted).question, the_poll(drafted).options) == ("Dinner?", ["a", "b", "c"])


def test_a_draft_can_be_discarded(drafted):
    drafted.done(FACILITATOR, "discard", poll="c1")

    assert drafted.records.all(Poll) == []


TOO_MANY = [str(n) for n in range(21)]
NO_OPTIONS = (["soup"], [], ["x", "x"], ["Soup", " soup "], ["a", " "], TOO_MANY, "ab", ["a", None])


@pytest.mark.parametrize("options", NO_OPTIONS)
def test_options_that_are_refused(options):
    with pytest.raises(Refused, match=r"malformed|options-alike"):
        Given(polls).when(FACILITATOR, "draft", question="Lunch?", options=options)


@pytest.mark.parametrize("command", ["edit", "discard", "open"])
def test_what_has_been_opened_is_no_draft_any_more(opened, command):
    fields = {"question": "?", "options": OPTIONS} if command == "edit" else {}

    with pytest.raises(Refused, match="not-draft"):
        opened.when(FACILITATOR, command, poll="c1", **fields)


def test_one_poll_at_a_time(opened):
    opened.done(FACILITATOR, "draft", question="Dessert?", options=OPTIONS)

    with pytest.raises(Refused, match="another-is-open"):
        opened.when(FACILITATOR, "open", poll="c3")


@pytest.mark.parametrize("command", ["draft", "edit", "discard", "open", "close", "publish"])
@pytest.mark.parametrize("who", [ANA, NINA, SYSTEM, Person("s", "", role="screen")])
def test_only_facilitators_run_polls(drafted, command, who):
    with pytest.raises(Refused, match="not-allowed"):
        drafted.when(who, command, poll="c1")


# Voting -----------------------------------------------------------------------------------


def test_opening_shows_everyone_the_poll_and_a_turnout_of_nobody(opened):
    assert (the_poll(opened).audience, the_poll(opened).opened_at) == ("all", 2.0)
    assert opened.records.find(Turnout, "c1") == Turnout(id="c1", hall=0, remote=0)


def test_a_ballot_is_its_owners(opened):
    opened.done(ANA, "vote", poll="c1", option=1)

    assert opened.records.all(Ballot) == [
        Ballot(id="c1:ana", poll="c1", person="ana", place="hall", option=1, seq=3)
    ]
    assert opened.records.all(Ballot)[0].audience == "ana"


def test_ballots_are_counted_by_place(opened):
    opened.done(ANA, "vote", poll="c1", option=0).done(BEN, "vote", poll="c1", option=1)
    opened.done(CHI, "vote", poll="c1", option=1).done(SYSTEM, "count", poll="c1")

    assert opened.records.find(Tally, "c1") == Tally(
        id="c1", hall=[1, 1], remote=[0, 1], at=6.0, upto=5
    )
    assert opened.records.find(Turnout, "c1") == Turnout(id="c1", hall=2, remote=1)


def test_changing_ones_vote_counts_once(opened):
    opened.done(ANA, "vote", poll="c1", option=0).done(ANA, "vote", poll="c1", option=1)
    opened.done(SYSTEM, "count", poll="c1")

    assert opened.records.find(Tally, "c1").hall == [0, 1]


def test_the_tally_is_for_facilitators(opened):
    assert opened.records.find(Tally, "c1").audience == "facilitators"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"poll": "c1", "option": 2}, "no-such-option"),
        ({"poll": "c1", "option": -1}, "no-such-option"),
        ({"poll": "nope", "option": 0}, "not-open"),
        ({"poll": "c1", "option": "0"}, "malformed"),
        ({"poll": "c1", "option": 0.5}, "malformed"),
        ({"poll": "c1", "option": True}, "malformed"),
        ({"poll": "c1", "option": [0, 1]}, "malformed"),
        ({"poll": "c1"}, "malformed"),
        ({"poll": "c1", "option": 0, "as": "ben"}, "malformed"),
    ],
)
def test_votes_that_are_refused(opened, fields, code):
    with pytest.raises(Refused, match=code):
        opened.when(ANA, "vote", **fields)


def test_nobody_votes_on_a_draft_or_after_the_close(drafted):
    with pytest.raises(Refused, match="not-open"):
        drafted.when(ANA, "vote", poll="c1", option=0)
    drafted.done(FACILITATOR, "open", poll="c1").done(FACILITATOR, "close", poll="c1")
    with pytest.raises(Refused, match="not-open"):
        drafted.when(ANA, "vote", poll="c1", option=0)


# Counting ---------------------------------------------------------------------------------


def test_an_uncounted_ballot_calls_for_a_count_after_half_a_second(opened):
    opened.done(ANA, "vote", poll="c1", option=0)

    assert polls.fallen_due(opened.records, now=2.4) == []
    assert polls.fallen_due(opened.records, now=2.5) == [
        Due("polls.count", "polls.count:c1:3", {"poll": "c1"})
    ]


def test_a_counted_poll_calls_for_nothing(opened):
    opened.done(ANA, "vote", poll="c1", option=0).done(SYSTEM, "count", poll="c1")

    assert polls.fallen_due(opened.records, now=99) == []


def test_closing_counts_what_was_not_counted_yet(opened):
    opened.done(ANA, "vote", poll="c1", option=0).done(FACILITATOR, "close", poll="c1")

    assert opened.records.find(Tally, "c1").hall == [1, 0]
    assert opened.records.find(Result, "c1") is None


def test_publishing_shows_everyone_the_result(opened):
    opened.done(ANA, "vote", poll="c1", option=0).done(CHI, "vote", poll="c1", option=1)
    opened.done(FACILITATOR, "close", poll="c1").done(FACILITATOR, "publish", poll="c1")

    result = opened.records.find(Result, "c1")
    assert result == Result(id="c1", votes=[1, 1], hall=1, remote=1, split=[])
    assert result.audience == "all"


@pytest.mark.parametrize("command", ["close", "publish"])
def test_nothing_is_closed_or_published_twice(opened, command):
    opened.done(FACILITATOR, "close", poll="c1").done(FACILITATOR, "publish", poll="c1")

    with pytest.raises(Refused, match=r"not-(open|closed)"):
        opened.when(FACILITATOR, command, poll="c1")


def published(given: Given, *options: int) -> Result:
    """The result when people, from hall and remote in turn, have answered these."""
    for n, option in enumerate(options):
        voter = Person(f"p{n}", f"P{n}", place="hall" if n % 2 else "remote")
        given.done(voter, "vote", poll="c1", option=option)
    given.done(FACILITATOR, "close", poll="c1").done(FACILITATOR, "publish", poll="c1")
    return given.records.find(Result, "c1")


def test_an_answer_of_few_is_not_split_by_place_nor_can_it_be_worked_out(opened):
    assert published(opened, *[0] * 6, *[1] * 4).split == []


def test_the_only_person_of_a_place_is_not_told_by_place(opened):
    for n in range(11):
        place = "hall" if n == 0 else "remote"
        opened.done(Person(f"p{n}", "P", place=place), "vote", poll="c1", option=n % 2)
    opened.done(FACILITATOR, "close", poll="c1").done(FACILITATOR, "publish", poll="c1")

    result = opened.records.find(Result, "c1")
    assert (result.votes, result.split) == ([6, 5], [])


def test_answers_of_many_or_of_nobody_are_split_by_place(opened):
    assert published(opened, *[0] * 10).split == [(5, 5), (0, 0)]


def test_a_clock_that_was_set_back_does_not_stop_the_counting(opened):
    opened.done(ANA, "vote", poll="c1", option=0)

    assert [due.name for due in polls.fallen_due(opened.records, now=-3600)] == ["polls.count"]


@whatever(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1)), max_size=30))
def test_the_result_equals_the_last_ballot_of_each(votes):
    given = Given(polls).done(FACILITATOR, "draft", question="?", options=OPTIONS)
    given.done(FACILITATOR, "open", poll="c1")
    last: dict[int, int] = {}
    for who, option in votes:
        given.done(Person(f"p{who}", "P"), "vote", poll="c1", option=option)
        last[who] = option
    given.done(FACILITATOR, "close", poll="c1").done(FACILITATOR, "publish", poll="c1")

    result = given.records.find(Result, "c1")
    assert result.votes == [list(last.values()).count(option) for option in (0, 1)]
    assert result.hall + result.remote == sum(result.votes) == len(last)
