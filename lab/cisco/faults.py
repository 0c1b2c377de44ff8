"""What the lab's Cisco does wrong when told to: refusals, broken bodies, records in disorder."""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Kind: TypeAlias = Literal[
    "over_qps",
    "over_rate",
    "throttled",
    "token_expired",
    "html",
    "truncated",
    "error_500",
    "gateway_504",
    "slow",
    "dropped",
    "inactive",
    "duplicated",
    "shuffled",
    "comma_joined",
    "blank_dates",
    "lost_record",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

ROWS = ("EOXRecord", "serial_numbers", "product_list", "productList", "advisories", "data")
"""Under which name each service lists its records."""


@dataclass(slots=True)
class Fault:
    """One thing to do wrong: to which service, after how many good calls, how often.

    `times` None is for ever. `seconds` is what a throttled caller is told to wait, or how long a
    slow body takes.
    """

    kind: Kind
    service: str = "*"
    after: int = 0
    times: int | None = 1
    seconds: float = 1.0

    def strikes(self, service: str) -> bool:
        """Whether this call is hit; counts it."""
        if self.service not in {"*", service} or self.times == 0:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


def parse_fault(text: str) -> Fault:
    """A fault as the command line has it: ``KIND[:SERVICE[:TIMES]]``, 0 times for ever.

    :raises LabError: it is none.
    """
    kind, _, rest = text.partition(":")
    service, _, times = rest.partition(":")
    if kind not in KINDS or (times and not times.isdigit()):
        known = ", ".join(KINDS)
        raise LabError(f"{text}: no fault; write KIND[:SERVICE[:TIMES]] with one of {known}")
    count = int(times or 1) or None
    return Fault(kind, service or "*", times=count)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer of the gateway, which is no JSON."""

    status: int
    headers: Mapping[str, str]
    body: str


def refusal(fault: Fault) -> Refusal | None:
    """What the gateway says; None where the fault is in the body or on the wire."""
    wait = {"Retry-After": f"{fault.seconds:g}"}
    told: dict[str, tuple[int, str, str, dict[str, str]]] = {
        "over_qps": (403, "ERR_403_DEVELOPER_OVER_QPS", "Developer Over Qps", wait),
        "over_rate": (403, "ERR_403_DEVELOPER_OVER_RATE", "Developer Over Rate", {}),
        "throttled": (429, "", "Too Many Requests", wait),
        "token_expired": (403, "ERR_403_NOT_AUTHORIZED", "Not Authorized", {}),
        "inactive": (403, "ERR_403_DEVELOPER_INACTIVE", "Developer Inactive", {}),
        "html": (200, "", "Service Unavailable", {}),
        "error_500": (500, "", "Internal Server Error", {}),
        "gateway_504": (504, "ERR_504_GATEWAY_TIMEOUT", "Gateway Timeout", {}),
    }
    if fault.kind not in told:
        return None
    status, code, words, headers = told[fault.kind]
    named = {"X-Mashery-Error-Code": code} if code else {}
    return Refusal(status, {**named, **headers}, f"<h1>{words}</h1>")


def spoil(kind: Kind, content: dict[str, Any]) -> dict[str, Any]:
    """The content with its records doubled, out of order, joined, without dates, or one less."""
    spoilt = copy.deepcopy(content)
    for name in ROWS:
        rows = spoilt.get(name)
        if isinstance(rows, list) and rows and kind in _ON_ROWS:
            spoilt[name] = _ON_ROWS[kind](rows)
    return spoilt


def _shuffled(rows: list[Any]) -> list[Any]:
    mixed = list(rows)
    random.Random(len(rows)).shuffle(mixed)  # noqa: S311 - an order, no secret
    return mixed


def _joined(rows: list[Any]) -> list[Any]:
    """Records that say the same of several inputs stand once, the inputs joined by commas."""
    by_content: dict[str, Any] = {}
    for row in rows:
        if "EOXInputValue" not in row:
            return rows
        error = row.get("EOXError") or {}
        key = row.get("EOLProductID") or f"error {error.get('ErrorID')}"
        known = by_content.setdefault(key, row)
        if known is not row:
            known["EOXInputValue"] = f"{known['EOXInputValue'].strip()},{row['EOXInputValue']}"
            if error:
                both = f"{known['EOXError']['ErrorDataValue']},{error['ErrorDataValue']}"
                known["EOXError"]["ErrorDataValue"] = both
    return list(by_content.values())


def _blank(rows: list[Any]) -> list[Any]:
    """Every blank date in the next of the three spellings that were seen."""
    spellings = ["", " ", None]
    for place, row in enumerate(rows):
        for number, value in enumerate(row.values()):
            if isinstance(value, dict) and value.get("value") == "":
                value["value"] = spellings[(place + number) % 3]
    return rows


_ON_ROWS: dict[str, Callable[[list[Any]], list[Any]]] = {
    "duplicated": lambda rows: rows + copy.deepcopy(rows),
    "shuffled": _shuffled,
    "comma_joined": _joined,
    "blank_dates": _blank,
    "lost_record": lambda rows: rows[:-1],
}
