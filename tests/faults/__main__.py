"""`make chaos`: the faults at full size, and their figures in docs/reliability.md."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/reliability.md"
BEGIN, END = "<!-- chaos -->\n", "<!-- end of chaos -->\n"


def main(chosen: list[str]) -> int:
    """Run them, or those that are `chosen`. The figures of what was run replace those of before."""
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures"
        figures.touch()
        size = {"CHAOS": os.environ.get("CHAOS", "large"), "CHAOS_FIGURES": str(figures)}
        command = [sys.executable, "-m", "pytest", "-q", *(chosen or ["tests/faults"])]
        ended = subprocess.run(command, env=os.environ | size, check=False)
        write([json.loads(line) for line in figures.read_text().splitlines()])
    return ended.returncode


def write(figures: list[dict[str, object]]) -> None:
    """One row for each fault; of those that were not run, the row there was."""
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    table, _, after = rest.partition(END)
    rows = dict(kept(table)) | {str(each["fault"]): row(each) for each in figures}
    lines = ["| fault | seed | figures |", "|---|---|---|", *(rows[each] for each in sorted(rows))]
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n\n{END}{after}")


def kept(table: str) -> Iterator[tuple[str, str]]:
    for line in table.splitlines()[3:]:
        if line.startswith("| "):
            yield line.split("|")[1].strip(), line


def row(figures: dict[str, object]) -> str:
    rest = {name: each for name, each in figures.items() if name not in ("fault", "seed")}
    told = ", ".join(f"{name.replace('_', ' ')} {shown(each)}" for name, each in rest.items())
    return f"| {figures['fault']} | {figures['seed']} | {told} |"


def shown(figure: object) -> str:
    if isinstance(figure, list):
        return " and ".join(shown(each) for each in figure)
    return f"{figure:,}".replace(",", " ") if isinstance(figure, int) else str(figure)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
