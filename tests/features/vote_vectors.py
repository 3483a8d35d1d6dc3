"""Votes of every kind with their outcomes, as Python counts them: `python -m
tests.features.vote_vectors` writes them to tests/vectors/votes.json, for the browser's count."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tests.features.votes import FORMS, NAMES
from workshop.features.polls.answers import OPINIONS, check, choices, longest
from workshop.features.polls.counting import Line, count
from workshop.features.polls.forms import (
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
from workshop.features.polls.outcomes import table

VECTORS = Path(__file__).parents[1] / "vectors/votes.json"
WORDS = ["Écoute", "écoute", "ECOUTE", "l’eau", "l'eau", "ŒUVRE", "😀", "\uffee", "İ", "Σας"]

EDGES: list[tuple[AnyForm, list[Any]]] = [
    (Ranking(NAMES[:3], method="runoff"), [[0], [0], [1], [2, 1]]),  # half is no majority
    (Ranking(NAMES[:4], method="runoff"), [[0], [0], [0], [1], [1], [2], [3, 2]]),  # look back
    (Text(), ["eaux", "eau", "eau\u0301"]),
    (Words(), [["eaux"], ["eau"], ["Eau", "eau"]]),
    (Budget(100, [Proposal(str(n), 40) for n in range(3)]), [[0, 1], [2, 0], [1, 2]]),
    (Number(-1_000_000_000, 1_000_000_000), [-1_000_000_000, 1_000_000_000]),
    (Number(0, 1, whole=False), [0.001, 0.002, 0.999]),
]


def answer(form: AnyForm, dice: random.Random) -> Any:
    """Some answer that the form allows."""
    match form:
        case Single(options):
            return dice.randrange(len(options))
        case Multiple(options, most, least):
            return dice.sample(range(len(options)), dice.randint(least, most))
        case Approval(options):
            return dice.sample(range(len(options)), dice.randint(0, len(options)))
        case Ranking(options):
            return dice.sample(range(len(options)), dice.randint(1, len(options)))
        case YesNo():
            return dice.choice(choices(form))
        case Rating(options, steps, cannot_say=cannot):
            return [dice.randint(0 if cannot else 1, steps) for _ in options]
        case Scale(steps):
            return dice.randint(0, steps)
        case Points(options, points, all_of_them):
            given = [0] * len(options)
            for _ in range(points if all_of_them else dice.randint(0, points)):
                given[dice.randrange(len(options))] += 1
            return given
        case Number(least, most, whole=True):
            return dice.randint(int(least), int(most))
        case Number(least, most):
            return dice.uniform(least, most)
        case Text():
            return dice.choice(WORDS)
        case Words(most):
            return dice.sample(WORDS, dice.randint(1, most))
        case Statements(options):
            return [dice.choice(OPINIONS[:3]), *(dice.choice(OPINIONS) for _ in options[1:])]
        case Budget():
            return dice.choice([[], [0, 1], [2], [1, 3], [2, 3]])
        case Map():
            return [dice.randint(0, 1000), dice.randint(0, 1000)]


def vectors() -> Iterator[dict[str, Any]]:
    for form in FORMS:
        for ballots in (0, 1, 2, 5, 40):
            dice = random.Random(f"{form} {ballots}")
            answers = [check(form, answer(form, dice)) for _ in range(ballots)]
            yield vector(form, [Line(each, dice.choice([1, 1, 1, 3])) for each in answers])
    for form, answers in EDGES:
        yield vector(form, [Line(each) for each in answers])
    yield vector(Approval(["a", "b", "c"]), [Line([0], 12), Line([1], 9), Line([2], 0)], 15)


def vector(form: AnyForm, lines: list[Line], voters: int | None = None) -> dict[str, Any]:
    outcome = count(form, lines, voters)
    return {
        "form": form,
        "longest": longest(form),
        "lines": lines,
        **({} if voters is None else {"voters": voters}),
        "outcome": outcome,
        "table": table(outcome, form),
    }


def written() -> bytes:
    """The vectors as a file: one a line, so that a change shows as what it is."""
    each = [msgspec.json.encode(vector) for vector in vectors()]
    return b"[\n" + b",\n".join(each) + b"\n]\n"


if __name__ == "__main__":
    VECTORS.write_bytes(written())
