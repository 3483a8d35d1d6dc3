"""Ranking: in what order questions stand. Pure; `static/src/questions/ranking.ts` is its twin.

*Best* is the lower bound of Wilson's interval (E. B. Wilson, "Probable Inference, the Law of
Succession, and Statistical Inference", 1927), as Evan Miller proposed it for lists ("How Not To
Sort By Average Rating", 2009): a few in favour of few do not come before many in favour of many.
*Controversy* is the formula that Reddit published (r2/r2/lib/db/_sorts.pyx): how many speak, to the
power of how evenly they are divided.
"""

from __future__ import annotations

from math import sqrt
from typing import Literal, get_args

Order = Literal["support", "best", "newest", "controversy"]
ORDERS: tuple[Order, ...] = get_args(Order)
CONFIDENCE = 1.959964  # standard deviations: 95 %


def wilson(up: int, down: int) -> float:
    """The share in favour that is at least to be expected, were everybody asked: 0 to 1."""
    if not up:
        return 0.0
    n = up + down
    z2, share = CONFIDENCE**2, up / n
    spread = CONFIDENCE * sqrt((share * (1 - share) + z2 / (4 * n)) / n)
    return (share + z2 / (2 * n) - spread) / (1 + z2 / n)


def controversy(up: int, down: int) -> float:
    """0 where all agree; as many as speak where they are divided evenly."""
    if not up or not down:
        return 0.0
    return float((up + down) ** (min(up, down) / max(up, down)))


def rank(order: Order, up: int, down: int, at: float) -> tuple[float, float]:
    """What to sort by, the greatest first. Of equals, the one that has waited longest is first."""
    match order:
        case "support":
            return up - down, -at
        case "best":
            return wilson(up, down), -at
        case "newest":
            return at, 0.0
        case "controversy":
            return controversy(up, down), -at
