"""Polls: a question with options, one ballot each, and a result.

A poll, each ballot, the running tally, the turnout and the result are separate records because
they change at their own pace and are for different eyes: drafts are the facilitators', a ballot
is its owner's, the tally stays with the facilitators, the turnout is everyone's while people
vote, and the result is everyone's once published.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from msgspec import Meta

from workshop.feature import SAYS_SOMETHING, Call, Due, Feature, Id, Refused
from workshop.people import FACILITATORS, SYSTEM_ONLY, Place
from workshop.records import Changes, Record, Records, drop, put

polls = Feature("polls")

COUNT_EVERY = 0.5  # seconds: a thousand votes in a burst make two frames a second, not a thousand
FEW = 5  # an answer given by fewer people of a place is not told by place: it could name them

Question = Annotated[str, Meta(max_length=500, pattern=SAYS_SOMETHING)]
Option = Annotated[str, Meta(max_length=200, pattern=SAYS_SOMETHING)]
Options = Annotated[list[Option], Meta(min_length=2, max_length=20)]
Status = Literal["draft", "open", "closed", "published"]


@polls.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Poll(Record):
    question: str
    options: list[str]
    seq: int
    status: Status = "draft"
    opened_at: float = 0
    closed_at: float = 0

    @property
    def audience(self) -> str:
        return "facilitators" if self.status == "draft" else "all"


@polls.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot(Record):
    """One person's answer. Its id is `poll:person`: there cannot be two."""

    poll: str
    person: str
    place: Place
    option: int
    seq: int

    @property
    def audience(self) -> str:
        return self.person


@polls.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Turnout(Record):
    """How many have voted, by place, under the poll's id."""

    hall: int
    remote: int


@polls.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Tally(Record):
    """The running count of each option by place, under the poll's id; `upto` is the last entry
    it has counted."""

    hall: list[int]
    remote: list[int]
    at: float
    upto: int

    @property
    def audience(self) -> str:
        return "facilitators"


@polls.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Record):
    """The published count. `split` gives (hall, remote) for each option, or is empty where that
    could tell who gave an answer of few."""

    votes: list[int]
    hall: int
    remote: int
    split: list[tuple[int, int]]


@polls.rule(by=FACILITATORS)
def draft(records: Records, call: Call, *, question: Question, options: Options) -> Changes:
    """Prepare a poll. Nobody but facilitators hears of it until it is opened."""
    return put(
        Poll(id=call.ref, question=question.strip(), options=distinct(options), seq=call.seq)
    )


@polls.rule(by=FACILITATORS)
def edit(
    records: Records, call: Call, *, poll: Id, question: Question, options: Options
) -> Changes:
    """Change a draft. What has been opened stays as people saw it."""
    drafted = the(records, poll, "draft")
    return put(replace(drafted, question=question.strip(), options=distinct(options)))


@polls.rule(by=FACILITATORS)
def discard(records: Records, call: Call, *, poll: Id) -> Changes:
    """Throw a draft away."""
    return drop(the(records, poll, "draft"))


@polls.rule(by=FACILITATORS)
def open(records: Records, call: Call, *, poll: Id) -> Changes:
    """Let people vote. One poll at a time, so that nobody votes on the wrong question."""
    drafted = the(records, poll, "draft")
    if any(each.status == "open" for each in records.all(Poll)):
        raise Refused("another-is-open")
    return put(replace(drafted, status="open", opened_at=call.at)) | counted(records, call, drafted)


@polls.rule()
def vote(records: Records, call: Call, *, poll: Id, option: int) -> Changes:
    """Vote, or change your vote, while the poll is open."""
    if not 0 <= option < len(the(records, poll, "open").options):
        raise Refused("no-such-option")
    return put(
        Ballot(
            id=f"{poll}:{call.by.id}",
            poll=poll,
            person=call.by.id,
            place=call.by.place,
            option=option,
            seq=call.seq,
        )
    )


@polls.rule(by=SYSTEM_ONLY)
def count(records: Records, call: Call, *, poll: Id) -> Changes:
    """Bring the tally and the turnout of an open poll up to date."""
    return counted(records, call, the(records, poll, "open"))


@polls.rule(by=FACILITATORS)
def close(records: Records, call: Call, *, poll: Id) -> Changes:
    """End the voting. The result stays with the facilitators until it is published."""
    opened = the(records, poll, "open")
    closed = replace(opened, status="closed", closed_at=call.at)
    return put(closed) | counted(records, call, opened)


@polls.rule(by=FACILITATORS)
def publish(records: Records, call: Call, *, poll: Id) -> Changes:
    """Show everyone the result."""
    closed = the(records, poll, "closed")
    tally = records.find(Tally, poll)
    assert tally, "a poll is counted when it closes"
    return put(replace(closed, status="published"), result(tally))


@polls.due
def uncounted(records: Records, now: float) -> Iterator[Due]:
    """Open polls with ballots that the tally does not show yet."""
    for poll in records.all(Poll):
        tally = records.find(Tally, poll.id)
        # Either way: a clock that was set back must not stop the counting.
        if poll.status == "open" and tally and abs(now - tally.at) >= COUNT_EVERY:
            newest = max((each.seq for each in ballots(records, poll.id)), default=0)
            if newest > tally.upto:
                yield Due("polls.count", f"polls.count:{poll.id}:{newest}", {"poll": poll.id})


def counted(records: Records, call: Call, poll: Poll) -> Changes:
    """The tally and the turnout as the ballots have it: always counted, never added to."""
    by_place = {"hall": [0] * len(poll.options), "remote": [0] * len(poll.options)}
    for ballot in ballots(records, poll.id):
        by_place[ballot.place][ballot.option] += 1
    hall, remote = by_place["hall"], by_place["remote"]
    return put(
        Tally(id=poll.id, hall=hall, remote=remote, at=call.at, upto=call.seq - 1),
        Turnout(id=poll.id, hall=sum(hall), remote=sum(remote)),
    )


def result(tally: Tally) -> Result:
    split = list(zip(tally.hall, tally.remote, strict=True))
    votes = [hall + remote for hall, remote in split]
    tells_who = any(0 < each < FEW for place in (tally.hall, tally.remote) for each in place)
    return Result(
        id=tally.id,
        votes=votes,
        hall=sum(tally.hall),
        remote=sum(tally.remote),
        split=[] if tells_who else split,
    )


def ballots(records: Records, poll: str) -> Iterator[Ballot]:
    return (each for each in records.all(Ballot) if each.poll == poll)


def distinct(options: list[str]) -> list[str]:
    stripped = [option.strip() for option in options]
    if len({option.casefold() for option in stripped}) < len(stripped):
        raise Refused("options-alike")
    return stripped


def the(records: Records, id: str, status: Status) -> Poll:
    """The poll, if it stands at this status. To people who may not see a draft, there is none."""
    poll = records.find(Poll, id)
    if poll is None or poll.status != status:
        raise Refused(f"not-{status}")
    return poll
