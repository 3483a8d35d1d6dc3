"""Server and browser must fold alike. `tests/node/fold.test.ts` reads the same vectors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st

from workshop.records import Record, Records, drop, put

VECTORS = json.loads((Path(__file__).parent / "vectors" / "fold.json").read_text())


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Record):
    kind: ClassVar[str] = "test.fact"
    of: ClassVar[str] = "about"

    about: str = ""
    value: Any = None


def facts(values: dict[str, Any]) -> dict[str, Fact]:
    return {key: Fact(id=key, value=value) for key, value in values.items()}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_fold(vector):
    changes = dict.fromkeys(vector["gone"]) | facts(vector["put"])
    after = dict(Records().fold(facts(vector["before"])).fold(changes))

    assert {key: each.value for key, each in after.items()} == vector["after"]


STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(), st.booleans()))


@whatever(STEPS)
def test_what_is_of_one_thing_is_found_as_if_all_were_looked_at(steps):
    records = Records()
    for here, n, value, in_place in steps:
        fact = Fact(id=str(n), about=str(n % 2), value=value)
        changes = put(fact) if here else drop(fact)
        before, found = records, records.of(Fact, "0")
        if in_place:
            records.advance(changes)
        else:
            records = records.fold(changes)
            assert before.of(Fact, "0") == found
        for about in ("0", "1", "2"):
            assert records.of(Fact, about) == [e for e in records.all(Fact) if e.about == about]
