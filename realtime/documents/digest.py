"""The digest of a document: what a browser compares, now and then, with what it shows itself.

It is the SHA-256 of the text as JSON that JavaScript would write: static/src/minutes/digest.ts is
the twin of this. An element is its name, its attributes in order and what is in it; a text is its
runs, each with its marks in order, where neighbours with the same marks are one run.
"""

from __future__ import annotations

import json
import struct
from hashlib import sha256
from typing import Any

from pycrdt import XmlElement, XmlFragment, XmlText


def digest(root: XmlFragment) -> bytes:
    """The digest of everything in this fragment. Raises whatever the library does."""
    written = json.dumps(
        [form(each) for each in root.children], ensure_ascii=False, separators=(",", ":")
    )
    return sha256(written.encode("utf-8", "surrogatepass")).digest()


def form(node: Any) -> Any:
    if isinstance(node, XmlText):
        return runs(node)
    if isinstance(node, XmlElement):
        attributes: Any = node.attributes
        children = [form(each) for each in node.children]
        return [node.tag, pairs(dict(attributes)), children]
    return None


def runs(text: XmlText) -> list[Any]:
    found: list[Any] = []
    for piece, marks in text.diff():
        marked = pairs(marks or {})
        if found and found[-1][1] == marked:
            found[-1][0] += str(piece)
        else:
            found.append([str(piece), marked])
    return found


def pairs(values: dict[str, Any]) -> list[Any]:
    return [[key, plain(values[key])] for key in sorted(values)]


def plain(value: Any) -> Any:
    """Numbers as the eight bytes they are in JavaScript: everyone writes them out differently."""
    match value:
        case bool() | str() | None:
            return value
        case int() | float():
            return ["number", struct.pack(">d", value).hex()]
        case dict():
            return ["map", pairs(value)]
        case list():
            return ["list", [plain(each) for each in value]]
    return str(type(value).__name__)
