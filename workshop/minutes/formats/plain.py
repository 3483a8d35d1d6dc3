"""The minutes as plain lines, with their lists, quotations and tables marked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from workshop.minutes.grid import grid
from workshop.minutes.paper import Paper
from workshop.minutes.tree import BREAK, LEAVES, Node, Text

RULE = "="


def write(paper: Paper) -> bytes:
    head = [paper.title, RULE * len(paper.title)]
    facts = [" \n".join(paper.lines)] if paper.lines else []
    body = text(paper.tree, paper.words) or paper.words["empty"]
    return ("\n\n".join(["\n".join(head), *facts, body]) + "\n").encode()


def text(tree: Node, words: Mapping[str, str]) -> str:
    """The text alone."""
    return apart(tree.nodes, words)


def apart(nodes: Iterable[Node], words: Mapping[str, str]) -> str:
    return "\n\n".join("\n".join(found) for each in nodes if (found := list(lines(each, words))))


def lines(node: Node, words: Mapping[str, str]) -> Iterator[str]:
    first, rest = {"blockquote": ("> ", "> "), "bullet_list": ("- ", "  ")}.get(node.name, ("", ""))
    if node.name in LEAVES:
        yield from leaf(node).split("\n")
    elif node.name == "ordered_list":
        order = node.attributes["order"]
        yield from indented(node, lambda n: f"{order + n}. ", words)
    elif node.name == "task_list":
        boxes = ["[x] " if each.attributes["checked"] else "[ ] " for each in node.nodes]
        yield from indented(node, lambda n: boxes[n], words)
    elif node.name == "table":
        yield from table(node, words)
    elif node.name == "beside":
        yield from beside(node, words)
    elif node.name == "translation":
        yield from labelled(node, words)
    else:
        yield from indented(node, lambda _: first, words, rest)


def indented(
    node: Node, first: Callable[[int], str], words: Mapping[str, str], rest: str | None = None
) -> Iterator[str]:
    for number, each in enumerate(node.nodes):
        sign = first(number)
        for at, line in enumerate(lines(each, words)):
            yield ((" " * len(sign) if rest is None else rest) if at else sign) + line


def leaf(node: Node) -> str:
    return "".join(each.words if isinstance(each, Text) else "\n" for each in linked(node))


def linked(node: Node) -> Iterator[Node | Text]:
    """Its words, and after each link where it leads."""
    children = node.children
    for n, each in enumerate(children):
        yield each
        href = address(each)
        follows = children[n + 1] if n + 1 < len(children) else BREAK
        if href and href != address(follows) and isinstance(each, Text) and each.words != href:
            yield Text(f" <{href}>")


def address(each: Node | Text) -> str | None:
    return each.marks.get("link") if isinstance(each, Text) else None


def table(node: Node, words: Mapping[str, str]) -> Iterator[str]:
    """One row a line. Cells that hold several lines say them one after the other."""
    for places in grid(node).rows:
        cells = (" ".join(indented(each.cell, lambda _: "", words)) for each in places)
        yield " | ".join(cells)


def beside(node: Node, words: Mapping[str, str]) -> Iterator[str]:
    """Each language below the one before; the session's own needs no label."""
    for number, pair in enumerate(node.nodes):
        if number:
            yield ""
        own, *others = pair.nodes
        yield from apart(own.nodes, words).split("\n")
        for side in others:
            yield ""
            yield from labelled(side, words)


def labelled(side: Node, words: Mapping[str, str]) -> Iterator[str]:
    name = words[f"in {side.attributes['lang']}"]
    yield f"[{name}]" if side.children else f"[{name}: {words['untranslated']}]"
    if side.children:
        yield from apart(side.nodes, words).split("\n")
