"""Rooms for tests: made of memory, with a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from realtime.log import Entry, Log, MemoryLog
from realtime.room import Room, Seats
from workshop.feature import Call, Due, Feature
from workshop.features import FEATURES
from workshop.features.people.rules import everyone, person
from workshop.people import MEMBERS, SYSTEM, SYSTEM_ONLY, Person
from workshop.records import Changes, Records

HAL = Person("hal", "Hal", role="facilitator", place="hall")
ANA = Person("ana", "Ana", place="hall")
BEN = Person("ben", "Ben", place="remote")
NINA = Person("nina", "Nina", role="note_taker", place="remote")
SEATS = Seats(
    kind="people.seat", sit="people.sit", unseat="people.remove", person=person, people=everyone
)
PEOPLE = (HAL, ANA, BEN, NINA)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def nobody_hears(entries: Sequence[Entry]) -> None:
    pass


def make_room(log: Log | None = None, publish=nobody_hears, clock=None, most=None) -> Room:
    return Room(
        "r",
        "epoch",
        features=FEATURES,
        seats=SEATS,
        log=log or MemoryLog(),
        publish=publish,
        clock=clock or Clock(),
        most=most,
    )


async def seat(room: Room, *people: Person) -> Room:
    for each in people:
        fields: dict[str, Any] = {"person": each.id, "name": each.name}
        fields |= {"role": each.role, "place": each.place}
        await room.submit("people.sit", SYSTEM, f"people.sit:{each.id}", fields)
    return room


def faulty() -> Feature:
    """A feature whose rule fails, and falls due at every moment."""
    feature = Feature("faulty")

    @feature.rule(by=MEMBERS | SYSTEM_ONLY)
    def fail(records: Records, call: Call) -> Changes:
        raise ZeroDivisionError

    @feature.due
    def always(records: Records, now: float) -> Iterator[Due]:
        yield Due("faulty.fail", f"faulty.fail:{now}")

    return feature
