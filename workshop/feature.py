"""What a feature is: kinds of record, and rules that turn a command into changes.

A rule is a plain function of the room's records, the call being made, and the command's
own fields as keyword arguments. It returns the changes it wants or raises Refused. It never
awaits, and reads no clock, database or socket: everything it may know is in its arguments.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, TypeVar, get_type_hints

import msgspec
from msgspec import Meta

from workshop.people import MEMBERS, Person, Role
from workshop.records import Changes, Record, Records

Rule = Callable[..., Changes]
K = TypeVar("K", bound=type[Record])
F = TypeVar("F", bound=Rule)

SAYS_SOMETHING = r"^[^\x00]*[^\s\x00][^\x00]*$"
"""At least one visible sign, and no NUL, which PostgreSQL cannot store in JSON."""

NO_NUL = r"^[^\x00]*$"

Id = Annotated[str, Meta(min_length=1, max_length=128, pattern=NO_NUL)]


class Refused(Exception):
    """The command was understood and will not be carried out."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Call:
    """One request to change the room: who asks, when (seconds since 1970), in what place in
    the room's order, and the asker's own name for it.

    `seen` is when the asker was surely connected, before they asked (0 if nobody knows); `seated`
    gives everyone who has a seat."""

    by: Person
    at: float
    seq: int
    ref: str
    seen: float = 0
    seated: Callable[[], Iterable[Person]] = tuple


@dataclass(frozen=True, slots=True)
class Due:
    """A command that the passing of time calls for. Its ref is derived from the fact, so that
    of all processes which notice it, one gets it through."""

    name: str
    ref: str
    fields: Mapping[str, Any] = field(default_factory=dict)


DueRule = Callable[[Records, float], Iterable[Due]]


class Feature:
    """One feature of a room: its kinds of record and its rules, under one name.

    `ephemerals` names what may be told now and kept never, each as `feature.what`.
    """

    def __init__(self, name: str, *, ephemerals: Iterable[str] = ()) -> None:
        self.name = name
        self.kinds: dict[str, type[Record]] = {}
        self.rules: dict[str, tuple[Rule, frozenset[Role]]] = {}
        self.ephemerals = frozenset(f"{name}.{each}" for each in ephemerals)
        self._due: list[DueRule] = []

    def record(self, kind: K) -> K:
        kind.kind = f"{self.name}.{kind.__name__.lower()}"
        self.kinds[kind.kind] = kind
        return kind

    def rule(self, *, by: frozenset[Role] = MEMBERS) -> Callable[[F], F]:
        """Register a rule as `feature.function_name`, for people of these roles."""

        def register(rule: F) -> F:
            self.rules[f"{self.name}.{rule.__name__}"] = (rule, by)
            return rule

        return register

    def due(self, rule: DueRule) -> DueRule:
        """Register a function of (records, now) that says which commands have fallen due."""
        self._due.append(rule)
        return rule

    def fallen_due(self, records: Records, now: float) -> list[Due]:
        return [each for rule in self._due for each in rule(records, now)]

    def decide(self, name: str, records: Records, call: Call, fields: Mapping[str, Any]) -> Changes:
        """What the command would change. Raises Refused: not-allowed, malformed, or the rule's own
        code."""
        rule, allowed = self.rules[name]
        if call.by.role not in allowed:
            raise Refused("not-allowed")
        return rule(records, call, **checked(rule, fields))


def checked(rule: Rule, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields, if they are exactly those the rule's keyword arguments declare."""
    try:
        given = msgspec.convert(dict(fields), declared(rule))
    except msgspec.ValidationError as error:
        raise Refused("malformed") from error
    return {name: getattr(given, name) for name in given.__struct_fields__}


@cache
def declared(rule: Rule) -> type[msgspec.Struct]:
    """A rule's fields as a strict type: no field more, none less, each of its own type."""
    hints = get_type_hints(rule, include_extras=True)
    wanted = [p for p in inspect.signature(rule).parameters.values() if p.kind is p.KEYWORD_ONLY]
    fields = [
        (p.name, hints[p.name]) if p.default is p.empty else (p.name, hints[p.name], p.default)
        for p in wanted
    ]
    return msgspec.defstruct(
        rule.__name__, fields, kw_only=True, forbid_unknown_fields=True, frozen=True
    )
