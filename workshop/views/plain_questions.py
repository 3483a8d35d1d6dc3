"""Questions as the plain page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from workshop.features.questions.ranking import ORDERS, Order, rank
from workshop.features.questions.records import (
    STANDING,
    Asker,
    Merged,
    Question,
    Support,
    Supporters,
    rules_of,
    words_of,
)
from workshop.people import Person
from workshop.records import Records


class Questions:
    """The questions as they are shown to one person."""

    def __init__(self, records: Records, person: Person, order: str, like: Sequence[str]) -> None:
        self.rules, self.records, self.person = rules_of(records), records, person
        self.order: Order = next((each for each in ORDERS if each == order), "support")
        known = standings(records, person.id, self.order)
        self.like = [each for id in like for each in known if each.question.id == id]
        self.standing = [each for each in known if each.question.state in STANDING]
        self.over = [each for each in known if each.question.state == "answered"]

    @property
    def orders(self) -> tuple[Order, ...]:
        """Best and controversy need two sides."""
        return ORDERS if self.rules.against else ("support", "newest")

    @property
    def may_ask(self) -> bool:
        here = self.rules.asked_from in ("everyone", self.person.place)
        return self.rules.open and here and self.person.role != "observer"

    @property
    def own(self) -> list[Asker]:
        """What one has asked and not everyone sees."""
        return [each for each in self.records.all(Asker) if not self._shown(each.id)]

    def _shown(self, id: str) -> bool:
        question = self.records.find(Question, id)
        return question is not None and question.audience == "all"


@dataclass(frozen=True)
class Standing:
    """A question, how it stands, and what the person has said of it."""

    question: Question
    count: Supporters | None
    word: Support | None
    mine: bool

    @property
    def up(self) -> int:
        count = self.count
        return (count.hall + count.remote if count else 0) + self.question.hands

    @property
    def down(self) -> int:
        return self.count.hall_against + self.count.remote_against if self.count else 0

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.question.at, UTC)


def standings(records: Records, person: str = "", order: Order = "support") -> list[Standing]:
    """The questions that everyone sees, in order; what is being answered comes first."""
    seen = [each for each in records.all(Question) if each.audience == "all"]
    merged = Merged(records)
    found = [standing(records, each, person, merged) for each in seen if each.state != "merged"]
    found.sort(key=lambda it: rank(order, it.up, it.down, it.question.at), reverse=True)
    return sorted(found, key=lambda it: it.question.state != "answering")


def standing(records: Records, question: Question, person: str, merged: Merged) -> Standing:
    words = words_of(records, person, merged.group(question.id))
    return Standing(
        question,
        records.find(Supporters, question.id),
        words[0] if words else None,
        records.find(Asker, question.id) is not None,
    )
