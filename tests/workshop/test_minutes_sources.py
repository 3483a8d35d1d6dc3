"""What comes in from files: the same as what went out, and nothing that is too much."""

from __future__ import annotations

import time
import zipfile
from datetime import UTC, datetime
from io import BytesIO

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import example, given
from hypothesis import strategies as st

from workshop.minutes.export import FORMATS
from workshop.minutes.paper import Heading, paper
from workshop.minutes.sources import docx, markdown
from workshop.minutes.sources.bounds import NODES, Unreadable
from workshop.minutes.tree import BREAK, Node, Text, node, tree_of, words_of
from workshop.records import Records

WORDS = st.text(
    st.one_of(
        st.sampled_from("ab 1.)-+#*_`~[]()<>!&|\\=:/@$^\"'é😀ŭ"), st.characters(codec="utf-8")
    ),
    min_size=1,
    max_size=12,
)
MARKS = st.dictionaries(st.sampled_from(["strong", "em"]), st.none(), max_size=2)
LINKED = st.one_of(MARKS, st.just({"link": "https://a.org/?a=(1)&b=2"}))
RUNS = st.lists(st.one_of(st.builds(Text, WORDS, LINKED), st.just(BREAK)), max_size=4)
PARAGRAPHS = st.builds(lambda runs: node("paragraph", *runs), RUNS)
HEADINGS = st.builds(
    lambda runs, level: node("heading", *runs, level=level), RUNS, st.integers(1, 3)
)


def lists(blocks):
    items = st.lists(
        st.builds(lambda head, rest: node("list_item", head, *rest), PARAGRAPHS, blocks),
        min_size=1,
        max_size=3,
    )
    tasks = st.lists(
        st.builds(
            lambda head, done: node("task_item", head, checked=done), PARAGRAPHS, st.booleans()
        ),
        min_size=1,
        max_size=3,
    )
    return st.one_of(
        st.builds(lambda found: node("bullet_list", *found), items),
        st.builds(
            lambda found, n: node("ordered_list", *found, order=n), items, st.integers(0, 20)
        ),
        st.builds(lambda found: node("task_list", *found), tasks),
        st.builds(lambda found: node("blockquote", *found), blocks),
    )


BLOCKS = st.recursive(
    st.lists(st.one_of(PARAGRAPHS, HEADINGS), max_size=3),
    lambda blocks: st.lists(st.one_of(PARAGRAPHS, lists(blocks)), max_size=3),
    max_leaves=6,
)


def written(tree: Node, name: str) -> bytes:
    heading = Heading("Titre", "fr", (), datetime(2026, 9, 23, tzinfo=UTC))
    return FORMATS[name].write(paper(heading, tree, Records(), UTC))


def p(*words):
    return node("paragraph", *words)


def row(name, *cells):
    return node("table_row", *(node(name, p(each), colspan=1, rowspan=1) for each in cells))


TREE = tree_of([
    node("heading", "Budget", level=2),
    p("Hé ", Text("gras", {"strong": None}), " et ", Text("les deux", {"em": None, "strong": None}),
      " ", Text("ici", {"link": "https://a.org/?a=(1)&b=2"}), BREAK, "suite <b> *x* #panic"),
    node("bullet_list", node("list_item", p("un")), node("list_item", p("deux"),
        node("ordered_list", node("list_item", p("trois")), node("list_item", p("4")), order=3))),
    node("task_list", node("task_item", p("à faire"), checked=False),
         node("task_item", p("fait"), checked=True)),
    node("blockquote", p("dit"), p("et redit")),
    node("table", row("table_header", "A", "B|b"), row("table_cell", "x", "y")),
])  # fmt: skip


@pytest.mark.parametrize(("name", "source"), [("md", markdown), ("docx", docx)])
def test_what_goes_out_comes_in_again(name, source):
    title, *blocks = source.read(written(TREE, name)).nodes

    assert words_of(title) == "Titre"
    assert blocks == list(TREE.nodes)


def said(tree: Node) -> str:
    """Its words without their spaces: formats keep none at an edge."""
    return "".join(words_of(tree).split())


@given(BLOCKS)
@example([node("paragraph", "x", BREAK, " ", BREAK)])
def test_no_word_is_lost_or_read_as_markup_in_markdown(blocks):
    tree = tree_of([node("paragraph", "!"), *blocks])

    read = markdown.read(written(tree, "md"))

    assert said(read) == "Titre" + said(tree)


def test_spans_come_in_from_word():
    spanning = node(
        "table",
        node("table_row", node("table_cell", p("a"), colspan=2, rowspan=2),
             node("table_cell", p("b"), colspan=1, rowspan=1)),
        node("table_row", node("table_cell", p("c"), colspan=1, rowspan=1)),
    )  # fmt: skip

    assert list(docx.read(written(tree_of([spanning]), "docx")).nodes)[1:] == [spanning]


def test_only_what_word_would_show_comes_in():
    """What was deleted under review does not, what was inserted does."""
    file = Document()
    paragraph = file.add_paragraph("stays ")._p
    for tag, inner, words in (("del", "delText", "gone"), ("ins", "t", "came")):
        paragraph.append(change(tag, inner, words))

    assert words_of(docx.read(saved(file))) == "stays came"


def change(tag: str, inner: str, words: str):
    return parse_xml(f"<w:{tag} {nsdecls('w')}><w:r><w:{inner}>{words}</w:{inner}></w:r></w:{tag}>")


def saved(file) -> bytes:
    out = BytesIO()
    file.save(out)
    return out.getvalue()


@pytest.mark.parametrize("href", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"])
def test_links_of_a_file_lead_to_the_web_or_nowhere(href):
    assert markdown.read(f"[words](<{href}>)".encode()) == tree_of([p(words_in(href))])


def words_in(href: str) -> str:
    """markdown-it itself refuses some of these, and leaves the words as they are."""
    return words_of(markdown.read(f"[words](<{href}>)".encode()))


def test_html_in_markdown_is_words():
    tree = markdown.read(b"<script>alert(1)</script>\n\n*a* <b onclick=x>bold</b>")

    assert words_of(tree) == "<script>alert(1)</script>\na <b onclick=x>bold</b>"


@pytest.mark.parametrize(
    ("source", "file"),
    [(markdown, b"\xff\xfe"), (docx, b"no zip"), (docx, b"PK\x05\x06" + b"\0" * 18)],
)
def test_what_is_of_another_kind_is_refused(source, file):
    with pytest.raises(Unreadable) as refused:
        source.read(file)
    assert refused.value.code == "not-this-kind"


def test_a_zip_that_unfolds_without_end_is_refused_before_it_does():
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 64 * 1024 * 1024)
    assert len(out.getvalue()) < 100_000

    with pytest.raises(Unreadable) as refused:
        docx.read(out.getvalue())
    assert refused.value.code == "too-big"


def test_a_huge_table_is_refused():
    line = b"|a" * 50 + b"|\n"
    with pytest.raises(Unreadable) as refused:
        markdown.read(line + b"|-" * 50 + b"|\n" + line * (NODES // 150))
    assert refused.value.code == "too-big"


def test_what_is_nested_without_end_keeps_its_words():
    tree = markdown.read(b"> " * 500 + b"deep")

    assert depth(tree) < 24
    tree = markdown.read(b"".join(b"  " * n + b"- item\n" for n in range(200)))
    assert depth(tree) < 40


def depth(tree: Node) -> int:
    return 1 + max((depth(each) for each in tree.nodes), default=0)


@pytest.mark.parametrize("words", ["[", "![", "`a", "*a ", "**a*", "<", "a\n|-|\n", "[a](", "&"])
def test_a_file_made_to_keep_the_parser_busy_is_too_big(words):
    """Each of these takes it from half a minute to hours."""
    begun = time.process_time()
    with pytest.raises(Unreadable, match="too-big"):
        markdown.read((words * 100_000).encode())

    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "file",
    [
        "|a" * 5000 + "\n" + "|-" * 5000 + "\n" + "a\n" * 15_000,
        "a|b\n" + "-|" * 5000 + "\n" + "\xa0\n" + "a\x0c\x0c\n" * 15_000,
        "> a|b\n> " + "|-" * 5000 + "\n" + "> a\n" * 15_000,
    ],
)
def test_a_table_of_fifty_million_cells_is_too_big(file):
    """It took all memory there was."""
    begun = time.process_time()
    with pytest.raises(Unreadable, match="too-big"):
        markdown.read(file.encode())

    assert time.process_time() - begun < 2


@pytest.mark.parametrize("file", ["<div>" + " " * 900_000 + "x", "<!--" * 200_000])
def test_html_made_to_keep_a_pattern_busy_is_read_at_once(file):
    """It took hours, and held every other thread."""
    begun = time.process_time()
    assert markdown.read(file.encode()).children

    assert time.process_time() - begun < 2


def test_comments_are_no_words():
    said = markdown.read(b"<div>one<!-- a\n<!-- b -->two</div> <!-- c -->\nthree <!-- d")

    assert words_of(said) == "<div>onetwo</div>three <!-- d"


def test_styles_of_word_may_be_based_on_one_another():
    """They kept one of two threads busy, for ever."""
    file = Document()
    one, other = (file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) for name in ("One", "Other"))
    one.base_style, other.base_style = other, one
    file.add_paragraph("words", style=one)

    assert words_of(docx.read(saved(file))) == "words"


def test_a_file_with_many_marks_is_none_of_these():
    paragraph = "Le *budget* est **voté** : [voir](https://a.fr) `là`. " * 10

    assert markdown.read(f"{paragraph}\n\n".encode() * 200).children
