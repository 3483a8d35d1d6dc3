"""Tables as files: for spreadsheets (XLSX) and for everything else (CSV).

What people wrote is text for whoever opens it, never a formula: a spreadsheet would carry it out.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

Cell = str | int | float | None
Row = Sequence[Cell]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

WIDTH = 24  # signs of a column
FORMULA = re.compile(r'(^|[;\t\r\n])(?=\s*"?[=+\-@＝＋－＠])|^(?=[\t\r])')
"""Where a cell would begin to be a formula: at its start, or where another language's separator
would begin a cell anew (OWASP, CSV injection)."""


def as_csv(rows: Iterable[Row]) -> bytes:
    """One table, in UTF-8 with the mark by which spreadsheets know it."""
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([defused(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def defused(cell: Cell) -> Cell:
    """A text that no spreadsheet takes for a formula."""
    return FORMULA.sub(lambda found: found[0] + "'", cell) if isinstance(cell, str) else cell


def as_xlsx(tables: Iterable[tuple[str, Iterable[Row]]]) -> bytes:
    """Several tables by their names, a sheet for each."""
    file = BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        for name, rows in tables:
            sheet = book.add_worksheet(name)
            sheet.set_column(0, 8, WIDTH)
            for n, row in enumerate(rows):
                write_row(sheet, n, row)
    return file.getvalue()


def write_row(sheet: Worksheet, n: int, row: Row) -> None:
    """Texts as texts, whatever they look like: no formula, no link."""
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(n, column, cell)
        elif cell is not None:
            sheet.write_number(n, column, cell)
