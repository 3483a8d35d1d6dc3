"""Changes: two trees as one, in which what came is marked `ins` and what went is marked `del`.

Blocks are compared with blocks, and the words of two paragraphs that stand in each other's place
with each other. No document has these marks: they cannot be written into one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from workshop.minutes.tree import LEAVES, Node, Text

PRODUCT = 1_000_000
"""Pieces on one side times those on the other: beyond it they are not compared one by one. A
hostile text could keep a process busy for hours."""

ALL = 10_000_000
"""The same in a whole text: 800 paragraphs of two words in turn would take minutes."""

WORD = re.compile(r"\s+|\w+|[^\w\s]")


def changes(before: Node, after: Node) -> Node:
    """The later tree, with what changed since the earlier one marked in it."""
    return joined(after.having(*Comparison().compared(before.children, after.children)))


@dataclass
class Comparison:
    """One text with another. `left` is how much may still be compared piece by piece."""

    left: int = ALL

    def compared(self, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Node]:
        for same, old, new in self.steps(before, after):
            if same:
                yield from new
            else:
                yield from self.replaced(old, new)

    def steps(self, before: Sequence[Any], after: Sequence[Any]) -> Iterator[tuple[bool, Any, Any]]:
        """Whether it is the same, what was there, what is there now; piece by piece."""
        head = shared(zip(before, after, strict=False))
        tail = shared(zip(reversed(before[head:]), reversed(after[head:]), strict=False))
        if head:
            yield True, before[:head], after[:head]
        old, new = before[head : len(before) - tail], after[head : len(after) - tail]
        product = len(old) * len(new)
        if product > min(PRODUCT, self.left):
            yield False, old, new
        else:
            self.left -= product
            known: dict[str, int] = {}
            matcher = SequenceMatcher(None, ids(old, known), ids(new, known), autojunk=False)
            for tag, a, b, c, d in matcher.get_opcodes():
                yield tag == "equal", old[a:b], new[c:d]
        if tail:
            yield True, before[len(before) - tail :], after[len(after) - tail :]

    def replaced(self, old: Sequence[Node], new: Sequence[Node]) -> Iterator[Node]:
        """In pairs while they are of one kind; what is left over went or came."""
        pairs = 0
        for one, other in zip(old, new, strict=False):
            if one.name != other.name:
                break
            yield self.paired(one, other)
            pairs += 1
        yield from (marked(each, "del") for each in old[pairs:])
        yield from (marked(each, "ins") for each in new[pairs:])

    def paired(self, old: Node, new: Node) -> Node:
        if new.name in LEAVES:
            return new.having(*self.words(old, new))
        return new.having(*self.compared(old.children, new.children))

    def words(self, old: Node, new: Node) -> Iterator[Node | Text]:
        for same, before, after in self.steps(pieces(old), pieces(new)):
            if same:
                yield from after
            else:
                yield from (mark(each, "del") for each in before)
                yield from (mark(each, "ins") for each in after)


def shared(pairs: Iterable[tuple[Any, Any]]) -> int:
    count = 0
    for old, new in pairs:
        if old != new:
            break
        count += 1
    return count


def ids(pieces: Sequence[Any], known: dict[str, int]) -> list[int]:
    """A number for each, the same for the same: nodes hold dictionaries, which have no hash."""
    return [known.setdefault(repr(each), len(known)) for each in pieces]


def pieces(node: Node) -> list[Node | Text]:
    """Its words one by one, each with its marks."""
    found: list[Node | Text] = []
    for each in node.children:
        if isinstance(each, Text):
            found += (Text(word, each.marks) for word in WORD.findall(each.words))
        else:
            found.append(each)
    return found


def marked(node: Node, name: str) -> Node:
    return node.having(*(mark(each, name) for each in node.children))


def mark(each: Node | Text, name: str) -> Node | Text:
    if isinstance(each, Text):
        return Text(each.words, {**each.marks, name: None})
    return marked(each, name)


def joined(tree: Node) -> Node:
    """The same with neighbours of the same marks as one: read aloud, they are said once."""
    children: list[Node | Text] = []
    for each in tree.children:
        before = children[-1] if children else None
        if isinstance(each, Node):
            children.append(joined(each))
        elif isinstance(before, Text) and before.marks == each.marks:
            children[-1] = Text(before.words + each.words, each.marks)
        else:
            children.append(each)
    return tree.having(*children)
