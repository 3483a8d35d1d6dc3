"""Exports: the formats the minutes go out in, by their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workshop.minutes.formats import docx, html, markdown, odt, pdf, plain
from workshop.minutes.paper import Paper


@dataclass(frozen=True)
class Format:
    """How a file of this kind is called, told and made."""

    name: str
    media_type: str
    write: Callable[[Paper], bytes]


OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

FORMATS = {
    each.name: each
    for each in (
        Format("html", "text/html; charset=utf-8", html.write),
        Format("md", "text/markdown; charset=utf-8", markdown.write),
        Format("docx", OFFICE, docx.write),
        Format("odt", "application/vnd.oasis.opendocument.text", odt.write),
        Format("pdf", "application/pdf", pdf.write),
        Format("txt", "text/plain; charset=utf-8", plain.write),
    )
}
