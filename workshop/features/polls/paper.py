"""Votes counted by hand: hands, cards, paper. One officer types them in, another confirms."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from msgspec import Meta

from workshop.feature import Call, Id, Refused
from workshop.features.polls.answers import Answer, check
from workshop.features.polls.forms import AnyForm, Map, Single, Text, YesNo
from workshop.features.polls.poll import PaperChannel, Sheet, polls, sheets_of, the
from workshop.features.polls.results import counted, recounted
from workshop.people import WRITERS
from workshop.records import Changes, Records, drop, put

Times = Annotated[int, Meta(ge=0, le=100_000)]
Lines = Annotated[list[tuple[Answer, Times]], Meta(min_length=1, max_length=500)]
MOST = 100_000
MOST_LISTED = 5_000
"""Answers of one vote that are counted by hand, in all. 500 lines of 100 000 texts each were a
result of 25 GB; of texts and pins each stands in the result."""


@polls.rule(by=WRITERS)
def enter(
    records: Records,
    call: Call,
    *,
    poll: Id,
    channel: PaperChannel,
    lines: Lines,
    voters: Times,
) -> Changes:
    """Type in what was counted by hand: each answer with how often it was given, and by how many
    people in all. It counts when somebody else has confirmed it."""
    asked = the(records, poll, "open", "closing", "closed")
    given = [(check(asked.plan.form, answer), times) for answer, times in lines if times]
    check_voters(asked.plan.form, given, voters)
    check_most(asked.plan.form, [*given, *lines_by_hand(records, poll)])
    return put(
        Sheet(
            id=call.ref,
            poll=poll,
            channel=channel,
            lines=given,
            voters=voters,
            person=call.by.id,
            name=call.by.name,
        )
    )


@polls.rule(by=WRITERS)
def confirm(records: Records, call: Call, *, sheet: Id) -> Changes:
    """Confirm what somebody else has typed in: from now on it counts."""
    entered = the_sheet(records, sheet)
    if entered.person == call.by.id:
        raise Refused("not-yourself")
    confirmed = replace(entered, second=call.by.id, second_name=call.by.name)
    return put(confirmed) | recounted_with(records, call, confirmed)


@polls.rule(by=WRITERS)
def tear_up(records: Records, call: Call, *, sheet: Id) -> Changes:
    """Do away with a sheet that was typed in wrongly, before it is confirmed."""
    return drop(the_sheet(records, sheet))


def recounted_with(records: Records, call: Call, sheet: Sheet) -> Changes:
    now = records.fold(put(sheet))
    poll = the(records, sheet.poll, "open", "closing", "counting", "closed")
    return recounted(now, call, poll) if poll.status == "closed" else counted(now, call, poll)


def the_sheet(records: Records, id: str) -> Sheet:
    """A sheet that waits for its second officer, of a poll whose result is not published."""
    sheet = records.find(Sheet, id)
    if sheet is None or sheet.confirmed:
        raise Refused("no-such-sheet")
    the(records, sheet.poll, "open", "closing", "counting", "closed")
    return sheet


def check_voters(form: AnyForm, lines: list[tuple[Answer, int]], voters: int) -> None:
    """Where each person gives one answer, there are as many people as answers; where they may give
    several (hands raised for each), at least as many as for the one most given."""
    times = [times for _, times in lines]
    one_each = isinstance(form, Single | YesNo)
    if not times or (one_each and voters != sum(times)) or voters < max(times):
        raise Refused("voters-do-not-match")


def check_most(form: AnyForm, lines: list[tuple[Answer, int]]) -> None:
    most = MOST_LISTED if isinstance(form, Text | Map) else MOST
    if sum(times for _, times in lines) > most:
        raise Refused("too-many")


def lines_by_hand(records: Records, poll: str) -> list[tuple[Answer, int]]:
    return [line for sheet in sheets_of(records, poll) for line in sheet.lines]
