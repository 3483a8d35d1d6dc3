"""Who may do what: every role, every command, over the socket and over plain HTTP; and rights that
are taken away are gone at once, in every process."""

from __future__ import annotations

import asyncio
import json
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest

from tests.asked import asked, ballot
from tests.faults.company import Company, company
from tests.faults.doors import Door, doors
from tests.faults.people import Person
from tests.faults.sizes import record, size
from tests.realtime.servers import redis
from workshop.features import FEATURES

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = size(4, 100)
AT_ONCE = 1.0  # seconds

ROLES = ("facilitator", "note_taker", "participant", "screen", "kiosk", None)
MEMBERS = {"facilitator", "note_taker", "participant"}
HOST, WRITE, NOBODY = {"facilitator"}, {"facilitator", "note_taker"}, set[str]()
SOMEONE = str(uuid4())
ONCE = "something new"
PASSAGE = {"begin": "AQ==", "end": "AQ==", "quoted": "a word"}
AXIS = {"name": "Commune", "values": ["Corte", "Zonza"], "declared": "self", "consent": []}
QUESTION = {"plan": asked("?", ["a", "b"])}
RULES = {"open": True, "held": False, "anonymous": True, "against": True, "asked_from": "everyone"}

# Written down here and nowhere else: a command that is not in the table fails the test.
MAY = {
    "stage.go_live": (HOST, {"source": "demo"}),
    "stage.end": (HOST, {}),
    "stage.signal": (NOBODY, {"source": "demo", "on": True}),
    "polls.draft": (HOST, QUESTION),
    "polls.edit": (HOST, {"poll": SOMEONE, **QUESTION}),
    "polls.discard": (HOST, {"poll": SOMEONE}),
    "polls.open": (HOST, {"poll": SOMEONE}),
    "polls.vote": (MEMBERS | {"kiosk"}, ballot(SOMEONE, 0)),
    "polls.count": (NOBODY, {"poll": SOMEONE}),
    "polls.close": (HOST, {"poll": SOMEONE}),
    "polls.publish": (HOST, {"poll": SOMEONE}),
    "polls.invite": (HOST, {"poll": SOMEONE, "people": []}),
    "polls.again": (HOST, {"poll": SOMEONE}),
    "polls.extend": (HOST, {"poll": SOMEONE, "seconds": 30}),
    "polls.show": (HOST, {"poll": SOMEONE, "live": []}),
    "polls.end": (NOBODY, {"poll": SOMEONE}),
    "polls.enter": (WRITE, {"poll": SOMEONE, "channel": "hands", "lines": [[0, 1]], "voters": 1}),
    "polls.confirm": (WRITE, {"sheet": SOMEONE}),
    "polls.tear_up": (WRITE, {"sheet": SOMEONE}),
    "polls.unseal": (NOBODY, {"poll": SOMEONE, "answers": [], "codes": [], "missing": 0}),
    "polls.lose": (NOBODY, {"poll": SOMEONE}),
    "questions.ask": (MEMBERS, {"text": ONCE}),
    "questions.withdraw": (MEMBERS, {"question": SOMEONE}),
    "questions.support": (MEMBERS, {"question": SOMEONE}),
    "questions.take_back": (MEMBERS, {"question": SOMEONE}),
    "questions.count": (NOBODY, {"question": SOMEONE}),
    "questions.type_in": (WRITE, {"text": ONCE}),
    "questions.count_hands": (WRITE, {"question": SOMEONE, "hands": 12}),
    "questions.set_rules": (HOST, RULES),
    "questions.approve": (HOST, {"question": SOMEONE}),
    "questions.refuse": (HOST, {"question": SOMEONE}),
    "questions.take_up": (HOST, {"question": SOMEONE}),
    "questions.answer": (HOST, {"question": SOMEONE}),
    "questions.put_back": (HOST, {"question": SOMEONE}),
    "questions.archive": (HOST, {"question": SOMEONE}),
    "questions.merge": (HOST, {"question": SOMEONE, "into": SOMEONE}),
    "questions.part": (HOST, {"question": SOMEONE}),
    "chat.post": (MEMBERS, {"text": ONCE}),
    "chat.remove": (MEMBERS, {"id": SOMEONE}),
    "agenda.add": (HOST, {"title": ONCE}),
    "agenda.edit": (HOST, {"item": SOMEONE, "title": ONCE}),
    "agenda.move": (HOST, {"item": SOMEONE, "to": "up"}),
    "agenda.remove": (HOST, {"item": SOMEONE}),
    "agenda.start": (HOST, {"item": SOMEONE}),
    "agenda.finish": (HOST, {"item": SOMEONE}),
    "minutes.lock": (HOST, {}),
    "minutes.unlock": (HOST, {}),
    "minutes.let_write": (HOST, {"who": "everyone"}),
    "minutes.ask_to_write": (MEMBERS, {}),
    "minutes.admit": (HOST, {"person": SOMEONE}),
    "minutes.dismiss": (HOST, {"person": SOMEONE}),
    "minutes.decide": (WRITE, {"words": ONCE}),
    "minutes.act": (WRITE, {"what": ONCE, "who": ONCE}),
    "minutes.finish": (WRITE, {"action": SOMEONE, "done": True}),
    "minutes.speak": (WRITE, {"name": ONCE, "place": "hall"}),
    "minutes.quote": (WRITE, {"message": SOMEONE}),
    "minutes.strike": (WRITE, {"key": SOMEONE}),
    "minutes.place": (NOBODY, {"note": SOMEONE}),
    "minutes.comment": (MEMBERS, {"words": ONCE, **PASSAGE}),
    "minutes.suggest": (MEMBERS, {"proposal": ONCE, **PASSAGE}),
    "minutes.remark": (MEMBERS, {"words": ONCE, **PASSAGE}),
    "minutes.answer": (MEMBERS, {"thread": SOMEONE, "words": ONCE}),
    "minutes.accept": (WRITE, {"thread": SOMEONE}),
    "minutes.refuse": (WRITE, {"thread": SOMEONE}),
    "minutes.resolve": (MEMBERS, {"thread": SOMEONE}),
    "minutes.reopen": (MEMBERS, {"thread": SOMEONE}),
    "minutes.take_back": (MEMBERS, {"thread": SOMEONE}),
    "minutes.name_version": (WRITE, {"name": ONCE, "edit": 1}),
    "minutes.forget_version": (WRITE, {"version": SOMEONE}),
    "minutes.prepare": (WRITE, {}),
    "minutes.invite_remarks": (HOST, {}),
    "minutes.write_on": (HOST, {}),
    "minutes.approve": (WRITE, {}),
    "minutes.withdraw": (WRITE, {}),
    "minutes.freeze": (HOST, {}),
    "minutes.seal": (NOBODY, {"sha256": "0" * 64}),
    "people.sit": (NOBODY, {"person": "x", "name": "X", "role": "facilitator", "place": "hall"}),
    "people.move": (MEMBERS, {"place": "hall"}),
    "people.give": (HOST, {"person": SOMEONE, "role": "facilitator"}),
    "people.remove": (HOST, {"person": SOMEONE}),
    "people.define_axis": (HOST, AXIS),
    "people.redefine_axis": (HOST, {"axis": "commune", **AXIS}),
    "people.remove_axis": (HOST, {"axis": "commune"}),
    "people.declare": (MEMBERS, {"axis": "commune", "value": ""}),
    "people.assign": (HOST, {"person": SOMEONE, "axis": "commune", "value": ""}),
    "people.note_consent": (HOST, {"person": SOMEONE, "given": True}),
}
NO_RIGHT = {"not-allowed", "not-seated"}


def test_every_command_is_in_the_table():
    assert set(MAY) == {name for feature in FEATURES for name in feature.rules}


async def test_nobody_may_what_they_may_not(django_db_setup):
    with doors(1) as (door,):
        async with company([door], talkers=0, writers=0, watchers=0) as there:
            there.host.quiet = True
            wrong = [each for role in ROLES for each in await unexpected(role, there, door)]
            findings = await there.findings()

    record("rights", roles=len(ROLES), commands=len(MAY), ways=2, wrong=len(wrong))
    assert wrong == []
    assert findings == []


async def unexpected(role: str | None, there: Company, door: Door) -> list[str]:
    seat = await there.seat(f"{role}", role) if role else None
    person: Person = await there.joined(Person, f"{role}", role, seat=seat)
    wrong = []
    for name, (may, fields) in MAY.items():
        ref = await person.demand(name, **fresh(fields))
        codes = [person.refused.get(ref, "")]
        where = (door, there.session.slug, seat)
        codes.append(await asyncio.to_thread(asked, *where, name, fresh(fields)))
        wrong += [
            f"{role} {name}: {code or 'done'}"
            for code in codes
            if (code in NO_RIGHT) == (role in may) or code == "malformed"
        ]
    return wrong


def fresh(fields: dict) -> dict:
    """Nobody says the same thing twice: the harness would take it for a command done again."""
    return {name: str(uuid4()) if value is ONCE else value for name, value in fields.items()}


def asked(door: Door, slug: str, seat: str | None, name: str, fields: dict) -> str:
    """The refusal's code, or nothing, of the same over plain HTTP."""
    body = json.dumps({"type": "do", "do": name, "ref": str(uuid4()), "with": fields})
    address = f"{door.url}/rooms/{slug}/ask{f'?seat={seat}' if seat else ''}"
    request = Request(address, body.encode(), {"Origin": door.url})  # noqa: S310 - our own server
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            told = json.load(answer)
    except HTTPError as error:
        told = json.load(error)
    return told.get("code", "")


async def test_rights_taken_away_are_gone_at_once_in_every_process(django_db_setup):
    latest = 0.0
    with redis() as url, doors(2, REDIS_URL=url) as opened:
        async with company(opened[:1], talkers=0, writers=0) as there:
            there.host.quiet = True
            for n in range(TIMES):
                latest = max(latest, await removed(n, there, opened[1]))
                latest = max(latest, await demoted(n, there, opened[1]))
            there.people = [there.host]  # the others have been shown out
            findings = await there.findings()

    record("rights taken away", times=2 * TIMES, latest=round(latest, 3), wrong=len(findings))
    assert findings == []
    assert latest < AT_ONCE


async def removed(n: int, there: Company, door: Door) -> float:
    """Seconds from the removal to the closing of their socket."""
    out = await there.joined(Person, f"Out{n}", "participant", through=[door])
    socket = out.socket
    await there.host.demand("people.remove", person=out.you["id"])
    begun = time.monotonic()
    await socket.wait_closed()
    assert socket.close_code == 4401
    await there.leave(out)
    return time.monotonic() - begun


async def demoted(n: int, there: Company, door: Door) -> float:
    """Seconds from the demotion until they come back with other eyes, which may not."""
    was = await there.joined(Person, f"Was{n}", "facilitator", through=[door])
    await there.host.demand("people.give", person=was.you["id"], role="participant")
    begun = time.monotonic()
    ref = await was.demand("minutes.lock")
    assert was.refused.get(ref) == "not-allowed"
    await was.until(lambda: was.you["role"] == "participant")
    seconds = time.monotonic() - begun
    await there.leave(was)
    return seconds
