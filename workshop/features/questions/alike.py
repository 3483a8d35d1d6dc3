"""Alike: whether two questions ask the same. Pure; `static/src/questions/alike.ts` is its twin.

Each question is read as the words that say what it is about: without accents, elisions, words
that any question has, and endings. Two are alike if those words are mostly the same. It knows
French and English, takes Corsican as it comes, and proposes: people decide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from unicodedata import normalize

ENOUGH = 0.5
"""From here on two questions are proposed as alike. Chosen on one half of tests/vectors/alike.json,
measured on the other: see docs/adr/0017."""
WORD = re.compile(r"[^\W_]+")
ACCENTS = re.compile(r"[\u0300-\u036f]")
LEFT = 3  # letters of a word that an ending never takes
KEPT = 1000  # texts whose words are kept: those of 500 questions were read in 1.6 s, at each asking

WORDS = json.loads(Path(__file__).with_name("alike.json").read_text(encoding="utf-8"))
EMPTY = frozenset(WORDS["empty"])
"""What any question may have, as `plain` writes it."""
ENDINGS: tuple[str, ...] = tuple(WORDS["endings"])
"""The longest first."""


def likeness(one: str, other: str) -> float:
    """From 0, nothing in common, to 1."""
    return shared(stems(one), stems(other))


def shared(first: frozenset[str], second: frozenset[str]) -> float:
    common = len(first & second)
    if common < 2 and first != second:
        return 0.0  # one word in common is a subject, not a question
    return 2 * common / max(1, len(first) + len(second))


def alike(text: str, others: Iterable[tuple[str, str]], most: int = 3) -> list[str]:
    """The ids, of pairs of an id and a text, of those that ask the same, likest first."""
    asked = stems(text)
    scored = [(shared(asked, stems(other)), id) for id, other in others]
    enough = sorted((pair for pair in scored if pair[0] >= ENOUGH), key=lambda pair: -pair[0])
    return [id for _, id in enough[:most]]


@lru_cache(KEPT)
def stems(text: str) -> frozenset[str]:
    """The words that say what it is about, without their endings."""
    return frozenset(stem(each) for each in WORD.findall(plain(text)) if each not in EMPTY)


def plain(text: str) -> str:
    """Small letters without accents."""
    spelt = ACCENTS.sub("", normalize("NFKD", text)).lower()
    return spelt.replace("œ", "oe").replace("æ", "ae")


def stem(word: str) -> str:
    """The word without its ending, and without what one writes twice before it."""
    ending = next((each for each in ENDINGS if ends(word, each)), "")
    left = word.removesuffix(ending)
    return left[:-1] if len(left) > LEFT and left[-1] == left[-2] else left


def ends(word: str, ending: str) -> bool:
    return word.endswith(ending) and len(word) - len(ending) >= LEFT
