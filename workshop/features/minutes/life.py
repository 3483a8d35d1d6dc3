"""The life of the minutes: written live, prepared, open to remarks, final.

What is final is what those who approved it have read: nobody writes in it any more, and what the
room's records say in it is written down (`workshop/minutes/`)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from msgspec import Meta

from workshop.feature import Call, Refused
from workshop.features.minutes.feature import minutes
from workshop.features.minutes.threads import remarks_without_answer
from workshop.people import FACILITATORS, SYSTEM_ONLY, WRITERS
from workshop.records import Changes, Record, Records, put

Phase = Literal["live", "prepared", "amendable", "final"]
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


@minutes.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Life(Record):
    """There is at most one, under the id "life". `approved` holds the names of those who approved;
    `sha256` is that of the final text, once it is written down."""

    phase: Phase = "live"
    since: float = 0
    approved: list[str] = field(default_factory=list)
    sha256: str = ""


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
    """Approve the text as it stands, under one's name."""
    now = life_of(records)
    if now.phase not in ("prepared", "amendable"):
        raise Refused("not-prepared")
    if call.by.name in now.approved:
        raise Refused("nothing-new")
    return put(replace(now, approved=[*now.approved, call.by.name]))


@minutes.rule(by=FACILITATORS)
def freeze(records: Records, call: Call) -> Changes:
    """Make the text final. Every remark has been answered, and somebody has approved."""
    if remarks_without_answer(records):
        raise Refused("remarks-unanswered")
    if not life_of(records).approved:
        raise Refused("not-approved")
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


def to_seal(records: Records) -> bool:
    """Whether the text is final, and is yet to be written down."""
    now = life_of(records)
    return now.phase == "final" and not now.sha256


def life_of(records: Records) -> Life:
    return records.find(Life, "life") or Life(id="life")
