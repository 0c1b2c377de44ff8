"""What several formats of one report need is worked out once, while they are written."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agent.model import Report

_Made = TypeVar("_Made")
_kept: ContextVar[dict[tuple[object, int], Any] | None] = ContextVar("kept", default=None)


@contextmanager
def sharing() -> Iterator[None]:
    """Inside, a function marked :func:`shared` answers about one report once; then all is let go.

    The reports asked about have to live as long.
    """
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def shared(make: Callable[[Report], _Made]) -> Callable[[Report], _Made]:
    """Mark a pure function of a report as worth keeping."""

    @wraps(make)
    def once(report: Report) -> _Made:
        kept = _kept.get()
        if kept is None:
            return make(report)
        key = (make, id(report))
        if key not in kept:
            kept[key] = make(report)
        made: _Made = kept[key]
        return made

    return once
