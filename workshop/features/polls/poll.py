"""Polls: what is asked, of whom, how secretly, and the records that come of it.

A poll, each ballot, the turnout, the running count and the result are separate records because they
change at their own pace and are for different eyes: drafts are the facilitators', a ballot is its
owner's, the turnout is everyone's while people vote, and the result is everyone's once published.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from workshop.feature import NO_NUL, SAYS_SOMETHING, Feature, Id, Refused
from workshop.features.polls.answers import Answer
from workshop.features.polls.forms import AnyForm
from workshop.features.polls.outcomes import AnyOutcome
from workshop.people import Place
from workshop.records import Record, Records

polls = Feature("polls")

DAY = 24 * 60 * 60  # seconds
GRACE = 10  # seconds after the close in which a ballot that was already cast may still arrive

Secrecy = Literal["public", "confidential", "secret"]
Status = Literal["draft", "open", "closing", "counting", "closed", "published"]
"""`closing` is the grace after the close; `counting` is when the envelopes of a secret vote are
opened."""
Channel = Literal["hall", "remote", "kiosk"]
PaperChannel = Literal["hands", "cards", "paper"]
Seer = Literal["phones", "screen", "desk"]
"""Who sees the running count: everyone, the projector, the facilitators."""
AUDIENCES: dict[Seer, str] = {"phones": "all", "screen": "screens", "desk": "facilitators"}

Seers = Annotated[list[Seer], Meta(max_length=3)]
Question = Annotated[str, Meta(max_length=500, pattern=SAYS_SOMETHING)]
Group = Annotated[str, Meta(min_length=1, max_length=128, pattern=NO_NUL)]


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a facilitator decides beforehand; what is copied, exported and imported.

    Whoever takes part from one of `places` and belongs to one of `groups` may vote; an empty list
    asks for nothing. `seconds` is how long it stays open by itself (0: until it is closed), `grace`
    how long ballots on their way are waited for. `kiosk` lets kiosks vote, where one ballot a
    person cannot be promised.
    """

    question: Question
    form: AnyForm
    secrecy: Secrecy = "confidential"
    places: Annotated[list[Place], Meta(max_length=2)] = []
    groups: Annotated[list[Group], Meta(max_length=100)] = []
    live: Seers = msgspec.field(default_factory=lambda: ["desk"])
    seconds: Annotated[int, Meta(ge=0, le=DAY)] = 0
    grace: Annotated[int, Meta(ge=0, le=60)] = GRACE
    kiosk: bool = False


@polls.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Poll(Record):
    """`version` counts the changes of its plan: a ballot for another one is refused. `ends_at` is
    when it closes by itself, `until` the end of the grace; `before` is the poll of the round before
    this one, and one that was `set_aside` was begun again. Times in seconds since 1970, or 0."""

    plan: Plan
    seq: int
    version: int = 1
    status: Status = "draft"
    listed: bool = False
    opened_at: float = 0
    ends_at: float = 0
    closed_at: float = 0
    until: float = 0
    round: int = 1
    before: str = ""
    set_aside: bool = False

    @property
    def audience(self) -> str:
        return "facilitators" if self.status == "draft" else "all"


@polls.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Roll(Record):
    """The people who may vote in a listed poll, under its id."""

    people: list[str]

    @property
    def audience(self) -> str:
        return "facilitators"


@polls.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation(Record):
    """That someone is on the roll of a listed poll. Its id is `poll:person`."""

    poll: str
    person: str

    @property
    def audience(self) -> str:
        return self.person


@polls.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot(Record):
    """One person's ballot. Its id is `poll:person`: there cannot be two. In a secret vote it says
    only that they have voted: the answer is in a sealed envelope, which is not among the records.
    `since` is the entry in which they voted first, `seq` that in which they did last."""

    of: ClassVar[str] = "poll"

    poll: str
    person: str
    channel: Channel
    answer: Answer | None
    seq: int
    since: int = 0
    groups: list[str] = field(default_factory=list)

    @property
    def audience(self) -> str:
        return self.person


@polls.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Turnout(Record):
    """How many have voted from where, and how many of those in the room might, under the poll's id.
    `upto` is the last entry that is counted, `told` the last that a running count shows."""

    hall: int = 0
    remote: int = 0
    kiosk: int = 0
    paper: int = 0
    entitled: int = 0
    at: float = 0
    upto: int = 0
    told: int = 0


@polls.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Running(Record):
    """The count so far, for one audience. Its id is `poll:audience`."""

    poll: str
    seen_by: str
    outcome: AnyOutcome

    @property
    def audience(self) -> str:
        return self.seen_by


@polls.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet(Record):
    """Votes that were counted by hand: typed in by one officer, confirmed by a `second` one."""

    poll: str
    channel: PaperChannel
    lines: list[tuple[Answer, int]]
    voters: int
    person: str
    name: str
    second: str = ""
    second_name: str = ""

    @property
    def confirmed(self) -> bool:
        return bool(self.second)

    @property
    def audience(self) -> str:
        return "staff"


class Part(msgspec.Struct, frozen=True):
    """The count of some of the voters; no outcome where it could tell how somebody voted."""

    name: str
    voters: int
    outcome: AnyOutcome | None


class HandCount(msgspec.Struct, frozen=True):
    """A confirmed sheet, as the result shows it."""

    channel: PaperChannel
    voters: int
    name: str
    second_name: str


@polls.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Record):
    """The count, and how it came about, under the poll's id: the facilitators' until it is
    published. `missing` ballots could not be opened; all of them where the key was `lost`."""

    outcome: AnyOutcome
    parts: list[Part]
    hall: int
    remote: int
    kiosk: int
    paper: int
    entitled: int
    sheets: list[HandCount]
    published: bool = False
    missing: int = 0
    lost: bool = False
    ballots_sha256: str = ""
    codes_sha256: str = ""

    @property
    def audience(self) -> str:
        return "all" if self.published else "facilitators"


def the(records: Records, id: Id, *statuses: Status) -> Poll:
    """The poll, if it stands at one of these. To people who may not see a draft, there is none."""
    poll = records.find(Poll, id)
    if poll is None or poll.status not in statuses:
        raise Refused(f"not-{statuses[0]}")
    return poll


def ballots_of(records: Records, poll: str) -> list[Ballot]:
    return records.of(Ballot, poll)


def sheets_of(records: Records, poll: str) -> list[Sheet]:
    return [each for each in records.all(Sheet) if each.poll == poll]
