"""Questions: asked with and without a name, supported, merged, answered; in several browsers."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import DESK, PHONE, Stage, in_sync
from tests.browser.fit import NARROW, faults, scrolls_sideways
from tests.browser.test_accessible_minutes import unfolded
from tests.browser.test_keyboard import focus, has_focus, press
from tests.browser.test_two_people import SIZES, show

SATURDAY = "Les permanences seront-elles ouvertes le samedi matin ?"
SATURDAYS = "Est-ce que la permanence sera ouverte les samedis matin ?"
MATCH = "Le match sera-t-il retransmis ?"


async def ask(page: Page, text: str, *, anonymous: bool = False) -> None:
    await show(page, "questions")
    await page.locator("room-questions [name=anonymous]").set_checked(anonymous)
    await page.fill("#question-text", text)
    await page.press("#question-text", "Enter")


def question(page: Page, text: str) -> Locator:
    """A question as this page has it, wherever in the list it stands."""
    return page.locator("room-questions li.q:not(.own), room-question-desk li.q").filter(
        has=page.locator(".q-text", has_text=text)
    )


async def does(facilitator: Page, text: str, command: str) -> None:
    row = question(facilitator, text)
    await row.locator(f"form[data-do='questions.{command}'] button:visible").first.click()


async def queue(facilitator: Page, name: str, n: int) -> None:
    await show(facilitator, "questions")
    button = facilitator.locator(f"[data-queue={name}]")
    await expect(button.locator(".count")).to_have_text(str(n))
    await button.click()


async def rules(facilitator: Page, **wanted: bool) -> None:
    await show(facilitator, "questions")
    form = facilitator.locator("form[data-do='questions.set_rules']")
    await facilitator.locator(".typed-in summary").last.click()
    for name, value in wanted.items():
        await form.locator(f"[name={name}]").set_checked(value)
    await form.locator("button").click()
    await expect(form).not_to_have_attribute("aria-busy", "true")
    await facilitator.locator(".typed-in summary").last.click()


@SIZES
async def test_a_question_without_a_name_is_supported_answered_and_kept(stage: Stage, size):
    session = stage.served.new_session("Plénière des questions")
    helene = await stage.guest(session, "facilitator", "Hélène", size)
    ana = await stage.participant(session, "Ana Rossi", "hall", size)
    chi = await stage.participant(session, "Chi", "remote")
    wall = await stage.visitor(f"/enter/{session.links['screen']}/")
    await show(ana, "questions")
    await expect(ana.locator("room-questions .empty strong").first).to_be_visible()

    await ask(ana, SATURDAY, anonymous=True)
    await expect(question(ana, SATURDAY).locator("[data-of=mine]")).to_be_visible()
    await expect(chi.locator("[data-unread=questions] [data-slot=n]")).to_have_text("1")
    await show(chi, "questions")
    await expect(chi.locator("[data-unread=questions]")).to_be_hidden()
    await question(chi, SATURDAY).locator("[data-say=for]").click()
    for page in (ana, chi):
        await expect(question(page, SATURDAY).locator("[data-slot=up]").first).to_have_text("1")
    await expect(question(chi, SATURDAY).locator("[data-say=for]")).to_have_attribute(
        "aria-pressed", "true"
    )

    await queue(helene, "open", 1)
    await expect(question(helene, SATURDAY).locator("[data-of=without-name]")).to_be_visible()
    assert "Ana" not in str(await told(helene)), "even a facilitator is not told who asked"
    assert (await told(helene))[0]["place"] is None
    await does(helene, SATURDAY, "take_up")
    await expect(wall.locator("#screen-asked")).to_have_text(SATURDAY)
    await expect(question(ana, SATURDAY).locator(".now-label")).to_be_visible()
    await does(helene, SATURDAY, "answer")
    await expect(wall.locator("#screen-asked")).to_be_hidden()

    await chi.locator(".questions-over > summary").click()
    await expect(question(chi, SATURDAY).locator("[data-piece=answered]")).to_contain_text(
        "épondue"
    )
    await show(chi, "minutes")
    await expect(chi.locator(".block.asked .block-title")).to_have_text(SATURDAY)


async def told(page: Page) -> list[dict]:
    """The questions, as they were sent to this browser."""
    return await page.evaluate(
        """() => Object.entries(document.querySelector("room-socket").room.records)
          .filter(([key]) => key.startsWith("questions.") && !key.startsWith("questions.rules"))
          .map(([, record]) => record)"""
    )


async def test_what_is_like_the_question_being_written_is_shown_and_supported(stage: Stage):
    session = stage.served.new_session("Plénière des semblables")
    ana = await stage.participant(session, "Ana")
    chi = await stage.participant(session, "Chi", size=PHONE)
    await ask(ana, SATURDAY)
    await ask(ana, MATCH)

    await show(chi, "questions")
    await chi.locator("#question-text").press_sequentially("La permanence est ouverte samedi ?")
    await expect(chi.locator("[data-piece=similar-count]")).to_contain_text("1")
    assert await has_focus(chi, "#question-text"), "what is shown takes no focus"
    await expect(chi.locator(".similar li")).to_contain_text([SATURDAY])
    await focus(chi, ".similar [data-say=for]", "Shift+Tab")
    await chi.keyboard.press("Enter")

    await expect(question(ana, SATURDAY).locator("[data-slot=up]").first).to_have_text("1")
    await expect(chi.locator(".similar [data-say=for]")).to_have_attribute("aria-pressed", "true")
    await chi.fill("#question-text", "Le")
    await expect(chi.locator(".similar")).to_be_hidden()


async def test_what_is_held_is_read_merged_parted_and_refused(stage: Stage):
    session = stage.served.new_session("Plénière des relectures")
    helene = await stage.guest(session, "facilitator", "Hélène", PHONE)
    ana = await stage.participant(session, "Ana")
    chi = await stage.participant(session, "Chi")
    await ask(ana, SATURDAY)
    await show(chi, "questions")
    await question(chi, SATURDAY).locator("[data-say=for]").click()
    await rules(helene, held=True)

    await ask(ana, SATURDAYS)
    await ask(ana, MATCH)
    own = ana.locator("room-questions .own")
    await expect(own).to_have_count(2)
    await queue(helene, "review", 2)
    await does(helene, SATURDAYS, "merge")
    await expect(own.locator("[data-of=merged]:visible")).to_have_count(1)
    await question(helene, MATCH).locator(".q-more summary").first.click()
    refusal = question(helene, MATCH).locator("form[data-do='questions.refuse']")
    await refusal.locator("[name=why]").fill("Une autre fois")
    await refusal.locator("[name=why]").press("Enter")
    await expect(own.filter(has_text=MATCH)).to_contain_text("Une autre fois")
    await expect(chi.locator("room-questions li.q:not(.own):visible")).to_have_count(1)

    await queue(helene, "away", 1)
    await does(helene, MATCH, "approve")
    await expect(question(chi, MATCH)).to_be_visible()
    await queue(helene, "open", 2)
    parts = question(helene, SATURDAY).locator(".q-parts")
    await expect(parts).to_contain_text(SATURDAYS)
    await parts.locator("button").click()
    await queue(helene, "review", 1)


async def test_what_was_begun_without_a_name_is_never_asked_with_one(stage: Stage):
    session = stage.served.new_session("Plénière des noms")
    helene = await stage.guest(session, "facilitator", "Hélène")
    ana = await stage.participant(session, "Ana")
    await show(ana, "questions")
    await ana.locator("room-questions [name=anonymous]").check()
    await ana.fill("#question-text", MATCH)
    await expect(ana.locator("[data-piece=who-knows]")).to_be_visible()
    await rules(helene, anonymous=False)

    await ana.press("#question-text", "Enter")
    await expect(ana.locator("room-questions .composer .refusal")).to_be_visible()
    await expect(ana.locator("#question-text")).to_have_value(MATCH)
    await queue(helene, "open", 0)
    await ana.locator("room-questions [name=anonymous]").uncheck()
    await ana.press("#question-text", "Enter")
    await expect(question(helene, MATCH).locator("[data-slot=name]")).to_have_text("Ana")
    await expect(ana.locator("room-questions [name=anonymous]")).to_be_hidden()


async def test_a_question_is_withdrawn(stage: Stage):
    session = stage.served.new_session("Plénière des retraits")
    ana = await stage.participant(session, "Ana")
    chi = await stage.participant(session, "Chi")
    await ask(ana, MATCH)
    await show(chi, "questions")
    await question(chi, MATCH).wait_for()
    await expect(question(chi, MATCH).locator("form[data-do='questions.withdraw']")).to_be_hidden()

    form = question(ana, MATCH).locator("form[data-do='questions.withdraw']")
    await form.locator("[data-ask]").click()
    await form.locator(".danger").click()

    for page in (ana, chi):
        await expect(question(page, MATCH)).to_have_count(0)


async def test_what_was_supported_without_a_network_counts_once_there_is_one(stage: Stage):
    session = stage.served.new_session("Plénière du tunnel aux questions")
    stage.server_may_be_away = True
    ana = await stage.participant(session, "Ana")
    chi = await stage.participant(session, "Chi")
    await ask(ana, MATCH)
    await show(chi, "questions")
    press_it = question(chi, MATCH).locator("[data-say=for]")
    await press_it.wait_for()
    await chi.context.set_offline(True)
    for _ in range(3):
        await press_it.click()
    await expect(press_it).to_have_attribute("aria-pressed", "true")
    await chi.context.set_offline(False)
    await in_sync(chi)

    await expect(question(ana, MATCH).locator("[data-slot=up]").first).to_have_text("1")


async def test_somebody_in_the_hall_asks_and_hands_are_counted(stage: Stage):
    session = stage.served.new_session("Plénière des mains")
    helene = await stage.guest(session, "facilitator", "Hélène")
    chi = await stage.participant(session, "Chi")
    typed = helene.locator("form[data-do='questions.type_in']")
    await helene.locator(".typed-in summary").first.click()
    await typed.locator("[name=text]").fill(MATCH)
    await typed.locator("button").click()
    await show(chi, "questions")
    await expect(question(chi, MATCH).locator("[data-of=typed]")).to_be_visible()

    await question(helene, MATCH).locator(".q-more summary").last.click()
    hands = question(helene, MATCH).locator("form[data-do='questions.count_hands']")
    await hands.locator("[name=hands]").fill("12")
    await hands.locator("button").click()
    await expect(question(chi, MATCH).locator("[data-of=hands]")).to_contain_text("+12")
    await expect(question(chi, MATCH).locator("[data-slot=up]").first).to_have_text("12")


async def test_one_asks_and_supports_by_keyboard_alone(stage: Stage):
    session = stage.served.new_session("Plénière des questions au clavier")
    helene = await stage.guest(session, "facilitator", "Hélène")
    chi = await stage.participant(session, "Chi")
    ana = await stage.participant(session, "Ana")
    await ask(chi, SATURDAY)

    await ana.keyboard.press("Alt+Shift+KeyQ")
    assert await has_focus(ana, "#question-text")
    await ana.keyboard.type(MATCH)
    await focus(ana, "room-questions [name=anonymous]")
    await ana.keyboard.press("Space")
    await focus(ana, "#question-text", "Shift+Tab")
    await ana.keyboard.press("Enter")
    await question(ana, MATCH).wait_for()
    await focus(ana, "[data-rows=questions] li:first-of-type [data-say=for]", "Shift+Tab")
    await ana.keyboard.press("Space")
    await expect(ana.locator("[data-say=for]:focus")).to_have_attribute("aria-pressed", "true")

    await focus(helene, "[data-queue=open]")
    await press(helene, "form[data-do='questions.take_up'] button")
    await helene.locator("room-question-desk li[aria-current]").wait_for()
    await press(helene, "form[data-do='questions.answer'] button")
    await expect(helene.locator("[data-queue=answered] .count")).to_have_text("1")
    assert await helene.evaluate("document.activeElement !== document.body")


async def test_axe_finds_nothing_where_much_is_asked(stage: Stage):
    session = stage.served.new_session("Plénière pleine de questions")
    helene = await stage.guest(session, "facilitator", "Hélène")
    ana = await stage.participant(session, "Ana")
    for n, text in enumerate((SATURDAY, SATURDAYS, MATCH)):
        await ask(ana, text, anonymous=n == 1)
    await ask(ana, "Combien coûte le wifi ?")
    await queue(helene, "open", 4)
    await does(helene, MATCH, "take_up")
    await does(helene, MATCH, "answer")
    await does(helene, SATURDAYS, "merge")
    await does(helene, SATURDAY, "take_up")
    await rules(helene, held=True, against=True)
    await ask(ana, "Et le samedi matin, la permanence ?")
    await ana.fill("#question-text", SATURDAY)
    await ana.locator(".similar li").first.wait_for()
    found, wide = [], []
    for page, size, scheme in ((ana, PHONE, "dark"), (helene, DESK, "light")):
        await unfolded(page)
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.set_viewport_size({"width": size["width"], "height": 3000})
        await show(page, "questions")
        found += await faults(page, f"{page.url}, {size['width']}, {scheme}")
        await page.set_viewport_size(NARROW)
        await show(page, "questions")
        if await scrolls_sideways(page):
            wide.append(page.url)

    assert found == []
    assert wide == []
