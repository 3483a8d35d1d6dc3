"""Polls: a question in one of many forms, one ballot each, secret if need be, and a result that
says how it came about."""

from __future__ import annotations

from workshop.features.polls import casting, life, paper, preparing, secret
from workshop.features.polls.poll import Ballot, Poll, Result, Running, Sheet, Turnout, polls
from workshop.features.polls.results import Opened
from workshop.features.polls.secret import to_count

__all__ = [
    "Ballot", "Opened", "Poll", "Result", "Running", "Sheet", "Turnout", "casting", "life", "paper",
    "polls", "preparing", "secret", "to_count",
]  # fmt: skip
