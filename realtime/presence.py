"""Presence: who is connected now, in this process and in the others. Kept nowhere else.

Each process announces its people on change and every few seconds; the others forget what they
have not heard again. Someone who reloads a page is not told as gone: they have a moment's grace.
"""

from __future__ import annotations

from collections import Counter

from realtime.limits import Clock
from realtime.protocol import PresenceCount
from workshop.people import MEMBERS, Person

GRACE = 5.0  # seconds after the last socket closed until someone counts as gone
FORGET = 15.0  # seconds after which another process that says nothing is taken to be dead

People = dict[str, str]
"""Person id to place."""


class Presence:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._sockets: Counter[str] = Counter()
        self._places: People = {}
        self._left: dict[str, float] = {}
        self._watching = 0
        self._elsewhere: dict[str, tuple[float, People, int]] = {}
        self.version = 0  # of what is so in this process
        self._heard = 0  # of what is so elsewhere
        self._counted: tuple[tuple[int, int], PresenceCount] = ((-1, -1), PresenceCount(0, 0, 0))

    def arrive(self, person: Person) -> None:
        self.version += 1
        if person.role not in MEMBERS:
            self._watching += person.role == "observer"
            return
        self._sockets[person.id] += 1
        self._places[person.id] = person.place
        self._left.pop(person.id, None)

    def move(self, person: Person) -> None:
        if person.id in self._places:
            self.version += 1
            self._places[person.id] = person.place

    def leave(self, person: Person) -> None:
        self.version += 1
        if person.role not in MEMBERS:
            self._watching -= person.role == "observer"
            return
        self._sockets[person.id] -= 1
        if not self._sockets[person.id]:
            del self._sockets[person.id]
            self._left[person.id] = self.clock()

    def here(self) -> tuple[People, int]:
        """The people of this process, and how many observers it has: what to announce."""
        self._let_go()
        return dict(self._places), self._watching

    def hear(self, process: str, people: People, watching: int) -> None:
        """Take another process's announcement."""
        if self._elsewhere.get(process, (0, {}, 0))[1:] != (people, watching):
            self._heard += 1
        self._elsewhere[process] = (self.clock(), people, watching)

    def count(self) -> PresenceCount:
        """How many are present, each person once however many sockets and processes."""
        self._let_go()
        versions = (self.version, self._heard)
        if self._counted[0] != versions:  # in a crowd at rest there is nothing to count
            self._counted = (versions, self._count())
        return self._counted[1]

    def _count(self) -> PresenceCount:
        people, watching = self._places, self._watching
        for _, others, watchers in self._elsewhere.values():
            people = others | people
            watching += watchers
        places = Counter(people.values())
        return PresenceCount(hall=places["hall"], remote=places["remote"], watching=watching)

    def _let_go(self) -> None:
        """Of those whose grace is over, and of processes that say nothing any more."""
        now = self.clock()
        for id in [id for id, at in self._left.items() if now - at >= GRACE]:
            self.version += 1
            del self._left[id], self._places[id]
        for process in [id for id, each in self._elsewhere.items() if now - each[0] >= FORGET]:
            self._heard += 1
            del self._elsewhere[process]
