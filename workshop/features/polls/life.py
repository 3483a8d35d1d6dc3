"""The life of a poll: draft, open, closing, counted, published. All times are the server's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import msgspec
from msgspec import Meta

from workshop.feature import Call, Due, Id, Refused
from workshop.features.polls.poll import (
    DAY,
    Poll,
    Result,
    Seers,
    Turnout,
    ballots_of,
    polls,
    sheets_of,
    the,
)
from workshop.features.polls.results import counted, result_of, running_of, turnout_of
from workshop.features.polls.secret import Seal
from workshop.people import FACILITATORS, SYSTEM_ONLY
from workshop.records import Changes, Records, drop, put

MOST_OPEN = 5  # at once: people must still see what they vote on
COUNT_EVERY = 0.5  # seconds: a thousand votes in a burst make two frames a second, not a thousand

Seconds = Annotated[int, Meta(ge=1, le=DAY)]


@polls.rule(by=FACILITATORS)
def open(records: Records, call: Call, *, poll: Id) -> Changes:
    """Let people vote. From now on it stands how secret the vote is."""
    drafted = the(records, poll, "draft")
    if sum(each.status == "open" for each in records.all(Poll)) >= MOST_OPEN:
        raise Refused("too-many-open")
    ends_at = call.at + drafted.plan.seconds if drafted.plan.seconds else 0
    opened = replace(drafted, status="open", opened_at=call.at, ends_at=ends_at)
    sealing = put(Seal(id=poll)) if drafted.plan.secrecy == "secret" else {}
    return put(opened) | counted(records, call, opened) | sealing


@polls.rule(by=FACILITATORS)
def extend(records: Records, call: Call, *, poll: Id, seconds: Seconds) -> Changes:
    """Give more time, from the end that was set, or from now where there was none."""
    opened = the(records, poll, "open")
    return put(replace(opened, ends_at=max(opened.ends_at, call.at) + seconds))


@polls.rule(by=FACILITATORS)
def show(records: Records, call: Call, *, poll: Id, live: Seers) -> Changes:
    """Set who sees the running count: everyone, the projector, the facilitators, or nobody."""
    opened = the(records, poll, "open")
    seen = msgspec.structs.replace(opened.plan, live=sorted(set(live)))
    changed = replace(opened, plan=seen)
    return put(changed) | counted(records, call, changed)


@polls.rule(by=FACILITATORS | SYSTEM_ONLY)
def close(records: Records, call: Call, *, poll: Id) -> Changes:
    """End the voting. Ballots that were on their way are waited for, as long as the grace lasts."""
    opened = the(records, poll, "open")
    if call.by.role == "system" and not 0 < opened.ends_at <= call.at:
        raise Refused("not-yet")
    closing = replace(
        opened, status="closing", closed_at=call.at, until=call.at + opened.plan.grace
    )
    return put(closing) if opened.plan.grace else ended(records, call, closing)


@polls.rule(by=SYSTEM_ONLY)
def end(records: Records, call: Call, *, poll: Id) -> Changes:
    """The grace is over: nobody votes any more, and it is counted."""
    closing = the(records, poll, "closing")
    if call.at < closing.until:
        raise Refused("not-yet")
    return ended(records, call, closing)


@polls.rule(by=SYSTEM_ONLY)
def count(records: Records, call: Call, *, poll: Id) -> Changes:
    """Bring the turnout and the running count of an open poll up to date."""
    return counted(records, call, the(records, poll, "open", "closing"))


@polls.rule(by=FACILITATORS)
def publish(records: Records, call: Call, *, poll: Id) -> Changes:
    """Show everyone the result. A hand count that waits for its second officer is waited for."""
    closed = the(records, poll, "closed")
    if any(not each.confirmed for each in sheets_of(records, poll)):
        raise Refused("sheet-waits")
    result = records.find(Result, poll)
    assert result, "a poll is counted when it ends"
    return put(replace(closed, status="published"), replace(result, published=True))


@polls.due
def fallen_due(records: Records, now: float) -> Iterator[Due]:
    """What time does to polls: they close, their grace ends, and open ones are counted."""
    for poll in records.all(Poll):
        here = {"poll": poll.id}
        if poll.status == "open" and 0 < poll.ends_at <= now:
            yield Due("polls.close", f"polls.close:{poll.id}:{poll.ends_at}", here)
        elif poll.status == "closing" and poll.until <= now:
            yield Due("polls.end", f"polls.end:{poll.id}", here)
        elif poll.status in ("open", "closing") and (upto := uncounted(records, poll, now)):
            yield Due("polls.count", f"polls.count:{poll.id}:{upto}", here)


def uncounted(records: Records, poll: Poll, now: float) -> int:
    """The newest ballot that the turnout does not show yet, if it is time to count again; or 0."""
    turnout = records.find(Turnout, poll.id)
    # Either way: a clock that was set back must not stop the counting.
    if turnout is None or abs(now - turnout.at) < COUNT_EVERY:
        return 0
    newest = max((each.seq for each in ballots_of(records, poll.id)), default=0)
    return newest if newest > turnout.upto else 0


def ended(records: Records, call: Call, poll: Poll) -> Changes:
    """A secret vote is counted when its envelopes are opened; the others at once."""
    turnout = turnout_of(records, call, poll)
    over = put(turnout) | drop(*running_of(records, poll))
    if poll.plan.secrecy == "secret":
        return put(replace(poll, status="counting")) | over
    return put(replace(poll, status="closed"), result_of(records, poll, turnout)) | over
