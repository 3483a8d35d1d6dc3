"""The minutes: the session's shared text, and what stands around it. The text itself is a document
(`realtime/documents/`)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from workshop.feature import SAYS_SOMETHING, Feature

minutes = Feature("minutes")

Words = Annotated[str, Meta(max_length=2000, pattern=SAYS_SOMETHING)]
Short = Annotated[str, Meta(max_length=200, pattern=SAYS_SOMETHING)]
