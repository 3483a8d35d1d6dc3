"""P1, P2, P3 and P10: what it costs to tell everyone in a room of two thousand."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bench import servers
from bench.hall import Hall
from bench.load import Attendance, Heard, Talk
from bench.results import Findings, Values
from bench.servers import Scene
from bench.table import say

SOCKETS = 2000
WARM_UP = Talk(count=4, period=0.25)
STEADY = Talk(count=60, period=0.1)
BURSTS = Talk(count=12 * 32, period=0.5, burst=32, speakers=32)
SLOW_WARM_UP = Talk(count=1, period=1)
SLOW = Talk(count=4, period=2)  # what Channels bears: 1000 deliveries a second

Open = Callable[[], AbstractContextManager[Scene]]


@dataclass(frozen=True)
class Cost:
    """Of one phase: server CPU in milliseconds per thousand deliveries, and how they came."""

    cpu: float
    heard: Heard

    @property
    def size(self) -> int:
        """Bytes of a frame's payload."""
        return round(self.heard.payload / self.heard.frames)

    def details(self) -> Values:
        return {
            "CPU ms / 1000": self.cpu,
            "p50 ms": self.heard.arrival_p50,
            "p99 ms": self.heard.arrival_p99,
            "messages a frame": self.heard.deliveries / self.heard.frames,
            "bytes a frame": float(self.size),
        }


Costs = dict[str, Cost]
"""By name: `ours`, `ours in bursts`, `node`…"""


def play(hall: Hall, numbers: set[str]) -> Findings:
    """One round of whatever these numbers need, one after the other: noise of the hour hits all."""
    costs = perform("ours", lambda: servers.ours(hall), phases(numbers))
    size = costs["ours"].size
    if "P1" in numbers:
        costs |= perform("node", lambda: servers.node(size), {"": STEADY})
    if numbers & {"P1", "P3"}:
        costs |= perform("epoll", lambda: servers.epoll(size), phases(numbers))
    if numbers & {"P3", "P10"}:
        costs |= compressed(hall, phases(numbers))
    if "P2" in numbers:
        costs |= perform("daphne", lambda: servers.daphne(size), {"": SLOW}, SLOW_WARM_UP)
        costs |= perform("uvicorn", lambda: servers.uvicorn(size), {"": SLOW}, SLOW_WARM_UP)
    return Findings(
        {number: ratios(number, costs) for number in numbers},
        {name: cost.details() for name, cost in costs.items()},
    )


def ratios(number: str, costs: Costs) -> Values:
    match number:
        case "P1":
            return {
                "ratio_node_ws": ratio(costs, "ours", "node"),
                "ratio_c_epoll": ratio(costs, "ours", "epoll"),
            }
        case "P2":
            return {name: ratio(costs, name, "ours") for name in ("daphne", "uvicorn")}
        case "P3":
            # As every browser offers it: the burst is compressed once, and then shared.
            return {"ratio_c_epoll": ratio(costs, "epoll in bursts", "ours, deflated in bursts")}
    return {"ratio_uncompressed": ratio(costs, "ours, deflated", "ours")}


def ratio(costs: Costs, name: str, to: str) -> float | None:
    return costs[name].cpu / costs[to].cpu if name in costs else None


def phases(numbers: set[str]) -> dict[str, Talk]:
    return {"": STEADY} | ({" in bursts": BURSTS} if "P3" in numbers else {})


def perform(name: str, open: Open, talks: dict[str, Talk], warm_up: Talk = WARM_UP) -> Costs:
    """Fill a server with a crowd, and measure it while the crowd talks in these ways."""
    with open() as scene:
        fill(scene, warm_up)
        return {name + how: measured(scene, talk, name + how) for how, talk in talks.items()}


def compressed(hall: Hall, talks: dict[str, Talk]) -> Costs:
    """Ours with permessage-deflate; nothing where it is not negotiated."""
    with servers.ours(hall, deflate=True) as scene:
        if not fill(scene, WARM_UP).deflated:
            say("  permessage-deflate: not negotiated")
            return {}
        name = "ours, deflated"
        return {name + how: measured(scene, talk, name + how) for how, talk in talks.items()}


def fill(scene: Scene, warm_up: Talk) -> Attendance:
    there = scene.crowd.enter(SOCKETS)
    scene.crowd.rest(1)
    scene.crowd.say(warm_up)
    return there


def measured(scene: Scene, talk: Talk, name: str) -> Cost:
    before = scene.server.cpu()
    heard = scene.crowd.say(talk)
    cpu = scene.server.cpu() - before
    expected = heard.sent * SOCKETS
    if heard.deliveries < expected:
        say(f"  {name}: {heard.deliveries} of {expected} deliveries: {scene.server.said()}")
    return Cost(cpu * 1e6 / heard.deliveries, heard)
