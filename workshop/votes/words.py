"""Votes in words: a table of outcomes with its heads and cells in the language that is on, and how
the count was made."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from workshop.features.polls.forms import AnyForm
from workshop.features.polls.outcomes import AnyOutcome, Cell, Shares, Table, shape_of, table
from workshop.features.polls.poll import Poll, Result, Turnout

HEADS: dict[str, Promise] = {
    "option": gettext_lazy("Option"),
    "votes": gettext_lazy("Votes"),
    "share": gettext_lazy("Share"),
    "points": gettext_lazy("Points"),
    "givers": gettext_lazy("Given by"),
    "place": gettext_lazy("Rank"),
    "score": gettext_lazy("Score"),
    "cannot-say": gettext_lazy("Cannot say"),
    "mean": gettext_lazy("Mean"),
    "median": gettext_lazy("Median"),
    "from": gettext_lazy("From"),
    "below": gettext_lazy("To below"),
    "text": gettext_lazy("Answer"),
    "word": gettext_lazy("Word"),
    "people": gettext_lazy("People"),
    "statement": gettext_lazy("Statement"),
    "agree": gettext_lazy("Agree"),
    "disagree": gettext_lazy("Disagree"),
    "pass": gettext_lazy("Pass"),
    "bridging": gettext_lazy("Bridging"),
    "proposal": gettext_lazy("Proposal"),
    "commune": gettext_lazy("Commune"),
    "theme": gettext_lazy("Theme"),
    "cost": gettext_lazy("Cost"),
    "state": gettext_lazy("Outcome"),
    "x": gettext_lazy("East"),
    "y": gettext_lazy("South"),
    "pins": gettext_lazy("Pins"),
    "hall": gettext_lazy("In the hall"),
    "remote": gettext_lazy("Remote"),
    "kiosk": gettext_lazy("At a kiosk"),
    "paper": gettext_lazy("Counted by hand"),
}
CODES: dict[str, Promise] = {
    "yes": gettext_lazy("For"),
    "no": gettext_lazy("Against"),
    "abstain": gettext_lazy("Abstain"),
    "exhausted": gettext_lazy("Names none of those left"),
    "funded": gettext_lazy("Funded"),
    "tied": gettext_lazy("Tied"),
    "not-funded": gettext_lazy("Not funded"),
    "mean": gettext_lazy("Mean"),
    "median": gettext_lazy("Median"),
    "least": gettext_lazy("Least"),
    "most": gettext_lazy("Most"),
}
CODED: dict[str, tuple[int, ...]] = {
    "shares": (0,),
    "rounds": (1,),
    "histogram": (0,),
    "funded": (5,),
}
"""In which columns of which outcomes a text may be a code, and not the vote's own words."""

METHODS: dict[str, Promise] = {
    "plurality": gettext_lazy("Shares are of all votes."),
    "multiple": gettext_lazy("Shares are of all who voted: one person could choose several."),
    "approval": gettext_lazy("Shares are of all who voted: one person could choose several."),
    "yes_no": gettext_lazy(
        "Shares are of those for and against: abstentions are not counted in them."
    ),
    "points": gettext_lazy("Shares are of all points given."),
    "borda": gettext_lazy(
        "Borda count: on each ballot, a point for every option ranked below, half a point for"
        " each that it does not tell apart."
    ),
    "runoff": gettext_lazy(
        "Instant run-off: round by round, the option with the fewest ballots goes out, and "
        "its ballots go to the next that they name, until one has more than half of those "
        "that still count. Of equals, the one with fewer in the round before goes out; who is"
        " never told apart goes out together."
    ),
    "rating": gettext_lazy("Mean and median of those who gave a step."),
    "histogram": gettext_lazy("Each column counts the answers from its number up to the next."),
    "texts": gettext_lazy("Sorted by their letters, not in the order in which they came."),
    "words": gettext_lazy(
        "Each person counts once for a word; capitals and accents make no difference."
    ),
    "bridging": gettext_lazy(
        "Bridging: of all pairs of people who opposed one another on another statement, the "
        "share who both agree with this one."
    ),
    "greedy": gettext_lazy(
        "Proposals get their money by their votes, among equals the cheaper first; what does "
        "not fit any more is passed over."
    ),
    "pins": gettext_lazy("Circles count the pins around; their size is that number."),
}
"""How each method counts: the words of templates/votes/figure.html."""

SECRECY: dict[str, Promise] = {
    "public": gettext_lazy("Public vote: the result shows who voted what."),
    "confidential": gettext_lazy(
        "Confidential vote: nobody is shown who voted what; whoever runs the server could find out."
    ),
    "secret": gettext_lazy(
        "Secret vote: ballots are sealed, opened together at the close, and nothing that is kept "
        "links them to anybody."
    ),
}
"""How secret a vote is, as a voter is told it."""

ROUND = gettext_lazy("Round %s")
STEP = gettext_lazy("Step %s")


def in_words(poll: Poll, result: Result) -> tuple[list[str], list[list[str]]]:
    """The heads and the rows of a result, with the votes by channel beside them where they may be
    told and each option has one figure."""
    heads, rows = table_in_words(poll.plan.form, result.outcome)
    columns = channels(result)
    beside = [[number(of[n]) for of in columns.values()] for n in range(len(rows))]
    return [*heads, *map(head, columns)], [
        [*row, *more] for row, more in zip(rows, beside, strict=True)
    ]


def table_in_words(form: AnyForm, outcome: AnyOutcome) -> tuple[list[str], list[list[str]]]:
    """The heads and the rows of an outcome."""
    found = table(outcome, form)
    tell = [TELL.get(code, plain) for code in found.header]
    rows = [
        [say(cell) for say, cell in zip(tell, row, strict=True)] for row in decoded(found, outcome)
    ]
    return [head(code) for code in found.header], rows


def channels(result: Result) -> dict[str, list[int]]:
    """The votes for each option from where people voted, for outcomes that are one figure each."""
    if not isinstance(result.outcome, Shares):
        return {}
    named = {part.name: part.outcome for part in result.parts if ":" not in part.name}
    if not all(named.values()):
        return {}
    return {name: each.votes for name, each in named.items() if isinstance(each, Shares)}


def head(code: str) -> str:
    kind, _, n = code.partition(":")
    if kind in ("round", "step"):
        return str((ROUND if kind == "round" else STEP) % n)
    return str(HEADS[code])


def decoded(found: Table, outcome: AnyOutcome) -> list[list[Cell]]:
    """The rows of a table, with words where codes were; numbers are still numbers."""
    coded = CODED.get(shape_of(outcome), ())
    return [
        [in_word(cell) if column in coded else cell for column, cell in enumerate(row)]
        for row in found.rows
    ]


def in_word(cell: Cell) -> Cell:
    return str(CODES.get(cell, cell)) if isinstance(cell, str) else cell


def plain(cell: Cell) -> str:
    return "" if cell is None else number(cell) if isinstance(cell, int | float) else cell


def number(n: float) -> str:
    """As the language writes it: whole, or with at most two decimals."""
    return number_format(n if isinstance(n, int) else round(n, 2), force_grouping=True)


def percent(cell: Cell) -> str:
    """With the language's own percent sign."""
    return gettext("%(n)s%%") % {"n": round(100 * cell)} if isinstance(cell, int | float) else ""


def euros(cell: Cell) -> str:
    return gettext("€%s") % plain(cell)


TELL: dict[str, Callable[[Cell], str]] = {"share": percent, "cost": euros}


def took_part(count: Result | Turnout) -> str:
    """How many voted, from where, and of how many who might."""
    n = count.hall + count.remote
    told = ngettext(
        "%(n)s person took part: %(hall)s in the hall, %(remote)s remote.",
        "%(n)s people took part: %(hall)s in the hall, %(remote)s remote.",
        n,
    )
    entitled = gettext("%(n)s might vote.") % {"n": count.entitled} if count.entitled else ""
    said = [told % {"n": n, "hall": count.hall, "remote": count.remote}, entitled, *besides(count)]
    return " ".join(each for each in said if each)


def besides(count: Result | Turnout) -> list[str]:
    """Ballots for which one a person is not claimed."""
    return [
        words % {"n": n}
        for n, words in (
            (
                count.kiosk,
                gettext("%(n)s at a kiosk, where one ballot a person is not claimed."),
            ),
            (count.paper, gettext("%(n)s counted by hand.")),
        )
        if n
    ]
