"""Publication: what of a vote may be told, and to whom. The page of a result, its files and the
exports are made of this and of nothing else, so that none of them can tell more than another.

Pure: from all records of a room to what may leave it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workshop.features.people.rules import Seat
from workshop.features.polls.answers import Answer
from workshop.features.polls.poll import Ballot, Poll, Result, Sheet, ballots_of, sheets_of
from workshop.features.polls.results import Opened, unabridged
from workshop.records import Records

KINDS = (Poll, Result, Ballot, Sheet, Opened, Seat)
"""What has to be read for it."""

Name = str | None
"""A person's name; None for someone who has left, "" for whoever voted at a kiosk."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A counted vote. `voted` is who has voted in a secret one, `said` who voted what in a public
    one (None where the law has taken an answer out), `opened` the lists of a secret one, and
    `by_hand` what was counted beside its ballots: all of them empty before it is published."""

    poll: Poll
    result: Result
    before: Publication | None = None
    voted: tuple[Name, ...] = ()
    said: tuple[tuple[Name, Answer | None], ...] = ()
    opened: Opened | None = None
    by_hand: tuple[tuple[Answer, int], ...] = ()


def publication(
    records: Records, id: str, *, runs: bool, alone: bool = False
) -> Publication | None:
    """What may be told of this vote to everyone; or, where they run the session, to facilitators
    and organisers, who know the count from the close on. Told with the round
    before, unless `alone`. None: nothing yet."""
    poll, result = records.find(Poll, id), records.find(Result, id)
    if poll is None or result is None or not (result.published or runs):
        return None
    result = unabridged(records, poll, result)
    # Not with all rounds before that one: of two hundred, each was made twenty thousand times.
    compared = poll.before and not alone
    before = publication(records, poll.before, runs=runs, alone=True) if compared else None
    if not result.published:
        return Publication(poll, result, before)
    if poll.plan.secrecy == "secret":
        opened, by_hand = records.find(Opened, id), by_hand_in(records, id)
        voted = in_order(name for name, _ in named(records, id) if name != "")
        return Publication(poll, result, before, voted=voted, opened=opened, by_hand=by_hand)
    if poll.plan.secrecy == "public":
        said = sorted(named(records, id), key=lambda each: order(each[0]))
        return Publication(poll, result, before, said=tuple(said))
    return Publication(poll, result, before)


def publications(records: Records, *, runs: bool) -> list[Publication]:
    """All votes of which something may be told, in the order in which they were opened."""
    polls = sorted(records.all(Poll), key=lambda each: (each.opened_at, each.seq))
    found = (publication(records, each.id, runs=runs) for each in polls)
    return [each for each in found if each]


def named(records: Records, poll: str) -> list[tuple[Name, Answer | None]]:
    """Who voted, and what, as far as there is a record of it."""
    return [(voter(records, each), each.answer) for each in ballots_of(records, poll)]


def voter(records: Records, ballot: Ballot) -> Name:
    seat = records.find(Seat, ballot.person)
    return "" if ballot.channel == "kiosk" else seat.name if seat else None


def by_hand_in(records: Records, poll: str) -> tuple[tuple[Answer, int], ...]:
    """The lines of the confirmed sheets. Whoever has the list of ballots and the result could work
    them out: they are told so that one can count again."""
    sheets = [each for each in sheets_of(records, poll) if each.confirmed]
    return tuple(line for sheet in sheets for line in sheet.lines)


def in_order(names: Iterable[Name]) -> tuple[Name, ...]:
    """By name: the order in which people voted is nobody's business."""
    return tuple(sorted(names, key=order))


def order(name: Name) -> tuple[bool, str]:
    return not name, (name or "").casefold()
