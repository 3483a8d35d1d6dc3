"""By keyboard alone: what one needs is reached, is seen to have the focus, and lets go of it."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.browser.conftest import Stage, in_sync
from tests.browser.test_two_people import SIZES, without_grace

# Whether one sees where the focus is: it has a ring, it is in the window, and nothing covers it.
SEEN = """() => {
  const focused = document.activeElement
  const ringed = focused.closest(".choice") ?? focused
  const { outlineStyle, outlineWidth } = getComputedStyle(ringed)
  const box = ringed.getBoundingClientRect()
  const x = (Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2
  const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2
  return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2
    && ringed.contains(document.elementFromPoint(x, y))
}"""


async def has_focus(page: Page, selector: str) -> bool:
    return bool(await page.evaluate(f"document.activeElement.matches({selector!r})"))


async def focus(page: Page, selector: str, key: str = "Tab") -> None:
    """Press Tab until something that fits has the focus, and see that it has it."""
    for _ in range(80):
        await page.keyboard.press(key)
        if await has_focus(page, selector):
            assert await page.evaluate(SEEN), f"one does not see the focus on {selector}"
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


async def press(page: Page, selector: str) -> None:
    """Go to a button or a link, and press it."""
    await focus(page, selector)
    await page.keyboard.press("Enter")


async def follow(page: Page, selector: str) -> None:
    """Go to what leads to another page, or to the same one anew, and press it."""
    await focus(page, selector)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def keeps(page: Page, selector: str) -> None:
    """What had the focus has gone; the focus is at what fits here, where one sees it."""
    await page.locator(f"{selector}:focus").wait_for()
    assert await page.evaluate(SEEN), f"one does not see the focus on {selector}"


async def choose(page: Page, selector: str, name: str) -> None:
    """Choose in a list by the first letters of a word."""
    await focus(page, selector)
    await page.keyboard.type(name)
    await expect(page.locator(f"{selector}:focus option:checked")).to_contain_text(name)


# In the room ------------------------------------------------------------------------------


@SIZES
async def test_one_joins_chats_and_votes(stage: Stage, size):
    session = stage.served.new_session("Plénière du clavier")
    helene = await stage.guest(session, "facilitator", "Hélène")
    page = await stage.visitor("/join/", size)
    await focus(page, "#id_code")
    await page.keyboard.type(session.code)
    await focus(page, "#id_name")
    await page.keyboard.type("Odile")
    await focus(page, "input[name=place]")
    await page.keyboard.press("Space")
    await follow(page, "form:has(#id_name) button.primary")
    await in_sync(page)

    await focus(page, "[role=tab][aria-selected=true]")
    for _ in ("questions", "chat"):
        await page.keyboard.press("ArrowRight")
    await focus(page, "#chat-text")
    await page.keyboard.type("Sans souris")
    await page.keyboard.press("Enter")
    await expect(page.locator("room-chat .msg-text", has_text="Sans souris")).to_have_count(1)

    await focus(page, "[role=tab][aria-selected=true]")
    await page.keyboard.press("Home")
    await draft(helene, "Oui ?", "Oui", "Non")
    await press(helene, "form[data-do='polls.open'] button")
    await page.locator("room-polls label.choice").first.wait_for()
    await focus(page, "room-polls input[type=radio]")
    await page.keyboard.press("Space")
    await press(page, "room-polls form button.primary")
    await page.locator("room-polls form p[data-when=counted]").wait_for()


# At the facilitators' console -------------------------------------------------------------


async def draft(page: Page, question: str, *options: str) -> None:
    await press(page, ".draft > summary")
    await focus(page, "#draft-question")
    await page.keyboard.type(question)
    for option in options:
        await focus(page, "[name='plan.form.options']")
        await page.keyboard.type(option)
    await without_grace(page)
    await press(page, "form[data-do='polls.draft'] button.primary")
    await expect(page.locator(".sheet-head", has_text=question)).to_be_visible()


async def test_a_facilitator_goes_live_and_ends(stage: Stage):
    session = stage.served.new_session("Plénière du pupitre")
    helene = await stage.guest(session, "facilitator", "Hélène")
    desk = helene.locator("room-stage-desk")

    await press(helene, "form[data-do='stage.go_live'] button")
    await expect(desk).to_have_attribute("data-phase", "live")
    await keeps(helene, ".desk-line")

    await press(helene, "form[data-do='stage.end'] [data-ask]")
    await keeps(helene, "form[data-do='stage.end'] [data-cancel]")
    await helene.keyboard.press("Escape")
    await keeps(helene, "form[data-do='stage.end'] [data-ask]")
    await helene.keyboard.press("Enter")
    await focus(helene, "form[data-do='stage.end'] .danger", "Shift+Tab")
    await helene.keyboard.press("Enter")
    await expect(desk).to_have_attribute("data-phase", "ended")
    await keeps(helene, ".desk-line")


async def test_a_facilitator_runs_a_vote_and_discards_another(stage: Stage):
    session = stage.served.new_session("Plénière des scrutins")
    helene = await stage.guest(session, "facilitator", "Hélène")
    await draft(helene, "Quel jour ?", "Mercredi", "Samedi")
    row = helene.locator(".sheet > li").first

    for command, status in (("open", "open"), ("close", "closed"), ("publish", "published")):
        await press(helene, f".sheet form[data-do='polls.{command}'] button")
        await expect(row).to_have_attribute("data-status", status)
        await keeps(helene, f".sheet > li[data-status={status}]")

    await draft(helene, "Pour rien ?", "Oui", "Non")
    await press(helene, ".sheet form[data-do='polls.discard'] [data-ask]")
    await keeps(helene, "form[data-do='polls.discard'] [data-cancel]")
    await focus(helene, "form[data-do='polls.discard'] .danger", "Shift+Tab")
    await helene.keyboard.press("Enter")
    await expect(helene.locator(".sheet > li")).to_have_count(1)
    await keeps(helene, "#panel-run")


async def test_a_facilitator_edits_a_draft_and_changes_the_mind(stage: Stage):
    session = stage.served.new_session("Plénière des brouillons")
    helene = await stage.guest(session, "facilitator", "Hélène")
    await draft(helene, "Quel jour ?", "Mercredi", "Samedi")

    await press(helene, ".sheet [data-edit]")
    await keeps(helene, "#draft-question")
    await press(helene, "[data-again]")
    await keeps(helene, ".draft > summary")
    await press(helene, ".draft > summary")
    await expect(helene.locator("#draft-question")).to_have_value("")

    await press(helene, "[data-piece=options] + p [data-add]")
    await keeps(helene, "[data-rows=draft-options] > :nth-of-type(3) input")
    await press(helene, "[data-take]")
    await keeps(helene, "[name='plan.form.options']")


async def test_a_facilitator_gives_a_role_and_takes_a_seat_away(stage: Stage):
    session = stage.served.new_session("Plénière des sièges")
    helene = await stage.guest(session, "facilitator", "Hélène")
    eve = await stage.participant(session, "Ève")
    await stage.participant(session, "Zoé")
    await focus(helene, "#people-filter")
    await helene.keyboard.type("Ève")

    await press(helene, ".seat-more summary")
    await choose(helene, "select[name=role]", "Prise de notes")
    await press(helene, "form[data-do='people.give'] button")
    await expect(helene.locator(".seat", has_text="Ève")).to_have_attribute(
        "data-role", "note_taker"
    )
    await keeps(helene, "form[data-do='people.give'] button")

    await press(helene, "form[data-do='people.remove'] [data-ask]")
    await keeps(helene, "form[data-do='people.remove'] [data-cancel]")
    await focus(helene, "form[data-do='people.remove'] .danger", "Shift+Tab")
    await helene.keyboard.press("Enter")
    await expect(helene.locator(".seat", has_text="Ève")).to_have_count(0)
    await keeps(helene, "#panel-people")
    await eve.locator("[data-when=closed-seat]").wait_for()


async def test_a_facilitator_locks_and_unlocks_the_minutes(stage: Stage):
    session = stage.served.new_session("Plénière du verrou")
    helene = await stage.guest(session, "facilitator", "Hélène")

    for command, next_one in (("lock", "unlock"), ("unlock", "lock")):
        await press(helene, f"form[data-do='minutes.{command}'] button")
        await helene.locator(f"form[data-do='minutes.{next_one}'] button").wait_for()
        await keeps(helene, ".desk-line")


# In the minutes ---------------------------------------------------------------------------

TEXT = ".minutes-text[contenteditable=true]"


async def test_a_note_taker_writes_links_and_gets_out_again(stage: Stage):
    session = stage.served.new_session("Plénière du texte")
    nina = await stage.guest(session, "note_taker", "Nina")
    text = nina.locator(TEXT)
    await text.wait_for()

    await press(nina, "[data-action=heading-1]")
    await keeps(nina, TEXT)
    await nina.keyboard.type("Ouverture")
    await nina.keyboard.press("Enter")
    await nina.keyboard.press("Control+b")
    await nina.keyboard.type("Décidé")
    await nina.keyboard.press("Control+b")
    await nina.keyboard.type(" à l’unanimité, voir ")
    await nina.keyboard.press("Control+k")
    await keeps(nina, "#minutes-link")
    await nina.keyboard.type("nulle part")
    await nina.keyboard.press("Enter")
    await expect(nina.locator("#minutes-link-wrong")).to_be_visible()
    await keeps(nina, "#minutes-link")
    await nina.keyboard.press("Control+a")
    await nina.keyboard.type("https://exemple.fr/statuts")
    await nina.keyboard.press("Enter")
    await keeps(nina, TEXT)
    await nina.keyboard.press("Enter")
    await focus(nina, "[role=toolbar] [data-action]", "Shift+Tab")
    for _ in range(6):
        await nina.keyboard.press("ArrowRight")
    await keeps(nina, "[data-action=bullets]")
    await nina.keyboard.press("Enter")
    await keeps(nina, TEXT)
    await nina.keyboard.type("une permanence")
    await nina.keyboard.press("Enter")
    await nina.keyboard.press("Tab")
    await nina.keyboard.type("le mercredi")
    await keeps(nina, TEXT)

    await expect(text.locator("h3")).to_have_text("Ouverture")
    await expect(text.locator("strong")).to_have_text("Décidé")
    await expect(text.locator("a[href='https://exemple.fr/statuts']")).to_have_count(1)
    await expect(text.locator("ul ul li")).to_have_text("le mercredi")
    await gets_out(nina, "Tab")
    await focus(nina, TEXT, "Shift+Tab")
    await gets_out(nina, "Shift+Tab")


async def gets_out(page: Page, key: str) -> None:
    """Even out of a list, in which Tab means something else."""
    await page.keyboard.press("Escape")
    await page.keyboard.press(key)
    assert not await page.evaluate("document.activeElement.closest('.minutes-text')")


# Organising -------------------------------------------------------------------------------


async def test_an_organiser_signs_in_makes_a_day_and_a_session_and_runs_its_doors(stage: Stage):
    page = await stage.visitor("/organise/")
    name, password = re.findall(r"(\w+) / (\S+)", stage.served.said())[-1]
    await focus(page, "input[name=username]")
    await page.keyboard.type(name)
    await focus(page, "input[name=password]")
    await page.keyboard.type(password)
    await follow(page, "form:has(input[name=password]) button.primary")

    await follow(page, "a[href='/organise/days/']")
    await focus(page, "#id_title")
    await page.keyboard.type("Journée du clavier")
    await follow(page, "form:has(#id_title) button.primary")
    await follow(page, "a[href$='/sessions/'].primary")
    await press(page, "form:has(#id_title) button.primary")
    await keeps(page, "#id_title")  # it is wanted: the browser says so, and goes there
    await page.keyboard.type("Séance du clavier")
    for field in ("starts", "ends", "place", "description", "language", "stream"):
        await focus(page, f"#id_{field}")
    await follow(page, "form:has(#id_title) button.primary")
    await expect(page.locator("h1")).to_have_text("Séance du clavier")

    for way, said in (("no", "fermées"), ("yes", "ouvertes")):
        await follow(page, f".doors button[value={way}]")
        await expect(page.locator("[role=status]")).to_have_text(f"Les portes sont {said}.")

    links = page.locator("form[action$='/revoke/']")
    before = await links.count()
    await follow(page, "form[action$='/revoke/'] button")
    await expect(links).to_have_count(before - 1)
    await follow(page, "form[action*='/sessions/'][action*='/links/'] button")
    await expect(links).to_have_count(before)

    await follow(page, "form[action$='/duplicate/'] button")
    await focus(page, "#id_title")
