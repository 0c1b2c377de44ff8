"""Progress on stderr: bars on a terminal, plain lines otherwise, JSON lines for a scheduler."""

from __future__ import annotations

import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent.cli._app import say
from agent.inventory.simple import site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from nornir.core.inventory import Host
    from rich.progress import Progress, TaskID

    from agent.model import HostResult

    Tell = Callable[[HostResult], None]

PLAIN_LINES = 10
"""How many lines of progress a sweep prints where there is no terminal."""


@dataclass(slots=True)
class Tally:
    """What has come in so far."""

    hosts: int
    started: float = field(default_factory=time.monotonic)
    done: int = 0
    units: int = 0
    failures: Counter[str] = field(default_factory=Counter)

    def add(self, result: HostResult) -> None:
        """Count one host."""
        self.done += 1
        self.units += len(result.observations)
        if result.unreached is not None:
            self.failures[result.unreached.kind] += 1

    @property
    def rate(self) -> float:
        """Hosts per second since the start."""
        return self.done / max(time.monotonic() - self.started, 0.001)

    @property
    def failed(self) -> str:
        """Failures by kind, the most frequent first."""
        kinds = ", ".join(f"{number} {kind}" for kind, number in self.failures.most_common())
        return f"{self.failures.total()} failed" + (f" ({kinds})" if kinds else "")

    def line(self) -> str:
        """The state in one line."""
        left = (self.hosts - self.done) / self.rate if self.done else 0
        eta = f", {left:.0f} s left" if left >= 1 else ""
        return (
            f"{self.done} of {self.hosts} hosts, {self.units} units, {self.failed},"
            f" {self.rate:.1f} hosts/s{eta}"
        )


@contextmanager
def progress(hosts: Sequence[Host], show: str = "auto") -> Iterator[Tell]:
    """Show how far a sweep of `hosts` is; call the result with each host's result.

    `show`: ``quiet``, ``json``, or ``auto`` for what suits where stderr goes.
    """
    tally = Tally(len(hosts))
    if show == "quiet":
        yield tally.add
    elif show == "json":
        yield _json_lines(tally)
    elif sys.stderr.isatty():
        with _bars(hosts, tally) as tell:
            yield tell
    else:
        yield _lines(tally)


def _lines(tally: Tally) -> Tell:
    step = max(1, tally.hosts // PLAIN_LINES)

    def tell(result: HostResult) -> None:
        tally.add(result)
        if tally.done % step == 0 or tally.done == tally.hosts:
            say(tally.line())

    return tell


def _json_lines(tally: Tally) -> Tell:
    import structlog

    log = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
    )

    def tell(result: HostResult) -> None:
        tally.add(result)
        failure = result.unreached
        log.info(
            "host",
            host=result.visit.host,
            site=result.visit.site,
            platform=result.visit.platform,
            lane=result.lane,
            units=len(result.observations),
            incomplete=[gap.kind for gap in result.incomplete],
            unreached=failure.kind if failure else None,
            reason=failure.reason if failure else None,
            done=tally.done,
            hosts=tally.hosts,
        )

    return tell


@contextmanager
def _bars(hosts: Sequence[Host], tally: Tally) -> Iterator[Tell]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    view = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[state]}"),
        console=Console(stderr=True),
        transient=True,
    )
    with view:
        yield _bar_teller(view, hosts, tally)


def _bar_teller(view: Progress, hosts: Sequence[Host], tally: Tally) -> Tell:
    sites = Counter(site_of(host) or "no site" for host in hosts)
    whole = view.add_task("all", total=tally.hosts, state="")
    bars: dict[str, TaskID] = {}
    if len(sites) > 1:
        bars = {
            site: view.add_task(site, total=total, state="")
            for site, total in sites.most_common(MOST_BARS)
        }

    def tell(result: HostResult) -> None:
        tally.add(result)
        state = f"{tally.units} units, {tally.failed}, {tally.rate:.1f}/s"
        view.update(whole, advance=1, state=state)
        bar = bars.get(result.visit.site or "no site")
        if bar is not None:
            view.advance(bar)

    return tell


MOST_BARS = 12
"""Sites with a bar of their own; the largest come first."""
