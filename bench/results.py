"""The numbers as they are kept, in results.json: by goal, by name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.goals import GOALS

FILE = Path(__file__).parent / "results.json"

Values = dict[str, float | None]
Results = dict[str, Values]


@dataclass(frozen=True)
class Findings:
    """Of one round: the numbers that have goals, and what lies behind them."""

    numbers: Results
    details: Results


def medians(rounds: list[Results]) -> Results:
    """The middle of what the rounds found, number by number; None where none found any."""
    return {
        number: {key: middle([each[number][key] for each in rounds]) for key in values}
        for number, values in rounds[0].items()
    }


def middle(values: list[float | None]) -> float | None:
    found = [each for each in values if each is not None]
    return rounded(median(found)) if found else None


def rounded(value: float) -> float:
    """To four significant digits; whole numbers without a point."""
    short = float(f"{value:.4g}")
    return int(short) if short.is_integer() else short


def keep(results: Results) -> None:
    """Write these numbers beside those of earlier runs."""
    kept: Results = json.loads(FILE.read_text()) if FILE.exists() else {}
    kept |= results
    ordered = {number: kept[number] for number in GOALS if number in kept}
    FILE.write_text(json.dumps(ordered, indent=2) + "\n")
