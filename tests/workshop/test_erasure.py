"""Erasure: what remains, and that nothing else does."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from workshop.erasure import ERASED, Erasure

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
    quoted = {"id": "q", "name": "Ana Rossi", "words": "Merci", "at": 1.0}

    assert erasure.of_record("chat.message/m", MESSAGE) == MESSAGE | {
        "name": ERASED,
        "text": ERASED,
    }
    assert erasure.of_record("minutes.quote/q", quoted) == quoted | {"name": ERASED}
    assert (
        erasure.of_record("people.seat/ana", {"id": "ana", "name": "Ana Rossi"})["name"] == ERASED
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
