"""Secret votes for tests: processes with a room, a database and keys that they share."""

from __future__ import annotations

import asyncio

from django.conf import settings

from realtime.bus import MemoryBus
from realtime.documents.store import MemoryDocumentStore
from realtime.hub import Hub, Parts, Standing
from realtime.log_django import DjangoLog
from realtime.room import Room
from realtime.teller import Count
from realtime.threads import in_thread
from realtime.visit import Visit
from tests.realtime.rooms import SEATS, Clock
from workshop.features import FEATURES
from workshop.features.polls.rules import Poll, Result, to_count
from workshop.votes.box import BallotBox


class Process:
    """One server process with its own room, on a database and keys that it shares."""

    def __init__(self, box: BallotBox) -> None:
        def make_room(id, epoch, publish) -> Room:
            log = DjangoLog(keep_beside=box.keep)
            return Room(
                id, epoch, features=FEATURES, seats=SEATS, log=log, publish=publish, clock=Clock()
            )

        async def standing(rooms):
            return {room: Standing("epoch") for room in rooms}

        self.destroys = True
        count = Count(
            waiting=to_count,
            opened=lambda room, poll: in_thread(box.counting, room, poll),
            destroy=lambda: self._destroy(box),
            is_well=lambda: in_thread(box.answers),
        )
        log, store = DjangoLog(), MemoryDocumentStore()
        parts = Parts(
            make_room, standing, log, store, lambda *_: False, Clock(), settings.LIMITS, count=count
        )
        self.hub = Hub(MemoryBus(), parts)

    async def _destroy(self, box: BallotBox) -> None:
        if self.destroys:
            await in_thread(box.destroy_spent)


async def until_counted(visit: Visit, poll: str = "p") -> Result:
    async with asyncio.timeout(5):
        while visit.room.stored.find(Poll, poll).status == "counting":
            visit.teller.look()
            await asyncio.sleep(0.005)  # nobody tells when the log has moved
            await visit.room.learn()
    return visit.room.records.find(Result, poll)
