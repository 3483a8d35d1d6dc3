"""What holds on SQLite holds on PostgreSQL: the same tests, in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg

from tests.realtime.postgres import Postgres, postgres
from tests.realtime.servers import ROOT

SUITES = (
    "tests/realtime/test_log.py",
    "tests/realtime/test_document_store.py",
    "tests/realtime/test_teller.py",
    "tests/realtime/test_secrecy.py",
    "tests/realtime/test_two_processes.py",
    "tests/workshop",
)


def test_the_same_holds_on_postgresql():
    with postgres() as server:
        # The database is left for us to look at; all of it goes with the server.
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--reuse-db", *SUITES],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": server.url},
            text=True,
            capture_output=True,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert was_used(server), "they must have run on PostgreSQL"


def was_used(server: Postgres) -> bool:
    """Whether entries got numbers there. Tests delete rows, but take no number twice."""
    with psycopg.connect(server.url.replace("/postgres", "/test_postgres")) as connection:
        asked = "SELECT last_value FROM pg_sequences WHERE sequencename = 'workshop_entry_id_seq'"
        found = connection.execute(asked).fetchone()
    return bool(found and found[0])
