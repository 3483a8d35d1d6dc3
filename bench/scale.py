"""What a room costs as it grows: the same number of deliveries a second, to ever more people."""

from __future__ import annotations

from collections.abc import Iterator

from bench import servers
from bench.hall import hall
from bench.load import Talk
from bench.servers import Scene
from bench.table import grid, say

SIZES = (100, 1000, 5000, 10_000)
DELIVERIES = 5000  # a second
SECONDS = 8
HEADINGS = ("sockets", "to come in, s", "KiB each", "CPU ms / 1000", "p50 ms", "p99 ms")


def show() -> None:
    with hall(max(SIZES)) as full:
        rows = []
        for size in SIZES:
            with servers.ours(full) as scene:
                rows.append([f"{size}", *row(scene, size)])
            say(f"{size} sockets: done")
    print(grid(HEADINGS, rows))


def row(scene: Scene, size: int) -> Iterator[str]:
    scene.crowd.enter(20)
    scene.crowd.rest(1)
    before = scene.server.memory()
    there = scene.crowd.enter(size - 20)
    scene.crowd.rest(1)
    yield f"{there.seconds:.1f}"
    yield f"{(scene.server.memory() - before) / (size - 20):.1f}"
    cpu = scene.server.cpu()
    heard = scene.crowd.say(talk(size))
    yield f"{(scene.server.cpu() - cpu) * 1e6 / heard.deliveries:.1f}"
    yield f"{heard.arrival_p50:.0f}"
    yield f"{heard.arrival_p99:.0f}"


def talk(size: int) -> Talk:
    period = max(size / DELIVERIES, 0.05)  # closer together, messages would share frames
    return Talk(count=max(4, round(SECONDS / period)), period=period)
