"""The manners of the command lines: prompts, paging, and how each refuses what it does not know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """One family of command lines.

    `privileged_prompt` is None where there is only one mode. `more` is what stands at a full
    page and `erase` what takes it away again; `more` is empty where there is no paging.
    `invalid` has the fields ``caret`` (blanks up to the mistake). `page_commands` set the page
    length to the number that follows them; `page_set` and `width_set` are what the device says to
    it. `agent` is the command that opens an agent within, which takes XML and echoes nothing.
    `height` is a page length that no command changes. `starts_privileged`: the user is let in at
    privilege 15; `always_asks`: ``enable`` asks even then; `no_enable` is how ``enable`` is
    refused where every command works without.
    """

    prompt: str
    privileged_prompt: str | None
    invalid: str
    denied: str = ""
    wrong_secret: str = ""
    more: str = ""
    erase: str = ""
    page_commands: tuple[str, ...] = ("terminal length",)
    page_set: str = ""
    width_set: str = ""
    agent: str = ""
    agent_prompt: str = ""
    leave: tuple[str, ...] = ("exit", "quit", "logout")
    # What healthy devices all do alike; faults change it.
    newline: str = "\r\n"
    echo: bool = True
    height: int | None = None
    starts_privileged: bool = False
    always_asks: bool = False
    no_enable: str = ""


DIALECTS: dict[str, Dialect] = {
    "ios": Dialect(
        prompt="{hostname}>",
        privileged_prompt="{hostname}#",
        invalid="{caret}^\n% Invalid input detected at '^' marker.\n\n",
        denied="% Access denied\n\n",
        more=" --More-- ",
        erase="\b" * 9 + " " * 9 + "\b" * 9,
    ),
    "asa": Dialect(
        prompt="{hostname}> ",
        privileged_prompt="{hostname}# ",
        invalid="{caret}^\nERROR: % Invalid input detected at '^' marker.\n",
        denied="Access denied.\n",
        wrong_secret="Invalid password\n",  # noqa: S106  # what the device prints
        more="<--- More --->",
        erase="\r" + " " * 14 + "\r",
        page_commands=("terminal pager", "terminal pager lines"),
    ),
    "clish": Dialect(
        prompt="> ",
        privileged_prompt=None,
        invalid="Syntax error: Illegal parameter\n",
        page_commands=(),
    ),
    "fxos": Dialect(
        prompt="{hostname}# ",
        privileged_prompt=None,
        invalid="{caret}^\n% Invalid Command at '^' marker\n",
        more="--More--",
        erase="\r" + " " * 8 + "\r",
    ),
    "nxos": Dialect(
        prompt="{hostname}# ",
        privileged_prompt=None,
        invalid="{caret}^\n% Invalid command at '^' marker.\n",
        more="--More--",
        erase="\r" + " " * 8 + "\r",
    ),
    "ios_xr": Dialect(
        prompt="RP/0/RSP0/CPU0:{hostname}#",
        privileged_prompt=None,
        invalid="{caret}^\n% Invalid input detected at '^' marker.\n",
        more=" --More-- ",
        erase="\b" * 9 + " " * 9 + "\b" * 9,
        agent="xml",
        agent_prompt="XML> ",
    ),
    "eos": Dialect(
        prompt="{hostname}>",
        privileged_prompt="{hostname}#",
        invalid="% Invalid input\n",
        denied="% Access denied\n",
        page_set="Pagination disabled.\n",
        width_set="Width set to {value} columns.\n",
    ),
}
