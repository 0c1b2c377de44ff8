"""What is ever sent, as command sets for AAA servers: each command whole, and nothing beside it."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from agent.transports.gate import ENABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agent.platforms import Platform

_NO_COMMAND = re.compile(r"<|snmp |GET /|POST /")
"""XML, SNMP and HTTP requests are no command lines; no AAA server is asked about them."""


def sent(device: Platform) -> list[str]:
    """Every line that may be sent to `device`, those that prepare and end a session first."""
    session = [*device.session, *([ENABLE] if device.enable else [])]
    asked = [line for command in device.commands for line in command.lines]
    return list(dict.fromkeys([*session, *asked]))


def beyond_aaa(devices: Iterable[Platform]) -> list[tuple[str, str]]:
    """Platform and line of what is sent and is no command line."""
    return [(d.name, line) for d in devices for line in sent(d) if _NO_COMMAND.match(line)]


def tacacs(devices: Sequence[Platform]) -> str:
    """A group of ``tac_plus.conf``: exact expressions, all else denied."""
    lines = [
        f"# All that netcover may type into: {', '.join(d.name for d in devices if _lines(d))}.",
        "# Made by 'netcover commands --format tacacs'; make it again after each upgrade.",
        "group = netcover {",
        "    default service = deny",
        "    service = exec {",
        "        priv-lvl = 15",
        "    }",
    ]
    for command, arguments in _by_command(devices).items():
        lines += [f"    cmd = {command} {{"]
        lines += [f'        permit "{_expression(each)}"' for each in arguments]
        lines += ['        deny ".*"', "    }"]
    return "\n".join([*lines, "}"])


def ise(devices: Sequence[Platform]) -> str:
    """The rows of a TACACS command set of Cisco ISE; leave "permit unmatched" unticked."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["Grant", "Command", "Arguments"])
    for command, arguments in _by_command(devices).items():
        rows.writerows(["PERMIT", command, _expression(each)] for each in arguments)
    return text.getvalue().rstrip("\n")


def _by_command(devices: Iterable[Platform]) -> dict[str, list[str]]:
    """The arguments that each first word may have, both in order."""
    found: dict[str, set[str]] = {}
    for device in devices:
        for line in _lines(device):
            command, _, arguments = line.partition(" ")
            found.setdefault(command, set()).add(arguments)
    return {command: sorted(found[command]) for command in sorted(found)}


def _lines(device: Platform) -> list[str]:
    return [line for line in sent(device) if not _NO_COMMAND.match(line)]


def _expression(arguments: str) -> str:
    """A regular expression for these arguments alone; some devices end them with ``<cr>``.

    Signs stand in brackets: servers differ in how many backslashes they want.
    """
    quoted = re.sub(r"([^\w\s-])", r"[\1]", arguments)
    return f"^{quoted}( <cr>)?$" if quoted else "^(<cr>)?$"
