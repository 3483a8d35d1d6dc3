"""Groups of people: how the organiser defines them, who says who belongs where, and a parent's
consent."""

from __future__ import annotations

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from tests.features.given import ANA, BEN, CHI, FACILITATOR, NINA, Given
from workshop.feature import Refused
from workshop.features.people.rules import Axis, Belonging, Seat, everyone, people, person
from workshop.people import SYSTEM
from workshop.records import load

COMMUNE = {"name": "Commune", "values": ["Ajaccio", "Bastia"], "declared": "self", "consent": []}
AGES = ["moins de 15 ans", "15-25 ans", "26 ans et plus"]
AGE = {"name": "Âge", "values": AGES, "declared": "self", "consent": AGES[:1]}
COLLEGE = {"name": "Collège", "values": ["A", "B"], "declared": "staff", "consent": []}


@pytest.fixture
def given() -> Given:
    given = Given(people)
    for axis in (COMMUNE, AGE, COLLEGE):
        given.done(FACILITATOR, "define_axis", **axis)
    for who in (ANA, BEN, FACILITATOR):
        given.done(SYSTEM, "sit", person=who.id, name=who.name, role=who.role, place=who.place)
    return given


def groups(given: Given, who: str = "ana") -> set[str]:
    """The groups that count for someone."""
    return set(person(given.records, who).groups)


def told(given: Given, who: str = "ana") -> Belonging | None:
    return given.records.find(Belonging, who)


# Defining ---------------------------------------------------------------------------------


def test_an_axis_is_for_everyone_to_see_under_a_plain_id(given):
    axis = given.records.find(Axis, "age")

    assert axis == Axis(id="age", name="Âge", values=AGES, declared="self", consent=AGES[:1])
    assert axis.audience == "all"


@pytest.mark.parametrize(
    ("name", "id"),
    [("Tranche d’âge", "tranche-dage"), ("  Où ?  ", "ou"), ("a:b", "a-b"), ("年齢", "axis-7")],
)
def test_no_id_has_a_colon_or_an_accent(given, name, id):
    given.done(FACILITATOR, "define_axis", **AGE | {"name": name})

    assert given.records.find(Axis, id).name == name.strip()


def test_words_are_tidied(given):
    given.done(SYSTEM, "define_axis", name="X", values=[" b  c", "a "], declared="staff",
               consent=["a"])  # fmt: skip

    assert given.records.find(Axis, "x").values == ["b c", "a"]
    assert given.records.find(Axis, "x").consent == ["a"]


@pytest.mark.parametrize("name", ["Commune", " commune ", "COMMUNE", "Commune!"])
def test_there_is_one_axis_of_a_name(given, name):
    with pytest.raises(Refused, match="axis-exists"):
        given.when(FACILITATOR, "define_axis", **COMMUNE | {"name": name})


def test_an_axis_takes_no_other_ones_name(given):
    with pytest.raises(Refused, match="axis-exists"):
        given.when(FACILITATOR, "redefine_axis", axis="age", **COMMUNE)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"values": ["one"]}, "malformed"),
        ({"values": [f"{n}" for n in range(51)]}, "malformed"),
        ({"values": ["a", " "]}, "malformed"),
        ({"values": ["a", "x" * 41]}, "malformed"),
        ({"name": ""}, "malformed"),
        ({"declared": "nobody"}, "malformed"),
        ({"values": ["a", " A"]}, "values-alike"),
        ({"consent": ["Corte"]}, "unknown-group"),
    ],
)
def test_what_makes_no_axis(given, fields, code):
    with pytest.raises(Refused, match=code):
        given.when(FACILITATOR, "define_axis", **COMMUNE | {"name": "New"} | fields)


@pytest.mark.parametrize("command", ["define_axis", "redefine_axis", "remove_axis"])
@pytest.mark.parametrize("who", [ANA, NINA])
def test_only_facilitators_and_organisers_define(given, who, command):
    with pytest.raises(Refused, match="not-allowed"):
        given.when(who, command, **COMMUNE)


def test_a_value_that_goes_is_taken_from_whoever_had_it(given):
    given.done(ANA, "declare", axis="commune", value="Ajaccio")
    given.done(ANA, "declare", axis="age", value="15-25 ans")
    given.done(BEN, "declare", axis="commune", value="Bastia")

    changes = given.when(
        FACILITATOR, "redefine_axis", axis="commune", **COMMUNE | {"values": ["Bastia", "Corte"]}
    )
    given.records = given.records.fold(changes)

    assert groups(given) == {"age:15-25 ans"}
    assert told(given).groups == ["age:15-25 ans"]
    assert groups(given, "ben") == {"commune:Bastia"}
    assert "people.seat/ben" not in changes, "who stays as they are is not written again"


def test_an_axis_keeps_its_id_under_another_name(given):
    given.done(ANA, "declare", axis="commune", value="Ajaccio")
    given.done(FACILITATOR, "redefine_axis", axis="commune", **COMMUNE | {"name": "Territoire"})

    assert given.records.find(Axis, "commune").name == "Territoire"
    assert groups(given) == {"commune:Ajaccio"}


def test_an_axis_that_goes_takes_its_groups_along(given):
    given.done(ANA, "declare", axis="commune", value="Ajaccio")
    given.done(SYSTEM, "remove_axis", axis="commune")

    assert given.records.find(Axis, "commune") is None
    assert groups(given) == set()
    assert told(given) is None


@pytest.mark.parametrize(
    ("who", "command", "fields"),
    [
        (FACILITATOR, "redefine_axis", COMMUNE),
        (FACILITATOR, "remove_axis", {}),
        (ANA, "declare", {"value": ""}),
        (FACILITATOR, "assign", {"person": "ana", "value": ""}),
    ],
)
def test_an_axis_that_is_not_there(given, who, command, fields):
    with pytest.raises(Refused, match="unknown-axis"):
        given.when(who, command, **fields | {"axis": "size"})


# Belonging --------------------------------------------------------------------------------


def test_one_says_where_one_belongs_and_only_oneself_is_told(given):
    given.done(ANA, "declare", axis="commune", value="Ajaccio")

    assert groups(given) == {"commune:Ajaccio"}
    assert told(given) == Belonging(id="ana", groups=["commune:Ajaccio"])
    assert told(given).audience == "ana"
    assert given.records.find(Seat, "ana").audience == "facilitators"


def test_one_is_in_one_group_of_an_axis_and_may_change_or_take_it_back(given):
    given.done(ANA, "declare", axis="age", value="15-25 ans")
    given.done(ANA, "declare", axis="commune", value="Ajaccio")
    given.done(ANA, "declare", axis="commune", value="Bastia")
    assert groups(given) == {"age:15-25 ans", "commune:Bastia"}

    given.done(ANA, "declare", axis="commune", value="")
    given.done(ANA, "declare", axis="age", value="")
    assert groups(given) == set()
    assert told(given) is None


def test_what_is_not_among_the_values_is_no_group(given):
    with pytest.raises(Refused, match="unknown-group"):
        given.when(ANA, "declare", axis="commune", value="Corte")


def test_nobody_declares_what_facilitators_say(given):
    with pytest.raises(Refused, match="given-by-staff"):
        given.when(ANA, "declare", axis="college", value="A")

    given.done(FACILITATOR, "assign", person="ana", axis="college", value="A")
    assert groups(given) == {"college:A"}


def test_facilitators_put_anybody_anywhere(given):
    given.done(FACILITATOR, "assign", person="ana", axis="commune", value="Bastia")
    assert groups(given) == {"commune:Bastia"}

    given.done(FACILITATOR, "assign", person="ana", axis="commune", value="")
    assert groups(given) == set()


@pytest.mark.parametrize(
    ("command", "fields"),
    [("assign", {"axis": "commune", "value": "Bastia"}), ("note_consent", {"given": True})],
)
def test_only_facilitators_give(given, command, fields):
    with pytest.raises(Refused, match="not-allowed"):
        given.when(BEN, command, person="ana", **fields)
    with pytest.raises(Refused, match="unknown-person"):
        given.when(FACILITATOR, command, person="nobody", **fields)


def test_another_place_or_role_is_no_other_group(given):
    given.done(ANA, "declare", axis="commune", value="Ajaccio")
    given.done(ANA, "move", place="remote")
    given.done(FACILITATOR, "give", person="ana", role="note_taker")

    assert groups(given) == {"commune:Ajaccio"}


def test_whoever_is_removed_leaves_nothing(given):
    given.done(ANA, "declare", axis="commune", value="Ajaccio")
    given.done(FACILITATOR, "remove", person="ana")

    assert told(given) is None


# At the door ------------------------------------------------------------------------------


def at_the_door(given: Given, *groups: str) -> set[str]:
    given.done(SYSTEM, "sit", person="chi", name="Chi", role="participant", place="remote",
               groups=list(groups))  # fmt: skip
    return set(person(given.records, CHI.id).groups)


def test_what_was_said_at_the_door_holds(given):
    assert at_the_door(given, "commune:Ajaccio", "age:15-25 ans") == {
        "commune:Ajaccio",
        "age:15-25 ans",
    }
    assert told(given, "chi").groups == ["age:15-25 ans", "commune:Ajaccio"]


@pytest.mark.parametrize("group", ["commune:Corte", "size:M", "college:A", "", ":", "commune"])
def test_what_is_no_group_any_more_is_left_out(given, group):
    assert at_the_door(given, group, "commune:Bastia") == {"commune:Bastia"}


def test_two_groups_of_one_axis_are_one(given):
    assert at_the_door(given, "commune:Bastia", "commune:Ajaccio") == {"commune:Bastia"}


# A parent's consent -----------------------------------------------------------------------


def test_a_group_that_needs_a_consent_counts_when_it_is_noted(given):
    given.done(ANA, "declare", axis="age", value="moins de 15 ans")
    assert groups(given) == set()
    assert told(given) == Belonging(id="ana", groups=[], waiting=["age:moins de 15 ans"])

    given.done(FACILITATOR, "note_consent", person="ana", given=True)
    assert groups(given) == {"age:moins de 15 ans"}
    assert told(given) == Belonging(id="ana", groups=["age:moins de 15 ans"])


def test_it_is_kept_who_noted_it_and_when(given):
    given.done(FACILITATOR, "note_consent", person="ana", given=True)
    seat = given.records.find(Seat, "ana")
    assert (seat.consent, seat.consent_by, seat.consent_at) == (True, FACILITATOR.id, 7.0)

    given.done(FACILITATOR, "note_consent", person="ana", given=False)
    seat = given.records.find(Seat, "ana")
    assert (seat.consent, seat.consent_by, seat.consent_at) == (False, "", 0)


def test_a_consent_that_is_taken_back_counts_no_more(given):
    given.done(ANA, "declare", axis="age", value="moins de 15 ans")
    given.done(FACILITATOR, "note_consent", person="ana", given=True)
    given.done(FACILITATOR, "note_consent", person="ana", given=False)

    assert groups(given) == set()
    with pytest.raises(Refused, match="nothing-new"):
        given.when(FACILITATOR, "note_consent", person="ana", given=False)


def test_a_consent_that_becomes_needed_is_waited_for(given):
    given.done(ANA, "declare", axis="age", value="15-25 ans")
    given.done(FACILITATOR, "redefine_axis", axis="age", **AGE | {"consent": AGES[:2]})
    assert groups(given) == set()

    given.done(FACILITATOR, "redefine_axis", axis="age", **AGE | {"consent": []})
    assert groups(given) == {"age:15-25 ans"}


def test_a_child_is_not_counted_from_the_door_either(given):
    assert at_the_door(given, "age:moins de 15 ans", "commune:Bastia") == {"commune:Bastia"}


# Always -----------------------------------------------------------------------------------


def test_a_seat_of_an_old_log_is_in_no_group():
    old = {"id": "ana", "name": "Ana", "role": "participant", "place": "hall", "at": 1.0}

    seat = load({"people.seat/ana": old}, {Seat.kind: Seat})["people.seat/ana"]

    assert seat == Seat(**old)
    assert seat.groups == seat.waiting == []


anyone = st.sampled_from(["ana", "ben"])
commands = st.one_of(
    st.tuples(st.just("declare"), anyone, st.sampled_from(["", *AGES, "Corte"])),
    st.tuples(st.just("assign"), anyone, st.sampled_from(["", *AGES])),
    st.tuples(st.just("note_consent"), anyone, st.booleans()),
    st.tuples(st.just("redefine_axis"), anyone, st.sets(st.sampled_from(AGES), min_size=2)),
)


@examples(st.lists(commands, max_size=12))
def test_whatever_is_done_everyone_is_told_what_counts(steps):
    given = Given(people).done(SYSTEM, "define_axis", **AGE)
    for who in (ANA, BEN):
        given.done(SYSTEM, "sit", person=who.id, name=who.name, role=who.role, place=who.place)
    for name, who, what in steps:
        try:
            given.done(*asked(name, who), **said(name, who, what))
        except Refused:
            continue

    axis = given.records.find(Axis, "age")
    needing = {f"age:{each}" for each in axis.consent}
    for each in everyone(given.records):
        seat, belonging = given.records.find(Seat, each.id), told(given, each.id)
        assert each.groups <= axis.groups
        assert len([*seat.groups, *seat.waiting]) <= 1
        assert seat.consent or not each.groups & needing
        assert not set(seat.waiting) - needing
        heard = (belonging.groups, belonging.waiting) if belonging else ([], [])
        assert heard == (seat.groups, seat.waiting)


def asked(name: str, who: str) -> tuple:
    return (ANA if who == "ana" else BEN) if name == "declare" else FACILITATOR, name


def said(name: str, who: str, what: object) -> dict:
    match name:
        case "declare":
            return {"axis": "age", "value": what}
        case "assign":
            return {"person": who, "axis": "age", "value": what}
        case "note_consent":
            return {"person": who, "given": what}
    values = sorted(what)  # type: ignore[call-overload]
    return AGE | {"axis": "age", "values": values, "consent": [v for v in values if v in AGES[:1]]}
