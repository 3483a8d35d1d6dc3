"""Erasure: taking words, or a person, out of what was recorded. Pure: from a value to what remains.

What the law has taken out must be in no table, history or export any more. That something was
there may be seen: the sign that stands for it says neither what nor how much.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

ERASED = "█████"
SAID = frozenset({"text", "words", "quoted", "proposal", "what"})
"""Fields of a record that hold what somebody said themselves."""
OURS = frozenset(
    {
        *("id", "person", "poll", "message", "thread", "seen_by", "begin", "end", "source"),
        *("about", "status", "phase", "role", "place", "writing", "sha256"),
        *("before", "secrecy", "channel", "kind", "shape", "method", "map", "places"),
        *("live", "people", "second", "ballots_sha256", "codes_sha256", "codes"),
        *("declared", "consent_by"),
        *("state", "into", "group", "asked_from"),
    }
)
"""Fields of a record in which nobody writes: without them the room could not be opened any more,
and words to be taken out may well be "open", or two digits of an id."""
GROUPS = frozenset({"groups", "waiting"})
"""Fields that hold groups, "commune:Ajaccio": what is before the colon is an axis' id. Of a person
who is taken out, nobody is told any more where they belonged."""
CHOSEN = frozenset({"yes", "no", "abstain", "agree", "disagree", "pass"})
"""What a ballot says without anybody's words: it must still be possible to count it."""
MARKDOWN = r"(?:\\|\*|</?(?:strong|em)>|\[|\]\(<[^>\n]{0,2000}>\))*"
"""What our Markdown may have between two letters: escapes, stars, tags, a link's ends."""


@dataclass(frozen=True)
class Erasure:
    """What is to go: `words` wherever they stand, whatever their case; and all that `person` (an
    id) said, with `name`, under which they said it, wherever it stands. `asked` holds the keys of
    what is theirs and does not say so: questions."""

    words: str = ""
    person: str = ""
    name: str = ""
    asked: frozenset[str] = frozenset()

    @property
    def replace(self) -> Callable[[str], str]:
        """What remains of a text."""
        return self._replace()

    @property
    def replace_in_markdown(self) -> Callable[[str], str]:
        """What remains of a text in which there are signs between the letters."""
        return self._replace(MARKDOWN)

    def _replace(self, between: str = "") -> Callable[[str], str]:
        names = spellings(self.name, between)
        alone = [rf"(?<!\w){each}(?!\w)" for each in names]  # a name may be one letter
        gone = [*spellings(self.words, between), *alone]
        if not gone:
            return lambda text: text
        pattern = re.compile("|".join(sorted(gone, key=len, reverse=True)), re.IGNORECASE)
        return lambda text: pattern.sub(ERASED, text)

    def of_changes(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """What remains of an entry's changes, or of a snapshot's records: by key."""
        return {key: self.of_record(key, record) for key, record in changes.items()}

    def of_record(self, key: str, record: Any) -> Any:
        if not isinstance(record, dict):
            return record
        quoted = "message" in record and self.name and record.get("name") == self.name
        theirs = quoted or key in self.asked
        theirs = theirs or (self.person and self.person in (record.get("person"), record.get("id")))
        return {
            name: value if name in OURS else self._field(name, value, bool(theirs))
            for name, value in record.items()
        }

    def _field(self, name: str, value: Any, theirs: bool) -> Any:
        if theirs and name == "answer":
            return None  # it was counted; what it said is nobody's business any more
        if theirs and name in GROUPS:
            return []
        if theirs and name == "consent":
            return False
        if theirs and name in SAID and value:
            return ERASED
        if name in GROUPS:
            return self._of_groups(value)
        return shortened(self._in(value), value) if name == "plan" else self._in(value)

    def _of_groups(self, groups: list[str]) -> list[str]:
        """As the values of their axis are changed: whoever was in a group is in the same one."""
        parts = [each.partition(":") for each in groups]
        return [f"{axis}:{self._in(value)}" for axis, _, value in parts]

    def _in(self, value: Any) -> Any:
        match value:
            case str():
                return value if value in CHOSEN else self.replace(value)
            case list():
                return [self._in(each) for each in value]
            case dict():
                return {k: v if k in OURS else self._field(k, v, False) for k, v in value.items()}
        return value


def shortened(left: Any, before: Any) -> Any:
    """What is left of a plan, no text longer than it was: the sign may be longer than the word, and
    a room whose plans are longer than plans may be cannot be opened any more."""
    match left:
        case str():
            return left[: max(len(before), len(ERASED))]
        case list():
            return [shortened(*each) for each in zip(left, before, strict=True)]
        case dict():
            return {key: shortened(value, before[key]) for key, value in left.items()}
    return left


def spellings(words: str, between: str = "") -> set[str]:
    """Patterns of the same words, whatever space is between them and however their accents are
    told, with `between`, a pattern, between any two signs."""
    forms = (words, normalize("NFC", words), normalize("NFD", words))
    space = rf"{between}\s+{between}"
    return {
        space.join(between.join(map(re.escape, each)) for each in form.split()) for form in forms
    } - {""}
