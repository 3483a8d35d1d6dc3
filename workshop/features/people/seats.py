"""Seats: who sits in the session, as what, where and in which groups; the people read off them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from workshop.feature import SAYS_SOMETHING, Call, Feature, Refused
from workshop.people import Person, Place, Role
from workshop.records import Record, Records

people = Feature("people")

Name = Annotated[str, Meta(max_length=60, pattern=SAYS_SOMETHING)]


@people.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Seat(Record):
    """`groups` are those that count; those in `waiting` do not before a parent's consent is noted.
    `consent` says that it is: by whom (a person's id) and when (seconds since 1970), or "" and 0.
    """

    name: str
    role: Role
    place: Place
    at: float
    groups: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    consent: bool = False
    consent_by: str = ""
    consent_at: float = 0

    @property
    def audience(self) -> str:
        return "facilitators"


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
    return Person(seat.id, seat.name, seat.role, seat.place, frozenset(seat.groups))
