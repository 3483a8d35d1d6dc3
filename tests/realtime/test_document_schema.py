"""What may enter a document is what docs/minutes.md says."""

from __future__ import annotations

import re
import struct
from contextlib import suppress
from pathlib import Path

import pytest

from realtime.documents import schema
from realtime.documents.guard import Limits, Rejected, read_update
from realtime.documents.parent_kinds import ParentKinds
from tests.realtime.updates import attribute, characters, element, mark, string, text, update

ANA, BEN = 7, 9
CONTRACT = (Path(__file__).parents[2] / "docs/minutes.md").read_text()


def admit(*pieces: bytes) -> None:
    ParentKinds().admit(read_update(update({ANA: (0, pieces)}), Limits()))


def is_refused(*pieces: bytes) -> bool:
    with suppress(Rejected):
        admit(*pieces)
        return False
    with pytest.raises(Rejected, match="malformed"):
        admit(*pieces)
    return True


def nest(*names: str) -> list[bytes]:
    """Each in the one before it."""
    return [element(name, parent=(ANA, n - 1) if n else "minutes") for n, name in enumerate(names)]


def test_the_nodes_are_those_of_the_contract():
    rows = re.findall(r"^\| (`.*?) \|", CONTRACT, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row) if "." not in row}
    assert named == set(schema.NODES)


@pytest.mark.parametrize("name", sorted(set(schema.NODES) | {"image", "script", "", "Paragraph"}))
def test_only_blocks_lie_at_the_top(name):
    assert is_refused(element(name)) == (name not in schema.BLOCKS)


@pytest.mark.parametrize(
    ("names", "fits"),
    [
        ("bullet_list list_item paragraph", True),
        ("bullet_list list_item bullet_list list_item task_list task_item heading", True),
        ("table table_row table_header paragraph hard_break", True),
        ("table table_row table_cell table table_row table_cell record", True),
        ("blockquote translation ordered_list list_item table", True),
        ("bullet_list paragraph", False),
        ("bullet_list task_item", False),
        ("task_list list_item", False),
        ("table table_cell", False),
        ("table table_row paragraph", False),
        ("paragraph paragraph", False),
        ("heading blockquote", False),
        ("blockquote hard_break", False),
        ("record paragraph", False),
        ("paragraph hard_break hard_break", False),
    ],
)
def test_what_may_lie_in_what(names, fits):
    assert is_refused(*nest(*names.split())) != fits


@pytest.mark.parametrize("name", sorted(schema.NODES))
def test_text_lies_in_paragraphs_and_headings(name):
    ways = {
        "list_item": ("bullet_list",),
        "task_item": ("task_list",),
        "table_row": ("table",),
        "table_cell": ("table", "table_row"),
        "table_header": ("table", "table_row"),
        "hard_break": ("paragraph",),
    }
    above = ways.get(name, ())
    pieces = [*nest(*above, name), text(parent=(ANA, len(above)))]
    assert is_refused(*pieces) == (name not in ("paragraph", "heading"))


def int_(value: int) -> bytes:
    return bytes([0x7D, abs(value) | (0x40 if value < 0 else 0)])


def double(value: float) -> bytes:
    return b"\x7b" + struct.pack(">d", value)


def word(value: str) -> bytes:
    return b"\x77" + string(value)


NULL, TRUE, FALSE, UNDEFINED = b"\x7e", b"\x78", b"\x79", b"\x7f"
BIG = b"\x7a" + bytes(7) + b"\x01"


@pytest.mark.parametrize(
    ("name", "key", "value", "fits"),
    [
        ("heading", "level", int_(1), True),
        ("heading", "level", double(3), True),
        ("heading", "level", int_(0), False),
        ("heading", "level", int_(4), False),
        ("heading", "level", double(1.5), False),
        ("heading", "level", double(float("nan")), False),
        ("heading", "level", double(float("inf")), False),
        ("heading", "level", word("1"), False),
        ("heading", "level", TRUE, False),
        ("heading", "level", BIG, False),
        ("heading", "style", word("x"), False),
        ("paragraph", "level", int_(1), False),
        ("ordered_list", "order", int_(-3), True),
        ("ordered_list", "order", double(1.5), True),
        ("ordered_list", "order", NULL, False),
        ("record", "record", word("polls.poll/7"), True),
        ("record", "record", word("minutes.decision/0b5e-é"), True),
        ("record", "record", word("javascript:alert(1)"), False),
        ("record", "record", word("polls.poll/"), False),
        ("record", "record", word("polls.poll/" + "7" * 200), False),
        ("record", "at", double(1790156123.41), True),
        ("record", "at", double(1e300), False),
        ("record", "at", double(float("inf")), False),
        ("record", "at", int_(-1), False),
        ("record", "at", NULL, True),
        ("record", "at", word("now"), False),
        ("translation", "lang", word("co"), True),
        ("translation", "lang", word("xx"), False),
        ("translation", "lang", b"\x75\x00", False),
        ("bullet_list", "onclick", word("x"), False),
    ],
)
def test_attributes(name, key, value, fits):
    assert is_refused(element(name), attribute(key, value, parent=(ANA, 0))) != fits


@pytest.mark.parametrize(
    ("names", "key", "value", "fits"),
    [
        ("task_list task_item", "checked", TRUE, True),
        ("task_list task_item", "checked", FALSE, True),
        ("task_list task_item", "checked", int_(1), False),
        ("table table_row table_cell", "colspan", int_(2), True),
        ("table table_row table_cell", "colspan", double(1e9), False),
        ("table table_row table_header", "rowspan", int_(2), True),
        ("table table_row table_header", "rowspan", double(1e9), False),
        ("table table_row table_cell", "colwidth", b"\x75\x02" + int_(40) + NULL, True),
        ("table table_row table_cell", "colwidth", NULL, True),
        ("table table_row table_cell", "colwidth", word("40"), False),
        ("table table_row table_cell", "background", word("red"), False),
        ("table table_row", "colspan", int_(2), False),
    ],
)
def test_attributes_further_in(names, key, value, fits):
    pieces = nest(*names.split())
    last = ANA, len(pieces) - 1
    assert is_refused(*pieces, attribute(key, value, parent=last)) != fits


@pytest.mark.parametrize(("second", "fits"), [(2, True), (7, False)])
def test_an_attribute_may_have_had_several_values(second, fits):
    """As when it was changed twice offline, and the first time undone and done again."""
    two = b"\x28" + b"\x00\x07\x00" + string("level") + b"\x02" + int_(1) + int_(second)
    assert is_refused(element("heading"), two) != fits


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        ("strong", {}, True),
        ("em", {}, True),
        ("strong", None, True),
        ("link", None, True),
        ("strong", {"style": "x"}, False),
        ("strong", True, False),
        ("underline", {}, False),
        ("underline", None, False),
        ("", {}, False),
        ("link", {"href": "https://example.org/"}, True),
        ("link", {"href": "HTTP://example.org/"}, True),
        ("link", {"href": "mailto:a@example.org"}, True),
        ("link", {"href": " ht\ntp://example.org/"}, True),  # as browsers read it
        ("link--Abc=", {"href": "https://example.org/"}, True),
        ("link", {"href": "javascript:alert(1)"}, False),
        ("link", {"href": "java\nscript:alert(1)"}, False),
        ("link", {"href": "\x01javascript:alert(1)"}, False),
        ("link", {"href": "data:text/html,x"}, False),
        ("link", {"href": "/here"}, False),
        ("link", {"href": 7}, False),
        ("link", {"href": "https://a", "onclick": "x"}, False),
        ("link", {}, False),
        ("link--Abc=", {"href": "javascript:alert(1)"}, False),
    ],
)
def test_marks(name, value, fits):
    words = [element(), text(parent=(ANA, 0)), characters("abc", parent=(ANA, 1))]
    assert is_refused(*words, mark(name, value, left=(ANA, 2))) != fits


def test_what_was_stored_before_is_not_judged_again():
    old = update({ANA: (0, [element("image"), attribute("src", parent=(ANA, 0))])})
    kinds = ParentKinds()
    kinds.admit(read_update(old, Limits()), strict=False)
    within = update({BEN: (0, [element("paragraph", parent=(ANA, 0))])})
    with pytest.raises(Rejected, match="malformed"):
        kinds.admit(read_update(within, Limits()))
