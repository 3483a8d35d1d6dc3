"""Questions: what is alike, and what comes first. `tests/node/questions.test.ts` reads the same
vectors."""

from __future__ import annotations

import json
from math import sqrt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.features.questions.alike import ENDINGS, ENOUGH, alike, likeness, stems
from workshop.features.questions.ranking import CONFIDENCE, controversy, rank, wilson

VECTORS = Path(__file__).parents[1] / "vectors"


def vectors(name: str):
    return json.loads((VECTORS / f"{name}.json").read_text())


@pytest.mark.parametrize("vector", vectors("stems"), ids=lambda each: each["text"])
def test_a_question_is_read_as_what_it_is_about(vector):
    assert sorted(stems(vector["text"])) == sorted(vector["stems"])


def test_each_pair_is_as_like_as_it_is_said_to_be():
    for pair in vectors("alike"):
        assert likeness(pair["one"], pair["other"]) == pytest.approx(pair["likeness"], abs=0.005)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_asks_the_same_is_found_and_little_else_is(lang):
    """On the half of the pairs that nothing was chosen by: docs/adr/0017 has the figures."""
    pairs = [each for each in vectors("alike") if each["lang"] == lang and not each["tuned"]]
    found = [each for each in pairs if likeness(each["one"], each["other"]) >= ENOUGH]
    right = sum(each["alike"] for each in found)

    assert right / len(found) >= 0.85, "precision"
    assert right / sum(each["alike"] for each in pairs) >= 0.9, "recall"


def test_the_likest_come_first_and_only_so_many():
    others = [("a", "Le parking restera gratuit la nuit ?"), ("b", "Le parking gratuit"),
              ("c", "Quand part le bus ?")]  # fmt: skip

    assert alike("Parking gratuit ?", others) == ["b", "a"]
    assert alike("Parking gratuit ?", others, 1) == ["b"]


def test_the_longest_endings_come_first():
    assert list(ENDINGS) == sorted(ENDINGS, key=lambda each: (-len(each), each))


@given(st.text(), st.text())
def test_likeness_is_mutual_and_within_bounds(one, other):
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1


@given(st.integers(1, 5000), st.integers(0, 5000))
def test_best_is_the_lower_bound_of_wilsons_interval(up, down):
    """By its definition: the least share from which chance may lead to what was seen."""
    least, seen, n = wilson(up, down), up / (up + down), up + down

    assert least < seen
    assert seen - least == pytest.approx(CONFIDENCE * sqrt(least * (1 - least) / n))


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_ranks_stay_within_bounds(up, down):
    assert 0 <= wilson(up, down) <= 1
    assert 0 <= controversy(up, down) <= up + down
    assert controversy(up, down) == controversy(down, up)


def test_both_languages_rank_alike():
    ranking = vectors("ranking")
    for each in ranking["scores"]:
        assert wilson(each["up"], each["down"]) == pytest.approx(each["wilson"])
        assert controversy(each["up"], each["down"]) == pytest.approx(each["controversy"])
    for each in ranking["orders"]:
        asked = sorted(
            ranking["questions"],
            key=lambda one: rank(each["order"], one["up"], one["down"], one["at"]),
            reverse=True,
        )
        assert [one["id"] for one in asked] == each["ids"], each["order"]
