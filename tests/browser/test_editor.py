"""The editor under pressure: tasks, tables, the slash menu; pasted, found, translated, undone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, Stage
from tests.browser.test_pages import NARROW, faults
from tests.browser.test_two_people import draft_a_vote, press, show, vote
from tests.browser.test_writing import note_taker, reader, saved, text, write

CLIPBOARD = Path(__file__).parent / "clipboard"

PASTE = """(area, [html, plain]) => {
  const clipboardData = new DataTransfer()
  if (html) clipboardData.setData("text/html", html)
  clipboardData.setData("text/plain", plain)
  const all = { clipboardData, bubbles: true, cancelable: true }
  area.dispatchEvent(new ClipboardEvent("paste", all))
}"""

# The text as a list of what it is made of: without styles, and without what the editor draws.
OUTLINE = """area => {
  const told = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.textContent
    const inside = [...node.childNodes].map(told).join("")
    const name = node.localName
    if (["br", "label", "div", "tbody"].includes(name)) return inside
    if (name === "input" || name === "img" || node.matches(".cursor")) return ""
    const known = ["colspan", "start", "href"].filter((each) => node.hasAttribute(each))
    const named = known.map((each) => ` ${node.getAttribute(each)}`).join("")
    const done = node.dataset.done !== undefined ? " done" : ""
    const tasks = node.dataset.tasks !== undefined ? " tasks" : ""
    return `<${name}${tasks}${done}${named}>${inside}</>`
  }
  return [...area.children].map(told)
}"""


async def paste(page: Page, html: str = "", plain: str = "") -> None:
    await text(page).focus()
    await text(page).evaluate(PASTE, [html, plain])


async def outline(page: Page) -> list[str]:
    return await text(page).evaluate(OUTLINE)


async def choose(page: Page, words: str) -> None:
    """Through the slash menu."""
    await page.keyboard.type(f"/{words}")
    await page.locator("#minutes-slash [aria-selected=true]").wait_for()
    await page.keyboard.press("Enter")


async def in_text(page: Page, words: str) -> None:
    """Put the cursor at the end of these words."""
    await text(page).get_by_text(words, exact=True).click()
    await page.keyboard.press("End")


# Blocks ---------------------------------------------------------------------------------------


async def test_tasks_are_ticked_with_the_mouse_and_with_keys_and_others_see_it(stage: Stage):
    session = stage.served.new_session("Plénière des tâches")
    chi = await reader(stage, session)
    nina = await note_taker(stage, session, "Nina")
    await write(nina, "[ ] appeler Corte")
    await nina.keyboard.press("Enter")
    await nina.keyboard.type("publier")
    theirs = text(chi).get_by_role("checkbox", name="Fait\u00a0: appeler Corte")
    mine = text(nina).get_by_role("checkbox", name="Fait\u00a0: appeler Corte")
    await expect(theirs).to_be_disabled()

    await mine.click()
    await expect(theirs).to_be_checked()
    await mine.press("Space")
    await expect(theirs).not_to_be_checked()
    await expect(mine).to_be_focused()
    await in_text(nina, "publier")
    await nina.keyboard.press("Control+Enter")

    await expect(text(chi).get_by_role("checkbox", name="Fait\u00a0: publier")).to_be_checked()
    assert await outline(nina) == [
        "<ul tasks><li><p>appeler Corte</></><li done><p>publier</></></>",
    ]


async def test_in_a_table_tab_goes_from_cell_to_cell_and_adds_a_row_at_the_end(stage: Stage):
    session = stage.served.new_session("Plénière du tableau")
    chi = await reader(stage, session, size=NARROW)
    nina = await note_taker(stage, session, "Nina")
    await text(nina).focus()
    await choose(nina, "tabl")
    for n in range(10):
        await nina.keyboard.type(f"Cellule {n}")
        await nina.keyboard.press("Tab") if n < 9 else None
    await expect(text(chi).locator("table td", has_text="Cellule 9")).to_be_visible()

    rows = text(chi).locator("tr")
    await expect(rows).to_have_count(4)
    await expect(rows.nth(0).locator("th")).to_have_count(3)
    await in_menu(nina, "Colonne après")
    await expect(rows.nth(0).locator("th")).to_have_count(4)
    await in_menu(nina, "Supprimer la ligne")
    await expect(rows).to_have_count(3)
    await in_menu(nina, "Supprimer la colonne")
    await expect(rows.nth(0).locator("th")).to_have_count(3)
    table = text(chi).locator(".table-scroll")
    assert await table.evaluate("table => table.scrollWidth > table.clientWidth")
    assert await chi.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    await in_menu(nina, "Supprimer le tableau")
    await expect(text(chi).locator("table")).to_have_count(0)


async def in_menu(page: Page, words: str) -> None:
    """By keyboard: the menu of tables, from its button."""
    await page.locator("#minutes-table").focus()
    await page.keyboard.press("Enter")
    item = page.get_by_role("menuitem", name=words)
    while not await item.evaluate("item => item === document.activeElement"):
        await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(text(page)).to_be_focused()


async def test_the_slash_menu_is_found_by_words_of_two_languages_and_told(stage: Stage):
    session = stage.served.new_session("Plénière de la barre")
    nina = await note_taker(stage, session, "Nina")
    menu = nina.locator("#minutes-slash")
    await text(nina).focus()

    await nina.keyboard.type("/tache")  # without its accent
    await expect(menu.locator("[role=option]:visible")).to_have_text(["Tâches[ ]"])
    await expect(text(nina)).to_have_attribute("aria-controls", "minutes-slash")
    await expect(text(nina)).to_have_attribute("aria-activedescendant", "slash-tasks")
    await expect(nina.locator("[data-piece=announcer]")).to_have_text("1 proposition")
    await nina.keyboard.press("Enter")
    await nina.keyboard.type("une tâche")
    await nina.keyboard.press("Enter")
    await nina.keyboard.press("Enter")
    await nina.keyboard.type("/head")
    await nina.keyboard.press("ArrowDown")
    await expect(text(nina)).to_have_attribute("aria-activedescendant", "slash-heading-2")
    await nina.keyboard.press("Enter")
    await nina.keyboard.type("et/ou /")
    await expect(menu).to_be_visible()
    await nina.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await nina.keyboard.type("liste")

    assert await outline(nina) == ["<ul tasks><li><p>une tâche</></></>", "<h4>et/ou /liste</>"]


async def test_what_others_write_opens_no_menu_of_mine(stage: Stage):
    session = stage.served.new_session("Plénière de deux barres")
    nina = await note_taker(stage, session, "Nina")
    omar = await note_taker(stage, session, "Omar")
    await write(nina, "Un /")
    await expect(nina.locator("#minutes-slash")).to_be_visible()
    await expect(text(omar)).to_contain_text("Un /")
    await expect(omar.locator("#minutes-slash")).to_be_hidden()

    await text(omar).press("Control+Home")
    await omar.keyboard.type("Zéro. ")
    await expect(text(nina)).to_contain_text("Zéro.")
    await expect(nina.locator("#minutes-slash")).to_be_visible()
    await nina.keyboard.type("cita")
    await nina.keyboard.press("Enter")

    await expect(text(omar).locator("blockquote")).to_contain_text("Zéro.")


ADD_OPTION = """menu => {
  const option = menu.lastElementChild.cloneNode(true)
  Object.assign(option, { id: "slash-own", textContent: "Décision" })
  option.dataset.command = "minutes.decide"
  menu.append(option)
  document.addEventListener("minutes:command", event => { window.command = event.detail })
}"""


async def test_the_slash_menu_takes_more_commands_than_the_editors(stage: Stage):
    session = stage.served.new_session("Plénière des décisions")
    nina = await note_taker(stage, session, "Nina")
    await nina.locator("#minutes-slash").evaluate(ADD_OPTION)
    await write(nina, "Avant ")
    await choose(nina, "decis")

    assert await nina.evaluate("window.command") == "minutes.decide"
    assert await outline(nina) == ["<p>Avant </>"]


async def test_marks_typed_as_in_markdown(stage: Stage):
    session = stage.served.new_session("Plénière des signes")
    nina = await note_taker(stage, session, "Nina")
    await text(nina).focus()
    for line in ("### Petit", "Du **gras**, de l’*italique*, 2*3*4", "[x] faite"):
        await nina.keyboard.type(line)
        await nina.keyboard.press("Enter")
    await nina.keyboard.press("Enter")
    await nina.keyboard.type("1. un")

    assert await outline(nina) == [
        "<h5>Petit</>",
        "<p>Du <strong>gras</>, de l’<em>italique</>, 2*3*4</>",
        "<ul tasks><li done><p>faite</></></>",
        "<ol><li><p>un</></></>",
    ]


# What is pasted -------------------------------------------------------------------------------

START = "<h3>Compte rendu</>"
LISTS = [
    "<ul><li><p>Un</><ul><li><p>Un et demi</></></></><li><p>Deux</></></>",
    "<h4>Décisions</>",
    "<ol 3><li><p>Trois</></><li><p>Quatre</></></>",
]
TASKS = "<ul tasks><li done><p>Faite</></><li><p>À faire</></></>"
TABLE = (
    "<table><tr><td><p>Projet</></><td><p>Voix</></></><tr><td 2><p>Permanences : 61</></></></>"
)
PASTED = {
    "word": [
        START,
        "<p>Le <strong>budget</> est <em>voté</>, en rouge, voir <a https://exemple.fr/budget>ici</>"
        " et là.</>",
        *LISTS,
        TABLE,
    ],
    "libreoffice": [START, "<p>Le <strong>budget</> est <em>voté</>.</>", *LISTS, TABLE],
    "docs": [START, "<p>Le <strong>budget</> est <em>voté</>.</>", *LISTS, TASKS, TABLE],
    "web": [
        START,
        "<p>Le <strong>budget</> est <em>voté</>. là et là <a https://exemple.fr/>ici</></>",
        *LISTS,
        TASKS,
        TABLE.replace("<td>", "<th>"),
        "<h5>Petit</>",
    ],
}


async def test_what_is_pasted_is_clean(stage: Stage):
    session = stage.served.new_session("Plénière du presse-papiers")
    nina = await note_taker(stage, session, "Nina")
    asked: list[str] = []
    nina.on("request", lambda request: asked.append(request.url))
    for name, wanted in PASTED.items():
        await text(nina).press("Control+a")
        await paste(nina, (CLIPBOARD / f"{name}.html").read_text())
        assert [each for each in await outline(nina) if each != "<p></>"] == wanted, name
    await saved(nina)

    assert not [url for url in asked if "exemple.fr" in url]
    assert "pris" not in await nina.title()


async def test_what_is_pasted_survives_the_way_through_the_server(stage: Stage):
    session = stage.served.new_session("Plénière du chemin")
    chi = await reader(stage, session)
    nina = await note_taker(stage, session, "Nina")
    await paste(nina, (CLIPBOARD / "docs.html").read_text())
    await saved(nina)

    await expect(text(chi).locator("table")).to_be_visible()
    assert await outline(chi) == await outline(nina)


async def test_too_much_too_deep_and_broken_characters(stage: Stage):
    session = stage.served.new_session("Plénière des excès")
    nina = await note_taker(stage, session, "Nina")
    await paste(nina, f"<p>{'trop ' * 9000}</p>")
    await expect(nina.locator("[data-piece=announcer]")).to_contain_text("trop long")
    assert await outline(nina) == ["<p></>"]

    await paste(nina, f"{'<ul><li>' * 40}profond{'</li></ul>' * 40}")
    await text(nina).press("Control+End")
    await text(nina).evaluate(PASTE, ["<p>cassé \ud83c !</p>", ""])
    await text(nina).evaluate(PASTE, ["", "et \udf89"])
    await saved(nina)

    assert "".join(await outline(nina)) == "<p>profondcassé \ufffd !et \ufffd</>"


# Writing while others do ---------------------------------------------------------------------

# Does something just before a message with what others wrote is heard.
JUST_BEFORE = """() => {
  const SYNC = 0
  const { set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage")
  Object.defineProperty(WebSocket.prototype, "onmessage", {
    set(hear) {
      set.call(this, hear && ((event) => {
        const message = typeof event.data !== "string" && new Uint8Array(event.data)
        if (message[0] === SYNC) window.justBefore?.()
        hear(event)
      }))
    },
  })
}"""
CLICK_ONCE = """cell => {
  window.justBefore = () => {
    delete window.justBefore
    getSelection().collapse(cell.firstElementChild, 0)
  }
}"""


async def test_one_writes_where_one_has_clicked_though_others_write_in_that_moment(stage: Stage):
    """The browser tells the editor of a click only after what has already come over the network."""
    session = stage.served.new_session("Plénière où l’on clique")
    nina = await note_taker(stage, session, "Nina")
    omar = await note_taker(stage, session, "Omar")
    await omar.add_init_script(f"({JUST_BEFORE})()")
    await omar.reload()
    await expect(text(omar)).to_have_attribute("contenteditable", "true")
    await text(nina).focus()
    await choose(nina, "table")
    await text(omar).locator("th").first.click()
    await omar.keyboard.type("Omar ici")
    await expect(text(nina)).to_contain_text("Omar ici")

    await text(omar).locator("td").first.evaluate(CLICK_ONCE)
    await nina.keyboard.type("N")
    await omar.wait_for_function("() => !window.justBefore")
    await omar.keyboard.type("Omar là")

    await expect(text(nina).locator("td").first).to_contain_text("Omar là")


# Undoing --------------------------------------------------------------------------------------


async def test_undo_takes_nothing_of_others_with_it(stage: Stage):
    session = stage.served.new_session("Plénière de l’annulation")
    nina = await note_taker(stage, session, "Nina")
    omar = await note_taker(stage, session, "Omar")
    await text(nina).focus()
    await choose(nina, "table")
    await nina.keyboard.type("À Nina")
    await text(omar).locator("td").first.click()
    await omar.keyboard.type("À Omar")
    await expect(text(nina)).to_contain_text("À Omar")

    for _ in range(5):
        await nina.keyboard.press("Control+z")

    await expect(text(omar)).not_to_contain_text("À Nina")
    await expect(text(omar).locator("td")).to_contain_text("À Omar")
    await nina.reload()
    await expect(text(nina)).to_have_attribute("contenteditable", "true")
    await expect(text(nina)).to_contain_text("À Omar")
    await expect(nina.locator("[data-action=undo]")).to_have_attribute("aria-disabled", "true")
    await text(nina).press("Control+z")
    await write(nina, " et après")
    await expect(text(omar)).to_contain_text("et après")
    await expect(text(omar)).to_contain_text("À Omar")


# Finding --------------------------------------------------------------------------------------


async def test_find_and_replace_whatever_the_case_and_the_accents(stage: Stage):
    session = stage.served.new_session("Plénière des recherches")
    nina = await note_taker(stage, session, "Nina")
    await paste(nina, "<p>La Règle et la <b>règle</b> du jeu</p><p>REGLE 🎉</p>")
    told = nina.locator("[data-piece=found]")

    await nina.keyboard.press("Control+h")
    await nina.keyboard.type("regle")
    await expect(told).to_have_text("1 sur 3")
    await expect(text(nina).locator(".found")).to_have_count(3)
    await nina.keyboard.press("Enter")
    await expect(told).to_have_text("2 sur 3")
    await nina.keyboard.press("Shift+Enter")
    await expect(text(nina).locator(".found.is-current")).to_have_text("Règle")
    await nina.fill("[name=instead]", "loi 🎊")
    await nina.get_by_role("button", name="Remplacer", exact=True).click()
    await expect(told).to_have_text("1 sur 2")
    await nina.get_by_role("button", name="Tout", exact=True).click()
    await expect(told).to_have_text("2 endroits remplacés")
    await nina.fill("[name=sought]", "🎉")
    await nina.fill("[name=instead]", "🎊")
    await nina.get_by_role("button", name="Tout", exact=True).click()
    await nina.keyboard.press("Escape")
    await saved(nina)

    await expect(text(nina)).to_be_focused()
    await expect(text(nina).locator(".found")).to_have_count(0)
    assert await outline(nina) == [
        "<p>La loi 🎊 et la <strong>loi 🎊</> du jeu</>",
        "<p>loi 🎊 🎊</>",
    ]


async def test_saving_by_hand_opens_no_dialog_and_says_that_it_is_saved(stage: Stage):
    session = stage.served.new_session("Plénière sauvée")
    nina = await note_taker(stage, session, "Nina")
    stopped = "addEventListener('keydown', event => { window.stopped = event.defaultPrevented })"
    await nina.evaluate(stopped)
    await text(nina).press("Control+s")
    await expect(nina.locator(".minutes-bar")).to_contain_text("Tout est enregistré.")
    assert await nina.evaluate("window.stopped")

    await write(nina, "Une phrase")
    await saved(nina)
    await text(nina).press("Control+s")

    await expect(nina.locator("[data-piece=announcer]")).to_contain_text("Enregistré à")


# Who wrote what -------------------------------------------------------------------------------


async def test_who_wrote_what_is_shown_on_demand(stage: Stage):
    session = stage.served.new_session("Plénière des auteurs")
    nina = await note_taker(stage, session, "Nina")
    omar = await note_taker(stage, session, "Omar")
    await write(nina, "Le début de Nina, ")
    await expect(text(omar)).to_contain_text("Le début de Nina, ")
    await write(omar, "la suite d’Omar")
    await expect(text(nina)).to_contain_text("la suite")
    await knows_nobody(nina)

    await nina.get_by_role("button", name="Qui a écrit quoi").click()

    await expect(nina.locator(".wrote-list li")).to_have_text(["Nina", "Omar"])
    await expect(text(nina).locator(".wrote[title=Nina]")).to_have_text("Le début de Nina, ")
    await expect(text(nina).locator(".wrote[title=Omar]")).to_have_text("la suite d’Omar")
    lines = {await each.get_attribute("class") for each in await wrote(nina)}
    assert len(lines) == 2
    await text(nina).press("Control+End")
    await expect(nina.locator("[data-piece=wrote-here]")).to_have_text("Ici\u00a0: Omar")
    await nina.keyboard.type(" et Nina")
    await expect(text(nina).locator(".wrote[title=Nina]").last).to_have_text(" et Nina")
    await nina.get_by_role("button", name="Qui a écrit quoi").click()
    await expect(text(nina).locator(".wrote")).to_have_count(0)


async def wrote(page: Page):
    return await text(page).locator(".wrote").all()


async def knows_nobody(page: Page) -> None:
    """Where the server does not say who was who, those who are here are known all the same."""
    await page.route("**/authors.json", lambda route: route.fulfill(status=200, body="{}"))


async def test_those_who_have_left_are_named_by_the_server(stage: Stage):
    session = stage.served.new_session("Plénière des absents")
    omar = await note_taker(stage, session, "Omar")
    sent = await bytes_sent(omar)
    await write(omar, "Écrit par Omar")
    await saved(omar)
    chi = await reader(stage, session)
    await expect(text(chi)).to_contain_text("Écrit par Omar")
    await expect(chi.locator("room-minutes .authors")).to_contain_text("Omar")
    await omar.close()
    await expect(chi.locator("room-minutes .authors")).not_to_contain_text("Omar")
    known: dict[str, dict[str, object]] = {"people": {}, "clients": {}}
    asked: list[str] = []

    async def answer(route) -> None:
        asked.append(route.request.url)
        await route.fulfill(body=json.dumps(known), content_type="application/json")

    await chi.route("**/authors.json", answer)
    toggle = chi.get_by_role("button", name="Qui a écrit quoi")
    await toggle.click()
    await expect(chi.locator(".wrote-list li")).to_have_text(["Quelqu’un d’inconnu"])
    assert asked == [f"{stage.served.url}/rooms/{session.slug}/minutes/authors.json"]

    known["people"], known["clients"] = {"p1": {"name": "Omar B."}}, {str(client_in(sent)): "p1"}
    await chi.reload()
    await show(chi, "minutes")
    await expect(text(chi)).to_contain_text("Écrit par Omar")
    await toggle.click()
    await expect(chi.locator(".wrote-list li")).to_have_text(["Omar B."])
    await expect(text(chi).locator(".wrote[title='Omar B.']")).to_have_text("Écrit par Omar")


async def bytes_sent(page: Page) -> list[bytes]:
    """What this page sends from now on, after it is loaded again."""
    sent: list[bytes] = []

    def note(payload: str | bytes) -> None:
        if isinstance(payload, bytes):
            sent.append(payload)

    page.on("websocket", lambda socket: socket.on("framesent", note))
    await page.reload()
    await expect(text(page)).to_have_attribute("contenteditable", "true")
    return sent


def client_in(messages: list[bytes]) -> int:
    """The client that somebody writes with, as they tell it with their cursor."""
    cursor = next(message for message in messages if message[0] == 1)
    _, numbers = read_number(cursor[1:])  # how long it is
    _, numbers = read_number(numbers)  # of how many
    return read_number(numbers)[0]


def read_number(data: bytes) -> tuple[int, bytes]:
    """A number of variable length, seven bits to a byte, and what follows it."""
    number = 0
    for n, byte in enumerate(data):
        number |= (byte & 0x7F) << (7 * n)
        if byte < 0x80:
            return number, data[n + 1 :]
    raise ValueError("no number")


# Two languages --------------------------------------------------------------------------------


async def test_a_text_in_two_languages(stage: Stage):
    session = stage.served.new_session("Plénière bilingue")
    chi = await reader(stage, session, size=PHONE)
    nina = await note_taker(stage, session, "Nina")
    await write(nina, "# Le budget")
    await nina.keyboard.press("Enter")
    await nina.keyboard.type("La règle")
    await nina.get_by_role("button", name="Deux langues").click()
    gaps = text(nina).locator(".untranslated")
    await expect(gaps).to_have_count(2)

    await gaps.first.get_by_role("button", name="Traduire\u00a0: Corsu").click()
    await nina.keyboard.type("U bugettu")

    await expect(gaps).to_have_count(1)
    mine = text(nina).locator(".translation")
    await expect(mine).to_have_attribute("lang", "co")
    await expect(mine.locator("h3")).to_have_text("U bugettu")
    source = await text(nina).locator("h3", has_text="Le budget").bounding_box()
    beside = await mine.bounding_box()
    assert source is not None
    assert beside is not None
    assert beside["x"] > source["x"] + source["width"]
    theirs = text(chi).locator(".translation")
    await expect(theirs).to_be_hidden()
    await chi.get_by_role("button", name="Deux langues").click()
    await expect(theirs).to_be_visible()
    await expect(text(chi).locator(".untranslated button:visible")).to_have_count(0)
    below = await theirs.bounding_box()
    above = await text(chi).locator("h3", has_text="Le budget").bounding_box()
    assert above is not None
    assert below is not None
    assert below["y"] >= above["y"] + above["height"]


async def test_enter_twice_leaves_a_translation(stage: Stage):
    session = stage.served.new_session("Plénière de la sortie")
    nina = await note_taker(stage, session, "Nina")
    await write(nina, "Le budget")
    await nina.keyboard.type(" ")
    await choose(nina, "corse")
    await nina.keyboard.type("U bugettu")
    await nina.keyboard.press("Enter")
    await nina.keyboard.press("Enter")
    await nina.keyboard.type("Ensuite")

    assert await outline(nina) == ["<p>Le budget </>", "<p>U bugettu</>", "<p>Ensuite</>"]
    await expect(text(nina).locator(".translation")).to_have_text("U bugettu")


# Live blocks ----------------------------------------------------------------------------------


async def test_a_record_in_the_text_follows_the_room(stage: Stage):
    session = stage.served.new_session("Plénière des blocs")
    helene = await stage.guest(session, "facilitator", "Hélène")
    ana = await stage.participant(session, "Ana")
    nina = await note_taker(stage, session, "Nina")
    await draft_a_vote(helene, "Ouvrir le samedi ?", "Oui", "Non")
    await press(helene, "polls.open")
    await vote(ana, "Oui")
    closing = helene.locator("room-on-air form[data-do='polls.close'] input[name=poll]")
    poll = await closing.first.input_value()

    await paste(nina, f'<div data-record="polls.poll/{poll}" data-at="1790000000"></div>')
    block = text(nina).locator(".live-block").first
    await expect(block).to_contain_text("Ouvrir le samedi ?")
    await expect(block).to_contain_text("Le vote est ouvert.")
    await show(helene, "now")
    await press(helene, "polls.close")
    await expect(block).to_contain_text("Le vote est clos.")
    await press(helene, "polls.publish")

    await expect(block.locator(".results[data-rows=bars]")).to_contain_text("1 vote")
    await expect(block.locator("footer")).to_contain_text(" h ")
    await paste(nina, '<div data-record="polls.poll/nowhere"></div>')
    gone = text(nina).get_by_text("Ce qui se trouvait ici n’existe plus.")
    await expect(gone).to_be_visible()


# For everyone ---------------------------------------------------------------------------------


async def everything(page: Page) -> None:
    """A text with all there is, and all that can be opened, open."""
    await paste(page, (CLIPBOARD / "web.html").read_text())
    await page.keyboard.press("Control+Home")
    await page.keyboard.type("Deux mots. ")
    await choose(page, "corse")
    await page.keyboard.type("Duie parolle")
    await paste(page, '<div data-record="polls.poll/nowhere" data-at="1790000000"></div>')
    for name in ("Deux langues", "Qui a écrit quoi", "Chercher"):
        await page.get_by_role("button", name=name).click()
    await page.keyboard.type("un")
    await text(page).press("Control+End")
    await page.get_by_role("button", name="Insérer…").click()
    await page.locator("#minutes-slash").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_with_everything_open_axe_finds_nothing_and_nothing_scrolls_sideways(
    stage: Stage, scheme: str
):
    session = stage.served.new_session("Plénière de tout")
    nina = await note_taker(stage, session, "Nina")
    await knows_nobody(nina)
    await nina.emulate_media(color_scheme=scheme)
    await everything(nina)
    found = []
    for width in (1280, 360):
        await nina.set_viewport_size({"width": width, "height": 900})
        found += await faults(nina, f"writing, {width}")
    await nina.set_viewport_size(NARROW)
    wide = await nina.evaluate("document.documentElement.scrollWidth")
    chi = await reader(stage, session)
    await chi.emulate_media(color_scheme=scheme)
    await expect(text(chi).locator("table")).to_be_visible()
    found += await faults(chi, "reading")

    assert found == []
    assert wide == NARROW["width"]


async def test_every_control_is_reached_by_keyboard(stage: Stage):
    session = stage.served.new_session("Plénière du clavier")
    nina = await note_taker(stage, session, "Nina")
    await nina.get_by_role("button", name="Chercher").focus()
    reached = set()
    for _ in range(3):
        reached.add(await nina.evaluate("document.activeElement.dataset.press"))
        await nina.keyboard.press("ArrowRight")
    assert reached == {"find", "wrote", "beside"}

    await nina.keyboard.press("Shift+Tab")
    actions = []
    for _ in range(14):
        actions.append(await nina.evaluate("document.activeElement.ariaLabel"))
        await nina.keyboard.press("ArrowRight")
    assert len(set(actions)) == 14
    await nina.keyboard.press("Enter")
    await expect(text(nina)).to_be_focused()
