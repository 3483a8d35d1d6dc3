"""Casting a ballot: one for each person, which may be changed until the vote closes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from workshop.feature import Call, Id, Refused
from workshop.features.polls.answers import Answer, check
from workshop.features.polls.electorate import is_entitled
from workshop.features.polls.poll import Ballot, Channel, Poll, polls, the
from workshop.features.polls.secret import Code, envelope
from workshop.people import MEMBERS
from workshop.records import Changes, Records, put

SHORTLY = 120  # seconds before the close: who was connected then may still send in the grace


@polls.rule(by=MEMBERS | {"kiosk"})
def vote(
    records: Records,
    call: Call,
    *,
    poll: Id,
    version: Annotated[int, Meta(ge=1)],
    answer: Answer,
    code: Code = "",
) -> Changes:
    """Vote, or change your vote, while the poll is open. A ballot that was cast before the close
    and could not be sent is taken until the grace is over. `code` is the receipt of a secret vote,
    made by the voter."""
    asked = the(records, poll, "open", "closing")
    if asked.status == "closing":
        check_grace(asked, call)
    if version != asked.version:
        raise Refused("changed-meanwhile")
    if not is_entitled(records, asked, call.by):
        raise Refused("not-entitled")
    given = check(asked.plan.form, answer)
    secret = asked.plan.secrecy == "secret"
    ballot = ballot_of(records, call, asked, None if secret else given)
    return put(ballot, envelope(asked, ballot.person, given, code)) if secret else put(ballot)


def ballot_of(records: Records, call: Call, poll: Poll, answer: Answer | None) -> Ballot:
    """At a kiosk each command is another visitor: nobody there is known. Whoever runs one makes the
    ref, and could make it somebody's id: with a colon it is nobody's."""
    at_kiosk = call.by.role == "kiosk"
    person = f"kiosk:{call.ref}" if at_kiosk else call.by.id
    channel: Channel = "kiosk" if at_kiosk else call.by.place
    before = records.find(Ballot, f"{poll.id}:{person}")
    return Ballot(
        id=f"{poll.id}:{person}",
        poll=poll.id,
        person=person,
        channel=channel,
        answer=answer,
        seq=call.seq,
        since=before.since if before else call.seq,
        groups=[] if answer is None else sorted(call.by.groups),
    )


def check_grace(poll: Poll, call: Call) -> None:
    """In the grace only those are heard who were connected shortly before the close, and have been
    told nothing since: `seen` is as old as their ballot."""
    was_here = call.seen > 0 and poll.closed_at - SHORTLY <= call.seen <= poll.closed_at
    if call.at > poll.until or not was_here:
        raise Refused("too-late")
