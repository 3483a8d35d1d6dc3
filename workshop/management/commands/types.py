"""`manage.py types`: what the browser and the docs know of records and commands, from the rules."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workshop import people
from workshop.feature import Feature, Rule
from workshop.features import FEATURES
from workshop.people import Role
from workshop.records import Record

TYPESCRIPT = "static/src/room/records.ts"
COMMANDS = "docs/commands.md"
SIMPLE = {str: "string", int: "number", float: "number", bool: "boolean"}
NAMED = {people.Role: "Role", people.Place: "Place"}


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
    """The kinds of record as TypeScript interfaces."""
    head = (
        "// Generated from workshop/features by `make types`. Do not edit.\n\n"
        'import type { Place, Role } from "./protocol"\n'
    )
    kinds = [kind for feature in FEATURES for kind in feature.kinds.values()]
    return head + "".join(interface(kind) for kind in kinds)


def interface(kind: type[Record]) -> str:
    hints = get_type_hints(kind, include_extras=True)
    fields = [
        f"  readonly {field.name}: {in_typescript(hints[field.name])}\n"
        for field in dataclasses.fields(kind)
    ]
    return f"\n/** {kind.kind} */\nexport interface {kind.__name__} {{\n{''.join(fields)}}}\n"


def in_typescript(hint: Any) -> str:
    """A Python type as TypeScript writes it."""
    if hint in NAMED:
        return NAMED[hint]
    if hint in SIMPLE:
        return SIMPLE[hint]
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
        return " | ".join(in_typescript(each) for each in inside)
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
    module = inspect.getmodule(next(iter(feature.rules.values()))[0])
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
    if get_origin(hint) is Annotated:
        base, meta = get_args(hint)[0], hint.__metadata__[0]
        return f"{in_words(base)}{limits(meta)}"
    if get_origin(hint) is Literal:
        return " or ".join(f"`{each}`" for each in get_args(hint))
    if get_origin(hint) is list:
        return f"list of ({in_words(get_args(hint)[0])})"
    return {str: "text", int: "whole number", bool: "true or false"}[hint]


def limits(meta: msgspec.Meta) -> str:
    low, high = meta.min_length, meta.max_length
    if high is None:
        return f" like `{meta.pattern}`" if meta.pattern else ""
    return f" ({low}–{high})" if low else f" (up to {high})"
