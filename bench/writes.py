"""P8: how many messages a second a room can acknowledge, each of them stored."""

from __future__ import annotations

import sys

import msgspec

from bench.hall import Hall
from bench.processes import SERVER_CORE, running
from bench.results import Findings, Results, Values


class Written(msgspec.Struct):
    messages: int
    seconds: float
    cpu: float

    @property
    def per_second(self) -> float:
        return self.messages / self.seconds

    @property
    def cpu_each(self) -> float:
        """Milliseconds for a message."""
        return self.cpu * 1000 / self.messages

    def details(self) -> Values:
        return {"messages a second": self.per_second, "CPU ms each": self.cpu_each}


def play(hall: Hall, numbers: set[str]) -> Findings:
    ways = {way: written(hall, way) for way in ("together", "alone", "raw")}
    together, alone = ways["together"], ways["alone"]
    found: Results = {
        "P8": {
            "per_s": together.per_second,
            "ratio_rate": together.per_second / alone.per_second,
            "ratio_cpu": together.cpu_each / alone.cpu_each,
        }
    }
    details = {f"writes, {way}": each.details() for way, each in ways.items()}
    return Findings(found, details)


def written(hall: Hall, way: str) -> Written:
    with hall.copied() as here:
        command = [sys.executable, "-m", "bench.durable", way]
        with running(command, SERVER_CORE, here.environment) as process:
            out, _ = process.popen.communicate()
            if process.popen.returncode:
                raise RuntimeError(process.said())
            return msgspec.json.decode(out, type=Written)
