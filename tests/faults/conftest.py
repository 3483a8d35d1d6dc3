"""Room for many sockets: a shell gives a process few of them."""

from __future__ import annotations

import resource

import pytest


@pytest.fixture(scope="session", autouse=True)
def _files():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)
