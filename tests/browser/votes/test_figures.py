"""Figures of every outcome: drawn, told, and put into a table that says the same."""

from __future__ import annotations

import random

import msgspec
import pytest
from playwright.async_api import expect

from tests.browser.fit import NARROW, faults_by_day_and_night, scrolls_sideways
from tests.browser.votes.pages import PARTS, Votes, open_page
from tests.features.vote_vectors import answer
from tests.features.votes import FORMS, NAMES, PROPOSALS, name
from workshop.features.polls.answers import check
from workshop.features.polls.counting import Line, count
from workshop.features.polls.forms import (
    AnyForm,
    Budget,
    Map,
    Number,
    Points,
    Ranking,
    Scale,
    Single,
    Statements,
    Text,
    Words,
    YesNo,
)
from workshop.features.polls.outcomes import table

TIED = (
    "À égalité : école et parc. "
    "Les bulletins ne les départagent pas : c’est aux personnes de trancher."
)
PROJECTOR = {"width": 1920, "height": 1080}


def lines(form: AnyForm, n: int, seed: int = 1) -> list[Line]:
    dice = random.Random(seed)
    return [Line(check(form, answer(form, dice))) for _ in range(n)]


def given(*answers) -> list[Line]:
    return [Line(each) for each in answers]


async def cells(votes: Votes) -> list[list[str]]:
    found = await votes.page.eval_on_selector_all(
        "figure tbody tr",
        "rows => rows.map((row) => [...row.cells].map((cell) => cell.textContent))",
    )
    return [[plain(cell) for cell in row] for row in found]


def plain(text: str) -> str:
    """With one kind of space: French has three, and not the same in every browser."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


async def test_every_outcome_has_its_table_and_says_how_it_was_counted(votes):
    for form in FORMS:
        ballots = lines(form, 30)
        await votes.draw(form, ballots)
        await expect(votes.page.locator('[data-piece="method"]')).not_to_be_empty()
        if not isinstance(form, Map | Text | Words):  # these are told by area, or by their words
            assert len(await cells(votes)) == len(table(count(form, ballots), form).rows), form


async def test_an_outcome_of_nobody_can_be_drawn(votes):
    for form in FORMS:
        await votes.draw(form, [])


async def test_shares(votes):
    await votes.draw(Single(NAMES[:2]), given(0, 0, 0, 1))

    assert await cells(votes) == [["école", "3", "75 %"], ["parc", "1", "25 %"]]
    bars = votes.page.locator(".results:visible .result")
    await expect(bars.first).to_contain_text("3 votes · 75")
    await expect(bars.first).to_have_attribute("data-first", "")
    await expect(votes.page.locator(".seg.whole:visible")).to_have_count(2)


async def test_votes_are_split_by_place_where_they_may_be(votes):
    hall, remote = given(0, 0), given(0, 1)
    await votes.draw(Single(NAMES[:2]), hall + remote, hall=hall, remote=remote)

    assert await cells(votes) == [
        ["école", "3", "75 %", "2", "1"],
        ["parc", "1", "25 %", "0", "1"],
    ]
    await expect(votes.page.locator(".seg.remote:visible")).to_have_count(2)
    await expect(votes.page.locator(".seg.hall:visible")).to_have_count(1)
    await votes.draw(Single(NAMES[:2]), hall + remote)
    await expect(votes.page.locator(".seg.remote:visible")).to_have_count(0)
    assert len((await cells(votes))[0]) == 3


async def test_abstentions_have_no_share(votes):
    await votes.draw(YesNo(), given("yes", "no", "abstain"))

    assert await cells(votes) == [
        ["Pour", "1", "50 %"],
        ["Contre", "1", "50 %"],
        ["Abstentions", "1", "–"],
    ]


async def said(votes: Votes, form: AnyForm, *answers) -> str:
    await votes.draw(form, given(*answers))
    return plain(await votes.page.locator('[data-piece="said"]').inner_text())


async def test_ties_are_told_as_ties(votes):
    assert await said(votes, Ranking(NAMES[:3]), [0, 1, 2], [1, 0, 2]) == TIED


async def test_the_rounds_of_a_run_off_are_a_table_in_sight(votes):
    form = Ranking(NAMES[:3], method="runoff")
    assert await said(votes, form, [0], [1]) == TIED
    assert await said(votes, form, [0], [0], [1], [2, 1], [1], [1]) == "En tête : parc."
    assert await cells(votes) == [
        ["1", "parc", "3", "4"],
        ["2", "école", "2", "2"],
        ["3", "marché", "1", "–"],
        ["–", "Bulletins épuisés", "0", "0"],
    ]
    await expect(votes.page.locator(".rounds")).to_be_visible()


async def test_numbers_scales_and_budgets_are_told_in_a_sentence(votes):
    number, scale = Number(0, 9), Scale(steps=4)
    assert await said(votes, number, 1, 2, 6) == "Moyenne 3, médiane 2. De 1 à 6."
    middle = "Moyenne 2,5, médiane 2,5."
    assert await said(votes, scale, 1, 0, 4) == f"{middle} 1 personne ne se prononce pas."
    budget = Budget(100_000, PROPOSALS)
    assert await said(votes, budget, [0], [1]) == "Financé : 75 000 € sur 100 000 €."


async def test_columns_are_as_high_as_their_numbers(votes):
    await votes.draw(Number(0, 9), given(1, 1, 2, 3))
    heights = await votes.page.eval_on_selector_all(
        ".columns:not([hidden]) .column > i", "all => all.map((each) => each.clientHeight)"
    )

    assert heights[0] == pytest.approx(2 * heights[1], abs=2)
    assert len(heights) == 3


async def test_what_bridges_comes_first_and_is_marked(votes):
    form = Statements(["divise", "rassemble", "plaît aux uns"])
    ones, others = ["agree", "agree", "agree"], ["disagree", "agree", "disagree"]
    await votes.draw(form, given(ones, ones, others))

    first = votes.page.locator(".result-opinion").first
    await expect(first).to_contain_text("rassemble")
    await expect(first.locator(".chip")).to_have_text("Rassemble : 100 %")
    await expect(votes.page.locator(".result-opinion .chip:visible")).to_have_count(1)


async def test_words_are_an_ordered_list_and_points_are_points(votes):
    await votes.draw(Words(), given(["eau"], ["Eau", "pont"], ["eau"]))
    assert await votes.page.locator(".cloud li").all_inner_texts() == ["eau 3", "pont 1"]
    await votes.draw(Points(NAMES[:2]), given([3, 7]))
    await expect(votes.page.locator(".results:visible .result").nth(1)).to_contain_text("7 points")


async def test_a_map_that_comes_late_overwrites_nothing(votes):
    chart, single = Map("corsica"), Single(NAMES[:2])
    outcomes = [count(chart, given([1, 1])), count(single, given(0))]
    await votes.page.evaluate(
        """async ([chart, single, pins, shares]) => {
            const figure = document.querySelector("figure")
            draw(figure, chart, pins)
            draw(figure, single, shares)
            await load("corsica")
        }""",
        msgspec.to_builtins([chart, single, *outcomes]),
    )

    assert len(await cells(votes)) == 2


async def test_of_very_many_words_the_rarest_are_not_drawn(votes):
    ballots = [[f"mot {n}"] for n in range(151)]

    assert (
        await said(votes, Words(), *ballots) == "151 personnes (1 mot plus rare n’est pas montré.)"
    )
    await expect(votes.page.locator(".cloud li")).to_have_count(150)


async def test_pins_are_told_by_area(votes):
    await votes.draw(Map("corsica"), given([480, 300], [480, 300], [450, 700], [10, 10]))
    await expect(votes.page.locator("[data-spots] circle")).to_have_count(3)

    assert await cells(votes) == [
        ["Haute-Corse", "2"],
        ["Corse-du-Sud", "1"],
        ["Hors des zones", "1"],
    ]


async def test_every_figure_is_accessible_and_fits_a_narrow_phone(chromium, scripts):
    context = await chromium.new_context(viewport=NARROW, reduced_motion="reduce")
    votes = await open_page(context, scripts)
    await votes.page.evaluate("document.querySelector('#ballot').remove()")
    await votes.page.evaluate("document.querySelector('details').open = true")
    for form in FORMS:
        await votes.draw(form, lines(form, 20))
        assert await faults_by_day_and_night(votes.page, name(form), PARTS) == []
        assert not await scrolls_sideways(votes.page), name(form)
    await context.close()


async def test_figures_are_read_from_the_last_row(chromium, scripts):
    context = await chromium.new_context(viewport=PROJECTOR, reduced_motion="reduce")
    votes = await open_page(context, scripts, screen=True)
    for form in FORMS:
        await votes.draw(form, lines(form, 20))
        sizes = await votes.page.eval_on_selector_all(
            "figure *:not(svg *)",
            "all => all.filter((e) => e.checkVisibility() && !e.closest('details')"
            "  && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))"
            ".map((e) => parseFloat(getComputedStyle(e).fontSize))",
        )
        assert min(sizes) >= 28, name(form)
    await context.close()
