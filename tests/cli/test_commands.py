import csv
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent import cli, plugins
from agent.cli import _command_sets
from agent.cli._app import app
from agent.platforms import platforms

SETS = Path(__file__).parent / "command_sets"
ALL = list(platforms().values())


def run(*words):
    plugins.modules(cli)
    return CliRunner().invoke(app, ["commands", *words])


@pytest.mark.parametrize("form", ["text", "tacacs", "ise"])
@pytest.mark.parametrize("platform", [None, "asa", "catalyst_9300"])
def test_the_printed_form(golden, form, platform):
    result = run("--format", form, *(["--platform", platform] if platform else []))
    assert result.exit_code == 0
    golden(result.stdout, SETS / f"{platform or 'all'}.{form}")


def requests():
    """Each line as a device asks its AAA server about it: the command, and its arguments."""
    for device in ALL:
        for line in _command_sets.sent(device):
            if not line.startswith(("<", "snmp ", "GET /", "POST /")):
                name, _, arguments = line.partition(" ")
                yield name, arguments
                yield name, f"{arguments} <cr>".strip()


def tacacs_permits(text, name, arguments):
    blocks = re.findall(r"^    cmd = (\S+) \{\n(.*?)^    \}", text, re.MULTILINE | re.DOTALL)
    rules = re.findall(r'(permit|deny) "(.*)"', dict(blocks).get(name, ""))
    return next((word == "permit" for word, rule in rules if re.search(rule, arguments)), False)


def ise_permits(text, name, arguments):
    return any(
        row["Grant"] == "PERMIT"
        and row["Command"] == name
        and re.search(row["Arguments"], arguments)
        for row in csv.DictReader(text.splitlines())
    )


@pytest.mark.parametrize(
    ("made", "permits"),
    [(_command_sets.tacacs(ALL), tacacs_permits), (_command_sets.ise(ALL), ise_permits)],
    ids=["tacacs", "ise"],
)
def test_what_is_sent_is_permitted_and_nothing_like_it(made, permits):
    sent = list(requests())
    assert ("enable", "") in sent
    assert ("exit", "<cr>") in sent
    assert ("terminal", "length 0") in sent
    assert [each for each in sent if not permits(made, *each)] == []
    for name, arguments in (
        ("configure", "terminal"),
        ("show", "running-config"),
        ("show", "version extra"),
        ("show", "inventory | redirect flash:x"),
        ("show", ""),
        ("exit", "now"),
        ("terminal", "length 0 width"),
        ("reload", ""),
    ):
        assert not permits(made, name, arguments)


def test_what_is_no_command_line_is_named_beside_the_set():
    result = run("--platform", "generic", "--format", "ise")
    assert "snmp" not in result.stdout
    assert "not in the set: generic\tsnmp get" in result.stderr


def test_an_unknown_form():
    assert run("--format", "acs").exit_code == 2
