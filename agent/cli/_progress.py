"""Progress on stderr: a bar on a terminal, plain lines otherwise."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agent.cli._app import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agent.model import HostResult

PLAIN_LINES = 10
"""How many lines of progress a sweep prints where there is no terminal."""


@contextmanager
def progress(hosts: int) -> Iterator[Callable[[HostResult], None]]:
    """Show how far a sweep of `hosts` hosts is; call the result with each host's result."""
    if sys.stderr.isatty():
        with _bar(hosts) as tell:
            yield tell
    else:
        yield _lines(hosts)


@contextmanager
def _bar(hosts: int) -> Iterator[Callable[[HostResult], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("sweep"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[units]} units, {task.fields[failed]} failed"),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("sweep", total=hosts, units=0, failed=0)
        units = failed = 0

        def tell(result: HostResult) -> None:
            nonlocal units, failed
            units += len(result.observations)
            failed += result.unreached is not None
            bar.update(task, advance=1, units=units, failed=failed)

        yield tell


def _lines(hosts: int) -> Callable[[HostResult], None]:
    done = units = failed = 0
    step = max(1, hosts // PLAIN_LINES)

    def tell(result: HostResult) -> None:
        nonlocal done, units, failed
        done += 1
        units += len(result.observations)
        failed += result.unreached is not None
        if done % step == 0 or done == hosts:
            say(f"{done} of {hosts} hosts, {units} units, {failed} failed")

    return tell
