"""The teller of a room: opens the envelopes of a secret vote when nobody can vote any more.

The count is a command like any other, decided by a rule and stored in the room's order. What the
teller adds is what no rule may do: to fetch what is in the ballot box, and to destroy its key when
the count is stored. Whichever process comes first does it; the others find it done.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workshop.feature import Refused
from workshop.people import SYSTEM
from workshop.records import Records

if TYPE_CHECKING:
    from realtime.visit import Visit

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Count:
    """What a teller has to do, and how.

    `waiting` are the ids of the votes to be counted; `opened` fetches what lies in the envelopes of
    one, as the command that counts it and its fields; `destroy` does away with the keys of all that
    are counted, and `is_well` says whether keys can be kept at all."""

    waiting: Callable[[Records], Sequence[str]]
    opened: Callable[[str, str], Awaitable[tuple[str, dict[str, Any]]]]
    destroy: Callable[[], Awaitable[object]]
    is_well: Callable[[], Awaitable[bool]]


class Teller:
    def __init__(self, visit: Visit, count: Count) -> None:
        self.visit, self.count = visit, count
        self._at_work = False

    def look(self) -> None:
        """See whether there is something to count. As the log has it: a ballot that is being stored
        together with the end of the vote is in no envelope yet. What is stored is put together only
        where there may be something: it takes a copy of all ballots."""
        room = self.visit.room
        if self._at_work or not self.count.waiting(room.records):
            return
        if not self.count.waiting(room.stored):
            return
        self._at_work = True
        self.visit.tasks.begin(self._work())

    async def _work(self) -> None:
        try:
            for poll in self.count.waiting(self.visit.room.stored):
                await self._unless_it_fails(self._open(poll))  # the others are to be counted, too
            await self._unless_it_fails(self.count.destroy())
        finally:
            self._at_work = False

    async def _open(self, poll: str) -> None:
        room = self.visit.room
        command, fields = await self.count.opened(room.id, poll)
        with suppress(Refused):  # another process was first
            await room.submit(command, SYSTEM, f"{command}:{poll}", fields)

    async def _unless_it_fails(self, work: Awaitable[object]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - the store may be away: it is tried again
            logger.warning(
                "a secret vote of %s waits: %s", self.visit.room.id, type(error).__name__
            )
