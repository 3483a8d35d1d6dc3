"""Secret votes: sealed envelopes while the vote is open, opened and counted when nobody can vote
any more, and two published lists: the ballots, and the receipt codes that lay with them.

What is here decides; the sealing, the key and its destruction are `workshop/votes/box.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from msgspec import Meta

from workshop.feature import Call, Id, Refused
from workshop.features.polls.answers import Answer, check, longest
from workshop.features.polls.forms import AnyForm
from workshop.features.polls.poll import Poll, ballots_of, polls, the
from workshop.features.polls.results import Opened, result_of, turnout_of
from workshop.people import SYSTEM_ONLY
from workshop.records import Changes, Record, Records, put

SEARCH = 60  # seconds after the end in which a process that has the key comes first
AROUND = 64  # bytes of an envelope's content besides the answer: the code and the brackets

Code = Annotated[str, Meta(max_length=12, pattern=r"^([23456789ABCDEFGHJKMNPQRSTUVWXYZ]{8,12})?$")]
"""A receipt: 8 signs or more of the join codes' alphabet. "" for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal(Record):
    """Asks for a key to the envelopes of a poll, under its id."""

    kind: ClassVar[str] = "polls.seal"
    beside: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope(Record):
    """A ballot to be sealed, `size` bytes long like all of its poll. Its id is `poll:person`."""

    kind: ClassVar[str] = "polls.envelope"
    beside: ClassVar[bool] = True

    poll: str
    person: str
    answer: Answer
    code: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Emptied(Record):
    """Asks for the envelopes of a poll to be done away with, under its id."""

    kind: ClassVar[str] = "polls.emptied"
    beside: ClassVar[bool] = True


@polls.rule(by=SYSTEM_ONLY)
def unseal(
    records: Records,
    call: Call,
    *,
    poll: Id,
    answers: list[Answer],
    codes: list[str],
    missing: int,
) -> Changes:
    """Count what lay in the envelopes. From here on nothing links an answer to a person: both lists
    are sorted by what they say and by nothing else. Who has voted and of whom no ballot was opened
    is `missing`, also where there is no envelope any more: that is not to pass unnoticed."""
    sealed = the(records, poll, "counting")
    opened, given = opened_of(sealed, answers, codes), len(answers) + missing
    now = records.fold(put(opened))
    result = replace(
        result_of(now, sealed, turnout_of(now, call, sealed)),
        missing=max(given, len(ballots_of(records, poll))) - len(opened.ballots),
        ballots_sha256=sha256(ballot_list(opened)),
        codes_sha256=sha256(code_list(opened)),
    )
    return put(replace(sealed, status="closed"), opened, result, Emptied(id=poll))


@polls.rule(by=SYSTEM_ONLY)
def lose(records: Records, call: Call, *, poll: Id) -> Changes:
    """Say that the key to the envelopes is lost: nobody can ever count them. Not at once: it may be
    this process alone that cannot find it, whose folder is another or is not mounted yet."""
    sealed = the(records, poll, "counting")
    if call.at < sealed.until + SEARCH:
        raise Refused("not-yet")
    lost = replace(result_of(records, sealed, turnout_of(records, call, sealed)), lost=True)
    return put(replace(sealed, status="closed"), lost, Emptied(id=poll))


def to_count(records: Records) -> list[str]:
    """The polls whose envelopes wait to be opened."""
    return [poll.id for poll in records.all(Poll) if poll.status == "counting"]


def envelope(poll: Poll, person: str, answer: Answer, code: str) -> Envelope:
    size = longest(poll.plan.form) + AROUND
    return Envelope(
        id=f"{poll.id}:{person}", poll=poll.id, person=person, answer=answer, code=code, size=size
    )


def opened_of(poll: Poll, answers: Iterable[Answer], codes: Iterable[str]) -> Opened:
    valid = [each for each in answers if is_valid(poll.plan.form, each)]
    return Opened(id=poll.id, ballots=sorted(valid, key=canonical), codes=sorted(codes))


def is_valid(form: AnyForm, answer: Answer) -> bool:
    try:
        return check(form, answer) == answer
    except Refused:
        return False


def ballot_list(opened: Opened) -> str:
    """The published list of ballots: one on each line, as JSON."""
    return "".join(f"{canonical(each)}\n" for each in opened.ballots)


def code_list(opened: Opened) -> str:
    """The published list of receipts."""
    return "".join(f"{code}\n" for code in opened.codes)


def canonical(answer: Answer) -> str:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
