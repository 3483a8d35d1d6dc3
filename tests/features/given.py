"""Given some commands already carried out, when another is made, then see what it changes."""

from __future__ import annotations

from itertools import count
from typing import Any

from workshop.feature import Call, Feature
from workshop.people import Person
from workshop.records import Changes, Records

ANA = Person("ana", "Ana", place="hall")
BEN = Person("ben", "Ben", place="hall")
CHI = Person("chi", "Chi", place="remote")
NINA = Person("nina", "Nina", role="note_taker", place="remote")
FACILITATOR = Person("hélène", "Hélène", role="facilitator", place="hall")


class Given:
    """Each command is one second after the one before. What is kept beside the log is in `beside`,
    and never among the records, as in a room."""

    def __init__(self, feature: Feature, *seated: Person) -> None:
        self.feature, self.seated = feature, seated
        self.records = Records()
        self.beside: Changes = {}
        self.later = self.now = 0.0  # the moment of the last command
        self._ticks = count(1)

    def done(self, by: Person, name: str, /, **fields: Any) -> Given:
        changes = self.when(by, name, **fields)
        beside = {key: each for key, each in changes.items() if each and each.beside}
        self.beside |= beside
        self.records = self.records.fold(
            {key: each for key, each in changes.items() if key not in beside}
        )
        return self

    def when(self, by: Person, name: str, /, seen: float = 0, **fields: Any) -> Changes:
        tick = next(self._ticks)
        self.now = tick + self.later
        call = Call(by, self.now, tick, f"c{tick}", seen, lambda: self.seated)
        return self.feature.decide(f"{self.feature.name}.{name}", self.records, call, fields)

    def wait(self, seconds: float) -> Given:
        """Let time pass."""
        self.later += seconds
        return self
