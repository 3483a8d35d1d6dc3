"""Questions: who may ask, what is told to whom, what becomes of a question, and who supports it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given as always
from hypothesis import settings
from hypothesis import strategies as st

from tests.features.given import ANA, BEN, CHI, FACILITATOR, NINA, Given
from workshop.feature import Refused
from workshop.features.questions.records import Asker, Question, Sum, Support, Supporters
from workshop.features.questions.rules import questions
from workshop.people import SYSTEM, Person
from workshop.records import dump

RULES = {"open": True, "held": False, "anonymous": True, "against": False}
EVERYONE = {"asked_from": "everyone"}


@pytest.fixture
def given() -> Given:
    return Given(questions)


def rules(**fields):
    return RULES | EVERYONE | fields


def question(given: Given, id: str = "c1") -> Question:
    found = given.records.find(Question, id)
    assert found
    return found


def count(given: Given, id: str = "c1") -> tuple[int, int, int, int]:
    now = given.records.find(Sum, id)
    return (now.hall, now.remote, now.hall_against, now.remote_against) if now else (0, 0, 0, 0)


# Asking ------------------------------------------------------------------------------------


def test_a_question_says_who_asks_from_where_and_when(given):
    given.done(ANA, "ask", text=" When? ")

    assert given.records.all(Question) == [
        Question(id="c1", text="When?", name="Ana", place="hall", at=1.0, seq=1, state="open")
    ]


def test_who_asks_without_a_name_is_known_to_themselves_alone(given):
    changes = given.when(ANA, "ask", text="When?", anonymous=True)
    told = dump({key: each for key, each in changes.items() if each and each.audience != ANA.id})

    assert "questions.question/c1" in told
    assert ANA.id not in str(told)
    assert ANA.name not in str(told)
    assert "hall" not in str(told)
    asker = changes["questions.asker/c1"]
    assert isinstance(asker, Asker)
    assert (asker.audience, asker.person, asker.text) == (ANA.id, ANA.id, "When?")


def test_what_is_held_is_for_facilitators_until_it_is_approved(given):
    given.done(FACILITATOR, "set_rules", **rules(held=True)).done(ANA, "ask", text="When?")
    assert (question(given, "c2").state, question(given, "c2").audience) == ("held", "facilitators")

    given.done(FACILITATOR, "approve", question="c2")

    assert (question(given, "c2").state, question(given, "c2").audience) == ("open", "all")


def test_what_is_refused_is_for_facilitators_and_why_for_who_asked(given):
    given.done(ANA, "ask", text="When?", anonymous=True)
    given.done(FACILITATOR, "refuse", question="c1", why=" Not today ")

    assert question(given).audience == "facilitators"
    asker = given.records.find(Asker, "c1")
    assert (asker.refused, asker.why) == (True, "Not today")

    given.done(FACILITATOR, "approve", question="c1")
    assert given.records.find(Asker, "c1") == Asker(id="c1", person=ANA.id, text="When?", at=1.0)


@pytest.mark.parametrize(
    ("changed", "by", "fields", "code"),
    [
        ({"open": False}, ANA, {}, "questions-closed"),
        ({"asked_from": "remote"}, ANA, {}, "not-from-there"),
        ({"asked_from": "hall"}, CHI, {}, "not-from-there"),
        ({"anonymous": False}, ANA, {"anonymous": True}, "not-anonymous"),
    ],
)
def test_the_rules_say_who_may_ask_and_how(given, changed, by, fields, code):
    given.done(FACILITATOR, "set_rules", **rules(**changed))

    with pytest.raises(Refused, match=code):
        given.when(by, "ask", text="When?", **fields)


def test_the_same_rules_again_are_nothing_new(given):
    with pytest.raises(Refused, match="nothing-new"):
        given.when(FACILITATOR, "set_rules", **rules())


def test_nobody_fills_the_list_alone(given):
    for _ in range(10):
        given.done(ANA, "ask", text="Again?")
    with pytest.raises(Refused, match="too-many-of-yours"):
        given.when(ANA, "ask", text="Again?")

    given.done(FACILITATOR, "answer", question="c1").done(ANA, "ask", text="And now?")
    given.done(BEN, "ask", text="And I?")


@pytest.mark.parametrize(
    "fields",
    [{}, {"text": " \n"}, {"text": "a\x00"}, {"text": "x" * 501}, {"text": "x", "anonymous": 1},
     {"text": "x", "name": "y"}],
)  # fmt: skip
def test_what_is_no_question_is_malformed(given, fields):
    with pytest.raises(Refused, match="malformed"):
        given.when(ANA, "ask", **fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [("type_in", {"text": "x", "name": "\x00"}), ("refuse", {"question": "c1", "why": "a\x00"}),
     ("count_hands", {"question": "c1", "hands": -1})],
)  # fmt: skip
def test_what_no_log_can_store_is_malformed(given, name, fields):
    with pytest.raises(Refused, match="malformed"):
        given.when(FACILITATOR, name, **fields)


# Withdrawing -------------------------------------------------------------------------------


def test_what_is_withdrawn_leaves_nothing(given):
    given.done(ANA, "ask", text="When?").done(BEN, "support", question="c1")
    given.done(SYSTEM, "count", question="c1").done(ANA, "withdraw", question="c1")

    left = [key for key, _ in given.records]
    assert left == [f"questions.support/c1:{BEN.id}"]  # theirs alone, and about nothing any more


def test_nobody_withdraws_anothers_question_not_even_a_facilitator(given):
    given.done(ANA, "ask", text="When?", anonymous=True)

    for other in (BEN, FACILITATOR):
        with pytest.raises(Refused, match="not-allowed"):
            given.when(other, "withdraw", question="c1")


@pytest.mark.parametrize("then", ["take_up", "answer", "archive"])
def test_what_is_being_dealt_with_is_not_withdrawn(given, then):
    given.done(ANA, "ask", text="When?").done(FACILITATOR, then, question="c1")

    with pytest.raises(Refused, match="not-at-this-state"):
        given.when(ANA, "withdraw", question="c1")


def test_what_was_merged_into_a_withdrawn_question_stands_by_itself_again(given):
    given.done(ANA, "ask", text="When?").done(BEN, "ask", text="When then?")
    given.done(CHI, "support", question="c1").done(BEN, "support", question="c2")
    given.done(FACILITATOR, "merge", question="c2", into="c1").done(ANA, "withdraw", question="c1")

    assert question(given, "c2").state == "open"
    assert count(given, "c2") == (1, 0, 0, 0)
    assert given.records.find(Supporters, "c2").hall == 1


# In the hall -------------------------------------------------------------------------------


def test_a_question_is_typed_in_for_somebody_in_the_hall(given):
    given.done(FACILITATOR, "set_rules", **rules(held=True, open=False))
    given.done(NINA, "type_in", text="Louder?", name=" At the back ")

    assert given.records.all(Question) == [
        Question(
            id="c2", text="Louder?", name="At the back", place="hall", at=2.0, seq=2,
            state="open", typed=True,
        )
    ]  # fmt: skip
    with pytest.raises(Refused, match="not-allowed"):
        given.when(ANA, "type_in", text="Me too?")


def test_hands_are_counted_and_counted_again(given):
    given.done(ANA, "ask", text="When?").done(NINA, "count_hands", question="c1", hands=12)
    assert question(given).hands == 12

    given.done(NINA, "count_hands", question="c1", hands=9)
    assert question(given).hands == 9
    with pytest.raises(Refused, match="nothing-new"):
        given.when(NINA, "count_hands", question="c1", hands=9)
    with pytest.raises(Refused, match="not-allowed"):
        given.when(ANA, "count_hands", question="c1", hands=900)


# Answering ---------------------------------------------------------------------------------


def test_a_question_is_taken_up_answered_and_archived(given):
    given.done(ANA, "ask", text="When?").done(FACILITATOR, "take_up", question="c1")
    assert (question(given).state, question(given).answering_at) == ("answering", 2.0)

    given.done(FACILITATOR, "answer", question="c1")
    now = question(given)
    assert (now.state, now.answering_at, now.answered_at) == ("answered", 2.0, 3.0)

    given.done(FACILITATOR, "archive", question="c1")
    assert (question(given).state, question(given).answered_at) == ("archived", 3.0)


def test_a_question_may_be_answered_without_having_been_taken_up(given):
    given.done(ANA, "ask", text="When?").done(FACILITATOR, "answer", question="c1")

    assert (question(given).answering_at, question(given).answered_at) == (2.0, 2.0)


def test_a_question_that_is_put_back_waits_as_before(given):
    given.done(ANA, "ask", text="When?")
    asked = question(given)
    for name in ("take_up", "answer", "archive"):
        given.done(FACILITATOR, name, question="c1").done(FACILITATOR, "put_back", question="c1")
        assert question(given) == asked


def test_one_question_is_answered_at_a_time(given):
    given.done(ANA, "ask", text="When?").done(BEN, "ask", text="Where?")
    given.done(FACILITATOR, "take_up", question="c1")

    with pytest.raises(Refused, match="another-is-taken-up"):
        given.when(FACILITATOR, "take_up", question="c2")


STATES = {
    "held": ("approve", "refuse", "merge"),
    "open": ("refuse", "take_up", "answer", "archive", "merge", "count_hands", "support"),
    "answering": ("answer", "put_back", "count_hands", "support"),
    "answered": ("put_back", "archive"),
    "archived": ("put_back",),
    "refused": ("approve",),
    "merged": ("part", "support"),
}
MOVES = {
    "approve": {}, "refuse": {}, "take_up": {}, "answer": {}, "put_back": {}, "archive": {},
    "merge": {"into": "other"}, "part": {}, "count_hands": {"hands": 3}, "support": {},
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_each_state_allows_its_own_moves_and_no_others(given, state):
    parts = {"text": "?", "name": "", "place": None, "at": 1.0}
    given.records = given.records.fold(
        {
            "questions.question/c1": Question(id="c1", seq=1, state=state, into="other", **parts),
            "questions.question/other": Question(id="other", seq=2, state="open", **parts),
        }
    )

    def outcome(move: str) -> str:
        try:
            given.when(FACILITATOR, move, question="c1", **MOVES[move])
        except Refused as why:
            return why.code
        return ""

    for move in MOVES:
        assert outcome(move) == ("" if move in STATES[state] else "not-at-this-state"), move


@pytest.mark.parametrize("name", [*MOVES, "withdraw", "take_back"])
def test_what_is_not_there_is_unknown(given, name):
    with pytest.raises(Refused, match="unknown-question"):
        given.when(FACILITATOR, name, question="nowhere", **MOVES.get(name, {}))


# Support -----------------------------------------------------------------------------------


def test_a_person_supports_once_however_often_they_press(given):
    given.done(ANA, "ask", text="When?")
    for by in (ANA, ANA, CHI):
        given.done(by, "support", question="c1")

    assert count(given) == (1, 1, 0, 0)
    assert {each.audience for each in given.records.all(Support)} == {ANA.id, CHI.id}


def test_who_has_moved_since_counts_where_they_are(given):
    given.done(ANA, "ask", text="When?").done(ANA, "support", question="c1")
    given.done(Person("ana", "Ana", place="remote"), "support", question="c1")

    assert count(given) == (0, 1, 0, 0)


def test_support_is_taken_back_once(given):
    given.done(ANA, "ask", text="When?").done(CHI, "support", question="c1")
    given.done(CHI, "take_back", question="c1")

    assert count(given) == (0, 0, 0, 0)
    assert given.records.all(Support) == []
    with pytest.raises(Refused, match="nothing-new"):
        given.when(CHI, "take_back", question="c1")


def test_one_speaks_against_only_where_the_rules_allow_it(given):
    given.done(ANA, "ask", text="When?").done(CHI, "support", question="c1")
    with pytest.raises(Refused, match="not-against"):
        given.when(CHI, "support", question="c1", against=True)

    given.done(FACILITATOR, "set_rules", **rules(against=True))
    given.done(CHI, "support", question="c1", against=True)

    assert count(given) == (0, 0, 0, 1)


def test_what_is_answered_is_neither_supported_nor_let_down(given):
    given.done(ANA, "ask", text="When?").done(CHI, "support", question="c1")
    given.done(FACILITATOR, "answer", question="c1")

    for name in ("support", "take_back"):
        with pytest.raises(Refused, match="not-at-this-state"):
            given.when(CHI, name, question="c1")


def test_the_count_is_told_by_and_by(given):
    given.done(ANA, "ask", text="When?").done(CHI, "support", question="c1")
    (first,) = questions.fallen_due(given.records, 10.0)
    given.done(SYSTEM, "count", question="c1")
    assert given.records.find(Supporters, "c1") == Supporters(
        id="c1", hall=0, remote=1, hall_against=0, remote_against=0, at=3.0, upto=2
    )
    assert questions.fallen_due(given.records, 10.0) == []

    given.done(BEN, "support", question="c1")
    assert questions.fallen_due(given.records, 3.4) == []
    (second,) = questions.fallen_due(given.records, 3.5)
    assert first.ref != second.ref


# Merging -----------------------------------------------------------------------------------


def test_who_supports_both_counts_once_and_parting_brings_back_what_was(given):
    given.done(ANA, "ask", text="When?").done(BEN, "ask", text="When then?")
    for by, about in ((ANA, "c1"), (CHI, "c1"), (CHI, "c2"), (BEN, "c2")):
        given.done(by, "support", question=about)
    given.done(FACILITATOR, "merge", question="c2", into="c1")

    assert count(given) == (2, 1, 0, 0)
    assert (question(given, "c2").state, question(given, "c2").into) == ("merged", "c1")

    given.done(FACILITATOR, "part", question="c2")
    assert (count(given), count(given, "c2")) == ((1, 1, 0, 0), (1, 1, 0, 0))
    assert question(given, "c2").state == "open"


def test_who_says_otherwise_of_two_that_are_merged_is_taken_at_the_last_word(given):
    given.done(FACILITATOR, "set_rules", **rules(against=True))
    given.done(ANA, "ask", text="When?").done(BEN, "ask", text="When then?")
    given.done(CHI, "support", question="c2").done(CHI, "support", question="c3", against=True)
    given.done(FACILITATOR, "merge", question="c3", into="c2")

    assert count(given, "c2") == (0, 0, 0, 1)


def test_what_nobody_has_seen_stays_unseen_when_it_is_merged(given):
    given.done(ANA, "ask", text="When?").done(FACILITATOR, "set_rules", **rules(held=True))
    given.done(BEN, "ask", text="When, you fool?", anonymous=True)
    given.done(FACILITATOR, "merge", question="c3", into="c1")

    assert question(given, "c3").audience == "facilitators"
    assert given.records.find(Asker, "c3").into == "c1"
    given.done(FACILITATOR, "part", question="c3")
    assert (question(given, "c3").state, given.records.find(Asker, "c3").into) == ("held", "")
    assert given.records.find(Supporters, "c3") is None


def test_a_question_is_not_merged_into_itself(given):
    given.done(ANA, "ask", text="When?")

    with pytest.raises(Refused, match="the-same-question"):
        given.when(FACILITATOR, "merge", question="c1", into="c1")


def test_a_question_others_are_merged_into_is_not_refused(given):
    given.done(ANA, "ask", text="When?").done(BEN, "ask", text="When then?")
    given.done(FACILITATOR, "merge", question="c2", into="c1")

    with pytest.raises(Refused, match="others-are-merged"):
        given.when(FACILITATOR, "refuse", question="c1")


def test_five_hundred_questions_merged_into_one_another_are_counted(given):
    """The rule called itself for each of them, and failed, with whatever was asked at once."""
    given.done(ANA, "ask", text="?").done(ANA, "ask", text="?").done(BEN, "support", question="c1")
    chain = {key: each for n in range(498) for key, each in asked(f"q{n}").items()}
    for n in range(498):
        key, into = f"questions.question/q{n}", f"q{n + 1}" if n < 497 else "c1"
        chain[key] = replace(chain[key], state="merged", into=into)
    given.records = given.records.fold(chain)
    given.done(FACILITATOR, "merge", question="c1", into="c2")

    assert count(given, "c2") == (1, 0, 0, 0)
    assert len(given.records.find(Sum, "c2").group) == 500


PEOPLE = [Person("p0", "P0", place="hall"), Person("p1", "P1", place="remote")]
about = st.sampled_from(["q0", "q1", "q2"])
speak = st.tuples(st.just("support"), st.sampled_from(PEOPLE), about, st.booleans())
merge = st.tuples(st.just("merge"), st.just(FACILITATOR), about, about)
STEPS = st.one_of(
    *(speak, speak, speak, merge, merge),
    st.tuples(st.just("part"), st.just(FACILITATOR), about),
    st.tuples(st.just("take_back"), st.sampled_from(PEOPLE), about),
)
withdrawal = st.tuples(st.just("withdraw"), st.just(PEOPLE[0]), about)


@settings(max_examples=150)
@always(st.lists(STEPS, min_size=6, max_size=30), withdrawal, st.lists(STEPS, max_size=6))
def test_in_whatever_order_each_count_is_the_set_of_those_who_speak(steps, withdrawn, after):
    room = Given(questions).done(FACILITATOR, "set_rules", **rules(against=True))
    for n in range(3):
        room.records = room.records.fold(asked(f"q{n}"))
    for name, by, id, *more in [*steps, withdrawn, *after]:
        fields = dict(zip({"support": ["against"], "merge": ["into"]}.get(name, []), more))  # noqa: B905
        try:
            room.done(by, name, question=id, **fields)
        except Refused:
            continue
        for each in room.records.all(Question):
            if each.state == "open":
                assert count(room, each.id) == spoken(room, each.id), (name, by.id, id, more)


def asked(id: str) -> dict:
    parts = {"text": "?", "name": "", "place": None, "at": 1.0, "seq": 1, "state": "open"}
    return {
        f"questions.question/{id}": Question(id=id, **parts),
        f"questions.asker/{id}": Asker(id=id, person=PEOPLE[0].id, text="?", at=1.0),
    }


def spoken(room: Given, id: str) -> tuple[int, int, int, int]:
    """The same, from nothing but the words and where each question was merged."""
    last: dict[str, Support] = {}
    for word in sorted(room.records.all(Support), key=lambda each: each.seq):
        if head(room, word.about) == id:
            last[word.person] = word
    sides = Counter((word.place, word.against) for word in last.values())
    return tuple(sides[place, side] for side in (False, True) for place in ("hall", "remote"))


def head(room: Given, id: str) -> str:
    found = room.records.find(Question, id)
    return head(room, found.into) if found and found.into else id
