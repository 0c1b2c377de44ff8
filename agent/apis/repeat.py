"""Asking again: what may pass by itself is asked with growing pauses, or when the service says."""

from __future__ import annotations

import ssl
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import stamina

from agent.apis.problems import RETRIED, Problem, ProblemError
from agent.errors import SettingsError, said

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")


def repeated(
    ask: Callable[[], T], *, attempts: int, pause: float, longest_wait: float
) -> T | Problem:
    """What `ask` returns, asked up to `attempts` times; a problem that it raises is returned.

    `pause` is waited before the first repetition, in seconds, and grows up to `longest_wait`;
    a service that wants a longer wait is not asked again.
    """
    longest = timedelta(seconds=longest_wait)

    def again(error: Exception) -> bool | timedelta:
        if not isinstance(error, ProblemError) or error.problem.kind not in RETRIED:
            return False
        if error.problem.retry_after is None:
            return True
        wait = timedelta(seconds=error.problem.retry_after)
        return wait if wait <= longest else False

    try:
        for attempt in stamina.retry_context(
            on=again,
            attempts=attempts,
            timeout=None,
            wait_initial=pause,
            wait_max=longest,
            wait_jitter=pause,
        ):
            with attempt:
                return ask()
    except ProblemError as error:
        return error.problem
    raise AssertionError("a retry context ends with a result or an error")


def trust(ca_file: Path | None, setting: str) -> ssl.SSLContext | bool:
    """Whose certificates are believed: the system's authorities, or those in `ca_file` alone.

    :raises SettingsError: the file that `setting` names holds no certificate.
    """
    if ca_file is None:
        return True
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"{setting}: {ca_file}: no certificate that can be read: {said(error)}"
        ) from None
