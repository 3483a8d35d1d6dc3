"""What is looked at before anything starts."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.checks import Tags, run_checks
from django.db import OperationalError, connection

from tests.realtime.servers import ROOT
from workshop import checks


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "workshop.settings"} | environment,
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_behind_https_nothing_is_left_to_warn_of(tmp_path):
    place = {"PUBLIC_URL": "https://assises.example.org", "ALLOWED_HOSTS": "assises.example.org"}
    asked = ("check", "--deploy", "--fail-level", "WARNING")
    secure = manage(*asked, **place, SECRET_KEY="", DATA_DIR=str(tmp_path))
    plain = manage(*asked, PUBLIC_URL="", SECRET_KEY="", DATA_DIR=str(tmp_path))

    assert secure.returncode == 0, secure.stderr
    assert plain.returncode == 1, "in a hall, without TLS, it must warn"
    assert "security.W012" in plain.stderr


@pytest.mark.django_db
def test_our_own_database_keeps_what_it_acknowledged():
    assert run_checks(tags=[Tags.database], databases=["default"]) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("vendor", "asked", "said"),
    [
        ("sqlite", "PRAGMA synchronous", 1),
        ("sqlite", "PRAGMA synchronous", 0),
        ("sqlite", "PRAGMA journal_mode", "memory"),
        ("postgresql", "SHOW synchronous_commit", "off"),
        ("postgresql", "SHOW fsync", "off"),
    ],
)
def test_one_that_would_lose_it_is_refused(monkeypatch, vendor, asked, said):
    good = {each: min(map(str, answers)) for each, answers in checks.LASTING[vendor].items()}
    if vendor == "sqlite":
        good["PRAGMA synchronous"] = 2
    monkeypatch.setattr(connection, "vendor", vendor)
    monkeypatch.setattr(checks, "answer", lambda _, each: (good | {asked: said})[each])
    found = run_checks(tags=[Tags.database], databases=["default"])

    assert [each.id for each in found] == ["workshop.E001"]
    assert asked in found[0].msg


def test_one_that_is_away_is_no_reason_not_to_start(monkeypatch):
    def away(*_):
        raise OperationalError

    monkeypatch.setattr(checks, "answer", away)
    found = checks.faults(connection)

    assert [each.id for each in found] == ["workshop.W001"]


@pytest.mark.parametrize("way", [["serve", "--no-migrate"], ["migrate"]])
def test_nothing_starts_on_a_database_that_loses(tmp_path, way):
    (tmp_path / "lax.py").write_text(
        "from workshop.settings import *\n"
        "SQLITE['init_command'] = 'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;'\n"
    )
    started = manage(
        *way,
        DJANGO_SETTINGS_MODULE="lax",
        PYTHONPATH=str(tmp_path),
        DATA_DIR=str(tmp_path),
        DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3",
        PORT="0",
        MEDIA_PORT="0",
    )

    assert started.returncode == 1
    assert "workshop.E001" in started.stderr
