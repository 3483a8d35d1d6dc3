"""What is known of questions: the kinds of record, who may see each, and how to find them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from workshop.feature import Feature, Refused
from workshop.people import Place
from workshop.records import Record, Records

questions = Feature("questions")

State = Literal["held", "open", "answering", "answered", "archived", "refused", "merged"]
From = Literal["everyone", "hall", "remote"]

LONGEST_TEXT = 500  # signs

STANDING: frozenset[State] = frozenset({"open", "answering"})
"""Where a question can be supported."""


@questions.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Rules(Record):
    """How questions are asked here. There is one, under the id "rules"; until it is put, these are
    the rules."""

    open: bool = True
    held: bool = False
    anonymous: bool = True
    against: bool = False
    asked_from: From = "everyone"


@questions.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Record):
    """What was asked. Who asks without a name is not in it, nor from where: in a small session the
    place alone could tell. `typed` says that it was typed in for somebody in the hall; `hands` is
    how many were raised there for it; `before` is where it stood when it was merged."""

    text: str
    name: str
    place: Place | None
    at: float
    seq: int
    state: State
    typed: bool = False
    hands: int = 0
    answering_at: float = 0
    answered_at: float = 0
    into: str = ""
    before: State = "open"

    @property
    def audience(self) -> str:
        unseen = self.before if self.state == "merged" else self.state
        return "facilitators" if unseen in ("held", "refused") else "all"


@questions.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Asker(Record):
    """Who asked, under the question's id, with their own words and what became of them: for their
    eyes alone, so that even facilitators do not learn who asked without a name. `into` is what it
    was merged into before anybody else saw it."""

    person: str
    text: str
    at: float
    refused: bool = False
    why: str = ""
    into: str = ""

    @property
    def audience(self) -> str:
        return self.person


@questions.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Support(Record):
    """One person's word on a question, by its id. The record's own is `question:person`: there
    cannot be two."""

    about: str
    person: str
    place: Place
    against: bool
    seq: int

    @property
    def audience(self) -> str:
        return self.person


@questions.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Sum(Record):
    """The support of a question and of those merged into it (`group`, itself first), moved by every
    word, under the question's id. It is told to nobody: see `Supporters`."""

    group: list[str]
    hall: int = 0
    remote: int = 0
    hall_against: int = 0
    remote_against: int = 0
    seq: int = 0

    @property
    def audience(self) -> str:
        return "nobody"


@questions.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Supporters(Record):
    """How many support a question, as it is told, under its id. `upto` is the last word in it."""

    hall: int
    remote: int
    hall_against: int
    remote_against: int
    at: float
    upto: int


def rules_of(records: Records) -> Rules:
    return records.find(Rules, "rules") or Rules(id="rules")


def the(records: Records, id: str, *states: State) -> Question:
    """The question, if it stands at one of these states."""
    question = records.find(Question, id)
    if question is None or (states and question.state not in states):
        raise Refused("unknown-question" if question is None else "not-at-this-state")
    return question


def root(records: Records, question: Question) -> Question:
    """What it was merged into, in the end: itself, if into nothing."""
    while question.state == "merged":
        question = the(records, question.into)
    return question


def sum_of(records: Records, question: str) -> Sum:
    return records.find(Sum, question) or Sum(id=question, group=[question])


def words_of(records: Records, person: str, group: list[str]) -> list[Support]:
    """What one person has said of any of these questions, the newest first."""
    said = (records.find(Support, f"{each}:{person}") for each in group)
    return sorted((each for each in said if each), key=lambda each: -each.seq)


def merged_into(records: Records, id: str) -> Iterator[Question]:
    return (each for each in records.all(Question) if each.state == "merged" and each.into == id)


class Merged:
    """Which questions are merged into which, read once: looked for one by one, five hundred that
    are merged into one another were more calls than Python takes, and a rule that fails fails
    whatever was asked with it."""

    def __init__(self, records: Records) -> None:
        self._into: defaultdict[str, list[str]] = defaultdict(list)
        for each in records.all(Question):
            if each.state == "merged":
                self._into[each.into].append(each.id)

    def group(self, question: str) -> list[str]:
        """A question and all that is merged into it, itself first."""
        found = [question]
        for each in found:
            found += self._into.get(each, ())
        return found
