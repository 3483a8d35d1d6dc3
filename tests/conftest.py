"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

STORIES = Path(__file__).parent / "browser"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes share the tests, a file's stay together, for what is made once for
    all of them; and all stories do, for the browser and the demonstration."""
    for item in items:
        place = STORIES if item.path.is_relative_to(STORIES) else item.path
        item.add_marker(pytest.mark.xdist_group(str(place)))
