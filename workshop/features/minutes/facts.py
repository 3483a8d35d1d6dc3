"""What the text refers to: decisions, actions, turns to speak, quotations; and the notes that ask
for something to be put in the text by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from msgspec import Meta

from workshop.feature import Call, Id, Refused
from workshop.features.minutes.feature import Short, Words, minutes
from workshop.features.minutes.life import check_not_approved, check_not_final
from workshop.features.minutes.writing import is_open
from workshop.people import SYSTEM_ONLY, WRITERS, Place
from workshop.records import Changes, Record, Records, drop, put

Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Date = Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$", max_length=10)]
FACTS = ("minutes.decision", "minutes.action", "minutes.turn", "minutes.quote")


@minutes.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Record):
    words: str
    in_favour: int
    against: int
    abstained: int
    at: float


@minutes.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Record):
    """`by` is a date like 2026-12-31, or empty."""

    what: str
    who: str
    by: str
    done: bool
    at: float


@minutes.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Turn(Record):
    """Someone spoke."""

    name: str
    place: Place
    at: float


@minutes.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Quote(Record):
    """A message of the chat, as it was when it was quoted; `said_at` is when it was written."""

    message: str
    name: str
    words: str
    said_at: float
    at: float


@minutes.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Record):
    """Something that belongs in the text: `about` is its record's key, `heading` begins a new
    section; `placed` says that the server has put it there."""

    about: str
    at: float
    heading: str = ""
    placed: bool = False

    @property
    def audience(self) -> str:
        return "facilitators"


@minutes.rule(by=WRITERS)
def decide(
    records: Records,
    call: Call,
    *,
    words: Words,
    in_favour: Count = 0,
    against: Count = 0,
    abstained: Count = 0,
    here: bool = False,
) -> Changes:
    """Note a decision. `here` says that its author puts it in the text where they are writing."""
    decision = Decision(
        id=call.ref,
        words=words.strip(),
        in_favour=in_favour,
        against=against,
        abstained=abstained,
        at=call.at,
    )
    return noted(records, decision, call, here)


@minutes.rule(by=WRITERS)
def act(
    records: Records, call: Call, *, what: Words, who: Short, by: Date = "", here: bool = False
) -> Changes:
    """Note what is to be done, by whom and by when."""
    action = Action(id=call.ref, what=what.strip(), who=who.strip(), by=by, done=False, at=call.at)
    return noted(records, action, call, here)


@minutes.rule(by=WRITERS)
def finish(records: Records, call: Call, *, action: Id, done: bool) -> Changes:
    """Say whether an action is done."""
    check_not_approved(records)
    found = records.find(Action, action)
    if found is None:
        raise Refused("unknown-record")
    if found.done == done:
        raise Refused("nothing-new")
    return put(replace(found, done=done))


@minutes.rule(by=WRITERS)
def speak(
    records: Records, call: Call, *, name: Short, place: Place, here: bool = False
) -> Changes:
    """Note that someone speaks now."""
    turn = Turn(id=call.ref, name=name.strip(), place=place, at=call.at)
    return noted(records, turn, call, here)


@minutes.rule(by=WRITERS)
def quote(records: Records, call: Call, *, message: Id, here: bool = False) -> Changes:
    """Quote a message of the chat."""
    said = records.get(f"chat.message/{message}")
    words, name = getattr(said, "text", ""), getattr(said, "name", "")
    if not words:
        raise Refused("unknown-message")
    said_at: float = getattr(said, "at", call.at)
    quoted = Quote(
        id=call.ref, message=message, name=name, words=words, said_at=said_at, at=call.at
    )
    return noted(records, quoted, call, here)


@minutes.rule(by=WRITERS)
def strike(records: Records, call: Call, *, key: Id) -> Changes:
    """Take back a decision, an action, a turn or a quotation, until the text is approved."""
    check_not_final(records)
    check_not_approved(records)
    found = records.get(key)
    if found is None or found.kind not in FACTS:
        raise Refused("unknown-record")
    waiting = records.find(Note, key)
    return drop(found, *([waiting] if waiting else []))


@minutes.rule(by=SYSTEM_ONLY)
def place(records: Records, call: Call, *, note: Id) -> Changes:
    """The server has put it in the text."""
    found = records.find(Note, note)
    if found is None or found.placed:
        raise Refused("nothing-new")
    return put(replace(found, placed=True))


def note_of(record: Record, at: float, heading: str = "") -> Note:
    """What asks for this record to be put in the text: once, whatever happens to it later."""
    return Note(id=record.key, about=record.key, at=at, heading=heading)


def noted(records: Records, record: Record, call: Call, here: bool) -> Changes:
    check_not_final(records)
    return put(record) if here else put(record, note_of(record, call.at))


def due_notes(records: Records) -> list[Note]:
    """What the server is to put in the text now, oldest first."""
    if not is_open(records):
        return []
    waiting = [each for each in records.all(Note) if not each.placed]
    return sorted(waiting, key=lambda each: each.at)
