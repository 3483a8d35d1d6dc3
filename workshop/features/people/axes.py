"""Axes defined: by what people are grouped here, as organisers and facilitators decide it."""

from __future__ import annotations

import re
from typing import Annotated
from unicodedata import normalize

from msgspec import Meta

from workshop.feature import Call, Id, Refused
from workshop.features.people.groups import (
    Axis,
    Declared,
    Word,
    all_of,
    axis_of,
    belong,
    the_axis,
)
from workshop.features.people.seats import Seat, people
from workshop.people import FACILITATORS, SYSTEM_ONLY
from workshop.records import Changes, Records, drop, put

DEFINERS = FACILITATORS | SYSTEM_ONLY  # organisers ask from their page, as the system

Values = Annotated[list[Word], Meta(min_length=2, max_length=50)]
Some = Annotated[list[Word], Meta(max_length=50)]


@people.rule(by=DEFINERS)
def define_axis(
    records: Records, call: Call, *, name: Word, values: Values, declared: Declared, consent: Some
) -> Changes:
    """Say by what people are grouped here. To count in a group whose value is in `consent`, one
    needs a parent's."""
    axis = checked(axis_id(name, call.seq), name, values, declared, consent)
    if any(each.id == axis.id or alike(each.name, name) for each in records.all(Axis)):
        raise Refused("axis-exists")
    return put(axis)


@people.rule(by=DEFINERS)
def redefine_axis(
    records: Records,
    call: Call,
    *,
    axis: Id,
    name: Word,
    values: Values,
    declared: Declared,
    consent: Some,
) -> Changes:
    """Define it anew, under the id it has. Whoever was in a group that goes is in it no more."""
    the_axis(records, axis)
    if any(each.id != axis and alike(each.name, name) for each in records.all(Axis)):
        raise Refused("axis-exists")
    after = checked(axis, name, values, declared, consent)
    return put(after) | regrouped(records.fold(put(after)), axis, after.groups)


@people.rule(by=DEFINERS)
def remove_axis(records: Records, call: Call, *, axis: Id) -> Changes:
    """Group people by this no more. What was counted by it stays as it was counted."""
    gone = drop(the_axis(records, axis))
    return gone | regrouped(records.fold(gone), axis, set())


def checked(id: str, name: str, values: list[str], declared: Declared, consent: list[str]) -> Axis:
    """The axis, with its words tidied. Raises Refused."""
    tidied, needing = [tidy(each) for each in values], {tidy(each) for each in consent}
    if len({each.casefold() for each in tidied}) < len(tidied):
        raise Refused("values-alike")
    if not needing <= set(tidied):
        raise Refused("unknown-group")
    ordered = [each for each in tidied if each in needing]
    return Axis(id=id, name=tidy(name), values=tidied, declared=declared, consent=ordered)


def regrouped(records: Records, axis: str, there: set[str]) -> Changes:
    """Everyone who is grouped by this axis, only in groups that are there."""
    changes: Changes = {}
    for seat in records.all(Seat):
        groups = all_of(seat)
        if any(axis_of(each) == axis for each in groups):
            kept = [each for each in groups if axis_of(each) != axis or each in there]
            changes |= changed(records, seat, kept)
    return changes


def changed(records: Records, seat: Seat, groups: list[str]) -> Changes:
    """Nothing, for a seat that stays as it is: there may be thousands."""
    changes = belong(records, seat, groups)
    return {} if changes[seat.key] == seat else changes


def axis_id(name: str, seq: int) -> str:
    """What the groups of an axis begin with: its name in plain letters, "Âge" as "age"."""
    letters = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or f"axis-{seq}"


def alike(one: str, other: str) -> bool:
    return tidy(one).casefold() == tidy(other).casefold()


def tidy(words: str) -> str:
    return " ".join(words.split())
