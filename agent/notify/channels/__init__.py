"""Ways to tell somebody: one file is one form of message, found by its name in the settings."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent import plugins
from agent.errors import NetcoverError

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.notify.choice import Notice


class DeliveryError(NetcoverError):
    """A message was not taken; what it says was not recorded as told."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What every message of one run says of itself. `scope` names the hosts it rests on."""

    as_of: str
    sweep: str
    scope: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """The body of a webhook's message, as JSON."""

    name: str
    body: Callable[[Notice, Occasion], dict[str, Any]]


def forms() -> dict[str, Form]:
    """Every form by its name."""
    modules = plugins.modules(sys.modules[__name__])
    return {m.FORM.name: m.FORM for m in modules if hasattr(m, "FORM")}
