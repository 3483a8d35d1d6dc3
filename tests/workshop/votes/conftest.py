"""A room in which votes can be held."""

from __future__ import annotations

import pytest_asyncio

from realtime.asgi import make_hub
from realtime.bus import MemoryBus
from tests.workshop.votes.held import Held


@pytest_asyncio.fixture
async def held(session):
    hub = make_hub(MemoryBus())
    yield Held(hub, session)
    await hub.close()
