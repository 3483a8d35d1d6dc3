"""Pages of ballots and figures alone: the templates and scripts of votes, without a room."""

from __future__ import annotations

import json
import mimetypes
import subprocess
from pathlib import Path
from typing import Any

import msgspec
from django.template import Context, Engine, engines
from django.utils.translation import override
from playwright.async_api import BrowserContext, Page, Route

from tests.browser.fit import WCAG
from workshop.features.polls.answers import Answer
from workshop.features.polls.counting import Line, count
from workshop.features.polls.forms import AnyForm

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[3]
URL = "http://votes.test"
PARTS = {"runOnly": WCAG}  # best practices are those of whole pages
QUESTION = "Que faire de l’ancien marché couvert ?"


def bundle(to: Path) -> None:
    """The scripts of the page, as the project's own build makes them."""
    entry = HERE / "page.ts"
    options = ["--bundle", "--splitting", "--format=esm", "--target=es2022", f"--outdir={to}"]
    subprocess.run([ROOT / "node_modules/.bin/esbuild", entry, *options], check=True, timeout=60)


class Votes:
    """A page that can show any ballot and any outcome."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def clear(self) -> None:
        await self.page.evaluate("clear(document.querySelector('.ballot')), scrollTo(0, 0)")

    async def offer(self, form: AnyForm, answer: Answer | None = None) -> None:
        await self.page.evaluate(
            "([form, it]) => offer(document.querySelector('.ballot'), form, it ?? undefined)",
            [msgspec.to_builtins(form), answer],
        )

    async def read(self, form: AnyForm) -> Answer | None:
        """What the ballot holds; nothing where the form does not allow it."""
        return await self.page.evaluate(
            "form => read(document.querySelector('.ballot'), form)", msgspec.to_builtins(form)
        )

    async def draw(self, form: AnyForm, lines: list[Line], **places: list[Line]) -> None:
        """Draw what Python counts."""
        split = {place: count(form, some) for place, some in places.items()} or None
        given = msgspec.to_builtins([form, count(form, lines), split])
        await self.page.evaluate(
            "([form, it, split]) =>"
            " draw(document.querySelector('figure'), form, it, split ?? undefined)",
            given,
        )


async def open_page(
    context: BrowserContext, scripts: Path, *, screen: bool = False, language: str = "fr"
) -> Votes:
    html = page_in(language, "screen.html" if screen else "page.html")

    async def answer(route: Route) -> None:
        path = route.request.url.removeprefix(URL)
        if path == "/":
            await route.fulfill(body=html, content_type="text/html")
            return
        found = stylesheet() if path == "/main.css" else file_of(scripts, path)
        kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
        await route.fulfill(body=found.read_bytes(), content_type=kind)

    await context.route(f"{URL}/**", answer)
    page = await context.new_page()
    await page.goto(f"{URL}/")
    await page.wait_for_function("() => 'offer' in window")
    return Votes(page)


def file_of(scripts: Path, path: str) -> Path:
    """A script of the page, or a file of the project's own bundle: fonts, icons."""
    own = scripts / path.lstrip("/")
    return own if own.exists() else ROOT / "static/dist" / Path(path).name


def stylesheet() -> Path:
    manifest = json.loads((ROOT / "static/dist/manifest.json").read_text())
    return ROOT / "static/dist" / manifest["main.css"]


def page_in(language: str, name: str) -> str:
    engine: Any = engines["django"]
    assert isinstance(engine.engine, Engine)
    with override(language):
        template = engine.engine.from_string((HERE / name).read_text())
        return template.render(Context({"question": QUESTION}))
