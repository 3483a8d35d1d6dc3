"""The door: every kind of frame, every way to be turned away, on our own server and on others."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack, suppress
from uuid import uuid4

import pytest
from pycrdt import Doc, XmlElement, XmlFragment, XmlText
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.asked import asked, ballot
from tests.realtime.servers import connected, running
from tests.realtime.sessions_for_tests import close_doors, make_seat, make_session, revoke

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module", params=["serve", "uvicorn", "daphne"])
def server(request, django_db_setup):
    with running(request.param) as server:
        yield server
        assert "Traceback" not in server.said()


@pytest.fixture
async def session():
    return await make_session()


@pytest.fixture
async def ana(session):
    return await make_seat(session, "Ana", place="hall")


@pytest.fixture
async def ben(session):
    return await make_seat(session, "Ben")


@pytest.fixture
async def hal(session):
    return await make_seat(session, "Hal", role="facilitator", place="hall")


@pytest.fixture
async def nina(session):
    return await make_seat(session, "Nina", role="note_taker")


# Talking ----------------------------------------------------------------------------------


async def test_a_welcome_says_who_one_is_and_where_the_room_stands(server, session, ana):
    async with connected(server, session.slug, ana) as client:
        welcome = await client.hello()

    assert welcome["you"]["name"] == "Ana"
    assert (welcome["you"]["role"], welcome["you"]["place"]) == ("participant", "hall")
    assert welcome["seq"] == 1, "sitting down is the first entry"


async def test_a_message_reaches_everyone_and_is_confirmed_to_its_author(server, session, ana):
    async with (
        connected(server, session.slug, ana) as here,
        connected(server, session.slug) as there,
    ):
        await here.hello()
        await there.hello()
        ref = str(uuid4())

        assert (await here.do("chat.post", ref, text="Can you hear us at home?"))["type"] == "done"
        assert (await there.sees(f"chat.message/{ref}"))["text"] == "Can you hear us at home?"


async def test_who_comes_back_is_told_what_changed_and_nothing_else(server, session, ana, ben):
    async with connected(server, session.slug, ana) as client:
        welcome = await client.hello()
        await client.do("chat.post", text="before")
        epoch, since = welcome["epoch"], (await client.do("chat.post", text="last"))["seq"]
    async with connected(server, session.slug, ben) as other:
        await other.hello()
        await other.do("chat.post", text="meanwhile")
    async with connected(server, session.slug, ana) as again:
        again.seq = since
        await again.hello(epoch, since)
        frame = await again.next("changes")

    assert frame["fresh"] is False
    assert [record["text"] for record in frame["put"].values() if "text" in record] == ["meanwhile"]


async def test_another_epoch_starts_afresh(server, session, ana):
    async with connected(server, session.slug, ana) as client:
        await client.hello(epoch="of another log", since=1)

        assert (await client.next("changes"))["fresh"] is True


async def test_a_command_sent_again_after_a_lost_connection_happens_once(server, session, ana):
    ref = str(uuid4())
    async with connected(server, session.slug, ana) as client:
        await client.hello()
        first = await client.do("chat.post", ref, text="once")
    async with connected(server, session.slug, ana) as client:
        await client.hello()

        assert await client.do("chat.post", ref, text="once") == first


async def test_a_ping_is_answered_with_how_far_one_has_been_told(server, session, ana):
    async with connected(server, session.slug, ana) as client:
        await client.hello()
        ref = str(uuid4())
        seq = (await client.do("chat.post", ref, text="hello"))["seq"]
        await client.sees(f"chat.message/{ref}")
        await client.say(type="ping")

        assert (await client.next("pong"))["seq"] == seq


async def test_two_tabs_are_one_person(server, session, ana, ben):
    async with (
        connected(server, session.slug, ana) as one,
        connected(server, session.slug, ana) as two,
        connected(server, session.slug, ben) as other,
        connected(server, session.slug) as observer,
    ):
        for client in (one, two, other, observer):
            await client.hello()
        counted = await observer.next("presence")
        while counted["watching"] == 0 or counted["remote"] == 0:
            counted = await observer.next("presence")

    assert counted == {"type": "presence", "hall": 1, "remote": 1, "watching": 1}


async def test_typing_is_told_to_others_and_kept_nowhere(server, session, ana, ben):
    async with (
        connected(server, session.slug, ana) as here,
        connected(server, session.slug, ben) as there,
    ):
        await here.hello()
        await there.hello()
        before = (await here.do("chat.post", text="hello"))["seq"]
        await here.say(type="ephemeral", what="chat.typing", **{"with": {}})

        passing = await there.next("ephemeral")
        assert (passing["what"], passing["name"]) == ("chat.typing", "Ana")
        assert (await here.do("chat.post", text="again"))["seq"] == before + 1


async def test_older_messages_on_demand(server, session, ana):
    async with connected(server, session.slug, ana) as client:
        await client.hello()
        seq = (await client.do("chat.post", text="hello"))["seq"]
        await client.say(type="older", kind="chat.message", before=seq + 1)
        older = await client.next("older")

    assert [record["text"] for record in older["put"].values()] == ["hello"]
    assert older["more"] is False


# Being refused ----------------------------------------------------------------------------

BAD = {
    "broken JSON": ("{", "malformed"),
    "not an object": ("[]", "malformed"),
    "an unknown type": ('{"type":"shout"}', "malformed"),
    "no ref": ('{"type":"do","do":"chat.post","with":{"text":"x"}}', "malformed"),
    "a ref that is no UUID": (
        '{"type":"do","do":"chat.post","ref":"polls.count:1","with":{"text":"x"}}',
        "malformed",
    ),
    "an upper-case ref": (
        '{"type":"do","do":"chat.post","ref":"7C1E8A54-0000-4000-8000-000000000000","with":{}}',
        "malformed",
    ),
    "an extra member": ('{"type":"ping","x":1}', "malformed"),
    "half a surrogate": ('{"type":"do","do":"x","ref":"\\ud800","with":{}}', "malformed"),
    "deep nesting": ("[" * 8000, "malformed"),
    "a long message": (json.dumps({"type": "do", "x": "y" * 20_000}), "too-big"),
}
MISFITS = {
    "an unknown command": ("chat.shout", {}, "unknown-command"),
    "no text": ("chat.post", {}, "malformed"),
    "an empty text": ("chat.post", {"text": "  \n"}, "malformed"),
    "a NUL": ("chat.post", {"text": "a\x00b"}, "malformed"),
    "too long a text": ("chat.post", {"text": "x" * 2001}, "malformed"),
    "a number for a text": ("chat.post", {"text": 1}, "malformed"),
    "a field too many": ("chat.post", {"text": "x", "as": "hal"}, "malformed"),
    "another's role": ("polls.draft", {"plan": asked("?", ["a", "b"])}, "not-allowed"),
    "the server's role": ("people.sit", {"person": "x"}, "not-allowed"),
    "a poll that is not there": (
        "polls.vote",
        ballot("nope", 0),
        "not-open",
    ),
    "true for a number": (
        "polls.vote",
        ballot("nope", True),
        "malformed",
    ),
}


@pytest.mark.parametrize("bad", BAD)
async def test_what_cannot_be_read_is_refused_and_changes_nothing(server, session, ana, bad):
    message, code = BAD[bad]
    async with connected(server, session.slug, ana) as client:
        seq = (await client.hello())["seq"]
        await client.socket.send(message)

        assert (await client.next("refused"))["code"] == code
        assert (await client.do("chat.post", text="still here"))["seq"] == seq + 1


@pytest.mark.parametrize("misfit", MISFITS)
async def test_what_does_not_fit_is_refused_with_its_code(server, session, ana, misfit):
    name, fields, code = MISFITS[misfit]
    async with connected(server, session.slug, ana) as client:
        await client.hello()

        assert (await client.do(name, **fields))["code"] == code


async def test_a_megabyte_of_text_changes_nothing(server, session, ana, ben):
    async with connected(server, session.slug, ana) as client:
        await client.hello()
        outcome = "closed"  # by uvicorn, above its own limit; refused by us on Daphne
        with suppress(ConnectionClosed):
            outcome = (await client.do("chat.post", text="x" * 1_000_000))["code"]
        assert outcome in ("closed", "too-big")
    async with connected(server, session.slug, ben) as other:
        await other.hello()
        await other.next("changes")

    assert not any(key.startswith("chat.") for key in other.records)


async def test_a_ref_of_someone_else_is_taken(server, session, ana, ben):
    ref = str(uuid4())
    async with (
        connected(server, session.slug, ana) as client,
        connected(server, session.slug, ben) as other,
    ):
        await client.hello()
        await other.hello()
        await client.do("chat.post", ref, text="mine")

        assert (await other.do("chat.post", ref, text="mine too"))["code"] == "ref-taken"


async def test_an_observer_reads_and_asks_nothing(server, session):
    async with connected(server, session.slug) as client:
        await client.hello()

        assert (await client.do("chat.post", text="x"))["code"] == "not-seated"


async def test_a_flood_is_told_to_slow_down_and_others_are_not(server, session, ana, ben):
    async with (
        connected(server, session.slug, ana) as client,
        connected(server, session.slug, ben) as other,
    ):
        await client.hello()
        await other.hello()
        answers = [await client.do("chat.post", text=f"{n}") for n in range(8)]

        assert [answer["type"] for answer in answers[:5]] == ["done"] * 5
        assert answers[7]["code"] == "too-fast"
        assert answers[7]["wait"] > 0
        assert (await other.do("chat.post", text="calm"))["type"] == "done"


async def test_a_poll_is_voted_once_each_and_only_while_it_is_open(server, session, ana, hal):
    async with (
        connected(server, session.slug, ana) as voter,
        connected(server, session.slug, hal) as host,
    ):
        await voter.hello()
        await host.hello()
        poll = str(uuid4())
        await host.do("polls.draft", poll, plan=asked("Now?", ["yes", "no"]))
        assert (await voter.do("polls.vote", **ballot(poll, 0)))["code"] == "not-open"
        await host.do("polls.open", poll=poll)

        assert (await voter.do("polls.vote", **ballot(poll, 2)))["code"] == "no-such-option"
        assert (await voter.do("polls.vote", **ballot(poll, 0)))["type"] == "done"
        await host.do("polls.close", poll=poll)
        assert (await voter.do("polls.vote", **ballot(poll, 1)))["code"] == "not-open"
        await host.do("polls.publish", poll=poll)
        assert (await voter.sees(f"polls.result/{poll}"))["outcome"]["votes"] == [1, 0]


@pytest.mark.parametrize("name", ["message", "hello_within", "updates", "sockets_per_person"])
async def test_a_limit_is_no_command(server, session, name):
    """These once ended the handler, and left a ghost among those present."""
    async with connected(server, session.slug) as client, connected(server, session.slug) as other:
        await client.hello()
        assert (await client.do(name))["code"] == "unknown-command"
        await other.hello()
        counted = await other.next("presence")
        while counted["watching"] != 2:
            counted = await other.next("presence")


async def test_coming_back_does_not_fill_the_buckets(server, session, ana):
    answers = []
    for _ in range(3):
        async with connected(server, session.slug, ana) as client:
            await client.hello()
            answers += [await client.do("chat.post", text="hello") for _ in range(4)]

    assert [answer["type"] for answer in answers].count("done") < 9


# Coming in and being shown out ----------------------------------------------------------------


@pytest.mark.parametrize(
    "origin", ["http://elsewhere.example", "null", "http://127.0.0.1:1", "https://127.0.0.1"]
)
async def test_a_page_elsewhere_opens_no_socket(server, session, origin):
    with pytest.raises(InvalidStatus) as refused:
        async with connected(server, session.slug, origin=origin):
            pass

    assert refused.value.response.status_code == 403


async def test_without_an_origin_one_needs_a_token(server, session, ana):
    with pytest.raises(InvalidStatus):
        async with connected(server, session.slug, origin=None):
            pass
    async with connected(server, session.slug, ana, origin=None) as client:
        assert (await client.hello())["you"]["name"] == "Ana"


async def test_closed_doors_are_closed_to_those_without_a_seat(server, session, ana):
    await close_doors(session)
    async with connected(server, session.slug) as client:
        assert (await client.ends())[1] == 4401
    async with connected(server, session.slug, ana) as client:
        assert (await client.hello())["you"]["name"] == "Ana"


async def test_a_room_that_is_not_there(server):
    async with connected(server, "nowhere") as client:
        bye, code = await client.ends()

    assert (bye["code"], bye["again"], code) == ("no-room", False, 4404)


@pytest.mark.parametrize("token", ["forged", "0b4c7c2e-0000-4000-8000-000000000000:xyz"])
async def test_a_forged_seat_is_turned_away(server, session, token):
    async with connected(server, session.slug, token) as client:
        bye, code = await client.ends()

    assert (bye["code"], code) == ("seat", 4401)


async def test_a_seat_of_another_session_is_turned_away(server, session):
    elsewhere = await make_seat(await make_session(), "Eve")
    async with connected(server, session.slug, elsewhere) as client:
        assert (await client.ends())[1] == 4401


async def test_a_revoked_seat_is_turned_away(server, session, ana):
    await revoke(ana)
    async with connected(server, session.slug, ana) as client:
        assert (await client.ends())[1] == 4401


async def test_someone_demoted_is_refused_at_once_and_comes_back_with_other_eyes(
    server, session, hal
):
    eve_token = await make_seat(session, "Eve", role="facilitator")
    async with (
        connected(server, session.slug, hal) as host,
        connected(server, session.slug, eve_token) as eve,
    ):
        await host.hello()
        you = (await eve.hello())["you"]
        await host.do("polls.draft", plan=asked("?", ["a", "b"]))
        await eve.next("changes")
        await host.do("people.give", person=you["id"], role="participant")
        bye, code = await eve.ends()
    assert (bye["code"], bye["again"], code) == ("rights", True, 4403)

    async with connected(server, session.slug, eve_token) as again:
        assert (await again.hello())["you"]["role"] == "participant"
        await again.next("changes")
        assert again.records == {}, "no draft, no seats"
        assert (await again.do("polls.draft", plan=asked("?", ["a", "b"])))["code"] == "not-allowed"


async def test_someone_removed_is_shown_out_and_stays_out(server, session, hal, ana):
    async with (
        connected(server, session.slug, hal) as host,
        connected(server, session.slug, ana) as guest,
    ):
        await host.hello()
        you = (await guest.hello())["you"]
        await host.do("people.remove", person=you["id"])
        assert (await guest.ends())[1] == 4401
    async with connected(server, session.slug, ana) as again:
        assert (await again.ends())[1] == 4401


async def test_a_fifth_tab_closes_the_first(server, session, ana):
    async with AsyncExitStack() as stack:
        tabs = [await opened(stack, server, session, ana) for _ in range(5)]
        bye, code = await tabs[0].ends()

        assert (bye["code"], bye["again"], code) == ("tabs", False, 4409)
        assert (await tabs[1].do("chat.post", text="still here"))["type"] == "done"


async def opened(stack, server, session, seat):
    client = await stack.enter_async_context(connected(server, session.slug, seat))
    await client.hello()
    return client


async def test_who_does_not_say_hello_first_is_shown_out(server, session, ana):
    async with connected(server, session.slug, ana) as client:
        await client.say(type="ping")

        assert (await client.ends())[1] == 4400


async def test_a_projector_reads_and_changes_nothing(server, session):
    screen = await make_seat(session, "Screen", role="screen", place="hall")
    async with connected(server, session.slug, screen) as client:
        await client.hello()

        assert (await client.do("chat.post", text="x"))["code"] == "not-allowed"
        assert (await client.do("stage.go_live", source="demo"))["code"] == "not-allowed"
        await client.say(type="ephemeral", what="chat.typing", **{"with": {}})
        assert (await client.next("refused"))["code"] == "not-allowed"


# The minutes --------------------------------------------------------------------------------


class Writer:
    """A Yjs editor's document, and the updates it has made."""

    def __init__(self) -> None:
        self.doc = Doc()
        self.root = self.doc.get("minutes", type=XmlFragment)
        self.made: list[bytes] = []
        self.doc.observe(lambda event: self.made.append(event.update))

    def write(self, text: str) -> bytes:
        with self.doc.transaction():
            paragraph = self.root.children.append(XmlElement("paragraph"))
            paragraph.children.append(XmlText(text))
        return sync(2, self.made[-1])


def sync(step: int, payload: bytes) -> bytes:
    length, written = len(payload), bytearray([0, step])
    while length > 127:
        written.append(length & 127 | 128)
        length >>= 7
    return bytes(written) + bytes([length]) + payload


STEP_1 = sync(0, b"\x00")


async def test_what_a_note_taker_writes_is_saved_and_read_along(server, session, nina):
    async with (
        connected(server, session.slug, nina) as writer,
        connected(server, session.slug) as reader,
    ):
        for client in (writer, reader):
            await client.hello()
            await client.socket.send(STEP_1)
            assert (await client.next_binary())[:2] == b"\x00\x01"
        assert (await writer.next_binary())[:2] == b"\x00\x00", "the server asks what she has"

        await writer.socket.send(Writer().write("Bonghjornu"))

        assert await writer.next("saved") == {"type": "saved", "updates": 1}
        assert b"Bonghjornu" in await reader.next_binary()


@pytest.mark.parametrize(
    "hostile",
    [
        b"\xff\xff\xff\xff\x0f\x01\x02\x03",
        bytes.fromhex("01026301070101000400 0000".replace(" ", "")),
        b"\x01\x02\x63",
        b"\xff" * 200,
    ],
)
async def test_a_hostile_update_is_refused_and_nobody_else_notices(server, session, nina, hostile):
    async with connected(server, session.slug, nina) as writer:
        await writer.hello()
        await writer.socket.send(STEP_1)
        await writer.socket.send(sync(2, hostile))
        assert (await writer.next("unsaved"))["update"] == 1
        await writer.socket.send(Writer().write("still here"))
        await writer.next("saved")
        assert (await writer.next("saved", "unsaved"))["type"] == "saved"
    async with connected(server, session.slug) as reader:
        await reader.hello()
        await reader.socket.send(STEP_1)
        assert b"still here" in await reader.next_binary()


@pytest.mark.parametrize("role", ["participant", "screen", None])
async def test_who_may_not_write_writes_nothing(server, session, role):
    seat = await make_seat(session, "Eve", role=role) if role else None
    async with connected(server, session.slug, seat) as client:
        await client.hello()
        await client.socket.send(STEP_1)
        await client.socket.send(Writer().write("graffiti"))

        assert (await client.next("unsaved"))["code"] == "not-allowed"


async def test_locked_minutes_take_no_word_more(server, session, nina, hal):
    async with (
        connected(server, session.slug, nina) as writer,
        connected(server, session.slug, hal) as host,
    ):
        await writer.hello()
        await host.hello()
        await writer.socket.send(STEP_1)
        await host.do("minutes.lock")
        await writer.socket.send(Writer().write("late"))

        assert (await writer.next("unsaved"))["code"] == "not-allowed"
