"""Notes in the text: the update that puts a record, and the heading it begins, at the end."""

from __future__ import annotations

from pycrdt import XmlElement, XmlFragment

from workshop.features.minutes.facts import Note
from workshop.minutes.tree import Node, document, node, root_of
from workshop.minutes.write import put


def placed(updates: list[bytes], note: Note, client: int, heading: str = "") -> bytes:
    """The update that puts a note at the end of the document that these make, under this client id:
    before the empty paragraph in which somebody may be about to write, or with one after it."""
    doc = document(updates, client)
    root = root_of(doc)
    known = doc.get_state()
    with doc.transaction():
        waits = ends_empty(root)
        at = len(root.children) - waits
        blocks = [*nodes_of(note, heading), *([] if waits else [node("paragraph")])]
        for place, each in enumerate(blocks, at):
            put(root.children, each, place)
    return doc.get_update(known)


def nodes_of(note: Note, heading: str) -> list[Node]:
    record = node("record", record=note.about, at=note.at)
    return [node("heading", heading, level=1), record] if heading else [record]


def ends_empty(root: XmlFragment) -> bool:
    """Whether the last block is a paragraph with nothing in it."""
    last = root.children[len(root.children) - 1] if len(root.children) else None
    if not isinstance(last, XmlElement) or last.tag != "paragraph":
        return False
    return not any(str(each) for each in last.children)
