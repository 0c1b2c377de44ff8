"""How far a scan is: a bar on a terminal, plain lines otherwise."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agent.cli._app import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agent.discovery.scan import Progress

    Tell = Callable[[Progress], None]

PLAIN_LINES = 10
"""How many lines a scan prints where there is no terminal."""
REDRAW_SECONDS = 0.2


@contextmanager
def scan_progress(*, quiet: bool) -> Iterator[Tell]:
    """Call the result with how far the scan is, as often as you like."""
    if quiet:
        yield lambda _progress: None
    elif sys.stderr.isatty():
        with _bar() as tell:
            yield tell
    else:
        yield _lines()


def _lines() -> Tell:
    said = 0

    def tell(progress: Progress) -> None:
        nonlocal said
        share = progress.done * PLAIN_LINES // max(progress.total, 1)
        if share > said:
            said = share
            say(f"{progress.done} of {progress.total} addresses, {progress.found} answered")

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

        def tell(progress: object) -> None:
            nonlocal drawn
            now = time.monotonic()
            if now - drawn < REDRAW_SECONDS:
                return
            drawn = now
            done, total, found = (getattr(progress, n) for n in ("done", "total", "found"))
            view.update(task, completed=done, total=total, found=found)

        yield tell
