"""Exports: the votes of a session, or one of them, as tables: for spreadsheets (XLSX) and for
everything else (CSV).

What people wrote is text for whoever opens it, never a formula: a spreadsheet would carry it out.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO, StringIO

from django.utils.translation import gettext, gettext_lazy
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from workshop.features.polls.forms import AnyForm
from workshop.features.polls.outcomes import AnyOutcome, Cell, table
from workshop.features.polls.poll import Poll
from workshop.features.polls.secret import ballot_list
from workshop.votes.account import (
    account,
    answer_in_words,
    name_in_words,
    part_name,
)
from workshop.votes.publication import Publication
from workshop.votes.words import HEADS, decoded, head

Row = Sequence[Cell]

WIDTH = 24  # signs of a column
FORMULA = re.compile(r'(^|[;\t\r\n])(?=\s*"?[=+\-@＝＋－＠])|^(?=[\t\r])')
"""Where a cell would begin to be a formula: at its start, or where another language's separator
would begin a cell anew (OWASP, CSV injection)."""


# What the tables say --------------------------------------------------------------------


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


# Files -----------------------------------------------------------------------------------


def as_csv(rows: Iterable[Row]) -> bytes:
    """One table, in UTF-8 with the mark by which spreadsheets know it."""
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([defused(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def defused(cell: Cell) -> Cell:
    """A text that no spreadsheet takes for a formula."""
    return FORMULA.sub(lambda found: found[0] + "'", cell) if isinstance(cell, str) else cell


def as_xlsx(votes: Sequence[Publication]) -> bytes:
    """All tables, a sheet for each."""
    file = BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        for name, rows in TABLES.items():
            sheet = book.add_worksheet(str(NAMES[name]))
            sheet.set_column(0, 8, WIDTH)
            for n, row in enumerate(rows(votes)):
                write_row(sheet, n, row)
    return file.getvalue()


def write_row(sheet: Worksheet, n: int, row: Row) -> None:
    """Texts as texts, whatever they look like: no formula, no link."""
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(n, column, cell)
        elif cell is not None:
            sheet.write_number(n, column, cell)
