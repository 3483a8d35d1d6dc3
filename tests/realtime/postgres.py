"""A PostgreSQL of our own: in a temporary folder, on a free port of this machine alone."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

USER = "assises"


class Postgres:
    """One server, which can be ended and started again with what it has stored; also by a process
    that only knows its folder and its port."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder, self.port = folder, port or free_port()

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Returns once it answers, having recovered what a crash left behind."""
        listening = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c max_connections=200"
        self._control("start", "-l", str(self.folder / "log"), "-o", listening)

    def stop(self) -> None:
        """At once, without a checkpoint or a goodbye: the next start has to recover."""
        self._control("stop", "-m", "immediate")

    def end(self) -> None:
        """Stop it, if it runs."""
        if (self.folder / "data/postmaster.pid").exists():
            self.stop()

    def restart(self) -> None:
        self.stop()
        self.start()

    def _control(self, *what: str) -> None:
        command = [binary("pg_ctl"), "-D", str(self.folder / "data"), "-w", *what]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False, **as_postgres())
        assert done.returncode == 0, (self.folder / "log").read_text()


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
        server.end()
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
