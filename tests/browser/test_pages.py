"""Every page: nothing for axe to find, nothing to scroll sideways, nothing of a third party."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.browser.conftest import PHONE, Stage, in_sync
from tests.served import Made

NARROW = {"width": 320, "height": 640}
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
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
    """Sign in with the account that the demonstration prints."""
    name, password = re.findall(r"(\w+) / (\S+)", stage.served.said())[-1]
    await page.fill("input[name=username]", name)
    await page.fill("input[name=password]", password)
    await page.locator("form:has(input[name=password]) button.primary").click()
    await page.wait_for_url("**/organise/")
    return page


async def opened(page: Page, stage: Stage, path: str) -> None:
    await page.goto(stage.served.url + path)
    if path.startswith("/rooms/") and "screen" not in path and "plain" not in path:
        await in_sync(page)


async def at_rest(page: Page) -> None:
    """Until nothing moves or fades any more: half-way between two colours none has contrast."""
    await page.evaluate(
        """async () => {
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
          const fading = document.getAnimations().filter((each) => each instanceof CSSTransition)
          await Promise.allSettled(fading.map((each) => each.finished))
        }"""
    )


async def faults(page: Page, where: str) -> list[tuple[str, ...]]:
    """What axe finds on this page as it stands."""
    await at_rest(page)
    results = await Axe().run(page, options=AXE)
    return [
        (where, each["id"], str(node["target"]), node.get("failureSummary", ""))
        for each in results.response["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(stage: Stage, scheme: str):
    stage.server_may_be_away = True  # a page that is not there is an error to the console
    found = []
    for path, page in await pages(stage, PHONE, color_scheme=scheme):
        for size in (PHONE, {"width": 1280, "height": 900}):
            await page.set_viewport_size(size)
            await opened(page, stage, path)
            found += await faults(page, f"{path}, {size['width']}")

    assert found == []


async def test_nothing_scrolls_sideways_at_320_pixels(stage: Stage):
    stage.server_may_be_away = True
    wide = []
    for path, page in await pages(stage, NARROW):
        if path.endswith("screen/"):
            continue  # a projector is never narrow
        await opened(page, stage, path)
        width = await page.evaluate("document.documentElement.scrollWidth")
        if width > NARROW["width"]:
            wide.append((path, width))

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
