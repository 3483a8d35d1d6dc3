"""Votes as files: opened again by another library, harmless to spreadsheets, and never saying more
than the page."""

from __future__ import annotations

import csv
import re
from io import BytesIO, StringIO
from zipfile import ZipFile

import openpyxl
import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workshop.votes.held import THREE, of
from workshop.spreadsheets import as_csv, defused
from workshop.version import VERSION
from workshop.votes.export import TABLES

pytestmark = pytest.mark.django_db(transaction=True)

FORMULA = '=HYPERLINK("http://evil.example","a")'
SINGLE = {"kind": "single", "options": [FORMULA, "+1", "@SUM(A1)", "-2"]}
TEXT = {"kind": "text"}


async def rows_of(held, *arguments: str) -> list[list[str]]:
    client = await held.browser()
    name = "vote_table" if len(arguments) == 2 else "votes_table"
    response = await client.get(of(held, name, *arguments))
    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    return list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))


async def book_of(held, *poll: str) -> openpyxl.Workbook:
    client = await held.browser()
    response = await client.get(of(held, "vote_workbook" if poll else "votes_workbook", *poll))
    return openpyxl.load_workbook(BytesIO(response.content))


def cells(book: openpyxl.Workbook) -> list[object]:
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row]


async def test_a_workbook_has_the_outcome_and_how_it_came_about(held):
    poll = await held.whole("public", THREE)
    book = await book_of(held, poll)

    assert book.sheetnames == ["Results", "Parts", "Turnout", "Ballots", "Method"]
    values = [[cell.value for cell in row] for row in book["Results"].iter_rows()]
    assert values == [
        ["More trains?", 1, None],
        ["Option", "Votes", "Share"],
        ["For", 2, pytest.approx(2 / 3)],
        ["Against", 1, pytest.approx(1 / 3)],
        ["Abstain", 0, None],
    ]
    assert [[c.value for c in row] for row in book["Ballots"].iter_rows()][2:5] == [
        ["Ana", "For"], ["Ben", "For"], ["Chi", "Against"],
    ]  # fmt: skip
    method = {row[0].value: row[1].value for row in book["Method"].iter_rows()}
    assert method["Question"] == "More trains?"
    assert method["Might vote"] == "4", "Hélène too"
    assert method["Software"] == f"Assises {VERSION}"


async def test_a_table_says_the_same(held):
    poll = await held.whole("public", THREE)

    assert (await rows_of(held, poll, "results"))[:3] == [
        ["More trains?", "1"], ["Option", "Votes", "Share"], ["For", "2", "0.6666666666666666"],
    ]  # fmt: skip
    assert ["Ben", "For"] in await rows_of(held, poll, "ballots")


async def test_all_votes_of_a_session_stand_in_one_file(held):
    await held.whole("confidential", THREE, question="First?")
    await held.whole("secret", THREE, question="Second?")
    await held.closed(await held.opened(question="Still secret?"))
    book = await book_of(held)
    said = [cell.value for cell in cells(book)]

    assert {"First?", "Second?"} <= set(said)
    assert "Still secret?" not in said
    assert [row[0] for row in (await rows_of(held, "turnout"))[1:3]] == ["First?", "Second?"]
    for table in TABLES.keys() - {"parts"}:  # all were in one place
        assert await rows_of(held, table)


async def test_files_and_the_page_have_all_texts_though_the_room_is_told_some(held):
    texts = [f"{n:02} {'x' * 480}" for n in range(50)]
    poll = await held.whole("confidential", {text[:2]: text for text in texts}, form=TEXT)
    page = (await (await held.browser()).get(of(held, "vote", poll))).content.decode()
    told = (await (await held.browser()).get(reverse("plain", args=[held.session.slug]))).content

    assert [row[0] for row in (await rows_of(held, poll, "results"))[2:]] == texts
    assert all(text in page for text in texts)
    assert b"30 x" in told
    assert b"45 x" not in told


async def test_of_a_confidential_vote_no_file_has_a_ballot(held):
    """Each answer is a text of its own: whoever finds one beside a name knows too much."""
    names = {f"Somebody {n}": "ABCDE"[n % 2] for n in range(6)}
    form = {"kind": "single", "options": ["zebra", "yak"]}
    answers = {name: n % 2 for n, name in enumerate(names)}
    await held.whole("confidential", answers, form=form)
    client = await held.browser("facilitator", "Rita")
    files = [(await client.get(of(held, "votes_workbook"))).content]
    files += [(await client.get(of(held, "votes_table", table))).content for table in TABLES]
    with ZipFile(BytesIO(files[0])) as parts:
        files += [parts.read(name) for name in parts.namelist()]

    assert any(b"zebra" in file for file in files), "or nothing is looked at"
    assert not [file for file in files if b"Somebody" in file]


async def test_of_a_secret_vote_no_name_stands_with_a_ballot(held):
    poll = await held.whole("secret", {"Ana": "zebra", "Ben": "yak"}, form=TEXT)
    ballots = await rows_of(held, poll, "ballots")

    assert ['"yak"', "yak"] in ballots
    assert not [row for row in ballots if {"Ana", "Ben"} & set(row)]
    assert ["Ana"] in await rows_of(held, poll, "turnout")


async def test_nothing_that_was_written_becomes_a_formula(held):
    poll = await held.whole("public", {FORMULA: 0, "-1+1": 3}, form=SINGLE, question="=1+1")
    for cell in cells(await book_of(held, poll)):
        assert cell.data_type in "sn", cell.value
        assert cell.hyperlink is None
    for table in TABLES:
        for row in await rows_of(held, poll, table):
            assert not [cell for cell in row if cell[:1] in tuple("=+-@\t")], row


@given(st.text("=+-@＝\"'; \t\r\na1", max_size=20) | st.text(max_size=40))
@settings(deadline=None)
def test_a_defused_text_is_none_in_whatever_cells_it_is_cut(text: str):
    """In other languages a semicolon ends a cell."""
    said = defused(text)

    assert not [each for each in re.split(r"[;\t\r\n]", said) if re.match(r'\s*"?[=+\-@＝]', each)]
    assert not said.startswith(("\t", "\r"))
    assert said.replace("'", "") == text.replace("'", "")


def test_numbers_stay_numbers():
    assert as_csv([[-5, 0.5, None, "-5"]]).decode("utf-8-sig") == '"-5","0.5","","\'-5"\r\n'
