"""Ana in the hall, Chi at home, Hélène who facilitates, Nina who takes notes: one session."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Stage, in_sync, offline

SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


# What people do ---------------------------------------------------------------------------


async def show(page: Page, tab: str) -> None:
    """Choose a tab, where there are tabs."""
    button = page.locator(f"#tab-{tab}")
    if await button.is_visible():
        await button.click()


async def say(page: Page, text: str) -> None:
    await show(page, "chat")
    await page.fill("#chat-text", text)
    await page.press("#chat-text", "Enter")


async def hears(page: Page, text: str) -> None:
    await show(page, "chat")
    await expect(page.locator("room-chat .msg-text", has_text=text)).to_have_count(1)


async def draft_a_vote(facilitator: Page, question: str, *options: str) -> None:
    await show(facilitator, "now")
    await begin_a_vote(facilitator)
    await facilitator.fill("#draft-question", question)
    for n, option in enumerate(options):
        if n > 1:
            await facilitator.locator("[data-piece=options] + p [data-add]").click()
        await facilitator.locator("[name='plan.form.options']").nth(n).fill(option)
    await without_grace(facilitator)
    await facilitator.locator("form[data-do='polls.draft'] button.primary").click()


async def begin_a_vote(facilitator: Page) -> None:
    """Unfold the form, once what was drafted before is saved."""
    await facilitator.locator("[data-piece=fold]:not([open]) > summary").click()


async def without_grace(facilitator: Page) -> None:
    """Ballots on their way are not waited for: a story has better things to do."""
    await facilitator.locator("[name='plan.grace']").evaluate("input => { input.value = 0 }")


async def press(page: Page, command: str) -> None:
    await page.locator(f"form[data-do='{command}'] button:visible").first.click()


async def vote(page: Page, option: str) -> None:
    await show(page, "live")
    await page.locator("room-polls label.choice", has_text=option).click()
    await page.locator("room-polls form button.primary").click()
    await page.locator("room-polls form p[data-when=counted]").wait_for()


async def result(page: Page) -> str:
    """The published result, as the table alternative tells it."""
    await show(page, "live")
    figure = page.locator("room-polls [data-piece=outcome] .as-table table")
    await figure.locator("tbody tr").first.wait_for(state="attached")
    return " ".join((await figure.text_content() or "").split())


async def clock_advances(page: Page) -> None:
    """The picture plays by itself."""
    video = page.locator("room-stage video").first
    await video.wait_for()
    await page.wait_for_function("v => v.currentTime > 0.5", arg=await video.element_handle())
    before = await video.evaluate("v => v.currentTime")
    await page.wait_for_function(
        "([v, t]) => v.currentTime > t + 1", arg=[await video.element_handle(), before]
    )


# The stories ------------------------------------------------------------------------------


async def test_the_broadcast_goes_live_and_every_player_starts_by_itself(stage: Stage):
    session = stage.served.new_session("Plénière du direct")
    helene = await stage.guest(session, "facilitator", "Hélène")
    chi = await stage.participant(session, "Chi")
    passer_by = await stage.visitor("/days/stories/")
    slot = passer_by.locator("programme-slot.slot", has_text="Plénière du direct")
    await expect(slot).to_have_attribute("data-phase", "waiting")
    await chi.locator("room-stage [data-when=waiting]").first.wait_for()

    await press(helene, "stage.go_live")

    await expect(slot).to_have_attribute("data-phase", "live")
    await expect(slot.locator("a.when-live")).to_be_visible()
    await clock_advances(chi)
    await chi.locator("[data-press=sound]").click()
    assert await chi.locator("room-stage video").evaluate("v => v.muted") is False

    await helene.locator("form[data-do='stage.end'] [data-ask]").click()
    await helene.locator("form[data-do='stage.end'] .danger").click()
    await expect(slot).to_have_attribute("data-phase", "ended")
    await chi.locator("room-stage .stage-card[data-when=ended]").wait_for()


async def test_the_programme_plays_the_live_session_and_two_clocks_advance(stage: Stage):
    pages = [await stage.visitor("/"), await stage.visitor("/rooms/pleniere/")]

    await asyncio.gather(*(clock_advances(page) for page in pages))

    await expect(
        pages[0].locator(".onair a.btn.now", has_text="Entrer dans la salle")
    ).to_be_visible()


async def test_when_the_picture_is_lost_the_page_says_so_and_the_rest_goes_on(stage: Stage):
    session = stage.served.new_session("Image perdue", stream="demo")
    helene = await stage.guest(session, "facilitator", "Hélène")
    chi = await stage.participant(session, "Chi")
    await press(helene, "stage.go_live")
    await clock_advances(chi)

    stage.server_may_be_away = True  # its files are: the player asks for them in vain
    os.kill(stage.served.encoder(), signal.SIGKILL)
    await chi.locator("room-stage [data-when=lost]").wait_for()
    await say(chi, "On n’a plus d’image")
    await show(helene, "chat")
    await hears(helene, "On n’a plus d’image")
    await show(chi, "live")
    await clock_advances(chi)


@SIZES
async def test_the_chat_crosses_both_ways(stage: Stage, size):
    session = stage.served.new_session("Plénière du chat")
    ana = await stage.participant(session, "Ana", "hall", size)
    chi = await stage.participant(session, "Chi", "remote")

    await say(ana, "Vous nous entendez ?")
    await say(chi, "Très bien, et vous ?")

    for page in (ana, chi):
        await hears(page, "Vous nous entendez ?")
        await hears(page, "Très bien, et vous ?")


@SIZES
async def test_a_vote_from_draft_to_result(stage: Stage, size):
    session = stage.served.new_session("Plénière du vote")
    helene = await stage.guest(session, "facilitator", "Hélène", size)
    ana = await stage.participant(session, "Ana", "hall", size)
    chi = await stage.participant(session, "Chi")

    await draft_a_vote(helene, "Quel jour ?", "Mercredi", "Samedi")
    await press(helene, "polls.open")
    await vote(ana, "Mercredi")
    await vote(ana, "Samedi")
    await vote(chi, "Samedi")
    await show(helene, "now")
    await press(helene, "polls.close")
    await press(helene, "polls.publish")

    results = [await result(page) for page in (ana, chi)]
    assert results[0] == results[1]
    assert "Samedi" in results[0]
    await expect(chi.locator("room-polls .presence").first).to_contain_text("1 en salle")
    await expect(chi.locator("room-polls .presence").first).to_contain_text("1 à distance")


async def test_on_a_desk_a_vote_is_wholly_in_sight_under_the_picture(stage: Stage):
    session = stage.served.new_session("Plénière du bureau")
    helene = await stage.guest(session, "facilitator", "Hélène")
    chi = await stage.participant(session, "Chi")
    await press(helene, "stage.go_live")
    await draft_a_vote(helene, "Quel jour ?", "Mercredi", "Samedi", "Dimanche")
    await press(helene, "polls.open")

    await clock_advances(chi)
    for seen in ("room-stage video", "label.choice >> nth=2", "room-polls form button.primary"):
        await expect(chi.locator(seen)).to_be_in_viewport(ratio=1)


async def test_the_seat_survives_a_reload_and_a_second_tab_is_the_same_person(stage: Stage):
    session = stage.served.new_session("Plénière des onglets")
    ana = await stage.participant(session, "Ana", "hall")
    await say(ana, "Premier onglet")
    await ana.reload()
    await in_sync(ana)
    second = await ana.context.new_page()
    await second.goto(ana.url)
    await in_sync(second)
    await say(second, "Second onglet")

    await hears(ana, "Second onglet")
    await expect(ana.locator("room-chat .msg header b", has_text="Ana")).to_have_count(2)
    await expect(ana.locator(".presence .hall").first).to_contain_text("1 en salle")


async def test_someone_demoted_loses_the_console_at_once(stage: Stage):
    session = stage.served.new_session("Plénière des rôles")
    helene = await stage.guest(session, "facilitator", "Hélène")
    eve = await stage.guest(session, "facilitator", "Ève")
    await show(helene, "people")
    row = helene.locator("room-people li", has_text="Ève")
    await row.locator("summary").click()
    await row.locator("select[name=role]").select_option("participant")
    await row.locator("form[data-do='people.give'] button").click()

    await expect(eve.locator("form[data-do='polls.draft']")).to_have_count(0)


async def test_killed_in_the_middle_and_started_again_nothing_is_lost_or_twice(stage: Stage):
    session = stage.served.new_session("Plénière de la panne")
    ana = await stage.participant(session, "Ana", "hall")
    chi = await stage.participant(session, "Chi", size=PHONE)
    helene = await stage.guest(session, "facilitator", "Hélène")
    await draft_a_vote(helene, "On continue ?", "Oui", "Non")
    await press(helene, "polls.open")
    await say(ana, "Avant la panne")
    await hears(chi, "Avant la panne")
    await vote(ana, "Oui")

    stage.server_may_be_away = True
    stage.served.end(signal.SIGKILL)
    await offline(ana)
    await say(ana, "Pendant la panne")
    await show(chi, "live")
    await chi.locator("room-polls label.choice", has_text="Non").click()
    await chi.locator("room-polls form button.primary").click()
    await chi.locator("room-polls form [data-when=kept]").wait_for()
    stage.served.start()
    for page in (ana, chi, helene):
        await in_sync(page)

    await chi.locator("room-polls form p[data-when=counted]").wait_for()
    for text in ("Avant la panne", "Pendant la panne"):
        for page in (ana, chi):
            await hears(page, text)
    await press(helene, "polls.close")
    await press(helene, "polls.publish")
    assert await result(ana) == await result(chi)
    await expect(ana.locator("room-polls .presence").first).to_contain_text("2 votes")


async def test_what_is_written_without_a_network_leaves_when_it_is_back(stage: Stage):
    session = stage.served.new_session("Plénière du tunnel")
    ana = await stage.participant(session, "Ana", "hall")
    chi = await stage.participant(session, "Chi")
    stage.server_may_be_away = True
    await chi.context.set_offline(True)
    await offline(chi)
    await say(chi, "Écrit dans le tunnel")
    await say(ana, "Pendant ce temps")
    await chi.context.set_offline(False)
    await in_sync(chi)

    for page in (ana, chi):
        await hears(page, "Écrit dans le tunnel")
        await hears(page, "Pendant ce temps")
