"""Settings with which SQLite forgets at a power cut what it has acknowledged: the test of the power
cuts must notice."""

from __future__ import annotations

from tests.faults.lifted import *  # noqa: F403
from tests.faults.lifted import DATABASES

OPTIONS = DATABASES["default"]["OPTIONS"]
OPTIONS["init_command"] = OPTIONS["init_command"].replace("FULL", "NORMAL")
SILENCED_SYSTEM_CHECKS = ["workshop.E001"]  # else the server would refuse to start, as it should
