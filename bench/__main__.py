"""`make bench`, `make bench N=P1`, `make bench N=P1,P3`, `make bench N=scale`."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable

from bench import arrival, coedit, fanout, opening, scale, tools, vote, writes
from bench.goals import GOALS
from bench.hall import Hall, hall
from bench.processes import LOAD_CORE, SERVER_CORE, make_room_for_files
from bench.results import Findings, Results, keep, medians
from bench.table import behind, say, verdicts

ROUNDS = int(os.environ.get("ROUNDS", "3"))
PEOPLE = 5000

Play = Callable[[Hall, set[str]], Findings]

PLAYS: list[tuple[set[str], Play]] = [
    ({"P1", "P2", "P3", "P10"}, fanout.play),
    ({"P4", "P5"}, arrival.play),
    ({"P6"}, coedit.play),
    ({"P7"}, opening.play),
    ({"P8"}, writes.play),
    ({"P9"}, vote.play),
]


def main(asked: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # tidying up on the way
    make_room_for_files()
    os.sched_setaffinity(0, {LOAD_CORE})
    if SERVER_CORE == LOAD_CORE:
        say("there is one core only: the load is measured with the server")
    tools.build()
    if asked == "scale":
        return scale.show()
    numbers = set(asked.split(",")) if asked else set(GOALS)
    if unknown := numbers - set(GOALS):
        sys.exit(f"no such number: {', '.join(sorted(unknown))}")
    measure(numbers)


def measure(numbers: set[str]) -> None:
    say(f"seating {PEOPLE} people")
    found: Results = {}
    details: Results = {}
    with hall(PEOPLE) as full:
        for able, play in PLAYS:
            if wanted := numbers & able:
                rounds = [played(n, play, full, wanted) for n in range(1, ROUNDS + 1)]
                found |= medians([each.numbers for each in rounds])
                details |= medians([each.details for each in rounds])
    found = {number: found[number] for number in GOALS if number in found}
    keep(found)
    print(f"{verdicts(found)}\n\n{behind(details)}")


def played(n: int, play: Play, full: Hall, numbers: set[str]) -> Findings:
    began = time.monotonic()
    findings = play(full, numbers)
    say(f"{', '.join(sorted(numbers))}: round {n} took {time.monotonic() - began:.0f} s")
    return findings


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
