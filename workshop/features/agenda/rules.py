"""The agenda: what the session goes through, in order, and what it is at now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from msgspec import Meta

from workshop.feature import SAYS_SOMETHING, Call, Feature, Id, Refused
from workshop.people import FACILITATORS
from workshop.records import Changes, Record, Records, drop, put

agenda = Feature("agenda")

Title = Annotated[str, Meta(max_length=200, pattern=SAYS_SOMETHING)]
Minutes = Annotated[int, Meta(ge=0, le=600)]
Status = Literal["planned", "on", "done"]
ITEMS = 100  # in one session


@agenda.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Record):
    """`rank` is its place, `minutes` how long it is meant to take; 0: not said."""

    title: str
    minutes: int
    rank: int
    status: Status = "planned"
    began_at: float = 0
    ended_at: float = 0


@agenda.rule(by=FACILITATORS)
def add(records: Records, call: Call, *, title: Title, minutes: Minutes = 0) -> Changes:
    """Put an item at the end."""
    items = in_order(records)
    if len(items) >= ITEMS:
        raise Refused("too-many")
    rank = items[-1].rank + 1 if items else 1
    return put(Item(id=call.ref, title=title.strip(), minutes=minutes, rank=rank))


@agenda.rule(by=FACILITATORS)
def edit(records: Records, call: Call, *, item: Id, title: Title, minutes: Minutes = 0) -> Changes:
    """Say it otherwise."""
    return put(replace(the(records, item), title=title.strip(), minutes=minutes))


@agenda.rule(by=FACILITATORS)
def move(records: Records, call: Call, *, item: Id, to: Literal["up", "down"]) -> Changes:
    """Change places with the one before, or the one after."""
    items = in_order(records)
    at = items.index(the(records, item))
    other = at + (1 if to == "down" else -1)
    if not 0 <= other < len(items):
        raise Refused("at-the-end")
    return put(
        replace(items[at], rank=items[other].rank), replace(items[other], rank=items[at].rank)
    )


@agenda.rule(by=FACILITATORS)
def remove(records: Records, call: Call, *, item: Id) -> Changes:
    """Take out an item that was not begun."""
    found = the(records, item)
    if found.status != "planned":
        raise Refused("already-begun")
    return drop(found)


@agenda.rule(by=FACILITATORS)
def start(records: Records, call: Call, *, item: Id) -> Changes:
    """Go on to this item. The one before it ends."""
    found = the(records, item)
    if found.status == "on":
        raise Refused("already-on")
    before = [ended(each, call) for each in in_order(records) if each.status == "on"]
    return put(*before, replace(found, status="on", began_at=call.at, ended_at=0))


@agenda.rule(by=FACILITATORS)
def finish(records: Records, call: Call, *, item: Id) -> Changes:
    """End the item that is on, without another."""
    found = the(records, item)
    if found.status != "on":
        raise Refused("not-on")
    return put(ended(found, call))


def ended(item: Item, call: Call) -> Item:
    return replace(item, status="done", ended_at=call.at)


def in_order(records: Records) -> list[Item]:
    return sorted(records.all(Item), key=lambda each: each.rank)


def the(records: Records, id: str) -> Item:
    item = records.find(Item, id)
    if item is None:
        raise Refused("unknown-item")
    return item
