"""The account of a vote: how it was held and counted, line by line, in the language that is on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext_lazy

from workshop.features.polls.answers import Answer
from workshop.features.polls.forms import (
    Approval,
    Budget,
    Map,
    Multiple,
    Number,
    Points,
    Ranking,
    Rating,
    Scale,
    Single,
    Statements,
    Text,
    Words,
    YesNo,
    kind_of,
)
from workshop.features.polls.poll import HandCount, Part, Plan, Poll, Result
from workshop.templatetags.times import clock, longday
from workshop.version import VERSION
from workshop.votes.publication import Name, Publication
from workshop.votes.words import CODES, HEADS, METHODS, SECRECY, number, table_in_words

Line = tuple[str, str]

KINDS: dict[str, Promise] = {
    "single": gettext_lazy("One choice"),
    "yes_no": gettext_lazy("For or against"),
    "multiple": gettext_lazy("Several choices"),
    "approval": gettext_lazy("Approval"),
    "ranking": gettext_lazy("Ranking"),
    "rating": gettext_lazy("Rating of several things"),
    "scale": gettext_lazy("Scale"),
    "points": gettext_lazy("Points to share"),
    "number": gettext_lazy("A number"),
    "text": gettext_lazy("Answers in one’s own words"),
    "words": gettext_lazy("Word cloud"),
    "statements": gettext_lazy("Statements: agree, disagree, pass"),
    "budget": gettext_lazy("Budget"),
    "map": gettext_lazy("Place on a map"),
}
HAND_COUNTS: dict[str, Promise] = {
    "hands": gettext_lazy("Hands raised"),
    "cards": gettext_lazy("Cards raised"),
    "paper": gettext_lazy("Ballots of paper"),
}
PLACES: dict[str, Promise] = {
    "hall": gettext_lazy("Only people in the hall."),
    "remote": gettext_lazy("Only people who take part remotely."),
}
OPINIONS: dict[str, Promise] = {
    **{each: HEADS[each] for each in ("agree", "disagree", "pass")},
    "": pgettext_lazy("opinion", "Nothing said"),
}


def account(told: Publication) -> list[Line]:
    """How the vote was held and counted, each line under its label."""
    poll, result = told.poll, told.result
    return [
        (gettext("Kind of vote"), str(KINDS[kind_of(poll.plan.form)])),
        (gettext("How secret"), str(SECRECY[poll.plan.secrecy])),
        (gettext("How it is counted"), method(poll, result)),
        (gettext("Who might vote"), electorate(poll)),
        *turnout(result),
        *((str(HAND_COUNTS[each.channel]), hand_count(each)) for each in result.sheets),
        *times(poll),
        *rounds(poll),
        *troubles(poll, result),
        *((gettext("Withheld"), each) for each in withheld(result)),
        *hashes(result),
        (gettext("Software"), f"Assises {VERSION}"),
    ]


def method(poll: Poll, result: Result) -> str:
    said = str(METHODS[result.outcome.method])
    form = poll.plan.form
    if isinstance(form, Multiple):
        chosen = gettext("From %(least)s to %(most)s options might be chosen.")
        said += " " + chosen % {"least": form.least, "most": form.most}
    if isinstance(form, Points):
        said += " " + gettext("%(n)s points each.") % {"n": form.points}
    if isinstance(form, Budget):
        said += " " + gettext("Envelope: €%s.") % number(form.envelope)
    return said


def electorate(poll: Poll) -> str:
    """Who might vote, and whether kiosks could."""
    plan = poll.plan
    said = [str(PLACES[each]) for each in plan.places] if len(plan.places) == 1 else []
    if plan.groups:
        said.append(gettext("Only these groups: %s.") % ", ".join(map(group, plan.groups)))
    if poll.listed:
        said.append(gettext("Only people on a list."))
    if not said:
        said.append(gettext("Everyone with a seat in the session."))
    if plan.kiosk:
        said.append(gettext("Kiosks too, where one ballot a person is not claimed."))
    return " ".join(said)


def group(name: str) -> str:
    """A group as one reads it: “commune:Ajaccio”."""
    axis, _, value = name.partition(":")
    return f"{axis}: {value or gettext('not said')}"


def turnout(result: Result) -> Iterator[Line]:
    """How many might vote, and how many did, from where."""
    if result.entitled:
        yield gettext("Might vote"), number(result.entitled)
    together = result.hall + result.remote + result.kiosk + result.paper
    yield gettext("Ballots in all"), number(together)
    for name in ("hall", "remote", "kiosk", "paper"):
        if n := getattr(result, name):
            said = number(n)
            if name == "kiosk":
                said += " " + gettext("(one ballot a person is not claimed)")
            yield str(HEADS[name]), said


def hand_count(count: HandCount) -> str:
    """How many, who typed it in and who confirmed it."""
    said = ngettext(
        "%(n)s person; typed in by %(name)s, confirmed by %(second)s.",
        "%(n)s people; typed in by %(name)s, confirmed by %(second)s.",
        count.voters,
    )
    return said % {"n": number(count.voters), "name": count.name, "second": count.second_name}


def times(poll: Poll) -> Iterator[Line]:
    if poll.opened_at:
        yield gettext("Opened"), moment(poll.opened_at)
    if poll.closed_at:
        yield gettext("Closed"), moment(poll.closed_at)
    grace = poll.plan.grace
    if grace:
        yield (
            gettext("Grace"),
            ngettext(
                "Ballots on their way at the close were waited for %(n)s second.",
                "Ballots on their way at the close were waited for %(n)s seconds.",
                grace,
            )
            % {"n": grace},
        )


def rounds(poll: Poll) -> Iterator[Line]:
    if poll.round > 1 or poll.set_aside:
        yield gettext("Round"), str(poll.round)
    if poll.set_aside:
        yield gettext("Set aside"), gettext("This vote was set aside and held again.")


def troubles(poll: Poll, result: Result) -> Iterator[Line]:
    if result.lost:
        yield (
            gettext("Lost"),
            gettext(
                "The key to the sealed ballots was lost: they can never be counted. "
                "The vote must be held again."
            ),
        )
    if result.missing:
        yield (
            gettext("Missing"),
            ngettext(
                "%(n)s ballot could not be opened.",
                "%(n)s ballots could not be opened.",
                result.missing,
            )
            % {"n": number(result.missing)},
        )


def withheld(result: Result) -> list[str]:
    """The parts that are not told."""
    return [part_name(each) for each in result.parts if each.outcome is None]


def hashes(result: Result) -> Iterator[Line]:
    if result.ballots_sha256:
        yield gettext("SHA-256 of the list of ballots"), result.ballots_sha256
        yield gettext("SHA-256 of the list of receipts"), result.codes_sha256


def moment(seconds: float) -> str:
    """A day and a time, where the session takes place."""
    at = timezone.localtime(datetime.fromtimestamp(seconds, UTC))
    return f"{longday(at)}, {clock(at)}"


# Parts -----------------------------------------------------------------------------------


def part_name(part: Part) -> str:
    return group(part.name) if ":" in part.name else str(HEADS.get(part.name, part.name))


def parts(told: Publication) -> list[tuple[str, str, list[str], list[list[str]]]]:
    """Each part that may be told: its name, how many voted, and its outcome as a table."""
    form = told.poll.plan.form
    return [
        (part_name(each), number(each.voters), *table_in_words(form, each.outcome))
        for each in told.result.parts
        if each.outcome is not None
    ]


# People and their answers -------------------------------------------------------------------


def name_in_words(name: Name) -> str:
    """A person in a list."""
    return gettext("someone who has left") if name is None else name or str(HEADS["kiosk"])


def answer_in_words(plan: Plan, answer: Answer | None) -> str:
    """What a ballot says, as one reads it."""
    if answer is None:
        return gettext("taken out")
    return SAY[type(plan.form)](plan.form, answer)


def said(form: Text, answer: Any) -> str:
    return str(answer)


def chosen(form: Any, answer: Any) -> str:
    return str(form.options[answer])


def several(form: Any, answer: Any) -> str:
    return ", ".join(form.options[each] for each in answer) or gettext("None of them")


def ranked(form: Any, answer: Any) -> str:
    return ", ".join(f"{n}. {form.options[each]}" for n, each in enumerate(answer, 1))


def for_or_against(form: Any, answer: Any) -> str:
    return str(CODES[answer])


def one_by_one(form: Any, answer: Any) -> str:
    return ", ".join(f"{name}: {n}" for name, n in zip(form.options, answer, strict=True))


def rated(form: Any, answer: Any) -> str:
    steps = [str(n) if n else str(HEADS["cannot-say"]) for n in answer]
    return one_by_one(form, steps)


def opinions(form: Any, answer: Any) -> str:
    return one_by_one(form, [OPINIONS[each] for each in answer])


def funded(form: Budget, answer: Any) -> str:
    return ", ".join(form.proposals[each].title for each in answer) or gettext("None of them")


def numbered(form: Number, answer: Any) -> str:
    return f"{number(answer)} {form.unit}".strip()


def stepped(form: Scale, answer: Any) -> str:
    return str(answer) if answer else str(HEADS["cannot-say"])


def listed(form: Words, answer: Any) -> str:
    return ", ".join(answer)


def pinned(form: Map, answer: Any) -> str:
    return f"{answer[0]} / {answer[1]}"


SAY: Mapping[type, Callable[[Any, Any], str]] = {
    Single: chosen,
    YesNo: for_or_against,
    Multiple: several,
    Approval: several,
    Ranking: ranked,
    Rating: rated,
    Points: one_by_one,
    Statements: opinions,
    Budget: funded,
    Number: numbered,
    Map: pinned,
    Scale: stepped,
    Words: listed,
    Text: said,
}
