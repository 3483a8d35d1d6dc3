"""The other files of docs/deployment: what they name is there, and what they set is read."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import uvicorn.config
from django.core.management import get_commands

from tests.deployment.place import DEPLOYMENT, variables
from tests.realtime.servers import ROOT

UNITS = sorted(DEPLOYMENT.glob("*.service"))
READ = re.compile(r'(?:environ\.get|environ|listed)[\[(]\s*"([A-Z_]+)"')
PYTHONS = {"PYTHONUNBUFFERED"}


def read_by_settings() -> set[str]:
    return set(READ.findall((ROOT / "workshop/settings.py").read_text()))


def read_by_anyone() -> set[str]:
    uvicorns = READ.findall(Path(uvicorn.config.__file__).read_text())
    return read_by_settings() | set(uvicorns) | PYTHONS


def unit(path: Path) -> dict[str, list[str]]:
    """A unit's settings, each with its values: some may stand more than once."""
    lines = [line for line in path.read_text().splitlines() if line and line[0] not in "#;["]
    found: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition("=")
        found.setdefault(name, []).append(value)
    return found


# Settings -----------------------------------------------------------------------------------


def test_every_setting_of_the_environment_is_documented():
    documented = (ROOT / "README.md").read_text() + (ROOT / "docs/deployment.md").read_text()
    missing = {name for name in read_by_settings() if f"`{name}`" not in documented}

    assert {"SECRET_KEY", "ALLOWED_HOSTS", "LOG_LEVEL"} <= read_by_settings(), "all are found"
    assert missing == set()


def test_the_environment_is_read_in_one_place():
    code = [*ROOT.glob("workshop/**/*.py"), *ROOT.glob("realtime/**/*.py")]
    elsewhere = {
        str(path.relative_to(ROOT))
        for path in code
        if re.search(r"environ(?!\.setdefault)\b|getenv", path.read_text())
    }

    assert elsewhere <= {"workshop/settings.py", "realtime/asgi.py"}


def environments() -> dict[str, set[str]]:
    compose = (DEPLOYMENT / "compose.yaml").read_text()
    (block,) = re.findall(r"environment: &environment\n((?:    .*\n)+?)  \w", compose)
    containers = (DEPLOYMENT / "Containerfile").read_text()
    (env,) = re.findall(r"^ENV (.*)$", containers, re.MULTILINE)
    units = " ".join(each for path in UNITS for each in unit(path).get("Environment", []))
    commented = (DEPLOYMENT / "assises.env").read_text()
    return {
        "assises.env": set(re.findall(r"^#?([A-Z_]+)=", commented, re.MULTILINE)),
        "compose.yaml": set(re.findall(r"^    ([A-Z_]+):", block, re.MULTILINE)),
        "Containerfile": set(re.findall(r"([A-Z_]+)=", env)),
        "units": set(re.findall(r"([A-Z_]+)=", units)),
    }


@pytest.mark.parametrize("file", environments())
def test_what_is_set_is_read_by_someone(file):
    names = environments()[file]

    assert names
    assert names <= read_by_anyone()


def test_a_comment_is_no_value():
    """To systemd a comment has a line of its own: beside a value it would be a part of it."""
    for name, value in variables(DEPLOYMENT / "assises.env").items():
        assert "#" not in value, name


# systemd ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_start_what_there_is(path):
    told = unit(path)
    (start,) = told["ExecStart"]
    python, script, command, *options = start.split()

    assert python == f"{told['WorkingDirectory'][0]}/.venv/bin/python"
    assert (ROOT / script).exists()
    assert command in get_commands()
    assert set(options) <= {"--no-migrate"}
    assert told["EnvironmentFile"] == ["/etc/assises.env"]
    for other in told.get("Requires", []):
        assert (DEPLOYMENT / other).exists()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_understands_the_units(tmp_path):
    for path in UNITS:
        name = path.name.replace("@", "@8001")
        (tmp_path / name).write_text(path.read_text().replace("/opt/assises", str(ROOT)))
    verified = subprocess.run(
        ["systemd-analyze", "verify", *sorted(tmp_path.glob("*.service"))],
        capture_output=True,
        text=True,
    )
    ours = [line for line in verified.stderr.splitlines() if "assises" in line]

    assert ours == []
    assert verified.returncode == 0, verified.stderr


# Containers ---------------------------------------------------------------------------------


def test_the_image_is_made_of_what_there_is():
    text = (DEPLOYMENT / "Containerfile").read_text()
    copied = [each for line in re.findall(r"^COPY (.*) \S+$", text, re.MULTILINE)
              for each in line.split()]  # fmt: skip
    served = {"manage.py", "workshop", "realtime", "templates", "static", "locale"}

    assert served | {"requirements.txt"} <= set(copied)
    assert [each for each in copied if not (ROOT / each).exists()] == []
    assert '"manage.py", "serve", "--no-migrate"' in text


def test_compose_names_what_there_is():
    text = (DEPLOYMENT / "compose.yaml").read_text()
    services = set(re.findall(r"^  (\w+):$", text.partition("\nservices:")[2], re.MULTILINE))
    volumes = set(re.findall(r"^  (\w+):$", text.partition("\nvolumes:")[2], re.MULTILINE))
    services -= volumes
    files = re.findall(r"- (\./[\w./]+):", text)
    (context,) = re.findall(r"context: (\S+)", text)
    (image,) = re.findall(r"dockerfile: (\S+)", text)

    assert services == {"migrate", "web", "caddy", "postgres", "redis"}
    assert (DEPLOYMENT / context).resolve() == ROOT
    assert (ROOT / image).exists()
    assert files
    assert [each for each in files if not (DEPLOYMENT / each).exists()] == []
    assert set(re.findall(r"[-\"] ?(\w+):/", text)) == volumes
    assert set(re.findall(r"@(\w+):\d|redis://(\w+):", text)) == {("postgres", ""), ("", "redis")}
    for block in re.findall(r"depends_on:((?: \[.*\]|(?:\n      .*)+))", text):
        needed = re.findall(r"^      (\w+):|\[(\w+)\]", block, re.MULTILINE)
        assert {a or b for a, b in needed} <= services


def test_the_image_gets_all_that_it_copies_and_nothing_else():
    text = (DEPLOYMENT / "Containerfile").read_text()
    copied = {each for line in re.findall(r"^COPY (.*) \S+$", text, re.MULTILINE)
              for each in line.split()}  # fmt: skip
    lines = (DEPLOYMENT / "Containerfile.dockerignore").read_text().splitlines()

    assert "*" in lines
    assert {line[1:] for line in lines if line.startswith("!")} == copied
