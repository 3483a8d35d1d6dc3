"""Erasure: what remains, and that nothing else does."""

from __future__ import annotations

import json
from typing import Literal, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.archive import KINDS
from workshop.erasure import ERASED, OURS, Erasure
from workshop.features.polls.poll import Plan, Poll
from workshop.records import dump, load, put

WRITTEN = {
    *("name", "text", "words", "quoted", "proposal", "what", "who", "by", "settled_by"),
    *("approved", "heading", "title", "question", "options", "why"),
    *("second_name", "answer", "ballots", "plan", "outcome"),
    *("values", "consent", "groups", "waiting"),
}
MESSAGE = {"id": "m", "person": "ana", "name": "Ana Rossi", "text": "J’habite rue Fesch", "seq": 3}


def test_words_go_wherever_they_stand():
    erasure = Erasure(words="rue fesch")
    changes = {"chat.message/m": MESSAGE, "polls.poll/p": {"options": ["Rue Fesch", "Ailleurs"]}}

    assert erasure.of_changes(changes) == {
        "chat.message/m": MESSAGE | {"text": f"J’habite {ERASED}"},
        "polls.poll/p": {"options": [ERASED, "Ailleurs"]},
    }


def test_a_person_goes_with_what_they_said_and_with_their_name():
    erasure = Erasure(person="ana", name="Ana Rossi")
    quoted = {"id": "q", "message": "m", "name": "Ana Rossi", "words": "Merci", "at": 1.0}
    other = quoted | {"name": "Ben"}

    assert erasure.of_record("chat.message/m", MESSAGE) == MESSAGE | {
        "name": ERASED,
        "text": ERASED,
    }
    assert erasure.of_record("minutes.quote/q", quoted) == quoted | {
        "name": ERASED,
        "words": ERASED,
    }
    assert erasure.of_record("minutes.quote/q", other) == other
    assert (
        erasure.of_record("people.seat/ana", {"id": "ana", "name": "Ana Rossi"})["name"] == ERASED
    )


def test_of_a_person_who_is_taken_out_nobody_knows_any_more_where_they_belonged():
    seat = {"id": "ana", "groups": ["age:15-25"], "waiting": ["age:<15"], "consent": True}
    left = Erasure(person="ana", name="Ana").of_record("people.seat/ana", seat)

    assert left == {"id": "ana", "groups": [], "waiting": [], "consent": False}
    assert Erasure(person="ben", name="Ben").of_record("people.seat/ana", seat) == seat


def test_a_word_goes_out_of_a_group_and_everyone_stays_in_it():
    erasure = Erasure(words="commune")
    axis = {"id": "commune", "values": ["Commune de Corte", "Zonza"]}
    group = "commune:Commune de Corte"
    value = f"{ERASED} de Corte"

    assert erasure.of_record("people.axis/commune", axis)["values"] == [value, "Zonza"]
    for record in ({"groups": [group]}, {"waiting": [group]}):
        assert [*erasure.of_record("a/b", record).values()] == [[f"commune:{value}"]]
    plan = erasure.of_record("polls.poll/p", {"plan": {"groups": [group]}})["plan"]
    assert plan == {"groups": [f"commune:{value}"]}


@pytest.mark.parametrize(
    "text", ["Zoé Rossi parle", "Zoe\u0301 Rossi parle", "Zoé\u00a0Rossi parle", "ZOÉ\nrossi parle"]
)
def test_words_go_however_they_are_spelt(text):
    for words in ("Zoé Rossi", "Zoe\u0301  Rossi"):
        assert Erasure(words=words).replace(text) == f"{ERASED} parle"


def test_a_short_name_takes_no_other_words_with_it():
    """Whoever came in as "e", and asks to be forgotten, would take everything out."""
    erasure = Erasure(person="e", name="e")

    assert (
        erasure.replace("Merci, e : le budget est voté.")
        == f"Merci, {ERASED} : le budget est voté."
    )


def test_what_was_dropped_stays_dropped_and_numbers_stay():
    record = {"id": "r", "votes": [1, 2], "split": [[1, 0]], "open": True, "note": None}

    assert Erasure(words="1").of_changes({"a/r": record, "a/s": None}) == {
        "a/r": record,
        "a/s": None,
    }


def test_nothing_is_erased_by_nothing():
    assert Erasure(words="  ").of_record("chat.message/m", MESSAGE) == MESSAGE


values = st.recursive(
    st.text() | st.integers() | st.none(), lambda inside: st.lists(inside, max_size=3)
)


@given(st.text(min_size=1).filter(str.strip), st.dictionaries(st.text(max_size=4), values))
def test_no_trace_of_the_words_is_left(words, record):
    if words.strip() in ERASED:
        return
    left = Erasure(words=words).of_record("a/r", record)

    def texts(value):
        if isinstance(value, str):
            yield value
        for each in value if isinstance(value, list) else []:
            yield from texts(each)

    for value in left.values():
        for text in texts(value):
            assert words.strip() not in text.replace(ERASED, "\0")
    assert json.dumps(left).count("null") == json.dumps(record).count("null") or "null" in words


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.kind)
def test_what_the_room_itself_reads_stays_readable(kind):
    """A word may well be one of ours, "open" or "all": the room could never be opened again."""
    for field, hint in get_type_hints(kind).items():
        for value in get_args(hint) if get_origin(hint) is Literal else ():
            assert Erasure(words=value).of_record("a/r", {field: value}) == {field: value}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.kind)
def test_of_every_field_it_is_said_whether_people_wrote_it(kind):
    hints = get_type_hints(kind)
    texts = {name for name in hints if hints[name] in (str, list[str])}

    assert texts <= WRITTEN | OURS
    assert not WRITTEN & OURS


def test_what_refers_to_something_still_does():
    thread = {"id": "ab12", "person": "ab13", "seen_by": "all", "begin": "abc=", "sha256": "ab"}

    for word in ("ab", "all"):
        assert Erasure(words=word).of_record("minutes.thread/ab12", thread) == thread


def test_a_plan_from_which_a_short_word_is_taken_is_still_a_plan():
    """The sign is longer than the word; the room could not be opened any more."""
    low = " ".join(["Li"] * 13)
    scale = msgspec.convert({"question": low, "form": {"kind": "scale", "low": low}}, Plan)
    poll = Poll(id="p", seq=1, plan=scale)

    (left,) = load(Erasure(words="Li").of_changes(dump(put(poll))), KINDS).values()
    assert "Li" not in str(left)
