"""Belonging: who is in which group, as they say themselves or as facilitators do; and the consent
of a parent, noted.

A ballot keeps the groups it was cast with: whoever declares something else afterwards changes no
count.
"""

from __future__ import annotations

from dataclasses import replace

from workshop.feature import Call, Id, Refused
from workshop.features.people.groups import (
    Axis,
    Choice,
    all_of,
    axis_of,
    belong,
    moved,
    the_axis,
)
from workshop.features.people.seats import Seat, people, the
from workshop.people import FACILITATORS
from workshop.records import Changes, Records


@people.rule()
def declare(records: Records, call: Call, *, axis: Id, value: Choice) -> Changes:
    """Say in which group you are, or "" for: you would rather not say."""
    seat, asked = the(records, call.by.id), the_axis(records, axis)
    if asked.declared != "self":
        raise Refused("given-by-staff")
    return belong(records, seat, moved(seat, asked, value))


@people.rule(by=FACILITATORS)
def assign(records: Records, call: Call, *, person: Id, axis: Id, value: Choice) -> Changes:
    """Put someone in a group, or with "" in none of this axis."""
    seat = the(records, person)
    return belong(records, seat, moved(seat, the_axis(records, axis), value))


@people.rule(by=FACILITATORS)
def note_consent(records: Records, call: Call, *, person: Id, given: bool) -> Changes:
    """Note that a parent has consented to someone's voting, or that they have not."""
    seat = the(records, person)
    if seat.consent == given:
        raise Refused("nothing-new")
    by, at = (call.by.id, call.at) if given else ("", 0)
    noted = replace(seat, consent=given, consent_by=by, consent_at=at)
    return belong(records, noted, all_of(seat))


def welcome(records: Records, seat: Seat, groups: list[str]) -> Changes:
    """The seat of someone who said at the door where they belong. Nobody is sent away for what they
    said there: the axes may have changed since, and what is none any more is left out."""
    open_to_all = [axis for axis in records.all(Axis) if axis.declared == "self"]
    known = {each for axis in open_to_all for each in axis.groups}
    one_each = {axis_of(each): each for each in reversed(groups) if each in known}
    return belong(records, seat, one_each.values())
