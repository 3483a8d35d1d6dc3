"""The minutes: who may write in them. The text itself is a document (`realtime/document.py`)."""

from __future__ import annotations

from dataclasses import dataclass

from workshop.feature import Call, Feature, Refused
from workshop.people import FACILITATORS, WRITERS, Person
from workshop.records import Changes, Record, Records, put

minutes = Feature("minutes")


@minutes.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Lock(Record):
    """There is at most one, under the id "lock"."""

    locked: bool


@minutes.rule(by=FACILITATORS)
def lock(records: Records, call: Call) -> Changes:
    """Nobody writes any more, from the next keystroke on."""
    if locked(records):
        raise Refused("already-locked")
    return put(Lock(id="lock", locked=True))


@minutes.rule(by=FACILITATORS)
def unlock(records: Records, call: Call) -> Changes:
    """Let note-takers and facilitators write again."""
    if not locked(records):
        raise Refused("not-locked")
    return put(Lock(id="lock", locked=False))


def may_write(records: Records, person: Person) -> bool:
    """Note-takers and facilitators write, while the minutes are not locked."""
    return person.role in WRITERS and not locked(records)


def locked(records: Records) -> bool:
    found = records.find(Lock, "lock")
    return found is not None and found.locked
