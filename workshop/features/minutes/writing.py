"""Who writes in the minutes: a rule of the session, which may change while people type."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from workshop.feature import Call, Id, Refused
from workshop.features.minutes.feature import minutes
from workshop.features.minutes.life import life_of
from workshop.people import FACILITATORS, MEMBERS, WRITERS, Person
from workshop.records import Changes, Record, Records, drop, put

Writing = Literal["staff", "admitted", "everyone"]


@minutes.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Lock(Record):
    """There is at most one, under the id "lock". `writing` is who else writes besides facilitators
    and note-takers: nobody, those who were admitted, or everyone with a seat."""

    locked: bool = False
    writing: Writing = "admitted"


@minutes.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Writer(Record):
    """Someone who asked to take part in the writing, under their own id."""

    name: str
    admitted: bool
    at: float


@minutes.rule(by=FACILITATORS)
def lock(records: Records, call: Call) -> Changes:
    """Nobody writes any more, from the next keystroke on."""
    now = lock_of(records)
    if now.locked:
        raise Refused("already-locked")
    return put(replace(now, locked=True))


@minutes.rule(by=FACILITATORS)
def unlock(records: Records, call: Call) -> Changes:
    """Let those who may write do so again."""
    now = lock_of(records)
    if not now.locked:
        raise Refused("not-locked")
    return put(replace(now, locked=False))


@minutes.rule(by=FACILITATORS)
def let_write(records: Records, call: Call, *, who: Writing) -> Changes:
    """Say who writes besides facilitators and note-takers."""
    now = lock_of(records)
    if now.writing == who:
        raise Refused("nothing-new")
    return put(replace(now, writing=who))


@minutes.rule()
def ask_to_write(records: Records, call: Call) -> Changes:
    """Ask to take part in the writing."""
    if may_write(records, call.by) or records.find(Writer, call.by.id):
        raise Refused("nothing-new")
    if lock_of(records).writing == "staff":
        raise Refused("not-allowed")
    return put(Writer(id=call.by.id, name=call.by.name, admitted=False, at=call.at))


@minutes.rule(by=FACILITATORS)
def admit(records: Records, call: Call, *, person: Id) -> Changes:
    """Let someone who asked take part in the writing."""
    return put(replace(writer_of(records, person), admitted=True))


@minutes.rule(by=FACILITATORS)
def dismiss(records: Records, call: Call, *, person: Id) -> Changes:
    """Let someone write no longer, or not at all."""
    return drop(writer_of(records, person))


def may_write(records: Records, person: Person) -> bool:
    """Whether this person writes in the text now."""
    now = lock_of(records)
    if not is_open(records) or person.role not in MEMBERS:
        return False
    if person.role in WRITERS or now.writing == "everyone":
        return True
    asked = records.find(Writer, person.id)
    return now.writing == "admitted" and asked is not None and asked.admitted


def is_open(records: Records) -> bool:
    """Whether anybody writes in the text now."""
    return not lock_of(records).locked and not life_of(records).is_closed


def lock_of(records: Records) -> Lock:
    return records.find(Lock, "lock") or Lock(id="lock")


def writer_of(records: Records, person: str) -> Writer:
    found = records.find(Writer, person)
    if found is None:
        raise Refused("unknown-person")
    return found
