"""The minutes as a tagged PDF, after PDF/UA-1: typst refuses to write one that falls short of it.

What people wrote goes to typst as data, in JSON; its program is a file of ours (`pdf.typ`), which
no word can change. It runs in a process of its own (`typesetter.py`). Signs that none of our fonts
has are written as their names, in brackets: they would be empty boxes otherwise, and PDF/UA does
not let them be.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workshop.minutes.grid import Place, grid, heads
from workshop.minutes.paper import Paper
from workshop.minutes.tree import LEAVES, LISTS, Node, Text, boxed

TYPESETTER = Path(__file__).parents[1] / "typesetter.py"
SECONDS = 120  # for a text of 1 MB it takes two
DEEPEST = 10  # blocks within blocks


def write(paper: Paper) -> bytes:
    """A PDF file. It takes a fifth of a second and more: not for the event loop. Raises
    subprocess.SubprocessError where it cannot be made."""
    data = json.dumps(plain(paper), ensure_ascii=False)
    command = [sys.executable, "-I", str(TYPESETTER), str(int(paper.made.timestamp()))]
    done = subprocess.run(  # noqa: S603 - our own program; what people wrote is its input
        command, input=data.encode(), stdout=subprocess.PIPE, timeout=SECONDS, check=True
    )
    return done.stdout


# The data ----------------------------------------------------------------------------------


def plain(paper: Paper) -> dict[str, Any]:
    return {
        "title": paper.title,
        "language": paper.language,
        "lines": paper.lines,
        "words": {name: paper.words[name] for name in ("untranslated", "empty")},
        "nodes": Data(paper).blocks(paper.tree),
    }


class Data:
    def __init__(self, paper: Paper) -> None:
        self.words, self.depth = paper.words, 0

    def blocks(self, node: Node) -> list[dict[str, Any]]:
        """Its blocks; what lies deeper than typst can lay out stands there as its lines."""
        self.depth += 1
        deep = self.depth > DEEPEST
        found = [self.block(each) for each in (leaves(node) if deep else node.nodes)]
        self.depth -= 1
        return found

    def block(self, node: Node) -> dict[str, Any]:
        name = node.name
        if name in ("paragraph", "heading"):
            return {"name": name, **node.attributes, "runs": [run(each) for each in node.children]}
        if name in LISTS:
            return self.items(node)
        if name == "table":
            return self.table(node)
        if name == "beside":
            return self.beside(node)
        return {"name": name, **node.attributes, "nodes": self.blocks(node)}

    def items(self, node: Node) -> dict[str, Any]:
        items = [self.blocks(boxed(each, "☑ ", "☐ ")) for each in node.nodes]
        tight = all(len(each.children) < 2 for each in node.nodes)
        order = max(0, node.attributes.get("order", 1))
        return {"name": node.name, "order": order, "tight": tight, "items": items}

    def table(self, node: Node) -> dict[str, Any]:
        found = grid(node)
        return {
            "name": "table",
            "columns": found.columns,
            "head": heads(found.rows[0]),
            "cells": [self.cell(each) for each in found.places],
        }

    def cell(self, place: Place) -> dict[str, Any]:
        return {
            **{"x": place.column, "y": place.row, "columns": place.columns, "rows": place.rows},
            "header": place.cell.name == "table_header",
            "nodes": self.blocks(place.cell),
        }

    def beside(self, node: Node) -> dict[str, Any]:
        langs = node.attributes["langs"]
        return {
            "name": "beside",
            "langs": [{"lang": each, "name": self.words[f"in {each}"]} for each in langs],
            "sides": [
                {"lang": side.attributes["lang"], "nodes": self.blocks(side)}
                for pair in node.nodes
                for side in pair.nodes
            ],
        }


def leaves(node: Node) -> Iterator[Node]:
    for each in node.nodes:
        if each.name in LEAVES:
            yield each
        else:
            yield from leaves(each)


def run(each: Node | Text) -> dict[str, Any]:
    if isinstance(each, Node):
        return {"break": True}
    return {
        "break": False,
        "words": each.words,
        "strong": "strong" in each.marks,
        "em": "em" in each.marks,
        "link": each.marks.get("link"),
    }
