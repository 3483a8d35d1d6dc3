"""Processes of ours: pinned to a core, ended by their own id, and what Linux says that they use."""

from __future__ import annotations

import os
import re
import resource
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from realtime.broadcast.encoder import die_with_parent

ROOT = Path(__file__).parents[1]
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]
FILES = 20_000  # descriptors that a server and its crowd may each need, and some


@dataclass(frozen=True)
class Process:
    """A running process."""

    popen: subprocess.Popen[str]
    errors: IO[str]

    def cpu(self) -> float:
        """Seconds that all threads have run, of it and of the processes it has started, to the
        nanosecond."""
        return sum(ran(pid) for pid in family(self.popen.pid))

    def memory(self) -> float:
        """KiB of memory that are its own, with its share of what it shares."""
        rollup = Path(f"/proc/{self.popen.pid}/smaps_rollup").read_text()
        found = re.search(r"^Pss: +(\d+) kB", rollup, re.MULTILINE)
        assert found, "Linux tells the proportional set size"
        return float(found[1])

    def said(self) -> str:
        """The end of what it wrote to stderr."""
        self.errors.seek(0)
        return self.errors.read()[-2000:]


def family(pid: int) -> Iterator[int]:
    """A process, and all that descend from it."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from family(int(child))


def ran(pid: int) -> float:
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


@contextmanager
def running(
    command: Sequence[str | Path],
    core: int,
    environment: Mapping[str, str] | None = None,
    folder: Path = ROOT,
) -> Iterator[Process]:
    """A process on this core, with pipes to talk through, until the block ends."""
    with tempfile.TemporaryFile("w+") as errors:
        popen = subprocess.Popen(
            ["taskset", "--cpu-list", str(core), *command],
            cwd=folder,
            env=os.environ | dict(environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            preexec_fn=die_with_parent,
        )
        try:
            yield Process(popen, errors)
        finally:
            popen.kill()
            popen.communicate()


def await_port(process: Process, port: int, patience: float = 30) -> None:
    """Until something listens there. Raises what the process said if nothing does."""
    until = time.monotonic() + patience
    while process.popen.poll() is None and time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{process.popen.args!r} does not listen:\n{process.said()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def make_room_for_files() -> None:
    """Let this process and its children open many sockets."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = hard if hard < FILES else FILES
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
