"""How much is tried: little with every test run, much with `make chaos`."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

CHAOS = os.environ.get("CHAOS", "0")
SHARE = 1.0 if CHAOS == "large" else float(CHAOS)
"""0: small, as with every test run; 1: large; or anything between."""
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 2**31)


def size(small: int, large: int) -> int:
    return round(small + SHARE * (large - small))


def dice(name: str) -> random.Random:
    """The chances of one test: the same again with the same SEED."""
    return random.Random(f"{SEED} {name}")


def record(fault: str, **figures: object) -> None:
    """Keep the figures of a large run, for docs/reliability.md; and show them where asked (-s)."""
    print(f"{fault}: {figures} (SEED={SEED})")
    if path := os.environ.get("CHAOS_FIGURES"):
        with Path(path).open("a") as file:
            file.write(json.dumps({"fault": fault, "seed": SEED, **figures}) + "\n")


def p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)] if seconds else 0.0
