"""Outcomes: what a count says, in one struct for each shape of result, told apart by the tag
`shape`; each names the `method` by which it was counted.

`table` is the outcome as rows, for those who read rather than look, and for the exports. `smallest`
says of how few people some cell of it tells.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch
from itertools import accumulate
from math import ceil
from typing import Literal

import msgspec
from msgspec.structs import replace

from workshop.features.polls.forms import AnyForm, Budget, WithOptions, YesNo

MOST_TOLD, MOST_SIGNS = 200, 20_000  # texts or words, and the signs of the texts, told in a room

Cell = str | int | float | None


class Outcome(msgspec.Struct, frozen=True, tag_field="shape", forbid_unknown_fields=True):
    """What a count says. `voters` is how many people it counts."""

    voters: int


def shape_of(outcome: Outcome) -> str:
    """The shape of a result, as the tag says it."""
    return str(outcome.__struct_config__.tag)


class Shares(Outcome, frozen=True, tag="shares"):
    """Votes for each option, and of what number they are shares: of the votes (plurality), of the
    voters (multiple, approval), of yes and no without abstentions (yes_no: yes, no, abstain)."""

    method: Literal["plurality", "multiple", "approval", "yes_no"]
    votes: list[int]
    base: int


class Allotted(Outcome, frozen=True, tag="allotted"):
    """Points given to each option, and by how many people."""

    points: list[int]
    givers: list[int]
    method: Literal["points"] = "points"


class Scores(Outcome, frozen=True, tag="scores"):
    """The Borda score of each option; `order` is the options, the best first, ties together."""

    scores: list[float]
    order: list[list[int]]
    winners: list[int]
    method: Literal["borda"] = "borda"


class Round(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One round of a run-off: votes for each option (0 once it is out), ballots that name none
    of those left, and the options that go out after it."""

    votes: list[int]
    exhausted: int
    out: list[int]


class Rounds(Outcome, frozen=True, tag="rounds"):
    """An instant run-off. More winners than one: they are tied, and people must decide."""

    rounds: list[Round]
    order: list[list[int]]
    winners: list[int]
    method: Literal["runoff"] = "runoff"


class Rated(Outcome, frozen=True, tag="rated"):
    """For each thing that was rated, or for the one question of a scale: how many gave step 1, 2,
    …, how many could not say, and the mean and the median of the others."""

    counts: list[list[int]]
    cannot_say: list[int]
    mean: list[float | None]
    median: list[float | None]
    method: Literal["rating"] = "rating"


class Histogram(Outcome, frozen=True, tag="histogram"):
    """How many numbers lie from each edge up to, but not including, the next."""

    edges: list[float]
    counts: list[int]
    mean: float | None
    median: float | None
    least: float | None
    most: float | None
    method: Literal["histogram"] = "histogram"


class Texts(Outcome, frozen=True, tag="texts"):
    """What was written, sorted, so that the order tells nothing; and how many texts are left out
    (see `abridged`)."""

    texts: list[str]
    method: Literal["texts"] = "texts"
    more: int = 0


class Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A word in its most frequent spelling, and how many people gave it in any."""

    word: str
    n: int


class Cloud(Outcome, frozen=True, tag="cloud"):
    """Words, the most frequent first; and how many are left out (see `abridged`)."""

    words: list[Word]
    method: Literal["words"] = "words"
    more: int = 0


class Opinions(Outcome, frozen=True, tag="opinions"):
    """What people think of each statement, and how far it bridges their differences: a share from
    0 to 1, or nothing where nobody opposes anybody."""

    agree: list[int]
    disagree: list[int]
    passed: list[int]
    bridging: list[float | None]
    method: Literal["bridging"] = "bridging"


class Funded(Outcome, frozen=True, tag="funded"):
    """Which proposals the envelope pays for, in the order in which they got their money; `tied` are
    those among which people must choose. `spent` is in euros, without the tied ones."""

    votes: list[int]
    funded: list[int]
    tied: list[int]
    spent: int
    method: Literal["greedy"] = "greedy"


class Spot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A square of the map, by its upper left corner, and how many pins stand in it."""

    x: int
    y: int
    n: int


class Pins(Outcome, frozen=True, tag="pins"):
    """Every pin, as [x, y]; and how many stand in each square of the map's grid, `side` wide."""

    points: list[list[int]]
    side: int
    spots: list[Spot]
    method: Literal["pins"] = "pins"


AnyOutcome = (
    Shares
    | Allotted
    | Scores
    | Rounds
    | Rated
    | Histogram
    | Texts
    | Cloud
    | Opinions
    | Funded
    | Pins
)


def abridged(outcome: AnyOutcome) -> AnyOutcome:
    """The outcome as a room is told it: of texts and words, some. Of 5 000 texts everyone would be
    sent up to 2.5 MB; the page of the result and its files have them all."""
    if isinstance(outcome, Cloud):
        few = outcome.words[:MOST_TOLD]
        return replace(outcome, words=few, more=len(outcome.words) - len(few))
    if isinstance(outcome, Texts):
        sizes = accumulate(len(each) for each in outcome.texts[:MOST_TOLD])
        texts = outcome.texts[: sum(size <= MOST_SIGNS for size in sizes)]
        return replace(outcome, texts=texts, more=len(outcome.texts) - len(texts))
    return outcome


def is_abridged(outcome: AnyOutcome | None) -> bool:
    return isinstance(outcome, Texts | Cloud) and outcome.more > 0


class Table(msgspec.Struct, frozen=True):
    """An outcome as rows. The header is of codes that templates put into words; `round:2` is the
    second round, `step:3` the third step. Cells are texts of the vote's own, numbers, shares from 0
    to 1, nothing, or codes (yes, no, abstain, exhausted, funded, tied, not-funded)."""

    header: list[str]
    rows: list[list[Cell]]


@singledispatch
def table(outcome: AnyOutcome, form: AnyForm) -> Table:
    """The outcome of a vote of this form, as rows."""
    raise TypeError(f"no table of a {type(outcome).__name__}")


@singledispatch
def smallest(outcome: AnyOutcome) -> int:
    """The fewest people, but at least one, of whom some cell of the outcome tells what they said;
    0 where nobody voted. A cell is an option, a step, a bin, a round's pile; where options are
    chosen one by one, those who did not choose one are a cell too. Texts, pins and numbers
    are of one each.
    """
    raise TypeError(f"no cells in a {type(outcome).__name__}")


@table.register
def _(outcome: Shares, form: AnyForm) -> Table:
    rows: list[list[Cell]] = [
        [name, n, share(n, outcome.base)]
        for name, n in zip(names(form), outcome.votes, strict=True)
    ]
    if isinstance(form, YesNo) and form.abstain:
        rows[-1][-1] = None  # abstentions are no votes cast
    return Table(["option", "votes", "share"], rows)


@smallest.register
def _(outcome: Shares) -> int:
    cells = [*outcome.votes]
    if outcome.method in ("multiple", "approval"):
        cells += [outcome.voters - n for n in outcome.votes]
    return fewest(cells)


@table.register
def _(outcome: Allotted, form: AnyForm) -> Table:
    given = sum(outcome.points)
    counted = zip(names(form), outcome.points, outcome.givers, strict=True)
    rows: list[list[Cell]] = [[name, n, share(n, given), givers] for name, n, givers in counted]
    return Table(["option", "points", "share", "givers"], rows)


@smallest.register
def _(outcome: Allotted) -> int:
    return fewest([*outcome.givers, *(outcome.voters - n for n in outcome.givers)])


@table.register
def _(outcome: Scores, form: AnyForm) -> Table:
    options, places = names(form), places_of(outcome.order)
    ordered = [each for tied in outcome.order for each in tied]
    rows: list[list[Cell]] = [
        [places[each], options[each], outcome.scores[each]] for each in ordered
    ]
    return Table(["place", "option", "score"], rows)


@smallest.register
def _(outcome: Scores) -> int:
    """Points that an option got, or missed, are of as many people at most: a score of 1 between two
    options is one person's."""
    best = outcome.voters * (len(outcome.scores) - 1)
    points = [ceil(each) for score in outcome.scores for each in (score, best - score)]
    return fewest([outcome.voters, *points])


@table.register
def _(outcome: Rounds, form: AnyForm) -> Table:
    options, places = names(form), places_of(outcome.order)
    header = ["place", "option", *(f"round:{n + 1}" for n in range(len(outcome.rounds)))]
    rows: list[list[Cell]] = [
        [places[each], options[each], *votes_by_round(outcome.rounds, each)]
        for tied in outcome.order
        for each in tied
    ]
    exhausted: list[Cell] = [None, "exhausted", *(each.exhausted for each in outcome.rounds)]
    return Table(header, [*rows, exhausted])


@smallest.register
def _(outcome: Rounds) -> int:
    return fewest(n for each in outcome.rounds for n in (*each.votes, each.exhausted))


@table.register
def _(outcome: Rated, form: AnyForm) -> Table:
    steps = [f"step:{n + 1}" for n in range(len(outcome.counts[0]))]
    things = names(form) if isinstance(form, WithOptions) else [""]
    rows: list[list[Cell]] = [
        [thing, *counts, cannot, mean, median]
        for thing, counts, cannot, mean, median in zip(
            things, outcome.counts, outcome.cannot_say, outcome.mean, outcome.median, strict=True
        )
    ]
    return Table(["option", *steps, "cannot-say", "mean", "median"], rows)


@smallest.register
def _(outcome: Rated) -> int:
    return fewest(n for row in (*outcome.counts, outcome.cannot_say) for n in row)


@table.register
def _(outcome: Histogram, form: AnyForm) -> Table:
    bins = zip(outcome.edges, outcome.edges[1:], outcome.counts, strict=False)
    rows: list[list[Cell]] = [[low, high, n, share(n, outcome.voters)] for low, high, n in bins]
    summary: list[list[Cell]] = [
        ["mean", None, outcome.mean, None],
        ["median", None, outcome.median, None],
        ["least", None, outcome.least, None],
        ["most", None, outcome.most, None],
    ]
    return Table(["from", "below", "votes", "share"], rows + summary)


@table.register
def _(outcome: Texts, form: AnyForm) -> Table:
    texts: list[list[Cell]] = [[text] for text in outcome.texts]
    return Table(["text"], texts + more_of(outcome))


@smallest.register
def _(outcome: Texts | Pins | Histogram) -> int:
    """Of numbers the least and the most are told exactly: each is somebody's."""
    return min(outcome.voters, 1)


@table.register
def _(outcome: Cloud, form: AnyForm) -> Table:
    words: list[list[Cell]] = [[each.word, each.n] for each in outcome.words]
    return Table(["word", "people"], words + more_of(outcome))


def more_of(outcome: Texts | Cloud) -> list[list[Cell]]:
    """The row that says how many are left out."""
    return [[f"… + {outcome.more}"]] if outcome.more else []


@smallest.register
def _(outcome: Cloud) -> int:
    return fewest(each.n for each in outcome.words)


@table.register
def _(outcome: Opinions, form: AnyForm) -> Table:
    counts = zip(outcome.agree, outcome.disagree, outcome.passed, outcome.bridging, strict=True)
    rows: list[list[Cell]] = [
        [statement, *row] for statement, row in zip(names(form), counts, strict=True)
    ]
    return Table(["statement", "agree", "disagree", "pass", "bridging"], rows)


@smallest.register
def _(outcome: Opinions) -> int:
    counted = [*zip(outcome.agree, outcome.disagree, outcome.passed, strict=True)]
    left_out = [outcome.voters - sum(each) for each in counted]
    return fewest([*(n for each in counted for n in each), *left_out])


@table.register
def _(outcome: Funded, form: AnyForm) -> Table:
    assert isinstance(form, Budget)
    states = dict.fromkeys(outcome.funded, "funded") | dict.fromkeys(outcome.tied, "tied")
    rows: list[list[Cell]] = [
        [each.title, each.commune, each.theme, each.cost, n, states.get(index, "not-funded")]
        for index, (each, n) in enumerate(zip(form.proposals, outcome.votes, strict=True))
    ]
    return Table(["proposal", "commune", "theme", "cost", "votes", "state"], rows)


@smallest.register
def _(outcome: Funded) -> int:
    return fewest([*outcome.votes, *(outcome.voters - n for n in outcome.votes)])


@table.register
def _(outcome: Pins, form: AnyForm) -> Table:
    rows: list[list[Cell]] = [[each.x, each.y, each.n] for each in outcome.spots]
    return Table(["x", "y", "pins"], rows)


def names(form: AnyForm) -> list[str]:
    """What is counted: options, as the vote words them, or the codes of yes and no."""
    if isinstance(form, YesNo):
        return ["yes", "no", "abstain"] if form.abstain else ["yes", "no"]
    assert isinstance(form, WithOptions)
    return form.options


def places_of(order: list[list[int]]) -> dict[int, int]:
    """The place of each option, from 1; those who are tied share one, and the next are left out."""
    places: dict[int, int] = {}
    place = 1
    for tied in order:
        places |= dict.fromkeys(tied, place)
        place += len(tied)
    return places


def votes_by_round(rounds: list[Round], option: int) -> list[Cell]:
    """An option's votes in each round, and nothing once it is out."""
    votes: list[Cell] = []
    for each in rounds:
        votes.append(each.votes[option])
        if option in each.out:
            break
    return votes + [None] * (len(rounds) - len(votes))


def share(n: int, of: int) -> float:
    return n / of if of else 0.0


def fewest(cells: Iterable[int]) -> int:
    return min((n for n in cells if n > 0), default=0)
