"""The minutes as Markdown, as GitHub and pandoc read it.

Whatever in the words could be read as markup is escaped, HTML above all: what shows Markdown often
passes it on as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import groupby

from workshop.minutes.grid import grid
from workshop.minutes.paper import Paper
from workshop.minutes.tree import LEAVES, Node, Text

SIGNS = re.compile(r"([\\`*_\[\]<>|~&$^@#!])")
AT_THE_START = re.compile(r"^(\s*)([-+=:]|\d+(?=[.)]))", re.M)
WEB = re.compile(r"(?i)\b(https?|ftp|www|mailto|xmpp)([:.])")
IN_ADDRESS = {"<": "%3C", ">": "%3E", "\\": "%5C", " ": "%20", "|": "%7C"}


def write(paper: Paper) -> bytes:
    facts = "\\\n".join(escaped(each) for each in paper.lines)
    body = blocks(paper.tree.nodes, paper.words) or escaped(paper.words["empty"])
    parts = [f"# {line(paper.title)}", *([facts] if facts else []), body]
    return ("\n\n".join(parts) + "\n").encode()


def blocks(nodes: Iterable[Node], words: Mapping[str, str]) -> str:
    """One after the other. Two lists of one kind in a row would be read as one."""
    parts: list[str] = []
    before = ""
    for each in nodes:
        written = block(each, words)
        if each.name.endswith("_list") and before.endswith("_list"):
            parts.append("<!-- -->")
        if written:
            parts.append(written)
            before = each.name
    return "\n\n".join(parts)


def block(node: Node, words: Mapping[str, str]) -> str:
    match node.name:
        case "paragraph":
            return inline(node)
        case "heading":
            return f"{'#' * (node.attributes['level'] + 1)} {one_line(node)}".rstrip()
        case "bullet_list":
            return items(node, ["- "] * len(node.children), words)
        case "ordered_list":
            order = max(0, node.attributes["order"])
            signs = [f"{order + n}. " for n in range(len(node.children))]
            return items(node, signs, words)
        case "task_list":
            boxes = ["[x] " if each.attributes["checked"] else "[ ] " for each in node.nodes]
            return items(node, ["- "] * len(boxes), words, boxes)
        case "blockquote":
            return prefixed(blocks(node.nodes, words) or "", "> ", "> ")
        case "table":
            return table(node, words)
        case "beside":
            return beside(node, words)
        case "translation":
            return labelled(node.attributes["lang"], blocks(node.nodes, words), words)
    return blocks(node.nodes, words)


def items(
    node: Node, signs: list[str], words: Mapping[str, str], boxes: list[str] | None = None
) -> str:
    written = [
        prefixed((boxes[n] if boxes else "") + item(each, words), signs[n], " " * len(signs[n]))
        for n, each in enumerate(node.nodes)
    ]
    loose = any(len(each.children) > 1 and not tight(each) for each in node.nodes)
    return ("\n\n" if loose else "\n").join(written)


def item(node: Node, words: Mapping[str, str]) -> str:
    """A paragraph and a list below it stand close; anything else apart."""
    if tight(node):
        return "\n".join(block(each, words) for each in node.nodes)
    return blocks(node.nodes, words)


def tight(node: Node) -> bool:
    names = [each.name for each in node.nodes]
    return len(names) == 2 and names[0] == "paragraph" and names[1] == "bullet_list"


def prefixed(text: str, first: str, rest: str) -> str:
    found = text.split("\n")
    return "\n".join(((rest if n else first) + each).rstrip() for n, each in enumerate(found))


def inline(node: Node) -> str:
    """The words with their marks; the same mark on neighbours is one. A line's edges bear no space,
    which would be read as code, and the last line does not end in a sign that says it goes on."""
    written = marks(node.children, ("link", "strong", "em"))
    lines = [each.strip() for each in written.split("\n")]
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
        lines[-1] = lines[-1].removesuffix("\\").rstrip()
    return AT_THE_START.sub(shielded, "\n".join(lines))


def shielded(match: re.Match[str]) -> str:
    space, sign = match.groups()
    return f"{space}{sign}\\" if sign.isdigit() else f"{space}\\{sign}"


def marks(children: tuple[Node | Text, ...], names: tuple[str, ...]) -> str:
    if not names:
        return "".join(
            "\\\n" if isinstance(each, Node) else escaped(each.words) for each in children
        )
    name, *others = names
    groups = [
        (mark, tuple(group)) for mark, group in groupby(children, lambda each: having(each, name))
    ]
    written = ""
    for n, (mark, group) in enumerate(groups):
        inside = marks(group, tuple(others))
        follows = groups[n + 1][1][0] if n + 1 < len(groups) else None
        if mark is False:
            written += inside
        elif name == "link":
            written += apart(inside, "[", f"](<{address(str(mark))}>)")
        else:
            written += apart(inside, *signs(name, inside, written[-1:], follows))
    return written


def having(each: Node | Text, name: str) -> str | bool | None:
    """The mark's value; False without it."""
    return each.marks[name] if isinstance(each, Text) and name in each.marks else False


def apart(inside: str, begin: str, end: str) -> str:
    """Marks begin and end at a word: space within them would undo them."""
    words = inside.strip()
    if not words:
        return inside
    at = inside.index(words)
    return f"{inside[:at]}{begin}{words}{end}{inside[at + len(words) :]}"


def signs(name: str, inside: str, before: str, after: Node | Text | None) -> tuple[str, str]:
    """Stars, or tags where stars would be read otherwise: between a sign and whatever it clings to,
    and next to other stars."""
    follows = after.words[:1] if isinstance(after, Text) else ""
    crowded = before == "*" or (isinstance(after, Text) and {"strong", "em"} & after.marks.keys())
    first, last = inside.lstrip("*")[:1], inside.rstrip("*")[-1:]  # other stars are of one run
    stuck = clinging(first, before) or clinging(last, follows)
    if crowded or stuck:
        return f"<{name}>", f"</{name}>"
    return ("**", "**") if name == "strong" else ("*", "*")


def clinging(sign: str, neighbour: str) -> bool:
    """Whether a sign that is no letter stands right next to something."""
    plain = sign.isascii() and sign.isalnum()
    return not plain and not sign.isspace() and bool(neighbour) and not neighbour.isspace()


def address(href: str) -> str:
    return "".join(IN_ADDRESS.get(each, each) for each in href)


def escaped(words: str) -> str:
    """What looks like an address stays words, too: only links lead somewhere."""
    return WEB.sub(r"\1\\\2", SIGNS.sub(r"\\\1", words))


def one_line(node: Node) -> str:
    return line_of(inline(node))


def line(words: str) -> str:
    return line_of(escaped(words))


def line_of(written: str) -> str:
    return " ".join(written.replace("\\\n", " ").split())


def table(node: Node, words: Mapping[str, str]) -> str:
    """Pipes need a head: where there is none it is empty. What spans is told once."""
    found = grid(node)
    rows = []
    for places in found.rows:
        cells = [""] * found.columns
        for each in places:
            cells[each.column] = cell(each.cell, words)
        rows.append(cells)
    heads = all(each.cell.name == "table_header" for each in found.rows[0])
    head, *body = rows if heads else [[""] * found.columns, *rows]
    rule = ["---"] * found.columns
    return "\n".join(f"| {' | '.join(each)} |" for each in (head, rule, *body))


def cell(node: Node, words: Mapping[str, str]) -> str:
    """Everything in one line: that is all a cell can hold."""
    parts = [one_line(each) if each.name in LEAVES else flat(each, words) for each in node.nodes]
    return "<br>".join(filter(None, parts))


def flat(node: Node, words: Mapping[str, str]) -> str:
    return "<br>".join(
        filter(None, (" ".join(each.split()) for each in block(node, words).split("\n")))
    )


def beside(node: Node, words: Mapping[str, str]) -> str:
    """Each language below the one before; the session's own needs no label."""
    parts = []
    for pair in node.nodes:
        own, *others = pair.nodes
        parts.append(blocks(own.nodes, words))
        for side in others:
            parts.append(labelled(side.attributes["lang"], blocks(side.nodes, words), words))
    return "\n\n".join(filter(None, parts))


def labelled(lang: str, written: str, words: Mapping[str, str]) -> str:
    name = escaped(words[f"in {lang}"])
    if not written:
        return f"*{name}: {escaped(words['untranslated'])}*"
    return f"*{name}*\n\n{written}"
