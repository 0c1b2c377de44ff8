"""What passed between the agent and a manager, as text that is kept and parsed: path, status, body.

One exchange is ``GET path``, then ``HTTP status`` and the body as it came, or ``failed:`` and why.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.model import Incomplete
from agent.platforms import _identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agent.model import Capture

_BEGINS = re.compile(r"^GET (/\S+)\n(?:HTTP (\d{3})|failed: (.*))$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came of it; `content` is empty where `problem` says why."""

    path: str
    content: Mapping[str, Any]
    problem: str | None = None


def answered(path: str, status: int, body: str) -> str:
    """The text of an exchange that brought content."""
    return f"GET {path}\nHTTP {status}\n{body.rstrip()}\n"


def failed(path: str, code: str, words: str) -> str:
    """The text of an exchange that brought none."""
    return f"GET {path}\nfailed: {' '.join(f'{code} {words}'.split())}\n"


def read(text: str) -> list[Exchange]:
    """The exchanges of one output."""
    found = list(_BEGINS.finditer(text))
    ends = [*(match.start() for match in found[1:]), len(text)]
    return [_exchange(match, text[match.end() : end]) for match, end in zip(found, ends)]  # noqa: B905


def _exchange(match: re.Match[str], body: str) -> Exchange:
    if match[3] is not None:
        return Exchange(match[1], {}, match[3])
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return Exchange(match[1], {}, "the body is no JSON")
    if not isinstance(content, dict):
        return Exchange(match[1], {}, "the body is no JSON object")
    return Exchange(match[1], content)


def items(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The records of a list; FMC leaves `items` out where there is none."""
    listed = content.get("items")
    return [i for i in listed if isinstance(i, dict)] if isinstance(listed, list) else []


def count(content: Mapping[str, Any]) -> int | None:
    """How many records the manager says there are; None where it does not."""
    paging = content.get("paging")
    stated = paging.get("count") if isinstance(paging, dict) else None
    return stated if isinstance(stated, int) and not isinstance(stated, bool) else None


def records(
    capture: Capture, command: str, *, required: bool = False
) -> tuple[list[dict[str, Any]], list[Incomplete]]:
    """All records that `command` brought, each once, and what is missing of them.

    A list that is not `required` is one that older managers do not have (HTTP 404).
    """
    found: dict[str, dict[str, Any]] = {}
    gaps: list[Incomplete] = []
    stated: dict[str, tuple[int, int]] = {}
    exchanges = read(capture.text(command) or "")
    if required and not exchanges:
        gaps.append(Incomplete(capture.host, "command_refused", f"{command}: never answered"))
    for exchange in exchanges:
        where = exchange.path.partition("?")[0]
        if exchange.problem is not None:
            if required or not exchange.problem.startswith("HTTP 404"):
                reason = f"GET {exchange.path}: {exchange.problem}"
                gaps.append(Incomplete(capture.host, "command_refused", reason))
            continue
        listed = items(exchange.content)
        before = stated.get(where, (0, 0))[1]
        stated[where] = (count(exchange.content) or 0, before + len(listed))
        for number, record in enumerate(listed):
            found.setdefault(str(record.get("id") or f"{exchange.path} {number}"), record)
    gaps += [
        Incomplete(capture.host, "truncated", f"GET {where}: states {told} entries, sent {sent}")
        for where, (told, sent) in stated.items()
        if sent < told
    ]
    return list(found.values()), gaps


def text_at(record: object, *keys: str) -> str | None:
    """The text under `keys`, one inside the other; None where there is none."""
    for key in keys:
        record = record.get(key) if isinstance(record, dict) else None
    return record.strip() or None if isinstance(record, str) else None


def serial_at(record: object, *keys: str) -> str | None:
    """A serial under `keys`; None where it is a placeholder."""
    return _identity.serial(text_at(record, *keys) or "")[0]


# ------------------------------------------------------------------------------- models

_APPLIANCE = re.compile(r"\b(?:Firepower|Secure Firewall)\s+(\d{4}[A-Z]{0,2})\b", re.IGNORECASE)
_MODULAR = re.compile(r"\b(?:Firepower|Secure Firewall)\s+(?:41\d\d|9[03]00)\b", re.IGNORECASE)
_ASA = re.compile(r"\bASA\s?(55\d\d)(?:-?X)?\b", re.IGNORECASE)


def modular(model: str | None) -> bool:
    """Whether such a device runs on the security module of a chassis (4100, 9300)."""
    return bool(model and _MODULAR.search(model))


def pid_of(model: str | None) -> str | None:
    """The PID that devices of a model report; None where the model does not tell it.

    A manager names models for readers (``Cisco Firepower 2130 Threat Defense``). The data sheets of
    both families give the PID of an appliance by that number; a module's PID is not its chassis'.
    """
    if not model or modular(model):
        return None
    if match := _ASA.search(model):
        return f"ASA{match[1]}"
    match = _APPLIANCE.search(model)
    if not match:
        return None
    return f"{'CSF' if match[1].startswith('12') else 'FPR'}-{match[1].upper()}"


def unstated(notes: Iterable[str | None]) -> tuple[str, ...]:
    """The notes that there are."""
    return tuple(note for note in notes if note)
