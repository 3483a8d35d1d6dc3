from __future__ import annotations

from urllib.parse import unquote

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse

from tests.workshop.conftest import sit
from workshop.models import Day, Edit, Entry, Link, Seat, Session, Snapshot

pytestmark = pytest.mark.django_db

OURS = (Day, Session, Link, Seat, Entry, Edit, Snapshot)


@pytest.fixture
def kept(client, session) -> dict[type, object]:
    """One of each thing that is kept, and a superuser's browser to look at it with."""
    seat = sit(client, session, "facilitator")
    client.force_login(User.objects.create_superuser("root", password="x"))
    entry = Entry.objects.create(
        room=session.slug, seq=1, ref="r", name="chat.post", by="ana", at=0, changes={}
    )
    edit = Edit.objects.create(
        document=session.slug, epoch="e", seq=1, at=0, update=b"", sha256="", authors=[]
    )
    snapshot = Snapshot.objects.create(document=session.slug, epoch="e", seq=1, state=b"")
    return {
        type(each): each for each in (session.day, session, seat.link, seat, entry, edit, snapshot)
    }


def address(what: object, page: str = "change") -> str:
    name = type(what).__name__.lower()
    args = [] if page in ("changelist", "add") else [what.pk]
    return reverse(f"admin:workshop_{name}_{page}", args=args)


def test_everything_is_registered():
    assert {m for m in admin.site._registry if m._meta.app_label == "workshop"} == set(OURS)


@pytest.mark.parametrize("model", OURS)
def test_everything_can_be_looked_up(client, kept, model):
    what = kept[model]

    assert client.get(address(what, "changelist"), {"q": "x"}).status_code == 200
    assert client.get(address(what)).status_code == 200


@pytest.mark.parametrize("model", [Link, Seat, Entry, Edit, Snapshot])
@pytest.mark.parametrize("page", ["add", "change", "delete"])
def test_what_happened_cannot_be_rewritten(client, kept, model, page):
    assert client.post(address(kept[model], page), {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=kept[model].pk).exists()


def test_the_key_of_a_link_is_not_shown(client, kept):
    page = client.get(address(kept[Link])).content.decode()

    assert kept[Link].key not in page


def test_who_asked_a_question_is_not_shown(client, kept):
    parts = {"seq": 2, "ref": "q", "at": 0, "changes": {"questions.asker/q": {"person": "ana"}}}
    asked = Entry.objects.create(
        room=kept[Session].slug, name="questions.ask", by="ana-rossi", **parts
    )

    assert "ana-rossi" not in client.get(address(asked, "changelist")).content.decode()
    assert client.get(address(asked)).status_code == 302


@pytest.mark.parametrize("name", ["polls.vote", "people.declare"])
def test_what_somebody_voted_and_which_groups_they_are_in_is_not_shown(client, kept, name):
    parts = {"seq": 2, "ref": "v", "at": 0, "changes": {"x/1": {"answer": "fougere"}}}
    entry = Entry.objects.create(room=kept[Session].slug, name=name, by="ana-rossi", **parts)
    page = client.get(address(entry)).content.decode()

    assert "ana-rossi" in page
    assert "fougere" not in page


def test_the_administration_has_no_door_of_its_own(client):
    path = reverse("admin:index")

    response = client.get(path, follow=True)

    assert unquote(response.redirect_chain[-1][0]) == f"{reverse('login')}?next={path}"
