"""Server processes that are killed and come back at the same address."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from django.conf import settings

from tests.realtime.postgres import free_port
from tests.realtime.servers import ROOT, Running, await_answer, environ

LIFTED = "tests.faults.lifted"


class Door:
    """One server process after the other, at one address; `plant` says what is wrong with them,
    of tests/faults/planted.py."""

    under: Sequence[str] = ()  # a command that runs it

    def __init__(self, plant: str = "", **environment: str) -> None:
        self.port, self.plant = free_port(), plant
        self.environment = {"DJANGO_SETTINGS_MODULE": LIFTED, "MEDIA_URL": "/"} | environment
        self.log = Path(settings.DATA_DIR) / f"door-{self.port}.log"
        self.running: Running | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.running
        return self.running.process.pid

    def start(self) -> None:
        """Returns once it answers."""
        self.launch()
        assert self.running
        await_answer(self.running)

    def launch(self) -> None:
        command = [*self.under, sys.executable, "-m", "tests.faults.planted", "serve"]
        with self.log.open("ab") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environ(self.port) | self.environment | {"PLANT": self.plant},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.running = Running(self.port, process, self.log)

    def kill(self) -> None:
        assert self.running
        self.running.kill()

    def end(self) -> None:
        """As a restart does it; at once, should that fail."""
        if self.running is None or self.running.process.poll() is not None:
            return
        self.running.process.terminate()
        try:
            self.running.process.wait(10)
        except subprocess.TimeoutExpired:
            self.running.kill()

    def get(self, path: str) -> tuple[int, str]:
        """Status and body."""
        try:
            with urlopen(self.url + path, timeout=10) as answer:  # noqa: S310 - our own server
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    def ready(self) -> dict[str, bool]:
        told: dict[str, bool] = json.loads(self.get("/readyz")[1])
        return told

    def said(self) -> str:
        return self.log.read_text()

    def memory(self) -> int:
        """Bytes of this process that are in memory."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize()


@contextmanager
def doors(number: int, plant: str = "", **environment: str) -> Iterator[list[Door]]:
    """So many servers on the tests' database, until the block ends."""
    opened = [Door(plant, **environment) for _ in range(number)]
    with ExitStack() as stack:
        for door in opened:
            stack.callback(door.end)
            door.launch()
        for door in opened:
            assert door.running
            await_answer(door.running)
        yield opened
