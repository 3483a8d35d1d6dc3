"""Words: gathers the sentences of templates and Python, and compiles their translations.

The msgids are English. French is complete; what Corsican lacks Django takes from French, its
default language, at run time. Both .po and .mo are committed, because a fresh machine may have
neither Babel nor msgfmt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.template import templatize

LANGUAGES = {"fr": True, "co": False}  # whether every sentence must be there
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
ONCE = datetime(2026, 9, 1, tzinfo=UTC)  # so that the same words make the same files
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|\{\w+\}")  # Python's, and the scripts'


class Command(BaseCommand):
    help = "Gather the sentences to translate and compile the translations."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail if something is missing"
        )

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        gathered = gather(settings.BASE_DIR)
        faults: list[str] = []
        for language, complete in LANGUAGES.items():
            catalog = updated(language, gathered)
            faults += [f"{language}: {fault}" for fault in wrong(catalog, complete)]
            if check:
                faults += [f"{language}: {fault}" for fault in stale(language, catalog)]
            else:
                write(language, catalog)
        if faults:
            raise CommandError("\n".join(faults))


def gather(base: Path) -> Catalog:
    """Every sentence that the templates and the Python say."""
    catalog = Catalog()
    for path in sources(base):
        source = path.read_text()
        if path.suffix == ".html":
            source = python_like(source)
        name = path.relative_to(base).as_posix()
        found = extract("python", BytesIO(source.encode()), KEYWORDS, ["Translators:"], {})
        for _line, sentence, comments, context in found:
            catalog.add(sentence, None, [(name, 0)], auto_comments=comments, context=context)
    return catalog


def sources(base: Path) -> Iterator[Path]:
    yield from sorted((base / "templates").rglob("*.html"))
    python = sorted((base / "workshop").rglob("*.py"))
    yield from (path for path in python if "migrations" not in path.parts)


def python_like(template: str) -> str:
    """The template with nothing left but its sentences, as calls that Python can read."""
    return "\n".join(line.lstrip() for line in templatize(template).splitlines())


def updated(language: str, gathered: Catalog) -> Catalog:
    """The language's translations so far, of exactly the sentences gathered."""
    path = folder(language) / "django.po"
    known = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            known = read_po(file, locale=language)
    catalog = blank(language)
    for message in sentences(gathered):
        before = known.get(message.id, message.context)
        add(catalog, message, before.string if before else None, before.flags if before else ())
    return catalog


def blank(language: str) -> Catalog:
    ours: dict[str, Any] = {"project": "Assises", "version": "1", "last_translator": "Assises"}
    catalog = Catalog(language, creation_date=ONCE, revision_date=ONCE, fuzzy=False, **ours)
    catalog.header_comment = "# Gathered by `manage.py words`; translated by hand."
    return catalog


def sentences(catalog: Catalog) -> Iterator[Message]:
    """All messages but the first, which holds the headers."""
    return (message for message in catalog if message.id)


def add(catalog: Catalog, message: Message, string: Any, flags: Iterable[str] = ()) -> None:
    catalog.add(
        message.id,
        string,
        message.locations,
        flags,
        message.auto_comments,
        context=message.context,
    )


def wrong(catalog: Catalog, complete: bool) -> Iterator[str]:
    """What is missing, in doubt, or lost on the way."""
    for message in sentences(catalog):
        strings = each(message.string)
        if complete and not all(strings):
            yield f"missing: {message.id!r}"
        elif message.fuzzy:
            yield f"fuzzy: {message.id!r}"
        elif all(strings) and not filled_alike(each(message.id), strings):
            yield f"other placeholders: {message.id!r}"


def filled_alike(ids: list[str], strings: list[str]) -> bool:
    """Whether a translation has the original's placeholders. A singular may do without."""
    return holes(strings[-1]) == holes(ids[-1]) and all(holes(s) <= holes(ids[-1]) for s in strings)


def each(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """The forms of a sentence: one, or its singular and plural."""
    return [text or ""] if isinstance(text, str | None) else list(text)


def holes(text: str) -> set[str]:
    return {match[0] for match in PLACEHOLDER.finditer(text)}


def stale(language: str, catalog: Catalog) -> Iterator[str]:
    """What is kept and no longer says the same as the sentences gathered."""
    again = "run `manage.py words`"
    for name, read, wanted in (
        ("django.po", read_po, catalog),
        ("django.mo", read_mo, translated(language, catalog)),
    ):
        path = folder(language) / name
        if not path.exists():
            yield f"{name} is missing: {again}"
        elif meaning(read(BytesIO(path.read_bytes()))) != meaning(wanted):
            yield f"{name} is stale: {again}"


def meaning(catalog: Catalog) -> dict[Any, list[str]]:
    return {(context(m), *each(m.id)): each(m.string) for m in sentences(catalog)}


def context(message: Message) -> str:
    """Babel gives a compiled message's context as the bytes it read."""
    found: Any = message.context or ""
    return found.decode() if isinstance(found, bytes) else found


def write(language: str, catalog: Catalog) -> None:
    """Both files: the one that people edit, and the one that Django reads."""
    folder(language).mkdir(parents=True, exist_ok=True)
    with (folder(language) / "django.po").open("wb") as file:
        write_po(file, catalog, width=100, sort_by_file=True, include_lineno=False)
    with (folder(language) / "django.mo").open("wb") as file:
        write_mo(file, translated(language, catalog))


def translated(language: str, catalog: Catalog) -> Catalog:
    """Only what is translated: an empty plural would be taken for the words themselves."""
    ready = blank(language)
    for message in sentences(catalog):
        if all(each(message.string)) and not message.fuzzy:
            add(ready, message, message.string)
    return ready


def folder(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES"
