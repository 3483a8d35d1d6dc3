"""The schema: which nodes, attributes and marks may enter a document, and what may lie in what.

docs/minutes.md says it for everyone; here it is judged piece by piece, as updates come in. A piece
never moves, so that what it is and where it lies can be judged once, when it is admitted. How many
of something there are changes with every merge: that is the editors' to mend, and not judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isnan
from typing import Any, TypeGuard

Check = Callable[[Any], bool]

SCHEMES = ("http:", "https:", "mailto:")
RECORD = re.compile(r"[a-z_]+\.[a-z_]+/\S{1,128}")
COLUMNS, ROWS = 1000, 65534  # that one cell may span, as in HTML: browsers count them out
LATEST = 2**33  # seconds since 1970: browsers draw nothing where no calendar has the hour
LANGUAGES = ("fr", "co", "en")


@dataclass(frozen=True, slots=True)
class Node:
    """What may lie in a node, and which values its attributes may have. None among what it holds
    stands for text."""

    holds: frozenset[str | None] = frozenset()
    attributes: Mapping[str, Check] = field(default_factory=dict)


def number(value: object) -> TypeGuard[float]:
    """A number as JavaScript has them; not NaN, which equals nothing."""
    return isinstance(value, int | float) and not isinstance(value, bool) and not isnan(value)


def whole(least: int, most: int) -> Check:
    def check(value: object) -> bool:
        return number(value) and least <= value <= most and value % 1 == 0

    return check


def moment(value: Any) -> bool:
    return number(value) and 0 < value < LATEST


def truth(value: Any) -> bool:
    return isinstance(value, bool)


def one_of(*values: str) -> Check:
    return lambda value: isinstance(value, str) and value in values


def nothing_or(check: Check) -> Check:
    return lambda value: value is None or check(value)


def list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(check(each) for each in value)


def key_of_record(value: Any) -> bool:
    return isinstance(value, str) and bool(RECORD.fullmatch(value))


def address(value: Any) -> bool:
    """Where a link may lead. Browsers drop tabs and line ends within it, and what goes before."""
    if not isinstance(value, str):
        return False
    begun = re.sub(r"[\t\n\r]", "", value).lstrip("".join(map(chr, range(0x21))))
    return begun.lower().startswith(SCHEMES)


def no_attributes(value: Any) -> bool:
    return isinstance(value, dict) and not value


def link(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"href"} and address(value["href"])


INLINE: frozenset[str | None] = frozenset({None, "hard_break"})
BLOCKS: frozenset[str | None] = frozenset(
    {
        *("paragraph", "heading", "bullet_list", "ordered_list", "task_list", "blockquote"),
        *("table", "record", "translation"),
    }
)
CELL = Node(
    BLOCKS,
    {
        "colspan": whole(1, COLUMNS),
        "rowspan": whole(0, ROWS),
        "colwidth": nothing_or(list_of(nothing_or(number))),
    },
)

ROOT = Node(BLOCKS)
NODES: dict[str, Node] = {
    "paragraph": Node(INLINE),
    "heading": Node(INLINE, {"level": whole(1, 3)}),
    "bullet_list": Node(frozenset({"list_item"})),
    "ordered_list": Node(frozenset({"list_item"}), {"order": number}),
    "list_item": Node(BLOCKS),
    "task_list": Node(frozenset({"task_item"})),
    "task_item": Node(BLOCKS, {"checked": truth}),
    "blockquote": Node(BLOCKS),
    "table": Node(frozenset({"table_row"})),
    "table_row": Node(frozenset({"table_cell", "table_header"})),
    "table_cell": CELL,
    "table_header": CELL,
    "record": Node(frozenset(), {"record": key_of_record, "at": nothing_or(moment)}),
    "translation": Node(BLOCKS, {"lang": one_of(*LANGUAGES)}),
    "hard_break": Node(),
}
MARKS: dict[str, Check] = {"strong": no_attributes, "em": no_attributes, "link": link}


def node(name: str | None) -> Node | None:
    """The node of this name; without one, the root."""
    return ROOT if name is None else NODES.get(name)


def holds(parent: str | None, child: str | None) -> bool:
    """Whether a child, or text, may lie in a parent, or the root."""
    found = node(parent)
    return found is not None and child in found.holds


def attribute(parent: str | None, name: str, values: list[Any]) -> bool:
    """Whether an element may have this attribute with these values, one after the other: what the
    same client wrote and wrote again may come as one piece, of which the last value counts."""
    found = node(parent)
    check = found.attributes.get(name) if found else None
    return check is not None and bool(values) and all(map(check, values))


def mark(name: str, value: Any) -> bool:
    """Whether text may be marked so, or, with None, no longer be. A mark that may overlap itself is
    written `name--hash`."""
    check = MARKS.get(name.partition("--")[0])
    return check is not None and (value is None or check(value))
