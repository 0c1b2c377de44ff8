"""How far a scan is: a bar on a terminal, plain lines otherwise."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agent.cli._app import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agent.discovery.scan import Progress as State

    Tell = Callable[[State], None]

PLAIN_LINES = 10
"""How many lines a scan prints where there is no terminal."""
REDRAW_SECONDS = 0.2


@contextmanager
def scan_progress(*, quiet: bool) -> Iterator[Tell]:
    """Call the result with how far the scan is, as often as you like."""
    if quiet:
        yield lambda _state: None
    elif sys.stderr.isatty():
        with _bar() as tell:
            yield tell
    else:
        yield _lines()


def _lines() -> Tell:
    said = 0

    def tell(state: State) -> None:
        nonlocal said
        share = state.done * PLAIN_LINES // max(state.total, 1)
        if share > said:
            said = share
            say(f"{state.done} of {state.total} addresses, {state.found} answered")

    return tell


@contextmanager
def _bar() -> Iterator[Tell]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    view = Progress(
        TextColumn("addresses"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[found]} answered"),
        console=Console(stderr=True),
        transient=True,
    )
    task = view.add_task("addresses", total=None, found=0)
    drawn = 0.0
    with view:

        def tell(state: State) -> None:
            nonlocal drawn
            now = time.monotonic()
            if now - drawn >= REDRAW_SECONDS:
                drawn = now
                view.update(task, completed=state.done, total=state.total, found=state.found)

        yield tell
