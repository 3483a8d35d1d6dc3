"""Versions: places in the text's history that were given a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from workshop.feature import Call, Id, Refused
from workshop.features.minutes.feature import Short, minutes
from workshop.people import WRITERS
from workshop.records import Changes, Record, Records, drop, put

Edit = Annotated[int, Meta(ge=1, le=1_000_000_000)]
VERSIONS = 500  # in one session


@minutes.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Version(Record):
    """`edit` is the number of the last edit that it holds."""

    name: str
    edit: int
    by: str
    at: float


@minutes.rule(by=WRITERS)
def name_version(records: Records, call: Call, *, name: Short, edit: Edit) -> Changes:
    """Give a place in the history a name."""
    named = records.all(Version)
    if len(named) >= VERSIONS:
        raise Refused("too-many")
    if any(each.name == name.strip() for each in named):
        raise Refused("name-taken")
    return put(Version(id=call.ref, name=name.strip(), edit=edit, by=call.by.name, at=call.at))


@minutes.rule(by=WRITERS)
def forget_version(records: Records, call: Call, *, version: Id) -> Changes:
    """Take the name away again. The history stays."""
    found = records.find(Version, version)
    if found is None:
        raise Refused("unknown-version")
    return drop(found)
