"""Why an API gave no answer: every shape of error becomes one type, each gap names its items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import httpx2

ProblemKind: TypeAlias = Literal[
    "no_data",
    "invalid_input",
    "too_many",
    "not_authorised",
    "bad_credentials",
    "over_rate",
    "server",
    "not_json",
    "network",
    "unexpected",
]

RETRIED: frozenset[ProblemKind] = frozenset({"over_rate", "server", "not_json", "network"})
"""Kinds that may pass by themselves."""

FINAL: frozenset[ProblemKind] = frozenset({"bad_credentials", "not_authorised", "over_rate"})
"""Kinds that every further question to the service would meet as well."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal or failure. `items` are what was asked and has no answer because of it.

    `retry_after` is what the service asks to wait, in seconds.
    """

    service: str
    kind: ProblemKind
    code: str
    text: str
    items: tuple[str, ...] = ()
    retry_after: float | None = None

    @property
    def is_gap(self) -> bool:
        """Whether something stays unknown; that there is no data is an answer."""
        return self.kind != "no_data"

    def __str__(self) -> str:
        code = f" ({self.code})" if self.code else ""
        return f"{self.service}: {self.kind.replace('_', ' ')}{code}: {self.text}"


class ProblemError(Exception):
    """Carries a problem up to where it is tried again or returned."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def on_the_wire(service: str, error: httpx2.HTTPError) -> Problem:
    """No answer at all; the library's words name hosts, never headers."""
    return Problem(service, "network", type(error).__name__, str(error) or "no answer")
