"""Exports: the votes of a session, or one of them, as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.utils.translation import gettext, gettext_lazy

from workshop.features.polls.forms import AnyForm
from workshop.features.polls.outcomes import AnyOutcome, Cell, table
from workshop.features.polls.poll import Poll
from workshop.features.polls.secret import ballot_list
from workshop.spreadsheets import Row
from workshop.votes.account import (
    account,
    answer_in_words,
    name_in_words,
    part_name,
)
from workshop.votes.publication import Publication
from workshop.votes.words import HEADS, decoded, head


def results(votes: Iterable[Publication]) -> Iterator[Row]:
    """The outcome of each vote under its question, a blank row between them."""
    for n, told in enumerate(votes):
        if n:
            yield []
        yield title(told.poll)
        yield from outcome_rows(told.poll.plan.form, told.result.outcome)


def parts(votes: Iterable[Publication]) -> Iterator[Row]:
    """The outcome of each part of the voters: of those that may be told."""
    for told in votes:
        for part in told.result.parts:
            yield [*title(told.poll), part_name(part), part.voters]
            if part.outcome is None:
                yield [gettext("Withheld: it could tell how somebody voted.")]
            else:
                yield from outcome_rows(told.poll.plan.form, part.outcome)
            yield []


def turnout(votes: Iterable[Publication]) -> Iterator[Row]:
    """How many might vote and how many did, from where; and who, where it is told."""
    codes = ("hall", "remote", "kiosk", "paper")
    yield [
        gettext("Question"),
        gettext("Round"),
        gettext("Might vote"),
        *(str(HEADS[code]) for code in codes),
    ]
    told = list(votes)
    for each in told:
        numbers = [getattr(each.result, code) for code in codes]
        yield [*title(each.poll), each.result.entitled, *numbers]
    for each in told:
        if each.voted:
            yield []
            yield [gettext("Who has voted"), *title(each.poll)]
            yield from ([name_in_words(name)] for name in each.voted)


def ballots(votes: Iterable[Publication]) -> Iterator[Row]:
    """The ballots, where they may be told: of public votes with names, of secret ones without."""
    for told in votes:
        plan = told.poll.plan
        if told.said:
            yield [*title(told.poll)]
            yield [gettext("Name"), gettext("Answer")]
            for name, answer in told.said:
                yield [name_in_words(name), answer_in_words(plan, answer)]
            yield []
        if told.opened:
            yield [*title(told.poll)]
            yield [gettext("Ballot"), gettext("Answer")]
            written = ballot_list(told.opened).splitlines() if told.opened.ballots else []
            for line, answer in zip(written, told.opened.ballots, strict=True):
                yield [line, answer_in_words(plan, answer)]
            yield []


def methods(votes: Iterable[Publication]) -> Iterator[Row]:
    """How each vote was held and counted."""
    for n, told in enumerate(votes):
        if n:
            yield []
        yield [gettext("Question"), told.poll.plan.question]
        yield from account(told)


TABLES: dict[str, Callable[[Iterable[Publication]], Iterator[Row]]] = {
    "results": results,
    "parts": parts,
    "turnout": turnout,
    "ballots": ballots,
    "method": methods,
}
NAMES = {
    "results": gettext_lazy("Results"),
    "parts": gettext_lazy("Parts"),
    "turnout": gettext_lazy("Turnout"),
    "ballots": gettext_lazy("Ballots"),
    "method": gettext_lazy("Method"),
}


def title(poll: Poll) -> list[Cell]:
    return [poll.plan.question, poll.round]


def outcome_rows(form: AnyForm, outcome: AnyOutcome) -> Iterator[Row]:
    """With numbers as numbers: a spreadsheet can go on counting."""
    found = table(outcome, form)
    yield [head(code) for code in found.header]
    yield from decoded(found, outcome)
