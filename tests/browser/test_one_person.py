"""What a page does for the one person in front of it: keeps what they type, does not go dark."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, Stage, in_sync
from tests.browser.test_two_people import begin_a_vote, show

A_PHONE = {"size": PHONE, "is_mobile": True, "has_touch": True}


# Switching the language -------------------------------------------------------------------


async def in_english(page: Page) -> None:
    if await page.locator(".menu").count():
        await page.locator(".menu > summary").click()
    await page.locator(".languages > summary").click()
    await page.locator(".languages button[value=en]").click()
    await page.locator("html[lang=en]").wait_for()


async def kept_aside(page: Page) -> str:
    return str(await page.evaluate("JSON.stringify(sessionStorage)"))


async def test_a_switch_of_language_keeps_what_is_half_typed_at_the_door(stage: Stage):
    page = await stage.visitor("/join/")
    await page.fill("#id_code", "ABCD")
    await page.fill("#id_name", "Odile")
    await page.locator("input[name=place][value=hall]").check(force=True)

    await in_english(page)

    await expect(page.locator("#id_code")).to_have_value("ABCD")
    await expect(page.locator("#id_name")).to_have_value("Odile")
    await expect(page.locator("input[name=place][value=hall]")).to_be_checked()
    assert "Odile" not in await kept_aside(page)
    await page.reload()
    await expect(page.locator("#id_name")).to_have_value("")


async def test_a_switch_of_language_never_keeps_a_password(stage: Stage):
    page = await stage.visitor("/login/")
    await page.fill("input[name=username]", "odile")
    await page.fill("input[name=password]", "a-secret")
    await page.evaluate("document.addEventListener('submit', (event) => event.preventDefault())")

    await page.locator(".languages > summary").click()
    await page.locator(".languages button[value=en]").click()

    kept = await kept_aside(page)
    assert "odile" in kept
    assert "a-secret" not in kept


async def test_a_switch_of_language_keeps_a_message_and_a_drafted_vote(stage: Stage):
    session = stage.served.new_session("Plénière des langues")
    helene = await stage.guest(session, "facilitator", "Hélène")
    await helene.fill("#chat-text", "À moitié")
    await begin_a_vote(helene)
    await helene.fill("#draft-question", "Quel jour ?")
    await helene.locator("[data-piece=options] + p [data-add]").click()
    for n, option in enumerate(("Mercredi", "Samedi", "Dimanche")):
        await helene.locator("[name='plan.form.options']").nth(n).fill(option)

    await in_english(helene)

    await in_sync(helene)
    await expect(helene.locator("#chat-text")).to_have_value("À moitié")
    await expect(helene.locator("#draft-question")).to_be_visible()
    await expect(helene.locator("#draft-question")).to_have_value("Quel jour ?")
    for n, option in enumerate(("Mercredi", "Samedi", "Dimanche")):
        await expect(helene.locator("[name='plan.form.options']").nth(n)).to_have_value(option)


# Staying awake ----------------------------------------------------------------------------

LOCKS = """
window.asked = 0
window.held = []
Object.defineProperty(navigator, "wakeLock", { value: { request: async () => {
  const lock = { released: false, release: async () => { lock.released = true } }
  window.asked++
  window.held.push(lock)
  return lock
} } })
"""
HELD = "window.held.filter((lock) => !lock.released).length"
SEE = """(state) => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true })
  if (state === "hidden") for (const lock of window.held) lock.released = true
  document.dispatchEvent(new Event("visibilitychange"))
}"""


async def holds(page: Page, locks: int) -> None:
    await page.wait_for_function(f"() => {HELD} === {locks}")


async def with_locks(page: Page) -> Page:
    await page.add_init_script(LOCKS)
    await page.reload()
    return page


async def test_a_phone_in_the_hall_stays_awake_until_the_end(stage: Stage):
    session = stage.served.new_session("Plénière éveillée")
    helene = await stage.guest(session, "facilitator", "Hélène")
    ana = await with_locks(await stage.participant(session, "Ana", "hall", **A_PHONE))
    await in_sync(ana)
    await holds(ana, 1)

    await ana.evaluate(SEE, "hidden")
    await holds(ana, 0)
    await ana.evaluate(SEE, "visible")
    await holds(ana, 1)
    assert await ana.evaluate("window.asked") == 2

    await show(ana, "live")
    await ana.locator("button[data-place=remote]:visible").first.click()
    await holds(ana, 0)
    await ana.locator("button[data-place=hall]:visible").first.click()
    await holds(ana, 1)

    await helene.locator("form[data-do='stage.go_live'] button").click()
    await helene.locator("form[data-do='stage.end'] [data-ask]").click()
    await helene.locator("form[data-do='stage.end'] .danger").click()
    await holds(ana, 0)


async def test_the_projector_stays_awake_and_a_desk_does_as_it_likes(stage: Stage):
    session = stage.served.new_session("Plénière projetée")
    helene = await with_locks(await stage.guest(session, "facilitator", "Hélène"))
    await helene.goto(f"{stage.served.url}/rooms/{session.slug}/screen/")
    await holds(helene, 1)

    await helene.goto(f"{stage.served.url}/rooms/{session.slug}/")
    await in_sync(helene)
    assert await helene.evaluate("window.asked") == 0


@pytest.mark.parametrize("value", ["undefined", "{ request: async () => { throw new Error() } }"])
async def test_where_the_screen_cannot_be_kept_awake_nothing_goes_wrong(stage: Stage, value: str):
    session = stage.served.new_session("Plénière endormie")
    ana = await stage.participant(session, "Ana", "hall", **A_PHONE)
    await ana.add_init_script(f"Object.defineProperty(navigator, 'wakeLock', {{ value: {value} }})")

    await ana.reload()

    await in_sync(ana)  # and nothing in the console: the stage looks at that


# Menus ------------------------------------------------------------------------------------


async def test_a_menu_folds_on_escape_and_when_one_goes_on(stage: Stage):
    page = await stage.visitor("/join/")
    menu, summary = page.locator(".languages"), page.locator(".languages > summary")
    await summary.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Escape")
    await expect(summary).to_be_focused()
    await expect(menu).not_to_have_attribute("open", "")

    await summary.press("Enter")
    await page.locator("#id_name").focus()
    await expect(menu).not_to_have_attribute("open", "")
