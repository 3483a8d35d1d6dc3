"""Minutes from Markdown: CommonMark with tables and task lists. HTML in it is words, but for the
few tags that our own exports write where Markdown has no sign."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.tree import SyntaxTreeNode

from workshop.minutes.sources.bounds import NODES, Unreadable, bounded
from workshop.minutes.tree import BREAK, Node, Text, node, safe_address

LINES = 20_000  # of a file: as many nodes as are taken
DEAREST = 50_000_000
"""What the marks of a file may cost: of each paragraph, the signs that may begin one, squared. So
the parser goes about it: a megabyte of brackets would keep it busy for hours."""
MAY_MARK = re.compile(r"[\[\]*_`<!&]")
BOX = re.compile(r"\[([ xX])\](?: |$)")
RULE = re.compile(r"[\s>:|-]+")
"""What the line may be of that gives a table its columns."""
TAG = re.compile(r"<(/?)(strong|em)>", re.I)
LINE = re.compile(r"<br\s*/?>", re.I)

Marks = dict[str, str | None]
Children = list[Node | Text]


def check_cost(state: StateCore) -> None:
    """Raise Unreadable where the marks would cost too much."""
    signs = [len(MAY_MARK.findall(each.content)) for each in state.tokens if each.type == "inline"]
    if sum(each**2 for each in signs) > DEAREST:
        raise Unreadable("too-big")


PARSER = MarkdownIt("commonmark", {"maxNesting": 16}).enable("table")
PARSER.core.ruler.before("inline", "check_cost", check_cost)


def read(file: bytes) -> Node:
    """The tree of a Markdown file in UTF-8. Raises Unreadable."""
    try:
        text = file.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("not-this-kind") from error
    if text.count("\n") + text.count("\r") > LINES:
        raise Unreadable("too-big")
    check_tables(text)
    root = SyntaxTreeNode(PARSER.parse(text))
    return bounded([each for child in root.children for each in blocks(child)])


def check_tables(text: str) -> None:
    """Raise Unreadable where tables would have too many cells: each row is filled up to the columns
    of its head, so that a megabyte makes fifty million."""
    cells = columns = 0
    for line in re.split("[\r\n]", text):
        if not line.strip(" \t"):  # to the parser no other sign is a blank
            columns = 0
        elif RULE.fullmatch(line):
            columns = max(columns, line.count("|"))
        cells += columns
    if cells > NODES:
        raise Unreadable("too-big")


def blocks(source: SyntaxTreeNode) -> Iterator[Node]:
    match source.type:
        case "paragraph":
            yield Node("paragraph", {}, tuple(line(source)))
        case "heading":
            # A level below the title's, as our exports write them; a title is a heading, too.
            level = max(1, int(source.tag[1:]) - 1)
            yield Node("heading", {"level": level}, tuple(line(source)))
        case "bullet_list":
            yield listed(source)
        case "ordered_list":
            order = int(source.attrs.get("start", 1))
            yield Node("ordered_list", {"order": order}, tuple(map(item, source.children)))
        case "blockquote":
            yield Node("blockquote", {}, tuple(inside(source)))
        case "table":
            rows = [row for part in source.children for row in part.children]
            yield Node("table", {}, tuple(map(table_row, rows)))
        case "code_block" | "fence":
            yield node("paragraph", source.content.rstrip("\n"))
        case "html_block":
            if words := without_comments(source.content):
                yield node("paragraph", words)


def without_comments(html: str) -> str:
    """What stands around comments. By a search that never goes back: a pattern did, for hours."""
    kept, at = list[str](), 0
    while (begin := html.find("<!--", at)) >= 0 and (end := html.find("-->", begin + 4)) >= 0:
        kept.append(html[at:begin].strip())
        at = end + 3
    return "".join([*kept, html[at:].strip()])


def inside(source: SyntaxTreeNode) -> Iterator[Node]:
    return (each for child in source.children for each in blocks(child))


def item(source: SyntaxTreeNode) -> Node:
    return Node("list_item", {}, tuple(inside(source)))


def listed(source: SyntaxTreeNode) -> Node:
    """A list; one of tasks, if each of its items begins with a box."""
    items = [item(each) for each in source.children]
    boxes = [BOX.match(first_words(each)) for each in items]
    if not all(boxes):
        return Node("bullet_list", {}, tuple(items))
    tasks = [task(each, box) for each, box in zip(items, boxes, strict=True) if box]
    return Node("task_list", {}, tuple(tasks))


def first_words(item: Node) -> str:
    first = next(item.nodes, None)
    found = first.children[0] if first and first.children else None
    return found.words if isinstance(found, Text) else ""


def task(item: Node, box: re.Match[str]) -> Node:
    first, *rest = item.nodes
    head, *others = first.children
    words = [replace(head, words=head.words[box.end() :])] if isinstance(head, Text) else []
    done = box[1] != " "
    return Node("task_item", {"checked": done}, (first.having(*words, *others), *rest))


def table_row(source: SyntaxTreeNode) -> Node:
    cells = [
        Node(
            "table_header" if each.type == "th" else "table_cell",
            {},
            (Node("paragraph", {}, tuple(line(each))),),
        )
        for each in source.children
    ]
    return Node("table_row", {}, tuple(cells))


def line(source: SyntaxTreeNode) -> Children:
    """The words in it, with their marks."""
    found: Children = []
    for each in source.children:
        words(each.children if each.type == "inline" else [each], {}, found)
    return found


def words(sources: list[SyntaxTreeNode], marks: Marks, found: Children) -> None:
    marks = dict(marks)
    for each in sources:
        match each.type:
            case "strong" | "em":
                words(each.children, {**marks, each.type: None}, found)
            case "link":
                href = safe_address(each.attrs.get("href", ""))
                words(each.children, {**marks, "link": href} if href else marks, found)
            case "hardbreak":
                found.append(BREAK)
            case "softbreak":
                found.append(Text(" ", dict(marks)))
            case "image":
                found.append(Text(each.content, dict(marks)))
            case "html_inline":
                tagged(each.content, marks, found)
            case _:
                found.append(Text(each.content, dict(marks)))


def tagged(tag: str, marks: Marks, found: Children) -> None:
    """Our own tags mark; any other is words."""
    if LINE.fullmatch(tag):
        found.append(BREAK)
    elif known := TAG.fullmatch(tag):
        if known[1]:
            marks.pop(known[2].lower(), None)
        else:
            marks[known[2].lower()] = None
    else:
        found.append(Text(tag, dict(marks)))
