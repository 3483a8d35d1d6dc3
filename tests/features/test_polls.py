"""The life of a poll, and who may do what at which point of it."""

from __future__ import annotations

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st

from tests.features.given import ANA, BEN, CHI, FACILITATOR, NINA
from tests.features.polled import KIOSK, OPTIONS, SINGLE, Polled, crowd, plan
from workshop.feature import Call, Due, Refused
from workshop.features.polls.poll import Ballot, Poll, Result, Roll
from workshop.features.polls.rules import polls
from workshop.people import SYSTEM, Person

SCREEN = Person("s", "", role="screen")


def due(given: Polled, now: float) -> list[Due]:
    return polls.fallen_due(given.records, now)


# Preparing --------------------------------------------------------------------------------


def test_a_draft_is_for_facilitators():
    drafted = Polled()

    assert (drafted.poll.plan.question, drafted.poll.status) == ("Lunch?", "draft")
    assert drafted.poll.audience == "facilitators"


def test_a_draft_can_be_changed():
    given = Polled().done(FACILITATOR, "edit", poll="c1", plan=plan(question=" Dinner? "))

    assert (given.poll.plan.question, given.poll.version) == ("Dinner?", 2)


def test_a_draft_can_be_discarded():
    given = Polled().done(FACILITATOR, "invite", poll="c1", people=["ana"])
    given.done(FACILITATOR, "discard", poll="c1")

    assert dict(given.records) == {}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"form": {"kind": "single", "options": ["soup"]}}, "malformed"),
        ({"form": {"kind": "single", "options": ["Soup", " soup "]}}, "options-alike"),
        ({"form": {"kind": "nothing"}}, "malformed"),
        ({"secrecy": "rather"}, "malformed"),
        ({"grace": 61}, "malformed"),
        ({"seconds": -1}, "malformed"),
        ({"live": ["everyone"]}, "malformed"),
        ({"places": ["moon"]}, "malformed"),
        ({"question": " "}, "malformed"),
        ({"unknown": 1}, "malformed"),
    ],
)
def test_plans_that_are_refused(fields, code):
    with pytest.raises(Refused, match=code):
        Polled().when(FACILITATOR, "draft", plan=plan(**fields))


@pytest.mark.parametrize("command", ["discard", "open", "invite"])
def test_what_has_been_opened_is_no_draft_any_more(command):
    fields = {"people": []} if command == "invite" else {}

    with pytest.raises(Refused, match="not-draft"):
        Polled().opened().when(FACILITATOR, command, poll="c1", **fields)


def test_an_open_poll_can_be_changed_until_somebody_has_voted():
    given = Polled().opened().done(FACILITATOR, "edit", poll="c1", plan=plan(question="Dinner?"))
    assert (given.poll.status, given.poll.plan.question) == ("open", "Dinner?")

    given.done(ANA, "vote", poll="c1", version=2, answer=0)
    with pytest.raises(Refused, match="frozen"):
        given.when(FACILITATOR, "edit", poll="c1", plan=plan())


def test_how_secret_a_vote_is_stands_from_its_opening():
    with pytest.raises(Refused, match="secrecy-stands"):
        Polled().opened().when(FACILITATOR, "edit", poll="c1", plan=plan(secrecy="public"))


def test_a_ballot_for_what_was_asked_before_is_refused():
    given = Polled().opened().done(FACILITATOR, "edit", poll="c1", plan=plan(question="Dinner?"))

    with pytest.raises(Refused, match="changed-meanwhile"):
        given.when(ANA, "vote", poll="c1", version=1, answer=0)


def test_another_round_keeps_what_the_first_one_was():
    given = Polled().opened().voted(ANA, 0).closed().done(FACILITATOR, "again", poll="c1")

    (second,) = [each for each in given.records.all(Poll) if each.id != "c1"]
    assert (second.round, second.before, second.status) == (2, "c1", "draft")
    assert second.plan == given.poll.plan
    assert (given.result.outcome.votes, given.poll.set_aside) == ([1, 0], False)


def test_another_round_is_for_those_who_were_on_the_roll():
    """Everyone could vote in it, and nothing said so."""
    given = Polled().done(FACILITATOR, "invite", poll="c1", people=["ana"]).opened().closed()
    given.done(FACILITATOR, "again", poll="c1").done(FACILITATOR, "open", poll="c5")
    given.done(ANA, "vote", poll="c5", version=1, answer=0)

    with pytest.raises(Refused, match="not-entitled"):
        given.when(BEN, "vote", poll="c5", version=1, answer=0)


def test_what_is_shown_of_a_vote_that_is_edited_is_of_what_it_asks_now():
    given = Polled(ANA, CHI, live=["phones", "desk"]).opened()
    three = {"kind": "single", "options": ["soup", "salad", "pasta"]}
    edited = plan(form=three, live=["desk"], places=["hall"])
    given.done(FACILITATOR, "edit", poll="c1", plan=edited)

    assert given.running("facilitators").outcome.votes == [0, 0, 0]
    assert given.running("all") is None
    assert given.turnout.entitled == 1


def test_no_text_of_a_plan_or_roll_is_one_that_no_database_takes():
    """PostgreSQL refuses it, and with it whatever was asked at once."""
    with pytest.raises(Refused, match="malformed"):
        Polled(groups=["a\0b"])
    with pytest.raises(Refused, match="malformed"):
        Polled().when(FACILITATOR, "invite", poll="c1", people=["a\0b"])


def test_a_poll_begun_anew_is_set_aside_and_kept():
    given = Polled().opened().voted(ANA, 0).closed()
    given.done(FACILITATOR, "again", poll="c1", instead=True)

    assert (given.poll.set_aside, given.result.outcome.votes) == (True, [1, 0])


def test_there_is_no_other_round_of_what_is_still_open():
    with pytest.raises(Refused, match="not-closed"):
        Polled().opened().when(FACILITATOR, "again", poll="c1")


COMMANDS = (
    *("draft", "edit", "discard", "invite", "again", "open", "extend", "show", "close", "publish"),
)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("who", [ANA, NINA, SCREEN, KIOSK])
def test_only_facilitators_run_polls(command, who):
    with pytest.raises(Refused, match="not-allowed"):
        Polled().when(who, command, poll="c1")


@pytest.mark.parametrize("command", ["count", "end", "unseal", "lose"])
@pytest.mark.parametrize("who", [ANA, NINA, FACILITATOR, SCREEN, KIOSK])
def test_only_time_counts(command, who):
    with pytest.raises(Refused, match="not-allowed"):
        Polled().when(who, command, poll="c1")


# Voting -----------------------------------------------------------------------------------


def test_opening_shows_everyone_the_poll_and_a_turnout_of_nobody():
    given = Polled(ANA, CHI, NINA, FACILITATOR, SCREEN, KIOSK).opened()

    assert (given.poll.audience, given.poll.opened_at) == ("all", 2.0)
    assert (given.turnout.hall, given.turnout.remote, given.turnout.entitled) == (0, 0, 4)


def test_a_ballot_is_its_owners():
    given = Polled().opened().voted(ANA, 1)

    assert given.ballots == [
        Ballot(id="c1:ana", poll="c1", person="ana", channel="hall", answer=1, seq=3, since=3)
    ]
    assert given.ballots[0].audience == "ana"


def test_changing_ones_vote_counts_once():
    given = Polled().opened().voted(ANA, 0).voted(ANA, 1).closed()

    assert given.result.outcome.votes == [0, 1]


def test_one_who_moves_has_one_vote():
    moved = Person("ana", "Ana", place="remote")
    given = Polled().opened().voted(ANA, 0).voted(moved, 1).closed()

    assert (given.result.hall, given.result.remote) == (0, 1)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"answer": 2}, "no-such-option"),
        ({"answer": -1}, "no-such-option"),
        ({"poll": "nope"}, "not-open"),
        ({"answer": "0"}, "malformed"),
        ({"answer": 0.5}, "malformed"),
        ({"answer": True}, "malformed"),
        ({"answer": [0, 1]}, "malformed"),
        ({"answer": None}, "malformed"),
        ({"as": "ben"}, "malformed"),
        ({"version": 2}, "changed-meanwhile"),
        ({"code": "short"}, "malformed"),
    ],
)
def test_votes_that_are_refused(fields, code):
    with pytest.raises(Refused, match=code):
        Polled().opened().when(ANA, "vote", **({"poll": "c1", "version": 1, "answer": 0} | fields))


def test_nobody_votes_on_a_draft_or_after_the_close():
    given = Polled()
    with pytest.raises(Refused, match="not-open"):
        given.voted(ANA, 0)
    given.opened().closed()
    with pytest.raises(Refused, match="not-open"):
        given.voted(ANA, 0)


def test_several_polls_may_be_open_but_not_too_many():
    given = Polled().opened()
    for n in range(4):
        given.done(FACILITATOR, "draft", plan=plan()).done(
            FACILITATOR, "open", poll=f"c{3 + 2 * n}"
        )
    given.done(FACILITATOR, "draft", plan=plan())

    with pytest.raises(Refused, match="too-many-open"):
        given.when(FACILITATOR, "open", poll="c11")


# Who may vote -----------------------------------------------------------------------------

YOUNG = Person("yun", "Yun", groups=frozenset({"age:15-25"}))


@pytest.mark.parametrize(
    ("fields", "may", "may_not"),
    [
        ({"places": ["hall"]}, [ANA], [CHI]),
        ({"places": ["hall", "remote"]}, [ANA, CHI], []),
        ({"groups": ["age:15-25", "age:<15"]}, [YOUNG], [ANA]),
        ({"kiosk": True}, [KIOSK], []),
        ({}, [ANA, NINA, FACILITATOR], [KIOSK]),
    ],
)
def test_who_may_vote(fields, may, may_not):
    given = Polled(ANA, CHI, YOUNG, **fields).opened()
    for person in may:
        given.voted(person, 0)
    for person in may_not:
        with pytest.raises(Refused, match="not-entitled"):
            given.voted(person, 0)


@pytest.mark.parametrize("who", [SCREEN, SYSTEM, Person("o", "", role="observer")])
def test_only_members_and_kiosks_vote(who):
    with pytest.raises(Refused, match="not-allowed"):
        Polled().opened().voted(who, 0)


def test_a_listed_poll_is_for_those_on_its_roll():
    given = Polled(ANA, BEN, CHI).done(FACILITATOR, "invite", poll="c1", people=["ana", "chi"])
    given.done(FACILITATOR, "open", poll="c1")

    given.voted(ANA, 0)
    assert given.turnout.entitled == 2
    with pytest.raises(Refused, match="not-entitled"):
        given.voted(BEN, 0)


def test_the_roll_is_told_to_facilitators_and_to_each_of_those_on_it():
    given = Polled().done(FACILITATOR, "invite", poll="c1", people=["ana"])
    given.done(FACILITATOR, "invite", poll="c1", people=["ben"])

    told = {record.audience for key, record in given.records if not key.startswith("polls.poll/")}
    assert told == {"facilitators", "ben"}
    assert "ben" not in str(given.poll)


def test_whoever_voted_and_left_was_entitled():
    given = Polled(ANA).opened().voted(ANA, 0).voted(BEN, 0).closed()

    assert given.result.entitled == 2


def test_at_a_kiosk_each_ballot_is_another_visitors():
    given = Polled(kiosk=True).opened().voted(KIOSK, 0).voted(KIOSK, 0).closed()

    assert (given.result.kiosk, given.result.outcome.votes, given.result.entitled) == (2, [2, 0], 0)


@pytest.mark.parametrize("secrecy", ["confidential", "secret"])
def test_a_kiosk_takes_nobodys_ballot_whatever_ref_it_makes(secrecy):
    given = Polled(ANA, kiosk=True, secrecy=secrecy).opened().voted(ANA, 0)
    call = Call(KIOSK, given.now + 1, 9, ANA.id)
    fields = {"poll": "c1", "version": 1, "answer": 1}
    changes = polls.decide("polls.vote", given.records, call, fields)

    assert all(ANA.id not in (each.person, each.audience) for each in changes.values())
    assert not changes.keys() & ({key for key, _ in given.records} | given.beside.keys())


# Time -------------------------------------------------------------------------------------


def test_a_timed_poll_closes_by_itself():
    given = Polled(seconds=60).opened()

    assert due(given, 61.9) == []
    assert due(given, 62) == [Due("polls.close", "polls.close:c1:62.0", {"poll": "c1"})]


def test_more_time_is_given_from_the_end_that_was_set():
    given = Polled(seconds=60).opened().done(FACILITATOR, "extend", poll="c1", seconds=30)

    assert given.poll.ends_at == 92
    with pytest.raises(Refused, match="not-yet"):  # the end of before was on its way
        given.wait(65).when(SYSTEM, "close", poll="c1")


def test_a_poll_without_end_is_given_one_from_now():
    given = Polled().opened().done(FACILITATOR, "extend", poll="c1", seconds=30)

    assert given.poll.ends_at == 33


def test_time_does_not_close_a_poll_that_has_none():
    with pytest.raises(Refused, match="not-yet"):
        Polled().opened().when(SYSTEM, "close", poll="c1")


def test_after_the_close_a_grace_begins_in_which_nothing_is_told():
    given = Polled(grace=10).opened().voted(ANA, 0).closed()

    assert (given.poll.status, given.poll.closed_at, given.poll.until) == ("closing", 4, 14)
    assert given.result is None
    assert [each.name for each in due(given, 13.9)] == ["polls.count"]
    assert due(given, 14) == [Due("polls.end", "polls.end:c1", {"poll": "c1"})]


def test_the_grace_does_not_end_early():
    with pytest.raises(Refused, match="not-yet"):
        Polled(grace=10).opened().closed().when(SYSTEM, "end", poll="c1")


def test_a_ballot_in_the_pocket_is_taken_in_the_grace():
    given = Polled(grace=10).opened().closed()
    given.voted(ANA, 0, seen=2.5).ended()

    assert given.result.outcome.votes == [1, 0]


@pytest.mark.parametrize("seen", [0, 882.9, 1003.5])
def test_in_the_grace_only_those_who_were_here_just_before_are_heard(seen):
    given = Polled(grace=10).wait(1000).opened().closed()
    assert given.poll.closed_at == 1003

    with pytest.raises(Refused, match="too-late"):
        given.voted(ANA, 0, seen=seen)
    given.voted(ANA, 0, seen=883)


def test_after_the_grace_nobody_is_heard_even_before_it_is_ended():
    given = Polled(grace=10).opened().closed().wait(11)

    with pytest.raises(Refused, match="too-late"):
        given.voted(ANA, 0, seen=2.5)


@pytest.mark.parametrize("command", ["close", "publish"])
def test_nothing_is_closed_or_published_twice(command):
    given = Polled().opened().closed().published()

    with pytest.raises(Refused, match=r"not-(open|closed)"):
        given.when(FACILITATOR, command, poll="c1")


@pytest.mark.parametrize("command", ["extend", "show", "close"])
def test_what_is_closed_is_not_run_any_more(command):
    fields = {"extend": {"seconds": 5}, "show": {"live": []}}.get(command, {})

    with pytest.raises(Refused, match="not-open"):
        Polled().opened().closed().when(FACILITATOR, command, poll="c1", **fields)


def test_publishing_shows_everyone_the_result():
    given = Polled().opened().voted(ANA, 0).voted(CHI, 1).closed()
    assert given.result.audience == "facilitators"

    given.published()
    assert (given.result.audience, given.result.outcome.votes) == ("all", [1, 1])


# Counting while people vote ---------------------------------------------------------------


def test_an_uncounted_ballot_calls_for_a_count_after_half_a_second():
    given = Polled().opened().voted(ANA, 0)

    assert due(given, 2.4) == []
    assert due(given, 2.5) == [Due("polls.count", "polls.count:c1:3", {"poll": "c1"})]
    assert due(given.counted(), 99) == []


def test_a_clock_that_was_set_back_does_not_stop_the_counting():
    assert [each.name for each in due(Polled().opened().voted(ANA, 0), -3600)] == ["polls.count"]


@pytest.mark.parametrize(
    ("live", "audiences"),
    [
        (["desk"], {"facilitators"}),
        (["phones", "screen"], {"all", "screens"}),
        ([], set()),
    ],
)
def test_the_running_count_is_told_to_those_it_is_set_for(live, audiences):
    given = Polled(secrecy="public", live=live).opened().voted(ANA, 0).counted()

    for audience in ("all", "screens", "facilitators"):
        running = given.running(audience)
        assert (running is not None) == (audience in audiences)
        assert running is None or (running.audience, running.outcome.votes) == (audience, [1, 0])


def test_who_sees_it_can_be_changed_while_people_vote():
    given = Polled(secrecy="public").opened().voted(ANA, 0)
    given.done(FACILITATOR, "show", poll="c1", live=["phones"])

    assert given.running("facilitators") is None
    assert given.running("all").outcome.votes == [1, 0]


def test_a_count_that_grows_by_one_would_say_how_the_one_voted():
    given = Polled().opened()
    for person in crowd(4):
        given.voted(person, 0).counted()
    assert given.running("facilitators").outcome.votes == [0, 0]

    given.voted(ANA, 1).counted()
    assert given.running("facilitators").outcome.votes == [4, 1]
    given.voted(BEN, 1).counted()
    assert given.running("facilitators").outcome.votes == [4, 1]


def test_a_roll_of_thousands_comes_in_several_commands():
    given = Polled().done(FACILITATOR, "invite", poll="c1", people=["ana", "ben"])
    given.done(FACILITATOR, "invite", poll="c1", people=["ben", "chi"], more=True)
    assert given.records.find(Roll, "c1").people == ["ana", "ben", "chi"]

    given.done(FACILITATOR, "invite", poll="c1", people=["chi"])
    assert given.records.find(Roll, "c1").people == ["chi"]

    many = [f"p{n}" for n in range(5000)]
    with pytest.raises(Refused, match="too-many"):
        given.when(FACILITATOR, "invite", poll="c1", people=many, more=True)


def test_who_votes_again_and_again_makes_nobody_known():
    """Four seats of the facilitator's own made each other voter the fifth."""
    given = Polled().opened()
    for person in [*crowd(4), ANA]:
        given.voted(person, 0)
    given.counted().voted(BEN, 1)
    for person in crowd(4):
        given.voted(person, 0)

    assert given.counted().running("facilitators").outcome.votes == [5, 0]


def test_hiding_the_count_and_showing_it_again_tells_nothing_new():
    given = Polled().opened()
    for person in crowd(5):
        given.voted(person, 0)
    given.counted().voted(ANA, 1).done(FACILITATOR, "show", poll="c1", live=[])
    given.done(FACILITATOR, "show", poll="c1", live=["desk"])
    assert given.running("facilitators") is None

    given.done(FACILITATOR, "show", poll="c1", live=["desk", "phones"])
    assert given.running("all") is None


def test_in_the_grace_the_running_count_stands_still():
    """Whoever kept a stamp from before the close would see the end before they vote."""
    given = Polled(grace=10, live=["phones"], secrecy="public").opened().voted(ANA, 0).counted()
    given.closed().voted(BEN, 1, seen=given.now).counted()

    assert given.running("all").outcome.voters == 1
    assert given.turnout.hall == 2


def test_the_running_count_ends_with_the_vote():
    given = Polled(secrecy="public", live=["phones", "desk"]).opened().voted(ANA, 0).closed()

    assert (given.running("all"), given.running("facilitators")) == (None, None)


@whatever(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1)), max_size=30))
def test_the_result_equals_the_last_ballot_of_each(votes):
    given = Polled().opened()
    last: dict[int, int] = {}
    for who, option in votes:
        given.voted(Person(f"p{who}", "P"), option)
        last[who] = option
    result: Result = given.closed().published().result

    assert result.outcome.votes == [list(last.values()).count(option) for option in (0, 1)]
    assert result.hall + result.remote == result.outcome.voters == len(last)


def test_the_forms_options_are_those_of_the_plan():
    assert Polled().poll.plan.form.options == OPTIONS == SINGLE["options"]
