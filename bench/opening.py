"""P7: opening minutes in which somebody has typed 260 000 letters, beside Yjs in Node.

The document has the shape of a real one: `automerge-paper` of github.com/josephg/editing-traces is
259 778 keystrokes and deletions, of which 104 852 letters are left. With the path of its .json.gz
in TRACE it is that paper itself.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from bench import tools
from bench.hall import Hall
from bench.processes import SERVER_CORE, running
from bench.results import Findings, Results, Values

EDITS, LEFT = 259_778, 104_852
TIMES = 20  # that it is opened again

Change = tuple[int, int, str]
"""Where, how many letters go, and what comes there."""


class Opened(msgspec.Struct):
    """CPU in milliseconds of the first time a process opened it, and of more times after that; and
    how many letters were there."""

    first: float
    costs: list[float]
    length: int

    def details(self) -> Values:
        again = median(self.costs)
        return {"CPU ms": self.first, "again": again, "letters": float(self.length)}


def play(hall: Hall, numbers: set[str]) -> Findings:
    with hall.copied() as here:
        state = here.folder / "paper"
        state.write_bytes(paper())
        python = [sys.executable, "-m", "bench.opened", str(state), str(TIMES)]
        ours = opened(python, here.environment)
        node = opened(["node", str(tools.YJS), str(state), str(TIMES)], {})
    if ours.length != node.length:
        raise RuntimeError(f"{ours.length} letters here, {node.length} there")
    found: Results = {"P7": {"cpu_ms": ours.first, "ratio_yjs": node.first / ours.first}}
    details = {"opening, ours": ours.details(), "opening, Yjs": node.details()}
    return Findings(found, details)


def opened(command: list[str], environment: dict[str, str]) -> Opened:
    with running(command, SERVER_CORE, environment) as process:
        out, _ = process.popen.communicate()
        if process.popen.returncode:
            raise RuntimeError(process.said())
        return msgspec.json.decode(out, type=Opened)


def paper() -> bytes:
    """The state after all edits."""
    doc: Doc[Any] = Doc(client_id=1)
    text = XmlText("")
    doc.get("minutes", type=XmlFragment).children.append(XmlElement("paragraph", {}, [text]))
    trace = os.environ.get("TRACE")
    for at, gone, new in traced(Path(trace)) if trace else typed():
        if gone:
            del text[at : at + gone]
        if new:
            text.insert(at, new)
    return doc.get_update()


def traced(path: Path) -> Iterator[Change]:
    with gzip.open(path) as file:
        for each in json.load(file)["txns"]:
            yield from each["patches"]


def typed() -> Iterator[Change]:
    """As people write: forward for a while, back over some of it, and on elsewhere."""
    dice = random.Random(1)  # noqa: S311 - the same each time
    at = length = run = 0
    back = False
    for left in range(EDITS, 0, -1):
        if not run:
            run, back = dice.randrange(1, 2 * RUN), dice.random() < BACK
            at = dice.randrange(length + 1) if dice.random() < HOP else at
        run -= 1
        going_back = at and (back or length - LEFT >= left)
        at, length = (at - 1, length - 1) if going_back else (at + 1, length + 1)
        yield (at, 1, "") if going_back else (at - 1, 0, chr(97 + at % 26))


RUN = 30  # letters that come, or go, one after the other
BACK = (EDITS - LEFT) / 2 / EDITS  # of all runs, so that about as much is left
HOP = 0.4  # of all runs begin elsewhere, so that the state has about as many pieces
