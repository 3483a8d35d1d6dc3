"""Server and browser must fold alike. `tests/node/fold.test.ts` reads the same vectors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workshop.records import Records

VECTORS = json.loads((Path(__file__).parent / "vectors" / "fold.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_fold(vector):
    changes = dict.fromkeys(vector["gone"]) | vector["put"]

    assert dict(Records().fold(vector["before"]).fold(changes)) == vector["after"]
