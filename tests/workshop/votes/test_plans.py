"""Plans as files: what goes out comes in again, and nothing but plans does."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.features.votes import FORMS
from tests.workshop.conftest import scheduled, text_of
from tests.workshop.votes.held import of
from workshop import archive, sessions
from workshop.features.polls.forms import check_form
from workshop.features.polls.poll import Plan, Poll
from workshop.votes.plans import LARGEST_FILE, Unreadable, plans_of, read, written

pytestmark = pytest.mark.django_db(transaction=True)

PLANS = [Plan(f"Question {n}?", check_form(form), live=[]) for n, form in enumerate(FORMS)]
GOOD = '{"question": "Q?", "form": {"kind": "text"}}'


def refusals(file: bytes) -> list[tuple[int, str]]:
    with pytest.raises(Unreadable) as why:
        read(file)
    return [(each.line, each.code) for each in why.value.refusals]


def file_of(*plans: str) -> bytes:
    joined = ",\n".join(plans)
    return f'{{"assises": "plans", "plans": [\n{joined}\n]}}'.encode()


# The file ----------------------------------------------------------------------------------


def test_what_goes_out_comes_in_again():
    assert read(written(PLANS)) == PLANS
    assert read(written([])) == []


def test_every_plan_that_cannot_be_read_is_told_with_its_line():
    alike = '{"question": "Q?", "form": {"kind": "single", "options": ["a", "A"]}}'
    unknown = '{"question": "Q?", "form": {"kind": "lottery"}}'

    assert refusals(file_of(GOOD, alike, GOOD, unknown)) == [(3, "options-alike"), (5, "malformed")]
    assert refusals(file_of(alike, GOOD, alike)) == [(2, "options-alike"), (4, "options-alike")]


@pytest.mark.parametrize("extra", ['"id": "7"', '"status": "open"', '"role": "x"', '"seq": 1'])
def test_a_plan_with_anything_else_in_it_is_refused(extra):
    assert refusals(file_of(GOOD[:-1] + f", {extra}}}")) == [(2, "malformed")]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"", "not-plans"),
        (b"[]", "not-plans"),
        (b"\xff\xfe{}", "not-plans"),
        (b'{"plans": []}', "not-plans"),
        (b'{"assises": "plans", "plans": [], "users": []}', "not-plans"),
        (b"[" * 200_000, "not-plans"),
        (b" " * (LARGEST_FILE + 1), "too-big"),
        (file_of(*[GOOD] * 101), "too-many-plans"),
    ],
)
def test_a_file_that_is_none_of_plans_is_refused_as_a_whole(file, code):
    assert refusals(file) == [(1, code)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda each: st.lists(each, max_size=4) | st.dictionaries(st.text(max_size=9), each),
    max_leaves=12,
)
MUTATED = st.builds(
    lambda file, at, byte: file[: at % len(file)] + byte + file[at % len(file) + 1 :],
    st.just(written(PLANS)),
    st.integers(0, 1_000_000),
    st.binary(max_size=3),
)


@given(
    st.binary(max_size=300)
    | JSON.map(lambda each: json.dumps(each).encode())
    | JSON.map(lambda each: json.dumps({"assises": "plans", "plans": [each]}).encode())
    | MUTATED
)
@settings(deadline=None)
def test_whatever_is_in_a_file_it_is_read_or_refused(file: bytes):
    try:
        found = read(file)
    except Unreadable:
        return
    assert read(written(found)) == found


# The pages ---------------------------------------------------------------------------------


async def drafts(session) -> list[str]:
    records = await sync_to_async(archive.everything_of)(session, Poll)
    assert {each.status for each in records.all(Poll)} <= {"draft"}
    return [each.question for each in plans_of(records)]


def upload(file: bytes, **fields: str) -> dict[str, object]:
    return {"file": SimpleUploadedFile("plans.json", file), "once": str(uuid4()), **fields}


async def organisers(held, user):
    client = await held.browser()
    await sync_to_async(client.force_login)(user)
    return client


async def test_an_organiser_takes_plans_out_and_into_another_session(held, maria, day):
    await held.does(
        await held.host(), "polls.draft", plan={"question": "A?", "form": {"kind": "text"}}
    )
    first = await held.opened(question="B?")
    await held.does(await held.host(), "polls.close", poll=first)
    await held.does(await held.host(), "polls.again", poll=first)
    client = await organisers(held, maria)
    response = await client.get(of(held, "plans_file"))
    there = await sync_to_async(scheduled)(day, "Another")
    answer = await client.post(reverse("import_plans", args=[there.slug]), upload(response.content))

    assert b"H\xc3\xa9l\xc3\xa8ne" not in response.content
    assert answer.status_code == 302
    assert await drafts(there) == ["A?", "B?"]


async def test_what_is_sent_twice_is_drafted_once(held, maria):
    client = await organisers(held, maria)
    once = str(uuid4())
    for _ in range(2):
        await client.post(of(held, "import_plans"), upload(file_of(GOOD), once=once))

    assert await drafts(held.session) == ["Q?"]
    polls = await sync_to_async(archive.everything_of)(held.session, Poll)
    assert len(polls.all(Poll)) == 1


async def test_if_one_plan_cannot_be_read_nothing_is_drafted_and_the_page_says_why(held, maria):
    client = await organisers(held, maria)
    bad = '{"question": "<script>alert(1)</script>", "form": {"kind": "<script>"}}'
    response = await client.post(of(held, "import_plans"), upload(file_of(GOOD, bad)))
    page = text_of(response)

    assert response.status_code == 422
    assert "Nothing was drafted." in page
    assert "Line 3:" in page
    assert "<script>a" not in page
    assert await drafts(held.session) == []


async def test_plans_are_taken_over_from_another_session_of_the_same_organiser(held, maria, day):
    there = await sync_to_async(scheduled)(day, "Another")
    client = await organisers(held, maria)
    await client.post(of(held, "import_plans"), upload(file_of(GOOD)))
    fields = {"session": held.session.slug, "once": str(uuid4())}
    response = await client.post(reverse("copy_plans", args=[there.slug]), fields)

    assert response.status_code == 302
    assert await drafts(there) == ["Q?"]


async def test_no_plans_are_taken_over_from_another_organisers_session(held, petru):
    client = await organisers(held, petru)
    own = await sync_to_async(sessions.create_day)(petru, title="Another day")
    there = await sync_to_async(scheduled)(own, "Another")
    await held.opened()
    page = text_of(await client.get(reverse("organise_votes", args=[there.slug])))
    fields = {"session": held.session.slug, "once": str(uuid4())}
    response = await client.post(reverse("copy_plans", args=[there.slug]), fields)

    assert held.session.slug not in page
    assert response.status_code == 404
    assert await drafts(there) == []


async def test_a_facilitator_brings_plans_in_but_takes_none_from_elsewhere(held, day):
    there = await sync_to_async(scheduled)(day, "Another")
    client = await held.browser("facilitator", "Rita")
    page = text_of(await client.get(of(held, "organise_votes")))
    await client.post(of(held, "import_plans"), upload(file_of(GOOD)))
    fields = {"session": there.slug, "once": str(uuid4())}

    assert "Another" not in page
    assert await drafts(held.session) == ["Q?"]
    assert (await client.post(of(held, "copy_plans"), fields)).status_code == 404
    assert (await client.get(reverse("plans_file", args=[there.slug]))).status_code == 302


async def test_no_more_is_drafted_than_a_session_can_hold(held, maria):
    client = await organisers(held, maria)
    await client.post(of(held, "import_plans"), upload(file_of(*[GOOD] * 100)))
    await held.opened()
    response = await client.post(of(held, "import_plans"), upload(file_of(*[GOOD] * 100)))

    assert response.status_code == 422
    assert "as many as this session can hold" in text_of(response)
    read = sync_to_async(archive.everything_of)
    assert len((await read(held.session, Poll)).all(Poll)) == 101


async def test_nobody_else_comes_near_the_plans(held, petru):
    strangers = [await held.browser(), await held.browser("participant", "Ana")]
    strangers += [await held.browser("note_taker", "Nina"), await held.browser("kiosk")]
    other = await organisers(held, petru)

    for name, method in (
        ("organise_votes", "get"), ("plans_file", "get"), ("import_plans", "post"),
        ("copy_plans", "post"),
    ):  # fmt: skip
        for client in strangers:
            response = await getattr(client, method)(of(held, name))
            assert response.status_code == 302
            assert response.url.startswith(reverse("login"))
        assert (await getattr(other, method)(of(held, name))).status_code == 404
        wrong = "post" if method == "get" else "get"
        assert (await getattr(other, wrong)(of(held, name))).status_code == 405
    assert await drafts(held.session) == []
