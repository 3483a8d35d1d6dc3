"""The minutes as HTML: a page that stands alone, and the part of one that holds the text.

Every word is escaped, no attribute is taken over as it came, and links lead to the web or to an
address.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from workshop.erasure import ERASED
from workshop.minutes.grid import Place, grid
from workshop.minutes.paper import Paper
from workshop.minutes.tree import Node, Text

HEADING = 2  # what the first level of headings is in a page, below its title

TAGS = {"paragraph": "p", "bullet_list": "ul", "list_item": "li", "blockquote": "blockquote"}
MARKS = {"strong": "strong", "em": "em"}


def write(paper: Paper) -> bytes:
    """A page that needs nothing else, for the screen, for print, and for being read aloud."""
    text = SafeString(part(paper.tree, paper.words))
    return render_to_string("minutes/page.html", {"paper": paper, "text": text}).encode()


def part(tree: Node, words: Mapping[str, str]) -> str:
    """The text alone. `words` are those of `paper.said`."""
    return "\n".join(block(each, words) for each in tree.nodes)


def block(node: Node | Text, words: Mapping[str, str]) -> str:
    if isinstance(node, Text):
        return marked(node, words)
    match node.name:
        case "hard_break":
            return "<br>"
        case "heading":
            level = node.attributes["level"] + HEADING - 1
            return f"<h{level}>{inside(node, words)}</h{level}>"
        case "ordered_list":
            order = node.attributes["order"]
            start = f' start="{order}"' if order != 1 else ""
            return f"<ol{start}>{inside(node, words)}</ol>"
        case "task_list":
            return f'<ul class="tasks">{inside(node, words)}</ul>'
        case "task_item":
            return task(node, words)
        case "table":
            return table(node, words)
        case "beside":
            return beside(node, words)
        case "translation":
            return f'<div lang="{escape(node.attributes["lang"])}">{inside(node, words)}</div>'
    tag = TAGS.get(node.name)
    return f"<{tag}>{inside(node, words)}</{tag}>" if tag else inside(node, words)


def inside(node: Node, words: Mapping[str, str]) -> str:
    return "".join(block(each, words) for each in node.children)


def marked(text: Text, words: Mapping[str, str]) -> str:
    """Marks come in any order: always nest them in the same one, links outermost but for changes,
    which are said in words too: most readers aloud do not tell them."""
    html = said_aloud(escape(text.words), words)
    for name in sorted(MARKS.keys() & text.marks.keys()):
        html = f"<{MARKS[name]}>{html}</{MARKS[name]}>"
    if href := text.marks.get("link"):
        html = f'<a href="{escape(href)}" rel="noopener noreferrer nofollow">{html}</a>'
    for change in ("ins", "del"):
        if change in text.marks:
            told = f'<span class="vh">{escape(words[change])} </span>'
            html = f"<{change}>{told}{html}</{change}>"
    return html


def said_aloud(html: str, words: Mapping[str, str]) -> str:
    """What stands for erased words, which readers aloud pass over in silence, has a name."""
    if ERASED not in html:
        return html
    named = f'<span role="img" aria-label="{escape(words["erased"])}">{ERASED}</span>'
    return html.replace(ERASED, named)


def task(item: Node, words: Mapping[str, str]) -> str:
    done = item.attributes["checked"]
    sign, said = ("☑", words["done"]) if done else ("☐", words["open"])
    box = f'<span role="img" aria-label="{escape(said)}">{sign}</span>'
    return f"<li>{box}<div>{inside(item, words)}</div></li>"


def table(node: Node, words: Mapping[str, str]) -> str:
    """Headers say what they are of: a whole row of them their columns, any other its row."""
    rows = []
    for places in grid(node).rows:
        heads = all(each.cell.name == "table_header" for each in places)
        rows.append(
            f"<tr>{''.join(cell(each, 'col' if heads else 'row', words) for each in places)}</tr>"
        )
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


def cell(place: Place, scope: str, words: Mapping[str, str]) -> str:
    header = place.cell.name == "table_header"
    tag, of = ("th", f' scope="{scope}"') if header else ("td", "")
    wide = f' colspan="{place.columns}"' if place.columns > 1 else ""
    high = f' rowspan="{place.rows}"' if place.rows > 1 else ""
    return f"<{tag}{of}{wide}{high}>{inside(place.cell, words)}</{tag}>"


def beside(node: Node, words: Mapping[str, str]) -> str:
    """Two languages side by side."""
    heads = "".join(
        f'<th scope="col" lang="{escape(each)}">{escape(words[f"in {each}"])}</th>'
        for each in node.attributes["langs"]
    )
    rows = "".join(
        f"<tr>{''.join(side(each, words) for each in pair.nodes)}</tr>" for pair in node.nodes
    )
    return f'<table class="beside"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def side(node: Node, words: Mapping[str, str]) -> str:
    if not node.children:
        return f'<td class="missing">({escape(words["untranslated"])})</td>'
    return f'<td lang="{escape(node.attributes["lang"])}">{inside(node, words)}</td>'
