"""Votes of every kind between people: drafted at the desk, cast on phones, counted, compared."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from playwright.async_api import Locator, Page, Route, expect

from tests.browser.conftest import PHONE, Stage, in_sync, offline
from tests.browser.fit import NARROW, faults, faults_by_day_and_night, scrolls_sideways
from tests.browser.room import ask
from tests.browser.test_keyboard import focus
from tests.browser.test_two_people import SIZES, begin_a_vote, press, result, without_grace

OPTIONS = ["Mercredi", "Samedi"]
PROPOSALS = (("Arbres", 60), ("Bancs", 50), ("Fontaine", 30))
BUDGET = {
    "kind": "budget",
    "envelope": 100,
    "proposals": [{"title": title, "cost": cost} for title, cost in PROPOSALS],
}
YES_NO = {"kind": "yes_no"}


async def opened(facilitator: Page, question: str, form: dict[str, Any], **plan: Any) -> str:
    """A vote that is on, without a grace unless the story wants one."""
    asked = {"question": question, "form": form, "grace": 0} | plan
    poll = await ask(facilitator, "polls.draft", plan=asked)
    await ask(facilitator, "polls.open", poll=poll)
    return poll


def bar(page: Page) -> Locator:
    return page.locator("room-polls")


async def send(page: Page) -> None:
    """Press the button, whose word one sees: it was once lost on telephones."""
    button = bar(page).locator("form button.primary")
    word = await button.locator("span:not([hidden])").bounding_box()
    assert word
    assert word["width"] > 20
    await button.click()


async def counted(page: Page) -> None:
    await bar(page).locator("form p[data-when=counted]").wait_for()
    await expect(bar(page).locator("form p[data-when=changed]")).to_be_hidden()


async def pick(page: Page, *names: str) -> None:
    for name in names:
        await bar(page).locator("label.choice", has_text=name).click()


async def step(page: Page, *steps: int) -> None:
    for row, n in enumerate(steps):
        await bar(page).locator(".rated").nth(row).locator("label.step").nth(n - 1).click()


async def rank(page: Page, *places: str) -> None:
    for name, place in zip(OPTIONS, places, strict=True):
        row = bar(page).locator(".rank", has_text=name)
        await row.locator("select").select_option(place)


async def give(page: Page, *points: int) -> None:
    for row, n in enumerate(points):
        await bar(page).locator(".point input").nth(row).fill(str(n))


async def write(page: Page, *words: str) -> None:
    fields = bar(page).locator(".ballot :is(textarea, input[type=text])")
    for n, word in enumerate(words):
        await fields.nth(n).fill(word)


async def opine(page: Page, *opinions: str) -> None:
    """Say something of each statement, from the first one on."""
    for n, opinion in enumerate(opinions):
        while await (back := bar(page).locator("[data-back]:not([aria-disabled])")).count():
            await back.click()
        for _ in range(n):
            await bar(page).locator("[data-on]").click()
        await bar(page).locator(f".ballot button[value={opinion}]").click()


async def name_place(page: Page, name: str) -> None:
    places = bar(page).locator("[data-places]")
    await places.locator("option:nth-of-type(50)").wait_for(state="attached")
    await places.select_option(label=name)


async def fill(facilitator: Page, **fields: Any) -> None:
    """The fields of the draft form that this kind of vote has, by the ends of their names."""
    for name, value in fields.items():
        await facilitator.locator(f".draft [name='plan.form.{name}']:enabled").fill(str(value))


async def options(facilitator: Page) -> None:
    for n, option in enumerate(OPTIONS):
        await facilitator.locator(".draft [name='plan.form.options']").nth(n).fill(option)


async def proposals(facilitator: Page) -> None:
    await fill(facilitator, envelope=100)
    for n, (title, cost) in enumerate(PROPOSALS):
        if n == 2:
            await facilitator.locator("[data-kinds=budget] [data-add]").click()
        await fill(facilitator, **{f"proposals.{n}.title": title, f"proposals.{n}.cost": cost})


class Kind(NamedTuple):
    """How a kind of vote is drafted, voted in, and voted in anew; what its table says then."""

    name: str
    draft: Callable[[Page], Awaitable[None]] | None
    how: Callable[..., Awaitable[None]]
    first: tuple[Any, ...]
    then: tuple[Any, ...]
    table: str


KINDS = [
    Kind("single", options, pick, ("Mercredi",), ("Samedi",), "Mercredi 0 0 % Samedi 1 100 %"),
    Kind("multiple", options, pick, ("Mercredi",), ("Samedi",), "Mercredi 1 100 % Samedi 1 100 %"),
    Kind("yes_no", None, pick, ("Pour",), ("Contre",), "Pour 0 0 % Contre 1 100 % Abstentions 0"),
    Kind("approval", options, pick, ("Mercredi",), ("Mercredi",), "Mercredi 0 0 % Samedi 0 0 %"),
    Kind("ranking", options, rank, ("1", "2"), ("2", "1"), "1 Samedi 1 2 Mercredi 0"),
    Kind("rating", options, step, (4, 5), (2,), "Mercredi 0 1 0 0 0 0 2 2 Samedi 0 0 0 0 1 0 5 5"),
    Kind("scale", None, step, (1,), (3,), "0 0 1 0 0 0 3 3"),
    Kind("points", options, give, (6, 4), (3, 7), "Mercredi 3 30 % 1 Samedi 7 70 % 1"),
    Kind("number", None, write, ("12",), ("42",), "42"),
    Kind("text", None, write, ("Un banc",), ("Deux bancs",), "Deux bancs"),
    Kind("words", None, write, ("ombre", "calme"), ("ombre", "eau"), "eau"),
    Kind(
        "statements",
        options,
        opine,
        ("agree", "agree"),
        ("disagree", "pass"),
        "Mercredi 0 1 0",
    ),
    Kind("budget", proposals, pick, ("Arbres",), ("Fontaine",), "Arbres"),
    Kind("map", None, name_place, ("Ain",), ("Aisne",), "Aisne 1"),
]


async def draft(facilitator: Page, kind: Kind) -> None:
    await begin_a_vote(facilitator)
    await facilitator.fill("#draft-question", f"Question {kind.name} ?")
    await facilitator.select_option("#draft-kind", kind.name)
    if kind.draft:
        await kind.draft(facilitator)
    await without_grace(facilitator)
    await facilitator.locator(".draft button.primary").click()


async def vote(page: Page, kind: Kind, what: tuple[Any, ...]) -> None:
    await kind.how(page, *what)
    await send(page)
    await counted(page)


async def told(page: Page) -> str:
    """The published result, as its table or its words tell it."""
    await expect(bar(page)).to_have_attribute("data-status", "published")
    outcome = bar(page).locator("[data-piece=outcome]")
    await outcome.locator("figure[data-shape]").wait_for(state="attached")
    seen = outcome.locator("tbody tr, .texts li, .cloud li")
    await seen.first.wait_for(state="attached")
    cells = await outcome.locator("tbody :is(th, td), .texts li, .cloud li").all_text_contents()
    return " ".join(" ".join(cells).split()).replace("\u202f", " ")


@SIZES
async def test_every_kind_goes_from_the_desk_to_the_table(stage: Stage, size):
    session = stage.served.new_session("Plénière de tous les votes")
    helene = await stage.guest(session, "facilitator", "Hélène", size)
    chi = await stage.participant(session, "Chi", size=size)
    found = {}
    for kind in KINDS:
        await draft(helene, kind)
        await press(helene, "polls.open")
        await bar(chi).locator("h2", has_text=f"Question {kind.name} ?").wait_for()
        await vote(chi, kind, kind.first)
        await vote(chi, kind, kind.then)
        await press(helene, "polls.close")
        await press(helene, "polls.publish")
        found[kind.name] = await told(chi)

    assert {kind.name: found[kind.name].startswith(kind.table) for kind in KINDS} == dict.fromkeys(
        found, True
    ), found


async def test_a_secret_vote_gives_a_receipt_that_is_kept_nowhere_and_no_count(stage: Stage):
    session = stage.served.new_session("Plénière du secret")
    helene = await stage.guest(session, "facilitator", "Hélène")
    chi = await stage.participant(session, "Chi", size=PHONE)
    poll = await opened(helene, "Fermer la route ?", YES_NO, secrecy="secret")
    await expect(bar(chi).locator(".vote-secrecy")).to_contain_text("Vote secret")
    await pick(chi, "Pour")
    await send(chi)
    await counted(chi)
    code = (await bar(chi).locator(".receipt").text_content() or "").replace("-", "")
    kept = await chi.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    known = await helene.evaluate(
        "JSON.stringify(document.querySelector('room-socket').room.records)"
    )

    assert re.fullmatch(r"[2-9A-Z]{8,12}", code)
    assert code not in kept.replace("-", "")
    assert "polls.running" not in known
    await expect(helene.locator("room-on-air .live-figure")).to_be_hidden()
    await ask(helene, "polls.close", poll=poll)
    await press(helene, "polls.publish")
    assert "Pour1100" in "".join((await result(chi)).split())
    await chi.reload()
    await in_sync(chi)
    await expect(bar(chi).locator(".receipt")).to_be_hidden()


async def test_two_budgets_are_open_at_once_for_the_hall_and_for_the_others(stage: Stage):
    session = stage.served.new_session("Plénière des deux budgets")
    helene = await stage.guest(session, "facilitator", "Hélène")
    ana = await stage.participant(session, "Ana", "hall", PHONE)
    chi = await stage.participant(session, "Chi")
    for place, question in (("hall", "Budget de la salle"), ("remote", "Budget à distance")):
        await opened(helene, question, BUDGET, places=[place])
    for page, own, other in (
        (ana, "Budget de la salle", "Budget à distance"),
        (chi, "Budget à distance", "Budget de la salle"),
    ):
        tabs = page.locator(".vote-several")
        names = tabs.locator("[data-slot=asked]")
        await expect(names).to_have_text(["Budget à distance", "Budget de la salle"])
        await expect(bar(page).locator("h2")).to_have_text(own)
        await pick(page, "Arbres", "Fontaine")
        await expect(bar(page).locator("input[value='1']")).to_be_disabled()
        await send(page)
        await counted(page)
        await tabs.get_by_text(other).click()
        await expect(bar(page).locator("h2")).to_have_text(other)
        await expect(bar(page).locator("[data-when=may-not-vote]")).to_be_visible()
        await tabs.get_by_text(own).click()
        await expect(bar(page).locator("input:checked")).to_have_count(2)
    await expect(helene.locator(".on-air-vote")).to_have_count(2)


async def test_a_vote_kept_offline_counts_within_the_grace_and_not_after(stage: Stage):
    session = stage.served.new_session("Plénière du tunnel des votes")
    helene = await stage.guest(session, "facilitator", "Hélène")
    ana = await stage.participant(session, "Ana", "hall", PHONE)
    chi = await stage.participant(session, "Chi")
    poll = await opened(helene, "Quel jour ?", {"kind": "single", "options": OPTIONS}, grace=8)
    stage.server_may_be_away = True
    for page, option in ((ana, "Samedi"), (chi, "Mercredi")):
        await bar(page).locator("label.choice").first.wait_for()
        await page.context.set_offline(True)
        await offline(page)
        await pick(page, option)
        await send(page)
        await bar(page).locator("form p[data-when=kept]").wait_for()
    await ask(helene, "polls.close", poll=poll)
    await helene.locator(".on-air-vote[data-status=closing]").wait_for()
    await ana.context.set_offline(False)
    await expect(bar(ana).locator("[data-when=voted]")).to_be_visible()
    await helene.locator(".on-air-vote[data-status=closed]").wait_for()
    await chi.context.set_offline(False)
    await expect(bar(chi).locator("[data-when=refused]")).to_contain_text("après la clôture")
    await press(helene, "polls.publish")

    assert "Samedi1100" in "".join((await result(ana)).split())


async def test_a_vote_closes_by_itself_unless_more_time_is_given(stage: Stage):
    session = stage.served.new_session("Plénière du temps")
    helene = await stage.guest(session, "facilitator", "Hélène")
    chi = await stage.participant(session, "Chi", size=PHONE)
    longer = await opened(helene, "Plus longtemps ?", YES_NO, seconds=20)
    await press(helene, "polls.extend")
    await expect(bar(chi).locator("[role=timer] b")).to_have_text(re.compile(r"0:[34]\d"))
    await ask(helene, "polls.close", poll=longer)
    await ask(helene, "polls.publish", poll=longer)
    await opened(helene, "Vite ?", YES_NO, seconds=2)
    await expect(bar(chi).locator("[role=timer][data-last]")).to_be_visible()

    await expect(bar(chi)).to_have_attribute("data-status", "closed")
    await expect(bar(chi).locator("[data-when=not-voted]")).to_be_visible()


async def test_another_round_is_compared_with_the_one_before(stage: Stage):
    session = stage.served.new_session("Plénière des deux tours")
    helene = await stage.guest(session, "facilitator", "Hélène")
    chi = await stage.participant(session, "Chi")
    for round, option in enumerate(("Mercredi", "Samedi")):
        if round == 0:
            poll = await opened(helene, "Quel jour ?", {"kind": "single", "options": OPTIONS})
        else:
            row = helene.locator(f"[data-rows=polls] [data-id='{poll}']")
            await row.locator(".sheet-again summary").click()
            await row.get_by_role("button", name="Un autre tour").click()
            await press(helene, "polls.open")
        await bar(chi).locator("form button.primary").wait_for()
        await pick(chi, option)
        await send(chi)
        await counted(chi)
        await press(helene, "polls.close")
        await press(helene, "polls.publish")
        await bar(chi).locator("[data-piece=outcome] tbody tr").first.wait_for(state="attached")
    before = bar(chi).locator("details[data-piece=before]")
    await before.locator("summary").first.click()

    await expect(before.locator(".result", has_text="Mercredi")).to_contain_text("1 vote")
    assert "Samedi1100" in "".join((await result(chi)).split())


async def test_hands_are_counted_by_one_and_confirmed_by_another(stage: Stage):
    session = stage.served.new_session("Plénière des mains levées")
    helene = await stage.guest(session, "facilitator", "Hélène")
    nina = await stage.guest(session, "note_taker", "Nina")
    chi = await stage.participant(session, "Chi")
    await opened(helene, "Fermer la route ?", YES_NO)
    await helene.locator("room-sheets summary").click()
    lines = helene.locator("[data-rows=sheet-lines] input")
    for n, hands in enumerate((12, 4, 3)):
        await lines.nth(n).fill(str(hands))
    await expect(helene.locator("room-sheets [name=voters]")).to_have_value("19")
    await helene.locator("room-sheets form button.primary").first.click()
    await expect(helene.locator("room-sheets [data-of=mine]")).to_be_visible()
    await press(helene, "polls.close")
    stage.server_may_be_away = True  # a refusal may be an error to the console
    await press(helene, "polls.publish")
    await expect(helene.locator(".refusal:visible")).to_contain_text("comptage à la main")
    await nina.locator("form[data-do='polls.confirm'] button:visible").click()
    await expect(helene.locator("room-sheets [data-of=confirmed]")).to_contain_text("Nina")
    await press(helene, "polls.publish")

    assert "Pour1275" in "".join((await result(chi)).split())
    await expect(bar(chi).locator(".presence").first).to_contain_text("19 comptés à la main")


async def test_an_open_vote_is_edited_until_somebody_has_voted(stage: Stage):
    session = stage.served.new_session("Plénière de la coquille")
    helene = await stage.guest(session, "facilitator", "Hélène")
    chi = await stage.participant(session, "Chi", size=PHONE)
    await opened(helene, "Quel joru ?", BUDGET)
    edit = helene.locator("[data-rows=polls] [data-status=open] [data-edit]")
    await edit.click()  # once this page knows that it is open: of a draft one chooses the secrecy
    await expect(helene.locator("[data-piece=secrecy]")).to_be_hidden()
    await expect(helene.locator("[name='plan.form.proposals.2.cost']")).to_have_value("30")
    await helene.fill("#draft-question", "Quel jour ?")
    await helene.locator(".draft button.primary").click()
    await expect(bar(chi).locator("h2")).to_have_text("Quel jour ?")
    await pick(chi, "Arbres")
    await send(chi)
    await counted(chi)

    await expect(edit).to_be_hidden()


RANKING, STATEMENTS = ({"kind": kind, "options": OPTIONS} for kind in ("ranking", "statements"))
POINTS = {"kind": "points", "options": OPTIONS, "points": 3}
BY_KEYS = [
    (RANKING, "[data-raise]", ["Enter"], [0]),
    (POINTS, "[data-more]", ["Enter", "Enter"], [2, 0]),
    (BUDGET, ".ballot input[type=checkbox]", ["Space"], [0]),
    (STATEMENTS, "[value=agree]", ["Enter", "Enter"], ["agree", "agree"]),
    ({"kind": "map", "map": "corsica"}, ".ballot .map", ["ArrowRight", "ArrowDown"], [510, 510]),
]


async def test_by_keyboard_alone_one_ranks_gives_funds_says_and_points(stage: Stage):
    session = stage.served.new_session("Plénière du clavier des votes")
    helene = await stage.guest(session, "facilitator", "Hélène")
    chi = await stage.participant(session, "Chi")
    said = []
    for form, where, keys, _ in BY_KEYS:
        poll = await opened(helene, f"Par les touches : {form['kind']} ?", form)
        await bar(chi).locator("h2", has_text=form["kind"]).wait_for()
        await chi.locator("#vote").focus()
        await focus(chi, where)
        for key in keys:
            await chi.keyboard.press(key)
        await focus(chi, "room-polls form button.primary")
        await chi.keyboard.press("Enter")
        await counted(chi)
        said.append(await answer(chi, poll))
        await ask(helene, "polls.close", poll=poll)
        await ask(helene, "polls.publish", poll=poll)

    assert said == [expected for *_, expected in BY_KEYS]


MINE = """poll => Object.values(document.querySelector("room-socket").room.records)
  .find((each) => each.poll === poll && "channel" in each)?.answer"""


async def answer(page: Page, poll: str) -> Any:
    """What the room has of one's own vote, as soon as it says so: the ballot comes after the word
    that it is counted."""
    return await (await page.wait_for_function(MINE, arg=poll)).json_value()


async def test_on_a_slow_machine_nothing_is_overwritten_or_sent_twice(stage: Stage):
    session = stage.served.new_session("Plénière de la vieille tablette")
    helene = await stage.guest(session, "facilitator", "Hélène")
    ana = await stage.participant(session, "Ana", "hall")
    chi = await stage.participant(session, "Chi", size=PHONE)
    poll = await opened(helene, "Que faire ?", {"kind": "text"}, secrecy="public", live=["phones"])
    held = asyncio.Event()

    async def hold(route: Route) -> None:
        await held.wait()
        await route.continue_()

    await chi.route("**/main-*.js", hold)
    await chi.reload(wait_until="commit")
    devtools = await chi.context.new_cdp_session(chi)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    held.set()
    await in_sync(chi)
    box = bar(chi).locator("textarea")
    await box.click()
    await chi.keyboard.type("Un banc ")
    await ask(ana, "polls.vote", poll=poll, version=1, answer="Des arbres")
    await expect(bar(chi).locator("[data-phrase=votes]").first).to_have_text("1 vote")
    await chi.keyboard.type("public")
    await expect(box).to_have_value("Un banc public")
    assert await box.evaluate("box => box === document.activeElement")
    await bar(chi).locator("form button.primary").dblclick()
    await counted(chi)

    assert await answer(chi, poll) == "Un banc public"
    await expect(box).to_have_value("Un banc public")
    await expect(bar(chi).locator("[data-phrase=votes]").first).to_have_text("2 votes")


async def test_axe_finds_nothing_where_much_is_voted(stage: Stage):
    session = stage.served.new_session("Plénière accessible des votes")
    helene = await stage.guest(session, "facilitator", "Hélène")
    nina = await stage.guest(session, "note_taker", "Nina")
    chi = await stage.participant(session, "Chi", size=PHONE)
    screen = await stage.visitor(f"/enter/{session.links['screen']}/")
    poll = await opened(helene, "Fermer la route ?", YES_NO, seconds=600, live=["phones", "screen"])
    await opened(helene, "Que financer ?", BUDGET, secrecy="secret")
    await ask(helene, "polls.enter", poll=poll, channel="hands", lines=[["yes", 9]], voters=9)
    await nina.locator("form[data-do='polls.confirm'] button:visible").click()
    await chi.locator(".vote-several").get_by_text("Que financer ?").click()
    await pick(chi, "Arbres")
    await send(chi)
    await counted(chi)
    await begin_a_vote(helene)
    await helene.select_option("#draft-kind", "budget")
    for page in (helene, chi):
        await page.locator("details").evaluate_all("all => all.forEach((it) => { it.open = true })")
    found, wide = [], []
    for page, where in ((chi, "bar"), (helene, "desk"), (nina, "sheets"), (screen, "screen")):
        found += await faults_by_day_and_night(page, where)
        if page is not screen and await scrolls_sideways(page, NARROW):
            wide.append(where)

    assert found == []
    assert wide == []


async def test_without_script_every_ballot_is_fit_for_all(stage: Stage):
    session = stage.served.new_session("Plénière sans script de tous les votes")
    helene = await stage.guest(session, "facilitator", "Hélène")
    several = [{"kind": kind, "options": [*OPTIONS, "Anticonstitution" * 4]} for kind in LISTED]
    found, wide = [], []
    written = [{"kind": "number", "least": 0, "most": 9}, {"kind": "words"}, {"kind": "scale"}]
    for forms in (several[:4], [*several[4:], BUDGET, {"kind": "map", "map": "corsica"}], written):
        polls = [await opened(helene, f"Sans script : {each['kind']} ?", each) for each in forms]
        await helene.goto(f"{stage.served.url}/rooms/{session.slug}/plain/")
        if await scrolls_sideways(helene, NARROW):
            wide.append([each["kind"] for each in forms])
        found += await faults(helene, "plain")
        await helene.goto(f"{stage.served.url}/rooms/{session.slug}/console/")
        await in_sync(helene)
        for poll in polls:
            await ask(helene, "polls.close", poll=poll)

    assert found == []
    assert wide == []


LISTED = ("approval", "ranking", "rating", "statements", "points")
