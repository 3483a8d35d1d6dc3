"""The writer: what is asked of a room, decided in turn and stored together (group commit).

While a batch is being written, whatever arrives waits for the next one: under load a commit is
shared by many, and when idle nobody waits. Nothing is answered before it is stored.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from realtime.log import Entry, OutOfDate
from workshop.door import Unavailable
from workshop.feature import Refused
from workshop.people import Person
from workshop.records import Changes, Record

if TYPE_CHECKING:
    from realtime.room import Room

logger = logging.getLogger(__name__)

BATCH = 500  # commands: a facilitator's waits for no more than those that are being written
GIVE_WAY = 0.02  # seconds after a batch, while another process writes in this room too
OTHERS_WRITE = 1.0  # seconds since its last entry came
ATTEMPTS = 50  # at storing one batch, however busy others are

Answer = int | Exception
"""The seq at which it happened, or why it did not: Refused, Unavailable, or a fault of ours."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A command that waits for its answer."""

    name: str
    by: Person
    ref: str
    fields: Mapping[str, Any]
    settle: Callable[[Answer], None]
    seen: float = 0  # when they were surely connected, before they asked


@dataclass(frozen=True, slots=True)
class Decided:
    """A command that was accepted and is to be stored."""

    asked: Asked
    entry: Entry
    changes: Changes
    beside: Sequence[Record] = ()  # what is kept beside the log


@dataclass(frozen=True, slots=True)
class Happened:
    """What a ref did."""

    seq: int
    by: str
    name: str


class Writer:
    def __init__(self, room: Room) -> None:
        self.room = room
        self._urgent: deque[Asked] = deque()
        self._waiting: deque[Asked] = deque()
        self._unanswered: dict[Asked, None] = {}  # of the batch that is being written
        self._writing: asyncio.Task[None] | None = None

    def ask(self, asked: Asked, *, urgent: bool = False) -> None:
        """Take a command. Facilitators' do not wait behind the crowd's."""
        (self._urgent if urgent else self._waiting).append(asked)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())

    @property
    def waits(self) -> bool:
        return bool(self._waiting or self._urgent)

    async def _write(self) -> None:
        try:
            while batch := self._next_batch():
                await self._carry_out(batch)
                await self.room.keep_snapshot()
                await self._give_way()
        finally:
            self._writing = None

    def _next_batch(self) -> list[Asked]:
        batch = [self._urgent.popleft() for _ in range(min(BATCH, len(self._urgent)))]
        batch += [
            self._waiting.popleft() for _ in range(min(BATCH - len(batch), len(self._waiting)))
        ]
        return batch

    async def _give_way(self) -> None:
        """Whoever has just written would be first again: the others have yet to learn of it."""
        now = asyncio.get_running_loop().time()
        if now - self.room.heard_others < OTHERS_WRITE:
            await asyncio.sleep(GIVE_WAY)

    async def _carry_out(self, batch: list[Asked]) -> None:
        """Answer every command of a batch, whatever happens."""
        self._unanswered = dict.fromkeys(batch)
        why: Exception = Unavailable()
        try:
            for _ in range(ATTEMPTS):
                if self._unanswered:
                    await self._attempt()
        except Unavailable as error:
            why = error
        except Exception as error:
            logger.exception("a batch of room %s failed", self.room.id)
            why = error
        self.room.fall_back()
        for asked in list(self._unanswered):
            self._answer(asked, why)

    async def _attempt(self) -> None:
        """Decide and store. What stays unanswered is to be decided again, knowing more.

        Raises Unavailable."""
        self._answer_known()
        decided, refused = self._decide()
        if decided and await self._store(decided):
            self._apply(decided)
        elif decided or (refused and await self.room.learn()):
            return  # never refuse on stale knowledge
        # What was stored followed the last entry there is, so that the others were judged by it.
        await self._refuse(refused)

    def _answer_known(self) -> None:
        for asked in list(self._unanswered):
            if happened := self.room.known(asked.ref):
                self._answer(asked, the_same(happened, asked))

    def _decide(self) -> tuple[list[Decided], dict[Asked, Refused]]:
        decided: list[Decided] = []
        refused: dict[Asked, Refused] = {}
        refs = set()
        for asked in list(self._unanswered):
            if asked.ref in refs:
                continue  # asked twice at once: answered as known, the next time
            refs.add(asked.ref)
            try:
                decided.append(self.room.decide(asked, self.room.seq + len(decided) + 1))
            except Refused as why:
                refused[asked] = why
            except Exception as fault:  # of a rule: its own affair, not of what was asked at once
                logger.exception("%s of room %s failed", asked.name, self.room.id)
                self._answer(asked, fault)
        return decided, refused

    async def _store(self, decided: list[Decided]) -> bool:
        """Append what was decided; or learn what came first. Raises Unavailable."""
        refs = [each.entry.ref for each in decided]
        try:
            beside = [record for each in decided for record in each.beside]
            await self.room.log.append(self.room.id, [each.entry for each in decided], beside)
            return True
        except OutOfDate:
            self.room.fall_back()
            await self.room.learn()
            # Unless something is new, by now or already while we were writing, deciding again would
            # end where it began, for ever.
            moved = self.room.seq >= decided[0].entry.seq
            if not moved and not await self.room.find(refs):
                raise Unavailable from None
        except Exception as error:
            # A commit whose answer was lost may have been made: the log knows.
            logger.warning("could not append to room %s: %s", self.room.id, type(error).__name__)
            self.room.fall_back()
            await self.room.learn()
            if not any(self.room.known(ref) for ref in refs) and not self._set_apart(decided):
                raise Unavailable from error
        return False

    def _set_apart(self, decided: list[Decided]) -> bool:
        """Give up what has something to be kept beside the log, if there is anything else: a vote
        whose key is lost must not keep a room from talking. Says whether there is."""
        apart = [each.asked for each in decided if each.beside]
        if not apart or len(apart) == len(decided):
            return False
        for asked in apart:
            self._answer(asked, Unavailable())
        return True

    def _apply(self, decided: list[Decided]) -> None:
        for each in decided:
            self.room.settle(each)
        self.room.publish([each.entry for each in decided])
        for each in decided:
            self._answer(each.asked, each.entry.seq)

    async def _refuse(self, refused: dict[Asked, Refused]) -> None:
        """Refuse, but not what was done and then forgotten."""
        doubtful = [each.ref for each in refused if self.room.may_have_forgotten(each.ref)]
        if await self.room.find(doubtful):
            self._answer_known()
        for asked, why in refused.items():
            if asked in self._unanswered:
                self._answer(asked, why)

    def _answer(self, asked: Asked, answer: Answer) -> None:
        del self._unanswered[asked]
        try:
            asked.settle(answer)
        except Exception:
            logger.exception("an answer could not be given")


def the_same(happened: Happened, asked: Asked) -> Answer:
    """The seq at which a known ref happened, if it is this person's and for this command."""
    if (happened.by, happened.name) != (asked.by.id, asked.name):
        return Refused("ref-taken")
    return happened.seq
