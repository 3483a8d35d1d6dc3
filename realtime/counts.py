"""Counts: what a process has done since it began, for who watches over it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    flushes: int = 0  # of rooms, to their readers
    frames: int = 0  # told to readers, answers included
    skipped: int = 0  # readers left out of a flush, being busy
    slow: int = 0  # connections cut because they took nothing
    dropped: int = 0  # messages that a slow bus never took
    lag: int = 0  # entries behind the log, when it was last looked at
