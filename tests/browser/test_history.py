"""Nina looks back over the life of the minutes, brings a text back, imports one, takes one home."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.browser.conftest import DESK, Stage
from tests.browser.fit import NARROW, faults_by_day_and_night, scrolls_sideways
from tests.browser.test_writing import note_taker, saved, text, write

SHOWN = ".history-text"
SLIDER = "#at"


async def writes_three_times(nina: Page) -> None:
    for words in ("Premier point. ", "Deuxième point. ", "Troisième point."):
        await write(nina, words)
        await saved(nina)


async def opens(nina: Page, end: str) -> None:
    await nina.goto(nina.url.partition("/minutes/")[0] + f"/minutes/{end}")


async def place(nina: Page) -> int:
    return int(await nina.locator(SLIDER).input_value())


async def test_the_whole_life_of_a_text_by_keyboard(stage: Stage):
    session = stage.served.new_session("Plénière de l’historique")
    nina = await note_taker(stage, session, "Nina")
    await writes_three_times(nina)
    await opens(nina, "history/")

    await expect(nina.locator(SHOWN)).to_contain_text("Troisième point.")
    head = await place(nina)
    assert head >= 3
    slider = nina.locator(SLIDER)
    await expect(slider).to_have_attribute("aria-valuetext", re.compile("Nina"))
    await slider.press("ArrowLeft")
    assert await place(nina) == head - 1
    await slider.press("PageDown")
    assert await place(nina) == 1
    await expect(nina.locator(SHOWN)).not_to_contain_text("Troisième")
    assert "at=1" in nina.url
    await slider.press("PageUp")
    assert await place(nina) == head
    await expect(nina.locator(SHOWN)).to_contain_text("Troisième point.")

    await slider.press("Home")
    await expect(nina.locator(SHOWN)).not_to_contain_text("Troisième")
    await nina.locator("[data-do=keep]").click()
    await expect(nina.locator("#against")).to_have_value("1")
    await slider.press("End")
    await expect(nina.locator(f"{SHOWN} ins").last).to_contain_text("Troisième point.")
    await expect(nina.locator(f"{SHOWN} ins .vh").first).to_have_text(re.compile("ajouté"))

    await nina.reload()
    await expect(nina.locator(f"{SHOWN} ins").last).to_contain_text("Troisième point.")


async def test_a_text_is_brought_back_in_everyone_s_editor(stage: Stage):
    session = stage.served.new_session("Plénière du retour")
    omar = await note_taker(stage, session, "Omar")
    nina = await note_taker(stage, session, "Nina")
    await write(nina, "À garder.")
    await saved(nina)
    await opens(nina, "history/")
    then = await place(nina)
    await write(omar, " Effacé par erreur ?")
    await saved(omar)

    await opens(nina, f"history/?at={then}")
    await nina.locator("[data-slot=restore]").click()
    await expect(nina.locator("del")).to_contain_text("Effacé")
    await nina.locator("main form button").click()
    await nina.wait_for_url("**/history/")

    await expect(text(omar)).to_have_text("À garder.")
    await write(omar, " Et la suite.")
    await saved(omar)
    await nina.reload()
    await expect(nina.locator(SHOWN)).to_contain_text("À garder. Et la suite.")
    await nina.goto(f"{nina.url.partition('?')[0]}?at={then + 1}")
    await expect(nina.locator(SHOWN)).to_contain_text("À garder. E")


async def test_a_file_is_imported_into_the_live_text(stage: Stage, tmp_path):
    session = stage.served.new_session("Plénière de l’import")
    omar = await note_taker(stage, session, "Omar")
    nina = await note_taker(stage, session, "Nina")
    file = tmp_path / "notes.md"
    file.write_text("## Ordre du jour\n\n- le **budget**\n- le lieu\n\n1. un\n2. deux\n")

    await opens(nina, "import/")
    await nina.set_input_files("input[type=file]", file)
    await nina.locator("main form button").click()
    await nina.wait_for_url("**/minutes/")

    await expect(text(omar).locator("h3")).to_have_text("Ordre du jour")
    await expect(text(omar).locator("ul > li")).to_have_text(["le budget", "le lieu"])
    await expect(text(omar).locator("strong")).to_have_text("budget")
    await expect(text(omar).locator("ol > li")).to_have_text(["un", "deux"])


async def test_the_minutes_are_taken_home(stage: Stage):
    session = stage.served.new_session("Plénière à emporter")
    nina = await note_taker(stage, session, "Nina")
    await write(nina, "À emporter.")
    await saved(nina)
    await opens(nina, "downloads/")

    for link, name in (("PDF", "pdf"), ("Word", "docx"), ("Markdown", "md")):
        async with nina.expect_download() as downloading:
            await nina.get_by_role("link", name=link, exact=True).click()
        file = await downloading.value
        assert file.suggested_filename == f"pleniere-a-emporter.{name}"
        with open(await file.path(), "rb") as content:  # noqa: ASYNC230, PTH123 - it is there
            assert content.read(2) == {"pdf": b"%P", "docx": b"PK", "md": b"# "}[name]


async def test_without_script_the_history_is_a_form(stage: Stage):
    session = stage.served.new_session("Plénière d’historique sans script")
    nina = await note_taker(stage, session, "Nina")
    await writes_three_times(nina)
    karim = await stage.visitor(
        f"/rooms/{session.slug}/minutes/history/", java_script_enabled=False
    )

    await karim.locator(SLIDER).press("Home")
    await karim.locator("#against").select_option("0")
    await karim.locator("[data-slot=show]").click()

    assert "at=1" in karim.url
    await expect(karim.locator(f"{SHOWN} ins").first).to_be_visible()
    await expect(karim.locator(SHOWN)).not_to_contain_text("Troisième")


async def test_the_pages_around_the_minutes_are_fit_for_all(stage: Stage):
    session = stage.served.new_session("Plénière des à-côtés")
    nina = await note_taker(stage, session, "Nina")
    await writes_three_times(nina)
    await write(nina, "Anticonstitutionnellement" * 5)
    await saved(nina)

    for end in ("history/?at=2&against=0", "history/2/restore/", "downloads/", "import/"):
        await opens(nina, end)
        for size in (NARROW, DESK):
            assert not await scrolls_sideways(nina, size), end
            assert await faults_by_day_and_night(nina, end) == []
