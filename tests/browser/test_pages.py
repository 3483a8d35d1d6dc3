"""Every page: nothing for axe to find, nothing to scroll sideways, nothing of a third party."""

from __future__ import annotations

import re

from playwright.async_api import Page

from tests.browser.conftest import DESK, PHONE, Stage, in_sync
from tests.browser.fit import NARROW, faults_by_day_and_night, scrolls_sideways
from tests.browser.fit import faults as faults  # for test_editor.py
from tests.served import Made

OPEN = ("/", "/days/stories/", "/join/", "/login/", "/nowhere/")
SEATED = ("", "console/", "minutes/", "screen/")
WITHOUT_SCRIPT = ("plain/", "plain/minutes/")
ORGANISED = ("/organise/", "/organise/days/", "/organise/days/stories/")
OF_SESSION = ("", "edit/", "poster/", "delete/", "groups/", "votes/")


async def pages(stage: Stage, size: dict[str, int], **options) -> list[tuple[str, Page]]:
    """A page for each person: a visitor, a facilitator, an organiser, with where they can go."""
    session = stage.served.new_session("Plénière des pages")
    visitor = await stage.visitor(size=size, **options)
    facilitator = await stage.guest(session, "facilitator", "Hélène", size=size, **options)
    organiser = await log_in(stage, await stage.visitor("/login/", size=size, **options))
    return [
        *((path, visitor) for path in (*OPEN, f"/join/{session.code}/", entrance(session))),
        *((f"/rooms/{session.slug}/{end}", facilitator) for end in SEATED + WITHOUT_SCRIPT),
        *((path, organiser) for path in ORGANISED),
        *((f"/organise/sessions/{session.slug}/{end}", organiser) for end in OF_SESSION),
    ]


def entrance(session: Made) -> str:
    return f"/enter/{session.links['note_taker']}/"


async def log_in(stage: Stage, page: Page) -> Page:
    """Sign in with the demonstration's account."""
    await page.fill("input[name=username]", "demo")
    await page.fill("input[name=password]", stage.served.password())
    await page.locator("form:has(input[name=password]) button.primary").click()
    await page.wait_for_url("**/organise/")
    return page


async def opened(page: Page, stage: Stage, path: str) -> None:
    await page.goto(stage.served.url + path)
    if path.startswith("/rooms/") and "screen" not in path and "plain" not in path:
        await in_sync(page)


async def test_axe_finds_nothing(stage: Stage):
    stage.server_may_be_away = True  # a page that is not there is an error to the console
    found = []
    for path, page in await pages(stage, DESK):
        await opened(page, stage, path)
        for size in (DESK, PHONE):
            await page.set_viewport_size(size)
            found += await faults_by_day_and_night(page, f"{path}, {size['width']}")
        await page.set_viewport_size(DESK)

    assert found == []


async def test_nothing_scrolls_sideways_at_320_pixels(stage: Stage):
    stage.server_may_be_away = True
    wide = []
    for path, page in await pages(stage, NARROW):
        if path.endswith("screen/"):
            continue  # a projector is never narrow
        await opened(page, stage, path)
        if await scrolls_sideways(page):
            wide.append(path)

    assert wide == []


async def test_no_page_asks_anything_of_a_third_party(stage: Stage):
    asked: list[str] = []
    context = await stage.window()
    context.on("request", lambda request: asked.append(request.url))
    page = await context.new_page()
    for path in ("/", "/join/", "/rooms/pleniere/", "/login/"):
        await page.goto(stage.served.url + path)
        await page.wait_for_load_state("networkidle") if path in ("/join/", "/login/") else None

    assert asked
    elsewhere = [
        url for url in asked if not re.match(r"(http|ws)://127\.0\.0\.1[:/]|data:|blob:", url)
    ]
    assert elsewhere == []
