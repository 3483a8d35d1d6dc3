from __future__ import annotations

import pytest

from tests.features.given import ANA, BEN, FACILITATOR, Given
from workshop.feature import Refused
from workshop.features.chat.rules import Message, chat


@pytest.fixture
def given() -> Given:
    return Given(chat)


def test_a_message_says_who_wrote_it_from_where_and_when(given):
    given.done(ANA, "post", text=" Hello ")

    assert given.records.all(Message) == [
        Message(
            id="c1", person="ana", name="Ana", role="participant", place="hall",
            text="Hello", at=1.0, seq=1,
        )
    ]  # fmt: skip


def test_a_message_taken_back_leaves_a_trace_and_no_word(given):
    given.done(ANA, "post", text="Oops").done(ANA, "remove", id="c1")

    (message,) = given.records.all(Message)
    assert (message.text, message.removed, message.name) == ("", True, "Ana")


def test_a_facilitator_may_remove_anyones(given):
    given.done(ANA, "post", text="Rude").done(FACILITATOR, "remove", id="c1")

    assert given.records.all(Message)[0].removed


def test_nobody_removes_anothers_message(given):
    given.done(ANA, "post", text="Mine")

    with pytest.raises(Refused, match="not-allowed"):
        given.when(BEN, "remove", id="c1")


def test_a_removed_message_cannot_be_removed_again(given):
    given.done(ANA, "post", text="Oops").done(ANA, "remove", id="c1")

    with pytest.raises(Refused, match="unknown-message"):
        given.when(ANA, "remove", id="c1")


@pytest.mark.parametrize(
    "fields",
    [{}, {"text": ""}, {"text": " \n\t"}, {"text": "a\x00"}, {"text": "x" * 2001}, {"text": 1},
     {"text": ["a"]}, {"text": None}, {"text": "x", "id": "y"}],
)  # fmt: skip
def test_what_is_no_message_is_malformed(given, fields):
    with pytest.raises(Refused, match="malformed"):
        given.when(ANA, "post", **fields)


def test_the_longest_message_is_two_thousand_signs(given):
    given.done(ANA, "post", text="é" * 2000)

    assert len(given.records.all(Message)[0].text) == 2000
