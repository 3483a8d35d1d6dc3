"""What the room's records say, once they are on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest
from django.utils.translation import override
from pycrdt import Doc, XmlElement, XmlFragment

from tests.workshop.published import POLL, PUBLISHED, result_of, shares
from workshop.features.minutes.facts import Action, Decision, Quote, Turn
from workshop.features.polls.poll import Part, Turnout
from workshop.features.questions.records import Question, Supporters
from workshop.features.stage.rules import Plenary
from workshop.minutes.blocks import expand
from workshop.minutes.formats import plain
from workshop.minutes.languages import beside
from workshop.minutes.paper import said
from workshop.minutes.settling import live_blocks, settled
from workshop.minutes.tree import Node, node, tree_of
from workshop.records import Records, put

BEGAN = 1_790_150_400.0  # 8:00 in Greenwich
PLENARY = Plenary(id="plenary", phase="live", began_at=BEGAN)


@pytest.fixture(autouse=True)
def _in_french():
    with override("fr"):
        yield


def block(key: str, at: float | None = None) -> Node:
    return Node("record", {"record": key, "at": at})


def written(*records, about: str, at: float | None = None) -> str:
    tree = expand(tree_of([block(about, at)]), Records().fold(put(*records)), UTC)
    assert not [each for each in tree.nodes if each.name == "record"]
    return plain.text(tree, said("fr")).replace("\u00a0", " ")


def test_a_published_vote_has_its_votes_their_share_and_who_took_part():
    parts = [Part("hall", 20, shares(15, 5)), Part("remote", 20, shares(15, 5))]
    result = result_of(shares(30, 10), *parts, hall=20, remote=20, entitled=60)

    assert written(PUBLISHED, result, about="polls.poll/7") == (
        "Vote : Quel jour ?\n\n"
        "Proposition | Votes | Part | Dans la salle | À distance\n"
        "Mercredi | 30 | 75 % | 15 | 15\nSamedi | 10 | 25 % | 5 | 5\n\n"
        "40 personnes ont participé : 20 dans la salle, 20 à distance. 60 pouvaient voter."
    )


def test_a_vote_whose_places_would_tell_who_is_not_split():
    parts = [Part("hall", 1, None), Part("remote", 0, None)]
    result = result_of(shares(1, 0), *parts, hall=1)

    text = written(PUBLISHED, result, about="polls.result/7")
    assert "Proposition | Votes | Part\nMercredi | 1 | 100 %\nSamedi | 0 | 0 %" in text
    assert "1 personne a participé" in text


def test_a_result_that_is_not_published_is_not_on_paper():
    closed = replace(POLL, status="closed")

    text = written(closed, Turnout(id="7", hall=2, remote=1), about="polls.poll/7")
    assert "n’est pas publié" in text
    assert "3 personnes ont participé" in text
    assert "Mercredi" not in text


@pytest.mark.parametrize(
    ("at", "hour"),
    [
        (BEGAN + 754, "8 h 12, à 0:12:34 de l’enregistrement"),
        (BEGAN + 3600, "9 h 00, à 1:00:00 de l’enregistrement"),
        (BEGAN - 60, "7 h 59"),
    ],
)
def test_a_block_has_its_hour_and_where_in_the_recording_that_is(at, hour):
    assert written(PLENARY, POLL, about="polls.poll/7", at=at).splitlines()[0] == hour


def test_after_the_plenary_there_is_no_recording():
    ended = Plenary(id="plenary", phase="ended", began_at=BEGAN, ended_at=BEGAN + 60)

    assert written(ended, POLL, about="polls.poll/7", at=BEGAN + 61).splitlines()[0] == "8 h 01"


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (
            Decision(id="1", words="Adopter", in_favour=30, against=2, abstained=0, at=0),
            "Décision : Adopter (pour : 30, contre : 2, abstentions : 0)",
        ),
        (
            Decision(id="1", words="Adopter", in_favour=0, against=0, abstained=0, at=0),
            "Décision : Adopter",
        ),
        (
            Action(id="1", what="Réserver", who="Ana", by="2026-12-31", done=True, at=0),
            "[x] Action : Réserver (par Ana, avant le jeudi 31 décembre 2026)",
        ),
        (
            Action(id="1", what="Réserver", who="", by="demain", done=False, at=0),
            "[ ] Action : Réserver (avant le demain)",
        ),
        (Turn(id="1", name="Ana", place="hall", at=0), "Ana prend la parole, dans la salle"),
        (
            Quote(id="1", message="m", name="Ben", words="Oui\net non", said_at=BEGAN, at=0),
            "> Oui\n> et non\n> Ben, 8 h 00",
        ),
        (PLENARY, "La plénière a commencé à 8 h 00."),
    ],
)
def test_each_kind_says_what_it_is(record, text):
    assert written(record, about=record.key) == text


ASKED = Question(
    id="1", text="Quand ?", name="Ana", place="hall", at=BEGAN, seq=1, state="answered",
    answering_at=BEGAN + 60, answered_at=BEGAN + 90,
)  # fmt: skip


def test_an_answered_question_has_who_asked_who_supported_it_and_where_to_hear_the_answer():
    count = Supporters(id="1", hall=2, remote=1, hall_against=0, remote_against=1, at=0, upto=9)
    asked = replace(ASKED, hands=12)

    assert written(PLENARY, asked, count, about=ASKED.key) == (
        "Question : Quand ? (Ana, dans la salle)\n\n"
        "Soutenue par 3 personnes : 2 dans la salle, 1 à distance. 1 contre. 12 mains dans la"
        " salle. La réponse commence à 8 h 01, à 0:01:00 de l’enregistrement."
    )


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (
            {"name": "", "place": None},
            "Question : Quand ? (anonyme)\n\nLa réponse commence à 8 h 01.",
        ),
        ({"name": "", "typed": True}, "Question : Quand ? (quelqu’un, dans la salle)\n\nLa"),
        ({"state": "open"}, "Question : Quand ? (Ana, dans la salle)\n\nElle est restée sans"),
        ({"text": "Quand ?\nEt où ?"}, "Question : Quand ? (Ana, dans la salle)\n\nEt où ?\n\nLa"),
    ],
)
def test_a_question_says_no_more_than_is_known(fields, text):
    assert written(replace(ASKED, **fields), about=ASKED.key).startswith(text)


def test_what_is_gone_is_not_passed_over_in_silence():
    assert written(about="polls.poll/7") == "Ce qui figurait ici n’est plus connu."
    assert written(about="") == "Ce qui figurait ici n’est plus connu."


def test_blocks_within_blocks_are_written_too():
    tree = tree_of([node("blockquote", block("polls.poll/7"))])
    found = expand(tree, Records().fold(put(POLL)), UTC)

    assert plain.text(found, said("fr")).startswith("> Vote")


def p(words: str) -> Node:
    return node("paragraph", words)


def translation(words: str, lang: str = "co") -> Node:
    return node("translation", p(words), lang=lang)


def test_two_languages_stand_side_by_side():
    tree = beside(
        tree_of([p("un"), translation("unu"), p("deux"), p("trois"), translation("trè")]), "fr"
    )

    (found,) = tree.nodes
    assert found.attributes == {"langs": ("fr", "co")}
    sides = [[[words(each) for each in side.nodes] for side in pair.nodes] for pair in found.nodes]
    assert sides == [[["un"], ["unu"]], [["deux"], []], [["trois"], ["trè"]]]


def words(each: Node) -> str:
    return "".join(run.words for run in each.children)


def test_headings_and_records_take_the_whole_width():
    title = node("heading", "Titre", level=1)
    tree = beside(tree_of([title, translation("Titulu"), p("un"), block("a/1"), p("deux")]), "fr")

    names = [each.name for each in tree.nodes]
    assert names == ["heading", "translation", "beside", "record", "beside"]


def test_one_language_stays_as_it_is():
    tree = tree_of([p("un"), p("deux")])

    assert beside(tree, "fr") is tree


def test_a_translation_of_nothing_stands_alone():
    tree = beside(tree_of([translation("unu"), p("un")]), "fr")

    assert [each.name for each in tree.nodes] == ["translation", "beside"]


@pytest.mark.parametrize("at", [1e300, -1e300, 1e15])
def test_an_hour_that_no_calendar_has_keeps_no_text_from_becoming_final(at):
    """An editor may write any number there; the guard takes it."""
    doc: Doc = Doc()
    block = XmlElement("record", {"record": "polls.poll/7", "at": at})
    doc.get("minutes", type=XmlFragment).children.append(block)
    update = settled([doc.get_update()], 5, Records(), UTC)

    assert not live_blocks([doc.get_update(), update])


def test_the_two_lists_of_a_secret_vote_can_be_known_by_what_the_minutes_say():
    hashes = {"ballots_sha256": "b" * 64, "codes_sha256": "c" * 64}
    text = written(PUBLISHED, result_of(shares(3, 1), hall=4, **hashes), about="polls.poll/7")

    assert f"SHA-256 des bulletins dépouillés : {'b' * 64} ; des reçus : {'c' * 64}." in text
