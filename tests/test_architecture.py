"""The shape of the project: imports point one way, and every feature has its five pieces."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from workshop.features import FEATURES

ROOT = Path(__file__).parents[1]
PYTHON = sorted([*ROOT.glob("workshop/**/*.py"), *ROOT.glob("realtime/**/*.py")])
AT_THE_EDGE = {
    "entrance",
    "apps",
    "asgi",
    "consumer",
    "demonstration",
    "renewal",
    "store_django",
    *("log_django", "threads", "health", "urls", "views"),
}
AIR = {"time", "random", "secrets", "asyncio", "datetime", "uuid", "os"}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def within(path: Path, folder: str) -> bool:
    return path.is_relative_to(ROOT / folder)


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path):
    found = set(imports(path))

    if within(path, "workshop"):
        assert not {each for each in found if each.startswith("realtime")}
    if path.parent.parent == ROOT / "workshop/features" and path.name != "text.py":
        assert not {
            each for each in found if each.partition(".")[0] in AIR | {"django", "channels"}
        }
        own = f"workshop.features.{path.parent.name}"
        others = {each for each in found if each.startswith("workshop.features.")}
        others = {each for each in others if not f"{each}.".startswith(f"{own}.")}
        assert not others, "features never import each other"
    folders = (ROOT / "realtime", ROOT / "realtime/documents")
    if path.parent in folders and path.stem not in AT_THE_EDGE | {"routing"}:
        assert not {each for each in found if each.partition(".")[0] in {"django", "channels"}}


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_imported_inside_a_function(path):
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    inside = [
        node.lineno
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, functions)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert inside == []


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is(path):
    if path.name != "__init__.py" and not within(path, "workshop/migrations"):
        assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_a_feature_is_a_folder_a_template_a_script_and_a_test(feature):
    name = feature.name

    assert (ROOT / f"workshop/features/{name}/rules.py").exists()
    assert (ROOT / f"templates/features/{name}.html").exists()
    assert (ROOT / f"static/src/features/{name}.ts").exists()
    assert (ROOT / f"tests/features/test_{name}.py").exists()


def test_every_feature_is_in_the_glossary():
    glossary = (ROOT / "docs/glossary.md").read_text()

    assert {feature.name for feature in FEATURES} <= set(re.findall(r"\*\*([a-z]+)\*\*", glossary))


def test_scripts_of_the_room_know_no_feature():
    for path in (ROOT / "static/src/room").glob("*.ts"):
        assert "../features/" not in path.read_text(), path


def test_features_of_the_browser_do_not_know_each_other():
    for path in (ROOT / "static/src/features").glob("*.ts"):
        own = path.stem.partition("-")[0]  # poll-desk.ts is a part of polls
        names = "|".join(feature.name for feature in FEATURES if not feature.name.startswith(own))
        assert not re.search(rf'from "\./({names})"', path.read_text()), path


def test_scripts_have_no_words_for_people():
    """Sentences live in the templates, through gettext: an accent in a script is a lapse."""
    for path in (ROOT / "static/src").glob("**/*.ts"):
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(), flags=re.S)
        code = re.sub(r"(new Error|console\.error)\([^)]*\)", "", code)  # for programmers
        literals = re.findall(r'"([^"\n]*)"|`([^`]*)`', code)
        words = [a or b for a, b in literals if re.search(r"[A-Z][a-z]+ [a-z]+ [a-z]+", a or b)]
        assert words == [], path


def test_every_link_in_the_docs_leads_somewhere():
    for path in [ROOT / "README.md", *(ROOT / "docs").glob("**/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
