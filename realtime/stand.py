"""Where a reader stands: how far they have been told each of the things that a room tells."""

from __future__ import annotations

from typing import NamedTuple


class Stand(NamedTuple):
    """Those who stand at the same place, and may see the same, are told the same."""

    seq: int  # of the room's log
    presence: int = -1  # versions of what passes
    ephemerals: int = 0
    edit: int | None = None  # of the minutes; None for who does not read them
    cursors: int = 0
