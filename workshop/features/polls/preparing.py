"""Preparing a poll: drafts, who is on the roll, another round."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import msgspec
from msgspec import Meta

from workshop.feature import Call, Id, Refused
from workshop.features.polls.forms import check_form
from workshop.features.polls.poll import (
    Invitation,
    Plan,
    Poll,
    Roll,
    Turnout,
    ballots_of,
    polls,
    sheets_of,
    the,
)
from workshop.features.polls.results import counted, running_of
from workshop.people import FACILITATORS, SYSTEM_ONLY
from workshop.records import Changes, Records, drop, put

MOST_PEOPLE = 5000
People = Annotated[list[Id], Meta(max_length=MOST_PEOPLE)]


@polls.rule(by=FACILITATORS | SYSTEM_ONLY)
def draft(records: Records, call: Call, *, plan: Plan) -> Changes:
    """Prepare a poll. Nobody but facilitators hears of it until it is opened. The organiser,
    who has no seat, does so by a file."""
    return put(Poll(id=call.ref, plan=checked(plan), seq=call.seq))


@polls.rule(by=FACILITATORS)
def edit(records: Records, call: Call, *, poll: Id, plan: Plan) -> Changes:
    """Change a draft; or a poll that is open, as long as nobody has voted, by hand or otherwise,
    except for how secret it is: that was said when it was opened."""
    now = the(records, poll, "draft", "open")
    if now.status == "open" and (ballots_of(records, poll) or sheets_of(records, poll)):
        raise Refused("frozen")
    if now.status == "open" and plan.secrecy != now.plan.secrecy:
        raise Refused("secrecy-stands")
    edited = replace(now, plan=checked(plan), version=now.version + 1)
    return put(edited) | (begun_anew(records, call, edited) if now.status == "open" else {})


def begun_anew(records: Records, call: Call, poll: Poll) -> Changes:
    """The count of a poll of which nobody has said anything yet: what was shown of it is of the
    options and for the eyes that its plan had before."""
    before = [*running_of(records, poll), *filter(None, [records.find(Turnout, poll.id)])]
    return drop(*before) | counted(records.fold(drop(*before)), call, poll)


@polls.rule(by=FACILITATORS)
def discard(records: Records, call: Call, *, poll: Id) -> Changes:
    """Throw a draft away."""
    return drop(the(records, poll, "draft"), *on_the_roll(records, poll))


@polls.rule(by=FACILITATORS)
def invite(
    records: Records, call: Call, *, poll: Id, people: People, more: bool = False
) -> Changes:
    """Let only these people vote in a draft; nobody in particular, with an empty list. With `more`,
    these as well as those on the roll: thousands fit into no single command."""
    drafted = the(records, poll, "draft")
    before = records.find(Roll, poll) if more else None
    everyone = list(dict.fromkeys([*(before.people if before else []), *people]))
    if len(everyone) > MOST_PEOPLE:
        raise Refused("too-many")
    roll = Roll(id=poll, people=everyone)
    gone = drop(*on_the_roll(records, poll))
    listed = put(replace(drafted, listed=bool(everyone)))
    return gone | listed | (put(roll, *invitations(roll)) if everyone else {})


@polls.rule(by=FACILITATORS)
def again(records: Records, call: Call, *, poll: Id, instead: bool = False) -> Changes:
    """Draft another round of a poll that is closed, for the same people; `instead` of it, where it
    is to be done anew. What it was stays on record."""
    first = the(records, poll, "closed", "published")
    following = Poll(
        id=call.ref,
        plan=first.plan,
        seq=call.seq,
        listed=first.listed,
        round=first.round + 1,
        before=first.id,
    )
    aside = put(replace(first, set_aside=True)) if instead else {}
    return put(following) | same_roll(records, first.id, following.id) | aside


def same_roll(records: Records, poll: str, following: str) -> Changes:
    """Who is on a roll is on that of the next round: without one, everyone might vote in it."""
    roll = records.find(Roll, poll)
    if roll is None:
        return {}
    copied = replace(roll, id=following)
    return put(copied, *invitations(copied))


def checked(plan: Plan) -> Plan:
    """The plan, tidied. Raises Refused."""
    question, form = plan.question.strip(), check_form(plan.form)
    return msgspec.structs.replace(plan, question=question, form=form, live=sorted(set(plan.live)))


def on_the_roll(records: Records, poll: str) -> list[Roll | Invitation]:
    roll = records.find(Roll, poll)
    return [roll, *invitations(roll)] if roll else []


def invitations(roll: Roll) -> list[Invitation]:
    return [Invitation(id=f"{roll.id}:{each}", poll=roll.id, person=each) for each in roll.people]
