"""What tests ask when it does not matter what: a vote with one choice, closed without a grace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def asked(question: str, options: Sequence[str] = ("a", "b"), **fields: Any) -> dict[str, Any]:
    """The plan of a poll, as `polls.draft` takes it."""
    form = {"kind": "single", "options": list(options)}
    return {"question": question, "form": form, "grace": 0} | fields


def ballot(poll: str, answer: Any) -> dict[str, Any]:
    """A vote in a poll that nobody has changed."""
    return {"poll": poll, "version": 1, "answer": answer}
