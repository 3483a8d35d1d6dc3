"""What stands around the minutes: who writes, facts, threads, their life, versions."""

from __future__ import annotations

import pytest

from tests.features.given import ANA, BEN, CHI, FACILITATOR, NINA, Given
from workshop.feature import Refused
from workshop.features.chat.rules import Message
from workshop.features.minutes.facts import Action, Decision, Note, Quote, Turn, due_notes
from workshop.features.minutes.life import life_of
from workshop.features.minutes.rules import may_write, minutes
from workshop.features.minutes.threads import ANSWERS, BY_ONE, Answer, Thread
from workshop.features.minutes.versions import Version
from workshop.people import SYSTEM
from workshop.records import put

PASSAGE = {"begin": "AQID", "end": "BAUG", "quoted": "une permanence"}


@pytest.fixture
def given() -> Given:
    return Given(minutes)


def refused(given: Given, code: str, by, name: str, /, **fields) -> None:
    with pytest.raises(Refused, match=f"^{code}$"):
        given.when(by, name, **fields)


# Who writes -------------------------------------------------------------------------------------


def test_who_asks_writes_once_admitted_and_until_dismissed(given):
    given.done(ANA, "ask_to_write")
    assert not may_write(given.records, ANA)
    refused(given, "nothing-new", ANA, "ask_to_write")
    refused(given, "not-allowed", NINA, "admit", person="ana")

    given.done(FACILITATOR, "admit", person="ana")
    assert may_write(given.records, ANA)
    assert not may_write(given.records, BEN)

    given.done(FACILITATOR, "dismiss", person="ana")
    assert not may_write(given.records, ANA)


def test_a_session_says_who_writes(given):
    given.done(FACILITATOR, "let_write", who="everyone")
    assert may_write(given.records, BEN)

    given.done(FACILITATOR, "let_write", who="staff").done(NINA, "prepare")
    refused(given, "not-allowed", BEN, "ask_to_write")
    assert not may_write(given.records, BEN)
    assert may_write(given.records, NINA)


def test_who_was_admitted_does_not_write_where_only_the_staff_does(given):
    given.done(ANA, "ask_to_write").done(FACILITATOR, "admit", person="ana")
    given.done(FACILITATOR, "let_write", who="staff")

    assert not may_write(given.records, ANA)


def test_locked_minutes_remember_who_writes(given):
    given.done(FACILITATOR, "let_write", who="everyone").done(FACILITATOR, "lock")
    assert not may_write(given.records, BEN)

    given.done(FACILITATOR, "unlock")
    assert may_write(given.records, BEN)


# Facts ------------------------------------------------------------------------------------------


def test_a_decision_asks_for_a_place_in_the_text_once(given):
    given.done(NINA, "decide", words="Ouvrir le samedi", in_favour=12, against=1)
    (decision,) = given.records.all(Decision)
    (note,) = due_notes(given.records)
    assert (decision.words, decision.in_favour) == ("Ouvrir le samedi", 12)
    assert note.about == decision.key

    given.done(SYSTEM, "place", note=note.id)
    assert due_notes(given.records) == []
    refused(given, "nothing-new", SYSTEM, "place", note=note.id)


def test_what_its_author_puts_in_the_text_asks_for_no_place(given):
    given.done(NINA, "act", what="Réserver la salle", who="Omar", by="2026-12-31", here=True)

    assert given.records.all(Action)
    assert given.records.all(Note) == []


def test_notes_wait_in_the_order_in_which_things_happened(given):
    given.done(NINA, "speak", name="M. Rossi", place="hall").done(NINA, "decide", words="Oui")
    kinds = [note.about.partition("/")[0] for note in due_notes(given.records)]

    assert kinds == ["minutes.turn", "minutes.decision"]
    assert given.records.all(Turn)[0].place == "hall"


def test_a_message_is_quoted_as_it_was(given):
    said = Message(
        id="m1", person="ana", name="Ana", role="participant", place="hall", text="Et le bus ?",
        at=3.0, seq=3,
    )  # fmt: skip
    given.records = given.records.fold(put(said))
    given.done(NINA, "quote", message="m1")
    (quoted,) = given.records.all(Quote)

    assert (quoted.name, quoted.words, quoted.said_at) == ("Ana", "Et le bus ?", 3.0)
    refused(given, "unknown-message", NINA, "quote", message="m2")


def test_an_action_is_done_and_not(given):
    given.done(NINA, "act", what="Écrire", who="Nina")
    (action,) = given.records.all(Action)
    given.done(NINA, "finish", action=action.id, done=True)

    assert given.records.all(Action)[0].done
    refused(given, "nothing-new", NINA, "finish", action=action.id, done=True)


def test_a_fact_is_struck_with_its_note_and_nothing_else_is(given):
    given.done(NINA, "decide", words="Oui").done(FACILITATOR, "lock")
    (decision,) = given.records.all(Decision)
    given.done(NINA, "strike", key=decision.key)

    assert not given.records.all(Decision)
    assert not given.records.all(Note)
    refused(given, "unknown-record", NINA, "strike", key="minutes.lock/lock")


@pytest.mark.parametrize("name", ["decide", "act", "speak", "quote", "strike", "prepare"])
def test_participants_note_nothing(given, name):
    refused(given, "not-allowed", ANA, name)


# Threads ----------------------------------------------------------------------------------------


def test_a_suggestion_is_taken_or_not_by_those_who_write(given):
    given.done(ANA, "suggest", **PASSAGE, proposal="deux permanences")
    (thread,) = given.records.all(Thread)
    refused(given, "not-allowed", BEN, "accept", thread=thread.id)
    given.done(NINA, "accept", thread=thread.id)
    (thread,) = given.records.all(Thread)

    assert (thread.status, thread.settled_by) == ("accepted", "Nina")
    refused(given, "nothing-new", NINA, "refuse", thread=thread.id)
    given.done(NINA, "reopen", thread=thread.id)
    assert given.records.all(Thread)[0].status == "open"


def test_a_comment_is_resolved_by_its_author_and_nobody_else_but_those_who_write(given):
    given.done(ANA, "comment", **PASSAGE, words="Où ?").done(CHI, "answer", thread="c1", words="Là")
    refused(given, "not-allowed", BEN, "resolve", thread="c1")
    refused(given, "nothing-new", NINA, "accept", thread="c1")
    given.done(ANA, "resolve", thread="c1")

    assert given.records.all(Thread)[0].status == "resolved"


def test_one_takes_back_what_nobody_answered(given):
    given.done(ANA, "comment", **PASSAGE, words="Où ?")
    refused(given, "not-allowed", NINA, "take_back", thread="c1")
    refused(given, "unknown-thread", NINA, "resolve", thread="nowhere")
    given.done(ANA, "answer", thread="c1", words="Pardon")
    refused(given, "answered", ANA, "take_back", thread="c1")


def test_remarks_come_while_the_text_is_open_to_them(given):
    refused(given, "wrong-phase", ANA, "remark", **PASSAGE, words="Je n’ai pas dit cela")
    given.done(NINA, "prepare").done(FACILITATOR, "invite_remarks")
    given.done(ANA, "remark", **PASSAGE, words="Je n’ai pas dit cela")

    assert given.records.all(Thread)[0].about == "remark"


def test_a_private_remark_is_for_facilitators_and_its_author(given):
    given.done(NINA, "prepare").done(FACILITATOR, "invite_remarks")
    given.done(ANA, "remark", **PASSAGE, words="Mon nom est faux", private=True)
    seen = {thread.audience: thread for thread in given.records.all(Thread)}
    assert set(seen) == {"facilitators", "ana"}
    refused(given, "unknown-thread", BEN, "answer", thread=seen["ana"].id, words="Ah ?")
    refused(given, "unknown-thread", NINA, "answer", thread=seen["ana"].id, words="Ah ?")

    given.done(FACILITATOR, "answer", thread=seen["facilitators"].id, words="Corrigé, merci")

    answers = {each.audience: each.thread for each in given.records.all(Answer)}
    assert answers == {audience: thread.id for audience, thread in seen.items()}
    assert {each.status for each in given.records.all(Thread)} == {"answered"}


# Life -------------------------------------------------------------------------------------------


def test_minutes_live_until_they_are_final(given):
    given.done(NINA, "prepare")
    refused(given, "not-approved", FACILITATOR, "freeze")
    given.done(FACILITATOR, "invite_remarks")
    given.done(ANA, "remark", **PASSAGE, words="Non")
    given.done(NINA, "approve").done(FACILITATOR, "approve")
    refused(given, "remarks-unanswered", FACILITATOR, "freeze")
    (thread,) = given.records.all(Thread)
    given.done(NINA, "answer", thread=thread.id, words="Corrigé").done(FACILITATOR, "freeze")

    assert life_of(given.records).phase == "final"
    assert life_of(given.records).approved == ["Nina", "Hélène"]
    assert not any(may_write(given.records, who) for who in (NINA, FACILITATOR))
    refused(given, "wrong-phase", FACILITATOR, "write_on")


def test_what_is_written_on_is_to_be_approved_again(given):
    given.done(NINA, "prepare").done(NINA, "approve").done(FACILITATOR, "write_on")

    assert life_of(given.records).approved == []
    refused(given, "not-prepared", NINA, "approve")


def test_what_is_final_is_sealed_once(given):
    refused(given, "nothing-new", SYSTEM, "seal", sha256="0" * 64)
    given.done(NINA, "prepare").done(NINA, "approve").done(FACILITATOR, "freeze")
    given.done(SYSTEM, "seal", sha256="0" * 64)

    refused(given, "nothing-new", SYSTEM, "seal", sha256="1" * 64)
    refused(given, "malformed", SYSTEM, "seal", sha256="no hash")


def test_what_was_approved_is_not_changed_until_every_approval_is_taken_back(given):
    given.done(ANA, "suggest", **PASSAGE, proposal="deux").done(NINA, "prepare")
    given.done(NINA, "approve").done(FACILITATOR, "approve")
    assert not any(may_write(given.records, who) for who in (NINA, FACILITATOR))
    refused(given, "text-closed", NINA, "accept", thread="c1")

    given.done(NINA, "withdraw")
    assert not may_write(given.records, NINA)
    refused(given, "nothing-new", NINA, "withdraw")
    given.done(FACILITATOR, "withdraw").done(NINA, "accept", thread="c1")
    assert may_write(given.records, NINA)


def test_what_live_blocks_say_is_approved_with_the_text(given):
    """Nobody wrote in an approved text, and what was decided was gone from it."""
    given.done(NINA, "decide", words="Oui", here=True).done(
        NINA, "act", what="Go", who="Ana", here=True
    )
    given.done(NINA, "prepare").done(NINA, "approve")
    refused(given, "text-closed", NINA, "strike", key="minutes.decision/c1")
    refused(given, "text-closed", NINA, "finish", action="c2", done=True)
    given.done(FACILITATOR, "freeze")
    refused(given, "text-closed", NINA, "finish", action="c2", done=True)
    given.done(SYSTEM, "seal", sha256="0" * 64).done(NINA, "finish", action="c2", done=True)

    refused(given, "final", NINA, "strike", key="minutes.decision/c1")
    assert given.records.find(Action, "c2").done


def test_nobody_approves_a_text_into_which_something_is_yet_to_be_put(given):
    given.done(NINA, "decide", words="Oui").done(NINA, "prepare")
    refused(given, "notes-waiting", NINA, "approve")
    (note,) = due_notes(given.records)
    given.done(SYSTEM, "place", note=note.id).done(NINA, "approve")
    given.done(NINA, "decide", words="Non")

    refused(given, "notes-waiting", FACILITATOR, "freeze")


def test_nothing_more_is_said_about_a_final_text(given):
    given.done(ANA, "comment", **PASSAGE, words="Où ?").done(ANA, "comment", **PASSAGE, words="Là")
    given.done(NINA, "resolve", thread="c2").done(NINA, "act", what="a", who="b", here=True)
    (action,) = given.records.all(Action)
    given.done(NINA, "prepare").done(NINA, "approve").done(FACILITATOR, "freeze")

    refused(given, "final", ANA, "comment", **PASSAGE, words="Où ?")
    refused(given, "final", ANA, "suggest", **PASSAGE, proposal="deux")
    refused(given, "final", NINA, "answer", thread="c1", words="Là")
    refused(given, "final", NINA, "resolve", thread="c1")
    refused(given, "final", NINA, "reopen", thread="c2")
    refused(given, "final", NINA, "decide", words="Non")
    refused(given, "final", NINA, "strike", key=action.key)
    refused(given, "final", NINA, "withdraw")
    given.done(SYSTEM, "seal", sha256="0" * 64)
    given.done(NINA, "finish", action=action.id, done=True).done(ANA, "take_back", thread="c1")


# Versions ---------------------------------------------------------------------------------------


def test_a_place_in_the_history_has_one_name(given):
    given.done(NINA, "name_version", name=" Avant la pause ", edit=12)
    (version,) = given.records.all(Version)
    assert (version.name, version.edit, version.by) == ("Avant la pause", 12, "Nina")
    refused(given, "name-taken", NINA, "name_version", name="Avant la pause", edit=13)

    given.done(NINA, "forget_version", version=version.id)
    assert given.records.all(Version) == []


# Those who mean ill -----------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["quoted", "proposal", "words"])
def test_what_no_database_takes_is_malformed(given, field):
    """PostgreSQL stores no NUL, nor what is written together with it."""
    fields = PASSAGE | {"proposal": "deux", "words": ""} | {field: "a\0b"}
    refused(given, "malformed", ANA, "suggest", **fields)


def test_a_version_has_a_number_that_every_frame_can_tell(given):
    refused(given, "malformed", NINA, "name_version", name="v1", edit=2**70)


def test_nobody_fills_the_margin_alone(given):
    for _ in range(BY_ONE):
        given.done(ANA, "comment", **PASSAGE, words="Où ?")
    refused(given, "too-many", ANA, "comment", **PASSAGE, words="Où ?")
    refused(given, "too-many", ANA, "suggest", **PASSAGE, proposal="deux")

    given.done(BEN, "comment", **PASSAGE, words="Là")
    given.done(ANA, "take_back", thread="c1").done(ANA, "comment", **PASSAGE, words="Où ?")


def test_a_discussion_has_an_end(given):
    given.done(ANA, "comment", **PASSAGE, words="Où ?")
    for _ in range(ANSWERS):
        given.done(ANA, "answer", thread="c1", words="Là")
    refused(given, "too-many", BEN, "answer", thread="c1", words="Là")
