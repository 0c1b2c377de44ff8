"""What a site states about patching in files of its own, and how old its data may be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent.settings import MaxAge

if TYPE_CHECKING:
    from agent.model import ReachableTrain, Waiver


@dataclass(frozen=True, slots=True)
class Declared:
    """Trains that products can run, accepted risks, and age limits."""

    reachable: tuple[ReachableTrain, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    max_age: MaxAge = field(default_factory=MaxAge)
