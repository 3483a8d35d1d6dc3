"""Votes made up for tests: forms of every kind, and answers that they allow."""

from __future__ import annotations

from hypothesis import strategies as st

from workshop.features.polls.answers import OPINIONS, Answer, choices
from workshop.features.polls.counting import Line
from workshop.features.polls.forms import (
    MAP_SIDE,
    AnyForm,
    Approval,
    Budget,
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
)

NAMES = ["école", "parc", "marché", "port", "gare"]
PROPOSALS = [
    Proposal("Skatepark", 60_000, "Ajaccio", "Sport"),
    Proposal("Four à pain", 15_000, "Corte", "Patrimoine"),
    Proposal("Piste cyclable", 80_000, "Bastia", "Mobilité"),
    Proposal("Bancs", 15_000, "Ajaccio"),
]

FORMS: list[AnyForm] = [
    Single(NAMES),
    Multiple(NAMES, most=3, least=1),
    YesNo(),
    YesNo(abstain=False),
    Approval(NAMES),
    Ranking(NAMES),
    Ranking(NAMES, method="runoff"),
    Rating(NAMES),
    Rating(NAMES[:2], steps=10, cannot_say=False),
    Scale(steps=7),
    Points(NAMES),
    Points(NAMES, points=7, all_of_them=True),
    Number(least=-20, most=20),
    Number(least=-0.5, most=999.5, whole=False),
    Text(),
    Words(),
    Statements(NAMES),
    Budget(100_000, PROPOSALS),
    Map("corsica"),
]


def name(form: AnyForm) -> str:
    return type(form).__name__.lower()


SIGNS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])


def texts(longest: int) -> st.SearchStrategy[str]:
    return st.text(SIGNS, min_size=1, max_size=longest).filter(str.strip)


def shares(n: int, parts: int) -> st.SearchStrategy[list[int]]:
    """`n` points given to so many options, every one of them."""
    cuts = st.lists(st.integers(0, n), min_size=parts - 1, max_size=parts - 1).map(sorted)
    return cuts.map(lambda at: [b - a for a, b in zip([0, *at], [*at, n], strict=True)])


def subsets(n: int, least: int = 0, most: int | None = None) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, n - 1), unique=True, min_size=least, max_size=most or n)


def answers(form: AnyForm) -> st.SearchStrategy[Answer]:
    """Answers that a form allows, not necessarily in their one shape."""
    match form:
        case Single(options):
            return st.integers(0, len(options) - 1)
        case Multiple(options, most, least):
            return subsets(len(options), least, most)
        case YesNo():
            return st.sampled_from(choices(form))
        case Approval(options):
            return subsets(len(options))
        case Ranking(options):
            return subsets(len(options), 1)
        case Rating(options, steps, cannot_say=cannot):
            step = st.integers(0 if cannot else 1, steps)
            return st.lists(step, min_size=len(options), max_size=len(options))
        case Scale(steps, cannot_say=cannot):
            return st.integers(0 if cannot else 1, steps)
        case Points(options, points, all_of_them):
            if all_of_them:
                return shares(points, len(options))
            return shares(points, len(options) + 1).map(lambda given: given[1:])
        case Number(least, most, whole=True):
            return st.integers(int(least), int(most))
        case Number(least, most):
            return st.floats(least, most) | st.integers(int(least), int(most))
        case Text():
            return texts(500)
        case Words(most):
            few = st.sampled_from(["Écoute", "écoute", "ECOUTE", "l’eau", "l'eau", "feu"])
            return st.lists(few | texts(40), min_size=1, max_size=most)
        case Statements(options):
            one = st.sampled_from(OPINIONS)
            return st.lists(one, min_size=len(options), max_size=len(options)).filter(any)
        case Budget(envelope, proposals):
            affordable = lambda some: sum(proposals[each].cost for each in some) <= envelope  # noqa: E731
            return subsets(len(proposals)).filter(affordable)
        case Map():
            return st.lists(st.integers(0, MAP_SIDE), min_size=2, max_size=2)
    raise TypeError(form)


def lines(form: AnyForm, check) -> st.SearchStrategy[list[Line]]:
    checked = answers(form).map(lambda answer: check(form, answer))
    return st.lists(st.builds(Line, checked, st.integers(1, 3)), max_size=12)
