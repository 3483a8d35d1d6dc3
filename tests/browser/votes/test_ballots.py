"""Ballots of every kind: what one marks is what is read, by pointer, by keys, by touch."""

from __future__ import annotations

import random
import re

import pytest
from playwright.async_api import expect

from tests.browser.fit import NARROW, faults_by_day_and_night, scrolls_sideways
from tests.browser.votes.pages import PARTS, open_page
from tests.features.vote_vectors import answer
from tests.features.votes import FORMS, NAMES, PROPOSALS, name
from workshop.features.polls.answers import check
from workshop.features.polls.forms import (
    Approval,
    Budget,
    Map,
    Multiple,
    Number,
    Points,
    Ranking,
    Rating,
    Scale,
    Single,
    Statements,
    Text,
    Words,
    YesNo,
)

BLANK = {Approval: [], Points: [0] * 5, Budget: []}  # what saying nothing means
TARGETS = "button, label.choice, label.step, select, textarea, input:not(label input), [data-grip]"


async def test_what_is_put_into_a_ballot_is_what_is_read(votes):
    for form in FORMS:
        for seed in range(4):
            given = check(form, answer(form, random.Random(seed)))
            await votes.offer(form, given)
            assert await votes.read(form) == given, form


async def test_an_empty_ballot_says_nothing(votes):
    for form in FORMS:
        await votes.offer(form)
        nothing = None if getattr(form, "all_of_them", False) else BLANK.get(type(form))
        assert await votes.read(form) == nothing, form


async def test_offering_again_takes_nothing_back(votes):
    form = Multiple(NAMES, most=3)
    await votes.offer(form, [0])
    box = votes.page.get_by_label("parc")
    await box.check(force=True)
    await votes.offer(form, [0])
    await votes.offer(form)

    assert await votes.read(form) == [0, 1]
    await expect(box).to_be_focused()


async def test_another_form_begins_afresh(votes):
    await votes.offer(Single(NAMES), 3)
    await votes.offer(Single(NAMES[:3]))

    assert await votes.read(Single(NAMES[:3])) is None
    assert await votes.read(Single(NAMES)) is None


async def test_one_too_many_is_told_and_not_taken_back(votes):
    form = Multiple(NAMES, most=2, least=2)
    await votes.offer(form)
    for option in ("école", "parc", "marché"):
        await votes.page.get_by_label(option).check(force=True)

    await expect(votes.page.get_by_role("status")).to_have_text(
        "C’est 1 de trop\u00a0: retirez-en une."
    )
    assert await votes.read(form) is None
    await votes.page.get_by_label("école").uncheck(force=True)
    assert await votes.read(form) == [1, 2]


async def test_abstaining_is_offered_only_where_one_may(votes):
    await votes.offer(YesNo(abstain=False))
    await expect(votes.page.get_by_label("Je m’abstiens")).to_be_hidden()
    await votes.page.get_by_label("Contre").check(force=True)

    assert await votes.read(YesNo(abstain=False)) == "no"


async def test_ranking_by_arrows_keeps_the_focus_on_the_arrow(votes):
    await votes.offer(Ranking(NAMES))
    raise_port = votes.page.get_by_role("button", name="Monter\u00a0: port")
    await votes.page.get_by_role("button", name="Monter\u00a0: école").press("Enter")
    for _ in range(2):
        await raise_port.press("Enter")

    assert await votes.read(Ranking(NAMES)) == [3, 0]
    await expect(raise_port).to_be_focused()
    await expect(raise_port).to_have_attribute("aria-disabled", "true")
    await expect(votes.page.get_by_role("status")).to_have_text("port\u00a0: place 1 sur 5.")
    await votes.page.get_by_role("button", name="Descendre\u00a0: école").press("Enter")
    assert await votes.read(Ranking(NAMES)) == [3]


async def test_ranking_by_the_number_of_the_place(votes):
    await votes.offer(Ranking(NAMES), [0, 1, 2])
    await votes.page.get_by_label("Place de\u00a0: gare").select_option("2")

    assert await votes.read(Ranking(NAMES)) == [0, 4, 1, 2]


async def test_ranking_by_pulling(votes):
    await votes.offer(Ranking(NAMES), [0, 1, 2, 3, 4])
    grips = votes.page.locator("[data-grip]")
    await grips.nth(4).scroll_into_view_if_needed()
    first, last = await grips.nth(0).bounding_box(), await grips.nth(4).bounding_box()
    await votes.page.mouse.move(last["x"] + 9, last["y"] + 9)
    await votes.page.mouse.down()
    await votes.page.mouse.move(first["x"] + 9, first["y"] - 9, steps=8)
    await votes.page.mouse.up()

    assert await votes.read(Ranking(NAMES)) == [4, 0, 1, 2, 3]


async def test_rating_leaves_out_what_one_cannot_say(votes):
    form = Rating(NAMES[:3], low="mauvais", high="bon")
    await votes.offer(form)
    things = votes.page.locator("fieldset.rated")
    await things.nth(0).get_by_label("5 sur 5\u00a0: bon").check(force=True)
    await things.nth(1).get_by_label("Ne se prononce pas").check(force=True)

    assert await votes.read(form) == [5, 0, 0]
    assert await votes.read(Rating(NAMES[:3])) is None


async def test_a_scale_by_arrow_keys(votes):
    await votes.offer(Scale(steps=4), 2)
    await votes.page.get_by_label("2 sur 4").press("ArrowRight")

    assert await votes.read(Scale(steps=4)) == 3


async def test_points_run_out(votes):
    form = Points(NAMES[:2], points=2)
    await votes.offer(form)
    more = votes.page.get_by_role("button", name="Un point de plus pour\u00a0: parc")
    for _ in range(3):
        await more.press("Enter")

    assert await votes.read(form) == [0, 2]
    await expect(more).to_have_attribute("aria-disabled", "true")
    await expect(votes.page.get_by_role("status")).to_have_text("Il reste 0 point sur 2.")
    await votes.page.get_by_label("Points pour\u00a0: école").fill("1")
    await expect(votes.page.get_by_role("status")).to_have_text(
        "1 point de trop\u00a0: retirez-en un."
    )
    assert await votes.read(form) is None


@pytest.mark.parametrize(
    ("typed", "found"), [("12,5", 12.5), ("1 200", 1200), ("−3", -3), ("1e3", None), ("9999", None)]
)
async def test_numbers_are_read_as_people_write_them(votes, typed, found):
    form = Number(least=-10, most=2000, unit="m²", whole=False)
    await votes.offer(form)
    field = votes.page.get_by_label(re.compile("Un nombre de"))
    await field.fill(typed)
    await field.blur()

    assert await votes.read(form) == found
    assert (await field.get_attribute("aria-invalid") == "true") == (found is None)


async def test_writing(votes):
    await votes.offer(Text())
    await votes.page.get_by_label("Votre réponse").fill(" Un pont ")
    assert await votes.read(Text()) == "Un pont"
    await expect(votes.page.get_by_text("Encore 491 signes")).to_be_visible()
    await votes.offer(Words())
    await votes.page.get_by_label("Mot 1").fill("l’eau  vive")
    await votes.page.get_by_label("Mot 3").fill("pont")
    assert await votes.read(Words()) == ["l’eau vive", "pont"]


async def test_statements_are_gone_through_with_one_key(votes):
    form = Statements(NAMES[:3])
    await votes.offer(form)
    agree = votes.page.get_by_role("button", name="D’accord", exact=True)
    await agree.press("Enter")
    await expect(votes.page.locator(".statement")).to_have_text("parc")
    await expect(agree).to_be_focused()
    await votes.page.get_by_role("button", name="Passe").press("Enter")
    assert await votes.read(form) == ["agree", "pass", ""]
    await agree.press("Enter")
    await expect(votes.page.get_by_text("Vous les avez toutes parcourues.")).to_be_visible()
    await votes.page.get_by_role("button", name="Précédent").press("Enter")
    await expect(votes.page.get_by_role("button", name="Passe")).to_have_attribute(
        "aria-pressed", "true"
    )


async def test_an_envelope_is_never_overdrawn(votes):
    form = Budget(100_000, PROPOSALS)
    await votes.offer(form)
    await votes.page.get_by_label("Piste cyclable").check(force=True)

    await expect(votes.page.get_by_label("Skatepark")).to_be_disabled()
    await expect(votes.page.get_by_text("Ne tient plus dans l’enveloppe.").first).to_be_visible()
    await expect(votes.page.get_by_role("status")).to_have_text(
        re.compile(r"Il reste 20\s000\s€ sur 100\s000\s€\.")
    )
    await votes.page.get_by_label("Four à pain").check(force=True)
    assert await votes.read(form) == [1, 2]
    await votes.page.get_by_label("Commune").select_option("Ajaccio")
    await expect(votes.page.get_by_label("Piste cyclable")).to_be_hidden()
    assert await votes.read(form) == [1, 2]


async def test_what_remains_stays_in_sight(votes):
    await votes.offer(Budget(100_000, PROPOSALS * 5))
    await votes.page.evaluate("scrollTo(0, document.body.scrollHeight)")

    await expect(votes.page.get_by_role("status")).to_be_in_viewport()


async def test_a_pin_by_pointing_by_keys_and_by_name(votes):
    form = Map("corsica")
    await votes.offer(form)
    place = votes.page.get_by_label("Nommez un lieu, ou montrez-le sur la carte")
    await place.select_option("Corte")
    corte = await votes.read(form)
    await expect(votes.page.get_by_role("status")).to_have_text("Votre épingle\u00a0: Haute-Corse.")

    chart = votes.page.get_by_role("application")
    await chart.press("ArrowRight")
    await chart.press("Shift+ArrowDown")
    assert await votes.read(form) == [corte[0] + 10, corte[1] + 50]

    box = await chart.bounding_box()
    await chart.click(position={"x": box["width"] / 2, "y": box["height"] * 0.8})
    x, y = await votes.read(form)
    assert (abs(x - 500) < 5, abs(y - 800) < 5) == (True, True)
    await expect(votes.page.get_by_role("status")).to_have_text(
        "Votre épingle\u00a0: Corse-du-Sud."
    )


async def test_every_ballot_is_accessible_and_fits_a_narrow_phone(chromium, scripts):
    context = await chromium.new_context(viewport=NARROW, reduced_motion="reduce")
    votes = await open_page(context, scripts)
    await votes.page.evaluate("document.querySelector('#outcome').remove()")
    for form in FORMS:
        await votes.offer(form, check(form, answer(form, random.Random(1))))
        await votes.page.locator("[data-slot=question]").evaluate_all(
            "all => all.forEach((each) => (each.textContent = '?'))"
        )
        assert await faults_by_day_and_night(votes.page, name(form), PARTS) == []
        assert not await scrolls_sideways(votes.page), name(form)
        small = await votes.page.eval_on_selector_all(
            f".ballot :is({TARGETS})",
            "all => all.filter((e) => e.checkVisibility())"
            ".map((e) => [e.outerHTML.slice(0, 60), e.getBoundingClientRect()])"
            ".filter(([, box]) => box.height < 43.5 || box.width < 43.5).map(([html]) => html)",
        )
        assert small == [], name(form)
    await context.close()
