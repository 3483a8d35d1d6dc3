"""Chat: what people write to one another during the session."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from msgspec import Meta

from workshop.feature import SAYS_SOMETHING, Call, Feature, Id, Refused
from workshop.people import Place, Role
from workshop.records import Changes, Record, Records, put

chat = Feature("chat", ephemerals=["typing"])

Text = Annotated[str, Meta(max_length=2000, pattern=SAYS_SOMETHING)]


@chat.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Record):
    keep = 200

    person: str
    name: str
    role: Role
    place: Place
    text: str
    at: float
    seq: int
    removed: bool = False


@chat.rule()
def post(records: Records, call: Call, *, text: Text) -> Changes:
    """Say something to the whole room."""
    who = call.by
    return put(
        Message(
            id=call.ref,
            person=who.id,
            name=who.name,
            role=who.role,
            place=who.place,
            text=text.strip(),
            at=call.at,
            seq=call.seq,
        )
    )


@chat.rule()
def remove(records: Records, call: Call, *, id: Id) -> Changes:
    """Take back one's own message, or, as a facilitator, anyone's. A trace stays."""
    message = records.find(Message, id)
    if message is None or message.removed:
        raise Refused("unknown-message")
    if call.by.id != message.person and call.by.role != "facilitator":
        raise Refused("not-allowed")
    return put(replace(message, text="", removed=True))
