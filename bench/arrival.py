"""P4 and P5: what it costs to let two thousand people in, and to have them sit there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bench import servers
from bench.hall import Hall
from bench.results import Findings, Results, Values
from bench.servers import Scene

FIRST = 20  # so that whatever happens once has happened
ACCEPTED = 2000
MORE = 2000  # memory is the slope between these two crowds
SETTLE = 2.0  # seconds


@dataclass(frozen=True)
class Arrival:
    cpu: float  # milliseconds for each who came in, greeting included
    seconds: float  # that they took together
    memory: float  # KiB for each who sits there

    def details(self) -> Values:
        return {"CPU ms each": self.cpu, "KiB each": self.memory, "seconds": self.seconds}


def play(hall: Hall, numbers: set[str]) -> Findings:
    ours = perform(lambda: servers.ours(hall))
    node = perform(lambda: servers.node(size=0))
    found: Results = {
        "P4": {"kib_per_socket": ours.memory, "ratio_node_ws": ours.memory / node.memory},
        "P5": {"ratio_node_ws": ours.cpu / node.cpu},
    }
    details = {"ours, coming in": ours.details(), "node, coming in": node.details()}
    return Findings({number: found[number] for number in numbers}, details)


def perform(open: Callable[[], AbstractContextManager[Scene]]) -> Arrival:
    with open() as scene:
        scene.crowd.enter(FIRST)
        scene.crowd.rest(0.5)
        before = scene.server.cpu()
        there = scene.crowd.enter(ACCEPTED)
        cpu = scene.server.cpu() - before
        memory = idle_memory(scene)
        scene.crowd.enter(MORE)
        slope = (idle_memory(scene) - memory) / MORE
        return Arrival(cpu * 1000 / ACCEPTED, there.seconds, slope)


def idle_memory(scene: Scene) -> float:
    scene.crowd.rest(SETTLE)
    return scene.server.memory()
