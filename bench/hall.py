"""A hall full of people, made once, and copied for whoever measures something in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.processes import ROOT


@dataclass(frozen=True)
class Hall:
    """A folder with a database in which people are seated, and their tokens."""

    folder: Path

    @property
    def seats(self) -> Path:
        return self.folder / "seats"

    @property
    def scribes(self) -> Path:
        """Tokens too: first of those who may write the minutes, then of everyone else."""
        return self.folder / "scribes"

    @property
    def room(self) -> str:
        return self._told("room")

    @property
    def poll(self) -> str:
        return self._told("poll")

    @property
    def secret_poll(self) -> str:
        return self._told("secret_poll")

    @property
    def environment(self) -> dict[str, str]:
        """For processes that work in this hall."""
        return {
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": f"sqlite:///{self.folder / 'db.sqlite3'}",
            "SECRET_KEY": "of no use outside this hall",
            "REDIS_URL": "",
            "PUBLIC_URL": "",
            "DEBUG": "",
            "HOST": "127.0.0.1",
            "MEDIA_URL": "http://127.0.0.1:9/",  # nobody looks: no process that serves pictures
            "LOG_LEVEL": "WARNING",
        }

    def _told(self, what: str) -> str:
        told: dict[str, str] = json.loads((self.folder / "hall.json").read_text())
        return told[what]

    @contextmanager
    def copied(self) -> Iterator[Hall]:
        """The same hall, for one who may leave traces."""
        with tempfile.TemporaryDirectory(prefix="assises-bench-") as folder:
            shutil.copytree(self.folder, folder, dirs_exist_ok=True)
            yield Hall(Path(folder))


@contextmanager
def hall(people: int) -> Iterator[Hall]:
    """A new hall, with so many people in it."""
    with tempfile.TemporaryDirectory(prefix="assises-bench-") as folder:
        made = Hall(Path(folder))
        subprocess.run(
            [sys.executable, "-m", "bench.seating", str(people)],
            cwd=ROOT,
            env=os.environ | made.environment,
            check=True,
        )
        yield made
