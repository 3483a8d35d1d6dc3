"""What the minutes go out as, compared with what they are known to be, and opened by others.

`GOLDEN=write` writes the known files anew; look at what changed before committing it.
"""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
import typst
from django.utils.translation import override
from docx import Document
from docx.oxml.ns import qn
from lxml import etree
from odfdo import Document as OpenDocument
from pypdf import PdfReader

from tests.workshop.published import PUBLISHED, RESULT
from workshop.features.minutes.facts import Decision
from workshop.features.questions.records import Question
from workshop.features.stage.rules import Plenary
from workshop.minutes.export import FORMATS
from workshop.minutes.paper import Heading, Paper, paper
from workshop.minutes.tree import BREAK, Node, Text, node, tree_of
from workshop.minutes.typesetter import HERE
from workshop.records import Records, put

GOLDEN = Path(__file__).parent / "golden"
BEGAN = 1_790_150_400.0
HEADING = Heading(
    "Compte rendu : Plénière « budget »",
    "fr",
    ("Assises", "mercredi 23 septembre 2026, 9 h 00 à 11 h 00", "Ajaccio"),
    datetime(2026, 9, 23, 9, tzinfo=UTC),
)
RECORDS = Records().fold(
    put(
        Plenary(id="plenary", phase="live", began_at=BEGAN),
        PUBLISHED,
        RESULT,
        Decision(id="3", words="Adopter", in_favour=30, against=2, abstained=0, at=BEGAN),
    )
)


def p(*words):
    return node("paragraph", *words)


def row(name, *cells):
    return node("table_row", *(node(name, p(each), colspan=1, rowspan=1) for each in cells))


BLOCKS = [
    node("heading", "Ouverture", level=1),
    p("Un mot ", Text("gras", {"strong": None}), ", un ", Text("italique", {"em": None}), ", ",
      Text("les deux", {"em": None, "strong": None}), ", ",
      Text("un lien", {"link": "https://a.org/?a=1&b=(2)"}), BREAK, "et une  autre ligne 😀 œ ŭ."),
    node("bullet_list", node("list_item", p("un")), node("list_item", p("deux"),
        node("ordered_list", node("list_item", p("trois")), node("list_item", p("4")), order=3))),
    node("task_list", node("task_item", p("réserver"), checked=False),
         node("task_item", p("inviter"), checked=True)),
    node("blockquote", p("dit"), p("et redit")),
    node("table", row("table_header", "Poste", "Somme"), row("table_cell", "Salle", "100 €")),
    node("table",
        node("table_row", node("table_cell", p("large"), colspan=2, rowspan=1)),
        node("table_row", node("table_cell", p("haut"), colspan=1, rowspan=2),
             node("table_cell", p("a"), colspan=1, rowspan=1)),
        node("table_row", node("table_cell", p("b"), colspan=1, rowspan=1))),
    Node("record", {"record": "polls.poll/7", "at": BEGAN + 754}),
    Node("record", {"record": "minutes.decision/3", "at": BEGAN + 3700}),
]  # fmt: skip
CORSICAN = node("translation", p("Una parolla in corsu."), lang="co")
TREE = tree_of(BLOCKS)
BILINGUAL = tree_of([*BLOCKS[:2], CORSICAN, *BLOCKS[2:5], BLOCKS[-1]])


def made(tree: Node, heading: Heading = HEADING) -> Paper:
    return paper(heading, tree, RECORDS, UTC)


def written(name: str, tree: Node = TREE) -> bytes:
    return FORMATS[name].write(made(tree))


def part(file: bytes, name: str) -> str:
    """One file in a zip, indented."""
    tree = etree.fromstring(zipfile.ZipFile(BytesIO(file)).read(name))
    return etree.tostring(tree, pretty_print=True, encoding="unicode")


def tags(file: bytes) -> str:
    """The structure of a PDF, with its words."""
    reader = PdfReader(BytesIO(file))
    root = reader.trailer["/Root"]["/StructTreeRoot"]
    lines = list(walked(root["/K"], 0))
    return "\n".join([*lines, "", *(each.extract_text() for each in reader.pages), ""])


def walked(found, depth: int):
    found = found.get_object() if hasattr(found, "get_object") else found
    if isinstance(found, list):
        for each in found:
            yield from walked(each, depth)
    elif isinstance(found, dict) and "/S" in found:
        yield " " * depth + found["/S"] + (f" {found['/Lang']}" if "/Lang" in found else "")
        if "/K" in found:
            yield from walked(found["/K"], depth + 1)


SHOWN = {
    "html": bytes.decode,
    "md": bytes.decode,
    "txt": bytes.decode,
    "docx": lambda file: part(file, "word/document.xml"),
    "odt": lambda file: part(file, "content.xml"),
    "pdf": tags,
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("kind", "tree"), [("one", TREE), ("two", BILINGUAL)])
def test_files_are_what_they_are_known_to_be(name, kind, tree):
    shown = SHOWN[name](written(name, tree))
    known = GOLDEN / f"{kind}.{name}.txt"
    if os.environ.get("GOLDEN") == "write":
        known.write_text(shown)

    assert shown == known.read_text()


@pytest.mark.parametrize("name", FORMATS)
def test_every_file_has_an_answered_question_and_where_to_hear_the_answer(name):
    asked = Question(
        id="1", text="Quand ouvre la permanence", name="Ana", place="hall", at=BEGAN, seq=1,
        state="answered", answering_at=BEGAN + 60, answered_at=BEGAN + 90,
    )  # fmt: skip
    tree = tree_of([Node("record", {"record": asked.key, "at": BEGAN + 90})])
    with override("fr"):
        told = FORMATS[name].write(paper(HEADING, tree, RECORDS.fold(put(asked)), UTC))

    shown = " ".join(SHOWN[name](told).split())
    for words in ("Quand ouvre la permanence", "0:01:00"):
        assert words in shown


def pandoc(file: bytes, name: str, path: Path) -> str:
    """What pandoc reads in a file."""
    given = path / f"minutes.{name}"
    given.write_bytes(file)
    kind = {"md": "gfm"}.get(name, name)
    return subprocess.check_output(
        ["pandoc", "--from", kind, "--to", "json", str(given)], text=True, timeout=30
    )


def named(found: object, name: str) -> list:
    """All of pandoc's nodes of this name."""
    if isinstance(found, list):
        return [each for child in found for each in named(child, name)]
    if not isinstance(found, dict):
        return []
    here = [found.get("c")] if found.get("t") == name else []
    return here + [each for child in found.values() for each in named(child, name)]


def plain(found: object) -> str:
    """The words in pandoc's nodes."""
    if isinstance(found, list):
        return "".join(map(plain, found))
    if isinstance(found, dict):
        if found.get("t") == "Str":
            return found["c"]
        if found.get("t") in ("Space", "SoftBreak", "LineBreak"):
            return " "
        return "".join(map(plain, found.values()))
    return ""


@pytest.mark.parametrize("name", ["html", "md", "docx", "odt"])
def test_another_program_reads_the_same(name, tmp_path):
    read = json.loads(pandoc(written(name), name, tmp_path))["blocks"]

    assert "Ouverture" in [plain(each[2]) for each in named(read, "Header")]
    assert "gras" in [plain(each) for each in named(read, "Strong")]
    assert "italique" in [plain(each) for each in named(read, "Emph")]
    assert [each[2][0] for each in named(read, "Link")] == ["https://a.org/?a=1&b=(2)"]
    (numbers,) = [each for each in named(read, "OrderedList") if "trois" in plain(each)]
    assert plain(numbers) == "trois4"
    if name != "odt":  # pandoc's reader of that format knows no first number, and no head of tables
        assert numbers[0][0] == 3
        assert "Poste" in plain(read)
    lists = [plain(each) for each in named(read, "BulletList")]
    assert any("☐ réserver" in each and "☒ inviter" in each for each in lists) or name == "html"
    assert any("dit" in plain(each) for each in named(read, "BlockQuote"))
    for words in ("100 €", "Mercredi", "Quel jour ?", "à 0:12:34 de l’enregistrement", "😀", "ŭ"):
        assert words in plain(read).replace("\u00a0", " "), words
    assert any("large" in plain(each) for each in named(read, "Table"))


def test_a_pdf_is_tagged_and_says_so():
    reader = PdfReader(BytesIO(written("pdf")))
    root = reader.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == HEADING.title
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    structure = tags(written("pdf", BILINGUAL))
    for each in (
        "/Title",
        "/H1",
        "/P",
        "/L",
        "/LBody",
        "/Table",
        "/TH",
        "/TD",
        "/Link",
        "/BlockQuote",
    ):
        assert f"{each}\n" in structure or f"{each} " in structure, each
    assert "/TD co" in structure


def test_every_font_is_in_the_pdf():
    """And none is this machine's."""
    reader = PdfReader(BytesIO(written("pdf")))
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    }

    assert fonts
    assert all(
        any(name in each for name in ("Newsreader", "NotoEmoji", "Libertinus", "DejaVu"))
        for each in fonts
    )


FRENCH = "«  Où sont les cœurs naïfs ? ÀÂÇÉÈÊËÎÏÔŒÙÛÜŸ æ œ ÿ – — … ’ “ ” € № ½ ₂ → ✓ ☐ ☑ »"


@pytest.mark.parametrize("words", [FRENCH, "ghj chj dd ŭ Ì Ò Ù", "😀 👍🏽 👩‍👩‍👧 🇫🇷 ❤️"])
def test_no_sign_of_french_corsican_or_joy_goes_missing(words):
    text = PdfReader(BytesIO(written("pdf", tree_of([p(words)])))).pages[0].extract_text()

    assert "[" not in text
    if words == FRENCH:
        assert "Où sont les cœurs naïfs" in text
        assert "ÀÂÇÉÈÊËÎÏÔŒÙÛÜŸ" in text


def test_a_sign_without_a_font_is_written_as_its_name():
    text = tags(written("pdf", tree_of([p("a 漢 b \u0378 c \U000e0041 d")])))

    assert "[cjk" in text
    assert "[u+0378]" in " ".join(text.lower().split())


@pytest.mark.parametrize(
    "words", ["#panic()", '#read("/etc/passwd")', "= a", "$x$", "\\u{1}", "// c"]
)
def test_no_word_is_a_program_to_typst(words):
    assert words in tags(written("pdf", tree_of([p(words)]))).replace("\xad", "")


def test_typst_reads_no_file_but_its_program():
    with pytest.raises(typst.TypstError):
        typst.Compiler(root=HERE).compile(b'#read("/../../settings.py")', format="pdf")


# What anyone could paste ------------------------------------------------------------------

HOSTILE = [
    p("<script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt;"),
    p("[x](javascript:alert(1)) ![x](https://a.org/x.png) <https://a.org> https://b.org `code`"),
    p(
        Text("words", {"link": 'https://a.org/"><script>'}),
        Text("x)](javascript:y", {"strong": None}),
    ),
    node("heading", "{{ settings }} ${x} ]]> <!-- --> <?php ?>", level=1),
    p("=cmd|' /C calc'!A0"),
    Node("record", {"record": '"><script>', "at": None}),
    node("table", row("table_cell", "|a\\|b", "<td>")),
]
TREES = tree_of(HOSTILE)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "h1", "h2", "p", "br"),
    *("a", "em", "strong", "table", "tbody", "tr", "td", "th"),
}


def harmless(html: str) -> None:
    parser = Tags()
    parser.feed(html)
    assert {tag for tag, _ in parser.found} <= ALLOWED
    for _, attributes in parser.found:
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("href") or "https:").startswith(("https:", "http:", "mailto:"))


def test_erased_words_have_a_name_for_who_does_not_see_the_sign():
    written = paper(HEADING, tree_of([p("Elle habite █████.")]), RECORDS, UTC)
    html = FORMATS["html"].write(written).decode()

    assert 'Elle habite <span role="img" aria-label="passage effacé">█████</span>.' in html


def test_html_holds_no_script():
    harmless(written("html", TREES).decode())


@pytest.mark.parametrize("name", ["md", "docx", "odt"])
def test_what_pandoc_makes_of_it_holds_no_script_either(name, tmp_path):
    given = tmp_path / f"minutes.{name}"
    given.write_bytes(written(name, TREES))
    kind = {"md": "commonmark_x"}.get(name, name)
    html = subprocess.check_output(
        ["pandoc", "--from", kind, "--to", "html", str(given)], text=True, timeout=30
    )

    parser = Tags()
    parser.feed(html)
    assert not {"script", "img", "code", "iframe"} & {tag for tag, _ in parser.found}
    links = [found["href"] for tag, found in parser.found if tag == "a" and "href" in found]
    assert all(each.startswith("https://a.org/") for each in links)
    assert len(links) == 1
    assert "<script>" not in html


def test_links_of_a_docx_are_external_and_known():
    file = Document(BytesIO(written("docx", TREES)))
    targets = [each.target_ref for each in file.part.rels.values() if each.is_external]

    assert targets == ['https://a.org/"><script>']


@pytest.mark.parametrize("name", ["docx", "odt"])
def test_office_files_hold_no_macros_and_fetch_nothing(name):
    with zipfile.ZipFile(BytesIO(written(name, TREES))) as archive:
        names = archive.namelist()
    assert not [each for each in names if "vba" in each.lower() or "Basic" in each]


def test_headings_of_an_odt_make_its_outline():
    file = OpenDocument(BytesIO(written("odt")))

    assert [(int(each.level), str(each).strip()) for each in file.body.headers][1:] == [
        (2, "Ouverture")
    ]
    assert file.meta.title == HEADING.title


def test_a_docx_says_its_language_and_repeats_the_heads_of_tables():
    file = Document(BytesIO(written("docx", BILINGUAL)))
    xml = file.element

    langs = {each.get(qn("w:val")) for each in xml.iter(qn("w:lang"))}
    assert langs == {"co"}
    assert file.styles["Normal"].element.rPr.find(qn("w:lang")).get(qn("w:val")) == "fr"
    assert list(xml.iter(qn("w:tblHeader")))
    assert file.core_properties.title == HEADING.title


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_written_is_a_file_too(name):
    assert written(name, tree_of([]))


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_nested_as_deep_as_a_document_takes_can_be_written(name):
    tree = p("deep")
    for _ in range(24):
        tree = node("blockquote", tree)
    assert written(name, tree_of([tree]))
    tree = node("table", row("table_cell", "deep"))
    for _ in range(5):
        cell = node(
            "table_cell", node("bullet_list", node("list_item", tree)), colspan=1, rowspan=1
        )
        tree = node("table", node("table_row", cell))
    assert written(name, tree_of([tree]))
    tree = p("deep")
    for _ in range(11):
        tree = node("bullet_list", node("list_item", p("x"), tree))
    assert written(name, tree_of([tree]))
