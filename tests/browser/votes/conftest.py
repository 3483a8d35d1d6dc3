"""The page of ballots and figures."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.conftest import PHONE
from tests.browser.votes.pages import Votes, bundle, open_page


@pytest.fixture(scope="session")
def scripts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("votes")
    bundle(folder)
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(chromium: Browser, scripts) -> AsyncIterator[Votes]:
    """One page for all stories of a module: opening it takes longer than most of them."""
    context = await chromium.new_context(viewport=PHONE, locale="fr-FR", reduced_motion="reduce")
    troubles: list[str] = []
    context.on("weberror", lambda error: troubles.append(str(error.error)))
    context.set_default_timeout(5_000)
    yield await open_page(context, scripts)
    await context.close()
    assert troubles == []


@pytest_asyncio.fixture(loop_scope="session")
async def votes(page: Votes) -> Votes:
    await page.clear()
    return page
