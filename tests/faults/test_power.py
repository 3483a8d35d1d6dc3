"""Power cuts, played from what a server wrote and synced: on SQLite nothing acknowledged is lost,
and what is left is a beginning of the log, whole."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.faults.company import company
from tests.faults.doors import Door
from tests.faults.sizes import dice, record, size
from tests.faults.trace import STRACE, Call, Disk, calls
from tests.realtime.servers import await_answer

pytestmark = pytest.mark.django_db(transaction=True)
DONE = size(30, 300)
CUTS = size(40, 1000)
ACKNOWLEDGED = re.compile(rb'"type":"done","ref":"([^"]+)"')


class Traced(Door):
    """A server whose every write is noted in a folder."""

    def note(self, folder: Path) -> Traced:
        self.under = (*STRACE, str(folder / "calls"))
        return self

    def cut_off(self) -> None:
        """End the server itself; strace ends with it."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)
        assert self.running
        self.running.process.wait(30)


@pytest.fixture
def traced(tmp_path):
    """The files before, and what was done to them while people talked and voted."""

    async def play(**environment: str) -> tuple[dict[str, bytes], list[Call]]:
        door = Traced(**environment).note(tmp_path)
        async with company([door], writers=0) as there:
            files = database()
            door.launch()
            try:
                assert door.running
                await_answer(door.running)
                await there.until_done(DONE)
            finally:
                door.cut_off()
        return files, calls(tmp_path)

    return play


async def test_nothing_acknowledged_is_lost_in_a_power_cut(django_db_setup, traced, tmp_path):
    lost, acknowledged = cuts(*await traced(), tmp_path)

    record("power cut", cuts=CUTS, acknowledged_before_all_cuts=acknowledged, lost=lost)
    assert acknowledged
    assert lost == 0


async def test_a_server_that_does_not_sync_is_noticed(django_db_setup, traced, tmp_path):
    lost, _ = cuts(*await traced(DJANGO_SETTINGS_MODULE="tests.faults.careless"), tmp_path)

    assert lost


def database() -> dict[str, bytes]:
    """The database's files, and what is in them."""
    path = Path(settings.DATABASES["default"]["NAME"])
    log = path.with_name(f"{path.name}-wal")
    return {str(each): content(each) if each.exists() else b"" for each in (path, log)}


def content(path: Path) -> bytes:
    """Read in a process of its own: closing a file lets go of all locks that this process has on it
    (POSIX), SQLite's among them, and whoever leaves next throws away the write-ahead log that the
    others are still reading (sqlite.org/howtocorrupt.html, section 2.2)."""
    return subprocess.run(["/bin/cat", path], capture_output=True, check=True).stdout


def cuts(files: dict[str, bytes], seen: list[Call], folder: Path) -> tuple[int, int]:
    """How much was lost in all cuts together, of how much that was acknowledged before them."""
    chance, disk = dice("power"), Disk(files)
    moments = sorted(chance.sample(range(len(seen)), CUTS), reverse=True)
    told: set[str] = set()
    lost = acknowledged = 0
    for n, call in enumerate(seen):
        if moments and n == moments[-1]:
            moments.pop()
            acknowledged += len(told)
            lost += len(told - left(disk, folder, chance))
        disk.see(call)
        if "socket" in call.file:
            told |= {ref.decode() for ref in ACKNOWLEDGED.findall(call.data)}
    return lost, acknowledged


def left(disk: Disk, folder: Path, chance: random.Random) -> set[str]:
    """The refs that are in the database after a cut. It must be whole, and have no holes."""
    for name, content in disk.cut(chance).items():
        (folder / Path(name).name).write_bytes(content)
    path = folder / Path(connection.settings_dict["NAME"]).name
    with sqlite3.connect(path) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found = opened.execute("SELECT room, seq, ref FROM workshop_entry ORDER BY room, seq")
        rows = found.fetchall()
    opened.close()
    for room in {row[0] for row in rows}:
        seqs = [seq for each, seq, _ in rows if each == room]
        assert seqs == list(range(1, len(seqs) + 1))
    for each in folder.glob("*.sqlite3*"):
        each.unlink()
    return {ref for _, _, ref in rows}
