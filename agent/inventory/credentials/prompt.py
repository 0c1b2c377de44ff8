"""Credentials asked for on a terminal."""

from __future__ import annotations

import getpass
import sys

from agent.inventory.credentials._record import Part, Source


def find(name: str | None, known: Part, vault: str | None) -> Part:  # noqa: ARG001 - a source
    """What is typed; nothing where nobody sits at a terminal."""
    if not can_ask():
        return Part()
    of = f" ({name})" if name else ""
    username = known.username or _ask(f"Username{of}: ")
    password = known.password or secret(f"Password of {username}{of}: ")
    enable = known.enable or secret(f"Enable secret{of} (empty for none): ")
    return Part(username, password, enable or None)


def can_ask() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin.isatty()


def secret(question: str) -> str:
    """Ask for what is not shown."""
    return getpass.getpass(question, stream=sys.stderr)


def _ask(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def remedy(name: str | None, vault: str | None) -> None:
    """Nothing to prepare."""


SOURCE = Source(9, find, remedy, asks=True)
