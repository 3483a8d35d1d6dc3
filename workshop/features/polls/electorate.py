"""The electorate of a poll: who may vote in it."""

from __future__ import annotations

from collections.abc import Iterable

from workshop.features.polls.poll import Invitation, Poll
from workshop.people import MEMBERS, Person
from workshop.records import Records


def is_entitled(records: Records, poll: Poll, person: Person) -> bool:
    """Whether this person may vote in this poll, as things stand now."""
    if person.role == "kiosk":
        return poll.plan.kiosk
    return person.role in MEMBERS and person.id in entitled(records, poll, [person])


def entitled(records: Records, poll: Poll, people: Iterable[Person]) -> set[str]:
    """The ids of those among these people who may vote; for oneself, one's own records do."""
    return {
        each.id
        for each in people
        if each.role in MEMBERS
        and (not poll.plan.places or each.place in poll.plan.places)
        and (not poll.plan.groups or not each.groups.isdisjoint(poll.plan.groups))
        and (not poll.listed or records.find(Invitation, f"{poll.id}:{each.id}"))
    }
