"""Chi works where the network lets no WebSocket through: she takes part all the same."""

from __future__ import annotations

import asyncio

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, Stage, in_sync
from tests.browser.test_two_people import (
    SIZES,
    draft_a_vote,
    hears,
    press,
    result,
    say,
    show,
    vote,
)
from tests.browser.test_writing import note_taker, saved, text, write
from tests.browser.wall import Wall, wall

SLOWER = "header room-connection [data-when=slower]"
DIRECT = "header room-connection [data-when=direct]"
BACK = 45_000  # milliseconds: another socket is tried within half a minute


@pytest_asyncio.fixture(loop_scope="session")
async def before(stage: Stage):
    stage.server_may_be_away = True  # a browser notes each socket that fails
    async with wall(stage.served.port) as made:
        yield made


async def shown(page: Page, part: str, within: float = 15_000) -> None:
    await expect(page.locator(part)).to_be_visible(timeout=within)


async def messages(page: Page) -> list[str]:
    await show(page, "chat")
    return await page.locator("room-chat .msg-text:visible").all_text_contents()


@SIZES
async def test_behind_a_wall_one_talks_and_votes_and_is_counted(stage: Stage, before: Wall, size):
    session = stage.served.new_session("Plénière derrière le mur")
    helene = await stage.guest(session, "facilitator", "Hélène")
    chi = await stage.participant(session, "Chi", size=size, at=before.url)
    assert before.refused == 2
    await expect(chi.locator("header room-connection")).to_contain_text("plus lent")

    await say(chi, "De derrière le mur")
    await say(helene, "On vous entend")
    for page in (helene, chi):
        await hears(page, "De derrière le mur")
        await hears(page, "On vous entend")
    await show(helene, "now")
    await draft_a_vote(helene, "Quel jour ?", "Mercredi", "Samedi")
    await press(helene, "polls.open")
    await vote(chi, "Mercredi")
    await vote(chi, "Samedi")
    await press(helene, "polls.close")
    await press(helene, "polls.publish")

    assert "Samedi1100" in (await result(chi)).replace(" ", "").replace("\u202f", "")
    await expect(chi.locator("room-polls .presence").first).to_contain_text("1 vote")
    await shown(chi, SLOWER)


async def test_when_the_wall_falls_the_page_moves_over_while_people_talk(
    stage: Stage, before: Wall
):
    session = stage.served.new_session("Plénière du mur qui tombe")
    ana = await stage.participant(session, "Ana", "hall")
    chi = await stage.participant(session, "Chi", at=before.url)
    await shown(chi, SLOWER)
    said = []

    async def say_in_turn() -> None:
        for speaker, listener in ((chi, ana), (ana, chi)):
            said.append(f"Message {len(said)}.")
            await say(speaker, said[-1])
            await hears(listener, said[-1])

    before.fall()
    async with asyncio.timeout(BACK / 1000):
        while not await chi.locator(DIRECT).is_visible():
            await say_in_turn()
    await say_in_turn()

    assert await messages(chi) == await messages(ana) == said


async def test_what_is_written_behind_a_wall_is_not_called_saved_and_leaves_when_it_falls(
    stage: Stage, before: Wall
):
    session = stage.served.new_session("Plénière des notes derrière le mur")
    chi = await stage.participant(session, "Chi")
    await show(chi, "minutes")
    before.fall()
    nina = await note_taker(stage, session, "Nina", at=before.url)
    await write(nina, "Avant le mur. ")
    await saved(nina)

    before.rise()
    await shown(nina, SLOWER)
    await shown(nina, "room-minutes [data-when=slower]")
    await write(nina, "Derrière le mur. ")
    await shown(nina, "room-minutes [data-when=unsaved] [data-when=kept-here]")
    await shown(nina, "room-minutes [data-when=writing-here]")
    await expect(nina.locator("room-minutes [data-when=saved]")).to_be_hidden()
    await expect(text(chi)).not_to_contain_text("Derrière le mur.")

    before.fall()
    await shown(nina, DIRECT, BACK)
    await saved(nina)
    await expect(text(chi)).to_contain_text("Avant le mur. Derrière le mur. ")
    assert (await text(chi).inner_text()).count("Derrière") == 1
    await expect(nina.locator("room-minutes [data-when=slower]")).to_be_hidden()


async def test_a_reader_behind_a_wall_is_not_told_that_nothing_is_written(
    stage: Stage, before: Wall
):
    session = stage.served.new_session("Plénière à lire derrière le mur")
    nina = await note_taker(stage, session, "Nina")
    await write(nina, "Quelque chose.")
    await saved(nina)

    chi = await stage.participant(session, "Chi", size=PHONE, at=before.url)
    await show(chi, "minutes")

    await shown(chi, "room-minutes [data-when=slower]")
    await text(chi).wait_for(state="attached")
    await expect(chi.locator(".minutes-page [data-piece=empty]")).to_be_hidden()
    await chi.locator("room-minutes [data-when=slower] a").click()
    await expect(chi.locator(".minutes-text")).to_have_text("Quelque chose.")


async def test_a_page_that_is_loaded_anew_behind_a_wall_has_lost_nothing(
    stage: Stage, before: Wall
):
    session = stage.served.new_session("Plénière rechargée derrière le mur")
    chi = await stage.participant(session, "Chi", at=before.url)
    await say(chi, "Avant de recharger")
    await hears(chi, "Avant de recharger")
    await chi.reload()
    await in_sync(chi)

    await hears(chi, "Avant de recharger")
