"""The stage: what the plenary shows, and whether its picture arrives.

The phase is the facilitators' decision; the signal is what the encoder reports. When the
signal stops the session goes on: chat, votes and minutes do not depend on the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from msgspec import Meta

from workshop.feature import Call, Feature, Refused
from workshop.people import FACILITATORS, SYSTEM_ONLY
from workshop.records import Changes, Record, Records, put

stage = Feature("stage")

Source = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Phase = Literal["waiting", "live", "ended"]


@stage.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Plenary(Record):
    """There is one, under the id "plenary". `source` names a broadcast below MEDIA_URL."""

    phase: Phase = "waiting"
    source: str = ""
    signal: bool = True
    began_at: float = 0
    ended_at: float = 0


@stage.rule(by=FACILITATORS | SYSTEM_ONLY)
def go_live(records: Records, call: Call, *, source: Source) -> Changes:
    """Start the plenary on every page."""
    now = plenary(records)
    if now.phase == "live":
        raise Refused("already-live")
    return put(replace(now, phase="live", source=source, began_at=call.at, ended_at=0))


@stage.rule(by=FACILITATORS | SYSTEM_ONLY)
def end(records: Records, call: Call) -> Changes:
    """End the plenary on every page. Chat and minutes stay open."""
    now = plenary(records)
    if now.phase != "live":
        raise Refused("not-live")
    return put(replace(now, phase="ended", ended_at=call.at))


@stage.rule(by=SYSTEM_ONLY)
def signal(records: Records, call: Call, *, source: Source, on: bool) -> Changes:
    """The encoder says that its picture came or went."""
    now = plenary(records)
    if now.source != source or now.signal == on:
        raise Refused("nothing-new")
    return put(replace(now, signal=on))


def plenary(records: Records) -> Plenary:
    return records.find(Plenary, "plenary") or Plenary(id="plenary")
