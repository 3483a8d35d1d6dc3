"""The minutes as HTML and as plain lines, whatever the document holds."""

from __future__ import annotations

import pytest
from django.utils.translation import override
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from workshop.minutes.formats import html, plain
from workshop.minutes.paper import said
from workshop.minutes.tree import document, headings, read, safe_address

with override("en"):
    WORDS = said("en")


def to_html(made: Doc) -> str:
    return html.part(read(made), WORDS)


def to_text(made: Doc) -> str:
    return plain.text(read(made), WORDS)


def doc(*blocks) -> Doc:
    made: Doc = Doc()
    children = made.get("minutes", type=XmlFragment).children
    for tag, attributes, *inside in blocks:
        put(children, tag, attributes, *inside)
    return made


def put(children, tag, attributes, *inside) -> None:
    element = XmlElement(tag, attributes)
    children.append(element)
    for each in inside:
        if isinstance(each, str):
            element.children.append(XmlText(each))
        else:
            put(element.children, *each)


def marked(words: str, begin: int, end: int, **marks) -> Doc:
    made = doc(("paragraph", {}, words))
    made.get("minutes", type=XmlFragment).children[0].children[0].format(begin, end, marks)
    return made


def item(*inside):
    return ("list_item", {}, *inside)


MINUTES = doc(
    ("heading", {"level": 1.0}, "Budget"),
    ("paragraph", {}, "First line", ("hard_break", {}), "second line"),
    ("bullet_list", {}, item(("paragraph", {}, "one")), item(
        ("paragraph", {}, "two"),
        ("ordered_list", {"order": 3.0},
            item(("paragraph", {}, "three")), item(("paragraph", {}, "four"))),
    )),
    ("blockquote", {}, ("paragraph", {}, "said"), ("paragraph", {}, "and said")),
)  # fmt: skip


def test_html():
    assert to_html(MINUTES) == (
        "<h2>Budget</h2>\n"
        "<p>First line<br>second line</p>\n"
        "<ul><li><p>one</p></li><li><p>two</p>"
        '<ol start="3"><li><p>three</p></li><li><p>four</p></li></ol></li></ul>\n'
        "<blockquote><p>said</p><p>and said</p></blockquote>"
    )


def test_plain_lines():
    assert to_text(MINUTES) == (
        "Budget\n\nFirst line\nsecond line\n\n"
        "- one\n- two\n  3. three\n  4. four\n\n> said\n> and said"
    )


def test_the_outline():
    made = doc(("heading", {"level": 2}, "A"), ("paragraph", {}, "B"), ("heading", {}, "C & D"))
    assert headings(read(made)) == [(2, "A"), (1, "C & D")]


def test_an_empty_document_is_empty():
    assert to_html(Doc()) == to_text(Doc()) == ""


def test_marks_are_nested_in_one_order():
    made = marked(
        "Bonghjornu à tutti", 0, 10, strong={}, em={}, link={"href": "https://a.org/?a=1&b=2"}
    )
    assert to_html(made) == (
        '<p><a href="https://a.org/?a=1&amp;b=2" rel="noopener noreferrer nofollow">'
        "<strong><em>Bonghjornu</em></strong></a> à tutti</p>"
    )


def test_overlapping_marks_carry_a_hash():
    assert to_html(marked("abc", 0, 1, **{"strong--AbC": {}})) == "<p><strong>a</strong>bc</p>"


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)", " JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "java\tscript:x",
        "\x01javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
        "//a.org", "/relative", "", None, 5, {"a": 1}, "http://[", "blob:https://a.org/x",
    ],
)  # fmt: skip
def test_links_lead_nowhere_else(href):
    assert safe_address(href) is None
    assert to_html(marked("words", 0, 5, link={"href": href})) == "<p>words</p>"


@pytest.mark.parametrize("href", ["http://a.org", "HTTPS://a.org/x", "mailto:a@a.org"])
def test_but_to_the_web_and_to_an_address(href):
    assert safe_address(f" {href} ") == href


def test_everything_is_escaped():
    made = marked(
        "<script>\"&'", 0, 3, link={"href": 'https://a.org/"><script>'}, comment={"id": "<"}
    )
    html = to_html(made)
    assert "<script>" not in html
    assert 'href="https://a.org/&quot;&gt;&lt;script&gt;"' in html


@pytest.mark.parametrize(
    ("block", "html"),
    [
        (("script", {"src": "https://a.org"}, "alert(1)"), "<p>alert(1)</p>"),
        (("img onerror=alert(1) src=x", {}, "words"), "<p>words</p>"),
        (("heading", {"level": "1><script>"}, "a"), "<h2>a</h2>"),
        (("heading", {"level": 99}, "a"), "<h4>a</h4>"),
        (("heading", {"level": float("nan")}, "a"), "<h2>a</h2>"),
        (("heading", {"level": float("inf")}, "a"), "<h2>a</h2>"),
        (("ordered_list", {"order": '1" onclick="x'}, item("a")), "<ol><li><p>a</p></li></ol>"),
        (("paragraph", {"onclick": "x", "style": "y"}, "a"), "<p>a</p>"),
        (("list_item", {}, "a"), "<p>a</p>"),
        (("table_cell", {"colspan": 5}, "a"), "<p>a</p>"),
        (("translation", {"lang": 'x" onclick="'}, "a"), "<p>a</p>"),
        (("", {}, "a"), "<p>a</p>"),
        (("paragraph", {}, ("script", {}, "a")), "<p>a</p>"),
        (("paragraph", {}, ("paragraph", {}, "a")), "<p></p>\n<p>a</p>"),
    ],
)
def test_what_no_editor_writes_is_shown_as_its_words(block, html):
    assert to_html(doc(block)) == html
    assert to_text(doc(block)).strip() in ("a", "words", "alert(1)", "1. a")


def test_a_link_that_is_no_object_is_no_link():
    assert to_html(marked("words", 0, 5, link="https://a.org")) == "<p>words</p>"


def test_it_is_read_from_what_is_stored():
    assert to_html(document([MINUTES.get_update()])) == to_html(MINUTES)
    assert to_html(document([])) == ""


def cell(words, tag="table_cell", **spans):
    return (tag, spans, ("paragraph", {}, words))


def test_tables_and_tasks():
    made = doc(
        ("table", {},
            ("table_row", {}, cell("A", "table_header"), cell("B", "table_header", colspan=2.0)),
            ("table_row", {}, cell("r", "table_header"), cell("1"), cell("2"))),
        ("task_list", {}, ("task_item", {"checked": True}, ("paragraph", {}, "x")),
            ("task_item", {}, ("paragraph", {}, "y"))),
    )  # fmt: skip

    assert to_html(made) == (
        '<table><tbody><tr><th scope="col"><p>A</p></th><th scope="col" colspan="2"><p>B</p></th>'
        '</tr><tr><th scope="row"><p>r</p></th><td><p>1</p></td><td><p>2</p></td></tr></tbody>'
        '</table>\n<ul class="tasks">'
        '<li><span role="img" aria-label="done">☑</span><div><p>x</p></div></li>'
        '<li><span role="img" aria-label="to do">☐</span><div><p>y</p></div></li></ul>'
    )
    assert to_text(made) == "A | B\nr | 1 | 2\n\n[x] x\n[ ] y"


def test_spans_that_claim_the_world_are_not_believed():
    row = ("table_row", {}, cell("a", colspan=99999.0, rowspan=99999.0), cell("b", colspan=500.0))
    html = to_html(doc(("table", {}, *[row] * 300)))

    assert "span=" not in html
    assert html.count("<td>") == 600


def test_signs_that_no_file_can_hold_are_left_out():
    assert to_html(doc(("paragraph", {}, "a\x00\x0b\x1b\ufffe\x85b"))) == "<p>a<br><br>b</p>"
