"""Karim's browser runs no script: he joins, writes, votes and sees the result by forms alone."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Stage
from tests.browser.fit import NARROW, faults_by_day_and_night, scrolls_sideways
from tests.browser.test_two_people import SIZES, draft_a_vote, hears, press, say, show

SAID = "#said"


async def joined(stage: Stage, session, name: str, size: dict[str, int] = DESK) -> Page:
    """Someone whose browser runs no script, on the page that is made for it."""
    page = await stage.visitor(f"/join/{session.code}/", size, java_script_enabled=False)
    await page.fill("#id_name", name)
    await page.locator("input[name=place][value=hall]").check(force=True)
    await page.locator("form:has(#id_name) button.primary").click()
    await page.wait_for_url("**/rooms/**")
    await page.locator(".without-script a").click()
    await page.wait_for_url("**/plain/")
    return page


async def refresh(page: Page) -> None:
    await page.locator("main header a.primary").click()


async def vote(page: Page, option: str) -> None:
    await page.locator("label.choice", has_text=option).click()
    await page.locator("form:has(label.choice) button.primary").click()
    await expect(page.locator(SAID)).to_contain_text("Votre vote est compté")


@SIZES
async def test_without_script_one_joins_writes_votes_and_sees_the_result(stage: Stage, size):
    session = stage.served.new_session("Plénière sans script")
    helene = await stage.guest(session, "facilitator", "Hélène")
    karim = await joined(stage, session, "Karim", size)

    await karim.fill("#chat-text", "Bonjour, sans script")
    await karim.locator("form:has(#chat-text) button").click()
    await expect(karim.locator(SAID)).to_be_in_viewport()
    await expect(karim.locator(".msg-text")).to_have_text("Bonjour, sans script")
    await show(helene, "chat")
    await hears(helene, "Bonjour, sans script")
    await say(helene, "Bienvenue")
    await refresh(karim)
    await expect(karim.locator(".msg-text")).to_have_text(["Bonjour, sans script", "Bienvenue"])

    await show(helene, "now")
    await draft_a_vote(helene, "Quel jour ?", "Mercredi", "Samedi")
    await press(helene, "polls.open")
    await refresh(karim)
    await vote(karim, "Mercredi")
    await vote(karim, "Samedi")
    await karim.reload()
    assert await karim.locator("input[name=option]:checked").get_attribute("value") == "1"
    await press(helene, "polls.close")
    await press(helene, "polls.publish")

    await refresh(karim)
    rows = karim.locator(".no-script-result tbody tr")
    await expect(rows.nth(0)).to_contain_text("Mercredi")
    assert await rows.locator("td:nth-of-type(1)").all_text_contents() == ["0", "1"]
    await expect(karim.locator("article .presence")).to_contain_text("1 vote en salle")


async def test_a_vote_that_closed_meanwhile_is_not_called_counted(stage: Stage):
    session = stage.served.new_session("Plénière trop tard sans script")
    helene = await stage.guest(session, "facilitator", "Hélène")
    await draft_a_vote(helene, "Quel jour ?", "Mercredi", "Samedi")
    await press(helene, "polls.open")
    karim = await joined(stage, session, "Karim")
    stage.server_may_be_away = True  # a refusal is an error to the console
    await press(helene, "polls.close")
    await helene.locator("form[data-do='polls.publish'] button:visible").first.wait_for()

    await karim.locator("label.choice", has_text="Samedi").click()
    await karim.locator("form:has(label.choice) button.primary").click()

    await expect(karim.locator(SAID)).to_contain_text("Le vote n’est plus ouvert")
    await expect(karim.locator("main")).not_to_contain_text("Votre vote est compté")


async def test_the_plain_page_in_use_is_fit_for_all(stage: Stage):
    session = stage.served.new_session("Plénière en usage")
    helene = await stage.guest(session, "facilitator", "Hélène")
    await press(helene, "stage.go_live")
    await draft_a_vote(
        helene, "Une question longue, " * 5, "Une réponse " * 12, "Anticonstitution" * 4
    )
    await press(helene, "polls.open")
    await press(helene, "polls.close")
    await press(helene, "polls.publish")
    await draft_a_vote(helene, "Quel jour ?", "Mercredi", "Samedi")
    await press(helene, "polls.open")
    await show(helene, "chat")
    await say(helene, "Unmotquinefinitpas" * 10)
    await helene.goto(f"{stage.served.url}/rooms/{session.slug}/plain/")
    await vote(helene, "Samedi")

    for size in (NARROW, PHONE, DESK):
        assert not await scrolls_sideways(helene, size)
        assert await faults_by_day_and_night(helene, "plain") == []
