"""The life of the minutes: written live, prepared, open to remarks, final."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from workshop.feature import Refused
from workshop.features.minutes.feature import minutes
from workshop.records import Record, Records

Phase = Literal["live", "prepared", "amendable", "final"]


@minutes.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Life(Record):
    """There is at most one, under the id "life". `approved` holds the names of those who approved;
    `sha256` is that of the final text, once it is written down."""

    phase: Phase = "live"
    since: float = 0
    approved: list[str] = field(default_factory=list)
    sha256: str = ""

    @property
    def is_closed(self) -> bool:
        """Whether the text stays as it is: who approved it has approved these very words."""
        return self.phase == "final" or bool(self.approved)


def life_of(records: Records) -> Life:
    return records.find(Life, "life") or Life(id="life")


def check_not_final(records: Records) -> None:
    if life_of(records).phase == "final":
        raise Refused("final")


def check_not_approved(records: Records) -> None:
    """Raises Refused from the first approval on, until the final text is written down: what live
    blocks show is a part of what was approved."""
    now = life_of(records)
    if now.is_closed and not now.sha256:
        raise Refused("text-closed")


def to_seal(records: Records) -> bool:
    """Whether the text is final, and is yet to be written down."""
    now = life_of(records)
    return now.phase == "final" and not now.sha256
