"""What the documents say is what the program does; ``pytest --update`` writes it anew."""

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from agent.model import IncompleteKind, UnreachedKind
from agent.platforms import platforms
from agent.rules import rules
from agent.settings import SweepSettings

ROOT = Path(__file__).resolve().parent.parent
HELP = re.compile(
    r"(<!-- help: netcover (?P<words>[^>]*?) ?-->\n```text\n)(?P<text>.*?)(```)", re.DOTALL
)


def help_text(words):
    """What ``netcover words`` prints on a terminal of 80 columns."""
    result = subprocess.run(
        [sys.executable, "-m", "agent", *words.split()],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"COLUMNS": "80", "TERMINAL_WIDTH": "80", "PATH": ""},
    )
    return result.stdout.replace("python -m agent", "netcover").strip() + "\n"


def rules_page():
    """One section for each rule, from its docstring."""
    sections = [
        f"## {rule.id}\n\nSeverity of an open finding: {rule.severity}.\n\n{rule.documentation}\n"
        for rule in rules()
    ]
    return (
        "# Rules\n\nEvery unit gets one finding from each rule, passes included. This page is"
        " written from the\ndocstrings in `agent/rules`.\n\n" + "\n".join(sections)
    )


def test_the_readme_prints_the_help_of_the_program(request):
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")
    blocks = list(HELP.finditer(text))
    assert blocks
    fresh = HELP.sub(lambda m: m[1] + help_text(m["words"]) + m[4], text)
    if request.config.getoption("--update"):
        path.write_text(fresh, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == fresh


def test_the_page_of_the_rules_is_current(request):
    path = ROOT / "docs" / "rules.md"
    if request.config.getoption("--update"):
        path.write_text(rules_page(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == rules_page()


def test_the_readme_names_every_platform():
    (line,) = re.findall(
        r"^Platforms: .*?\.(?= |\n)", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    assert re.findall(r"`([a-z0-9_]+)`", line) == list(platforms())


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))], ids=lambda p: p.name
)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def rows(text):
    """The first cell's names, each with the second cell, of every table in `text`."""
    cells = [line.split("|")[1:3] for line in text.splitlines() if line.startswith("| `")]
    return {
        name: told.strip(' `"') for names, told in cells for name in re.findall(r"`(\w+)`", names)
    }


def test_the_page_of_sweeps_has_every_setting_with_its_default_and_every_failure():
    page = (ROOT / "docs" / "sweep.md").read_text(encoding="utf-8")
    told = rows(page.partition("\n## Settings\n")[2].partition("\n## ")[0])
    defaults = {key: field.default for key, field in SweepSettings.model_fields.items()}
    defaults["workers"] = SweepSettings(processes=1).at_once
    words = {None: "none", True: "true", False: "false"}
    assert told == {
        key: words[value]
        if isinstance(value, bool | None)
        else f"{value:g}"
        if value == 0
        else str(value)
        for key, value in defaults.items()
    }
    assert {*get_args(UnreachedKind), *get_args(IncompleteKind)} <= set(rows(page))
