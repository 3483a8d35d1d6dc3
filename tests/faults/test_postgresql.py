"""On PostgreSQL: the database restarted under people, servers killed, and two processes that write
as fast as they can."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.faults.sizes import SEED, SHARE
from tests.realtime.postgres import postgres
from tests.realtime.servers import ROOT

SUITES = ("on_postgresql.py", *["test_contention.py", "test_kill.py"] * bool(SHARE))


def test_the_same_faults_on_postgresql():
    with postgres() as server:
        place = {"POSTGRES_FOLDER": str(server.folder), "POSTGRES_PORT": str(server.port)}
        ran = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", "-s", "--reuse-db"),
                *(f"tests/faults/{each}" for each in SUITES),
            ],
            cwd=ROOT,
            env=os.environ | place | {"DATABASE_URL": server.url, "SEED": str(SEED)},
            text=True,
            capture_output=True,
        )
        print(ran.stdout)
        assert ran.returncode == 0, ran.stdout + ran.stderr
