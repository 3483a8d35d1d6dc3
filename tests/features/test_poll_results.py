"""What a result tells of parts of the voters, and what it must not."""

from __future__ import annotations

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st

from tests.features.given import FACILITATOR, NINA
from tests.features.polled import Polled, crowd
from workshop.features.polls.outcomes import table
from workshop.features.polls.poll import Part, Poll, Sheet
from workshop.features.polls.results import FEW, unabridged
from workshop.people import Person


def result_of(hall: tuple[int, int], remote: tuple[int, int], **fields) -> dict[str, Part]:
    """The parts of a result in which so many of each place gave each answer."""
    given = Polled(**fields).opened()
    for place, votes in (("hall", hall), ("remote", remote)):
        people = iter(crowd(sum(votes), place))
        for answer, n in enumerate(votes):
            for _ in range(n):
                given.voted(next(people), answer)
    return {part.name: part for part in given.closed().result.parts}


def test_answers_of_many_or_of_nobody_are_told_by_place():
    parts = result_of((5, 6), (7, 0))

    assert parts["hall"].outcome.votes == [5, 6]
    assert parts["remote"].outcome.votes == [7, 0]


def test_the_answer_of_few_is_not_told_by_place_nor_can_it_be_worked_out():
    parts = result_of((6, 4), (20, 20))

    assert {name: part.outcome for name, part in parts.items()} == {"hall": None, "remote": None}
    assert {name: part.voters for name, part in parts.items()} == {"hall": 10, "remote": 40}


def test_what_was_counted_by_hand_hides_no_vote_of_another_place():
    """The whole hall has seen the hands, and can take them off the total."""
    given = Polled().opened()
    for n, who in enumerate([*crowd(20, "hall"), *crowd(1, "remote")]):
        given.voted(who, n % 2)
    given.done(FACILITATOR, "enter", poll="c1", channel="hands", lines=[[0, 8], [1, 8]], voters=16)
    (sheet,) = given.records.all(Sheet)
    given.done(NINA, "confirm", sheet=sheet.id).done(FACILITATOR, "close", poll="c1")

    told = {part.name: part.outcome is not None for part in given.result.parts}
    assert told == {"hall": False, "remote": False, "paper": True}


def test_a_public_vote_tells_everything():
    parts = result_of((1, 0), (0, 1), secrecy="public")

    assert parts["hall"].outcome.votes == [1, 0]


@pytest.mark.parametrize(
    ("form", "said", "told"),
    [
        ({"kind": "text"}, lambda n: f"{n:03} " + "x" * 396, 50),
        ({"kind": "text"}, lambda n: f"{n:03}", 200),
        ({"kind": "words", "most": 2}, lambda n: [f"w{n}", f"v{n}"], 200),
    ],
)
def test_a_room_is_told_some_of_many_texts_and_words_and_the_rest_is_not_lost(form, said, told):
    given = Polled(form=form, secrecy="public").opened()
    for n, who in enumerate([*crowd(150, "hall"), *crowd(90, "remote")]):
        given.voted(who, said(n))
    running = given.counted().running("facilitators")
    room = given.closed().result
    (poll,) = given.records.all(Poll)
    page = unabridged(given.records, poll, room)

    assert running.outcome == room.outcome
    for few, all_ in zip(listed(room), listed(page), strict=True):
        assert few == all_[:told]
    assert len(listed(room)[0]) == told
    assert room.outcome.more == len(listed(page)[0]) - told
    assert page.outcome.more == 0
    assert unabridged(given.records, poll, page) is page
    assert table(room.outcome, poll.plan.form).rows[-1][0] == f"… + {room.outcome.more}"


def listed(result) -> list[list[object]]:
    outcomes = [result.outcome, *(part.outcome for part in result.parts)]
    return [getattr(each, "texts", None) or each.words for each in outcomes]


def test_where_all_are_in_one_place_there_are_no_parts():
    assert result_of((9, 9), (0, 0)) == {}


def in_groups(*sizes: tuple[str, int, int], secrecy: str = "confidential") -> dict[str, Part]:
    given = Polled(secrecy=secrecy).opened()
    for name, yes, no in sizes:
        for n in range(yes + no):
            groups = {f"commune:{name}"} if name else set()
            who = Person(f"{name}{n}", "P", groups=frozenset(groups))
            given.voted(who, int(n >= yes))
    return {part.name: part for part in given.closed().result.parts}


def test_votes_are_told_by_group():
    parts = in_groups(("Ajaccio", 5, 8), ("Bastia", 9, 6))

    assert parts["commune:Bastia"].outcome.votes == [9, 6]


def test_a_small_group_takes_another_one_with_it_but_no_more_than_it_must():
    parts = in_groups(("Ajaccio", 50, 50), ("Bastia", 9, 6), ("Zonza", 2, 1))

    assert parts["commune:Zonza"].outcome is None
    assert parts["commune:Bastia"].outcome is None  # or Zonza is the total less the others
    assert parts["commune:Ajaccio"].outcome is not None


def test_two_small_groups_may_hide_each_other():
    parts = in_groups(("Ajaccio", 50, 50), ("Bastia", 4, 6), ("Zonza", 2, 1))

    assert parts["commune:Ajaccio"].outcome is not None


def test_whoever_is_in_no_group_is_not_what_the_groups_leave_of_the_total():
    """All have said their commune but one, who would rather not: how did that one vote?"""
    parts = in_groups(("Ajaccio", 50, 50), ("Bastia", 50, 50), ("", 1, 0))

    assert parts["commune:"].outcome is None
    assert sum(part.outcome is None for part in parts.values()) == 2


@whatever(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=5))
@pytest.mark.filterwarnings("error")
def test_nothing_that_is_told_lets_one_work_out_an_answer_of_few(sizes):
    parts = in_groups(*((f"g{n}" if n else "", yes, no) for n, (yes, no) in enumerate(sizes)))
    told = [part.outcome.votes for part in parts.values() if part.outcome]
    total = [sum(each[answer] for each in sizes) for answer in (0, 1)]
    rest = [total[answer] - sum(votes[answer] for votes in told) for answer in (0, 1)]

    cells = [n for votes in told for n in votes] + (rest if told else [])
    assert all(n == 0 or n >= FEW for n in cells)


def divided(*sets: tuple[str, str, int, int]) -> dict[str, Part]:
    """So many of each commune and canton gave each answer."""
    given = Polled().opened()
    for n, (commune, canton, yes, no) in enumerate(sets):
        groups = frozenset({f"commune:{commune}", f"canton:{canton}"})
        for m in range(yes + no):
            given.voted(Person(f"{n}-{m}", "P", groups=groups), int(m >= yes))
    return {part.name: part for part in given.closed().result.parts}


def test_a_small_commune_is_not_what_its_canton_has_besides_the_others():
    """It hid with another one, which lies in another canton: the canton told it all the same."""
    parts = divided(("A", "North", 20, 20), ("B", "North", 1, 0), ("C", "South", 9, 9))
    told = {name for name, part in parts.items() if part.outcome}

    assert not told & {"commune:B", "commune:C"}
    assert not {"commune:A", "canton:North"} <= told
    assert not {"commune:A", "canton:South"} <= told


def test_axes_that_do_not_tell_of_one_another_are_told():
    parts = divided(*((c, k, 9, 9) for c in ("A", "B") for k in ("North", "South")))

    assert all(part.outcome for part in parts.values())
