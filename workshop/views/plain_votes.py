"""Votes as the plain page shows them: a form for each kind, and the answer that is read from it.

A field's name says what it is of: `option` for what is chosen, `of-3` for what is said of the
fourth option, `word` for each word. `fields_of` writes an answer as such fields, `answer_in` reads
it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.http import QueryDict

from workshop.feature import Refused
from workshop.features.polls.answers import Answer, choices
from workshop.features.polls.electorate import is_entitled
from workshop.features.polls.forms import (
    AnyForm,
    Budget,
    Map,
    Proposal,
    Rating,
    Scale,
    Statements,
    WithOptions,
    Words,
    YesNo,
    kind_of,
)
from workshop.features.polls.outcomes import names
from workshop.features.polls.rules import Ballot, Poll, Result, Turnout
from workshop.people import Person
from workshop.records import Records
from workshop.votes.words import CODES, HEADS, METHODS, SECRECY, euros, in_words

SHAPES = 4  # letters beyond D have no shape of their own
MAPS = Path(settings.BASE_DIR) / "static" / "maps"

Form = Mapping[str, str]
Fields = Mapping[str, list[str]]


def vote_in(form: Form) -> dict[str, Any]:
    """The fields of polls.vote, as a form of this page says them. Raises Refused, KeyError."""
    answer = answer_in(form["kind"], dict(cast(QueryDict, form).lists()))
    return {"poll": form["poll"], "version": whole(form["version"]), "answer": answer}


def answer_in(kind: str, fields: Fields) -> Any:
    """The answer to a vote of this kind. Whether its form allows it is for the rules to say.
    Raises Refused: too-few, same-place, malformed."""
    if kind not in READ:
        raise Refused("malformed")
    return READ[kind](fields)


def chosen(fields: Fields) -> str:
    if not fields.get("option", [""])[0]:
        raise Refused("too-few")
    return fields["option"][0]


def several(fields: Fields) -> list[int | str]:
    return [whole(each) for each in fields.get("option", [])]


def of_each(fields: Fields) -> dict[int, str]:
    """What is said of each option, in their order: the last of a name, as a blank one before it
    stands for radio buttons of which none is marked."""
    said = {int(name[3:]): value[-1] for name, value in fields.items() if name[:3] == "of-"}
    return dict(sorted(said.items()))


def ranked(fields: Fields) -> list[int]:
    """The options that have a place, the best first."""
    places = [(whole(place), n) for n, place in of_each(fields).items() if place]
    if len({place for place, _ in places}) < len(places):
        raise Refused("same-place")
    return [n for _, n in sorted(places, key=lambda each: int(each[0]))]


def number_in(fields: Fields) -> int | float:
    """As people write numbers: with a comma or a point, with spaces between thousands."""
    written = "".join(fields.get("number", [""])[0].split()).replace(",", ".").replace("−", "-")
    if not written:
        raise Refused("too-few")
    try:
        return int(written) if written.lstrip("-").isdecimal() else float(written)
    except ValueError as error:
        raise Refused("out-of-range") from error


READ: dict[str, Callable[[Fields], Any]] = {
    "single": lambda fields: whole(chosen(fields)),
    "multiple": several,
    "yes_no": chosen,
    "approval": several,
    "ranking": ranked,
    "rating": lambda fields: [whole(each or "0") for each in of_each(fields).values()],
    "scale": lambda fields: whole(chosen(fields)),
    "points": lambda fields: [whole(each.strip() or "0") for each in of_each(fields).values()],
    "number": number_in,
    "text": lambda fields: fields["text"][0].replace("\r\n", "\n"),
    "words": lambda fields: [each for each in fields["word"] if each.strip()],
    "statements": lambda fields: [*of_each(fields).values()],
    "budget": several,
    "map": lambda fields: [whole(each) for each in chosen(fields).split(" ")],
}


def fields_of(form: AnyForm, answer: Answer) -> Fields:
    """The fields that say this answer."""
    said = [str(each) for each in (answer if isinstance(answer, list) else [answer])]
    kind = kind_of(form)
    if kind == "ranking":
        return {f"of-{option}": [str(n + 1)] for n, option in enumerate(said)}
    if kind in ("rating", "points", "statements"):
        return {f"of-{n}": [each] for n, each in enumerate(said)}
    if kind == "map":
        return {"option": [" ".join(said)]}
    return {{"number": "number", "text": "text", "words": "word"}.get(kind, "option"): said}


@dataclass(frozen=True)
class Option:
    """Something that may be chosen."""

    index: int
    words: str
    value: str
    chosen: bool
    more: str = ""

    @property
    def letter(self) -> str:
        return chr(ord("A") + self.index) if self.index < 26 else ""

    @property
    def shape(self) -> str:
        return str(self.index) if self.index < SHAPES else "letter"


@dataclass(frozen=True)
class Row:
    """An option of which something is said: one of `options`, or a number."""

    index: int
    words: str
    value: str
    options: list[Option]

    @property
    def name(self) -> str:
        return f"of-{self.index}"


class Vote:
    """A vote as it is shown to one person; `typed` is what they sent and the room refused."""

    def __init__(self, poll: Poll, records: Records, person: Person, typed: QueryDict) -> None:
        self.poll, self.plan, self.form, self.status = poll, poll.plan, poll.plan.form, poll.status
        self.kind = kind_of(self.form)
        self.result = records.find(Result, poll.id)
        self.turnout = self.result or records.find(Turnout, poll.id)
        self.ballot = records.find(Ballot, f"{poll.id}:{person.id}")
        self.secrecy = SECRECY[poll.plan.secrecy]
        self.may_vote = is_entitled(records, poll, person)
        self.marked = self._marked(typed)

    def _marked(self, typed: QueryDict) -> Fields:
        if typed.get("poll") == self.poll.id:
            return dict(typed.lists())
        answer = self.ballot.answer if self.ballot else None
        return {} if answer is None else fields_of(self.form, answer)

    def mark(self, name: str) -> str:
        return next(reversed(self.marked.get(name, [])), "")

    @property
    def options(self) -> list[Option]:
        """What is to be chosen from, where it is one list."""
        marked = self.marked.get("option", [])
        return [
            Option(n, words, value, value in marked, more)
            for n, (value, words, more) in enumerate(offered(self.form))
        ]

    @property
    def rows(self) -> list[Row]:
        """The options, where something is said of each."""
        values = said_of_each(self.form)
        return [self._row(n, words, values) for n, words in enumerate(options_of(self.form))]

    def _row(self, n: int, words: str, values: list[tuple[str, str]]) -> Row:
        said = self.mark(f"of-{n}")
        options = [
            Option(at, label, value, value == said) for at, (value, label) in enumerate(values)
        ]
        return Row(n, words, said, options)

    @property
    def words(self) -> list[str]:
        """The lines of a vote for words, with what is in them."""
        said = self.marked.get("word", [])
        most = self.form.most if isinstance(self.form, Words) else 0
        return (said + [""] * most)[:most]

    @property
    def number(self) -> str:
        return self.mark("number")

    @property
    def text(self) -> str:
        return self.mark("text")

    @property
    def envelope(self) -> str:
        return euros(self.form.envelope) if isinstance(self.form, Budget) else ""

    @property
    def counted(self) -> str:
        """What one's own vote is counted for, where that is one of the options."""
        answer = self.ballot.answer if self.ballot else None
        if self.kind not in ("single", "yes_no") or answer is None:
            return ""
        return next(words for value, words, _ in offered(self.form) if value == str(answer))

    @property
    def ends(self) -> datetime | None:
        """When it closes by itself; after the close, how long ballots are waited for."""
        at = self.poll.until if self.status == "closing" else self.poll.ends_at
        return datetime.fromtimestamp(at, UTC) if at else None

    @property
    def table(self) -> tuple[list[str], list[list[str]]]:
        return in_words(self.poll, self.result) if self.result else ([], [])

    @property
    def method(self) -> str:
        return str(METHODS[self.result.outcome.method]) if self.result else ""


def offered(form: AnyForm) -> Iterable[tuple[str, str, str]]:
    """What may be chosen: its value, its words, and what else is to be known of it."""
    if isinstance(form, YesNo):
        return [(each, str(CODES[each]), "") for each in choices(form)]
    if isinstance(form, Scale):
        return [(value, words, "") for value, words in steps(form)]
    if isinstance(form, Map):
        return [(f"{each['x']} {each['y']}", each["name"], "") for each in places(form.map)]
    if isinstance(form, Budget):
        return [(str(n), each.title, told(each)) for n, each in enumerate(form.proposals)]
    return [(str(n), words, "") for n, words in enumerate(options_of(form))]


def told(proposal: Proposal) -> str:
    """What is to be known of a proposal besides its title."""
    return " · ".join(filter(None, (euros(proposal.cost), proposal.commune, proposal.theme)))


def said_of_each(form: AnyForm) -> list[tuple[str, str]]:
    """What may be said of each option, by its value; nothing where that is a number."""
    if isinstance(form, Rating):
        return steps(form)
    if isinstance(form, Statements):
        return [(each, str(HEADS[each])) for each in ("agree", "disagree", "pass")]
    return [(str(n + 1), str(n + 1)) for n in range(len(options_of(form)))]


def steps(form: Rating | Scale) -> list[tuple[str, str]]:
    """The steps with their labels at both ends, and that one cannot say."""
    ends = {1: form.low, form.steps: form.high}
    words = {n: f"{n} ({ends[n]})" if ends.get(n) else str(n) for n in range(1, form.steps + 1)}
    named = [(str(n), said) for n, said in words.items()]
    return [*named, ("0", str(HEADS["cannot-say"]))] if form.cannot_say else named


def options_of(form: AnyForm) -> list[str]:
    return names(form) if isinstance(form, WithOptions) else []


@cache
def places(name: str) -> list[dict[str, Any]]:
    """The places of a base map, which one may name instead of pointing."""
    found: list[dict[str, Any]] = json.loads((MAPS / f"{name}.json").read_text())["places"]
    return found


def votes_of(records: Records, person: Person, typed: QueryDict) -> list[Vote]:
    """The open ones first, then the newest."""
    seen = [each for each in records.all(Poll) if each.status != "draft"]
    seen.sort(key=lambda each: (each.status != "open", -each.opened_at))
    return [Vote(each, records, person, typed) for each in seen]


def whole(text: str) -> int | str:
    """The number, if it is one; a rule refuses what is none."""
    return int(text) if text.isdecimal() and len(text) < 5 else text
