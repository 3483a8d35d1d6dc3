"""Two languages: a text and its translations, brought side by side."""

from __future__ import annotations

from collections.abc import Iterator

from workshop.minutes.tree import Node

NAMES = {"fr": "Français", "en": "English", "co": "Corsu"}


def name_of(language: str) -> str:
    """The language, in its own words."""
    return NAMES.get(language, language)


def beside(tree: Node, language: str) -> Node:
    """The tree with each block beside its translations, if it has any at all.

    A `beside` holds `pair`s, a pair one `side` for each language in the order of `langs`; a side
    without blocks is what nobody has translated. A heading stays one, its translations after it:
    the outline is for both. Live blocks speak the session's language, and are whole. Within other
    blocks a translation stays where it is.
    """
    langs = languages(tree, language)
    return tree.having(*rows(tree, langs)) if len(langs) > 1 else tree


def languages(tree: Node, language: str) -> list[str]:
    """The session's own, then the others in the order in which they come."""
    others = [each.attributes["lang"] for each in tree.nodes if each.name == "translation"]
    return list(dict.fromkeys([language, *others]))


def rows(tree: Node, langs: list[str]) -> Iterator[Node]:
    pairs: list[Node] = []
    for block, translations in grouped(tree):
        if whole(block, translations):
            yield from told(pairs, langs)
            pairs = []
            yield from [block, *translations]
        else:
            pairs.append(pair(block, translations, langs))
    yield from told(pairs, langs)


def told(pairs: list[Node], langs: list[str]) -> Iterator[Node]:
    if pairs:
        yield Node("beside", {"langs": tuple(langs)}, tuple(pairs))


def whole(block: Node, translations: list[Node]) -> bool:
    """Whether it takes the whole width."""
    blank = block.name == "paragraph" and not block.children and not translations
    return block.name in ("heading", "translation") or (
        blank or (block.name == "record" and not translations)
    )


def grouped(tree: Node) -> Iterator[tuple[Node, list[Node]]]:
    """Each block with the translations that follow it. One that follows nothing stands alone."""
    current: Node | None = None
    translations: list[Node] = []
    for each in tree.nodes:
        if each.name == "translation" and current:
            translations.append(each)
        else:
            if current:
                yield current, translations
            current, translations = each, []
    if current:
        yield current, translations


def pair(block: Node, translations: list[Node], langs: list[str]) -> Node:
    by_lang: dict[str, tuple[Node, ...]] = {langs[0]: (block,)}
    for each in translations:
        lang = each.attributes["lang"]
        by_lang[lang] = (*by_lang.get(lang, ()), *each.nodes)
    sides = [Node("side", {"lang": each}, by_lang.get(each, ())) for each in langs]
    return Node("pair", {}, tuple(sides))
