"""A vote for the people of a list."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import Stage
from tests.browser.test_two_people import draft_a_vote, press, show


async def test_only_those_on_the_list_are_asked(stage: Stage):
    session = stage.served.new_session("Plénière de la liste")
    helene = await stage.guest(session, "facilitator", "Hélène")
    ana = await stage.participant(session, "Ana")
    chi = await stage.participant(session, "Chi")
    await draft_a_vote(helene, "Qui préside ?", "Ana", "Chi")

    roll = helene.locator("room-poll-roll")
    await roll.locator("summary").click()
    await roll.locator("[data-piece=sought]").fill("an")
    await expect(roll.locator("[data-rows=roll] li")).to_have_count(1)
    await roll.get_by_label("Ana").check()
    await roll.locator("button[value=listed]").click()
    await expect(roll.locator("summary")).to_contain_text("1 personne d’une liste peut voter")
    await press(helene, "polls.open")

    for page, may in ((ana, True), (chi, False)):
        await show(page, "live")
        await expect(page.locator("room-polls h2")).to_have_text("Qui préside ?")
        await expect(page.locator("room-polls form button.primary")).to_be_visible(visible=may)
    await expect(chi.locator("room-polls [data-when=may-not-vote]")).to_be_visible()
    await expect(helene.locator("room-on-air .presence").first).to_contain_text(
        "sur 1 votant possible"
    )
