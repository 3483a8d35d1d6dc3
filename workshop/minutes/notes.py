"""Notes in the text: the update that puts a record, and the heading it begins, at the end."""

from __future__ import annotations

from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from workshop.features.minutes.facts import Note

ROOT = "minutes"


def placed(updates: list[bytes], note: Note, client: int, heading: str = "") -> bytes:
    """The update that puts a note at the end of the document that these make, under this client id:
    before the empty paragraph in which somebody may be about to write, or with one after it."""
    doc: Doc[Any] = Doc(client_id=client)
    for update in updates:
        doc.apply_update(update)
    root = doc.get(ROOT, type=XmlFragment)
    known = doc.get_state()
    with doc.transaction():
        at = len(root.children) - ends_empty(root)
        for node in nodes_of(note, heading):
            root.children.insert(at, node)
            at += 1
        if at == len(root.children):
            root.children.append(XmlElement("paragraph"))
    return doc.get_update(known)


def nodes_of(note: Note, heading: str) -> list[XmlElement]:
    record = element("record", {"record": note.about, "at": note.at})
    if not heading:
        return [record]
    return [element("heading", {"level": 1.0}, XmlText(heading)), record]


def element(name: str, attributes: Any, *children: XmlText) -> XmlElement:
    """An element. Its attributes may be numbers, which the library takes and does not declare; a
    whole one would become a bigint, which in a browser equals no number."""
    return XmlElement(name, attributes, list(children))


def ends_empty(root: XmlFragment) -> bool:
    """Whether the last block is a paragraph with nothing in it."""
    last = root.children[len(root.children) - 1] if len(root.children) else None
    if not isinstance(last, XmlElement) or last.tag != "paragraph":
        return False
    return not any(str(each) for each in last.children)
