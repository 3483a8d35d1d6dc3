"""Writing a tree into a document, as updates that its editor could have sent.

Updates come in pieces of a size that a document takes (`realtime/documents/guard.py`), cut between
blocks: what a reader sees in between is a whole text, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pycrdt import XmlElement, XmlFragment, XmlText

from workshop.minutes.tree import ITEMS, LEAVES, Node, Text, document, inside, root_of, shaped

NOTHING = b"\x00\x00"  # the update that changes nothing
PIECE = 300  # nodes in one update, some six structs each


class Draft:
    """A copy of a document in which one client writes. `client` is an id that is new, or its
    person's own."""

    def __init__(self, updates: Sequence[bytes], client: int) -> None:
        self.doc = document(updates, client)
        self.root = root_of(self.doc)
        self.told = self.doc.get_state()

    def append(self, tree: Node) -> Iterator[bytes]:
        """Put the tree's blocks at the end."""
        yield from self._insert([filled(each) for each in tree.nodes], len(self.root.children))

    def replace(self, tree: Node) -> Iterator[bytes]:
        """Make the document say what the tree says. What is the same at the beginning and at the
        end stays as it is, with its authors and with what is anchored there."""
        now = [shaped([each]) for each in top(self.root)]
        then = [filled(each) for each in tree.nodes]
        head = alike(now, then)
        tail = alike(now[head:][::-1], then[sum(map(len, now[:head])) :][::-1])
        kept = sum(map(len, now[:head])), sum(map(len, now[len(now) - tail :]))
        del self.root.children[head : len(now) - tail]
        yield from self._insert(then[kept[0] : len(then) - kept[1]], head)

    def _insert(self, blocks: Sequence[Node], at: int) -> Iterator[bytes]:
        nodes = 0
        for block in blocks:
            size = count(block)
            if nodes and nodes + size > PIECE:
                yield self._news()
                nodes = 0
            put(self.root.children, block, at)
            at, nodes = at + 1, nodes + size
        news = self._news()
        if news != NOTHING:
            yield news

    def _news(self) -> bytes:
        news, self.told = self.doc.get_update(self.told), self.doc.get_state()
        return news


def top(root: XmlFragment) -> Iterator[Node | Text]:
    """Its blocks, each as the document has it."""
    for child in root.children:
        if isinstance(child, XmlElement):
            attributes: Any = child.attributes
            yield Node(child.tag or "", dict(attributes), tuple(inside(child)))
        else:
            yield Text(str(child))


def alike(now: Sequence[tuple[Node, ...]], then: Sequence[Node]) -> int:
    """How many of the first blocks already say what they are to say."""
    at = 0
    for number, nodes in enumerate(now):
        if not nodes or tuple(then[at : at + len(nodes)]) != nodes:
            return number
        at += len(nodes)
    return len(now)


def filled(node: Node) -> Node:
    """The same as the editor's schema has it: something in everything that holds blocks, and a
    paragraph first in every item. What falls short of it, an editor would throw away."""
    if node.name in LEAVES or node.name == "record":
        return node
    children = tuple(filled(each) for each in node.nodes)
    lacks = not children or (node.name in ITEMS and children[0].name != "paragraph")
    return node.having(*([Node("paragraph")] if lacks else []), *children)


def count(node: Node) -> int:
    return 1 + sum(count(each) if isinstance(each, Node) else 2 for each in node.children)


def put(children: Any, node: Node, at: int) -> None:
    """The node, among these children, as y-prosemirror writes it."""
    element = XmlElement(node.name, written(node))
    children.insert(at, element)
    if node.name in LEAVES:
        put_words(element, node)
    else:
        for each in node.nodes:
            put(element.children, each, len(element.children))


def written(node: Node) -> dict[str, Any]:
    """Its attributes; what is as it would be anyway is left out."""
    kept = {name: number(value) for name, value in node.attributes.items() if value is not None}
    if node.name in ("table_cell", "table_header"):
        return {name: value for name, value in kept.items() if value != 1}
    return kept


def number(value: Any) -> Any:
    """Whole numbers as JavaScript has them: pycrdt would write a bigint, which equals no number."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def put_words(element: XmlElement, node: Node) -> None:
    """Neighbouring words are one text, whatever their marks; a line's end stands between two."""
    text: XmlText | None = None
    length = 0
    for each in node.children:
        if isinstance(each, Node):
            element.children.append(XmlElement(each.name))
            text = None
            continue
        if text is None:
            text, length = XmlText(), 0
            element.children.append(text)
        text.insert(length, each.words, marks(each))
        length += len(each.words.encode())


def marks(text: Text) -> dict[str, Any]:
    """All marks that there are, so that none is carried on from the words before."""
    return {name: {"href": value} if name == "link" else {} for name, value in text.marks.items()}
