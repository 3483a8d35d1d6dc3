"""Polls at the point where a test begins."""

from __future__ import annotations

from typing import Any

from tests.features.given import FACILITATOR, Given
from workshop.features.polls.poll import Ballot, Poll, Result, Running, Turnout
from workshop.features.polls.rules import polls
from workshop.people import SYSTEM, Person

OPTIONS = ["soup", "salad"]
SINGLE = {"kind": "single", "options": OPTIONS}
KIOSK = Person("kiosk", "", role="kiosk")


def plan(**fields: Any) -> dict[str, Any]:
    return {"question": "Lunch?", "form": SINGLE, "grace": 0} | fields


class Polled(Given):
    """One poll, drafted as "c1"."""

    def __init__(self, *seated: Person, **fields: Any) -> None:
        super().__init__(polls, *seated)
        self.done(FACILITATOR, "draft", plan=plan(**fields))

    def opened(self) -> Polled:
        self.done(FACILITATOR, "open", poll="c1")
        return self

    def voted(self, by: Person, answer: Any, **fields: Any) -> Polled:
        self.done(by, "vote", poll="c1", version=1, answer=answer, **fields)
        return self

    def counted(self) -> Polled:
        self.done(SYSTEM, "count", poll="c1")
        return self

    def closed(self) -> Polled:
        self.done(FACILITATOR, "close", poll="c1")
        return self

    def ended(self) -> Polled:
        """The grace is over."""
        self.wait(60).done(SYSTEM, "end", poll="c1")
        return self

    def published(self) -> Polled:
        self.done(FACILITATOR, "publish", poll="c1")
        return self

    def unsealed(self) -> Polled:
        """What the teller finds in the envelopes is counted."""
        envelopes = [each for key, each in self.beside.items() if key.startswith("polls.envelope")]
        self.done(
            SYSTEM,
            "unseal",
            poll="c1",
            answers=[each.answer for each in envelopes],
            codes=[each.code for each in envelopes if each.code],
            missing=0,
        )
        return self

    @property
    def poll(self) -> Poll:
        return self.records.find(Poll, "c1")

    @property
    def result(self) -> Result | None:
        return self.records.find(Result, "c1")

    @property
    def turnout(self) -> Turnout | None:
        return self.records.find(Turnout, "c1")

    @property
    def ballots(self) -> list[Ballot]:
        return self.records.all(Ballot)

    def running(self, audience: str) -> Running | None:
        return self.records.find(Running, f"c1:{audience}")


def crowd(n: int, place: str = "hall", **fields: Any) -> list[Person]:
    return [Person(f"{place}{i}", f"P{i}", place=place, **fields) for i in range(n)]
