"""Who is in a session, what they may do there, and where they take part from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["facilitator", "note_taker", "participant", "observer", "screen", "kiosk", "system"]
Place = Literal["hall", "remote"]

SYSTEM_ONLY: frozenset[Role] = frozenset({"system"})
FACILITATORS: frozenset[Role] = frozenset({"facilitator"})
WRITERS: frozenset[Role] = frozenset({"facilitator", "note_taker"})
MEMBERS: frozenset[Role] = frozenset({"facilitator", "note_taker", "participant"})


@dataclass(frozen=True, slots=True)
class Person:
    """Someone, or something, taking part: a participant, a projector, the server itself."""

    id: str
    name: str
    role: Role = "participant"
    place: Place = "remote"

    @property
    def audiences(self) -> frozenset[str]:
        """The audiences whose records this person may see."""
        shared = {"all", "facilitators"} if self.role in ("facilitator", "system") else {"all"}
        # Observers and screens hold nothing of their own, so that they share one frame.
        return frozenset(shared | {self.id}) if self.role in MEMBERS else frozenset(shared)


SYSTEM = Person("system", "", role="system")
OBSERVER = Person("observer", "", role="observer")
