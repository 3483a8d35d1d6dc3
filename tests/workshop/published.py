"""A published vote, for pages and papers that show one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from msgspec import convert

from tests.asked import asked
from workshop.features.polls.outcomes import Shares
from workshop.features.polls.poll import Part, Plan, Poll, Result

PLAN = convert(asked("Quel jour ?", ["Mercredi", "Samedi"]), Plan)
POLL = Poll(id="7", plan=PLAN, seq=1)
PUBLISHED = replace(POLL, status="published")


def shares(*votes: int) -> Shares:
    return Shares(voters=sum(votes), method="plurality", votes=list(votes), base=sum(votes))


def result_of(outcome: Shares, *parts: Part, **fields: Any) -> Result:
    nobody = {"hall": 0, "remote": 0, "kiosk": 0, "paper": 0, "entitled": 0, "sheets": []}
    return Result(id="7", outcome=outcome, parts=list(parts), published=True, **(nobody | fields))


RESULT = result_of(
    shares(30, 12),
    Part("hall", 20, shares(14, 6)),
    Part("remote", 22, shares(16, 6)),
    hall=20,
    remote=22,
)
