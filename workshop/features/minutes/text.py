"""The minutes as text: from the document to HTML that is safe to show, and to plain lines.

The names are those of the editor's schema (`static/src/minutes/schema.ts`). Whatever else a
document holds is shown as what is inside it: an element nobody knows is no reason to hide its
words, nor to believe its attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape
from typing import Any
from urllib.parse import urlsplit

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

ROOT = "minutes"
SCHEMES = frozenset({"http", "https", "mailto"})
HEADING = 2  # what the first level of headings is in a page, below its title

TAGS = {
    "paragraph": "p",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "blockquote",
}
MARKS = {"strong": "strong", "em": "em"}
BLOCKS = frozenset({"paragraph", "heading"})

Node = XmlElement | XmlText


def read(updates: Iterable[bytes]) -> Doc[Any]:
    """The document that these updates make: a snapshot and the edits after it, in their order."""
    doc: Doc[Any] = Doc()
    for update in updates:
        doc.apply_update(update)
    return doc


def to_html(doc: Doc[Any]) -> str:
    """The minutes as HTML. Everything is escaped; links lead to the web or to an address."""
    return "\n".join(_html(each) for each in _top(doc))


def to_text(doc: Doc[Any]) -> str:
    """The minutes as plain lines, with their lists and quotations marked."""
    return "\n\n".join("\n".join(lines) for each in _top(doc) if (lines := list(_lines(each))))


def headings(doc: Doc[Any]) -> list[tuple[int, str]]:
    """The outline: the level, from 1, and the words of every heading."""
    found = [each for each in _top(doc) if isinstance(each, XmlElement) and each.tag == "heading"]
    return [(_level(each), _words(each)) for each in found]


def safe_address(address: object) -> str | None:
    """The address a link may lead to, or None: whatever else a scheme can do stays out."""
    text = str(address).strip()
    if any(ord(sign) < 0x20 for sign in text):
        return None  # browsers leave them out: `java\nscript:` would be one word
    try:
        scheme = urlsplit(text).scheme.lower()
    except ValueError:
        return None
    return text if scheme in SCHEMES else None


def _top(doc: Doc[Any]) -> Iterator[Node]:
    yield from _children(doc.get(ROOT, type=XmlFragment))


def _children(node: XmlFragment | XmlElement) -> Iterator[Node]:
    for each in node.children:
        if isinstance(each, XmlElement | XmlText):
            yield each


def _html(node: Node) -> str:
    if isinstance(node, XmlText):
        return "".join(_marked(escape(text), marks) for text, marks in _runs(node))
    if node.tag == "hard_break":
        return "<br>"
    inside = "".join(_html(each) for each in _children(node))
    if node.tag == "heading":
        level = _level(node) + HEADING - 1
        return f"<h{level}>{inside}</h{level}>"
    tag = TAGS.get(node.tag or "")
    return f"<{tag}{_start(node)}>{inside}</{tag}>" if tag else inside


def _marked(text: str, marks: dict[str, Any]) -> str:
    """Marks come in any order: always nest them in the same one, links outermost."""
    for name in sorted(MARKS.keys() & marks.keys()):
        text = f"<{MARKS[name]}>{text}</{MARKS[name]}>"
    link = marks.get("link")
    href = safe_address(link.get("href")) if isinstance(link, dict) else None
    if href is None:
        return text
    return f'<a href="{escape(href)}" rel="noopener noreferrer nofollow">{text}</a>'


def _runs(text: XmlText) -> Iterator[tuple[str, dict[str, Any]]]:
    for run, marks in text.diff():
        if isinstance(run, str):
            # y-prosemirror writes marks that may overlap as `name--hash`.
            yield run, {name.split("--")[0]: value for name, value in (marks or {}).items()}


def _start(node: XmlElement) -> str:
    order = _whole(node, "order")
    return f' start="{order}"' if node.tag == "ordered_list" and order != 1 else ""


def _lines(node: Node) -> Iterator[str]:
    if isinstance(node, XmlText) or node.tag in BLOCKS or node.tag == "hard_break":
        yield from _words(node).split("\n")
    elif node.tag == "blockquote":
        yield from _indented(node, lambda _: "> ", "> ")
    elif node.tag == "list_item":
        yield from _indented(node, lambda _: "", "")
    elif node.tag == "bullet_list":
        yield from _indented(node, lambda _: "- ", "  ")
    elif node.tag == "ordered_list":
        first = _whole(node, "order")
        yield from _indented(node, lambda n: f"{first + n}. ", "   ")
    else:
        yield from _indented(node, lambda _: "", "")


def _indented(node: XmlElement, first: Callable[[int], str], rest: str) -> Iterator[str]:
    for number, each in enumerate(_children(node)):
        for at, line in enumerate(_lines(each)):
            yield (rest if at else first(number)) + line


def _words(node: Node) -> str:
    if isinstance(node, XmlText):
        return "".join(text for text, _ in _runs(node))
    if node.tag == "hard_break":
        return "\n"
    return "".join(_words(each) for each in _children(node))


def _level(node: XmlElement) -> int:
    return min(3, max(1, _whole(node, "level")))


def _whole(node: XmlElement, name: str) -> int:
    """A whole number among the attributes; pycrdt gives it as a float, anyone could give a word."""
    attributes: Any = node.attributes
    value = dict(attributes).get(name)
    if isinstance(value, int | float) and abs(value) < 10**6:
        return int(value)
    return 1
