"""What changed between two texts, and the edits in groups."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given, settings

from tests.workshop.test_minutes_sources import BLOCKS
from workshop.minutes.changes import changes, joined
from workshop.minutes.history import GROUPS, groups, told
from workshop.minutes.tree import Node, Text, node, tree_of, words_of


def p(*words):
    return node("paragraph", *words)


def runs(tree: Node) -> list[tuple[str, str]]:
    """All words with what became of them."""
    found = []
    for each in tree.children:
        if isinstance(each, Text):
            fate = "+" if "ins" in each.marks else "-" if "del" in each.marks else "="
            found.append((fate, each.words))
        else:
            found += runs(each)
    return found


def changed(before: list[Node], after: list[Node]) -> list[tuple[str, str]]:
    return runs(changes(tree_of(before), tree_of(after)))


def test_words_are_compared_with_words():
    assert changed([p("le budget est voté")], [p("le budget fut voté hier")]) == [
        ("=", "le budget "), ("-", "est"), ("+", "fut"), ("=", " voté"), ("+", " hier"),
    ]  # fmt: skip


def test_a_paragraph_that_came_and_one_that_went():
    assert changed([p("a"), p("b")], [p("a"), p("x"), p("b")]) == [
        ("=", "a"),
        ("+", "x"),
        ("=", "b"),
    ]
    assert changed([p("a"), p("x"), p("b")], [p("a"), p("b")]) == [
        ("=", "a"),
        ("-", "x"),
        ("=", "b"),
    ]


def test_a_change_of_marks_is_a_change():
    assert changed([p("gras")], [p(Text("gras", {"strong": None}))]) == [
        ("-", "gras"),
        ("+", "gras"),
    ]


def test_lists_and_tables_are_compared_inside():
    def of(*items):
        return node("bullet_list", *(node("list_item", p(each)) for each in items))

    assert changed([of("un", "deux")], [of("un", "deux bis", "trois")]) == [
        ("=", "un"), ("=", "deux"), ("+", " bis"), ("+", "trois"),
    ]  # fmt: skip


def test_nothing_changed_is_the_text_itself():
    tree = tree_of([p("a"), node("blockquote", p("b"))])

    assert changes(tree, tree) == tree


def kept(tree: Node, *fates: str) -> str:
    return "".join(words for fate, words in runs(tree) if fate in fates)


@given(BLOCKS, BLOCKS)
@settings(max_examples=60)
def test_either_text_can_be_read_out_of_the_changes(before, after):
    old, new = tree_of(before), tree_of(after)
    both = changes(old, new)

    assert sorted(kept(both, "=", "-")) == sorted(kept(old, "="))
    assert kept(both, "=", "+") == kept(new, "=")


def test_a_hostile_text_is_compared_in_no_time():
    old = tree_of([p("a" if n % 2 else "b") for n in range(8_000)])
    new = tree_of([p("b" if n % 3 else "a") for n in range(8_000)])
    began = time.process_time()

    changes(old, new)

    assert time.process_time() - began < 8


def test_neighbours_of_one_mark_are_one():
    assert joined(p("a", "b", Text("c", {"em": None}))) == p("ab", Text("c", {"em": None}))
    assert words_of(joined(p("a", "b"))) == "ab"


@dataclass
class Made:
    seq: int
    at: float
    people: tuple[str, ...] = ("ana",)


def test_edits_are_grouped_by_when_they_were_made():
    edits = [Made(1, 0), Made(2, 30), Made(3, 100, ("ben",)), Made(4, 120)]

    second, first = groups(edits)

    assert (first.first, first.last, first.begins, first.ends, first.people) == (
        1,
        2,
        0,
        30,
        ("ana",),
    )
    assert (second.first, second.last, second.people) == (3, 4, ("ben", "ana"))


def test_ten_thousand_edits_are_few_groups_that_hold_them_all():
    edits = [Made(n, n * 7.0) for n in range(1, 10_001)]

    found = groups(edits)

    assert len(found) <= GROUPS
    assert found[-1].first == 1
    assert found[0].last == 10_000
    assert all(later.first == earlier.last + 1 for later, earlier in pairwise(found))


def test_no_edits_are_no_groups():
    assert groups([]) == []


def test_all_edits_are_told_in_little():
    edits = [Made(1, 1000.4), Made(2, 1001.2, ("ana", "ben")), Made(3, 1003.9)]

    assert told(edits, {"ana": "Ana"}) == {
        "at": [1000, 1, 2], "by": [0, 1, 0], "who": [["Ana"], ["Ana", ""]],
    }  # fmt: skip


def test_a_text_made_to_keep_the_comparison_busy_is_compared_in_part():
    """Each paragraph is small enough by itself; all of them took minutes, of every page's time."""
    one, other = (
        node("doc", *[node("paragraph", f"begin {words * 150} end")] * 40)
        for words in ("a b ", "b b a ")
    )
    first, *_, last = changes(one, other).children

    assert len(first.children) > 100, "word by word"
    assert len(last.children) < 10, "at once"
