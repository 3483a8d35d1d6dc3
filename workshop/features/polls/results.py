"""Results: the count, always made from the ballots and never added to, and what of it may be told.

A count by place or group could tell how somebody voted: where a vote is not public, a part of the
voters is told only if each answer in it was given by several people, and if nothing else that is
told lets one work it out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache

from workshop.feature import Call
from workshop.features.polls.answers import Answer
from workshop.features.polls.counting import Line, count
from workshop.features.polls.electorate import entitled
from workshop.features.polls.forms import AnyForm
from workshop.features.polls.outcomes import AnyOutcome, abridged, is_abridged, smallest
from workshop.features.polls.overlaps import withheld_too
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


@dataclass(frozen=True, slots=True)
class Portion:
    """Some of the voters: their ballots, or what was counted of them by hand."""

    ballots: list[Ballot]
    lines: list[Line]
    voters: int
    outcome: AnyOutcome


Cut = dict[str, Portion]
"""All voters, divided in one way: by place, or by the groups of one axis."""


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


def counted(records: Records, call: Call, poll: Poll) -> Changes:
    """The turnout, and the running count for those who may see it. In the grace the count stands
    still: who kept a stamp would vote knowing it."""
    ballots, seers = ballots_of(records, poll.id), seers_of(poll)
    before = running_of(records, poll)
    gone = drop(*(each for each in before if each.seen_by not in seers))
    turnout = turnout_of(records, call, poll)
    if not seers or poll.status == "closing" or not may_tell(records, poll, ballots):
        told = [replace(before[0], id=f"{poll.id}:{s}", seen_by=s) for s in seers if before]
        return gone | put(turnout, *told)
    outcome = outcome_of(poll, lines_of(ballots), by_hand(records, poll))
    told_now = running(poll, abridged(outcome), seers)
    return gone | put(replace(turnout, told=turnout.upto), *told_now)


def recounted(records: Records, call: Call, poll: Poll) -> Changes:
    """The result of a closed poll, with another sheet."""
    before = records.find(Result, poll.id)
    assert before, "a poll is counted when it ends"
    kept = {name: getattr(before, name) for name in KEPT}
    turnout = turnout_of(records, call, poll)
    return put(replace(result_of(records, poll, turnout), **kept), turnout)


KEPT = ("missing", "lost", "ballots_sha256", "codes_sha256")  # what no sheet changes


def result_of(records: Records, poll: Poll, turnout: Turnout) -> Result:
    """The count of all ballots and confirmed sheets, for facilitators to publish."""
    outcome, parts = whole(records, poll)
    return Result(
        id=poll.id,
        outcome=abridged(outcome),
        parts=[Part(p.name, p.voters, p.outcome and abridged(p.outcome)) for p in parts],
        hall=turnout.hall,
        remote=turnout.remote,
        kiosk=turnout.kiosk,
        paper=turnout.paper,
        entitled=turnout.entitled,
        sheets=[
            HandCount(s.channel, s.voters, s.name, s.second_name)
            for s in by_hand(records, poll).sheets
        ],
    )


def unabridged(records: Records, poll: Poll, result: Result) -> Result:
    """The result with all the texts and words that were counted, of which the room is told some."""
    if not any(is_abridged(each) for each in (result.outcome, *(p.outcome for p in result.parts))):
        return result
    outcome, parts = whole(records, poll)
    return replace(result, outcome=outcome, parts=parts)


def whole(records: Records, poll: Poll) -> tuple[AnyOutcome, list[Part]]:
    """The count of all that was cast, and its parts."""
    ballots, hand = ballots_of(records, poll.id), by_hand(records, poll)
    opened = records.find(Opened, poll.id)
    cast = [Line(each) for each in opened.ballots] if opened else lines_of(ballots)
    return outcome_of(poll, cast, hand), parts_of(poll, ballots, hand)


def outcome_of(poll: Poll, cast: list[Line], hand: ByHand) -> AnyOutcome:
    return count(poll.plan.form, [*cast, *hand.lines], voters=len(cast) + hand.voters)


# What was counted by hand -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ByHand:
    """The sheets that two officers agree on."""

    sheets: list[Sheet]

    @property
    def lines(self) -> list[Line]:
        return [Line(answer, times) for sheet in self.sheets for answer, times in sheet.lines]

    @property
    def voters(self) -> int:
        return sum(sheet.voters for sheet in self.sheets)


def by_hand(records: Records, poll: Poll) -> ByHand:
    return ByHand([each for each in sheets_of(records, poll.id) if each.confirmed])


# Turnout ----------------------------------------------------------------------------------


def turnout_of(records: Records, call: Call, poll: Poll) -> Turnout:
    ballots = ballots_of(records, poll.id)
    channels = [ballot.channel for ballot in ballots]
    voted = {ballot.person for ballot in ballots if ballot.channel != "kiosk"}
    before = records.find(Turnout, poll.id)
    return Turnout(
        id=poll.id,
        hall=channels.count("hall"),
        remote=channels.count("remote"),
        kiosk=channels.count("kiosk"),
        paper=by_hand(records, poll).voters,
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
    vote is public, it grows by several people at a time. Those who only vote again are none of
    them: with four seats of one's own, each other voter would be the fifth. Hiding and showing it
    again changes nothing."""
    before = records.find(Turnout, poll.id)
    if before is None or poll.plan.secrecy == "public":
        return True
    return sum(ballot.since > before.told for ballot in ballots) >= FEW


def running_of(records: Records, poll: Poll) -> list[Running]:
    return [each for each in records.all(Running) if each.poll == poll.id]


def running(poll: Poll, outcome: AnyOutcome, audiences: Iterable[str]) -> list[Running]:
    return [
        Running(id=f"{poll.id}:{each}", poll=poll.id, seen_by=each, outcome=outcome)
        for each in sorted(audiences)
    ]


# Parts ------------------------------------------------------------------------------------


def parts_of(poll: Poll, ballots: list[Ballot], hand: ByHand) -> list[Part]:
    """The count by where people voted, and by the groups that the poll knows. The envelopes of a
    secret vote say nothing of either."""
    form, cast = poll.plan.form, [each for each in ballots if each.answer is not None]
    places = by_channel(form, cast, hand)
    cuts = [*([places] if len(places) > 1 else []), *by_axis(form, cast)]
    if poll.plan.secrecy == "public":
        kept = [set[str]() for _ in cuts]
    else:
        kept = withheld_of(form, cuts, cast)
    return [each for cut, names in zip(cuts, kept, strict=True) for each in told(cut, names)]


def by_channel(form: AnyForm, cast: list[Ballot], hand: ByHand) -> Cut:
    places = {name: [each for each in cast if each.channel == name] for name in CHANNELS}
    found = {name: portion(form, ballots) for name, ballots in places.items() if ballots}
    if not hand.voters:
        return found
    outcome = count(form, hand.lines, voters=hand.voters)
    return found | {PAPER: Portion([], hand.lines, hand.voters, outcome)}


def by_axis(form: AnyForm, cast: list[Ballot]) -> list[Cut]:
    """The ballots of each group ("commune:Ajaccio"), by axis ("commune"). Whoever is in none is a
    part too ("commune:"): what the others leave of the total is theirs."""
    axes = sorted({axis_of(group) for each in cast for group in each.groups})
    return [by_group(form, axis, cast) for axis in axes]


def by_group(form: AnyForm, axis: str, cast: list[Ballot]) -> Cut:
    found: defaultdict[str, list[Ballot]] = defaultdict(list)
    for ballot in cast:
        here = [each for each in ballot.groups if axis_of(each) == axis] or [f"{axis}:"]
        for group in here:
            found[group].append(ballot)
    return {name: portion(form, ballots) for name, ballots in sorted(found.items())}


def portion(form: AnyForm, ballots: list[Ballot]) -> Portion:
    lines, voters = lines_of(ballots), len(ballots)
    return Portion(ballots, lines, voters, count(form, lines))


def axis_of(group: str) -> str:
    return group.partition(":")[0]


def told(cut: Cut, kept: set[str]) -> list[Part]:
    return [
        Part(name, each.voters, None if name in kept else each.outcome)
        for name, each in cut.items()
    ]


def withheld_of(form: AnyForm, cuts: list[Cut], cast: list[Ballot]) -> list[set[str]]:
    """The parts of each cut that may not be told: for themselves, and for what two cuts together
    tell (`overlaps.py`)."""
    bits = {ballot.id: 1 << n for n, ballot in enumerate(cast)}
    voters = [
        {name: sum(bits[b.id] for b in each.ballots) for name, each in cut.items() if each.ballots}
        for cut in cuts
    ]

    @cache
    def tells_of(some: int) -> bool:
        return tells(form, lines_of(b for b in cast if bits[b.id] & some))

    kept = [withheld(form, cut) for cut in cuts]
    own = [names - {PAPER} for names in kept]
    both = zip(kept, withheld_too(voters, own, tells_of), strict=True)
    return [names | more for names, more in both]


def withheld(form: AnyForm, cut: Cut) -> set[str]:
    """The parts that may not be told: those in which some answer is that of few, and as many more,
    the smallest first, as it takes that what is left out cannot be worked out from the total either
    (complementary suppression, as in Hundepool et al., Statistical Disclosure Control, 2012)."""
    kept = {name for name, each in cut.items() if smallest(each.outcome) < FEW}
    rest = sorted(cut.keys() - kept - {PAPER}, key=lambda name: cut[name].voters, reverse=True)
    while kept and rest and uncovered(form, cut, kept):
        kept.add(rest.pop())
    return kept


def uncovered(form: AnyForm, cut: Cut, kept: set[str]) -> bool:
    """Whether what is left out can be worked out. What was counted by hand hides nothing else: two
    officers know it, and of raised hands the whole hall does."""
    by_hand = [line for name in kept & {PAPER} for line in cut[name].lines]
    others = [line for name in kept - {PAPER} for line in cut[name].lines]
    return tells(form, others) or (tells(form, by_hand) and tells(form, [*by_hand, *others]))


def tells(form: AnyForm, lines: list[Line]) -> bool:
    return smallest(count(form, lines)) < FEW


# Lines ------------------------------------------------------------------------------------


def lines_of(ballots: Iterable[Ballot]) -> list[Line]:
    return [Line(ballot.answer) for ballot in ballots if ballot.answer is not None]
