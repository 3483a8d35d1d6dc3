"""What a room costs as it grows: the same number of deliveries a second, to ever more people."""

from __future__ import annotations

from collections.abc import Iterator

from bench import servers
from bench.hall import Hall, hall
from bench.load import Talk
from bench.servers import Scene
from bench.table import grid, say

SIZES = (100, 1000, 5000, 10_000)
DELIVERIES = 5000  # a second
SECONDS = 8
HEADINGS = ("sockets", "to come in, s", "KiB each", "CPU ms / 1000", "p50 ms", "p99 ms")

PROCESSES = (1, 4, 8)
SHARED = 2000  # sockets, among all processes
SHARED_HEADINGS = ("processes", "sockets in each", "CPU ms a message, all", "in one of the others")


def show() -> None:
    with hall(max(SIZES)) as full:
        print(grid(HEADINGS, list(sizes(full))))
        print(grid(SHARED_HEADINGS, [shared(full, number) for number in PROCESSES]))


def sizes(full: Hall) -> Iterator[list[str]]:
    """One process, ever more sockets."""
    for size in SIZES:
        with servers.ours(full) as scene:
            yield [f"{size}", *row(scene, size)]
        say(f"{size} sockets: done")


def shared(full: Hall, number: int) -> list[str]:
    """The same sockets in ever more processes, all on one core; everyone speaks in the first."""
    each = SHARED // number
    with servers.several(full, number) as scenes:
        for scene in scenes:
            scene.crowd.enter(each)
        scenes[0].crowd.rest(2)
        before = [scene.server.cpu() for scene in scenes]
        heard = scenes[0].crowd.say(Talk(count=40, period=0.25))
        took = [scene.server.cpu() - cpu for scene, cpu in zip(scenes, before, strict=True)]
    say(f"{number} processes: done")
    others = [f"{1000 * sum(took[1:]) / (number - 1) / heard.sent:.2f}"] if number > 1 else ["–"]
    return [f"{number}", f"{each}", f"{1000 * sum(took) / heard.sent:.2f}", *others]


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
