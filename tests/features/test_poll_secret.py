"""Secret votes: what is sealed, what is opened, and that nothing links the two."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.features.given import ANA, BEN, CHI, FACILITATOR, NINA
from tests.features.polled import Polled, crowd
from workshop.feature import Refused
from workshop.features.polls.rules import Sheet, to_count
from workshop.features.polls.secret import Opened, ballot_list, code_list, sha256
from workshop.people import SYSTEM
from workshop.records import dump, plain

CODE = "ABCDEFGH"


def secret(**fields) -> Polled:
    return Polled(secrecy="secret", **fields).opened()


def everything(given: Polled) -> str:
    """All that is in the room's log and memory."""
    return json.dumps({key: plain(record) for key, record in given.records})


def test_opening_asks_for_a_key():
    assert "polls.seal/c1" in secret().beside
    assert Polled().opened().beside == {}


def test_a_ballot_says_only_that_someone_has_voted():
    given = secret().voted(ANA, 1, code=CODE)

    assert [(each.person, each.answer) for each in given.ballots] == [("ana", None)]
    assert CODE not in everything(given)


def test_the_answer_goes_into_an_envelope_beside_the_log():
    given = secret().voted(ANA, 1, code=CODE)

    envelope = given.beside["polls.envelope/c1:ana"]
    assert (envelope.answer, envelope.code, envelope.beside) == (1, CODE, True)


def test_all_envelopes_of_a_vote_have_one_size():
    given = Polled(secrecy="secret", form={"kind": "text"}).opened()
    given.voted(ANA, "No.").voted(BEN, "é" * 500)

    sizes = {each.size for key, each in given.beside.items() if "envelope" in key}
    assert len(sizes) == 1
    assert sizes.pop() >= len(json.dumps("é" * 500, ensure_ascii=False).encode()) + len(CODE)


def test_one_may_change_ones_mind():
    given = secret().voted(ANA, 1).voted(ANA, 0).closed().unsealed()

    assert given.result.outcome.votes == [1, 0]


def test_nobody_is_shown_a_running_count():
    given = secret(live=["phones", "screen", "desk"])
    for person in crowd(9):
        given.voted(person, 0)
    given.counted()

    assert [key for key, _ in given.records if "running" in key] == []
    assert given.turnout.hall == 9


def test_after_the_close_the_envelopes_wait_to_be_opened():
    given = secret().voted(ANA, 1).closed()

    assert (given.poll.status, given.result, to_count(given.records)) == ("counting", None, ["c1"])
    with pytest.raises(Refused, match="not-open"):
        given.voted(BEN, 1)


def test_opening_counts_them_and_does_away_with_them():
    given = secret().voted(ANA, 1).voted(CHI, 1).closed().unsealed()

    assert (given.poll.status, given.result.outcome.votes) == ("closed", [0, 2])
    assert (given.result.hall, given.result.remote) == (1, 1)
    assert "polls.emptied/c1" in given.beside
    assert to_count(given.records) == []


def test_envelopes_that_are_there_no_more_are_missing():
    """Whoever can write in the database could leave one person's alone, and nothing said so."""
    given = secret()
    for person in crowd(3):
        given.voted(person, 1)
    given.closed().done(SYSTEM, "unseal", poll="c1", answers=[1], codes=[], missing=0)

    assert (given.result.hall, given.result.outcome.votes, given.result.missing) == (3, [0, 1], 2)


def test_they_are_opened_once():
    given = secret().voted(ANA, 1).closed().unsealed()

    with pytest.raises(Refused, match="not-counting"):
        given.unsealed()


def test_opened_ballots_carry_no_place_group_or_person():
    given = secret()
    for person in crowd(10) + crowd(10, "remote", groups=frozenset({"commune:Ajaccio"})):
        given.voted(person, 0)
    given.closed().unsealed()

    assert given.result.parts == []
    assert all(not each.groups for each in given.ballots)
    opened = given.records.find(Opened, "c1")
    assert (opened.ballots, opened.audience) == ([0] * 20, "system")


def test_both_lists_are_sorted_by_what_they_say():
    given = secret()
    for person, answer, code in zip(crowd(4), [1, 0, 1, 0], "DCBA", strict=True):
        given.voted(person, answer, code=code * 8)
    opened = given.closed().unsealed().records.find(Opened, "c1")

    assert ballot_list(opened) == "0\n0\n1\n1\n"
    assert code_list(opened) == "AAAAAAAA\nBBBBBBBB\nCCCCCCCC\nDDDDDDDD\n"
    assert given.result.ballots_sha256 == sha256(ballot_list(opened))
    assert given.result.codes_sha256 == sha256(code_list(opened))
    assert Counter(opened.ballots) == {0: 2, 1: 2}


def test_the_lists_are_the_same_whoever_voted_in_whatever_order():
    first, second = secret(), secret()
    for given, people in ((first, crowd(4)), (second, crowd(4)[::-1])):
        for n, person in enumerate(people):
            given.voted(person, n % 2, code="ABCD"[n] * 8)
        given.closed().unsealed()

    assert first.result.ballots_sha256 == second.result.ballots_sha256
    assert first.result.codes_sha256 == second.result.codes_sha256


def test_what_could_not_be_opened_is_told():
    given = secret().voted(ANA, 1).voted(BEN, 1).closed()
    given.done(SYSTEM, "unseal", poll="c1", answers=[1, 7, "x"], codes=[], missing=1)

    assert (given.result.outcome.votes, given.result.missing) == ([0, 1], 3)


def test_a_lost_key_loses_the_vote_and_says_so():
    given = secret().voted(ANA, 1).closed().wait(60).done(SYSTEM, "lose", poll="c1")

    assert (given.poll.status, given.result.lost, given.result.outcome.voters) == (
        "closed",
        True,
        0,
    )
    assert given.result.hall == 1


def test_a_late_hand_count_is_counted_with_the_opened_ballots():
    given = secret().voted(ANA, 1).closed().unsealed()
    before = given.result
    given.done(FACILITATOR, "enter", poll="c1", channel="paper", lines=[[0, 12]], voters=12)
    (sheet,) = given.records.all(Sheet)
    given.done(NINA, "confirm", sheet=sheet.id)

    assert (given.result.outcome.votes, given.result.paper) == ([12, 1], 12)
    assert given.result.ballots_sha256 == before.ballots_sha256


def test_what_is_beside_the_log_is_no_kind_of_the_room():
    """It could otherwise be loaded, told or kept by mistake."""
    given = secret().voted(ANA, 1)

    assert not {key.partition("/")[0] for key in given.beside} & given.feature.kinds.keys()
    assert "envelope" not in json.dumps(dump(dict(given.records)))
