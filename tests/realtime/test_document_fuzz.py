"""Twenty thousand hostile updates, and what catches a campaign that would find nothing."""

from __future__ import annotations

import pytest

from realtime.documents import parent_kinds
from realtime.documents.copy import Unsound
from realtime.documents.guard import Rejected
from realtime.documents.parent_kinds import ParentKinds
from tests.realtime import fuzz


@pytest.mark.parametrize("seed", range(1, 5))
async def test_a_campaign(seed):
    counts = await fuzz.campaign(5000, seed)
    assert sum(fuzz.sent(counts).values()) == 5000
    assert set(fuzz.sent(counts)) == set(fuzz.CATEGORIES)
    assert sum(n for (_, what), n in counts.items() if what == "deaths") == 0
    assert sum(n for (_, what), n in counts.items() if what == "taken") > 100


async def test_a_careless_judge_is_noticed(monkeypatch):
    """Without the parent kinds something gets through that does harm here or in a browser."""
    monkeypatch.setattr(parent_kinds, "_check_fits", lambda *_: None)
    monkeypatch.setattr(ParentKinds, "_check_deletes", lambda *_: None)
    with pytest.raises((AssertionError, Rejected, Unsound)):
        await fuzz.campaign(5000, 1)
