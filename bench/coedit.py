"""P6: fifty people write one document at once, and five hundred read along."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from bench import tools
from bench.hall import Hall
from bench.processes import LOAD_CORE, SERVER_CORE, Process, await_port, free_port, running
from bench.results import Findings, Results, Values
from bench.servers import served
from bench.table import say

WRITERS, READERS = 50, 500
RATE, SECONDS = 5, 10  # letters a second and writer, and for how long
FIRST_CLIENT = 1000  # as load/scribes.c counts them


class Written(msgspec.Struct):
    """What came of it. A delivery is a letter that reached someone else. Milliseconds."""

    sent: int
    deliveries: int
    converged: int
    seconds: float
    p50: float
    p99: float
    closed: int


@dataclass(frozen=True)
class Cost:
    """Of one server: CPU in milliseconds per thousand deliveries, and how they came."""

    cpu: float
    written: Written

    def details(self) -> Values:
        return {
            "CPU ms / 1000": self.cpu,
            "converged": float(self.written.converged),
            "p50 ms": self.written.p50,
            "p99 ms": self.written.p99,
            "seconds": self.written.seconds,
        }


def play(hall: Hall, numbers: set[str]) -> Findings:
    with TemporaryDirectory(prefix="assises-bench-") as folder:
        updates = Path(folder) / "updates"
        updates.write_bytes(typed())
        costs = {name: measured(name, hall, updates) for name in ("ours", "y", "hocuspocus")}
    ours = costs["ours"]
    everyone = WRITERS + READERS
    if ours.written.converged < everyone:
        say(f"  ours: {ours.written.converged} of {everyone} have everything")
    found: Results = {
        "P6": {
            "ratio_y_websocket": costs["y"].cpu / ours.cpu,
            "ratio_hocuspocus": costs["hocuspocus"].cpu / ours.cpu,
            "p99_ms": ours.written.p99 if ours.written.converged == everyone else None,
        }
    }
    return Findings(found, {f"minutes, {name}": cost.details() for name, cost in costs.items()})


def measured(name: str, hall: Hall, updates: Path) -> Cost:
    with server(name, hall) as (process, manners):
        command = [str(tools.SCRIBES), "--updates", str(updates), "--readers", str(READERS)]
        with running([*command, "--dialect", name, *manners], LOAD_CORE) as scribes:
            told(scribes, "open")
            before = process.cpu()
            written = msgspec.convert(told(scribes, f"write {RATE} {SECONDS}"), Written)
            cpu = process.cpu() - before
    return Cost(cpu * 1e6 / written.deliveries, written)


@contextmanager
def server(name: str, hall: Hall) -> Iterator[tuple[Process, list[str]]]:
    """A server, and how to come in there."""
    if name == "ours":
        with hall.copied() as here, served(here) as (process, port):
            manners = ["--path", f"/rooms/{here.room}/live", "--seats", str(here.scribes)]
            yield process, [*manners, "--dialect", "room", "--port", str(port)]
        return
    port = free_port()
    script = tools.Y_WEBSOCKET if name == "y" else tools.HOCUSPOCUS
    environment = {"HOST": "127.0.0.1", "PORT": str(port)}
    with running(["node", str(script), str(port)], SERVER_CORE, environment) as process:
        await_port(process, port)
        yield process, ["--path", "/minutes", "--port", str(port)]


def told(scribes: Process, command: str) -> Any:
    assert scribes.popen.stdin, "they listen"
    assert scribes.popen.stdout, "they answer"
    scribes.popen.stdin.write(f"{command}\n")
    scribes.popen.stdin.flush()
    if answer := scribes.popen.stdout.readline():
        return msgspec.json.decode(answer)
    raise RuntimeError(f"the load generator ended: {scribes.said()}")


def typed() -> bytes:
    """What load/scribes.c reads: each types letter by letter in a paragraph of their own."""
    everyone = [list(letters(FIRST_CLIENT + n)) for n in range(WRITERS)]
    out = [struct.pack("<II", WRITERS, RATE * SECONDS)]
    out += [struct.pack("<H", len(each)) + each for one in everyone for each in one]
    return b"".join(out)


def letters(client: int) -> Iterator[bytes]:
    """Updates of one letter each; the first also brings the paragraph it is in."""
    doc: Doc[Any] = Doc(client_id=client)
    root = doc.get("minutes", type=XmlFragment)
    known, text = doc.get_state(), XmlText("a")
    root.children.append(XmlElement("paragraph", {}, [text]))
    for n in range(RATE * SECONDS):
        if n:
            text.insert(n, chr(97 + (n * 7 + client) % 26))
        update, known = doc.get_update(known), doc.get_state()
        yield update
