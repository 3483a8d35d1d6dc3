"""What the eye needs: enough contrast in both themes, and icons that exist."""

from __future__ import annotations

import re
from itertools import product

import pytest
from django.conf import settings

STATIC = settings.BASE_DIR / "static"
TOKENS = (STATIC / "css" / "tokens.css").read_text()
PLAIN = re.compile(r"^  (--[\w-]+): (#\w+);$", re.MULTILINE)
THEMED = re.compile(r"^  (--[\w-]+): (?:light-dark\((#\w+), (#\w+)\)|(#\w+));", re.MULTILINE)


def themes() -> dict[str, dict[str, str]]:
    list_of_both = TOKENS.split("@supports")[1].split("[data-theme")[0]
    both = [
        (name, light or same, dark or same)
        for name, light, dark, same in THEMED.findall(list_of_both)
    ]
    return {
        "light": {name: light for name, light, _ in both},
        "dark": {name: dark for name, _, dark in both},
    }


def contrast(one: str, other: str) -> float:
    """As WCAG 2 counts it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


GROUNDS = ("--paper", "--surface")
PLACES = ("hall", "remote", "kiosk", "slip")
STATES = ("ok", "info", "warn", "err")
TEXT_ON_GROUND = [
    *product(("--ink", "--ink-2", "--ink-3", "--baize", "--err"), (*GROUNDS, "--sunken")),
    *product((f"--{place}" for place in PLACES), GROUNDS),
    *product((f"--author-{n}" for n in range(1, 7)), GROUNDS),
    *((f"--{name}", f"--{name}-tint") for name in (*PLACES, *STATES, "baize")),
    *((f"--on-{name}", f"--{name}") for name in ("remote", "slip", "baize", "now")),
    ("--ink", "--now-tint"),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_readable(theme):
    colours = themes()[theme]

    faint = {
        (text, ground): round(contrast(colours[text], colours[ground]), 2)
        for text, ground in TEXT_ON_GROUND
        if contrast(colours[text], colours[ground]) < 4.5
    }

    assert faint == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_border_of_a_control_is_visible(theme):
    colours = themes()[theme]

    for ground in ("--paper", "--surface"):
        assert contrast(colours["--rule-strong"], colours[ground]) >= 3


def test_browsers_without_light_dark_see_the_light_theme():
    plain = dict(PLAIN.findall(TOKENS.split("@supports")[0]))

    assert plain == themes()["light"]


def test_every_icon_asked_for_is_drawn():
    drawn = set(re.findall(r'<symbol id="i-([\w-]+)"', (STATIC / "icons.svg").read_text()))
    templates = (settings.BASE_DIR / "templates").rglob("*.html")
    asked = {name for path in templates for name in ICON.findall(path.read_text())}
    assert asked

    assert asked - drawn == set()


ICON = re.compile(r'{% icon "([\w-]+)"')
