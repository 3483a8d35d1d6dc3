from __future__ import annotations

import random
from time import perf_counter

import msgspec
import pytest
from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st

from tests.features.vote_vectors import VECTORS, written
from tests.features.votes import FORMS, PROPOSALS, lines, name
from workshop.features.polls.answers import check
from workshop.features.polls.counting import Line, count, folded
from workshop.features.polls.forms import (
    Approval,
    Budget,
    Map,
    Multiple,
    Number,
    Points,
    Ranking,
    Rating,
    Scale,
    Single,
    Statements,
    Text,
    Words,
    YesNo,
)
from workshop.features.polls.outcomes import (
    Allotted,
    AnyOutcome,
    Cloud,
    Funded,
    Histogram,
    Opinions,
    Outcome,
    Pins,
    Rated,
    Round,
    Rounds,
    Scores,
    Shares,
    Spot,
    Table,
    Texts,
    Word,
    smallest,
    table,
)

ABC = ["a", "b", "c"]


def counted(form, *answers) -> AnyOutcome:
    return count(form, [Line(answer) for answer in answers])


# Each kind --------------------------------------------------------------------------------


def test_one_choice():
    outcome = counted(Single(ABC), 0, 2, 2)

    assert outcome == Shares(3, "plurality", [1, 0, 2], 3)
    assert table(outcome, Single(ABC)) == Table(
        ["option", "votes", "share"], [["a", 1, 1 / 3], ["b", 0, 0], ["c", 2, 2 / 3]]
    )


def test_several_choices_are_shares_of_the_voters():
    form = Multiple(ABC, most=2)

    assert counted(form, [0, 2], [2], []) == Shares(3, "multiple", [1, 0, 2], 3)


def test_abstentions_are_no_votes_cast():
    outcome = counted(YesNo(), "yes", "yes", "no", "abstain")

    assert outcome == Shares(4, "yes_no", [2, 1, 1], 3)
    assert table(outcome, YesNo()).rows == [
        ["yes", 2, 2 / 3],
        ["no", 1, 1 / 3],
        ["abstain", 1, None],
    ]
    assert counted(YesNo(abstain=False), "no").votes == [0, 1]


def test_approval():
    assert counted(Approval(ABC), [0, 1], [1], []) == Shares(3, "approval", [1, 2, 0], 3)


def test_rankings_by_borda():
    outcome = counted(Ranking(ABC), [0, 1, 2], [1, 0, 2])

    assert outcome == Scores(2, [3, 3, 0], [[0, 1], [2]], [0, 1])
    assert table(outcome, Ranking(ABC)) == Table(
        ["place", "option", "score"], [[1, "a", 3], [1, "b", 3], [3, "c", 0]]
    )


def test_rankings_by_run_off():
    form = Ranking(ABC, method="runoff")
    outcome = counted(form, [0], [0], [1], [1, 0], [2], [2, 0], [2, 1])

    assert outcome == Rounds(
        7,
        rounds=[Round([2, 2, 3], 0, [0, 1]), Round([0, 0, 3], 4, [])],
        order=[[2], [0, 1]],
        winners=[2],
    )
    assert table(outcome, form) == Table(
        ["place", "option", "round:1", "round:2"],
        [[1, "c", 3, 3], [2, "a", 2, None], [2, "b", 2, None], [None, "exhausted", 0, 4]],
    )


def test_ratings_leave_aside_who_cannot_say():
    form = Rating(["a", "b"], steps=3)
    outcome = counted(form, [1, 0], [3, 2], [3, 0], [2, 0])

    assert outcome == Rated(
        4, [[1, 1, 2], [0, 1, 0]], cannot_say=[0, 3], mean=[2.25, 2], median=[2.5, 2]
    )
    assert table(outcome, form) == Table(
        ["option", "step:1", "step:2", "step:3", "cannot-say", "mean", "median"],
        [["a", 1, 1, 2, 0, 2.25, 2.5], ["b", 0, 1, 0, 3, 2, 2]],
    )


def test_a_scale_is_one_row():
    outcome = counted(Scale(steps=3), 3, 3, 0)

    assert outcome == Rated(3, [[0, 0, 2]], cannot_say=[1], mean=[3], median=[3])
    assert table(outcome, Scale(steps=3)).rows == [["", 0, 0, 2, 1, 3, 3]]


def test_points():
    outcome = counted(Points(ABC), [10, 0, 0], [1, 3, 0])

    assert outcome == Allotted(2, points=[11, 3, 0], givers=[2, 1, 0])
    assert table(outcome, Points(ABC)).rows[0] == ["a", 11, 11 / 14, 2]


def test_whole_numbers():
    outcome = counted(Number(0, 100), 3, 4, 4, 7)

    assert outcome == Histogram(
        4, [3, 4, 5, 6, 7, 8], [1, 2, 0, 0, 1], mean=4.5, median=4, least=3, most=7
    )
    assert table(outcome, Number(0, 100)).rows[1] == [4, 5, 2, 0.5]


def test_numbers_with_decimals_do_not_drift():
    form = Number(0, 1, whole=False)

    assert counted(form, 0.1, 0.2, 0.3, 0.3).mean == 0.225
    assert counted(form, *[0.1] * 10).mean == 0.1


def test_texts_are_sorted():
    assert counted(Text(), "b", "a", "b") == Texts(3, ["a", "b", "b"])


def test_words_are_put_together_by_their_letters_and_shown_as_most_write_them():
    outcome = counted(Words(), ["Écoute", "eau"], ["ecoute", "ÉCOUTE"], ["Écoute"], ["l’eau"])

    assert outcome == Cloud(4, [Word("Écoute", 3), Word("eau", 1), Word("l’eau", 1)])
    assert table(outcome, Words()).rows[0] == ["Écoute", 3]


def test_nobody_counts_twice_for_one_word():
    assert counted(Words(), ["eau", "Eau", "EAU"]) == Cloud(1, [Word("EAU", 1)])


@pytest.mark.parametrize(
    ("word", "key"), [("L’ÉTÉ", "l'ete"), ("Œuvre", "œuvre"), ("İ", "i"), ("e\u0301", "e")]
)
def test_how_words_are_compared(word, key):
    assert folded(word) == key


def test_statements():
    form = Statements(["divides", "joins"])
    outcome = counted(
        form, ["agree", "agree"], ["agree", "pass"], ["disagree", "agree"], ["", "disagree"]
    )

    assert outcome == Opinions(4, [2, 2], [1, 1], [0, 1], bridging=[0, 0.5])
    assert table(outcome, form).header == ["statement", "agree", "disagree", "pass", "bridging"]


def test_budgets():
    form = Budget(100_000, PROPOSALS)
    outcome = counted(form, [0, 1], [0], [2], [1, 2])

    assert outcome == Funded(4, votes=[2, 2, 2, 0], funded=[1, 0], tied=[], spent=75_000)
    assert table(outcome, form).rows[1] == [
        *("Four à pain", "Corte", "Patrimoine"),
        *(15_000, 2, "funded"),
    ]


def test_pins():
    outcome = counted(Map("corsica"), [1000, 0], [30, 49], [26, 26])

    assert outcome == Pins(
        3, [[26, 26], [30, 49], [1000, 0]], side=25, spots=[Spot(25, 25, 2), Spot(975, 0, 1)]
    )


def test_hands_are_counted_option_by_option():
    lines = [Line([0], 12), Line([1], 9), Line([2], 0)]

    assert count(Approval(ABC), lines, voters=15) == Shares(15, "approval", [12, 9, 0], 15)


# All kinds --------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS, ids=name)
@settings(max_examples=25)
@whatever(data=st.data())
def test_neither_the_order_nor_the_bundling_of_lines_matters(form, data):
    given = data.draw(lines(form, check))
    one_by_one = [Line(line.answer) for line in given for _ in range(line.times)]

    outcome = count(form, given)
    assert count(form, data.draw(st.permutations(one_by_one))) == outcome
    assert outcome.voters == len(one_by_one)


@pytest.mark.parametrize("form", FORMS, ids=name)
@settings(max_examples=25)
@whatever(data=st.data())
def test_an_outcome_comes_back_from_json_as_it_was(form, data):
    outcome = count(form, data.draw(lines(form, check)))

    assert msgspec.json.decode(msgspec.json.encode(outcome), type=AnyOutcome) == outcome


@pytest.mark.parametrize("form", FORMS, ids=name)
@settings(max_examples=25)
@whatever(data=st.data())
def test_every_outcome_has_a_table_and_tells_of_somebody_unless_there_is_nobody(form, data):
    outcome = count(form, data.draw(lines(form, check)))
    shown = table(outcome, form)

    assert {len(row) for row in shown.rows} <= {len(shown.header)}
    if not isinstance(form, Approval | Multiple | Budget | Points | Words):  # may be left blank
        assert (smallest(outcome) > 0) == (outcome.voters > 0)
    assert 0 <= smallest(outcome) <= outcome.voters


@pytest.mark.parametrize("form", FORMS, ids=name)
def test_nobody_can_be_counted(form):
    outcome = count(form, [])

    assert (outcome.voters, smallest(outcome)) == (0, 0)
    assert table(outcome, form).header
    assert not getattr(outcome, "winners", [])


def test_there_are_votes_for_every_shape_of_outcome():
    assert {type(count(form, [])) for form in FORMS} == set(Outcome.__subclasses__())


FEW = [
    (Single(ABC), [0, 0, 0, 1], 1),
    (Single(ABC), [0, 0, 0], 3),
    (Approval(ABC), [[0, 1], [0, 1], [0]], 1),  # one did not approve of b
    (Points(ABC), [[9, 0, 0], [8, 0, 0]], 2),
    (Ranking(["a", "b"]), [*[[0, 1]] * 6, [1, 0]], 1),
    (Ranking(["a", "b"]), [[0, 1]] * 6, 6),
    (Ranking(ABC, method="runoff"), [[0], [0], [1]], 1),
    (Rating(["a", "b"]), [[1, 0], [1, 5]], 1),
    (Number(0, 9), [1, 1, 2, 2], 1),  # the least and the most are told exactly
    (Text(), ["a", "a"], 1),
    (Words(), [["a"], ["a"]], 2),
    (Statements(["a", "b"]), [["agree", "agree"], ["agree", ""]], 1),
    (Budget(100_000, PROPOSALS), [[0], [0], [0, 1]], 1),
    (Map("corsica"), [[0, 0], [0, 0]], 1),
]


@pytest.mark.parametrize(("form", "answers", "people"), FEW)
def test_the_fewest_of_whom_a_cell_tells(form, answers, people):
    assert smallest(counted(form, *answers)) == people


# Speed ------------------------------------------------------------------------------------

TWENTY = [f"option {n}" for n in range(20)]
LARGEST = [
    (Single(TWENTY), lambda dice: dice.randrange(20)),
    (Approval(TWENTY), lambda dice: sorted(dice.sample(range(20), 10))),
    (Ranking(TWENTY), lambda dice: dice.sample(range(20), 20)),
    (Ranking(TWENTY, method="runoff"), lambda dice: dice.sample(range(20), 20)),
    (Rating(TWENTY), lambda dice: dice.choices(range(6), k=20)),
    (Points(TWENTY, 100), lambda dice: dice.choices(range(6), k=20)),
    (Number(0, 10**6, whole=False), lambda dice: round(dice.uniform(0, 10**6), 3)),
    (Text(), lambda dice: dice.choice(TWENTY) * 40),
    (Words(5), lambda dice: [f"mot {dice.randrange(2000)}" for _ in range(5)]),
    (
        Statements(TWENTY * 2 + TWENTY[:10]),
        lambda dice: dice.choices(["agree", "disagree", "pass"], k=50),
    ),
    (Map("france"), lambda dice: [dice.randrange(1001), dice.randrange(1001)]),
]


@pytest.mark.parametrize(("form", "answer"), LARGEST)
def test_five_thousand_ballots_are_counted_at_once(form, answer):
    """Well under 50 ms on a machine at rest; the bound here is for one that is not."""
    dice = random.Random(1)
    given = [Line(answer(dice)) for _ in range(5000)]

    took = []
    for _ in range(3):
        began = perf_counter()
        count(form, given)
        took.append(perf_counter() - began)
    print(name(form), getattr(form, "method", ""), f"{min(took) * 1000:.1f} ms")
    assert min(took) < 0.2


def test_the_votes_that_the_browser_counts_too_are_counted_as_they_are_written_down():
    assert VECTORS.read_bytes() == written(), "python -m tests.features.vote_vectors"
