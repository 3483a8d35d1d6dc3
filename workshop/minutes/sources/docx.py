"""Minutes from a Word document: its headings, lists, tables, quotations, and the marks we know.

A .docx is a zip of XML from a stranger: what it would unfold to is looked at before anything is
unfolded, and what it refers to outside is never fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from docx import Document
from docx.oxml.ns import qn
from lxml.etree import LxmlError  # type: ignore[import-untyped]

from workshop.minutes.sources.bounds import NODES, Unreadable, bounded
from workshop.minutes.tree import BREAK, Node, Text, safe_address

UNFOLDED = 16 * 1024 * 1024  # bytes, of all that is in it
FILES = 500
BASED = 11  # styles based on one another: more Word does not have
HEADING = re.compile(r"heading (\d)", re.I)
BOXES = {"☐": False, "☑": True, "☒": True}
OFF = ("0", "false", "none", "off")

Marks = dict[str, str | None]


def read(file: bytes) -> Node:
    """The tree of a .docx file. Raises Unreadable."""
    look_inside(file)
    try:
        reader = Reader(Document(BytesIO(file)))
        children = list(reader.blocks(reader.body))
    except Unreadable:
        raise
    except (BadZipFile, LxmlError, KeyError, ValueError, AttributeError, RecursionError) as error:
        raise Unreadable("not-this-kind") from error
    return bounded(nested(children))


def look_inside(file: bytes) -> None:
    """Raise Unreadable unless it is a zip that stays small: Python reads no more of a file in it
    than that file says it has."""
    try:
        with ZipFile(BytesIO(file)) as archive:
            files = archive.infolist()
    except BadZipFile as error:
        raise Unreadable("not-this-kind") from error
    if len(files) > FILES or sum(each.file_size for each in files) > UNFOLDED:
        raise Unreadable("too-big")


@dataclass(slots=True)
class Item:
    """A paragraph of a list, before lists are put into each other."""

    level: int
    kind: str
    order: int
    number: str
    node: Node


class Reader:
    def __init__(self, file: Any) -> None:
        self.file, self.body = file, file.element.body
        self.left = NODES
        self.formats = formats(file)

    def blocks(self, parent: Any) -> Iterator[Node | Item]:
        for each in parent:
            self.spend()
            if each.tag == qn("w:p"):
                yield self.paragraph(each)
            elif each.tag == qn("w:tbl"):
                yield self.table(each)
            elif each.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")):
                yield from self.blocks(each)

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Unreadable("too-big")

    def paragraph(self, source: Any) -> Node | Item:
        words = tuple(self.words(source, {}))
        style = self.style(source)
        if found := HEADING.match(style):
            return Node("heading", {"level": min(3, int(found[1]))}, words)
        if style.lower() == "title":
            return Node("heading", {"level": 1}, words)
        number, level = self.numbering(source)
        if number and (kind := self.formats.get((number, level))):
            return Item(level, kind[0], kind[1], number, Node("paragraph", {}, words))
        paragraph = Node("paragraph", {}, words)
        if style.lower() in ("quote", "intense quote"):
            return Node("blockquote", {}, (paragraph,))
        return paragraph

    def style(self, source: Any) -> str:
        found = self.file.part.get_style(source.style, 1)  # 1: of paragraphs
        return found.name or ""

    def numbering(self, source: Any) -> tuple[str, int]:
        """The list it belongs to, by itself or by its style, and how deep."""
        about = source.pPr
        numbered = about.find(qn("w:numPr")) if about is not None else None
        for style in self.styles(source):
            if numbered is None and style.element.pPr is not None:
                numbered = style.element.pPr.find(qn("w:numPr"))
        if numbered is None:
            return "", 0
        number, level = numbered.find(qn("w:numId")), numbered.find(qn("w:ilvl"))
        return value(number) or "", int(value(level) or 0)

    def styles(self, source: Any) -> Iterator[Any]:
        """Its style and those it is based on: not for ever, as two may be based on one another."""
        style = self.file.part.get_style(source.style, 1)
        for _ in range(BASED):
            if style is None:
                return
            yield style
            style = style.base_style

    def words(self, parent: Any, marks: Marks) -> Iterator[Node | Text]:
        for each in parent:
            if each.tag == qn("w:r"):
                yield from self.run(each, marks)
            elif each.tag == qn("w:hyperlink"):
                yield from self.words(each, self.linked(each, marks))
            elif each.tag in (qn("w:ins"), qn("w:smartTag"), qn("w:sdt"), qn("w:sdtContent")):
                yield from self.words(each, marks)

    def linked(self, source: Any, marks: Marks) -> Marks:
        target = self.file.part.rels.get(source.get(qn("r:id")) or "")
        href = safe_address(target.target_ref) if target and target.is_external else None
        return {**marks, "link": href} if href else marks

    def run(self, source: Any, marks: Marks) -> Iterator[Node | Text]:
        own = marks | self.marks(source)
        for each in source:
            self.spend()
            if each.tag == qn("w:t"):
                if each.text:
                    yield Text(each.text, own)
            elif each.tag in (qn("w:tab"), qn("w:noBreakHyphen")):
                yield Text("\t" if each.tag == qn("w:tab") else "\u2011", own)
            elif each.tag in (qn("w:br"), qn("w:cr")):
                yield BREAK

    def marks(self, source: Any) -> Marks:
        about = source.rPr
        if about is None:
            return {}
        style = (value(about.find(qn("w:rStyle"))) or "").lower()
        found: Marks = {}
        if on(about.find(qn("w:b"))) or style == "strong":
            found["strong"] = None
        if on(about.find(qn("w:i"))) or style == "emphasis":
            found["em"] = None
        return found

    def table(self, source: Any) -> Node:
        rows = [self.row(each) for each in source.iterchildren(qn("w:tr"))]
        return Node("table", {}, tuple(merged(rows)))

    def row(self, source: Any) -> list[tuple[int, str, Node]]:
        """Each cell's columns, whether it begins ("restart") or goes on ("continue") below another
        one, and what is in it."""
        about = source.find(qn("w:trPr"))
        head = about is not None and on(about.find(qn("w:tblHeader")))
        name = "table_header" if head else "table_cell"
        return [self.cell(each, name) for each in source.iterchildren(qn("w:tc"))]

    def cell(self, source: Any, name: str) -> tuple[int, str, Node]:
        about = source.find(qn("w:tcPr"))
        span = value(about.find(qn("w:gridSpan"))) if about is not None else None
        merge = about.find(qn("w:vMerge")) if about is not None else None
        below = "" if merge is None else value(merge) or "continue"
        columns = max(1, int(span)) if span and span.isdecimal() else 1
        inside = nested(list(self.blocks(source)))
        content = plain(inside) if name == "table_header" else inside
        return columns, below, Node(name, {"colspan": columns}, tuple(content))


def formats(file: Any) -> dict[tuple[str, int], tuple[str, int]]:
    """Of each list and level: what kind of list it is, and its first number."""
    try:
        numbering = file.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return {}
    levels: dict[str, dict[int, tuple[str, int]]] = {}
    for each in numbering.findall(qn("w:abstractNum")):
        levels[each.get(qn("w:abstractNumId"))] = dict(map(level_of, each.findall(qn("w:lvl"))))
    found = {}
    for each in numbering.findall(qn("w:num")):
        number = each.get(qn("w:numId"))
        own = dict(levels.get(value(each.find(qn("w:abstractNumId"))) or "", {}))
        for override in each.findall(qn("w:lvlOverride")):
            level = int(override.get(qn("w:ilvl")) or 0)
            start = value(override.find(qn("w:startOverride")))
            if start and start.isdecimal():
                own[level] = own.get(level, ("ordered_list", 1))[0], int(start)
        found.update({(number, level): kind for level, kind in own.items()})
    return found


def level_of(source: Any) -> tuple[int, tuple[str, int]]:
    kind = value(source.find(qn("w:numFmt")))
    start = value(source.find(qn("w:start"))) or "1"
    name = "bullet_list" if kind in ("bullet", "none", None) else "ordered_list"
    return int(source.get(qn("w:ilvl")) or 0), (name, int(start) if start.isdecimal() else 1)


@dataclass(slots=True)
class Open:
    """A list that is being filled."""

    level: int
    kind: str
    number: str
    order: int
    items: list[list[Node]] = field(default_factory=list)

    def close(self) -> Node:
        order = {"order": self.order} if self.kind == "ordered_list" else {}
        items = [Node("list_item", {}, tuple(each)) for each in self.items]
        return tasks(Node(self.kind, order, tuple(items)))


def nested(blocks: list[Node | Item]) -> list[Node | Text]:
    """Paragraphs of lists put into lists, and those into each other by how deep they stand."""
    done: list[Node | Text] = []
    stack: list[Open] = []

    def close(level: int) -> None:
        while stack and stack[-1].level >= level:
            closed = stack.pop().close()
            if stack:
                stack[-1].items[-1].append(closed)
            else:
                done.append(closed)

    for each in blocks:
        if isinstance(each, Node):
            close(0)
            joined(done, each)
            continue
        close(each.level + 1)
        if stack and stack[-1].level == each.level and stack[-1].number != each.number:
            close(each.level)
        if not stack or stack[-1].level < each.level:
            stack.append(Open(each.level, each.kind, each.number, each.order))
        stack[-1].items.append([each.node])
    close(0)
    return done


def joined(done: list[Node | Text], block: Node) -> None:
    """Neighbouring quotations are one; empty paragraphs only make room."""
    before = done[-1] if done else None
    if block.name == "blockquote" and isinstance(before, Node) and before.name == block.name:
        done[-1] = before.having(*before.children, *block.children)
    elif block.name != "paragraph" or block.children:
        done.append(block)


def tasks(found: Node) -> Node:
    """A list of tasks, if each of its items begins with a box."""
    items = [task(each) for each in found.nodes]
    if not items or not all(items):
        return found
    return Node("task_list", {}, tuple(each for each in items if each))


def task(item: Node) -> Node | None:
    first = next(item.nodes)
    head = first.children[0] if first.children else None
    if not isinstance(head, Text) or head.words[:1] not in BOXES:
        return None
    rest = head.words[1:].lstrip()
    words = [Text(rest, head.marks)] if rest else []
    paragraph = first.having(*words, *first.children[1:])
    return Node("task_item", {"checked": BOXES[head.words[0]]}, (paragraph, *item.children[1:]))


def merged(rows: list[list[tuple[int, str, Node]]]) -> Iterator[Node]:
    """Rows whose cells know how many rows they take."""
    spans: dict[tuple[int, int], int] = {}  # by row and column of where a cell begins
    begun: dict[int, tuple[int, int]] = {}  # by column, what goes on below
    kept: list[list[tuple[tuple[int, int], Node]]] = []
    for number, row in enumerate(rows):
        column, cells = 0, []
        for columns, below, cell in row:
            if below == "continue" and column in begun:
                spans[begun[column]] += 1
            else:
                spans[number, column] = 1
                cells.append(((number, column), cell))
                begun.pop(column, None)
                if below == "restart":
                    begun[column] = number, column
            column += columns
        kept.append(cells)
    for places in kept:
        cells_of_row = [
            Node(each.name, {**each.attributes, "rowspan": spans[at]}, each.children)
            for at, each in places
        ]
        yield Node("table_row", {}, tuple(cells_of_row))


def plain(children: list[Node | Text]) -> list[Node | Text]:
    """The same without strong words: that a header stands out is its own affair."""
    return [
        Text(each.words, {name: value for name, value in each.marks.items() if name != "strong"})
        if isinstance(each, Text)
        else each.having(*plain(list(each.children)))
        for each in children
    ]


def value(element: Any) -> str | None:
    found: str | None = None if element is None else element.get(qn("w:val"))
    return found


def on(element: Any) -> bool:
    return element is not None and (value(element) or "").lower() not in OFF
