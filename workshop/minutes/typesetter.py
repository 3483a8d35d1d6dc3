"""The typesetter: sets one paper with typst, in a process of its own: JSON in, a PDF out.

    python -I typesetter.py <seconds since 1970> < paper.json > paper.pdf

typst keeps what the last ten papers were made of: after as many long ones, 2 GB. A process that
ends keeps nothing, and what a hostile text may cost it has a limit.
"""

from __future__ import annotations

import re
import resource
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import typst

HERE = Path(__file__).resolve().parent / "formats"
PROGRAM = HERE / "pdf.typ"
FONTS = HERE.parent / "fonts"
MEMORY = 3 * 1024**3  # bytes
SECONDS = 40  # of a core
TRIES = 4
WITHOUT_A_FONT = re.compile(r"the text `\"(.*?)\"` could not be displayed", re.S)
CODE = re.compile(r"\\u\{([0-9a-f]+)\}")
PLAIN = range(0x180)  # what Newsreader has in any case


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    data = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(typeset(data, int(sys.argv[1])))


def typeset(data: str, made: int) -> bytes:
    """A PDF file of a paper in JSON. Signs that no font has are written as their names."""
    for _ in range(TRIES):
        try:
            return compiled(data, made)
        except typst.TypstError as error:
            lacking = without_a_font(error)
            if not lacking:
                raise
            data = named(data, lacking)
    return compiled(named(data, {each for each in data if ord(each) not in PLAIN}), made)


def compiled(data: str, made: int) -> bytes:
    # Typst's own fonts and ours, never this machine's: a PDF is the same anywhere.
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
    written = typst.Compiler(root=HERE, font_paths=fonts).compile(
        PROGRAM.read_bytes(),
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"paper": data},
        timestamp=made,
    )
    if not isinstance(written, bytes):
        raise TypeError("a PDF is one file")
    return written


def without_a_font(error: typst.TypstError) -> set[str]:
    """The signs that it could not write."""
    found = WITHOUT_A_FONT.findall(f"{error.message}\n{error.diagnostic}")
    signs = {sign for text in found for sign in CODE.sub(lambda code: chr(int(code[1], 16)), text)}
    return {sign for sign in signs if ord(sign) not in PLAIN}


def named(data: str, signs: Iterable[str]) -> str:
    return data.translate({ord(sign): name_of(sign) for sign in signs})


def name_of(sign: str) -> str:
    if unicodedata.category(sign) in ("Mn", "Cf"):
        return ""  # it only says how its neighbours look
    return f"[{unicodedata.name(sign, f'U+{ord(sign):04X}').lower()}]"


if __name__ == "__main__":
    main()
