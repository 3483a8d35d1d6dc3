"""What every test may use, and how several processes share them."""

from __future__ import annotations

import os

import pytest

# The longest files. Who starts them last waits for them alone.
FIRST = (
    "tests/test_postgresql.py",
    "tests/browser/test_votes.py",
    "tests/browser/test_editor.py",
    "tests/browser/test_pages.py",
    "tests/browser/test_two_people.py",
    "tests/browser/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: turn(item.nodeid))


def turn(nodeid: str) -> int:
    return next((n for n, path in enumerate(FIRST) if nodeid.startswith(path)), len(FIRST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores, for half of a story's time is waiting; no more than four,
    each with servers and a browser of its own."""
    return min(4, (os.cpu_count() or 1) + 1)
