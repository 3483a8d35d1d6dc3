"""People: who is seated in the session, as what, and where they take part from.

The seat is a record so that rights are read at the moment of each command, in the room's one
order: a message from someone demoted a moment ago is refused by every process alike.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from msgspec import Meta

from workshop.feature import SAYS_SOMETHING, Call, Feature, Id, Refused
from workshop.people import FACILITATORS, SYSTEM_ONLY, Person, Place, Role
from workshop.records import Changes, Record, Records, drop, put

people = Feature("people")

Name = Annotated[str, Meta(max_length=60, pattern=SAYS_SOMETHING)]
Given = Literal["facilitator", "note_taker", "participant"]


@people.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Seat(Record):
    name: str
    role: Role
    place: Place
    at: float

    @property
    def audience(self) -> str:
        return "facilitators"


@people.rule(by=SYSTEM_ONLY)
def sit(
    records: Records, call: Call, *, person: Id, name: Name, role: Role, place: Place
) -> Changes:
    """Seat someone who came through a door. Once: who was removed cannot sit down again."""
    return put(Seat(id=person, name=name, role=role, place=place, at=call.at))


@people.rule()
def move(records: Records, call: Call, *, place: Place) -> Changes:
    """Say that you now take part from elsewhere."""
    return put(replace(the(records, call.by.id), place=place))


@people.rule(by=FACILITATORS)
def give(records: Records, call: Call, *, person: Id, role: Given) -> Changes:
    """Give someone another role."""
    return put(replace(another(records, call, person), role=role))


@people.rule(by=FACILITATORS | SYSTEM_ONLY)
def remove(records: Records, call: Call, *, person: Id) -> Changes:
    """Take away someone's seat."""
    return drop(another(records, call, person))


def another(records: Records, call: Call, id: str) -> Seat:
    """Someone else's seat. Nobody locks themselves out of the session they are running."""
    if id == call.by.id:
        raise Refused("not-yourself")
    return the(records, id)


def the(records: Records, id: str) -> Seat:
    seat = records.find(Seat, id)
    if seat is None:
        raise Refused("unknown-person")
    return seat


def person(records: Records, id: str) -> Person | None:
    """The person in this seat, as the room sees them now."""
    seat = records.find(Seat, id)
    return None if seat is None else seated(seat)


def everyone(records: Records) -> list[Person]:
    """All who have a seat."""
    return [seated(seat) for seat in records.all(Seat)]


def seated(seat: Seat) -> Person:
    return Person(seat.id, seat.name, seat.role, seat.place)
