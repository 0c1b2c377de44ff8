"""What is ever sent, as command sets for AAA servers: each command whole, and nothing beside it."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
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


def discovery(devices: Iterable[Platform]) -> list[Platform]:
    """What a discovery from neighbours types into `devices`, beside what a sweep does."""
    from agent.discovery._visit import asked

    found = []
    for device in devices:
        extended = asked(device.name)
        if extended is None:
            continue
        known = set(sent(device))
        new = tuple(c for c in extended.commands if c.text not in known)
        session = tuple(line for line in extended.session if line not in known)
        found.append(replace(extended, commands=new, session=session, enable=False))
    return found


def questions() -> list[str]:
    """The SNMP tables of neighbours that a discovery reads, beside what a sweep reads."""
    from agent.discovery._neighbour_tables import OWN_CHASSIS, TABLES
    from agent.platforms._snmp import dotted

    tables = ("snmp getbulk " + " ".join(map(dotted, columns)) for columns in TABLES)
    return ["snmp get " + " ".join(map(dotted, OWN_CHASSIS)), *tables]


def beyond_aaa(devices: Iterable[Platform]) -> list[tuple[str, str]]:
    """Platform and line of what is sent and is no command line."""
    return [(d.name, line) for d in devices for line in sent(d) if _NO_COMMAND.match(line)]


def tacacs(devices: Sequence[Platform]) -> str:
    """A group of ``tac_plus.conf``: exact expressions, all else denied."""
    names = ", ".join(dict.fromkeys(d.name for d in devices if _lines(d)))
    lines = [
        f"# All that netcover may type into: {names}.",
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
