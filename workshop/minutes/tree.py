"""The tree: what the minutes say, as plain nodes that never change.

It is read from a document with its names (`docs/minutes.md`) and always has the same shape,
whatever the document holds: blocks in blocks, words in paragraphs, items in lists, cells in rows.
What is unknown is shown as what is inside it: an element nobody knows is no reason to hide its
words, nor to believe its attributes. Whoever writes a tree therefore need not be careful again,
but with its words: they are anybody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

ROOT = "minutes"
SCHEMES = frozenset({"http", "https", "mailto"})
LANGUAGES = frozenset({"fr", "en", "co"})
LEVELS = 3
MARKS = frozenset({"strong", "em", "link"})

LEAVES = frozenset({"paragraph", "heading"})
LISTS = {"bullet_list": "list_item", "ordered_list": "list_item", "task_list": "task_item"}
ITEMS = frozenset(LISTS.values())
CELLS = frozenset({"table_cell", "table_header"})
HOLDERS = frozenset({"blockquote", "translation"})
KNOWN = LEAVES | LISTS.keys() | ITEMS | CELLS | HOLDERS | {"table", "table_row", "record"}

LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
# What XML 1.0, and so every office's file, has no place for, or does not want.
UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Text:
    """Words, and their marks by name: `link` has its address, the others are None."""

    words: str
    marks: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Node:
    name: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    children: tuple[Node | Text, ...] = ()

    @property
    def nodes(self) -> Iterator[Node]:
        return (each for each in self.children if isinstance(each, Node))

    def having(self, *children: Node | Text) -> Node:
        return replace(self, children=children)


Inline = Node | Text
BREAK = Node("hard_break")


def node(name: str, *children: Node | Text | str, **attributes: Any) -> Node:
    """`node("heading", "Budget", level=2)`."""
    inside = tuple(Text(each) if isinstance(each, str) else each for each in children)
    return Node(name, attributes, inside)


def document(updates: Iterable[bytes], client: int | None = None) -> Doc[Any]:
    """The document that these updates make: a snapshot and the edits after it, in their order. What
    is written in it, is written under this client id, or one by chance."""
    doc: Doc[Any] = Doc(client_id=client)
    with doc.transaction():
        for update in updates:
            doc.apply_update(update)
    return doc


def read(doc: Doc[Any]) -> Node:
    """The tree of a document."""
    return tree_of(inside(root_of(doc)))


def root_of(doc: Doc[Any]) -> XmlFragment:
    """What holds the text."""
    root: XmlFragment = doc.get(ROOT, type=XmlFragment)
    return root


def tree_of(children: Iterable[Node | Text]) -> Node:
    """A tree of these blocks, in the shape that a tree has."""
    return Node("doc", {}, shaped(children))


def words_of(node: Node | Text) -> str:
    """All its words, one line a block."""
    if isinstance(node, Text):
        return node.words
    if node.name == "hard_break":
        return "\n"
    parts = [words_of(each) for each in node.children]
    return "".join(parts) if node.name in LEAVES else "\n".join(parts)


def strong(node: Node) -> Node:
    """The same, with all its words strong."""
    children = [
        Text(each.words, {**each.marks, "strong": None}) if isinstance(each, Text) else strong(each)
        for each in node.children
    ]
    return node.having(*children)


def boxed(item: Node, done: str, open: str) -> Node:
    """A task with its box before its first words; any other item as it is."""
    if "checked" not in item.attributes:
        return item
    box = Text(done if item.attributes["checked"] else open)
    head, *rest = item.children or (Node("paragraph"),)
    if not isinstance(head, Node) or head.name != "paragraph":
        return item.having(Node("paragraph", {}, (box,)), *item.children)
    return item.having(head.having(box, *head.children), *rest)


def headings(tree: Node) -> list[tuple[int, str]]:
    """The outline: the level, from 1, and the words of every heading."""
    found = [each for each in tree.nodes if each.name == "heading"]
    return [(each.attributes["level"], words_of(each)) for each in found]


def safe_address(address: object) -> str | None:
    """The address a link may lead to, or None: whatever else a scheme can do stays out."""
    text = str(address).strip()
    if any(ord(sign) < 0x20 for sign in text):
        return None  # browsers leave them out: `java\nscript:` would be one word
    try:
        scheme = urlsplit(text).scheme.lower()
    except ValueError:
        return None
    return text if scheme in SCHEMES and not UNWRITABLE.search(text) else None


# From the document -------------------------------------------------------------------------


def inside(node: XmlFragment | XmlElement) -> Iterator[Node | Text]:
    """What is in it, as the document has it."""
    for each in node.children:
        if isinstance(each, XmlText):
            yield from runs(each)
        elif isinstance(each, XmlElement):
            attributes: Any = each.attributes
            yield Node(each.tag or "", dict(attributes), tuple(inside(each)))


def runs(text: XmlText) -> Iterator[Text]:
    for run, marks in text.diff():
        if isinstance(run, str):
            yield Text(run, marks_of(marks or {}))


def marks_of(marks: Mapping[str, Any]) -> dict[str, str | None]:
    """The marks we know. y-prosemirror writes those that may overlap as `name--hash`."""
    found: dict[str, str | None] = {}
    for name, value in sorted(marks.items()):
        name = name.partition("--")[0]
        if name == "link":
            href = safe_address(value.get("href")) if isinstance(value, dict) else None
            if href:
                found[name] = href
        elif name in MARKS:
            found[name] = None
    return found


# The shape ---------------------------------------------------------------------------------


def shaped(children: Iterable[Node | Text]) -> tuple[Node, ...]:
    """These as blocks: words that stand alone become a paragraph, and what stands where it cannot
    is shown as what is in it."""
    return tuple(_blocks(children))


def _blocks(children: Iterable[Node | Text]) -> Iterator[Node]:
    for alone, group in groupby(_known(children), _is_inline):
        if alone:
            yield Node("paragraph", {}, tuple(_lines(group)))
        else:
            for each in group:
                if isinstance(each, Node):
                    yield from _block(each)


def _known(children: Iterable[Node | Text]) -> Iterator[Node | Text]:
    """These, or what is in them where nobody knows what they are."""
    for each in children:
        if isinstance(each, Text) or each.name in KNOWN or each.name == "hard_break":
            yield each
        else:
            yield from _known(each.children)


def _is_inline(each: Node | Text) -> bool:
    return isinstance(each, Text) or each.name == "hard_break"


def _block(block: Node) -> Iterator[Node]:
    name, given = block.name, block.attributes
    if name in LEAVES:
        yield from _leaf(block)
    elif name in LISTS:
        items = tuple(_items(block, LISTS[name]))
        order = {"order": whole(given.get("order"))} if name == "ordered_list" else {}
        if items:
            yield Node(name, order, items)
    elif name == "table":
        rows = tuple(_rows(block))
        if rows:
            yield Node("table", {}, rows)
    elif name == "blockquote":
        yield Node(name, {}, shaped(block.children))
    elif name == "translation" and given.get("lang") in LANGUAGES:
        yield Node(name, {"lang": given["lang"]}, shaped(block.children))
    elif name == "record":
        yield Node(name, {"record": _key(given.get("record")), "at": _moment(given.get("at"))})
    else:  # an item without a list, a cell without a table
        yield from _blocks(block.children)


def _leaf(block: Node) -> Iterator[Node]:
    """A paragraph or a heading; what cannot be in one comes after it."""
    level = min(LEVELS, max(1, whole(block.attributes.get("level"))))
    attributes = {"level": level} if block.name == "heading" else {}
    children = list(_known(block.children))
    yield Node(block.name, attributes, tuple(_lines(filter(_is_inline, children))))
    for each in children:
        if isinstance(each, Node) and not _is_inline(each):
            yield from _block(each)


def _lines(children: Iterable[Node | Text]) -> Iterator[Node | Text]:
    """A line that ends in the words ends in every format."""
    for each in children:
        if isinstance(each, Node):
            yield BREAK
            continue
        for number, words in enumerate(LINE_END.split(each.words)):
            if number:
                yield BREAK
            if written := UNWRITABLE.sub("", words):
                yield Text(written, each.marks)


def _items(block: Node, name: str) -> Iterator[Node]:
    for each in _known(block.children):
        item = each if isinstance(each, Node) and each.name in ITEMS else Node(name, {}, (each,))
        done = {"checked": item.attributes.get("checked") is True} if name == "task_item" else {}
        yield Node(name, done, shaped(item.children))


def _rows(table: Node) -> Iterator[Node]:
    for each in _known(table.children):
        is_row = isinstance(each, Node) and each.name == "table_row"
        row = each if isinstance(each, Node) and is_row else Node("table_row", {}, (each,))
        cells = tuple(_cells(row))
        if cells:
            yield Node("table_row", {}, cells)


def _cells(row: Node) -> Iterator[Node]:
    for each in _known(row.children):
        is_cell = isinstance(each, Node) and each.name in CELLS
        cell = each if isinstance(each, Node) and is_cell else Node("table_cell", {}, (each,))
        spans = {name: max(1, whole(cell.attributes.get(name))) for name in ("colspan", "rowspan")}
        yield Node(cell.name, spans, shaped(cell.children))


def whole(value: object) -> int:
    """A whole number; pycrdt gives it as a float, anyone could give a word. 1 if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 1
    return int(value) if abs(value) < 10**6 else 1


def _key(value: object) -> str:
    return UNWRITABLE.sub("", value)[:256] if isinstance(value, str) else ""


def _moment(value: object) -> float | None:
    """Seconds since 1970, within what a calendar has."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and 0 < value < 2**33 else None  # type: ignore[arg-type, operator]
