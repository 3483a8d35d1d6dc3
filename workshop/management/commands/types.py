"""`manage.py types`: what the browser and the docs know of records and commands, from the rules."""

from __future__ import annotations

import dataclasses
import inspect
import sys
import typing
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workshop import people
from workshop.feature import Feature, Rule
from workshop.features import FEATURES
from workshop.features.polls.answers import Answer
from workshop.features.polls.forms import AnyForm
from workshop.features.polls.outcomes import AnyOutcome
from workshop.people import Role

TYPESCRIPT = "static/src/room/records.ts"
COMMANDS = "docs/commands.md"
SIMPLE = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}
UNIONS = {"AnyAnswer": Answer, "AnyForm": AnyForm, "AnyOutcome": AnyOutcome}
"""Unions that have a name of their own, in the browser and in the docs."""

WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false"} | {
    type(None): "nothing"
}
NAMED = {people.Role: "Role", people.Place: "Place"} | {it: name for name, it in UNIONS.items()}


class Command(BaseCommand):
    help = "Write what the browser and the docs know of records and commands."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail if they are not fresh")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        for name, text in ((TYPESCRIPT, typescript()), (COMMANDS, commands())):
            path: Path = settings.BASE_DIR / name
            if not check:
                path.write_text(text)
            elif not path.exists() or path.read_text() != text:
                raise CommandError(f"{name} is not fresh: run `make types`")


def typescript() -> str:
    """The kinds of record as TypeScript interfaces, and the structs that they are made of."""
    head = (
        "// Generated from workshop/features by `make types`. Do not edit.\n\n"
        'import type { Place, Role } from "./protocol"\n'
    )
    kinds = [kind for feature in FEATURES for kind in feature.kinds.values()]
    found = structs([*UNIONS.values(), *(hint for kind in kinds for hint in hints(kind).values())])
    every = [each.__name__ for each in (*kinds, *found)]
    if twice := {name for name in every if every.count(name) > 1}:
        raise CommandError(f"several records or structs are called {', '.join(sorted(twice))}")
    parts = [interface(kind, kind.kind) for kind in kinds]
    parts += [interface(struct, in_one_line(struct)) for struct in found]
    parts += [f"\nexport type {name} = {either(union)}\n" for name, union in UNIONS.items()]
    return head + "".join(parts)


def interface(kind: type, says: str) -> str:
    """A record or a struct as an interface; a struct of a tagged union has its tag as a field."""
    fields = [f"  readonly {name}: {in_typescript(hint)}\n" for name, hint in hints(kind).items()]
    if issubclass(kind, msgspec.Struct) and kind.__struct_config__.tag is not None:
        config = kind.__struct_config__
        fields.insert(0, f'  readonly {config.tag_field}: "{config.tag}"\n')
    return f"\n/** {says} */\nexport interface {kind.__name__} {{\n{''.join(fields)}}}\n"


def hints(kind: Any) -> dict[str, Any]:
    """The fields of a record or a struct, and their types."""
    names = (
        kind.__struct_fields__
        if issubclass(kind, msgspec.Struct)
        else [field.name for field in dataclasses.fields(kind)]
    )
    found = get_type_hints(kind, include_extras=True)
    return {name: found[name] for name in names}


def structs(found_in: Iterable[Any]) -> list[type[msgspec.Struct]]:
    """The structs in these types and in one another, each once, in the order in which they come."""
    found: dict[type[msgspec.Struct], None] = {}
    for hint in found_in:
        inside = structs(get_args(hint))
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            inside = [hint, *structs(hints(hint).values())]
        found |= dict.fromkeys(inside)
    return [*found]


def in_one_line(kind: type) -> str:
    return (inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " ")


def either(union: Any) -> str:
    """The parts of a union, each once."""
    return " | ".join(dict.fromkeys(in_typescript(each) for each in get_args(union)))


def in_typescript(hint: Any) -> str:
    """A Python type as TypeScript writes it."""
    if hint in NAMED:
        return NAMED[hint]
    if hint in SIMPLE:
        return SIMPLE[hint]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint.__name__
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " | ".join(f'"{each}"' for each in inside)
    if origin is Annotated:
        return in_typescript(inside[0])
    if origin is list:
        item = in_typescript(inside[0])
        return f"readonly {item}[]" if item.isidentifier() else f"readonly ({item})[]"
    if origin is tuple:
        return f"readonly [{', '.join(map(in_typescript, inside))}]"
    if origin in (typing.Union, UnionType):
        return either(hint)
    raise TypeError(f"no TypeScript for {hint}")


def commands() -> str:
    """Every command: who may give it, its fields, what it does."""
    head = (
        "<!-- Generated from workshop/features by `make types`. Do not edit. -->\n\n"
        "# Commands\n\nEvery `do` that a room understands. How to send one: "
        "[protocol.md](protocol.md).\n"
    )
    return head + "".join(of_feature(feature) for feature in FEATURES)


def of_feature(feature: Feature) -> str:
    module = sys.modules[f"workshop.features.{feature.name}.rules"]
    says = (inspect.getdoc(module) or "").partition("\n\n")[0].replace("\n", " ")
    rows = "".join(row(name, *feature.rules[name]) for name in feature.rules)
    table = "| command | by | fields | what it does |\n|---|---|---|---|\n"
    return f"\n## {feature.name}\n\n{says}\n\n{table}{rows}"


def row(name: str, rule: Rule, by: frozenset[Role]) -> str:
    says = inspect.getdoc(rule) or name.partition(".")[2].replace("_", " ").capitalize() + "."
    cells = (f"`{name}`", ", ".join(sorted(by)), ", ".join(fields(rule)), says.replace("\n", " "))
    return f"| {' | '.join(cells)} |\n"


def fields(rule: Rule) -> Iterator[str]:
    hints = get_type_hints(rule, include_extras=True)
    for parameter in inspect.signature(rule).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY:
            hint = hints[parameter.name]
            yield f"`{parameter.name}`: {in_words(hint)}"


def in_words(hint: Any) -> str:
    """A field's type and its limits."""
    for name, union in UNIONS.items():
        if hint == union:
            return f"`{name}`"
    if get_origin(hint) is Annotated:
        base, meta = get_args(hint)[0], hint.__metadata__[0]
        return f"{in_words(base)}{limits(meta)}"
    if get_origin(hint) is Literal:
        return " or ".join(f"`{each}`" for each in get_args(hint))
    if get_origin(hint) is list:
        return f"list of ({in_words(get_args(hint)[0])})"
    if get_origin(hint) is tuple:
        return " with ".join(in_words(each) for each in get_args(hint))
    if get_origin(hint) in (typing.Union, UnionType):
        return " or ".join(in_words(each) for each in get_args(hint))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return f"`{hint.__name__}`"
    return WORDS[hint]


def limits(meta: msgspec.Meta) -> str:
    low = meta.min_length if meta.ge is None else meta.ge
    high = meta.max_length if meta.le is None else meta.le
    if high is None:
        return f" like `{meta.pattern}`" if meta.pattern else ""
    return f" ({low}–{high})" if low else f" (up to {high})"
