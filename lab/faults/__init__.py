"""What a device may do instead of answering as it should: one small class for each fault.

The modules are the stages of a device's life: what its listener does, how it lets people in,
what happens before the first prompt, at the prompt, and to what it prints.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError

from lab.faults.fault import FAULTS, Fault

__all__ = ["FAULTS", "Fault", "Faults"]

for _module in pkgutil.iter_modules(__path__):  # importing them registers their faults
    import_module(f"{__name__}.{_module.name}")


def _read(value: object) -> tuple[Fault, ...]:
    """``down``, ``{hang: {at: prompt}}``, or a list of such."""
    entries = value if isinstance(value, list | tuple) else [value]
    found: list[Fault] = []
    for entry in entries:
        if isinstance(entry, Fault):
            found.append(entry)
        elif isinstance(entry, dict):
            found += [_made(name, parameters) for name, parameters in entry.items()]
        else:
            found.append(_made(entry, None))
    return tuple(found)


def _made(name: object, parameters: object) -> Fault:
    kind = FAULTS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise ValueError(f"{name!r} is not known; known: {', '.join(sorted(FAULTS))}")
    try:
        return kind.model_validate(parameters or {})
    except ValidationError as error:
        raise ValueError("; ".join(_lines(f"{name}", kind, error))) from None


def _lines(name: str, kind: type[Fault], error: ValidationError) -> list[str]:
    takes = ", ".join(kind.model_fields) or "no parameters"
    return [
        ".".join([name, *map(str, detail["loc"])])
        + (
            f" is not known; {name} takes {takes}"
            if detail["type"] == "extra_forbidden"
            else f": {detail['msg'].removeprefix('Value error, ')}"
        )
        for detail in error.errors()
    ]


Faults = Annotated[tuple[Any, ...], BeforeValidator(_read)]
"""The type of a host's ``fault`` key: any number of faults, written in the short form."""
