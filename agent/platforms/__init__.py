"""What each platform is asked and how its answers are read: one file per platform.

A platform file ends in ``PLATFORM = Platform(...)``. Its commands are all that may ever be sent
to such a device; its parser is a pure function from a capture to units.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from agent import plugins
from agent.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.model import Capture, Reading, Software


@dataclass(frozen=True, slots=True)
class Command:
    """A command that may be sent, whole and unchanged.

    `required`: the reading is incomplete (``command_refused``) where the device refuses it.
    A command that is not required is one that some models, modes or releases do not have.
    `sends`: what really travels, where `text` names a question that a library asks in its words.
    """

    text: str
    required: bool = False
    sends: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that are typed into the device for it."""
        return self.sends or (self.text,)


@dataclass(frozen=True, slots=True)
class Platform:
    """One family of devices.

    `transport` is the module of :mod:`agent.transports` that reads it.
    `session` are the commands that prepare a session (paging off, width) and end it.
    `enable`: whether the platform has a privileged mode that the commands need.
    `netmiko`: the device type of the compatible lane.
    `napalm`: the driver, where NAPALM is the transport.
    `recognises`: whether a capture with no declared platform is of this family, by content.
    """

    name: str
    title: str
    software: Software
    netmiko: str
    commands: tuple[Command, ...]
    session: tuple[str, ...]
    parse: Callable[[Capture], Reading]
    recognises: Callable[[Capture], bool]
    enable: bool = False
    transport: str = "ssh"
    napalm: str = ""


@cache
def platforms() -> dict[str, Platform]:
    """All platforms by name, in the order of their names."""
    found: list[Platform] = [
        module.PLATFORM
        for module in plugins.modules(sys.modules[__name__])
        if hasattr(module, "PLATFORM")
    ]
    return {platform.name: platform for platform in sorted(found, key=lambda p: p.name)}


def platform(name: str) -> Platform:
    """The platform called `name`.

    :raises UsageError: no file in ``agent/platforms`` declares it.
    """
    known = platforms()
    if name not in known:
        raise UsageError(f"platform {name!r} is not known; known: {', '.join(known)}")
    return known[name]
