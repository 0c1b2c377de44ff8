"""``discovery.json``: who was found and why, what was tried, and what was not."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from agent.documents import stamp
from agent.errors import UsageError
from agent.model import Discovered

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from agent.discovery.journal import Journal
    from agent.discovery.scope import Scope
    from agent.discovery.targets import Targets

SCHEMA = "netcover/discovery/1"


@dataclass(frozen=True, slots=True)
class Run:
    """One discovery, as a whole. `probing` are the parameters it ran with."""

    started: datetime
    ended: datetime
    scope: Scope
    targets: Targets
    probing: Mapping[str, Any]
    hosts: tuple[Discovered, ...]


def discovery_document(run: Run, journal: Journal, journal_name: str) -> dict[str, Any]:
    """The document; every address that was to be probed stands in one range of each kind."""
    targets = run.targets
    return {
        "schema": SCHEMA,
        "started": stamp(run.started),
        "ended": stamp(run.ended),
        "scope": {
            "allow": list(run.scope.allow.words()),
            "exclude": list(run.scope.exclude.words()),
        },
        "targets": {
            "addresses": targets.spans.size,
            "ranges": list(targets.spans.words()),
            "network_and_broadcast": list(targets.networks.words()),
            "excluded": list(targets.excluded.words()),
            "unresolved": [{"name": name, "reason": why} for name, why in targets.unresolved],
        },
        "probing": dict(run.probing),
        "journal": journal_name,
        "sent": dict(sorted(journal.counts.items())),
        "tried": [asdict(tried) for tried in journal.tally.tried()],
        "hosts": list(map(host_document, run.hosts)),
    }


def host_document(host: Discovered) -> dict[str, Any]:
    """One host as it stands in the document."""
    return asdict(host) | {
        "found_by": list(host.found_by),
        "evidence": [asdict(clue) for clue in host.evidence],
    }


def read_hosts(path: Path) -> tuple[Discovered, ...]:
    """The hosts of a document that was written before.

    :raises UsageError: there is none, or it is another kind of file.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file; 'netcover discover -o {path}' makes it") from None
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not a readable JSON file: {error}") from None
    if not isinstance(raw, dict) or raw.get("schema") != SCHEMA:
        raise UsageError(f"{path}: 'schema' must be {SCHEMA!r}; it is no result of a discovery")
    try:
        return _hosts().validate_python(raw.get("hosts"))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, ("hosts", *first["loc"])))
        raise UsageError(f"{path}: {where}: {first['msg'].lower()}; discover again") from None


def host_of(raw: Mapping[str, Any]) -> Discovered:
    """What :func:`host_document` spelled.

    :raises ValueError: it is something else.
    """
    return _hosts().validate_python([raw])[0]


@cache
def _hosts() -> TypeAdapter[tuple[Discovered, ...]]:
    return TypeAdapter(tuple[Discovered, ...])
