"""The minutes as a tagged PDF, after PDF/UA-1: typst refuses to write one that falls short of it.

What people wrote goes to typst as data, in JSON; its program is a file of ours (`pdf.typ`), which
no word can change. Signs that none of our fonts has are written as their names, in brackets: they
would be empty boxes otherwise, and PDF/UA does not let them be.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typst

from workshop.minutes.grid import Place, grid, heads
from workshop.minutes.paper import Paper
from workshop.minutes.tree import LEAVES, LISTS, Node, Text, boxed

HERE = Path(__file__).parent
PROGRAM = HERE / "pdf.typ"
FONTS = HERE.parent / "fonts"
TRIES = 4
DEEPEST = 10  # blocks within blocks
WITHOUT_A_FONT = re.compile(r"the text `\"(.*?)\"` could not be displayed", re.S)
CODE = re.compile(r"\\u\{([0-9a-f]+)\}")
PLAIN = range(0x180)  # what Newsreader has in any case


def write(paper: Paper) -> bytes:
    """A PDF file. It takes a tenth of a second: not for the event loop."""
    data = json.dumps(plain(paper), ensure_ascii=False)
    for _ in range(TRIES):
        try:
            return compiled(data, int(paper.made.timestamp()))
        except typst.TypstError as error:
            lacking = without_a_font(error)
            if not lacking:
                raise
            data = named(data, lacking)
    return compiled(named(data, {each for each in data if ord(each) not in PLAIN}), 0)


def compiled(data: str, made: int) -> bytes:
    compiler = typst.Compiler(root=HERE, font_paths=fonts())
    written = compiler.compile(
        PROGRAM.read_bytes(),
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"paper": data},
        timestamp=made,
    )
    if not isinstance(written, bytes):
        raise TypeError("a PDF is one file")
    return written


@cache
def fonts() -> typst.Fonts:
    """Ours and typst's own, never this machine's: a PDF is the same anywhere."""
    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])


def without_a_font(error: typst.TypstError) -> set[str]:
    """The signs that it could not write."""
    found = WITHOUT_A_FONT.findall(f"{error.message}\n{error.diagnostic}")
    signs = {sign for text in found for sign in CODE.sub(lambda code: chr(int(code[1], 16)), text)}
    return {sign for sign in signs if ord(sign) not in PLAIN}


def named(data: str, signs: Iterable[str]) -> str:
    return data.translate({ord(sign): name_of(sign) for sign in signs})


def name_of(sign: str) -> str:
    if unicodedata.category(sign) in ("Mn", "Cf"):
        return ""  # it only says how its neighbours look
    return f"[{unicodedata.name(sign, f'U+{ord(sign):04X}').lower()}]"


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
