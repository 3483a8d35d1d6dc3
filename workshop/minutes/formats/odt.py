"""The minutes as an OpenDocument text: open to every office, with its outline, lists and
languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from odfdo import Document, Element

from workshop.minutes.grid import Grid, Place, grid, heads
from workshop.minutes.paper import Paper
from workshop.minutes.tree import Node, Text, boxed, strong

SPACES = re.compile(r" {2,}|^ | $|\t")
COUNTRIES = {"fr": "FR", "co": "FR", "en": "GB"}
LOOKS = {
    "strong": 'fo:font-weight="bold"',
    "em": 'fo:font-style="italic"',
    **{lang: f'fo:language="{lang}" fo:country="{there}"' for lang, there in COUNTRIES.items()},
}
OPEN, DONE = "☐ ", "☒ "

LIST = '<text:list-style style:name="{name}">{levels}</text:list-style>'
PLACE = (
    '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
    '<style:list-level-label-alignment text:label-followed-by="listtab"'
    ' fo:text-indent="-0.6cm" fo:margin-left="{indent}cm"/></style:list-level-properties>'
)
BULLET = (
    '<text:list-level-style-bullet text:level="{n}" text:bullet-char="•">{place}'
    "</text:list-level-style-bullet>"
)
NUMBER = (
    '<text:list-level-style-number text:level="{n}" style:num-format="1" style:num-suffix=".">'
    "{place}</text:list-level-style-number>"
)
NOTHING = (
    '<text:list-level-style-number text:level="{n}" style:num-format="">{place}'
    "</text:list-level-style-number>"
)
LISTS = {"bullet_list": BULLET, "ordered_list": NUMBER, "task_list": NOTHING}
QUOTE = (
    '<style:style style:name="quoted" style:family="paragraph" style:parent-style-name="Standard">'
    '<style:paragraph-properties fo:margin-left="1cm" fo:margin-right="1cm"/></style:style>'
)
CELL = (
    '<style:style style:name="cell" style:family="table-cell">'
    '<style:table-cell-properties fo:border="0.5pt solid #737373" fo:padding="0.1cm"/>'
    "</style:style>"
)
TITLE = (
    '<style:style style:name="Title" style:display-name="Title" style:family="paragraph"'
    ' style:parent-style-name="Heading" style:class="chapter">'
    '<style:text-properties fo:font-size="24pt" fo:font-weight="bold"/></style:style>'
)


@dataclass(frozen=True)
class Where:
    """Where a block stands."""

    lang: str
    quoted: bool = False


def write(paper: Paper) -> bytes:
    """An .odt file."""
    file = Document("text")
    file.body.clear()
    begin(file, paper)
    Writer(file, paper).write(paper)
    out = BytesIO()
    file.save(out)
    return out.getvalue()


def begin(file: Any, paper: Paper) -> None:
    """What the file says of itself, and its styles."""
    about = file.meta
    about.title, about.language = paper.title, locale(paper.language)
    about.creation_date = about.date = paper.made.replace(tzinfo=None)
    about.creator = about.initial_creator = "Assises"
    file.language = locale(paper.language)
    file.insert_style(Element.from_tag(TITLE))
    for each in (QUOTE, CELL, *(list_style(*each) for each in LISTS.items())):
        file.insert_style(Element.from_tag(each), automatic=True)


def list_style(name: str, sign: str) -> str:
    levels = (sign.format(n=n, place=PLACE.format(indent=round(0.6 * n, 1))) for n in range(1, 11))
    return LIST.format(name=name, levels="".join(levels))


class Writer:
    """Writes blocks as XML, put together as text: odfdo, asked to append, tidies spaces away."""

    def __init__(self, file: Any, paper: Paper) -> None:
        self.file, self.words, self.own = file, paper.words, paper.language
        self.styles: set[str] = set()
        self.tables = 0

    def write(self, paper: Paper) -> None:
        where = Where(paper.language)
        title = self.line([Text(paper.title)], where)
        parts = [made("text:h", title, outline_level=1, style_name="Title")]
        parts += [self.paragraph([Text(each)], where) for each in paper.lines]
        parts += [self.block(each, where) for each in paper.tree.nodes]
        if not paper.tree.children:
            parts.append(self.paragraph([Text(paper.words["empty"])], where))
        # As one: each alone would bring the declarations of all its namespaces.
        section = Element.from_tag(f"<text:section>{''.join(parts)}</text:section>")
        for each in section.children:
            self.file.body.append(each)

    def blocks(self, node: Node, where: Where) -> str:
        return "".join(self.block(each, where) for each in node.nodes)

    def block(self, node: Node, where: Where) -> str:
        match node.name:
            case "paragraph":
                return self.paragraph(node.children, where)
            case "heading":
                level = node.attributes["level"] + 1
                style = f"Heading_20_{level}"
                words = self.line(node.children, where)
                return made("text:h", words, outline_level=level, style_name=style)
            case "bullet_list" | "ordered_list" | "task_list":
                return self.items(node, where)
            case "blockquote":
                return self.blocks(node, replace(where, quoted=True))
            case "table":
                return self.table(grid(node), where)
            case "beside":
                return self.beside(node)
            case "translation":
                return self.blocks(node, replace(where, lang=node.attributes["lang"]))
        return self.blocks(node, where)

    def paragraph(self, children: Iterable[Node | Text], where: Where) -> str:
        style = "quoted" if where.quoted else "Standard"
        return made("text:p", self.line(children, where), style_name=style)

    def line(self, children: Iterable[Node | Text], where: Where) -> str:
        return "".join(self.inline(each, where) for each in children)

    def inline(self, each: Node | Text, where: Where) -> str:
        if isinstance(each, Node):
            return "<text:line-break/>"
        span = self.span(each, where)
        if not (href := each.marks.get("link")):
            return span
        return f'<text:a xlink:type="simple" xlink:href={quoteattr(href)}>{span}</text:a>'

    def span(self, text: Text, where: Where) -> str:
        words = SPACES.sub(lambda found: kept(found[0]), escape(text.words))
        marks = [name for name in ("strong", "em") if name in text.marks]
        if where.lang != self.own:
            marks.append(where.lang)
        return made("text:span", words, style_name=self.style(marks)) if marks else words

    def style(self, marks: list[str]) -> str:
        """The style of words with these marks, which may be a language."""
        name = "-".join(marks)
        if name not in self.styles:
            self.styles.add(name)
            looks = " ".join(LOOKS[each] for each in marks)
            style = (
                f'<style:style style:name="{name}" style:family="text">'
                f"<style:text-properties {looks}/></style:style>"
            )
            self.file.insert_style(Element.from_tag(style), automatic=True)
        return name

    def items(self, node: Node, where: Where) -> str:
        order = max(0, node.attributes.get("order", 1))
        items = [
            made("text:list-item", self.blocks(boxed(each, DONE, OPEN), where), **start)
            for each, start in zip(
                node.nodes,
                [{"start_value": order} if order != 1 else {}, *[{}] * len(node.children)],
                strict=False,
            )
        ]
        return made("text:list", *items, style_name=node.name)

    def table(self, cells: Grid, where: Where) -> str:
        covered: dict[int, set[int]] = {}
        for place in cells.places:
            for down in range(place.rows):
                columns = range(place.column, place.column + place.columns)
                covered.setdefault(place.row + down, set()).update(columns)
        rows = [
            self.row({each.column: each for each in places}, sorted(covered[number]), where)
            for number, places in enumerate(cells.rows)
        ]
        head = heads(cells.rows[0])
        return self.new_table(cells.columns, "".join(rows[:head]), "".join(rows[head:]))

    def row(self, starts: dict[int, Place], columns: list[int], where: Where) -> str:
        cells = [
            self.spanning(starts[each], where) if each in starts else "<table:covered-table-cell/>"
            for each in columns
        ]
        return made("table:table-row", *cells)

    def spanning(self, place: Place, where: Where) -> str:
        spans = {"number_columns_spanned": place.columns, "number_rows_spanned": place.rows}
        return self.cell(
            place.cell, where, **(spans if (place.columns, place.rows) > (1, 1) else {})
        )

    def cell(self, node: Node, where: Where, **spans: int) -> str:
        content = strong(node) if node.name == "table_header" else node
        inside = self.blocks(content, Where(where.lang))
        return made("table:table-cell", inside, style_name="cell", **spans)

    def beside(self, node: Node) -> str:
        """Two languages side by side."""
        names = [
            self.cell(cell(Text(self.words[f"in {each}"], {"strong": None})), Where(each))
            for each in node.attributes["langs"]
        ]
        rows = [made("table:table-row", *map(self.side, pair.nodes)) for pair in node.nodes]
        return self.new_table(len(names), made("table:table-row", *names), "".join(rows))

    def side(self, node: Node) -> str:
        if node.children:
            return self.cell(node, Where(node.attributes["lang"]))
        missing = Text(f"({self.words['untranslated']})", {"em": None})
        return self.cell(cell(missing), Where(self.own))

    def new_table(self, columns: int, head: str, rows: str) -> str:
        self.tables += 1
        return made(
            "table:table",
            made("table:table-column", number_columns_repeated=columns),
            made("table:table-header-rows", head) if head else "",
            rows,
            name=f"Table {self.tables}",
        )


def cell(text: Text) -> Node:
    return Node("side", {}, (Node("paragraph", {}, (text,)),))


def kept(spaces: str) -> str:
    """Spaces that XML would fold into one, or let fall at an edge."""
    return "<text:tab/>" if spaces == "\t" else f'<text:s text:c="{len(spaces)}"/>'


def locale(language: str) -> str:
    return f"{language}-{COUNTRIES[language]}"


def made(tag: str, /, *children: str, **attributes: object) -> str:
    """An element; its attributes are of its own namespace."""
    space = tag.partition(":")[0]
    told = "".join(
        f" {space}:{name.replace('_', '-')}={quoteattr(str(value))}"
        for name, value in attributes.items()
    )
    return f"<{tag}{told}>{''.join(children)}</{tag}>"
