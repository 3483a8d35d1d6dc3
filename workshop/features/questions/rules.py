"""Questions: what people ask, held for approval or shown at once, supported, answered, kept.

A question without a name is without one for everybody: who asked stands in a record that only they
may see (`Asker`). See docs/adr/0017.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from msgspec import Meta

from workshop.feature import NO_NUL, SAYS_SOMETHING, Call, Id, Refused
from workshop.features.questions import support
from workshop.features.questions.records import (
    LONGEST_TEXT,
    Asker,
    From,
    Question,
    Rules,
    State,
    Sum,
    Supporters,
    merged_into,
    questions,
    root,
    rules_of,
    the,
)
from workshop.features.questions.support import recounted
from workshop.people import FACILITATORS, WRITERS
from workshop.records import Changes, Record, Records, drop, put

__all__ = ["questions", "support"]

Text = Annotated[str, Meta(max_length=LONGEST_TEXT, pattern=SAYS_SOMETHING)]
Name = Annotated[str, Meta(max_length=60, pattern=NO_NUL)]
Why = Annotated[str, Meta(max_length=200, pattern=NO_NUL)]
Hands = Annotated[int, Meta(ge=0, le=100_000)]
WAITING = 10  # questions of one person that nobody has dealt with yet


# Asking ------------------------------------------------------------------------------------


@questions.rule()
def ask(records: Records, call: Call, *, text: Text, anonymous: bool = False) -> Changes:
    """Ask something of whoever is on the stage."""
    rules = rules_of(records)
    check_may_ask(records, call, rules, anonymous)
    question = Question(
        id=call.ref,
        text=text.strip(),
        name="" if anonymous else call.by.name,
        place=None if anonymous else call.by.place,
        at=call.at,
        seq=call.seq,
        state="held" if rules.held else "open",
    )
    return put(question, Asker(id=call.ref, person=call.by.id, text=question.text, at=call.at))


def check_may_ask(records: Records, call: Call, rules: Rules, anonymous: bool) -> None:
    """Raises Refused where the rules are against it."""
    if not rules.open:
        raise Refused("questions-closed")
    if rules.asked_from not in ("everyone", call.by.place):
        raise Refused("not-from-there")
    if anonymous and not rules.anonymous:
        raise Refused("not-anonymous")
    if waiting(records, call.by.id) >= WAITING:
        raise Refused("too-many-of-yours")


def waiting(records: Records, person: str) -> int:
    """How many questions of this person nobody has dealt with yet."""
    theirs = [each.id for each in records.all(Asker) if each.person == person]
    found = (records.find(Question, each) for each in theirs)
    return sum(1 for each in found if each and each.state in ("held", "open"))


@questions.rule()
def withdraw(records: Records, call: Call, *, question: Id) -> Changes:
    """Take back one's own question, until it is answered. What was merged into it stands by itself
    again: nobody else's words go with it."""
    asked, asker = the(records, question), records.find(Asker, question)
    if asker is None or asker.person != call.by.id:
        raise Refused("not-allowed")
    if asked.state in ("answering", "answered", "archived"):
        raise Refused("not-at-this-state")
    parted = [alone(each) for each in merged_into(records, question)]
    sums = (records.find(Sum, question), records.find(Supporters, question))
    gone: list[Record] = [asked, asker, *(each for each in sums if each)]
    heads = [root(records, asked)] if asked.state == "merged" else []
    changes = drop(*gone)
    for each in parted:
        changes |= put(each) | told(records, each)
    return recounted(records, call, changes, *heads, *parted)


@questions.rule(by=WRITERS)
def type_in(records: Records, call: Call, *, text: Text, name: Name = "") -> Changes:
    """Type in a question for somebody in the hall; their name is not needed."""
    return put(
        Question(
            id=call.ref,
            text=text.strip(),
            name=name.strip(),
            place="hall",
            at=call.at,
            seq=call.seq,
            state="open",
            typed=True,
        )
    )


@questions.rule(by=WRITERS)
def count_hands(records: Records, call: Call, *, question: Id, hands: Hands) -> Changes:
    """Note how many raise a hand for a question in the hall. A new count takes the place of the one
    before."""
    asked = the(records, question, "open", "answering")
    if asked.hands == hands:
        raise Refused("nothing-new")
    return put(replace(asked, hands=hands))


# Facilitating ------------------------------------------------------------------------------


@questions.rule(by=FACILITATORS)
def set_rules(
    records: Records,
    call: Call,
    *,
    open: bool,
    held: bool,
    anonymous: bool,
    against: bool,
    asked_from: From,
) -> Changes:
    """Say how questions are asked from now on. What was asked stays as it is."""
    rules = Rules(
        id="rules", open=open, held=held, anonymous=anonymous, against=against,
        asked_from=asked_from,
    )  # fmt: skip
    if rules == rules_of(records):
        raise Refused("nothing-new")
    return put(rules)


@questions.rule(by=FACILITATORS)
def approve(records: Records, call: Call, *, question: Id) -> Changes:
    """Show a question that was held, or refused, to everyone."""
    asked, asker = the(records, question, "held", "refused"), records.find(Asker, question)
    news = [replace(asker, refused=False, why="")] if asker and asker.refused else []
    return put(replace(asked, state="open"), *news)


@questions.rule(by=FACILITATORS)
def refuse(records: Records, call: Call, *, question: Id, why: Why = "") -> Changes:
    """Keep a question from everyone, or take it from them. Whoever asked is told why."""
    asked, asker = the(records, question, "held", "open"), records.find(Asker, question)
    if next(merged_into(records, question), None):
        raise Refused("others-are-merged")
    news = [replace(asker, refused=True, why=why.strip())] if asker else []
    return put(replace(asked, state="refused"), *news)


@questions.rule(by=FACILITATORS)
def take_up(records: Records, call: Call, *, question: Id) -> Changes:
    """Pin a question as the one that is being answered. One at a time: everybody is to know which
    an answer belongs to."""
    asked = the(records, question, "open")
    if any(each.state == "answering" for each in records.all(Question)):
        raise Refused("another-is-taken-up")
    return put(replace(asked, state="answering", answering_at=call.at, answered_at=0))


@questions.rule(by=FACILITATORS)
def answer(records: Records, call: Call, *, question: Id) -> Changes:
    """Say that a question has been answered, just now."""
    asked = the(records, question, "open", "answering")
    began = asked.answering_at if asked.state == "answering" else call.at
    return put(replace(asked, state="answered", answering_at=began, answered_at=call.at))


@questions.rule(by=FACILITATORS)
def put_back(records: Records, call: Call, *, question: Id) -> Changes:
    """Put a question back among those that wait for an answer."""
    asked = the(records, question, "answering", "answered", "archived")
    return put(replace(asked, state="open", answering_at=0, answered_at=0))


@questions.rule(by=FACILITATORS)
def archive(records: Records, call: Call, *, question: Id) -> Changes:
    """Put a question away: it is still to be read, and waits for no answer."""
    return put(replace(the(records, question, "open", "answered"), state="archived"))


MERGED: tuple[State, ...] = ("held", "open")


@questions.rule(by=FACILITATORS)
def merge(records: Records, call: Call, *, question: Id, into: Id) -> Changes:
    """Merge a question into one like it: whoever supports either supports both, once."""
    if question == into:
        raise Refused("the-same-question")
    asked, head = the(records, question, *MERGED), the(records, into, "open", "answering")
    merged = replace(asked, state="merged", before=asked.state, into=into)
    return recounted(records, call, put(merged) | told(records, merged), head)


@questions.rule(by=FACILITATORS)
def part(records: Records, call: Call, *, question: Id) -> Changes:
    """Part a question again from the one it was merged into, with those who supported it."""
    asked = the(records, question, "merged")
    parted = alone(asked)
    changes = put(parted) | told(records, parted)
    return recounted(records, call, changes, root(records, asked), parted)


def alone(merged: Question) -> Question:
    """A question that was merged, as it stood before."""
    return replace(merged, state=merged.before, into="")


def told(records: Records, question: Question) -> Changes:
    """Whoever asked what nobody else has seen learns what it was merged into."""
    asker = records.find(Asker, question.id)
    if asker is None or question.before != "held":
        return {}
    return put(replace(asker, into=question.into))
