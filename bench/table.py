"""What is printed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from bench.goals import GOALS
from bench.results import Results


def say(text: str) -> None:
    """Say how far we are, beside what is printed."""
    print(text, file=sys.stderr, flush=True)


def grid(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [list(headings), *map(list, rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(headings))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def verdicts(results: Results) -> str:
    """Each number beside its goal."""
    rows = [
        [number, key, shown(value), str(GOALS[number][key]), GOALS[number][key].verdict(value)]
        for number, values in results.items()
        for key, value in values.items()
    ]
    return grid(("", "number", "measured", "goal", ""), rows)


def behind(details: Results) -> str:
    """What lies behind the numbers: for each server and way, whatever was found out."""
    return grid(
        ("", "medians"),
        [
            [name, ", ".join(f"{key} {shown(value)}" for key, value in values.items())]
            for name, values in details.items()
        ],
    )


def shown(value: float | None) -> str:
    return "not negotiated" if value is None else f"{value:.4g}"
