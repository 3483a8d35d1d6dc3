"""Counting: from the lines of a count to its outcome, for every kind of vote.

The outcome depends on what was answered and how often, never on the order of the lines; counting
all lines of two places at once is the same as counting their lines put together.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import singledispatch
from typing import TypeVar, cast

import msgspec

from workshop.features.polls import methods
from workshop.features.polls.answers import OPINIONS, Answer, choices
from workshop.features.polls.forms import (
    MAP_SIDE,
    THOUSANDTHS,
    AnyForm,
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
    Pins,
    Rated,
    Round,
    Rounds,
    Scores,
    Shares,
    Spot,
    Texts,
    Word,
)

MOST_BINS = 10
GRID = 40  # squares of the map in a row
SIGNS = {opinion: ord("0") + sign for sign, opinion in enumerate(OPINIONS)}

T = TypeVar("T")


class Line(msgspec.Struct, frozen=True):
    """An answer, as `check` left it, and how many people gave it: one on a phone, several on paper
    or by a show of hands. `times` should be checked where it comes from: a hundred thousand is
    counted in a moment, a thousand million is not."""

    answer: Answer
    times: int = 1


Lines = Sequence[Line]


def count(form: AnyForm, lines: Iterable[Line], voters: int | None = None) -> AnyOutcome:
    """What people answered. `voters` is how many they are, if that is not how many answers there
    are: where hands are counted option by option, one person is in several lines."""
    present = [line for line in lines if line.times > 0]
    people = sum(line.times for line in present) if voters is None else voters
    return counted(form, present, people)


@singledispatch
def counted(form: AnyForm, lines: Lines, voters: int) -> AnyOutcome:
    raise TypeError(f"no count of a {type(form).__name__}")


@counted.register
def _(form: Single, lines: Lines, voters: int) -> AnyOutcome:
    given = sums((line.answer, line.times) for line in lines)
    votes = [given[option] for option in range(len(form.options))]
    return Shares(voters=voters, method="plurality", votes=votes, base=sum(votes))


@counted.register
def _(form: YesNo, lines: Lines, voters: int) -> AnyOutcome:
    given = sums((line.answer, line.times) for line in lines)
    votes = [given[choice] for choice in choices(form)]
    return Shares(voters=voters, method="yes_no", votes=votes, base=sum(votes[:2]))


@counted.register
def _(form: Multiple, lines: Lines, voters: int) -> AnyOutcome:
    votes = chosen(lines, len(form.options))
    return Shares(voters=voters, method="multiple", votes=votes, base=voters)


@counted.register
def _(form: Approval, lines: Lines, voters: int) -> AnyOutcome:
    votes = chosen(lines, len(form.options))
    return Shares(voters=voters, method="approval", votes=votes, base=voters)


@counted.register
def _(form: Ranking, lines: Lines, voters: int) -> AnyOutcome:
    ballots = alike(lines)
    if form.method == "borda":
        return scored(methods.borda(ballots, len(form.options)), voters)
    return decided(methods.runoff(ballots, len(form.options)), voters)


def scored(scores: list[float], voters: int) -> Scores:
    order = methods.by_score(scores)
    return Scores(
        voters=voters, scores=scores, order=order, winners=order[0] if any(scores) else []
    )


def decided(piles: list[methods.Piles], voters: int) -> Rounds:
    order = methods.order(piles)
    return Rounds(
        voters=voters,
        rounds=[Round(each.votes, each.exhausted, each.out) for each in piles],
        order=order,
        winners=order[0] if any(piles[-1].votes) else [],
    )


@counted.register
def _(form: Rating, lines: Lines, voters: int) -> AnyOutcome:
    answers = [cast("list[int]", line.answer) for line in lines]
    times = [line.times for line in lines]
    columns = [*zip(*answers, strict=True)] or [()] * len(form.options)
    return rated(form.steps, [tallied(column, times) for column in columns], voters)


@counted.register
def _(form: Scale, lines: Lines, voters: int) -> AnyOutcome:
    given = sums((cast("int", line.answer), line.times) for line in lines)
    return rated(form.steps, [given], voters)


def rated(steps: int, given: list[Counter[int]], voters: int) -> Rated:
    said = [Counter({step: n for step, n in each.items() if step}) for each in given]
    return Rated(
        voters=voters,
        counts=[[each[step] for step in range(1, steps + 1)] for each in said],
        cannot_say=[each[0] for each in given],
        mean=[methods.mean(each) for each in said],
        median=[methods.median(each) for each in said],
    )


@counted.register
def _(form: Points, lines: Lines, voters: int) -> AnyOutcome:
    points, givers = [0] * len(form.options), [0] * len(form.options)
    for line in lines:
        for option, given in enumerate(cast("list[int]", line.answer)):
            if given:
                points[option] += given * line.times
                givers[option] += line.times
    return Allotted(voters=voters, points=points, givers=givers)


@counted.register
def _(form: Number, lines: Lines, voters: int) -> AnyOutcome:
    given = sums((thousandths(line.answer), line.times) for line in lines)
    if not given:
        return Histogram(voters, [], [], mean=None, median=None, least=None, most=None)
    edges = methods.bins(min(given), max(given), MOST_BINS, THOUSANDTHS if form.whole else 1)
    bins = sums(((value - edges[0]) // edges.step, times) for value, times in given.items())
    return Histogram(
        voters=voters,
        edges=[edge / THOUSANDTHS for edge in edges],
        counts=[bins[each] for each in range(len(edges) - 1)],
        mean=in_units(methods.mean(given)),
        median=in_units(methods.median(given)),
        least=min(given) / THOUSANDTHS,
        most=max(given) / THOUSANDTHS,
    )


@counted.register
def _(form: Text, lines: Lines, voters: int) -> AnyOutcome:
    texts = (cast("str", line.answer) for line in lines for _ in range(line.times))
    return Texts(voters=voters, texts=sorted(texts))


@counted.register
def _(form: Words, lines: Lines, voters: int) -> AnyOutcome:
    answers = [(cast("list[str]", line.answer), line.times) for line in lines]
    written = sums((word, n) for words, n in answers for word in words)
    keys = {word: folded(word) for word in written}
    people = sums((key, n) for words, n in answers for key in {keys[word] for word in words})
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for word, n in written.items():
        spellings[keys[word]][word] = n
    ordered = sorted(people, key=lambda key: (-people[key], key))
    return Cloud(voters, [Word(usual(spellings[key]), people[key]) for key in ordered])


def usual(spellings: Counter[str]) -> str:
    """The most frequent spelling; of several, the first by its signs."""
    return min(spellings, key=lambda word: (-spellings[word], word))


@counted.register
def _(form: Statements, lines: Lines, voters: int) -> AnyOutcome:
    answers = [answer for line in lines for answer in [line.answer] * line.times]
    said = [*zip(*cast("list[list[str]]", answers), strict=True)] or [()] * len(form.options)
    columns = [bytes(map(SIGNS.__getitem__, column)) for column in said]
    agree = [who(column, "agree") for column in columns]
    disagree = [who(column, "disagree") for column in columns]
    return Opinions(
        voters=voters,
        agree=[each.bit_count() for each in agree],
        disagree=[each.bit_count() for each in disagree],
        passed=[column.count(SIGNS["pass"]) for column in columns],
        bridging=methods.bridging(agree, disagree),
    )


def who(column: bytes, opinion: str) -> int:
    """The set of those who hold an opinion, as the bits of a number: one digit for each of them."""
    digits = "".join("1" if each == opinion else "0" for each in OPINIONS).encode()
    return int(column.translate(bytes.maketrans(bytes(SIGNS.values()), digits)) or b"0", 2)


@counted.register
def _(form: Budget, lines: Lines, voters: int) -> AnyOutcome:
    votes = chosen(lines, len(form.proposals))
    costs = [each.cost for each in form.proposals]
    funded, tied, spent = methods.greedy(votes, costs, form.envelope)
    return Funded(voters=voters, votes=votes, funded=funded, tied=tied, spent=spent)


@counted.register
def _(form: Map, lines: Lines, voters: int) -> AnyOutcome:
    pins = [pin for line in lines for pin in [cast("list[int]", line.answer)] * line.times]
    side = MAP_SIDE // GRID
    spots = sums(((square(x, side), square(y, side)), 1) for x, y in pins)
    return Pins(
        voters=voters,
        points=sorted(pins),
        side=side,
        spots=[Spot(x, y, n) for (x, y), n in sorted(spots.items())],
    )


def square(at: int, side: int) -> int:
    """Where the square begins that a pin stands in; the last one holds the far edge too."""
    return min(at // side, GRID - 1) * side


def chosen(lines: Lines, options: int) -> list[int]:
    """How many people chose each of the options."""
    votes = [0] * options
    for line in lines:
        for option in cast("list[int]", line.answer):
            votes[option] += line.times
    return votes


def sums(given: Iterable[tuple[T, int]]) -> Counter[T]:
    """How often each thing was given, in all."""
    found: dict[T, int] = {}
    for thing, times in given:
        found[thing] = found.get(thing, 0) + times
    return Counter(found)


def tallied(column: Sequence[int], times: Sequence[int]) -> Counter[int]:
    return sums(zip(column, times, strict=True))


def alike(lines: Lines) -> list[tuple[tuple[int, ...], int]]:
    """Rankings, those that are the same put together."""
    return [*sums((tuple(cast("list[int]", line.answer)), line.times) for line in lines).items()]


def thousandths(answer: Answer) -> int:
    return round(cast("float", answer) * THOUSANDTHS)


def in_units(number: float | None) -> float | None:
    return None if number is None else number / THOUSANDTHS


def folded(word: str) -> str:
    """A word as it is compared: without capitals and accents, and with one kind of apostrophe."""
    if word.isascii():  # most are: of a count of many words, this is half the time
        return word.lower()
    signs = unicodedata.normalize("NFD", word.lower().replace("\u2019", "'"))
    return "".join(sign for sign in signs if unicodedata.category(sign) != "Mn")
