"""The minutes: who may write in them, what the text refers to, what is said about it, and its life.
The text itself is a document (`realtime/documents/`)."""

from __future__ import annotations

from workshop.features.minutes import facts, life, steps, threads, versions, writing
from workshop.features.minutes.facts import due_notes
from workshop.features.minutes.feature import minutes
from workshop.features.minutes.life import to_seal
from workshop.features.minutes.writing import may_write

__all__ = [
    "due_notes", "facts", "life", "may_write", "minutes", "steps", "threads", "to_seal",
    "versions", "writing",
]  # fmt: skip
