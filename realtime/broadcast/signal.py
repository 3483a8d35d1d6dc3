"""The signal: tells the rooms of a broadcast whether its picture arrives.

It compares rather than reports: whatever was missed while the database was away, or before a
session went live, is put right at the next look.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Protocol

from realtime.hub import Hub
from realtime.threads import in_thread
from workshop.feature import Refused
from workshop.features.stage.rules import plenary
from workshop.models import Session
from workshop.people import SYSTEM

logger = logging.getLogger(__name__)

LOOK = 1.0  # seconds between looks


class Picture(Protocol):
    live: bool


class Signal:
    def __init__(self, hub: Hub, source: str, picture: Picture) -> None:
        self.hub, self.source, self.picture = hub, source, picture

    async def run(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            try:
                for slug in await self._live_sessions():
                    await self._compare(slug)
            except Exception as error:  # noqa: BLE001 - the database may be away: look again later
                logger.warning("the signal could not be told: %s", type(error).__name__)

    async def _live_sessions(self) -> list[str]:
        slugs = Session.objects.filter(phase="live").values_list("slug", flat=True)
        found: list[str] = await in_thread(list, slugs)
        return found

    async def _compare(self, slug: str) -> None:
        async with self.hub.visit(slug) as visit:
            stage = plenary(visit.room.records)
            if stage.source == self.source and stage.signal != self.picture.live:
                fields = {"source": self.source, "on": self.picture.live}
                # The ref is derived from the fact, so that two processes tell it once.
                ref = f"stage.signal:{visit.room.seq}:{self.picture.live}"
                with suppress(Refused):
                    await visit.room.submit("stage.signal", SYSTEM, ref, fields)
