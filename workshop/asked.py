"""What was asked in a session, as a table: for those who answer afterwards, in writing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from workshop.features.questions.records import Question, Supporters, root
from workshop.people import OBSERVER
from workshop.records import Records
from workshop.spreadsheets import Row

KINDS = (Question, Supporters)

HEADS = (
    gettext_lazy("Question"),
    pgettext_lazy("question", "Outcome"),
    gettext_lazy("Asked by"),
    gettext_lazy("From where"),
    gettext_lazy("Asked at"),
    gettext_lazy("Support in the hall"),
    gettext_lazy("Remote support"),
    gettext_lazy("Hands in the hall"),
    gettext_lazy("Against in the hall"),
    gettext_lazy("Against, remote"),
    gettext_lazy("Answered at"),
    gettext_lazy("Merged into"),
)
STATES = {
    "held": pgettext_lazy("questions", "To review"),
    "open": pgettext_lazy("questions", "To answer"),
    "answering": gettext_lazy("Being answered"),
    "answered": pgettext_lazy("questions", "Answered"),
    "archived": pgettext_lazy("question", "Put away"),
    "refused": pgettext_lazy("question", "Not shown"),
    "merged": pgettext_lazy("question", "Merged"),
}
PLACES = {"hall": gettext_lazy("Hall"), "remote": gettext_lazy("Remote")}


def table(records: Records, runs: bool) -> Iterator[Row]:
    """A row for each question, in the order in which they were asked: those that everyone may see,
    and for those who run the session the others too. Who asked without a name stays without."""
    yield [str(head) for head in HEADS]
    seen = [each for each in records.all(Question) if runs or each.audience in OBSERVER.audiences]
    for each in sorted(seen, key=lambda question: question.seq):
        yield row(each, records.find(Supporters, each.id), root(records, each))


def row(question: Question, told: Supporters | None, into: Question) -> Row:
    """What it was merged `into` is the question itself if it was not."""
    return [
        question.text,
        str(STATES[question.state]),
        question.name or (gettext("Somebody") if question.typed else gettext("Anonymous")),
        str(PLACES[question.place]) if question.place else "",
        when(question.at),
        *((told.hall, told.remote) if told else (0, 0)),
        question.hands,
        *((told.hall_against, told.remote_against) if told else (0, 0)),
        when(question.answered_at),
        "" if into is question else into.text,
    ]


def when(seconds: float) -> str:
    """The day and the minute by the clock of the hall; nothing for never."""
    if not seconds:
        return ""
    return date_format(timezone.localtime(datetime.fromtimestamp(seconds, UTC)), "Y-m-d H:i")
