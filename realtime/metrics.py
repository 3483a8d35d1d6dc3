"""What can be measured of this process, for Prometheus. Numbers only: nothing says who."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from realtime.hub import Hub
from realtime.log import Entry, Log, Old, State
from workshop.records import Record

COMMITS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)  # seconds
BATCHES = (1, 2, 5, 10, 20, 50, 100, 200, 500)  # entries


class Metrics(Collector):
    """A hub's, read off it when somebody asks."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.hub: Hub | None = None
        self.commit = Histogram(
            "assises_commit_seconds",
            "Time that one commit of a room's entries took.",
            buckets=COMMITS,
            registry=self.registry,
        )
        self.batch = Histogram(
            "assises_commit_entries",
            "Entries that one commit held.",
            buckets=BATCHES,
            registry=self.registry,
        )

    def watch(self, hub: Hub) -> None:
        self.hub = hub
        self.registry.register(self)

    def text(self) -> bytes:
        """In Prometheus' text format."""
        return generate_latest(self.registry)

    def collect(self) -> Iterator[Metric]:
        if self.hub is None:
            return
        counts = self.hub.counts
        visits = self.hub.visits()
        yield gauge("sockets", "Connections open.", sum(len(each.crowd) for each in visits))
        yield gauge("rooms", "Rooms open.", len(visits))
        yield gauge("seq_lag", "Entries behind the log when last looked, in all rooms.", counts.lag)
        yield gauge("bus_well", "Whether the bus takes and gives messages.", self.hub.bus_is_well)
        yield counter("flushes", "Flushes of rooms to their readers.", counts.flushes)
        yield counter("frames", "Frames told to readers, answers included.", counts.frames)
        yield counter("skipped", "Readers left out of a flush, being busy.", counts.skipped)
        yield counter("slow", "Connections cut because they took nothing.", counts.slow)
        yield counter("bus_dropped", "Messages that a slow bus never took.", counts.dropped)


class MeasuredLog:
    """A log, and how long it takes."""

    def __init__(
        self, log: Log, metrics: Metrics, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._log, self._metrics, self._clock = log, metrics, clock

    async def append(
        self, room: str, entries: Sequence[Entry], beside: Sequence[Record] = ()
    ) -> None:
        begun = self._clock()
        await self._log.append(room, entries, beside)
        self._metrics.commit.observe(self._clock() - begun)
        self._metrics.batch.observe(len(entries))

    async def since(self, room: str, seq: int) -> list[Entry]:
        return await self._log.since(room, seq)

    async def find(self, room: str, refs: Sequence[str]) -> list[Entry]:
        return await self._log.find(room, refs)

    async def keep(self, room: str, state: State, old: Sequence[Old]) -> None:
        await self._log.keep(room, state, old)

    async def snapshot(self, room: str) -> State | None:
        return await self._log.snapshot(room)

    async def older(self, room: str, kind: str, before: int, most: int) -> list[Old]:
        return await self._log.older(room, kind, before, most)

    async def heads(self, rooms: Iterable[str]) -> dict[str, int]:
        return await self._log.heads(rooms)


def gauge(name: str, help: str, value: float) -> Metric:
    metric = GaugeMetricFamily(f"assises_{name}", help)
    metric.add_metric([], value)
    return metric


def counter(name: str, help: str, value: float) -> Metric:
    metric = CounterMetricFamily(f"assises_{name}", help)
    metric.add_metric([], value)
    return metric
