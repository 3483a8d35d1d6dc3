"""Live blocks on paper: what the room's records say, as ordinary nodes.

To add a kind of record, add one function under `@block(kind)`: it gets the record and what is
around it, and returns nodes. What there is no function for is told with its hour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any

from django.utils.dateformat import format
from django.utils.translation import gettext, ngettext, pgettext

from workshop.features.minutes.facts import Action, Decision, Quote, Turn
from workshop.features.polls.rules import Poll, Result, Turnout
from workshop.features.questions.records import Question, Supporters
from workshop.features.stage.rules import plenary
from workshop.minutes.tree import Node, Text, node, shaped
from workshop.records import Record, Records, kind_of
from workshop.templatetags.times import longday
from workshop.votes.words import in_words, took_part


@dataclass(frozen=True)
class Around:
    """What a block may know: the room's records, when the block was put there, where the hours
    are told."""

    records: Records
    at: float | None
    zone: tzinfo


Write = Callable[[Any, Around], Iterable[Node]]
WRITERS: dict[str, Write] = {}


def block(kind: str) -> Callable[[Write], Write]:
    """Register how records of this kind are written."""

    def register(write: Write) -> Write:
        WRITERS[kind] = write
        return write

    return register


def expand(tree: Node, records: Records, zone: tzinfo = UTC) -> Node:
    """The tree with ordinary nodes where its live blocks were, in the language that is on."""
    children: list[Node | Text] = []
    for each in tree.children:
        if isinstance(each, Text):
            children.append(each)
        elif each.name == "record":
            children += written(each, records, zone)
        else:
            children.append(expand(each, records, zone))
    return tree.having(*children)


def written(block: Node, records: Records, zone: tzinfo) -> list[Node]:
    """The hour, and what the record says."""
    key, at = block.attributes["record"], block.attributes["at"]
    record = records.get(key)
    around = Around(records, at, zone)
    if record is None:
        nodes: list[Node] = [paragraph(gettext("What stood here is no longer known."))]
    else:
        write = WRITERS.get(kind_of(key), unknown)
        nodes = list(write(record, around))
    hour = moment(around)
    return list(shaped([node("paragraph", em(hour)), *nodes] if hour else nodes))


def moment(around: Around) -> str:
    """The hour; and where in the recording that is, if the plenary was on."""
    if around.at is None:
        return ""
    hour = hour_of(around.at, around.zone)
    stage = plenary(around.records)
    until = stage.ended_at or around.at
    if stage.began_at and stage.began_at <= around.at <= until:
        offset = lasting(around.at - stage.began_at)
        return gettext("%(hour)s, at %(offset)s of the recording") % {
            "hour": hour,
            "offset": offset,
        }
    return hour


def hour_of(at: float, zone: tzinfo) -> str:
    return format(datetime.fromtimestamp(at, zone), pgettext("time of day", "G:i"))


def day_of(date: str) -> str:
    """A date like 2026-12-31, as the language writes it."""
    try:
        return longday(datetime.fromisoformat(date))
    except ValueError:
        return date


def lasting(seconds: float) -> str:
    """0:12:34"""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


# The kinds ---------------------------------------------------------------------------------


@block("polls.poll")
def poll(record: Poll, around: Around) -> list[Node]:
    question = node("paragraph", strong(gettext("Vote: %s") % record.plan.question))
    result = around.records.find(Result, record.id)
    if record.status == "published" and result:
        return [question, results(record, result), paragraph(took_part(result)), *kept(result)]
    told = {
        "open": gettext("The vote is open."),
        "closing": gettext("The vote closes."),
        "counting": gettext("The ballots are being opened."),
        "closed": gettext("The vote is closed; its result is not published."),
    }
    turnout = around.records.find(Turnout, record.id)
    state = told.get(record.status, gettext("The vote has not been opened."))
    return [question, paragraph(f"{state} {took_part(turnout)}" if turnout else state)]


@block("polls.result")
def result(record: Result, around: Around) -> list[Node]:
    asked = around.records.find(Poll, record.id)
    return list(poll(asked, around)) if asked else [paragraph(took_part(record))]


def results(poll: Poll, result: Result) -> Node:
    """What the count says of each option, and by place where that may be told."""
    heads, rows = in_words(poll, result)
    return node("table", node("table_row", *map(header, heads)), *(row(*each) for each in rows))


def row(name: str, *figures: str) -> Node:
    return node("table_row", header(name), *map(cell, figures))


def kept(result: Result) -> list[Node]:
    """By what the two published lists of a secret vote can be known."""
    if not result.ballots_sha256:
        return []
    told = gettext("SHA-256 of the opened ballots: %(ballots)s; of the receipts: %(codes)s.")
    return [paragraph(told % {"ballots": result.ballots_sha256, "codes": result.codes_sha256})]


@block("stage.plenary")
def stage(record: Any, around: Around) -> list[Node]:
    if not record.began_at:
        return [paragraph(gettext("The plenary has not begun."))]
    began = gettext("The plenary began at %s.") % hour_of(record.began_at, around.zone)
    if not record.ended_at:
        return [paragraph(began)]
    ended = gettext("It ended at %s.") % hour_of(record.ended_at, around.zone)
    return [paragraph(f"{began} {ended}")]


@block("minutes.decision")
def decision(record: Decision, around: Around) -> list[Node]:
    counted = (record.in_favour, record.against, record.abstained)
    counts = gettext("%(for)s in favour, %(against)s against, %(abstained)s abstained") % dict(
        zip(("for", "against", "abstained"), counted, strict=True)
    )
    said = strong(gettext("Decision: %s") % record.words)
    return [node("paragraph", said, *([f" ({counts})"] if any(counted) else []))]


@block("minutes.action")
def action(record: Action, around: Around) -> list[Node]:
    parts = [gettext("by %s") % record.who] if record.who else []
    if record.by:
        parts.append(gettext("until %s") % day_of(record.by))
    more = [f" ({', '.join(parts)})"] if parts else []
    words = node("paragraph", strong(gettext("Action: %s") % record.what), *more)
    return [node("task_list", node("task_item", words, checked=record.done))]


@block("minutes.turn")
def turn(record: Turn, around: Around) -> list[Node]:
    place = gettext("in the hall") if record.place == "hall" else gettext("remote")
    said = gettext("%s speaks") % record.name
    return [node("paragraph", strong(said), f", {place}")]


@block("minutes.quote")
def quote(record: Quote, around: Around) -> list[Node]:
    hour = hour_of(record.said_at, around.zone)
    return [
        node("blockquote", *lines(record.words), node("paragraph", em(f"{record.name}, {hour}")))
    ]


@block("questions.question")
def question(record: Question, around: Around) -> list[Node]:
    """What was asked, by whom, who supported it; and when it was answered."""
    title, *more = record.text.split("\n")
    asked = node("paragraph", strong(gettext("Question: %s") % title), f" ({asker_of(record)})")
    said = [supported(record, around.records.find(Supporters, record.id)), outcome(record, around)]
    told = " ".join(each for each in said if each)
    return [asked, *lines("\n".join(more)), *([paragraph(told)] if told else [])]


def asker_of(question: Question) -> str:
    """Without a name there is no place either: it could tell who asked."""
    name = question.name or (
        gettext("somebody") if question.typed else pgettext("question", "anonymous")
    )
    places = {"hall": gettext("in the hall"), "remote": gettext("remote")}
    return ", ".join([name, *([places[question.place]] if question.place else [])])


def supported(question: Question, count: Supporters | None) -> str:
    """Hands are told apart: whoever raised one may have supported it on a phone, too."""
    hall, remote = (count.hall, count.remote) if count else (0, 0)
    against = count.hall_against + count.remote_against if count else 0
    said = []
    if n := hall + remote:
        told = ngettext(
            "Supported by %(n)s person: %(hall)s in the hall, %(remote)s remote.",
            "Supported by %(n)s people: %(hall)s in the hall, %(remote)s remote.",
            n,
        )
        said.append(told % {"n": n, "hall": hall, "remote": remote})
    if against:
        said.append(ngettext("%(n)s against.", "%(n)s against.", against) % {"n": against})
    if n := question.hands:
        said.append(ngettext("%(n)s hand in the hall.", "%(n)s hands in the hall.", n) % {"n": n})
    return " ".join(said)


def outcome(question: Question, around: Around) -> str:
    """When the answer began: an answer that took a while is heard from there."""
    if question.state not in ("answered", "archived") or not question.answered_at:
        return gettext("It has not been answered.")
    began = moment(replace(around, at=question.answering_at))
    return gettext("The answer began at %s.") % began


@block("agenda.item")
def item(record: Any, around: Around) -> list[Node]:
    """The heading above it says the rest."""
    return []


def unknown(record: Record, around: Around) -> list[Node]:
    """A kind nobody has said how to write: its words, if it has any."""
    words = field(record, "title", "text", "words", "question")
    return lines(words) if words else []


# Pieces ------------------------------------------------------------------------------------


def field(record: Record, *names: str) -> str:
    """The first of these fields that says something."""
    found = (getattr(record, name, None) for name in names)
    return next((str(each) for each in found if each), "")


def lines(words: str) -> list[Node]:
    return [paragraph(each) for each in words.split("\n") if each.strip()]


def paragraph(words: str) -> Node:
    return node("paragraph", words)


def strong(words: str) -> Text:
    return Text(words, {"strong": None})


def em(words: str) -> Text:
    return Text(words, {"em": None})


def header(words: str) -> Node:
    return node("table_header", paragraph(words), colspan=1, rowspan=1)


def cell(words: str) -> Node:
    return node("table_cell", paragraph(words), colspan=1, rowspan=1)
