"""The page of a result, for those who look closely: they count again, look for their receipt, and
notice a list that somebody has changed."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page, Route, expect

from tests.browser.conftest import PHONE, Stage
from tests.browser.fit import NARROW, faults, scrolls_sideways
from tests.browser.room import ask
from tests.served import Made

RANKING = {"kind": "ranking", "options": ["Écoles", "Parcs", "Marché"], "method": "runoff"}
SECRET = {"question": "Que faire d'abord ?", "form": RANKING, "secrecy": "secret", "grace": 0}
UNTIL = """async ([poll, status]) => {
  const { room } = document.querySelector("room-socket")
  await new Promise((done) => {
    const look = () => room.records[`polls.poll/${poll}`]?.status === status && done()
    room.on("moved", look)
    look()
  })
}"""


async def opened(helene: Page, **plan: Any) -> str:
    poll = await ask(helene, "polls.draft", plan=SECRET | plan)
    await ask(helene, "polls.open", poll=poll)
    return poll


async def published(helene: Page, poll: str) -> None:
    await ask(helene, "polls.close", poll=poll)
    await helene.evaluate(UNTIL, [poll, "closed"])
    await ask(helene, "polls.publish", poll=poll)


async def secret_vote(stage: Stage, title: str) -> tuple[Made, str, Page]:
    """Two ballots, and two of paper, published; and Hélène, who facilitated."""
    session = stage.served.new_session(title)
    helene = await stage.guest(session, "facilitator", "Hélène")
    ana = await stage.participant(session, "Ana")
    nina = await stage.guest(session, "note_taker", "Nina")
    poll = await opened(helene)
    paper = {"channel": "paper", "lines": [[[1, 0], 2]], "voters": 2}
    sheet = await ask(helene, "polls.enter", poll=poll, **paper)
    await ask(nina, "polls.confirm", sheet=sheet)
    await ask(helene, "polls.vote", poll=poll, version=1, answer=[0, 1], code="ABCDEFGH23")
    await ask(ana, "polls.vote", poll=poll, version=1, answer=[2], code="KMNPQRSTU4")
    await published(helene, poll)
    return session, poll, helene


def path(session: Made, poll: str) -> str:
    return f"/rooms/{session.slug}/votes/{poll}/"


def found(page: Page, what: str):
    return page.locator(f"[data-found={what}]")


async def test_ana_counts_again_finds_her_receipt_and_notices_a_changed_list(stage: Stage):
    session, poll, _ = await secret_vote(stage, "Le vote secret")
    asked: list[str] = []
    page = await stage.visitor(path(session, poll))
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    await expect(page.locator("vote-figure figure")).to_be_visible()
    await page.locator("[data-recount]").click()
    await expect(found(page, "same")).to_be_visible()
    await expect(found(page, "hashes")).to_be_visible()
    await expect(found(page, "differs")).to_be_hidden()

    await page.fill("#receipt", "abcde fgh23")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-receipt=found]")).to_be_visible()
    await page.fill("#receipt", "ABCDE-FGH24")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-receipt=missing]")).to_be_visible()

    assert asked
    assert not [each for each in asked if "fgh2" in each.lower()], "a receipt stays in the browser"
    assert "fgh2" not in page.url.lower()
    await a_list_that_somebody_has_changed_is_noticed(page)


async def a_list_that_somebody_has_changed_is_noticed(page: Page) -> None:
    async def truly(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, body=(await answer.text()).replace("[2]", "[1]"))

    await page.route("**/ballots.txt", truly)
    await page.locator("[data-recount]").click()
    await expect(found(page, "differs")).to_be_visible()
    await expect(found(page, "ballots-changed")).to_be_visible()
    await expect(found(page, "hashes")).to_be_hidden()
    await page.unroute("**/ballots.txt")

    await page.route("**/ballots.txt", lambda route: route.fulfill(body='"<b>"\nno json\n'))
    await page.route("**/codes.txt", lambda route: route.fulfill(body="AAAAAAAAAA\n"))
    await page.locator("[data-recount]").click()
    await expect(found(page, "differs")).to_be_visible()
    await expect(found(page, "codes-changed")).to_be_visible()


async def test_its_pages_are_for_everyone(stage: Stage):
    """Without script; with nothing for axe to find; with nothing to scroll sideways at 320 px."""
    session, poll, helene = await secret_vote(stage, "Le vote accessible")
    page = await stage.visitor(path(session, poll), java_script_enabled=False)
    await expect(page.locator(".vote-table").first).to_contain_text("Écoles")
    await expect(page.locator(".vote-names")).to_contain_text("Ana")
    await expect(page.locator("vote-check")).to_be_hidden()
    await expect(page.locator("vote-figure")).to_be_hidden()

    page = await stage.visitor(path(session, poll), PHONE)
    await page.locator("[data-recount]").click()
    await expect(found(page, "same")).to_be_visible()
    wrong = await faults(page, "phone")
    await page.set_viewport_size({"width": 1280, "height": 900})
    wrong += await faults(page, "desk")
    await helene.goto(f"{stage.served.url}/organise/sessions/{session.slug}/votes/")
    wrong += await faults(helene, "plans")

    assert wrong == []
    for each in (page, helene):
        assert not await scrolls_sideways(each, NARROW)
