"""Results: the count, always made from the ballots and never added to, and what of it may be told.

A count by place or group could tell how somebody voted: where a vote is not public, a part of the
voters is told only if each answer in it was given by several people, and if nothing else that is
told lets one work it out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from workshop.feature import Call
from workshop.features.polls.answers import Answer
from workshop.features.polls.counting import Line, count
from workshop.features.polls.electorate import entitled
from workshop.features.polls.forms import AnyForm
from workshop.features.polls.outcomes import AnyOutcome, smallest
from workshop.features.polls.poll import (
    AUDIENCES,
    Ballot,
    HandCount,
    Part,
    Poll,
    Result,
    Running,
    Sheet,
    Turnout,
    ballots_of,
    polls,
    sheets_of,
)
from workshop.records import Changes, Record, Records, drop, put

FEW = 5  # fewer people than this could be known by name

CHANNELS = ("hall", "remote", "kiosk")
PAPER = "paper"  # the part that was counted by hand, however it was

Parts = Mapping[str, list[Line]]


@polls.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Record):
    """What lay in the envelopes of a secret vote: two lists, each sorted by itself. Told to nobody
    as a record: the page of the result publishes it."""

    ballots: list[Answer] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    @property
    def audience(self) -> str:
        return "system"


def counted(records: Records, call: Call, poll: Poll, *, last: bool = False) -> Changes:
    """The turnout, and the running count for those who may see it; after the `last` for nobody: the
    result takes its place."""
    ballots = ballots_of(records, poll.id)
    seers = set() if last else seers_of(poll)
    before = [each for each in records.all(Running) if each.poll == poll.id]
    gone = drop(*(each for each in before if each.seen_by not in seers))
    turnout = turnout_of(records, call, poll, ballots)
    if not seers or not may_tell(records, poll, ballots):
        told = [replace(before[0], id=f"{poll.id}:{s}", seen_by=s) for s in seers if before]
        return gone | put(turnout, *told)
    outcome = running_outcome(records, poll, ballots)
    return gone | put(replace(turnout, told=turnout.upto), *running(poll, outcome, seers))


def recounted(records: Records, call: Call, poll: Poll) -> Changes:
    """The result of a closed poll, with another sheet."""
    before = records.find(Result, poll.id)
    assert before, "a poll is counted when it ends"
    hashes = {name: getattr(before, name) for name in KEPT}
    ballots = ballots_of(records, poll.id)
    turnout = turnout_of(records, call, poll, ballots)
    return put(replace(result_of(records, call, poll), **hashes), turnout)


KEPT = ("missing", "lost", "ballots_sha256", "codes_sha256")  # what no sheet changes


def result_of(records: Records, call: Call, poll: Poll) -> Result:
    """The count of all ballots and confirmed sheets, for facilitators to publish."""
    ballots = ballots_of(records, poll.id)
    sheets = [each for each in sheets_of(records, poll.id) if each.confirmed]
    turnout = turnout_of(records, call, poll, ballots)
    by_hand = [line for sheet in sheets for line in lines_of_sheet(sheet)]
    opened = records.find(Opened, poll.id)
    cast = [Line(each) for each in opened.ballots] if opened else lines_of(ballots)
    form, by_hand_voters = poll.plan.form, turnout.paper
    return Result(
        id=poll.id,
        outcome=count(form, [*cast, *by_hand], voters=len(cast) + by_hand_voters),
        parts=parts_of(poll, ballots, by_hand, by_hand_voters),
        hall=turnout.hall,
        remote=turnout.remote,
        kiosk=turnout.kiosk,
        paper=turnout.paper,
        entitled=turnout.entitled,
        sheets=[HandCount(s.channel, s.voters, s.name, s.second_name) for s in sheets],
    )


# Turnout ----------------------------------------------------------------------------------


def turnout_of(records: Records, call: Call, poll: Poll, ballots: list[Ballot]) -> Turnout:
    channels = [ballot.channel for ballot in ballots]
    sheets = [each for each in sheets_of(records, poll.id) if each.confirmed]
    voted = {ballot.person for ballot in ballots if ballot.channel != "kiosk"}
    before = records.find(Turnout, poll.id)
    return Turnout(
        id=poll.id,
        hall=channels.count("hall"),
        remote=channels.count("remote"),
        kiosk=channels.count("kiosk"),
        paper=sum(sheet.voters for sheet in sheets),
        entitled=len(entitled(records, poll, call.seated()) | voted),  # who voted may have left
        at=call.at,
        upto=call.seq - 1,
        told=before.told if before else 0,
    )


# While people vote ------------------------------------------------------------------------


def seers_of(poll: Poll) -> set[str]:
    """The audiences that see the running count: nobody that of a secret vote."""
    return set() if poll.plan.secrecy == "secret" else {AUDIENCES[each] for each in poll.plan.live}


def may_tell(records: Records, poll: Poll, ballots: list[Ballot]) -> bool:
    """Whoever watches a count grow by one knows how the one voted who has just done so: unless the
    vote is public, it grows by several at a time. Hiding and showing it again changes nothing."""
    before = records.find(Turnout, poll.id)
    if before is None or poll.plan.secrecy == "public":
        return True
    return sum(ballot.seq > before.told for ballot in ballots) >= FEW


def running_outcome(records: Records, poll: Poll, ballots: list[Ballot]) -> AnyOutcome:
    sheets = [each for each in sheets_of(records, poll.id) if each.confirmed]
    by_hand = [line for sheet in sheets for line in lines_of_sheet(sheet)]
    voters = len(ballots) + sum(sheet.voters for sheet in sheets)
    return count(poll.plan.form, [*lines_of(ballots), *by_hand], voters=voters)


def running(poll: Poll, outcome: AnyOutcome, audiences: Iterable[str]) -> list[Running]:
    return [
        Running(id=f"{poll.id}:{each}", poll=poll.id, seen_by=each, outcome=outcome)
        for each in sorted(audiences)
    ]


# Parts ------------------------------------------------------------------------------------


def parts_of(
    poll: Poll, ballots: list[Ballot], by_hand: list[Line], by_hand_voters: int
) -> list[Part]:
    """The count by where people voted, and by the groups that the poll knows. The envelopes of a
    secret vote say nothing of either."""
    secret = poll.plan.secrecy == "secret"
    by_channel = {
        name: [Line(b.answer) for b in ballots if b.channel == name and b.answer is not None]
        for name in CHANNELS
    } | {PAPER: by_hand}
    voters = {name: len(lines) for name, lines in by_channel.items()} | {PAPER: by_hand_voters}
    found = {} if secret else {name: lines for name, lines in by_channel.items() if voters[name]}
    parts = told(poll, found, voters) if len(found) > 1 else []
    for axis in () if secret else by_axis(ballots):
        parts += told(poll, axis, {name: len(lines) for name, lines in axis.items()})
    return parts


def by_axis(ballots: list[Ballot]) -> list[Parts]:
    """The lines of each group ("commune:Ajaccio"), by axis ("commune"). Whoever is in none is a
    part too ("commune:"): what the others leave of the total is theirs."""
    cast = [each for each in ballots if each.answer is not None]
    axes = sorted({axis_of(group) for each in cast for group in each.groups})
    return [by_group(axis, cast) for axis in axes]


def by_group(axis: str, ballots: list[Ballot]) -> Parts:
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    for ballot in ballots:
        here = [each for each in ballot.groups if axis_of(each) == axis] or [f"{axis}:"]
        for group in here:
            lines[group] += lines_of([ballot])
    return dict(sorted(lines.items()))


def axis_of(group: str) -> str:
    return group.partition(":")[0]


def told(poll: Poll, parts: Parts, voters: Mapping[str, int]) -> list[Part]:
    form = poll.plan.form
    outcomes = {name: count(form, lines, voters=voters[name]) for name, lines in parts.items()}
    kept = set() if poll.plan.secrecy == "public" else withheld(form, parts, outcomes, voters)
    return [
        Part(name, voters[name], None if name in kept else outcome)
        for name, outcome in outcomes.items()
    ]


def withheld(
    form: AnyForm, parts: Parts, outcomes: Mapping[str, AnyOutcome], voters: Mapping[str, int]
) -> set[str]:
    """The parts that may not be told: those in which some answer is that of few, and as many more,
    the smallest first, as it takes that what is left out cannot be worked out from the total either
    (complementary suppression, as in Hundepool et al., Statistical Disclosure Control, 2012)."""
    kept = {name for name, outcome in outcomes.items() if smallest(outcome) < FEW}
    rest = sorted(outcomes.keys() - kept - {PAPER}, key=lambda name: voters[name], reverse=True)
    while kept and rest and uncovered(form, parts, kept):
        kept.add(rest.pop())
    return kept


def uncovered(form: AnyForm, parts: Parts, kept: set[str]) -> bool:
    """Whether what is left out can be worked out. What was counted by hand hides nothing else: two
    officers know it, and of raised hands the whole hall does."""
    by_hand = [line for name in kept & {PAPER} for line in parts[name]]
    others = [line for name in kept - {PAPER} for line in parts[name]]
    return tells(form, others) or (tells(form, by_hand) and tells(form, [*by_hand, *others]))


def tells(form: AnyForm, lines: list[Line]) -> bool:
    return smallest(count(form, lines)) < FEW


# Lines ------------------------------------------------------------------------------------


def lines_of(ballots: Iterable[Ballot]) -> list[Line]:
    return [Line(ballot.answer) for ballot in ballots if ballot.answer is not None]


def lines_of_sheet(sheet: Sheet) -> list[Line]:
    return [Line(answer, times) for answer, times in sheet.lines]
