"""Paper: the minutes of one session as they are to be written, and in what forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from django.utils.translation import gettext, override

from workshop.minutes.blocks import expand
from workshop.minutes.languages import beside, name_of
from workshop.minutes.tree import Node
from workshop.records import Records


@dataclass(frozen=True)
class Paper:
    """`tree` has no live blocks left; `lines` stand below the title; dates are for the reader,
    `made` for the file itself."""

    title: str
    language: str
    lines: tuple[str, ...]
    tree: Node
    made: datetime
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Heading:
    """What stands above the minutes of a session."""

    title: str
    language: str
    lines: tuple[str, ...]
    made: datetime


def paper(heading: Heading, tree: Node, records: Records, zone: tzinfo) -> Paper:
    """The minutes with the room's records written into them, in the session's language; both
    languages side by side where there are two. `zone` is where the hours are told."""
    with override(heading.language):
        whole = expand(beside(tree, heading.language), records, zone)
        words = said(heading.language)
    return Paper(heading.title, heading.language, heading.lines, whole, heading.made, words)


def said(language: str) -> dict[str, str]:
    """The words that the formats themselves need, in the language that is on."""
    return {
        "minutes": gettext("Minutes"),
        "untranslated": gettext("not translated yet"),
        "done": gettext("done"),
        "open": gettext("to do"),
        "ins": gettext("added:"),
        "del": gettext("removed:"),
        "erased": gettext("erased words"),
        "empty": gettext("Nothing is written yet."),
        **{f"in {each}": name_of(each) for each in ("fr", "en", "co")},
    }
