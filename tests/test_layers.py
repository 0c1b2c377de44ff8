"""A stage imports only what stands before it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STAGES = [
    [
        "errors",
        "model",
        "plugins",
        "resources",
        "files",
        "plausible",
        "releases",
        "terminal",
        "typesetting",
        "wording",
        "yearly",
    ],
    ["settings"],
    ["apis"],
    ["platforms"],
    ["sources"],
    ["captures", "inventory"],
    ["second_opinion"],
    ["reading"],
    ["transports"],
    ["runners"],
    ["sweep"],
    ["documents"],
    ["discovery"],
    ["store"],
    ["packs", "sync"],
    ["reconcile"],
    ["posture"],
    ["controls"],
    ["rules"],
    ["plan"],
    ["reports"],
    ["pipeline"],
    ["evidence", "notify", "score"],
    ["cli"],
]
ORDER = {name: place for place, names in enumerate(STAGES) for name in names}


def imported(tree):
    """The modules a file imports, those for type checking included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files():
    return sorted(
        path
        for path in (ROOT / "agent").rglob("*.py")
        if path.relative_to(ROOT / "agent").parts[0] not in {"__init__.py", "__main__.py", "_data"}
    )


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_stage_imports_only_what_stands_before_it(path):
    stage = path.relative_to(ROOT / "agent").parts[0].removesuffix(".py")
    assert stage in ORDER, f"{stage} has no place in the line; give it one"
    later = {
        name
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name.startswith("agent.") and ORDER.get(name.split(".")[1], -1) > ORDER[stage]
    }
    assert later == set()


def test_the_lab_does_not_know_the_agent():
    names = {
        name
        for path in (ROOT / "lab").rglob("*.py")
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert not {name for name in names if name.split(".")[0] == "agent"}


def test_the_migrations_are_one_line():
    folder = ROOT / "agent" / "store" / "migrations" / "versions"
    names = sorted(path.name for path in folder.glob("v*.py"))
    assert [name[1:5] for name in names] == [f"{n:04}" for n in range(1, len(names) + 1)]
    for number, name in enumerate(names, start=1):
        text = (folder / name).read_text(encoding="utf-8")
        before = f'"{number - 1:04}"' if number > 1 else "None"
        assert f'\nrevision = "{number:04}"\ndown_revision = {before}\n' in text
