"""A kiosk in the town hall: visitors vote one by one, and none sees anything of another."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.conftest import Stage, in_sync
from tests.browser.fit import NARROW, faults, scrolls_sideways
from tests.browser.room import ask
from tests.browser.test_vote_page import opened, path, published

TALL = {"width": 820, "height": 1180}
TEXT = {"form": {"kind": "text"}, "kiosk": True}
YES_NO = {"form": {"kind": "yes_no"}, "kiosk": True, "secrecy": "confidential"}
IN_SYNC = "room-socket[data-state=in-sync]"
VALUES = "[...document.querySelectorAll('input, textarea')].map(({ value }) => value)"
STORED = """() => JSON.stringify([
  Object.entries(localStorage), Object.entries(sessionStorage), document.cookie,
])"""


async def kiosk(stage: Stage, session, size=TALL) -> Page:
    page = await (await stage.window(size)).new_page()
    await page.clock.install()
    await page.goto(f"{stage.served.url}/enter/{session.links['kiosk']}/")
    await page.wait_for_url("**/kiosk/")
    await page.locator(IN_SYNC).wait_for(state="attached")
    return page


def button(page: Page, what: str):
    return page.locator(f"[data-{what}]:visible")


def shown(page: Page, view: str):
    return page.locator(f"section[data-when={view}]")


async def test_the_second_visitor_sees_nothing_of_the_first(stage: Stage):
    session = stage.served.new_session("Le vote à la borne")
    helene = await stage.guest(session, "facilitator", "Hélène")
    poll = await opened(helene, **TEXT)
    page = await kiosk(stage, session)
    await button(page, "begin").click()
    await page.fill("#ballot-text", "Un secret de famille")
    await page.locator("form[data-vote] button.primary").click()
    await expect(shown(page, "thanks")).to_be_visible()
    receipt = await page.locator(".receipt").inner_text()
    assert len(receipt) == 11

    await page.clock.fast_forward(41_000)
    await expect(shown(page, "welcome")).to_be_visible()
    left = await page.evaluate("document.documentElement.outerHTML") + await page.evaluate(STORED)
    values = await page.evaluate(VALUES)
    for secret in ("famille", receipt, receipt.replace("-", "")):
        assert secret not in left
        assert not [each for each in values if secret in each]

    await button(page, "begin").click()
    await expect(page.locator("#ballot-text")).to_have_value("")
    await page.fill("#ballot-text", "Un autre avis")
    await page.locator("form[data-vote] button.primary").click()
    await expect(shown(page, "thanks")).to_be_visible()
    assert await page.locator(".receipt").inner_text() != receipt

    await published(helene, poll)
    result = await stage.visitor(path(session, poll))
    await expect(result.locator(".vote-account")).to_contain_text("2")
    await expect(result.locator("main")).to_contain_text("2 à une borne")
    await result.locator("[data-recount]").click()
    await expect(result.locator("[data-found=same]")).to_be_visible()


async def test_what_is_touched_is_not_cleared_and_what_is_left_is(stage: Stage):
    session = stage.served.new_session("La borne patiente")
    helene = await stage.guest(session, "facilitator", "Hélène")
    await opened(helene, **TEXT)
    page = await kiosk(stage, session)
    await button(page, "begin").click()
    for words in ("Je", "Je pense", "Je pense encore"):
        await page.clock.fast_forward(45_000)
        await page.fill("#ballot-text", words)
    await expect(page.locator("#ballot-text")).to_have_value("Je pense encore")
    await page.clock.fast_forward(52_000)
    await expect(page.locator("[data-stay]")).to_be_visible()
    await page.locator("[data-stay]").click()
    await page.clock.fast_forward(1_000)
    await expect(page.locator("[data-stay]")).to_be_hidden()
    await expect(page.locator("#ballot-text")).to_have_value("Je pense encore")
    await page.clock.fast_forward(61_000)
    await expect(shown(page, "welcome")).to_be_visible()
    await button(page, "begin").click()
    await expect(page.locator("#ballot-text")).to_have_value("")


async def test_one_open_vote_after_another(stage: Stage):
    session = stage.served.new_session("La borne et deux votes")
    helene = await stage.guest(session, "facilitator", "Hélène")
    page = await kiosk(stage, session)
    await expect(shown(page, "none")).to_be_visible()
    await opened(helene, **YES_NO, question="Premier ?")
    await opened(helene, **YES_NO, question="Second ?")
    await opened(helene, question="Pas pour les bornes ?")
    await button(page, "begin").click()
    await expect(page.locator("h1:visible")).to_have_text("Premier ?")
    await page.locator("form[data-vote] button.primary").click()
    await expect(page.locator("[data-piece=incomplete]")).to_be_visible()
    await page.locator(".choice").first.click()
    await page.locator("form[data-vote] button.primary").click()
    await button(page, "next").click()
    await expect(page.locator("h1:visible")).to_have_text("Second ?")
    await page.locator(".choice").last.click()
    await page.locator("form[data-vote] button.primary").click()
    await expect(shown(page, "thanks")).to_be_visible()
    await expect(button(page, "next")).to_have_count(0)
    await button(page, "leave").click()
    await button(page, "begin").click()
    await expect(page.locator("h1:visible")).to_have_text("Premier ?")


async def test_without_a_network_a_vote_waits_and_says_so(stage: Stage):
    stage.server_may_be_away = True
    session = stage.served.new_session("La borne coupée")
    helene = await stage.guest(session, "facilitator", "Hélène")
    poll = await opened(helene, **YES_NO)
    page = await kiosk(stage, session)
    await button(page, "begin").click()
    await page.context.set_offline(True)
    await page.evaluate("document.querySelector('room-socket').room.probe()")
    await page.locator(".choice").first.click()
    await page.locator("form[data-vote] button.primary").click()
    waiting = shown(page, "sending").locator("[role=alert]")
    for _ in range(8):  # until it is noticed that nothing comes any more
        await page.clock.fast_forward(10_000)
        if await waiting.is_visible():
            break
    await expect(waiting).to_be_visible()
    await page.clock.fast_forward(120_000)
    await expect(waiting).to_be_visible()
    assert "polls.vote" not in await page.evaluate(STORED)

    await page.context.set_offline(False)
    await page.evaluate("document.querySelector('room-socket').room.retry()")
    await page.clock.fast_forward(2_000)
    await expect(shown(page, "thanks")).to_be_visible()
    await published(helene, poll)
    result = await stage.visitor(path(session, poll))
    await expect(result.locator("main")).to_contain_text("1 à une borne")


async def test_a_kiosk_speaks_the_visitors_language_until_they_leave(stage: Stage):
    session = stage.served.new_session("La borne polyglotte")
    helene = await stage.guest(session, "facilitator", "Hélène")
    await opened(helene, **YES_NO)
    page = await kiosk(stage, session)
    await page.locator("[data-language=en]").click()
    await page.locator(IN_SYNC).wait_for(state="attached")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await button(page, "begin").click()
    await button(page, "leave").click()
    await expect(page.locator("html")).to_have_attribute("lang", "fr")
    assert "language" not in page.url


async def test_a_kiosk_is_not_counted_among_the_people_and_goes_with_its_link(stage: Stage):
    session = stage.served.new_session("La borne fermée")
    helene = await stage.guest(session, "facilitator", "Hélène")
    page = await kiosk(stage, session)
    await in_sync(helene)
    seats = """Object.entries(document.querySelector("room-socket").room.records)
      .filter(([key, seat]) => key.startsWith("people.seat/") && seat.role === "kiosk")
      .map(([key]) => key.slice(12))"""
    (seat,) = await helene.evaluate(seats)
    present = 'document.querySelector("room-socket").room.presence'
    assert (await helene.evaluate(present))["hall"] == 1
    await expect(helene.locator("room-people [data-rows=seats] > li")).to_have_count(1)
    await ask(helene, "people.remove", person=seat)
    await expect(shown(page, "shut")).to_be_visible()


async def test_axe_finds_nothing_at_a_kiosk_and_nothing_scrolls_sideways(stage: Stage):
    session = stage.served.new_session("La borne accessible")
    helene = await stage.guest(session, "facilitator", "Hélène")
    page = await kiosk(stage, session)
    wrong = await faults(page, "nothing open")
    await opened(helene, **TEXT)
    await expect(button(page, "begin")).to_be_visible()
    wrong += await faults(page, "welcome")
    await button(page, "begin").click()
    wrong += await faults(page, "vote")
    assert not await scrolls_sideways(page, NARROW)
    await page.fill("#ballot-text", "a")
    await page.locator("form[data-vote] button.primary").click()
    await expect(shown(page, "thanks")).to_be_visible()
    wrong += await faults(page, "thanks")

    assert not await scrolls_sideways(page)
    assert wrong == []
