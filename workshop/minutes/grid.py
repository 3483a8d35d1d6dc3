"""The grid: where each cell of a table stands, once those before it take their room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workshop.minutes.tree import Node

LARGEST = 20_000
"""Cells. A table that claims more, anyone can write in a few bytes: its spans are not believed."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cell, its column and row from 0, and how many of each it takes."""

    cell: Node
    column: int
    row: int
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Grid:
    rows: tuple[tuple[Place, ...], ...]
    columns: int

    @property
    def places(self) -> Iterator[Place]:
        return (place for row in self.rows for place in row)


def grid(table: Node) -> Grid:
    """The table's cells, row by row."""
    rows = [list(row.nodes) for row in table.nodes]
    return placed(rows, spanning=claimed(rows) <= LARGEST)


def heads(row: tuple[Place, ...]) -> int:
    """How many rows are the table's head: the first, if it is one and stays within itself."""
    return int(all(each.cell.name == "table_header" and each.rows == 1 for each in row))


def claimed(rows: list[list[Node]]) -> int:
    cells = [cell.attributes for row in rows for cell in row]
    return sum(each["colspan"] * min(each["rowspan"], len(rows)) for each in cells)


def placed(rows: list[list[Node]], *, spanning: bool) -> Grid:
    taken: set[tuple[int, int]] = set()
    found = []
    for number, row in enumerate(rows):
        column, places = 0, []
        for cell in row:
            while (number, column) in taken:
                column += 1
            wide = cell.attributes["colspan"] if spanning else 1
            high = min(cell.attributes["rowspan"], len(rows) - number) if spanning else 1
            wide = free(taken, number, column, wide)
            places.append(Place(cell, column, number, wide, high))
            if high > 1 or wide > 1:
                taken.update(
                    (number + down, column + right) for down in range(high) for right in range(wide)
                )
            column += wide
        found.append(tuple(places))
    wholes = [place.column + place.columns for places in found for place in places]
    return Grid(tuple(found), max(wholes, default=1))


def free(taken: set[tuple[int, int]], row: int, column: int, wanted: int) -> int:
    """How many columns are free from here on, up to what is wanted."""
    return next((n for n in range(1, wanted) if (row, column + n) in taken), wanted)
