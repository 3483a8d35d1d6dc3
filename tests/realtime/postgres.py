"""A PostgreSQL of our own: in a temporary folder, on a free port of this machine alone."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

USER = "assises"


class Postgres:
    """One server, which can be ended and started again with what it has stored."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Returns once it answers, having recovered what a crash left behind."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(binary("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)),
                    *("-h", "127.0.0.1", "-k", str(self.folder), "-c", "max_connections=200"),
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                **as_postgres(),
            )
        self._await_answer()

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """By default at once, without a checkpoint or a goodbye: the next start has to recover."""
        assert self.process
        self.process.send_signal(how)
        self.process.wait(20)

    def restart(self) -> None:
        self.stop()
        self.start()

    def said(self) -> str:
        return (self.folder / "log").read_text()

    def _await_answer(self) -> None:
        asking = [binary("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        until = time.monotonic() + 20
        while subprocess.run(asking, check=False).returncode:
            assert self.process
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < until, self.said()
            time.sleep(0.05)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """An empty server, until the block ends. Ended by its own id."""
    folder = Path(tempfile.mkdtemp(prefix="assises-postgres-"))
    server = Postgres(folder)
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        making = ("-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        where = ("-D", str(folder / "data"))
        subprocess.run(
            [binary("initdb"), *where, *making],
            check=True,
            stdout=subprocess.DEVNULL,
            **as_postgres(),
        )
        server.start()
        yield server
    finally:
        if server.process and server.process.poll() is None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def as_postgres() -> dict[str, Any]:
    """PostgreSQL refuses to be run by root; Debian made it a user of its own."""
    if os.geteuid():
        return {"cwd": "/"}
    return {"user": "postgres", "group": "postgres", "extra_groups": [], "cwd": "/"}


def binary(name: str) -> str:
    """Debian keeps them out of PATH, a folder for each version."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=version)
    path = str(found[-1]) if found else shutil.which(name)
    assert path, f"there is no {name}: .ci/postgres says how to get it"
    return path


def version(path: Path) -> float:
    return float(path.parts[-3])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
