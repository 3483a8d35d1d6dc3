"""What every test may use."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling

STORIES = "tests/browser"


class Together(LoadScopeScheduling):
    """Where several processes share the tests, a file's stay together, for what is made once for
    all of them; and all stories do, for the browser and the demonstration."""

    def _split_scope(self, nodeid: str) -> str:
        return STORIES if nodeid.startswith(STORIES) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together:
    return Together(config, log)
