"""What stands around the minutes: Hélène facilitates, Nina takes notes, Chi is far away."""

from __future__ import annotations

import hashlib

from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, Stage
from tests.browser.fit import faults
from tests.browser.test_pages import log_in
from tests.browser.test_two_people import show
from tests.browser.test_writing import note_taker, reader, saved, text, write


async def begin_item(helene: Page, title: str) -> None:
    """Put an item on the agenda, and go on to it."""
    desk = helene.locator("room-agenda")
    await desk.locator("form[data-do='agenda.add'] [name=title]").fill(title)
    await desk.locator("form[data-do='agenda.add'] button").click()
    item = desk.locator(".agenda-item", has_text=title)
    await item.locator("form[data-do='agenda.start'] button").first.click()


async def marked(page: Page) -> str:
    """The words that are marked in the text just now."""
    return "".join(await text(page).locator(".passage").all_inner_texts())


async def select_all_of(page: Page, words: str) -> None:
    """Select the paragraph that says this."""
    await text(page).locator("p", has_text=words).click(click_count=3)


async def test_the_session_writes_the_frame_of_its_minutes(stage: Stage):
    session = stage.served.new_session("Plénière encadrée")
    helene = await stage.guest(session, "facilitator", "Hélène")
    nina = await note_taker(stage, session, "Nina")
    await write(nina, "Bonjour.")
    await saved(nina)

    await begin_item(helene, "Le budget")
    await expect(text(nina).locator("h3")).to_contain_text("· Le budget")
    facts = nina.locator("room-facts")
    await facts.locator("summary", has_text="Une décision").click()
    await facts.locator("form[data-do='minutes.decide'] [name=words]").fill("Ouvrir le samedi")
    await facts.locator("form[data-do='minutes.decide'] [name=in_favour]").fill("12")
    await facts.get_by_role("button", name="Noter la décision").click()

    block = text(nina).locator(".decision")
    await expect(block).to_contain_text("Ouvrir le samedi")
    await expect(block).to_contain_text("12 pour")
    assert await text(nina).locator(".decision").count() == 1


async def test_what_is_chosen_in_the_text_goes_where_one_is_writing(stage: Stage):
    session = stage.served.new_session("Plénière sur place")
    nina = await note_taker(stage, session, "Nina")
    await write(nina, "Avant.")
    await nina.keyboard.press("Enter")
    await nina.keyboard.type("Après.")
    await nina.keyboard.press("ArrowUp")
    await nina.keyboard.press("End")
    await nina.keyboard.type(" /action")
    await nina.keyboard.press("Enter")
    await expect(nina.locator("form[data-do='minutes.act'] [name=what]")).to_be_focused()
    await nina.keyboard.type("Chiffrer")
    await nina.keyboard.press("Tab")
    await nina.keyboard.type("Paul")
    await nina.get_by_role("button", name="Noter l’action").click()

    await expect(text(nina).locator(".action")).to_contain_text("Chiffrer")
    words = await text(nina).inner_text()
    assert words.index("Avant") < words.index("Chiffrer") < words.index("Après")


async def test_who_is_far_away_takes_part_in_the_writing_until_no_longer(stage: Stage):
    session = stage.served.new_session("Plénière ouverte")
    helene = await stage.guest(session, "facilitator", "Hélène")
    chi = await reader(stage, session)
    await chi.get_by_role("button", name="Participer à la rédaction du compte-rendu").click()
    await expect(chi.locator("room-writers [data-when=asked]")).to_be_visible()

    await helene.goto(f"{stage.served.url}/rooms/{session.slug}/minutes/")
    await helene.get_by_role("button", name="Autoriser").click()
    await expect(text(chi)).to_have_attribute("contenteditable", "true")
    await write(chi, "Écrit de loin.")
    await saved(chi)
    await helene.get_by_role("button", name="Ne plus autoriser").click()

    await expect(text(chi)).to_have_attribute("contenteditable", "false")
    await expect(text(helene)).to_contain_text("Écrit de loin.")


async def test_a_suggestion_becomes_text_when_it_is_accepted(stage: Stage):
    session = stage.served.new_session("Plénière amendée")
    nina = await note_taker(stage, session, "Nina")
    await write(nina, "La séance est ouvert.")
    await saved(nina)
    chi = await reader(stage, session)
    await expect(text(chi)).to_contain_text("ouvert.")

    await select_all_of(chi, "ouvert")
    await chi.locator("[data-begin=suggest]").click()
    proposal = chi.locator("[data-new=suggest] [name=proposal]")
    await expect(proposal).to_have_value("La séance est ouvert.")
    await proposal.fill("La séance est ouverte.")
    await chi.locator("[data-new=suggest] button.primary").click()
    await write(nina, " Encore.")  # it moves with the text
    thread = nina.locator(".discussion")
    await expect(thread).to_contain_text("La séance est ouverte.")
    await expect(text(nina).locator(".passage")).to_have_text("La séance est ouvert.")
    for _ in range(2):
        await nina.keyboard.press("Home")
        await nina.keyboard.type("x")
        # At once, and not only when the next change draws everything anew.
        assert await marked(nina) == "La séance est ouvert."
    await nina.keyboard.press("Backspace")
    await nina.keyboard.press("Delete")
    await expect(text(chi)).to_contain_text("ouvert. Encore.")
    await thread.get_by_role("button", name="Accepter").click()

    await expect(text(chi)).to_contain_text("La séance est ouverte. Encore.")
    await expect(chi.locator(".discussion")).to_contain_text("Accepté par")


async def test_what_is_selected_on_a_phone_is_commented_without_leaving_it(stage: Stage):
    session = stage.served.new_session("Plénière au téléphone")
    nina = await note_taker(stage, session, "Nina")
    for number in range(30):
        await nina.keyboard.type(f"Paragraphe {number}.") if number else await write(nina, "Début.")
        await nina.keyboard.press("Enter")
    await saved(nina)
    chi = await reader(stage, session, size=PHONE)
    await expect(text(chi)).to_contain_text("Paragraphe 29.")
    bar = chi.get_by_role("toolbar", name="À propos des mots choisis")
    await expect(bar).to_be_hidden()

    place = text(chi).locator("p", has_text="Paragraphe 7.")
    await place.evaluate("each => each.scrollIntoView({ block: 'end' })")  # where the bar will be
    await select_all_of(chi, "Paragraphe 7.")
    await expect(bar).to_be_in_viewport(ratio=1)
    selected = await place.bounding_box()
    assert (await bar.bounding_box())["y"] > selected["y"] + selected["height"]
    assert await faults(chi, "the bar at the selection") == []
    await bar.get_by_role("button", name="Commenter").click()
    await expect(chi.locator("[data-new=comment] textarea")).to_be_focused()
    await chi.keyboard.type("Le septième")
    await chi.locator("[data-new=comment] button.primary").click()

    await expect(text(nina).locator(".passage")).to_have_text("Paragraphe 7.")
    await expect(text(chi).locator("p", has_text="Paragraphe 7.")).to_be_in_viewport()


async def test_what_is_selected_is_commented_by_keyboard(stage: Stage):
    session = stage.served.new_session("Plénière sans souris")
    nina = await note_taker(stage, session, "Nina")
    await write(nina, "La séance est ouverte.")
    for key in ("Control+A", "Escape", "Tab"):
        await nina.keyboard.press(key)
    bar = nina.get_by_role("toolbar", name="À propos des mots choisis")
    await expect(bar.get_by_role("button", name="Commenter")).to_be_focused()
    await nina.keyboard.press("ArrowRight")
    await nina.keyboard.press("Enter")
    await expect(nina.locator("[data-new=suggest] [name=proposal]")).to_be_focused()
    await nina.keyboard.press("Escape")

    await expect(text(nina)).to_be_focused()


async def test_minutes_are_read_over_remarked_upon_approved_and_final(stage: Stage):
    session = stage.served.new_session("Plénière finale")
    helene = await stage.guest(session, "facilitator", "Hélène")
    nina = await note_taker(stage, session, "Nina")
    await begin_item(helene, "Le budget")
    await expect(text(nina).locator(".agenda-begun")).to_be_visible()
    await write(nina, "Le budget est voté.")
    await saved(nina)
    chi = await reader(stage, session)
    await helene.goto(f"{stage.served.url}/rooms/{session.slug}/minutes/")
    life = helene.locator("room-life")

    await nina.get_by_role("button", name="Proposer à la relecture").click()
    await life.get_by_role("button", name="Inviter aux remarques").click()
    await select_all_of(chi, "voté")
    await chi.get_by_role("button", name="Faire une remarque", exact=True).first.click()
    await chi.locator("[data-new=remark] [name=words]").fill("Pas à l’unanimité")
    await chi.locator("[data-new=remark] button.primary").click()
    await expect(life).to_contain_text("1 remarque attend une réponse")
    answer = helene.locator(".discussion details")
    await answer.locator("summary").click()
    await answer.locator("textarea").fill("C’est noté")
    await answer.get_by_role("button").click()
    await expect(chi.locator(".discussion")).to_contain_text("C’est noté")
    await life.get_by_role("button", name="L’approuver tel quel").click()
    await expect(text(nina)).to_have_attribute("contenteditable", "false")
    await life.get_by_role("button", name="Retirer mon approbation").click()
    await expect(text(nina)).to_have_attribute("contenteditable", "true")
    await life.get_by_role("button", name="L’approuver tel quel").click()
    await life.get_by_role("button", name="Le rendre définitif").first.click()
    await life.locator("[data-confirm] button.danger").click()

    await expect(text(nina)).to_have_attribute("contenteditable", "false")
    await expect(text(nina).locator(".agenda-begun")).to_have_count(0)
    await expect(text(nina)).to_contain_text("Le budget est voté.")
    await expect(chi.locator("[data-begin=comment]")).to_be_hidden()
    await expect(chi.locator(".discussion summary")).to_be_hidden()
    await helene.get_by_role("link", name="Voir le texte définitif").click()
    sha256 = await helene.locator(".seal").inner_text()
    file = await helene.request.get(f"{stage.served.url}/rooms/{session.slug}/minutes/final.md")
    assert hashlib.sha256(await file.body()).hexdigest() == sha256


async def test_what_is_taken_out_is_gone_from_open_pages_too(stage: Stage):
    session = stage.served.new_session("Plénière effacée")
    nina = await note_taker(stage, session, "Nina")
    await write(nina, "Elle habite rue Fesch.")
    await saved(nina)
    chi = await reader(stage, session)
    await expect(text(chi)).to_contain_text("rue Fesch")

    stage.server_may_be_away = True
    maria = await log_in(stage, await stage.visitor("/login/"))
    await maria.goto(f"{stage.served.url}/organise/sessions/{session.slug}/erase/")
    await maria.fill("#id_words", "rue Fesch")
    await maria.check("#id_sure")
    await maria.get_by_role("button", name="Effacer définitivement").click()

    for page in (nina, chi):
        await expect(text(page)).to_contain_text("Elle habite █████.")
        await expect(text(page)).not_to_contain_text("rue Fesch")
        sign = text(page).get_by_role("img", name="passage effacé")
        await expect(sign).to_have_text("█████")
    await write(nina, " Suite.")
    await expect(text(chi)).to_contain_text("Elle habite █████. Suite.")
    await show(chi, "chat")
