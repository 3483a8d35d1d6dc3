"""The pages around the minutes: downloads, imports, the history, and bringing a text back."""

from __future__ import annotations

import json
import re
from io import BytesIO

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from pypdf import PdfReader

from realtime.asgi import make_hub
from realtime.bus import MemoryBus
from tests.asked import asked
from tests.workshop.conftest import text_of
from tests.workshop.test_minutes_formats import TREE, made
from tests.workshop.test_without_script import Guest
from workshop import archive, sessions
from workshop.feature import Refused
from workshop.minutes.export import FORMATS
from workshop.minutes.tree import document, node, read, tree_of, words_of
from workshop.minutes.write import Draft
from workshop.models import Edit, Session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest_asyncio.fixture
async def hub():
    hub = make_hub(MemoryBus())
    yield hub
    await hub.close()


@pytest_asyncio.fixture
async def helene(hub, session) -> Guest:
    return await Guest(hub, session).sit("Hélène", "facilitator")


@pytest_asyncio.fixture
async def ana(hub, session) -> Guest:
    return await Guest(hub, session).sit("Ana")


@pytest.fixture
def visitor(hub, session) -> Guest:
    return Guest(hub, session)


def p(*words):
    return node("paragraph", *words)


async def now(session) -> list[bytes]:
    return await sync_to_async(sessions.minutes_of)(session)


async def text(session) -> str:
    return words_of(read(document(await now(session))))


async def writes(guest: Guest, *blocks, client: int) -> None:
    for update in Draft(await now(guest.session), client).append(tree_of(blocks)):
        await guest.hub.write_minutes(guest.session.slug, guest.person, update)


async def get(guest: Guest, name: str, *more, query: str = "", **headers):
    path = reverse(name, args=[guest.session.slug, *more])
    return await guest.client.get(path + query, headers=headers)


@pytest_asyncio.fixture
async def life(helene, session):
    """Three edits: a word, another, and a third paragraph."""
    for n, words in enumerate(("Premier", "Deuxième", "Troisième")):
        await writes(helene, p(words), client=10 + n)


# Out ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
async def test_whoever_may_read_may_download(visitor, life, format):
    response = await get(visitor, "minutes_export", format)

    assert response.status_code == 200
    assert response["Content-Type"] == FORMATS[format].media_type
    assert response["Content-Disposition"] == f'attachment; filename="pleniere.{format}"'
    if format in ("html", "md", "txt"):
        assert "Deuxième" in response.content.decode()
    if format == "pdf":
        assert "Deuxième" in PdfReader(BytesIO(response.content)).pages[0].extract_text()


async def test_behind_closed_doors_only_those_inside_read(visitor, ana, life, session):
    await Session.objects.filter(pk=session.pk).aupdate(doors_open=False)

    for name, more in (("minutes_export", ["md"]), ("minutes_text", []), ("minutes_authors", [])):
        assert (await get(visitor, name, *more)).status_code == 404
        assert (await get(ana, name, *more)).status_code == 200
    assert (await get(visitor, "minutes_history")).status_code == 403
    assert (await get(visitor, "minutes_downloads")).status_code == 403


async def test_another_format_is_not_there(visitor):
    assert (await get(visitor, "minutes_export", "exe")).status_code == 404


async def test_a_title_is_no_header(visitor, session):
    await Session.objects.filter(pk=session.pk).aupdate(title='a"\r\nSet-Cookie: x; /../é')

    response = await get(visitor, "minutes_export", "txt")
    assert response["Content-Disposition"] == 'attachment; filename="a-set-cookie-x-e.txt"'


async def test_an_export_shows_what_everyone_may_see_whoever_makes_it(helene, session):
    poll = await helene.does("polls.draft", plan=asked("Secret ?", ["a", "b"]))
    await writes(helene, node("record", record=f"polls.poll/{poll}", at=None), client=5)
    assert "Secret" not in (await get(helene, "minutes_export", "txt")).content.decode()

    await helene.does("polls.open", poll=poll)
    assert "Secret" in (await get(helene, "minutes_export", "txt")).content.decode()


def test_the_command_does_the_same(session, tmp_path, capsysbinary):
    updates = Draft([], 5).append(TREE)
    Edit.objects.bulk_create(
        Edit(document=session.slug, epoch=session.epoch, seq=n, at=0, update=update, authors=[])
        for n, update in enumerate(updates, 1)
    )

    call_command("export_minutes", session.slug, format="md", output="-")
    assert b"**gras**" in capsysbinary.readouterr().out
    call_command("export_minutes", session.slug, format="pdf", output=str(tmp_path / "m.pdf"))
    assert (tmp_path / "m.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(CommandError, match="no session"):
        call_command("export_minutes", "nowhere")


async def test_the_plain_page_shows_every_node(visitor, helene):
    await writes(helene, *TREE.nodes, client=5)

    page = text_of(await get(visitor, "plain_minutes"))
    for part in ("<table>", "☑", "<blockquote>", "<ol start=", "n’est plus connu", "<strong>gras"):
        assert part in page


# In ----------------------------------------------------------------------------------------


async def sends(guest: Guest, name: str, content: bytes):
    path = reverse("minutes_import", args=[guest.session.slug])
    return await guest.client.post(path, {"file": SimpleUploadedFile(name, content)})


@pytest.mark.parametrize("format", ["md", "docx"])
async def test_a_file_is_put_at_the_end(helene, session, life, format):
    response = await sends(helene, f"notes.{format}", FORMATS[format].write(made(TREE)))

    assert response.status_code == 302
    found = await text(session)
    assert found.startswith("Premier\nDeuxième\nTroisième\n")
    assert "italique" in found
    last = await Edit.objects.filter(document=session.slug).alatest("seq")
    assert last.authors[0][0] == helene.person.id


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.exe", b"x", "no Word or Markdown file"),
        ("a.docx", b"x", "no Word or Markdown file"),
        ("a.md", b"x" * 1_000_001, "too large"),
        ("a.md", b"- a\n" * 7_000, "too large"),
        ("a.md", b"", "submitted file is empty"),
    ],
)
async def test_what_cannot_be_read_is_said_plainly(helene, session, name, content, said):
    response = await sends(helene, name, content)

    assert response.status_code == 400
    assert said in text_of(response)
    assert await text(session) == ""


async def test_only_those_who_may_write_import(ana, visitor, session):
    for guest in (ana, visitor):
        response = await sends(guest, "a.md", b"words")
        assert response.status_code == 403
        assert 'type="file"' not in text_of(response)
    assert await text(session) == ""


async def test_nothing_is_read_of_who_may_not_write(ana, visitor):
    """Reading a file may take long: a stranger's is not even looked at."""
    for guest in (ana, visitor):
        assert (await sends(guest, "a.docx", b"not a zip")).status_code == 403


async def test_nobody_writes_into_locked_minutes(helene, session):
    await helene.does("minutes.lock")

    assert (await sends(helene, "a.md", b"words")).status_code == 403
    with pytest.raises(Refused, match="not-allowed"):
        await writes(helene, p("x"), client=5)


async def test_an_import_needs_its_secret(hub, session):
    guest = await Guest(hub, session).sit("Hélène", "facilitator")
    guest.client.handler.enforce_csrf_checks = True

    assert (await sends(guest, "a.md", b"words")).status_code == 403


# Over time ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("at", "said"), [(1, "Premier"), (2, "Premier Deuxième")])
async def test_the_text_as_it_was(visitor, life, at, said):
    for name in ("minutes_text", "minutes_history"):
        page = text_of(await get(visitor, name, query=f"?at={at}"))
        assert ("Deuxième" in page) == ("Deuxième" in said)
        assert "Troisième" not in page


async def test_the_history_begins_with_the_text_as_it_is(visitor, life):
    page = text_of(await get(visitor, "minutes_history"))

    assert "Troisième" in page
    assert 'max="3" value="3"' in page
    assert "Hélène" in page


@pytest.mark.parametrize(
    "query", ["?at=0", "?at=99999999999", "?at=-1", "?at=x", "?at=9&against=x"]
)
async def test_places_that_are_none_are_no_fault(visitor, life, query):
    assert (await get(visitor, "minutes_text", query=query)).status_code == 200
    assert (await get(visitor, "minutes_history", query=query)).status_code == 200


async def test_what_changed_is_marked_and_said(visitor, life):
    page = text_of(await get(visitor, "minutes_text", query="?at=3&against=2"))

    assert "<p>Deuxième</p>" in page
    assert '<ins><span class="vh">ajouté\u00a0: </span>Troisième</ins>'.replace("\u00a0", " ") in (
        page.replace("\u00a0", " ")
    )
    page = text_of(await get(visitor, "minutes_text", query="?at=1&against=2"))
    assert re.search(r"<del>.*Deuxième</del>", page)


async def test_changes_since_the_named_version_before(visitor, helene, life):
    named = {"name": "Avant la pause", "edit": 1}
    await helene.hub.submit(helene.session.slug, "minutes.name_version", helene.person, "v", named)

    page = text_of(await get(visitor, "minutes_text", query="?at=3&against=version"))
    assert "<p>Premier</p>" in page
    assert page.count("<ins>") == 2
    assert "Avant la pause" in text_of(await get(visitor, "minutes_history"))


async def test_a_history_of_nothing(visitor):
    assert "Nothing is written yet" in text_of(await get(visitor, "minutes_history"))


async def test_a_text_is_brought_back_and_nothing_is_lost(helene, visitor, session, life):
    path = reverse("minutes_restore", args=[session.slug, 1])
    asked = text_of(await helene.client.get(path))
    assert "Bring this text back" in asked
    assert re.search(r"<del>.*Deuxième", asked)

    assert (await helene.client.post(path)).status_code == 302

    assert await text(session) == "Premier"
    assert await sync_to_async(archive.head_of)(session) == 4
    assert "Troisième" in text_of(await get(visitor, "minutes_text", query="?at=3"))
    last = await Edit.objects.filter(document=session.slug).alatest("seq")
    assert last.authors[0][0] == helene.person.id
    path = reverse("minutes_restore", args=[session.slug, 3])
    assert (await helene.client.post(path)).status_code == 302
    assert await text(session) == "Premier\nDeuxième\nTroisième"


async def test_only_those_who_may_write_bring_a_text_back(ana, visitor, session, life):
    path = reverse("minutes_restore", args=[session.slug, 1])
    for guest in (ana, visitor):
        assert "Only those who may write" in text_of(await guest.client.get(path))
        assert (await guest.client.post(path)).status_code == 403
    assert "Troisième" in await text(session)


async def test_there_is_no_bringing_back_what_never_was(helene, session, life):
    for edit in (0, 9):
        path = reverse("minutes_restore", args=[session.slug, edit])
        assert (await helene.client.get(path)).status_code == 404
        assert (await helene.client.post(path)).status_code == 404


async def test_authors_are_told_once(visitor, helene, life):
    response = await get(visitor, "minutes_authors")
    told = json.loads(response.content)
    assert told == {
        "people": {helene.person.id: {"name": "Hélène"}},
        "clients": {"10": helene.person.id, "11": helene.person.id, "12": helene.person.id},
    }

    again = await get(visitor, "minutes_authors", **{"if-none-match": response["ETag"]})
    assert again.status_code == 304
    await writes(helene, p("x"), client=13)
    anew = await get(visitor, "minutes_authors", **{"if-none-match": response["ETag"]})
    assert anew.status_code == 200


async def test_edits_are_told_in_little(visitor, life):
    told = json.loads((await get(visitor, "minutes_edits")).content)

    assert len(told["at"]) == len(told["by"]) == 3
    assert told["who"] == [["Hélène"]]


async def test_the_door_refuses_a_client_id_of_somebody_else(helene, hub, session, life):
    ben = await Guest(hub, session).sit("Ben", "note_taker")

    (forged,) = Draft(await now(session), 10).append(tree_of([p("Forged")]))
    with pytest.raises(Refused, match="client-taken"):
        await hub.write_minutes(session.slug, ben.person, forged)
    assert "Forged" not in await text(session)


async def test_the_door_refuses_what_is_no_update(helene, hub, session):
    with pytest.raises(Refused, match="malformed"):
        await hub.write_minutes(session.slug, helene.person, b"no update")
