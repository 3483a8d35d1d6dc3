"""The goals. What each number means is said in README.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Goal:
    sign: Literal["≤", "≥"]
    bound: float

    def __str__(self) -> str:
        return f"{self.sign} {self.bound:g}"

    def reached(self, value: float) -> bool:
        return value <= self.bound if self.sign == "≤" else value >= self.bound

    def verdict(self, value: float | None) -> str:
        if value is None:
            return ""
        return "reached" if self.reached(value) else "missed"


def at_most(bound: float) -> Goal:
    return Goal("≤", bound)


def at_least(bound: float) -> Goal:
    return Goal("≥", bound)


GOALS: dict[str, dict[str, Goal]] = {
    "P1": {"ratio_node_ws": at_most(0.8), "ratio_c_epoll": at_most(1.5)},
    "P2": {"daphne": at_least(40), "uvicorn": at_least(25)},
    "P3": {"ratio_c_epoll": at_least(10)},
    "P4": {"kib_per_socket": at_most(4), "ratio_node_ws": at_most(0.5)},
    "P5": {"ratio_node_ws": at_most(0.5)},
    "P6": {
        "ratio_y_websocket": at_least(4),
        "ratio_hocuspocus": at_least(5),
        "p99_ms": at_most(150),
    },
    "P7": {"cpu_ms": at_most(15), "ratio_yjs": at_least(5)},
    "P8": {"per_s": at_least(10_000), "ratio_rate": at_least(8), "ratio_cpu": at_most(0.1)},
    "P9": {"acked": at_least(5000), "p99_ms": at_most(500), "frames_per_s": at_most(4)},
    "P10": {"ratio_uncompressed": at_most(1.15)},
}
