"""Who is in a session, what they may do there, and where they take part from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["facilitator", "note_taker", "participant", "observer", "screen", "kiosk", "system"]
Place = Literal["hall", "remote"]

Audience = str
ALL: frozenset[Audience] = frozenset({"all"})
STAFF: frozenset[Audience] = frozenset({"all", "staff", "facilitators"})

SYSTEM_ONLY: frozenset[Role] = frozenset({"system"})
FACILITATORS: frozenset[Role] = frozenset({"facilitator"})
WRITERS: frozenset[Role] = frozenset({"facilitator", "note_taker"})
MEMBERS: frozenset[Role] = frozenset({"facilitator", "note_taker", "participant"})


SHARED: dict[Role, frozenset[Audience]] = {
    "facilitator": STAFF,
    "note_taker": frozenset({"all", "staff"}),
    "screen": frozenset({"all", "screens"}),
    "system": STAFF | {"screens", "system"},
}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone, or something, taking part: a participant, a projector, the server itself."""

    id: str
    name: str
    role: Role = "participant"
    place: Place = "remote"
    groups: frozenset[str] = frozenset()
    """What the organiser counts people by: "commune:Ajaccio"."""

    @property
    def shared(self) -> frozenset[Audience]:
        """The audiences that this person has in common with everyone of their role."""
        return SHARED.get(self.role, ALL)

    @property
    def audiences(self) -> frozenset[Audience]:
        """The audiences whose records this person may see."""
        # Observers and screens hold nothing of their own, so that they share one frame.
        return self.shared | {self.id} if self.role in MEMBERS else self.shared


SYSTEM = Person("system", "", role="system")
OBSERVER = Person("observer", "", role="observer")
