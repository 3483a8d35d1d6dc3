"""Links: when this happens there, do that here. What follows from a command is in the same entry of
the log as the command itself, so that there is never one without the other.

Features do not know each other; this is the one place that knows several.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workshop.feature import Call
from workshop.features.agenda.rules import Item
from workshop.features.minutes.facts import Note, note_of
from workshop.features.minutes.life import life_of
from workshop.features.polls.rules import Poll
from workshop.features.questions.records import Question
from workshop.records import Changes, Record, Records, put

Heading = Callable[[Any], str | None]
"""Given a record: the heading under which it goes into the minutes, "" for none; None if it does
not belong there, or not yet."""


def follow(records: Records, call: Call, changes: Changes) -> Changes:
    """What else changes, given what stood in the room before."""
    notes = [note for record in changes.values() if (note := noted(records, call, record))]
    return put(*notes)


def noted(records: Records, call: Call, record: Record | None) -> Note | None:
    """What asks for a record to be put in the minutes: once, however often it happens. Every
    command comes by here: of most, the kind of record already says that there is nothing."""
    if record is None or not (headed := HEADINGS.get(record.kind)):
        return None
    heading = headed(record)
    if heading is None or records.find(Note, record.key) or life_of(records).phase == "final":
        return None
    return note_of(record, call.at, heading)


def item_began(item: Item) -> str | None:
    return item.title if item.status == "on" else None


def result_published(poll: Poll) -> str | None:
    return "" if poll.status == "published" else None


def question_answered(question: Question) -> str | None:
    return "" if question.state == "answered" else None


HEADINGS: dict[str, Heading] = {
    Item.kind: item_began,
    Poll.kind: result_published,
    Question.kind: question_answered,
}
