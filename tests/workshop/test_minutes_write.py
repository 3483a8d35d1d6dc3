"""Writing a tree into a document: what its updates say, and that a document takes them."""

from __future__ import annotations

from hypothesis import given, settings

from realtime.documents.guard import Limits, read_update
from tests.realtime.documents import opened
from tests.workshop.test_minutes_formats import BLOCKS
from tests.workshop.test_minutes_sources import BLOCKS as ANY
from workshop.minutes.tree import Node, Text, document, node, read, tree_of
from workshop.minutes.write import Draft, filled


def p(*words):
    return node("paragraph", *words)


def whole(tree: Node) -> Node:
    return tree.having(*(filled(each) for each in tree.nodes))


TREE = tree_of([*BLOCKS, node("translation", p("unu"), lang="co")])


def test_what_is_written_is_read_again():
    updates = list(Draft([], 5).append(TREE))

    assert read(document(updates)) == TREE


def test_it_comes_after_what_was_there():
    before = list(Draft([], 5).append(tree_of([p("before")])))
    after = list(Draft(before, 6).append(TREE))

    assert read(document([*before, *after])) == tree_of([p("before"), *TREE.nodes])


def test_nothing_to_write_is_no_update():
    assert list(Draft([], 5).append(tree_of([]))) == []
    updates = list(Draft([], 5).append(TREE))
    assert list(Draft(updates, 6).replace(TREE)) == []


def test_only_what_differs_is_written():
    """The rest keeps its authors, and what is anchored in it."""
    updates = list(Draft([], 5).append(TREE))
    other = tree_of([*TREE.children[:2], p("other"), *TREE.children[3:]])

    (change,) = Draft(updates, 6).replace(other)

    assert len(change) < 60
    assert read(document([*updates, change])) == other


@given(ANY, ANY)
@settings(max_examples=50)
def test_any_text_can_be_made_of_any_other(before, after):
    first = tree_of(merged(before))
    then = tree_of(merged(after))
    updates = list(Draft([], 5).append(first))

    updates += Draft(updates, 6).replace(then)

    made = whole(then)
    assert read(document(updates)) == made.having(*merged(made.children))


def merged(children):
    """Neighbouring words of the same marks are one text to a document."""
    found = []
    for each in children:
        before = found[-1] if found else None
        if isinstance(each, Text):
            if isinstance(before, Text) and before.marks == each.marks:
                found[-1] = Text(before.words + each.words, each.marks)
            else:
                found.append(each)
        else:
            found.append(each.having(*merged(each.children)))
    return found


def test_what_an_editor_would_throw_away_is_filled():
    """An item begins with a paragraph, a cell holds something."""
    tree = tree_of([
        node("bullet_list", node("list_item", node("blockquote", p("x"))), node("list_item")),
        node("table", node("table_row", node("table_cell"))),
        node("blockquote"),
    ])  # fmt: skip
    found = read(document(list(Draft([], 5).append(tree))))

    items = list(next(found.nodes).nodes)
    assert [[each.name for each in item.nodes] for item in items] == [
        ["paragraph", "blockquote"], ["paragraph"],
    ]  # fmt: skip
    assert [each.name for each in found.children[2].nodes] == ["paragraph"]


def test_numbers_are_what_javascript_calls_numbers():
    """A bigint equals no number there."""
    doc = document(list(Draft([], 5).append(tree_of([node("heading", "x", level=2)]))))
    (update,) = [doc.get_update()]

    assert b"\x7a" not in update, "no bigint in its encoding"


async def test_a_document_takes_a_long_text_piece_by_piece():
    long = tree_of(
        [p(f"Alinéa {n} ", Text("gras", {"strong": None}), " et la suite") for n in range(3000)]
    )
    updates = list(Draft([], 77).append(long))
    document_ = await opened()

    assert len(updates) > 1
    for update in updates:
        read_update(update, Limits(bytes=64 * 1024))
        await document_.write(update, "ana")

    assert read(document(document_.updates)) == long
    await document_.close()


async def test_a_document_takes_a_replacement_and_its_authors_are_told_apart():
    document_ = await opened()
    for update in Draft([], 5).append(TREE):
        await document_.write(update, "ana")
    for update in Draft(document_.updates, 6).replace(tree_of([p("new"), *TREE.children[1:]])):
        await document_.write(update, "ben")

    assert document_.clients_of("ben") == {6}
    assert read(document(document_.updates)).children[1:] == TREE.children[1:]
    await document_.close()
