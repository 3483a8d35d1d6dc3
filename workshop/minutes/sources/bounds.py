"""What may come in from a file: no more than a document takes, whatever the file unfolds to."""

from __future__ import annotations

from workshop.minutes.tree import Node, Text, node, tree_of, words_of

NODES = 20_000  # a table of 4 000 cells, or a book
DEEPEST = 16  # elements within elements; a document takes 24


class Unreadable(Exception):
    """The file cannot be taken in. `code` is "not-this-kind" or "too-big"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def bounded(children: list[Node | Text]) -> Node:
    """These as a tree, or Unreadable if there are too many."""
    tree = flattened(tree_of(children), 0)
    if count(tree) > NODES:
        raise Unreadable("too-big")
    return tree


def count(tree: Node) -> int:
    return 1 + sum(count(each) if isinstance(each, Node) else 1 for each in tree.children)


def flattened(tree: Node, depth: int) -> Node:
    """What lies too deep keeps its words alone."""
    children: list[Node | Text] = []
    for each in tree.children:
        if isinstance(each, Text) or each.name == "hard_break":
            children.append(each)
        elif depth >= DEEPEST and each.name not in ("paragraph", "heading"):
            children.append(node("paragraph", words_of(each)))
        else:
            children.append(flattened(each, depth + 1))
    return tree.having(*children)
