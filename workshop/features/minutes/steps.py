"""The steps of the minutes through their life.

What is final is what those who approved it have read: from the first approval on nobody writes in
the text, unless it is taken back; and what the room's records say in it is written down at the end
(`workshop/minutes/`)."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from msgspec import Meta

from workshop.feature import Call, Refused
from workshop.features.minutes.facts import Note
from workshop.features.minutes.feature import minutes
from workshop.features.minutes.life import Phase, check_not_final, life_of
from workshop.features.minutes.threads import remarks_without_answer
from workshop.people import FACILITATORS, SYSTEM_ONLY, WRITERS
from workshop.records import Changes, Records, put

Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


@minutes.rule(by=WRITERS)
def prepare(records: Records, call: Call) -> Changes:
    """Say that the text is ready to be read over."""
    return to(records, call, "prepared", out_of=("live",))


@minutes.rule(by=FACILITATORS)
def invite_remarks(records: Records, call: Call) -> Changes:
    """Open the text to remarks by those who took part."""
    return to(records, call, "amendable", out_of=("prepared",))


@minutes.rule(by=FACILITATORS)
def write_on(records: Records, call: Call) -> Changes:
    """Go back to writing. What was approved is to be approved again."""
    return to(records, call, "live", out_of=("prepared", "amendable"))


@minutes.rule(by=WRITERS)
def approve(records: Records, call: Call) -> Changes:
    """Approve the text as it stands, under one's name: from now on it stays so."""
    now = life_of(records)
    if now.phase not in ("prepared", "amendable"):
        raise Refused("not-prepared")
    if call.by.name in now.approved:
        raise Refused("nothing-new")
    check_complete(records)
    return put(replace(now, approved=[*now.approved, call.by.name]))


@minutes.rule(by=WRITERS)
def withdraw(records: Records, call: Call) -> Changes:
    """Take one's approval back. Without any, the text may be changed again."""
    now = life_of(records)
    check_not_final(records)
    if call.by.name not in now.approved:
        raise Refused("nothing-new")
    return put(replace(now, approved=[each for each in now.approved if each != call.by.name]))


@minutes.rule(by=FACILITATORS)
def freeze(records: Records, call: Call) -> Changes:
    """Make the text final. Every remark has been answered, somebody has approved, and all that
    belongs in the text is there."""
    if remarks_without_answer(records):
        raise Refused("remarks-unanswered")
    if not life_of(records).approved:
        raise Refused("not-approved")
    check_complete(records)
    return to(records, call, "final", out_of=("prepared", "amendable"))


@minutes.rule(by=SYSTEM_ONLY)
def seal(records: Records, call: Call, *, sha256: Hash) -> Changes:
    """The final text is written down."""
    now = life_of(records)
    if now.phase != "final" or now.sha256:
        raise Refused("nothing-new")
    return put(replace(now, sha256=sha256))


def to(records: Records, call: Call, phase: Phase, *, out_of: tuple[Phase, ...]) -> Changes:
    now = life_of(records)
    if now.phase not in out_of:
        raise Refused("wrong-phase")
    approved = [] if phase == "live" else now.approved
    return put(replace(now, phase=phase, since=call.at, approved=approved))


def check_complete(records: Records) -> None:
    """Nobody approves a text into which something is yet to be put."""
    if any(not each.placed for each in records.all(Note)):
        raise Refused("notes-waiting")
