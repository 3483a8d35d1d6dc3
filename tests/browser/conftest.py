"""Chromium, one for all stories; the demonstration, served once; and the people of the stories."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.served import Made, Served

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--disable-dev-shm-usage",
]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
WHILE_AWAY = re.compile(r"WebSocket connection to|net::ERR_|Failed to load resource")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All stories run on one loop: that of the browser."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory):
    served = Served(tmp_path_factory.mktemp("served"))
    try:
        served.page()
        served.playlist()
        yield served
    finally:
        served.let_go()
        if served.process.poll() is None:
            served.process.terminate()
            served.process.wait(10)
    assert "Traceback" not in served.said()
    assert not re.search(r"^(ERROR|CRITICAL)", served.said(), re.M), served.said()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert path, "the browser stories need Chromium: see `make test`"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


class Stage:
    """Where a story is played: a session, and people who come into it, each with a browser window
    of their own. What goes wrong in their consoles fails the story."""

    def __init__(self, served: Served, browser: Browser, stack: AsyncExitStack) -> None:
        self.served, self.browser, self.stack = served, browser, stack
        self.troubles: list[str] = []
        self.server_may_be_away = False

    async def window(self, size: dict[str, int] = DESK, **options: object) -> BrowserContext:
        context = await self.browser.new_context(
            viewport=size, locale="fr-FR", timezone_id="Europe/Paris", **options
        )
        context.set_default_timeout(15_000)
        self.stack.push_async_callback(context.close)
        context.on("weberror", lambda error: self.troubles.append(str(error.error)))
        context.on("console", self._note)
        return context

    async def visitor(
        self, path: str = "/", size: dict[str, int] = DESK, at: str = "", **options: object
    ) -> Page:
        """Someone who has given no name; `at` is where they reach the server, if not directly."""
        page = await (await self.window(size, **options)).new_page()
        await page.goto((at or self.served.url) + path)
        return page

    async def participant(
        self,
        session: Made,
        name: str,
        place: str = "remote",
        size: dict[str, int] = DESK,
        **options,
    ) -> Page:
        """Someone who joins with the code."""
        page = await self.visitor(f"/join/{session.code}/", size, **options)
        return await self._come_in(page, name, place)

    async def guest(
        self, session: Made, role: str, name: str, size: dict[str, int] = DESK, **options
    ) -> Page:
        """Someone who comes in through the link of a role."""
        page = await self.visitor(f"/enter/{session.links[role]}/", size, **options)
        return await self._come_in(page, name, "hall")

    async def _come_in(self, page: Page, name: str, place: str) -> Page:
        await page.fill("#id_name", name)
        await page.locator(f"input[name=place][value={place}]").check(force=True)
        await page.locator("form:has(#id_name) button.primary").click()
        await page.wait_for_url("**/rooms/**")
        await in_sync(page)
        return page

    def _note(self, message) -> None:
        away = self.server_may_be_away and WHILE_AWAY.search(message.text)
        if message.type == "error" and not away:
            self.troubles.append(message.text)


@pytest_asyncio.fixture(loop_scope="session")
async def stage(served: Served, chromium: Browser) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        stage = Stage(served, chromium, stack)
        yield stage
        if served.process.poll() is not None:  # killed by a story that then failed
            served.start()
        assert stage.troubles == []


async def in_sync(page: Page) -> None:
    """Until the page says that it is connected and up to date."""
    await page.locator("room-connection [data-when=in-sync]").first.wait_for()


async def offline(page: Page) -> None:
    """Until the page says that it is not connected."""
    await page.locator("room-connection [data-when=offline]:not([hidden])").first.wait_for()
