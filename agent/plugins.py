"""One new file is one new platform, source, rule or report: import every module of a package."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


def modules(package: ModuleType) -> tuple[ModuleType, ...]:
    """Import every public module of `package`; the result is sorted by name."""
    names = sorted(
        info.name for info in pkgutil.iter_modules(package.__path__) if info.name[0] != "_"
    )
    return tuple(importlib.import_module(f"{package.__name__}.{name}") for name in names)
