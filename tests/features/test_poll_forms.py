from __future__ import annotations

import msgspec
import pytest
from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st

from tests.features.votes import FORMS, NAMES, PROPOSALS, answers, name
from workshop.feature import Refused
from workshop.features.polls.answers import check, longest
from workshop.features.polls.forms import (
    AnyForm,
    Approval,
    Budget,
    Form,
    Map,
    Multiple,
    Number,
    Points,
    Proposal,
    Ranking,
    Rating,
    Scale,
    Single,
    Statements,
    Text,
    Words,
    YesNo,
    check_form,
)


def test_there_are_forms_of_every_kind():
    assert {type(form) for form in FORMS} == set(Form.__subclasses__())


@pytest.mark.parametrize("form", FORMS, ids=name)
def test_a_form_comes_back_from_json_as_it_was(form):
    assert msgspec.json.decode(msgspec.json.encode(form), type=AnyForm) == form
    assert check_form(form) == form


BAD = [
    {"kind": "nothing"},
    {"options": ["a", "b"]},
    {"kind": "single", "options": ["a"]},
    {"kind": "single", "options": [str(n) for n in range(21)]},
    {"kind": "single", "options": ["a", " "]},
    {"kind": "single", "options": ["a", "b\0"]},
    {"kind": "single", "options": ["a", "b" * 201]},
    {"kind": "single", "options": ["a", "b"], "most": 2},
    {"kind": "multiple", "options": ["a", "b"], "most": 0},
    {"kind": "multiple", "options": ["a", "b"], "most": True},
    {"kind": "rating", "options": ["a", "b"], "steps": 11},
    {"kind": "scale", "steps": 1},
    {"kind": "scale", "low": "x" * 41},
    {"kind": "points", "options": ["a", "b"], "points": 1001},
    {"kind": "number", "least": 0, "most": 2e9},
    {"kind": "words", "most": 6},
    {"kind": "ranking", "options": ["a", "b"], "method": "chance"},
    {"kind": "statements", "options": [str(n) for n in range(51)]},
    {"kind": "budget", "envelope": 0, "proposals": [{"title": "a", "cost": 1}] * 2},
    {"kind": "budget", "envelope": 9, "proposals": [{"title": "a", "cost": 1}]},
    {"kind": "budget", "envelope": 9, "proposals": [{"title": "a", "cost": 1.5}] * 2},
    {"kind": "map", "map": "moon"},
]


@pytest.mark.parametrize("form", BAD, ids=str)
def test_what_is_no_form(form):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(form, AnyForm)


def test_fifty_statements_are_allowed():
    form = {"kind": "statements", "options": [str(n) for n in range(50)]}

    assert len(msgspec.convert(form, AnyForm).options) == 50


CONTRADICTIONS = [
    (Single(["a", " A "]), "options-alike"),
    (Statements(["a", "a"]), "options-alike"),
    (Rating(["a", "a"]), "options-alike"),
    (Multiple(["a", "b"], most=1, least=2), "least-above-most"),
    (Multiple(["a", "b"], most=3), "most-above-options"),
    (Number(5, 5), "least-above-most"),
    (Number(0, float("nan")), "malformed"),
    (Number(0.5, 2), "not-whole"),
    (Budget(10, [Proposal("a", 11), Proposal("b", 1)]), "dearer-than-envelope"),
    (Budget(10, [Proposal("a", 1), Proposal("A", 1)]), "options-alike"),
]


@pytest.mark.parametrize(("form", "code"), CONTRADICTIONS, ids=str)
def test_forms_that_contradict_themselves(form, code):
    with pytest.raises(Refused, match=code):
        check_form(form)


def test_what_a_form_says_is_stripped():
    proposals = [Proposal(" a ", 1, " Corte ", " x "), Proposal("a", 1, "Bastia")]

    assert check_form(Single([" a ", "b "])) == Single(["a", "b"])
    assert check_form(Scale(low=" bad ")).low == "bad"
    assert check_form(Budget(9, proposals)).proposals[0] == Proposal("a", 1, "Corte", "x")


NAN, INFINITE = float("nan"), float("inf")
REFUSED = [
    (Single(NAMES), -1, "no-such-option"),
    (Single(NAMES), 5, "no-such-option"),
    (Single(NAMES), True, "malformed"),
    (Single(NAMES), 1.0, "malformed"),
    (Single(NAMES), "1", "malformed"),
    (Single(NAMES), [1], "malformed"),
    (Single(NAMES), None, "malformed"),
    (Multiple(NAMES, most=2, least=1), [], "too-few"),
    (Multiple(NAMES, most=2, least=1), [0, 1, 2], "too-many-choices"),
    (Multiple(NAMES, most=2, least=1), [0, 0], "malformed"),
    (Multiple(NAMES, most=2, least=1), [False], "malformed"),
    (Multiple(NAMES, most=2, least=1), "01", "malformed"),
    (Multiple(NAMES, most=2, least=1), (0, 1), "malformed"),
    (Approval(NAMES), [5], "no-such-option"),
    (YesNo(abstain=False), "abstain", "no-such-option"),
    (YesNo(), "Yes", "no-such-option"),
    (YesNo(), True, "malformed"),
    (YesNo(), ["yes"], "malformed"),
    (Ranking(NAMES), [], "too-few"),
    (Ranking(NAMES), [1, 1], "malformed"),
    (Ranking(NAMES), [1, -1], "no-such-option"),
    (Rating(NAMES), [1, 2, 3, 4], "malformed"),
    (Rating(NAMES), [1, 2, 3, 4, 6], "out-of-range"),
    (Rating(NAMES), [1, 2, 3, 4, -1], "out-of-range"),
    (Rating(NAMES), [1, 2, 3, 4, True], "malformed"),
    (Rating(NAMES, cannot_say=False), [1, 2, 3, 4, 0], "too-few"),
    (Scale(), 6, "out-of-range"),
    (Scale(cannot_say=False), 0, "out-of-range"),
    (Scale(), 2.5, "malformed"),
    (Scale(), True, "malformed"),
    (Points(NAMES), [5, 5, 1, 0, 0], "over-the-points"),
    (Points(NAMES), [11, -1, 0, 0, 0], "out-of-range"),
    (Points(NAMES, all_of_them=True), [5, 4, 0, 0, 0], "points-left"),
    (Points(NAMES), [1.0, 0, 0, 0, 0], "malformed"),
    (Points(NAMES), [1], "malformed"),
    (Number(0, 9), 10, "out-of-range"),
    (Number(0, 9), 10**400, "out-of-range"),
    (Number(0, 9), 2.0, "malformed"),
    (Number(0, 9), True, "malformed"),
    (Number(0, 9, whole=False), NAN, "out-of-range"),
    (Number(0, 9, whole=False), INFINITE, "out-of-range"),
    (Number(0, 9, whole=False), True, "malformed"),
    (Number(0, 9, whole=False), "2", "malformed"),
    (Text(), "", "too-few"),
    (Text(), " \n\t", "too-few"),
    (Text(), "x" * 501, "too-long"),
    (Text(), "a\0b", "malformed"),
    (Text(), "a\ud800", "malformed"),
    (Text(), 1, "malformed"),
    (Words(), [], "too-few"),
    (Words(), ["a", " "], "too-few"),
    (Words(), ["a", "b", "c", "d"], "too-many-choices"),
    (Words(), ["x" * 41], "too-long"),
    (Words(), "water", "malformed"),
    (Words(), [1], "malformed"),
    (Statements(NAMES), [""] * 5, "too-few"),
    (Statements(NAMES), ["agree"] * 4, "malformed"),
    (Statements(NAMES), ["agree"] * 4 + ["perhaps"], "no-such-option"),
    (Statements(NAMES), ["agree"] * 4 + [1], "malformed"),
    (Budget(100_000, PROPOSALS), [0, 2], "over-the-envelope"),
    (Budget(100_000, PROPOSALS), [4], "no-such-option"),
    (Budget(100_000, PROPOSALS), [1, 1], "malformed"),
    (Map("corsica"), [500], "malformed"),
    (Map("corsica"), [500, 1001], "out-of-range"),
    (Map("corsica"), [500, -1], "out-of-range"),
    (Map("corsica"), [500.0, 1], "malformed"),
    (Map("corsica"), [500, NAN], "malformed"),
]


@pytest.mark.parametrize(("form", "answer", "code"), REFUSED)
def test_answers_that_are_refused(form, answer, code):
    with pytest.raises(Refused, match=f"^{code}$"):
        check(form, answer)


ONE_SHAPE = [
    (Multiple(NAMES, most=3), [2, 0], [0, 2]),
    (Approval(NAMES), [], []),
    (Ranking(NAMES), [2, 0], [2, 0]),
    (Rating(NAMES), [0] * 5, [0] * 5),
    (Points(NAMES), [0] * 5, [0] * 5),
    (Number(0, 9, whole=False), 2.0, 2),
    (Number(0, 9, whole=False), 2.12345, 2.123),
    (Number(-9, 9, whole=False), -0.0, 0),
    (Number(0.1234, 9, whole=False), 0.123, 0.123),
    (Text(), " un \n deux ", "un \n deux"),
    (Words(), [" un  pont ", "un pont"], ["un pont"]),
    (Budget(100_000, PROPOSALS), [3, 2], [2, 3]),
]


@pytest.mark.parametrize(("form", "answer", "kept"), ONE_SHAPE)
def test_an_answer_is_kept_in_one_shape(form, answer, kept):
    found = check(check_form(form), answer)

    assert (found, type(found)) == (kept, type(kept))


@pytest.mark.parametrize("form", FORMS, ids=name)
@settings(max_examples=50, deadline=None)
@whatever(data=st.data())
def test_an_answer_in_its_one_shape_stays_and_fits_the_longest(form, data):
    answer = check(form, data.draw(answers(form)))

    assert check(form, answer) == answer
    assert len(msgspec.json.encode(answer)) <= longest(form)


TIGHT = [
    (Single(NAMES * 3), 14),
    (Approval(NAMES), [0, 1, 2, 3, 4]),
    (YesNo(), "abstain"),
    (Rating(NAMES, steps=10), [10] * 5),
    (Number(-1000, 5), -1000),
    (Number(-0.5, 0.5, whole=False), -0.123),
    (Number(-5, 10, whole=False), -4.999),
    (Text(), "\x01" * 500),
    (Words(most=2), ["\x01" * 40, "\x02" * 40]),
    (Statements(NAMES), ["disagree"] * 5),
    (Map("france"), [1000, 1000]),
]


@pytest.mark.parametrize(("form", "answer"), TIGHT, ids=lambda each: str(each)[:40])
def test_the_longest_answer_is_as_long_as_it_may_be(form, answer):
    assert len(msgspec.json.encode(check(form, answer))) == longest(form)
