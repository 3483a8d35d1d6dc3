"""Nina and Omar write the minutes, Chi reads along: at once, offline, locked, after a crash."""

from __future__ import annotations

import asyncio
import signal

from playwright.async_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Stage, in_sync, offline
from tests.browser.test_two_people import SIZES, show


def text(page: Page):
    return page.locator("#minutes-text .ProseMirror")


async def write(page: Page, words: str) -> None:
    await text(page).press("Control+End")
    await page.keyboard.type(words)


async def saved(page: Page) -> None:
    await page.locator("room-minutes [data-when=saved]:not([hidden])").wait_for()


async def reader(stage: Stage, session, name: str = "Chi", size: dict[str, int] = DESK) -> Page:
    page = await stage.participant(session, name, size=size)
    await show(page, "minutes")
    return page


async def note_taker(
    stage: Stage, session, name: str, size: dict[str, int] = DESK, at: str = ""
) -> Page:
    """Someone who came through the note-takers' link, with the text in front of them."""
    page = await stage.guest(session, "note_taker", name, size, at=at)
    await page.goto(f"{at or stage.served.url}/rooms/{session.slug}/minutes/")
    await in_sync(page)
    await expect(text(page)).to_have_attribute("contenteditable", "true")
    return page


@SIZES
async def test_what_a_note_taker_writes_is_read_along(stage: Stage, size):
    session = stage.served.new_session("Plénière des notes")
    chi = await reader(stage, session, size=size)
    nina = await note_taker(stage, session, "Nina", size)

    await write(nina, "# Ouverture")
    await nina.keyboard.press("Enter")
    await nina.keyboard.press("Control+b")
    await nina.keyboard.type("Décidé")
    await nina.keyboard.press("Control+b")
    await nina.keyboard.type(" à l’unanimité 🎉")
    await nina.keyboard.press("Enter")
    await nina.keyboard.type("- une permanence")
    await saved(nina)

    await expect(text(chi).locator("h1, h2, h3").first).to_contain_text("Ouverture")
    await expect(text(chi).locator("strong")).to_have_text("Décidé")
    await expect(text(chi).locator("ul li")).to_contain_text("une permanence")
    await expect(text(chi)).to_contain_text("à l’unanimité 🎉")
    assert await text(chi).get_attribute("contenteditable") == "false"


async def test_two_write_at_once_and_see_each_others_cursors(stage: Stage):
    session = stage.served.new_session("Plénière à deux mains")
    nina = await note_taker(stage, session, "Nina")
    omar = await note_taker(stage, session, "Omar")
    await write(nina, "Un deux trois")
    await expect(text(omar)).to_contain_text("Un deux trois")

    await text(omar).press("Control+Home")
    await omar.keyboard.type("Zéro ")
    await nina.keyboard.type(" quatre")

    await expect(text(omar)).to_contain_text("Zéro Un deux trois quatre")
    for words in ("Zéro", "Un deux trois quatre"):  # between them stands Omar's name
        await expect(text(nina)).to_contain_text(words)
    await expect(nina.locator("room-minutes .authors")).to_contain_text("Omar")
    await expect(omar.locator("room-minutes .authors")).to_contain_text("Nina")
    await nina.keyboard.press("Control+z")
    await expect(text(omar)).to_contain_text("Zéro")
    await expect(text(omar)).not_to_contain_text("quatre")


async def test_what_is_written_offline_is_kept_through_a_reload_and_arrives(stage: Stage):
    session = stage.served.new_session("Plénière hors ligne")
    chi = await reader(stage, session)
    nina = await note_taker(stage, session, "Nina")
    await write(nina, "Avant la coupure. ")
    await saved(nina)
    stage.server_may_be_away = True
    await nina.context.set_offline(True)
    await offline(nina)
    await write(nina, "Pendant la coupure.")
    await nina.locator("room-minutes [data-when=unsaved]:not([hidden])").wait_for()
    await expect(text(chi)).not_to_contain_text("Pendant")

    nina.on("dialog", accept)
    await nina.context.set_offline(False)
    await nina.reload()
    await in_sync(nina)

    for page in (chi, nina):
        await expect(text(page)).to_contain_text("Avant la coupure. Pendant la coupure.")
    # "Saved at" is said of what was written since the page was opened: it may have left before.
    await expect(nina.locator("room-minutes [data-when=unsaved]")).to_be_hidden()


async def accept(dialog) -> None:
    await dialog.accept()


async def test_locked_in_mid_word_nothing_more_is_written(stage: Stage):
    session = stage.served.new_session("Plénière verrouillée")
    helene = await stage.guest(session, "facilitator", "Hélène")
    nina = await note_taker(stage, session, "Nina")
    await write(nina, "Avant le verr")
    await saved(nina)

    await helene.locator("form[data-do='minutes.lock'] button:visible").first.click()

    await expect(text(nina)).to_have_attribute("contenteditable", "false")
    await helene.locator("form[data-do='minutes.unlock'] button:visible").first.click()
    await expect(text(nina)).to_have_attribute("contenteditable", "true")


async def test_killed_while_three_are_typing_nothing_that_was_saved_is_lost(stage: Stage):
    session = stage.served.new_session("Plénière de la coupure")
    chi = await reader(stage, session, size=PHONE)
    writers = [await note_taker(stage, session, name) for name in ("Nina", "Omar", "Paul")]
    for n, page in enumerate(writers):
        await write(page, f"Phrase {n} enregistrée. ")
        await saved(page)
        for other in writers:  # saved is not yet heard: who writes at the same end writes between
            await expect(text(other)).to_contain_text(f"Phrase {n} enregistrée.")

    stage.server_may_be_away = True
    stage.served.end(signal.SIGKILL)
    await offline(writers[0])
    await write(writers[0], "Écrite pendant la panne. ")
    stage.served.start()
    for page in (*writers, chi):
        await in_sync(page)
    await saved(writers[0])

    for page in (*writers, chi):
        for n in range(3):
            await expect(text(page)).to_contain_text(f"Phrase {n} enregistrée.")
        await expect(text(page)).to_contain_text("Écrite pendant la panne.")
        assert (await text(page).inner_text()).count("Écrite pendant la panne.") == 1


async def test_two_hundred_edits_offline_outlive_the_tab_and_the_server(stage: Stage):
    session = stage.served.new_session("Plénière du tunnel")
    nina, omar = [await note_taker(stage, session, name) for name in ("Nina", "Omar")]
    await write(nina, "Avant. ")
    await saved(nina)
    stage.server_may_be_away = True
    await nina.context.set_offline(True)
    await offline(nina)
    for n in range(200):
        await nina.keyboard.insert_text(f"n{n} ")
        if n % 20 == 0:
            await write(omar, f"o{n} ")
    await saved(omar)
    await kept_on_device(nina)

    await nina.close()
    stage.served.end(signal.SIGKILL)
    stage.served.start()
    await nina.context.set_offline(False)
    minutes = f"{stage.served.url}/rooms/{session.slug}/minutes/"
    await asyncio.to_thread(stage.served.get, minutes)
    again = await nina.context.new_page()
    await again.goto(minutes)
    for page in (again, omar):
        await in_sync(page)
        for last in ("n199", "o180"):
            await expect(text(page)).to_contain_text(last)
        words = (await text(page).inner_text()).split()
        for n in range(200):
            assert words.count(f"n{n}") == 1
        for n in range(0, 200, 20):
            assert words.count(f"o{n}") == 1


async def kept_on_device(page: Page) -> None:
    """Until the browser's own store holds what was typed last, as the page itself will find it."""
    await page.wait_for_function(KEPT)


KEPT = """async () => {
  const count = (name) => new Promise((found) => {
    const opening = indexedDB.open(name)
    opening.onsuccess = () => {
      const updates = opening.result.transaction("updates").objectStore("updates").count()
      updates.onsuccess = () => { opening.result.close(); found(updates.result) }
    }
  })
  const names = (await indexedDB.databases()).map(({ name }) => name)
  const counts = await Promise.all(names.map(count))
  return Math.max(...counts) >= 200
}"""
