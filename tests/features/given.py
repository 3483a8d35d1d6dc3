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
    def __init__(self, feature: Feature) -> None:
        self.feature = feature
        self.records = Records()
        self._ticks = count(1)

    def done(self, by: Person, name: str, /, **fields: Any) -> Given:
        self.records = self.records.fold(self.when(by, name, **fields))
        return self

    def when(self, by: Person, name: str, /, **fields: Any) -> Changes:
        tick = next(self._ticks)
        call = Call(by=by, at=float(tick), seq=tick, ref=f"c{tick}")
        return self.feature.decide(f"{self.feature.name}.{name}", self.records, call, fields)
