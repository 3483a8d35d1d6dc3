"""The minutes with much around them: nothing for axe to find, and every form by keyboard alone."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Stage, in_sync
from tests.browser.fit import NARROW, faults_by_day_and_night, scrolls_sideways
from tests.browser.room import ask
from tests.browser.test_around import begin_item, select_all_of
from tests.browser.test_pages import log_in
from tests.browser.test_writing import note_taker, saved, text, write
from tests.served import Made

LONG = "Anticonstitutionnellementhypercomplexification"
ENDS = ("", "history/", "downloads/", "import/", "history/1/restore/")
# What opens each form, what is typed in its fields (of a date, one part after the other; then
# comes the button of its calendar), and what stands in the text then.
FACTS = (
    ("Une décision", ("Ouvrir", "3", "1", "0"), ".decision"),
    ("Une action", ("Chiffrer", "Paul", "", "", "", ""), ".action"),
    ("Quelqu’un parle", ("Mme Santoni", ""), ".turn"),
)


async def say(page: Page, about: str, command: str, **fields: object) -> None:
    """Say something about the paragraph with these words."""
    await select_all_of(page, about)
    selected = await page.wait_for_function('document.querySelector("room-minutes").passage')
    passage = await selected.json_value()
    await ask(page, command, **{key: passage[key] for key in ("begin", "end", "quoted")}, **fields)


async def life(stage: Stage, session: Made) -> tuple[Page, Page]:
    """A session of which much was noted and said, and its facilitator and note-taker."""
    helene = await stage.guest(session, "facilitator", "Hélène")
    await begin_item(helene, "Le budget")
    for number in range(4):
        await ask(helene, "agenda.add", title=f"Point {number} {LONG}", minutes=10 * number)
    nina = await note_taker(stage, session, "Nina")
    for words in ("Un, deux.", "Trois, quatre.", f"Cinq {LONG}."):
        await write(nina, words)
        await nina.keyboard.press("Enter")
    await saved(nina)
    await ask(nina, "minutes.decide", words=LONG, in_favour=3, against=1, abstained=0, here=False)
    await ask(nina, "minutes.act", what=LONG, who="Paul", by="2030-01-02", here=False)
    await expect(text(nina).locator(".action")).to_be_visible()
    await nina.locator("room-facts [name=done]").check()
    await say(nina, "Un", "minutes.comment", words=LONG)
    await say(nina, "Trois", "minutes.suggest", proposal=LONG, words="")
    await ask(nina, "minutes.prepare")
    await ask(helene, "minutes.invite_remarks")
    await say(nina, "Cinq", "minutes.remark", words="Non.", private=True)
    return helene, nina


async def unfolded(page: Page) -> None:
    """Everything that folds, open: axe looks at what is shown."""
    await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")


async def test_axe_finds_nothing_around_minutes_with_much_in_them(stage: Stage):
    session = stage.served.new_session("Plénière bien remplie")
    helene, _ = await life(stage, session)
    base = f"{stage.served.url}/rooms/{session.slug}"
    organiser = await log_in(stage, await stage.visitor("/login/"))
    seen = [(helene, f"{base}/minutes/{end}") for end in ENDS]
    seen += [(helene, f"{base}/console/")]
    seen += [(organiser, f"{stage.served.url}/organise/sessions/{session.slug}/erase/")]
    found, wide = [], []
    for page, url in seen:
        await page.goto(url)
        if url.endswith(("console/", "minutes/")):
            await in_sync(page)
            await expect(page.locator("[data-rows] > li").first).to_be_attached()
        await unfolded(page)
        for width in (PHONE["width"], 1280):
            # So high that the bar at the foot of the console covers no button: what it covers can
            # be scrolled out from under it, but axe takes it for a small target.
            await page.set_viewport_size({"width": width, "height": 5000})
            found += await faults_by_day_and_night(page, f"{url}, {width}")
        if await scrolls_sideways(page, NARROW):
            wide.append(url)

    assert found == []
    assert wide == []


async def press(page: Page, place: Locator) -> None:
    """By keyboard alone: what stands here is reached, and Enter pressed on it."""
    await place.focus()
    await expect(place).to_be_focused()
    await page.keyboard.press("Enter")


async def test_facts_are_noted_by_keyboard(stage: Stage):
    session = stage.served.new_session("Plénière au clavier")
    nina = await note_taker(stage, session, "Nina")
    for opener, typed, shown in FACTS:
        summary = nina.locator("room-facts summary", has_text=opener)
        await press(nina, summary)
        for each in typed:
            await nina.keyboard.press("Tab")
            await nina.keyboard.type(each)
        await nina.keyboard.press("Tab")
        assert await nina.evaluate("document.activeElement.matches('button.primary')")
        await nina.keyboard.press("Enter")

        await expect(text(nina).locator(shown)).to_be_visible()
        await expect(summary).to_be_focused()
        await expect(nina.locator("room-facts .around-add[open]")).to_have_count(0)


async def test_the_focus_comes_back_from_comments_and_answers(stage: Stage):
    session = stage.served.new_session("Plénière commentée au clavier")
    nina = await note_taker(stage, session, "Nina")
    await write(nina, "La séance est ouverte.")
    await saved(nina)
    await nina.keyboard.press("Control+A")
    comment = nina.locator("[data-begin=comment]")
    await press(nina, comment)
    form = nina.locator("[data-new=comment]")
    await expect(form.locator("textarea")).to_be_focused()
    await nina.keyboard.press("Escape")
    await expect(form).to_be_hidden()
    await expect(comment).to_be_focused()

    await select_all_of(nina, "séance")
    await press(nina, comment)
    await nina.keyboard.type("Par qui ?")
    await nina.keyboard.press("Tab")
    await nina.keyboard.press("Enter")
    await expect(comment).to_be_focused()
    thread = nina.locator(".discussion")
    await press(nina, thread.locator("summary"))
    await nina.keyboard.press("Tab")
    await nina.keyboard.type("Par la maire.")
    await nina.keyboard.press("Tab")
    await nina.keyboard.press("Enter")
    await expect(thread).to_contain_text("Par la maire.")
    await expect(thread.locator("summary")).to_be_focused()
    settled = thread.get_by_role("button", name=re.compile("Marquer comme réglé.*Nina.*La séance"))
    await press(nina, settled)

    folded = nina.locator("[data-piece=settled]")
    await expect(folded.locator(".discussion")).to_contain_text("Réglé par Nina")
    await expect(folded.locator("summary").first).to_be_focused()
