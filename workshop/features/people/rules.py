"""People: who is seated in the session, as what, where they take part from, and in which groups.

The seat is a record so that rights are read at the moment of each command, in the room's one
order: a message from someone demoted a moment ago is refused by every process alike.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from msgspec import Meta

from workshop.feature import Call, Id
from workshop.features.people import axes, belonging
from workshop.features.people.groups import Axis, Belonging, Group
from workshop.features.people.seats import Name, Seat, another, everyone, people, person, the
from workshop.people import FACILITATORS, SYSTEM_ONLY, Place, Role
from workshop.records import Changes, Records, drop, put

__all__ = ["Axis", "Belonging", "Seat", "axes", "belonging", "everyone", "people", "person"]

Given = Literal["facilitator", "note_taker", "participant"]
Groups = Annotated[list[Group], Meta(max_length=50)]


@people.rule(by=SYSTEM_ONLY)
def sit(
    records: Records,
    call: Call,
    *,
    person: Id,
    name: Name,
    role: Role,
    place: Place,
    groups: Groups = [],  # noqa: B006 - the default of a field, which is copied
) -> Changes:
    """Seat someone who came through a door. Once: who was removed cannot sit down again."""
    seat = Seat(id=person, name=name, role=role, place=place, at=call.at)
    return belonging.welcome(records, seat, groups)


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
    seat = another(records, call, person)
    told = records.find(Belonging, person)
    return drop(seat, told) if told else drop(seat)
