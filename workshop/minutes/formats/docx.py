"""The minutes as a Word document. Everything hangs on its styles: headings make the outline, lists
are numbered by Word itself, and each language is marked as such for readers aloud."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm

from workshop.minutes.grid import Grid, Place, grid
from workshop.minutes.paper import Paper
from workshop.minutes.tree import Node, Text, strong

DEEPEST = 8  # Word's lists have nine levels
STEP = 360  # twentieths of a point: how much further in each level stands
WIDTH = 9000  # of a table, in the same
OPEN, DONE = "☐ ", "☒ "


@dataclass(frozen=True)
class Where:
    """Where a block stands: in which language, and how far in."""

    lang: str
    level: int = 0
    quoted: bool = False


def write(paper: Paper) -> bytes:
    """A .docx file."""
    file = Document()
    begin(file, paper)
    writer = Writer(file, paper)
    file.add_paragraph(paper.title, style="Title")
    for each in paper.lines:
        file.add_paragraph(each, style="Subtitle")
    if paper.tree.children:
        writer.blocks(file._body._body, paper.tree, Where(paper.language))
    else:
        file.add_paragraph(paper.words["empty"])
    out = BytesIO()
    file.save(out)
    return out.getvalue()


def begin(file: Any, paper: Paper) -> None:
    """What the file says of itself."""
    about = file.core_properties
    about.title, about.language, about.author = paper.title, paper.language, "Assises"
    about.created = about.modified = paper.made.replace(tzinfo=None)
    about.comments = about.last_modified_by = ""
    normal = file.styles["Normal"]
    normal.element.get_or_add_rPr().append(made("w:lang", val=paper.language))
    link = file.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.underline = True
    for section in file.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.5)


class Writer:
    """Writes blocks as XML at the end of a parent: the body, or a cell."""

    def __init__(self, file: Any, paper: Paper) -> None:
        self.file, self.words, self.own = file, paper.words, paper.language
        self.lists = Lists(file.part.numbering_part.element)

    def blocks(self, parent: Any, node: Node, where: Where) -> None:
        for each in node.nodes:
            self.block(parent, each, where)

    def block(self, parent: Any, node: Node, where: Where) -> None:
        match node.name:
            case "paragraph":
                self.paragraph(parent, node, where)
            case "heading":
                self.paragraph(parent, node, where, style=f"Heading{node.attributes['level']}")
            case "bullet_list" | "ordered_list" | "task_list":
                self.items(parent, node, where)
            case "blockquote":
                inside = replace(where, quoted=True, level=where.level + 1)
                self.blocks(parent, node, inside)
            case "table":
                self.table(parent, grid(node), where)
            case "beside":
                self.beside(parent, node, where)
            case "translation":
                self.blocks(parent, node, replace(where, lang=node.attributes["lang"]))
            case _:
                self.blocks(parent, node, where)

    def paragraph(
        self,
        parent: Any,
        node: Node,
        where: Where,
        *,
        style: str = "",
        number: tuple[int, int] | None = None,
        before: str = "",
    ) -> None:
        about = made("w:pPr")
        if style or where.quoted:
            about.append(made("w:pStyle", val=style or "Quote"))
        if number:
            about.append(
                made("w:numPr", made("w:ilvl", val=number[1]), made("w:numId", val=number[0]))
            )
        elif where.level:
            about.append(made("w:ind", left=STEP * where.level))
        written = made("w:p", about)
        if before:
            written.append(self.run(Text(before), where))
        for each in node.children:
            written.append(self.inline(each, where))
        append(parent, written)

    def inline(self, each: Node | Text, where: Where) -> Any:
        if isinstance(each, Node):
            return made("w:r", made("w:br"))
        href = each.marks.get("link")
        if not href:
            return self.run(each, where)
        link = made("w:hyperlink", self.run(each, where))
        target = self.file.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link.set(qn("r:id"), target)
        return link

    def run(self, text: Text, where: Where) -> Any:
        about = made("w:rPr")
        if "link" in text.marks:
            about.append(made("w:rStyle", val="Hyperlink"))
        if "strong" in text.marks:
            about.append(made("w:b"))
        if "em" in text.marks:
            about.append(made("w:i"))
        if where.lang != self.own:
            about.append(made("w:lang", val=where.lang))
        words = made("w:t")
        words.text = text.words
        words.set(qn("xml:space"), "preserve")
        return made("w:r", about, words)

    def items(self, parent: Any, node: Node, where: Where) -> None:
        """Only the first paragraph of an item bears its sign; the others stand under it."""
        level = min(where.level, DEEPEST)
        first = node.attributes.get("order")
        number = self.lists.new(first if node.name == "ordered_list" else None, level)
        inside = replace(where, level=where.level + 1)
        for item in node.nodes:
            head, *rest = item.children or (Node("paragraph"),)
            if not isinstance(head, Node) or head.name != "paragraph":
                head, rest = Node("paragraph"), list(item.children)
            box = ""
            if "checked" in item.attributes:
                box = DONE if item.attributes["checked"] else OPEN
            self.paragraph(parent, head, where, number=(number, level), before=box)
            self.blocks(parent, item.having(*rest), inside)

    def table(self, parent: Any, cells: Grid, where: Where) -> None:
        table = new_table(cells.columns)
        hanging: dict[int, Place] = {}  # by column, those that reach further down
        for number, places in enumerate(cells.rows):
            row = made("w:tr")
            if all(each.cell.name == "table_header" for each in places):
                row.append(made("w:trPr", made("w:tblHeader")))
            starts = {each.column: each for each in places}
            below = {n: each for n, each in hanging.items() if each.row + each.rows > number}
            for column in sorted(starts | below):
                place = starts.get(column) or below[column]
                row.append(self.cell(place, where, starts=column in starts))
            hanging = below | {n: each for n, each in starts.items() if each.rows > 1}
            table.append(row)
        append(parent, table)
        append(parent, made("w:p"))  # two tables in a row would be one

    def cell(self, place: Place, where: Where, *, starts: bool) -> Any:
        about = made("w:tcPr")
        if place.columns > 1:
            about.append(made("w:gridSpan", val=place.columns))
        if place.rows > 1:
            about.append(made("w:vMerge", val="restart") if starts else made("w:vMerge"))
        cell = made("w:tc", about)
        if starts:
            content = strong(place.cell) if place.cell.name == "table_header" else place.cell
            self.blocks(cell, content, Where(where.lang))
        return finished(cell)

    def beside(self, parent: Any, node: Node, where: Where) -> None:
        """Two languages side by side."""
        langs = node.attributes["langs"]
        table = new_table(len(langs))
        head = made("w:tr", made("w:trPr", made("w:tblHeader")))
        for lang in langs:
            name = Node("paragraph", {}, (Text(self.words[f"in {lang}"], {"strong": None}),))
            head.append(self.side(Node("side", {}, (name,)), lang))
        table.append(head)
        for pair in node.nodes:
            sides = [self.side(each, each.attributes["lang"]) for each in pair.nodes]
            table.append(made("w:tr", *sides))
        append(parent, table)
        append(parent, made("w:p"))

    def side(self, node: Node, lang: str) -> Any:
        cell = made("w:tc", made("w:tcPr"))
        if node.children:
            self.blocks(cell, node, Where(lang))
        else:
            missing = Text(f"({self.words['untranslated']})", {"em": None})
            self.paragraph(cell, Node("paragraph", {}, (missing,)), Where(self.own))
        return finished(cell)


class Lists:
    """Word's numbering: one definition for bullets and one for numbers, and for each list its own
    count."""

    def __init__(self, numbering: Any) -> None:
        self.numbering = numbering
        taken = [
            int(each.get(qn("w:abstractNumId"))) for each in numbering.findall(qn("w:abstractNum"))
        ]
        self.bullets = self.define(max(taken, default=0) + 1, "bullet", "•")
        self.numbers = self.define(self.bullets + 1, "decimal", "%{}.")

    def define(self, id: int, kind: str, sign: str) -> int:
        levels = [
            made(
                "w:lvl",
                made("w:start", val=1),
                made("w:numFmt", val=kind),
                made("w:lvlText", val=sign.format(n + 1)),
                made("w:lvlJc", val="left"),
                made("w:pPr", made("w:ind", left=STEP * (n + 1), hanging=STEP)),
                ilvl=n,
            )
            for n in range(DEEPEST + 1)
        ]
        kinds = made("w:multiLevelType", val="hybridMultilevel")
        definition = made("w:abstractNum", kinds, *levels, abstractNumId=id)
        self.numbering.insert(len(self.numbering.findall(qn("w:abstractNum"))), definition)
        return id

    def new(self, first: int | None, level: int) -> int:
        """A list that begins at this number, or has none."""
        num = self.numbering.add_num(self.bullets if first is None else self.numbers)
        if first is not None:
            override = made("w:lvlOverride", made("w:startOverride", val=max(0, first)), ilvl=level)
            num.append(override)
        return int(num.numId)


def new_table(columns: int) -> Any:
    about = made("w:tblPr", made("w:tblStyle", val="TableGrid"), made("w:tblW", w=0, type="auto"))
    each = WIDTH // columns
    return made(
        "w:tbl", about, made("w:tblGrid", *(made("w:gridCol", w=each) for _ in range(columns)))
    )


def finished(cell: Any) -> Any:
    """A cell ends with a paragraph, or Word calls the file broken."""
    if cell[-1].tag != qn("w:p"):
        cell.append(made("w:p"))
    return cell


def append(parent: Any, element: Any) -> None:
    """At the end; the body's last element says how its pages are made."""
    if len(parent) and parent[-1].tag == qn("w:sectPr"):
        parent[-1].addprevious(element)
    else:
        parent.append(element)


def made(tag: str, /, *children: Any, **attributes: object) -> Any:
    element = OxmlElement(tag)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), str(value))
    for each in children:
        element.append(each)
    return element
