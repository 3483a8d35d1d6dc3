"""Groups: what people are counted by. An axis, "Commune" or "Âge", has values, and a group is
called `axis:value` everywhere: in a seat, on a ballot, in a result.

Who belongs where is for the facilitators and for oneself: it is in the seat and in one's belonging.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from msgspec import Meta

from workshop.feature import SAYS_SOMETHING, Refused
from workshop.features.people.seats import Seat, people
from workshop.records import Changes, Record, Records, drop, put

Word = Annotated[str, Meta(max_length=40, pattern=SAYS_SOMETHING)]
Group = Annotated[str, Meta(max_length=128)]
Choice = Annotated[str, Meta(max_length=40)]
"""One of the values of an axis; "" for none."""
Declared = Literal["self", "staff"]
"""Who says where one belongs: everyone for themselves, or the facilitators."""


@people.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Axis(Record):
    """Its id is made from its first name and stays: "commune". To be counted in a group whose value
    is in `consent`, one needs a parent's, noted by a facilitator."""

    name: str
    values: list[str]
    declared: Declared = "self"
    consent: list[str] = field(default_factory=list)

    @property
    def groups(self) -> set[str]:
        return {group(self.id, value) for value in self.values}

    def value_in(self, groups: Collection[str]) -> str:
        """The value of whoever is in these groups; "" if they are in none of this axis."""
        return next((each for each in self.values if group(self.id, each) in groups), "")


@people.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging(Record):
    """The groups of one person, under their id: those that count, and those that do not before a
    parent's consent is noted."""

    groups: list[str]
    waiting: list[str] = field(default_factory=list)

    @property
    def audience(self) -> str:
        return self.id


def group(axis: str, value: str) -> str:
    return f"{axis}:{value}"


def axis_of(group: str) -> str:
    return group.partition(":")[0]


def the_axis(records: Records, id: str) -> Axis:
    axis = records.find(Axis, id)
    if axis is None:
        raise Refused("unknown-axis")
    return axis


def all_of(seat: Seat) -> list[str]:
    """Every group that someone said they belong to, or was given."""
    return [*seat.groups, *seat.waiting]


def moved(seat: Seat, axis: Axis, value: str) -> list[str]:
    """The groups of someone who is now in this one on the axis; "" for none there. Raises
    Refused."""
    if value and value not in axis.values:
        raise Refused("unknown-group")
    elsewhere = [each for each in all_of(seat) if axis_of(each) != axis.id]
    return [*elsewhere, group(axis.id, value)] if value else elsewhere


def needing_consent(records: Records) -> set[str]:
    """The groups for which a parent's consent must be noted."""
    return {group(axis.id, value) for axis in records.all(Axis) for value in axis.consent}


def belong(records: Records, seat: Seat, groups: Iterable[str]) -> Changes:
    """The seat, in exactly these groups, and what the one who sits there is told of them."""
    needing = set() if seat.consent else needing_consent(records)
    waiting = sorted(set(groups) & needing)
    counting = sorted(set(groups) - needing)
    changes = put(replace(seat, groups=counting, waiting=waiting))
    if counting or waiting:
        return changes | put(Belonging(id=seat.id, groups=counting, waiting=waiting))
    before = records.find(Belonging, seat.id)
    return changes | (drop(before) if before else {})
