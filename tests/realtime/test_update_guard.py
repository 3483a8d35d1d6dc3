"""What the guard and the parent kinds let in, and what they keep out."""

from __future__ import annotations

import base64
import random
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.documents.guard import (
    NOTHING,
    Limits,
    Ranges,
    Rejected,
    read_state_vector,
    read_update,
    written_state_vector,
    written_update,
)
from realtime.documents.parent_kinds import DEPTH, ParentKinds
from tests.realtime import yjs
from tests.realtime.updates import (
    attribute,
    characters,
    collected,
    element,
    mark,
    number,
    piece,
    string,
    text,
    update,
)

ANA, BEN, CHI = 7, 9, 11


def read(data: bytes):
    return read_update(data, Limits())


def refused(data: bytes, *before: bytes) -> Rejected:
    kinds = ParentKinds()
    for each in before:
        kinds.admit(read(each))
    clocks = dict(kinds.clocks)
    with pytest.raises(Rejected) as caught:
        kinds.admit(read(data))
    assert kinds.clocks == clocks, "what is refused leaves no trace"
    return caught.value


def admitted(*updates: bytes) -> ParentKinds:
    kinds = ParentKinds()
    for each in updates:
        kinds.admit(read(each))
    return kinds


PARAGRAPH = update(
    {ANA: (0, [element(), text(parent=(ANA, 0)), characters("abc", parent=(ANA, 1))])}
)


# Reproducers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "encoded"),
    [
        ("eight bytes that ask for 350 GB", "/////w8BAgM="),
        ("a length of nought: never saved again", "AQJjAAcBAAQAAAA="),
        ("a deletion of what is not there: never loaded again", "AAGa7AMDPgFhA2MC"),
    ],
)
def test_what_once_did_harm_is_refused(what, encoded):
    refused(base64.b64decode(encoded))


@pytest.mark.parametrize("opening", [b"\x75\x01", b"\x76\x01\x01k"])
@pytest.mark.parametrize("depth", [17, 13_000, 26_000])
def test_values_within_values_are_refused_before_the_stack_ends(opening, depth):
    value = opening * depth + b"\x7e"
    bomb = update({ANA: (0, [element(), attribute("a", value, parent=(ANA, 0))])})

    refused_at_once = Limits(bytes=10**6)
    with pytest.raises(Rejected):
        read_update(bomb, refused_at_once)


@pytest.mark.parametrize("value", ["[" * 30_000, '{"a":' * 10_000, "[" * 20 + "]" * 20])
def test_so_are_marks_with_such_values(value):
    format = piece(6, string("strong") + string(value), parent=(ANA, 1))
    refused(update({ANA: (0, [element(), text(parent=(ANA, 0)), format])}))


def test_a_value_may_be_nested_a_little():
    value = b"\x75\x01" * 15 + b"\x7e"
    read(update({ANA: (0, [element(), attribute("a", value, parent=(ANA, 0))])}))


# Form ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("nothing at all", b""),
        ("a client without pieces", b"\x01\x00\x07\x00\x00"),
        ("something after the end", NOTHING + b"\x00"),
        ("a number without an end", b"\xff" * 200),
        ("a number beyond 2^53", b"\x01\x01\xff\xff\xff\xff\xff\xff\xff\x7f\x00"),
        ("more clients than bytes", b"\x7f\x00"),
        ("more pieces than bytes", b"\x01\x7f\x07\x00\x00"),
        ("a piece of length nought", update({ANA: (0, [collected(0)])})),
        ("flags on a gap", update({ANA: (0, [b"\x80\x01"])})),
        ("an empty string", update({ANA: (0, [characters("")])})),
        ("a client twice", b"\x02" + update({ANA: (0, [element()])})[1:-1] * 2 + b"\x00"),
        ("another root", update({ANA: (0, [element(parent="other")])})),
        ("a subdocument", update({ANA: (0, [piece(9, string("guid") + b"\x7e")])})),
        ("binary data", update({ANA: (0, [piece(3, string("xyz"))])})),
        ("an embed", update({ANA: (0, [piece(5, string("{}"))])})),
        ("a map", update({ANA: (0, [piece(7, b"\x01")])})),
        ("not UTF-8", update({ANA: (0, [piece(4, b"\x02\xc3\x28")])})),
        ("not JSON", update({ANA: (0, [piece(6, string("b") + string("{"))])})),
        ("not a number in JSON", update({ANA: (0, [piece(6, string("b") + string("NaN"))])})),
        ("an unknown kind of value", update({ANA: (0, [attribute("a", b"\x05")])})),
        ("a deletion of length nought", update({}, {ANA: [(0, 0)]})),
        ("a client's deletions twice", b"\x00\x02" + (number(ANA) + b"\x01\x00\x01") * 2),
        ("a clock beyond 2^53", update({ANA: (2**53 - 2, [collected(5)])})),
    ],
)
def test_bad_form_is_refused(what, data):
    with pytest.raises(Rejected) as caught:
        read(data)
    assert caught.value.code == "malformed"


def test_a_hole_within_an_update_is_a_gap():
    with pytest.raises(Rejected, match="gap"):
        read(update({ANA: (0, [b"\x0a\x05"])}))


def test_size_is_limited():
    with pytest.raises(Rejected, match="too-big"):
        read_update(PARAGRAPH, Limits(bytes=10))
    many = update({ANA: (0, [element(), *[element(left=(ANA, n)) for n in range(2000)]])})
    with pytest.raises(Rejected, match="too-big"):
        read_update(many[:-1] + b"\x00", Limits(structs=1000))


def test_reading_takes_time_in_proportion_to_the_bytes():
    hostile = [
        b"\x00\x01\x07" + number(60_000) + b"\x00\x01" * 60_000,
        update({ANA: (0, [attribute("a", b"\x75" + number(60_000) + b"\x7e" * 60_000)])}),
        b"\xff" * 64 * 1024,
    ]
    for data in hostile:
        begun = time.perf_counter()
        with suppress(Rejected):
            read(data)
        assert time.perf_counter() - begun < 1


# Causes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("a clock ahead", update({BEN: (3, [element()])})),
        ("an unknown neighbour", update({BEN: (0, [element(left=(ANA, 0))])})),
        ("an unknown parent", update({BEN: (0, [text(parent=(ANA, 0))])})),
        ("a deletion of something unknown", update({}, {ANA: [(0, 1)]})),
        ("a deletion beyond what is known", update({BEN: (0, [element()])}, {BEN: [(0, 2)]})),
    ],
)
def test_what_builds_on_something_unknown_is_a_gap(what, data):
    assert refused(data).code == "gap"


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("itself", update({ANA: (0, [element(left=(ANA, 0))])})),
        ("its own future", update({ANA: (0, [element(left=(ANA, 1)), element()])})),
        ("itself as parent", update({ANA: (0, [text(parent=(ANA, 0))])})),
        (
            "one another",
            update({ANA: (0, [element(left=(BEN, 0))]), BEN: (0, [element(left=(ANA, 0))])}),
        ),
    ],
)
def test_what_builds_on_itself_is_malformed(what, data):
    assert refused(data).code == "malformed"


def test_clients_may_build_on_one_another_in_one_update():
    there_and_back = {
        ANA: (0, [element(), element(left=(BEN, 0))]),
        BEN: (0, [element(left=(ANA, 0)), element(left=(ANA, 1))]),
    }
    assert admitted(update(there_and_back)).clocks == {ANA: 2, BEN: 2}


def test_two_clients_alternating_take_no_time():
    pieces: dict[int, list[bytes]] = {ANA: [element()], BEN: [element(left=(ANA, 0))]}
    for n in range(1, 1000):
        pieces[ANA].append(element(left=(BEN, n - 1)))
        pieces[BEN].append(element(left=(ANA, n)))
    begun = time.perf_counter()
    admitted(update({client: (0, each) for client, each in pieces.items()}))
    assert time.perf_counter() - begun < 0.5


# Kinds -----------------------------------------------------------------------------------------

HEADING = update(
    {ANA: (0, [element("heading"), text(parent=(ANA, 0)), characters("abc", parent=(ANA, 1))])}
)
INTO = {"the root": "minutes", "an element": (ANA, 0), "a text": (ANA, 1), "a letter": (ANA, 2)}


@pytest.mark.parametrize(
    ("what", "into", "fits"),
    [
        (element, "the root", True),
        (element, "an element", False),
        (lambda **place: element("hard_break", **place), "an element", True),
        (element, "a text", False),
        (element, "a letter", False),
        (text, "the root", False),
        (text, "an element", True),
        (text, "a text", False),
        (lambda **place: characters("x", **place), "the root", False),
        (lambda **place: characters("x", **place), "an element", False),
        (lambda **place: characters("x", **place), "a text", True),
        (lambda **place: characters("x", **place), "a letter", False),
        (lambda **place: mark("strong", {}, **place), "an element", False),
        (lambda **place: mark("strong", {}, **place), "a text", True),
        (lambda **place: attribute("level", **place), "the root", False),
        (lambda **place: attribute("level", **place), "an element", True),
        (lambda **place: attribute("level", **place), "a text", False),
        (lambda **place: element(key="level", **place), "an element", False),
        (lambda **place: piece(8, b"\x01\x7e", **place), "an element", False),
        (lambda **place: piece(8, b"\x01\x7e", **place), "a text", False),
        (lambda **place: piece(1, b"\x03", **place), "a text", True),
        (lambda **place: piece(1, b"\x03", **place), "the root", True),
    ],
)
def test_everything_in_its_place(what, into, fits):
    data = update({BEN: (0, [what(parent=INTO[into])])})
    if fits:
        admitted(HEADING, data)
    else:
        assert refused(data, HEADING).code == "malformed"


def test_neighbours_share_a_parent():
    other = update({BEN: (0, [element(left=(ANA, 0)), text(parent=(BEN, 0))])})
    between = update({BEN: (2, [element(left=(ANA, 0), right=(ANA, 1))])})
    assert refused(between, PARAGRAPH, other).code == "malformed"


def test_neighbours_of_an_attribute_share_its_key():
    level = update({ANA: (5, [attribute("level", parent=(ANA, 0))])})
    new = update({BEN: (0, [piece(8, b"\x01\x7d\x02", left=(ANA, 5))])})
    admitted(HEADING, level, new)
    assert refused(update({BEN: (0, [text(left=(ANA, 5))])}), HEADING, level).code == "malformed"


BLOCKS = update({ANA: (0, [element(), element(left=(ANA, 0)), element(left=(ANA, 1))])})
UNSEEN = update({BEN: (0, [element(left=(ANA, 0), right=(ANA, 1))])})


@pytest.mark.parametrize(
    ("place", "mended"),
    [
        # the other way round
        ({"left": (ANA, 2), "right": (ANA, 0)}, {"left": (ANA, 2)}),
        ({"left": (ANA, 1), "right": (ANA, 1)}, {"left": (ANA, 1)}),
        # with something between them that one of them was put beside
        ({"left": (ANA, 0), "right": (ANA, 2)}, {"left": (ANA, 0)}),
        ({"right": (ANA, 1)}, {"left": (ANA, 0), "right": (ANA, 1)}),
        ({"left": (BEN, 0)}, {"left": (BEN, 0), "right": (ANA, 1)}),
        ({"left": (BEN, 0), "right": (ANA, 2)}, {"left": (BEN, 0), "right": (ANA, 1)}),
    ],
)
def test_a_piece_between_two_that_never_stood_together_is_put_beside_one(place, mended):
    """Or no two copies agree on where it goes, and what others write is refused for it."""
    kinds, taken = admitted(BLOCKS, UNSEEN), read(update({CHI: (0, [element(**place)])}))
    kinds.admit(taken)
    assert written_update(taken, {}, []) == update({CHI: (0, [element(**mended)])})
    admitted(BLOCKS, UNSEEN, update({CHI: (0, [element(**mended)])}))


@pytest.mark.parametrize(
    "place",
    [
        {"left": (ANA, 0), "right": (ANA, 1)},
        {"left": (ANA, 0), "right": (BEN, 0)},
        {"left": (BEN, 0), "right": (ANA, 1)},
        {"left": (ANA, 2)},
        {"right": (ANA, 0)},
    ],
)
def test_what_came_between_two_unseen_is_no_matter(place):
    data = update({CHI: (0, [element(**place)])})
    kinds, taken = admitted(BLOCKS, UNSEEN), read(data)
    kinds.admit(taken)
    assert written_update(taken, {}, []) == data


def test_letters_stand_in_order():
    """Also within one run of letters, and where many were put in the same place."""
    letters = update({ANA: (5, [characters("defghi", left=(ANA, 4))])})
    typed = [characters("x", left=(ANA, 6), right=(ANA, 7))]
    typed += [characters("y", left=(ANA, 6), right=(BEN, n)) for n in range(200)]
    for left, right, mended in [
        ((ANA, 7), (ANA, 6), None),
        ((ANA, 9), (ANA, 9), None),
        ((BEN, 3), (BEN, 4), (BEN, 2)),
        ((ANA, 7), (BEN, 9), None),
        ((BEN, 8), (BEN, 7), (BEN, 7)),
    ]:
        kinds = admitted(PARAGRAPH, letters, update({BEN: (0, typed)}))
        taken = read(update({CHI: (0, [characters("z", left=left, right=right)])}))
        kinds.admit(taken)
        assert taken.structs[CHI][0].right == mended


def test_a_text_is_nested_only_so_deep():
    quotations = [element("blockquote", parent=(ANA, n)) for n in range(DEPTH)]
    chain = [element("blockquote"), *quotations]
    admitted(update({ANA: (0, chain[:-1])}))
    assert refused(update({ANA: (0, chain)})).code == "malformed"


@pytest.mark.parametrize("claimed", [(ANA, 1), (BEN, 1)])
def test_of_what_is_partly_known_only_the_rest_is_taken(claimed):
    """Yjs would throw where the known part is garbage, and put the rest where the piece says."""
    elsewhere = update({BEN: (0, [element(left=(ANA, 0)), text(parent=(BEN, 0))])})
    longer = read(update({ANA: (2, [characters("abc😀d", parent=claimed)])}))
    kinds = admitted(PARAGRAPH, elsewhere)

    assert kinds.admit(longer) == {ANA: (5, 8)}

    assert kinds.find((ANA, 7)).place == ((ANA, 1), None)
    rest = update({ANA: (5, [characters("😀d", left=(ANA, 4))])})
    assert written_update(longer, {ANA: 5}, []) == rest


def test_the_rest_of_garbage_is_garbage():
    gone = update({ANA: (0, [collected(1)])})
    more = read(update({ANA: (0, [piece(1, number(2))])}))
    kinds = admitted(gone)
    kinds.admit(more)
    assert kinds.find((ANA, 1)).kind == "gone"
    assert written_update(more, {ANA: 1}, []) == update(
        {ANA: (1, [piece(1, b"\x01", left=(ANA, 0))])}
    )


@pytest.mark.parametrize(
    "data",
    [
        update({BEN: (0, [characters("x", left=(ANA, 5))])}),
        update({BEN: (0, [characters("x", left=(ANA, 5), right=(ANA, 6))])}),
        update({BEN: (0, [characters("x", right=(ANA, 6))])}),
        update({}, {ANA: [(6, 1)]}),
        update({}, {ANA: [(2, 4)]}),
    ],
)
def test_nothing_goes_between_the_halves_of_an_emoji(data):
    """yrs would write a state that it cannot load, and Yjs make two signs of nothing of it."""
    emoji = update({ANA: (5, [characters("😀d", left=(ANA, 4))])})
    assert refused(data, PARAGRAPH, emoji).code == "malformed"
    known = update({ANA: (5, [characters("é", left=(ANA, 4)), characters("xd", left=(ANA, 5))])})
    admitted(PARAGRAPH, known, data)


def test_nor_does_what_is_known_end_there():
    shorter = update({ANA: (5, [characters("a", left=(ANA, 4))])})
    longer = update({ANA: (5, [characters("😀", left=(ANA, 4))])})
    assert refused(longer, PARAGRAPH, shorter).code == "malformed"


def test_around_an_emoji_one_may_write_and_delete():
    emoji = update({ANA: (5, [characters("😀d", left=(ANA, 4))])})
    around = [characters("x", left=(ANA, 4), right=(ANA, 5)), characters("y", left=(ANA, 6))]
    kinds = admitted(PARAGRAPH, emoji)
    clocks = dict(kinds.clocks)
    kinds.admit(read(update({BEN: (0, around)}, {ANA: [(5, 2)]})))
    kinds.go_back(clocks)
    kinds.go_back({ANA: 5})
    kinds.admit(read(update({ANA: (5, [characters("abcd", left=(ANA, 4))])}, {ANA: [(6, 1)]})))


def test_what_is_put_beside_garbage_is_garbage():
    gone = update({ANA: (0, [collected(3)])})
    on_top = update({BEN: (0, [characters("x", left=(ANA, 1)), characters("y", left=(BEN, 0))])})
    assert admitted(gone, on_top).find((BEN, 1)).kind == "gone"


def test_going_back_forgets_what_came_after():
    kinds = admitted(PARAGRAPH)
    clocks = dict(kinds.clocks)
    kinds.admit(read(update({ANA: (5, [characters("d", left=(ANA, 4))]), BEN: (0, [element()])})))

    kinds.go_back(clocks)

    assert kinds.clocks == clocks
    assert kinds.find((ANA, 5)) is kinds.find((BEN, 0)) is None
    kinds.admit(read(update({ANA: (5, [element(left=(ANA, 0))])})))
    assert kinds.find((ANA, 5)).kind == "element"


# What is written again -------------------------------------------------------------------------


def test_an_update_is_written_without_what_is_known():
    whole = update({ANA: (0, [element(), element(left=(ANA, 0))]), BEN: (0, [element()])})
    rest = written_update(read(whole), {ANA: 1, BEN: 1}, [])
    assert rest == update({ANA: (1, [element(left=(ANA, 0))])})


def test_real_updates_are_written_as_they_came():
    for session in yjs.sessions(1, 3, 60):
        for _, data in session.log:
            taken = read(data)
            again = written_update(taken, {}, taken.deletes)
            assert yjs.minutes(again).get_update() == yjs.minutes(data).get_update()


@given(st.dictionaries(st.integers(0, 2**53 - 1), st.integers(0, 2**53 - 1), max_size=9))
def test_state_vectors_are_read_as_they_are_written(clocks):
    assert read_state_vector(written_state_vector(clocks)) == clocks


@pytest.mark.parametrize("data", [b"", b"\x01", b"\x7f\x01\x01", b"\xff" * 100, b"\x00\x00"])
def test_other_state_vectors_are_refused(data):
    with pytest.raises(Rejected):
        read_state_vector(data)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), max_size=30))
def test_ranges_know_what_they_lack(spans):
    ranges, covered = Ranges(), set[int]()
    for begin, length in spans:
        span = set(range(begin, begin + length))
        lacking = [
            clock for part in ranges.lacks(1, begin, begin + length) for clock in range(*part)
        ]
        assert lacking == sorted(span - covered)
        ranges.add(1, begin, begin + length)
        covered |= span
    assert list(ranges.lacks(2, 0, 50)) == [(0, 50)]


# The budget ------------------------------------------------------------------------------------


def test_a_typical_update_costs_little():
    """Measured: 70 µs; the test leaves room for a busy machine."""
    sessions = yjs.sessions(1, 10, 150)
    best = min(time_of(sessions) for _ in range(3))
    assert best < 0.000_5, f"{best * 1e6:.0f} µs an update"


def time_of(sessions) -> float:
    begun = time.perf_counter()
    for session in sessions:
        kinds = ParentKinds()
        for _, data in session.log:
            kinds.admit(read(data))
    return (time.perf_counter() - begun) / sum(len(session.log) for session in sessions)


def test_random_bytes_are_refused_and_nothing_else():
    dice = random.Random(1)
    for _ in range(3000):
        data = dice.randbytes(dice.randrange(1, 200))
        try:
            ParentKinds().admit(read(data))
        except Rejected:
            continue
        assert data[0] == 0, "only an update without pieces can be made by chance"
