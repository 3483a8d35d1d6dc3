"""Whether a page is fit for all: what axe finds wrong with it, and whether it scrolls sideways."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

NARROW = {"width": 320, "height": 640}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
Rules = dict[str, Any]
RULES: Rules = {"runOnly": [*WCAG, "best-practice"]}
# By night a page is made of the same things as by day: only their colours are others.
COLOURS: Rules = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
SCRIPT = Axe().axe_script
# Only what is wrong leaves the page: to bring over all that axe has seen took four times as long
# as to look.
FAULTS = """async (rules) => {
  const { violations } = await axe.run({ ...rules, resultTypes: ["violations"] })
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => [id, String(target), failureSummary ?? ""]))
}"""
AT_REST = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  const fading = document.getAnimations().filter((each) => each instanceof CSSTransition)
  await Promise.allSettled(fading.map((each) => each.finished))
}"""


async def at_rest(page: Page) -> None:
    """Until nothing moves or fades any more: half-way between two colours none has contrast."""
    await page.evaluate(AT_REST)


async def faults(page: Page, where: str, rules: Rules = RULES) -> list[tuple[str, ...]]:
    """What axe finds on this page as it stands."""
    await at_rest(page)
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(SCRIPT)
    return [(where, *fault) for fault in await page.evaluate(FAULTS, rules)]


async def faults_by_day_and_night(
    page: Page, where: str, rules: Rules = RULES
) -> list[tuple[str, ...]]:
    """What axe finds on this page in light colours, and in dark ones. With reduced motion: what
    fades from the ones to the others would have to be waited for."""
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    by_day = await faults(page, f"{where}, light", rules)
    await page.emulate_media(color_scheme="dark")
    return by_day + await faults(page, f"{where}, dark", COLOURS)


async def scrolls_sideways(page: Page, size: dict[str, int] | None = None) -> bool:
    """Whether something is wider than the page, once that is of this size."""
    if size:
        await page.set_viewport_size(size)
    return bool(await page.evaluate("document.documentElement.scrollWidth > innerWidth"))
