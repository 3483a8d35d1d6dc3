"""Groups of people: the console defines them, who joins is asked, and a vote is held in some."""

from __future__ import annotations

import json

from playwright.async_api import Page, WebSocketRoute, expect

from tests.browser.conftest import DESK, PHONE, Stage, in_sync
from tests.browser.fit import NARROW, faults, scrolls_sideways
from tests.browser.test_keyboard import focus, follow
from tests.browser.test_pages import log_in
from tests.browser.test_two_people import begin_a_vote, press, show, vote
from tests.served import Made

AGES = ("moins de 15 ans", "15-25 ans", "26 ans et plus")
SEATS = 5000
VOTE = """async ([poll]) => {
  const { room } = document.querySelector("room-socket")
  const ballot = { poll, version: 1, answer: 0 }
  return room.do("polls.vote", ballot).then(() => "done", ({ code }) => code)
}"""
FILTER = """async (typed) => {
  const filter = document.querySelector("#people-filter")
  const begun = performance.now()
  filter.value = typed
  filter.dispatchEvent(new Event("input"))
  await new Promise((done) => setTimeout(done))
  return performance.now() - begun
}"""


def crowd(number: int) -> dict[str, dict]:
    """So many seats, as a frame tells them, in no order."""
    rest = {"role": "participant", "place": "hall", "at": 1, "groups": ["age:15-25 ans"]}
    rest |= {"waiting": [], "consent": False, "consent_by": "", "consent_at": 0}
    return {
        f"people.seat/p{n}": {"id": f"p{n}", "name": f"Personne {n * 7919 % number}", **rest}
        for n in range(number)
    }


async def told_of(page: Page, records: dict[str, dict]) -> None:
    """From now on the page is told of these too, in its first frame."""

    def between(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda message: socket.send(with_records(message, records)))

    await page.route_web_socket("**/*", between)


def with_records(message: str | bytes, records: dict[str, dict]) -> str | bytes:
    told = json.loads(message) if isinstance(message, str) else {}
    if told.get("type") != "changes" or told["since"]:
        return message
    return json.dumps(told | {"put": told["put"] | records})


async def define_ages(facilitator: Page) -> None:
    await show(facilitator, "people")
    await facilitator.locator("room-axes > details > summary").click()
    form = facilitator.locator("form[data-do='people.define_axis']")
    await form.locator("[name=name]").fill("Âge")
    await form.locator("[name=values]").fill("\n".join(AGES))
    await form.locator("[name=consent]").fill(AGES[0])
    await form.locator("button").click()
    await expect(facilitator.locator("room-axes li b")).to_have_text("Âge")


async def joins(stage: Stage, session: Made, name: str, age: str, size=DESK) -> Page:
    page = await stage.visitor(f"/join/{session.code}/", size)
    await page.fill("#id_name", name)
    await page.locator("input[name=place][value=hall]").check(force=True)
    await page.get_by_label("Âge").select_option(age)
    await page.locator("form:has(#id_name) button.primary").click()
    await page.wait_for_url("**/rooms/**")
    await in_sync(page)
    return page


async def open_a_vote(facilitator: Page, question: str, *groups: str) -> str:
    """A vote in these groups; returns its id."""
    await show(facilitator, "now")
    await begin_a_vote(facilitator)
    await facilitator.fill("#draft-question", question)
    for n, option in enumerate(("Oui", "Non")):
        await facilitator.locator("[name='plan.form.options']").nth(n).fill(option)
    await facilitator.locator(".draft-more > summary").click()
    await facilitator.fill("[name='plan.grace']", "0")
    for group in groups:
        await facilitator.locator(f"[name='plan.groups'][value='{group}']").check()
    await facilitator.locator("form[data-do='polls.draft'] button.primary").click()
    await press(facilitator, "polls.open")
    poll = facilitator.locator("room-on-air form[data-do='polls.close'] [name=poll]")
    return await poll.input_value()


async def may_vote(page: Page) -> None:
    await expect(page.locator("room-polls form button.primary")).to_be_visible()


async def may_not_vote(page: Page, poll: str) -> None:
    """Nothing to press; and the server refuses whoever asks without it."""
    await page.locator("room-polls [data-when~=may-not-vote]:visible").first.wait_for()
    await expect(page.locator("room-polls form button.primary")).to_be_hidden()
    assert await page.evaluate(VOTE, [poll]) == "not-entitled"


async def test_a_vote_is_offered_to_the_group_that_it_is_for(stage: Stage):
    session = stage.served.new_session("Plénière des âges")
    helene = await stage.guest(session, "facilitator", "Hélène")
    await define_ages(helene)
    yun = await joins(stage, session, "Yun", "15-25 ans", PHONE)
    odile = await joins(stage, session, "Odile", "26 ans et plus")
    poll = await open_a_vote(helene, "Un skatepark ?", "age:15-25 ans")

    await may_not_vote(odile, poll)
    await vote(yun, "Oui")

    await show(odile, "live")
    await odile.locator("room-belonging select").select_option("15-25 ans")
    await odile.locator("room-belonging form button").click()
    await odile.locator("room-belonging [data-when=changed]").wait_for()
    await may_vote(odile)


async def test_a_child_votes_when_a_parents_consent_is_noted(stage: Stage):
    session = stage.served.new_session("Plénière des enfants")
    helene = await stage.guest(session, "facilitator", "Hélène")
    await define_ages(helene)
    lisa = await joins(stage, session, "Lisa", AGES[0], PHONE)
    await joins(stage, session, "Yun", AGES[1])
    poll = await open_a_vote(helene, "Une cabane ?", f"age:{AGES[0]}")
    await may_not_vote(lisa, poll)
    await expect(lisa.locator("room-belonging .is-warn")).to_contain_text("L’accord d’un parent")

    await show(helene, "people")
    await helene.locator("[data-piece=waiting]").check()
    await expect(helene.locator("room-people .seat")).to_have_count(1)
    row = helene.locator("room-people .seat", has_text="Lisa")
    await row.locator("summary").click()
    assert await faults(helene, "console") == []
    await row.locator("form[data-do='people.note_consent']:visible button").click()
    await expect(helene.locator("room-people .seat")).to_have_count(3)

    await vote(lisa, "Oui")


async def test_a_facilitator_puts_somebody_in_a_group(stage: Stage):
    session = stage.served.new_session("Plénière des collèges")
    helene = await stage.guest(session, "facilitator", "Hélène")
    ana = await stage.participant(session, "Ana", "hall")
    await define_ages(helene)
    row = helene.locator("room-people .seat", has_text="Ana")
    await row.locator("summary").click()
    await row.locator("form[data-do='people.assign'] select").select_option(AGES[2])
    await row.locator("form[data-do='people.assign'] button").click()

    await expect(row.locator("[data-slot=groups]")).to_have_text(AGES[2])
    await expect(ana.locator("room-belonging select")).to_have_value(AGES[2])
    await helene.fill("#people-filter", "26 ANS")
    await expect(helene.locator("room-people .seat")).to_have_count(1)

    await helene.locator("room-axes li details summary").click()
    await helene.locator("form[data-do='people.remove_axis'] [data-ask]").click()
    await helene.locator("form[data-do='people.remove_axis'] .confirm .danger").click()
    await expect(ana.locator("room-belonging")).to_be_hidden()


async def test_five_thousand_seats_are_listed_and_searched_in_a_moment(stage: Stage):
    session = stage.served.new_session("Plénière des milliers")
    helene = await stage.guest(session, "facilitator", "Hélène")
    await define_ages(helene)
    await told_of(helene, crowd(SEATS))
    await helene.reload()
    await in_sync(helene)

    await expect(helene.locator("room-people .seat")).to_have_count(200)
    await expect(helene.locator("room-people [data-when=more]")).to_contain_text("4 801")
    slowest = max([await helene.evaluate(FILTER, typed) for typed in ("15-25", "", "4999")])
    await expect(helene.locator("room-people .seat")).to_have_count(1)
    assert slowest < 500  # milliseconds


async def test_one_says_it_at_the_door_by_keyboard_at_320_pixels(stage: Stage):
    session = stage.served.new_session("Plénière de la porte")
    helene = await stage.guest(session, "facilitator", "Hélène")
    await define_ages(helene)
    page = await stage.visitor("/join/", NARROW)
    await page.fill("#id_code", session.code)
    await page.fill("#id_name", "Odile")
    await page.locator("input[name=place][value=hall]").check(force=True)
    await page.locator("form:has(#id_name) button.primary").click()
    await page.locator("#groups").wait_for()
    assert not await scrolls_sideways(page)
    assert await faults(page, "join") == []

    await focus(page, "[name=group-age]")
    await page.keyboard.type("26")
    await follow(page, "form:has(#id_name) button.primary")

    row = helene.locator("room-people .seat", has_text="Odile")
    await expect(row.locator("[data-slot=groups]")).to_have_text(AGES[2])


async def test_an_organiser_defines_groups_without_trouble(stage: Stage):
    session = stage.served.new_session("Plénière de l’organisatrice")
    page = await log_in(stage, await stage.visitor("/login/", NARROW))
    await page.goto(f"{stage.served.url}/organise/sessions/{session.slug}/groups/")
    await page.fill("#id_name", "Commune")
    await page.fill("#id_values", "Ajaccio\nBastia")
    assert await faults(page, "axis") == []
    assert not await scrolls_sideways(page)
    await page.locator("main form button.primary").click()
    await page.get_by_role("link", name="Commune").click()

    await expect(page.locator("#id_values")).to_have_value("Ajaccio\nBastia")
    await page.locator("details:has(form[action*=remove]) > summary").click()
    assert await faults(page, "axis") == []
    await page.locator("form[action*=remove] button").click()
    await expect(page.get_by_role("link", name="Commune")).to_have_count(0)
