"""Votes for browsers without script: every kind by forms alone, and every refusal in words."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from uuid import uuid4

import pytest

from tests.asked import ballot
from tests.workshop.conftest import text_of
from tests.workshop.test_without_script import Guest, ana, helene, hub
from workshop.features.polls import rules

__all__ = ["ana", "helene", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)

OPTIONS = ["Wednesday", "Saturday", "Sunday"]
PROPOSALS = [{"title": title, "cost": cost} for title, cost in (("Trees", 60), ("Benches", 50))]
BUDGET = {"kind": "budget", "envelope": 100, "proposals": PROPOSALS}
RANKING = {"kind": "ranking", "options": OPTIONS}
POINTS = {"kind": "points", "options": OPTIONS, "points": 5, "all_of_them": True}

KINDS = [
    ({"kind": "single", "options": OPTIONS}, {"option": "1"}, 1),
    (
        {"kind": "multiple", "options": OPTIONS, "least": 1, "most": 2},
        {"option": ["0", "2"]},
        [0, 2],
    ),
    ({"kind": "yes_no"}, {"option": "abstain"}, "abstain"),
    ({"kind": "approval", "options": OPTIONS}, {"option": ["2"]}, [2]),
    (RANKING, {"of-0": "2", "of-1": "", "of-2": "1"}, [2, 0]),
    (
        {"kind": "rating", "options": OPTIONS},
        {"of-0": ["", "4"], "of-1": [""], "of-2": ["", "0"]},
        [4, 0, 0],
    ),
    ({"kind": "scale", "steps": 10}, {"option": "7"}, 7),
    (POINTS, {"of-0": "3", "of-1": "", "of-2": "2"}, [3, 0, 2]),
    ({"kind": "number", "least": -5, "most": 2000, "whole": False}, {"number": "1 234,5"}, 1234.5),
    ({"kind": "text"}, {"text": "A\r\nroof"}, "A\nroof"),
    ({"kind": "words", "most": 3}, {"word": ["calm", " ", "shade"]}, ["calm", "shade"]),
    (
        {"kind": "statements", "options": OPTIONS},
        {"of-0": ["", "agree"], "of-1": [""], "of-2": ["", "pass"]},
        ["agree", "", "pass"],
    ),
    (BUDGET, {"option": ["1"]}, [1]),
    ({"kind": "map", "map": "corsica"}, {"option": "364 660"}, [364, 660]),
]
EVERY_KIND = pytest.mark.parametrize(
    ("form", "sent", "answer"), KINDS, ids=[form["kind"] for form, _, _ in KINDS]
)


class Ballot(HTMLParser):
    """What the browser would send of the first vote on a page, were its button pressed now."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.select = self.textarea = ""
        (form,) = re.findall(r"<form(?:(?!</form>).)*polls\.vote.*?</form>", page, re.S)[:1]
        self.feed(form)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = dict(attributes)
        ticked = said.get("type") not in ("radio", "checkbox") or "checked" in said
        if tag == "input" and ticked:
            self.add(said["name"], said.get("value"))
        elif tag == "select":
            self.select = said["name"] or ""
        elif tag == "option" and "selected" in said:
            self.chosen = said.get("value")
            if self.chosen is not None:
                self.add(self.select, self.chosen)
        elif tag == "textarea":
            self.textarea = said["name"] or ""
        self.pending = self.select if tag == "option" and "selected" in said else ""
        self.valued = "value" in said

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.add(self.textarea, unescape(data))
        elif self.pending and not self.valued:
            self.add(self.pending, data)

    def handle_endtag(self, tag: str) -> None:
        self.textarea = self.pending = ""

    def add(self, name: str | None, value: str | None) -> None:
        self.fields.setdefault(name or "", []).append(value or "")


async def opened(helene: Guest, form: dict, **plan: object) -> str:
    asked = {"question": "What do you think?", "form": form, "grace": 0} | plan
    poll = await helene.does("polls.draft", plan=asked)
    await helene.does("polls.open", poll=poll)
    return poll


async def sends(guest: Guest, poll: str, form: dict, **sent: object):
    fields = {"do": "polls.vote", "form": str(uuid4()), "poll": poll, "version": "1"}
    return await guest.client.post(guest.path, fields | {"kind": form["kind"]} | sent)


async def stored(guest: Guest, poll: str):
    async with guest.hub.visit(guest.session.slug) as visit:
        found = visit.room.records.find(rules.Ballot, f"{poll}:{guest.person.id}")
    return found.answer if found else None


def refusal(response) -> str:
    page = text_of(response)
    return re.sub(r"<[^>]*>", "", re.findall(r'role="alert".*?</div>', page, re.S)[0])


@EVERY_KIND
async def test_every_kind_of_vote_is_cast_and_shown_as_it_was(ana, helene, form, sent, answer):
    poll = await opened(helene, form)
    response = await sends(ana, poll, form, **sent)

    assert response.status_code == 302, refusal(response)
    assert await stored(ana, poll) == answer
    again = Ballot((await ana.client.get(ana.path)).content.decode()).fields
    assert (await ana.client.post(ana.path, again)).status_code == 302
    assert await stored(ana, poll) == answer


@EVERY_KIND
async def test_every_result_is_told(ana, helene, form, sent, answer):
    poll = await opened(helene, form)
    await ana.does("polls.vote", **ballot(poll, answer))
    await helene.does("polls.close", poll=poll)
    await helene.does("polls.publish", poll=poll)

    assert '<table class="no-script-result">' in await ana.page()


@pytest.mark.parametrize(
    ("form", "sent", "words"),
    [
        (BUDGET, {"option": ["0", "1"]}, "costs more than the envelope holds"),
        (RANKING, {"of-0": "1", "of-1": "1", "of-2": ""}, "Two options have the same place"),
        (RANKING, {"of-0": "", "of-1": "", "of-2": ""}, "not complete"),
        (POINTS, {"of-0": "3", "of-1": "0", "of-2": "0"}, "must be given away"),
        (POINTS, {"of-0": "9", "of-1": "0", "of-2": "0"}, "more points than there are"),
        ({"kind": "number", "least": 0, "most": 10}, {"number": "11"}, "outside of what"),
        ({"kind": "number", "least": 0, "most": 10}, {"number": "ten"}, "outside of what"),
        ({"kind": "words", "most": 1}, {"word": ["a", "b"]}, "more choices"),
        ({"kind": "yes_no"}, {}, "not complete"),
    ],
)
async def test_what_is_refused_is_said_in_words_and_what_was_marked_stays(
    ana, helene, form, sent, words
):
    poll = await opened(helene, form)
    response = await sends(ana, poll, form, **sent)

    assert response.status_code in (400, 409)
    assert words in refusal(response)
    assert await stored(ana, poll) is None
    marked = Ballot(response.content.decode()).fields
    for name, said in sent.items():
        kept = [each for each in marked.get(name, []) if each]
        expected = [each for each in ([said] if isinstance(said, str) else said) if each]
        assert kept == expected[: len(kept)] if form["kind"] == "words" else kept == expected


async def test_whoever_may_not_vote_is_told_so_and_refused(ana, helene):
    form = {"kind": "yes_no"}
    poll = await opened(helene, form, places=["hall"])
    page = await ana.page()

    assert "This vote is for others" in page
    assert 'value="polls.vote"' not in page
    assert "This vote is for others." in refusal(await sends(ana, poll, form, option="yes"))


async def test_a_secret_vote_says_that_it_is_and_never_what_one_said(ana, helene):
    form = {"kind": "yes_no"}
    poll = await opened(helene, form, secrecy="secret", live=[])
    assert (await sends(ana, poll, form, option="yes")).status_code == 302
    page = await ana.page()

    assert "Secret vote" in page
    assert "Your vote is counted." in page
    assert "Your vote is counted: " not in page
    assert "option" not in Ballot(page).fields


async def test_it_says_when_a_vote_closes_and_who_may_vote(ana, helene):
    await opened(helene, {"kind": "yes_no"}, seconds=600)
    page = await ana.page()

    assert re.search(r"Closes at \d\d:\d\d:\d\d", page)
    assert "2 people may vote" in page


async def test_a_question_that_was_changed_meanwhile_is_to_be_read_again(ana, helene):
    form = {"kind": "yes_no"}
    poll = await opened(helene, form)
    plan = {"question": "And now?", "form": form, "grace": 0}
    await helene.does("polls.edit", poll=poll, plan=plan)

    assert "look at it again" in refusal(await sends(ana, poll, form, option="yes"))


def test_every_refusal_of_the_votes_has_its_words():
    folder = Path(rules.__file__).parent
    code = "".join(path.read_text() for path in folder.glob("*.py"))
    refused = set(re.findall(r'Refused\("([\w-]+)"', code))
    stands = {f"not-{status}" for status in re.findall(r'the\(records, \w+, "(\w+)"', code)}
    words = Path("templates/room/refusals.html").read_text()

    assert len(refused) > 20
    assert refused | stands <= set(re.findall(r'data-code="([\w-]+)"', words))


async def test_a_vote_from_a_page_one_went_back_to_is_the_vote_again(ana, helene):
    """It was told to be done, as it had been once, and was what it had been changed to since."""
    poll = await opened(helene, {"kind": "yes_no"})
    first, fields = str(uuid4()), {"kind": "yes_no", "poll": poll, "version": "1"}
    await ana.send("polls.vote", form=first, **fields, option="yes")
    await ana.send("polls.vote", **fields, option="no")
    await ana.send("polls.vote", form=first, **fields, option="yes")

    assert Ballot(await ana.page()).fields["option"] == ["yes"]
