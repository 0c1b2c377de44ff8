"""``netcover serve``: the numbers of the latest sweep, for a Prometheus that comes for them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli._app import ConfigFile, app, asked_of, say, settings, store, today
from agent.errors import NetcoverError, UsageError

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

    from agent.settings import Settings

_OLD = 60.0
"""Seconds after which numbers are made anew for the next question."""


@app.command("serve")
def command(
    metrics: Annotated[
        bool, typer.Option("--metrics", help="Answer /metrics in Prometheus' text format.")
    ] = False,
    listen: Annotated[
        str, typer.Option("--listen", metavar="HOST:PORT", help="Where to listen.")
    ] = "127.0.0.1:9464",
    config: ConfigFile = None,
) -> None:
    """Answer questions about the latest sweep over HTTP, until Ctrl-C. Nothing can be changed."""
    from prometheus_client import CollectorRegistry, start_http_server

    if not metrics:
        raise UsageError("say what to serve: --metrics")
    host, port = _address(listen)
    chosen = settings(config)
    with store(chosen) as opened:
        opened.sweeps()
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Numbers(chosen))
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        raise UsageError(f"--listen {listen}: {error.strerror or error}") from None
    say(f"listening on http://{host}:{server.server_port}/metrics; Ctrl-C ends it")
    try:
        thread.join()
    finally:
        server.shutdown()


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:  # noqa: PLR2004
        raise UsageError(f"--listen {text}: write it as 127.0.0.1:9464")
    return host.strip("[]"), int(port)


class _Numbers:
    """The latest sweep in numbers, kept for a minute. A store that cannot be read is told too."""

    def __init__(self, chosen: "Settings") -> None:
        self._settings = chosen
        self._lock = Lock()
        self._made: list[Metric] = []
        self._until = 0.0

    def collect(self) -> Iterable["Metric"]:
        """What there is now; one question at a time makes it."""
        with self._lock:
            if monotonic() >= self._until:
                self._made = self._make()
                self._until = monotonic() + _OLD
            return self._made

    def _make(self) -> "list[Metric]":
        from prometheus_client.core import GaugeMetricFamily

        from agent.pipeline import build_report
        from agent.reports.metrics import metrics

        found: list[Any] = []
        try:
            with store(self._settings) as opened:
                asked = asked_of(self._settings, today())
                found = list(metrics(build_report(opened, opened.sweep(), asked)))
        except NetcoverError as error:
            say(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {error}")
        up = "Whether the store could be read and judged."
        return [GaugeMetricFamily("netcover_up", up, value=float(bool(found))), *found]
