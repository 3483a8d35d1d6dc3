"""Somebody who has all there is, the database as it was during a vote and as it is after it, and
tries to find out who voted what.

Whatever stands in some order (rows as they lie on disk, a transaction's number, a list in a cell,
the length of an envelope) may be the order in which people voted, or be told apart as they are.
Each such sequence is laid beside each order of the voters; the best of all these guesses, over many
votes, is compared with what guessing blindly brings.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection

BLIND = 100  # blind guesses, by which the attacker's are judged
WHERE = {"sqlite": ("rowid",), "postgresql": ("ctid", "xmin")}

Rows = list[dict[str, Any]]


@dataclass
class Vote:
    """What is known of one secret vote: what the tables held `during` it and `after` it; and the
    truth, which only the test knows: who voted what."""

    poll: str
    during: Mapping[str, Rows]
    after: Mapping[str, Rows]
    truth: Mapping[str, int]


def tables(room: str) -> dict[str, Rows]:
    """Every row about a room, with where it lies on disk."""
    found = {}
    for model in apps.get_app_config("workshop").get_models():
        name = model._meta.db_table
        column = {field.column for field in model._meta.fields} & {"room", "document"}
        if column:
            where = ", ".join(f"{each} AS _{each}" for each in WHERE[connection.vendor])
            with connection.cursor() as cursor:
                asked = f"SELECT *, {where} FROM {name} WHERE {column.pop()} = %s"  # noqa: S608
                cursor.execute(asked, (room,))
                heads = [each[0] for each in cursor.description]
                found[name] = [dict(zip(heads, row, strict=True)) for row in cursor.fetchall()]
    return found


def advantage(votes: Sequence[Vote], chance: random.Random) -> float:
    """How many standard deviations the best guess is above guessing blindly."""
    guesses = [dict(guesses_of(vote)) for vote in votes]
    names = set.intersection(*(set(each) for each in guesses)) if guesses else set()

    def best(truths: Sequence[Mapping[str, int]]) -> int:
        return max(
            sum(right(each[name], truth) for each, truth in zip(guesses, truths, strict=True))
            for name in names
        )

    blind = [best([shuffled(vote.truth, chance) for vote in votes]) for _ in range(BLIND)]
    mean = sum(blind) / BLIND
    deviation = (sum((each - mean) ** 2 for each in blind) / BLIND) ** 0.5 or 1.0
    return (best([vote.truth for vote in votes]) - mean) / deviation


def guesses_of(vote: Vote) -> Iterator[tuple[str, dict[str, int]]]:
    """Every sequence beside every order of the voters."""
    for order, people in orders(vote):
        for name, values in sequences(vote):
            if len(values) == len(people):
                yield f"{name} by {order}", dict(zip(people, values, strict=True))


def orders(vote: Vote) -> Iterator[tuple[str, list[str]]]:
    """The voters, in each order in which anything has them."""
    for when, held in (("during", vote.during), ("after", vote.after)):
        entries = [row for row in held["workshop_entry"] if row["name"] == "polls.vote"]
        mine = [row for row in entries if vote.poll in str(row["changes"])]
        for key in keys_of(mine):
            people = [row["by"] for row in sorted(mine, key=key_of(key))]
            yield f"votes {when} {key}", list(dict.fromkeys(people))
            yield f"last votes {when} {key}", list(dict.fromkeys(people[::-1]))[::-1]
        sealed = [row for row in held["workshop_envelope"] if row["poll"] == vote.poll]
        for key in keys_of(sealed):
            yield (
                f"envelopes {when} {key}",
                [row["person"] for row in sorted(sealed, key=key_of(key))],
            )
    yield "names", sorted(vote.truth)


def sequences(vote: Vote) -> Iterator[tuple[str, list[int]]]:
    """Whatever has one of two values for each voter."""
    for table, rows in vote.after.items():
        for column in rows[0] if rows else ():
            for path, values in lists_in([row[column] for row in rows], vote):
                yield f"{table}.{column}{path}", values
    sealed = [row for row in vote.during["workshop_envelope"] if row["poll"] == vote.poll]
    for key in keys_of(sealed):
        ordered = sorted(sealed, key=key_of(key))
        yield f"lengths {key}", told_apart([len(bytes(row["sealed"])) for row in ordered])
        yield f"first bytes {key}", told_apart([bytes(row["sealed"])[0] for row in ordered])


def lists_in(cells: Sequence[Any], vote: Vote) -> Iterator[tuple[str, list[int]]]:
    """Lists of answers in cells, however deep; and those of one answer in each of several cells."""
    for cell in cells:
        value = parsed(cell)
        if vote.poll in json.dumps(value, default=str):
            yield from inside(value, "")


def inside(value: Any, path: str) -> Iterator[tuple[str, list[int]]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from inside(each, f"{path}/{key.split('/')[0]}")
    elif isinstance(value, list):
        if value and all(each in (0, 1) and not isinstance(each, bool) for each in value):
            yield path, value
        for each in value:
            yield from inside(each, f"{path}[]")


def parsed(cell: Any) -> Any:
    try:
        return json.loads(cell) if isinstance(cell, str | bytes) else cell
    except ValueError:
        return None


def told_apart(values: Sequence[int]) -> list[int]:
    middle = sorted(values)[len(values) // 2]
    return [int(each >= middle) for each in values]


def keys_of(rows: Rows) -> list[str]:
    return [key for key in rows[0] if key.startswith("_") or key in ("id", "seq")] if rows else []


def key_of(key: str) -> Callable[[dict[str, Any]], Any]:
    """By number where it is one: "(0,10)" lies after "(0,9)"."""
    return lambda row: [int(part) for part in str(row[key]).strip("()").split(",")]


def right(guess: Mapping[str, int], truth: Mapping[str, int]) -> int:
    """Two answers can be told apart without it being known which is which."""
    hits = sum(guess.get(person) == answer for person, answer in truth.items())
    return max(hits, len(truth) - hits)


def shuffled(truth: Mapping[str, int], chance: random.Random) -> dict[str, int]:
    answers = [*truth.values()]
    chance.shuffle(answers)
    return dict(zip(truth, answers, strict=True))
