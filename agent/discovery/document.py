"""``discovery.json``: who was found and why, what was tried, and what was not."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from agent.documents import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from agent.discovery.journal import Journal
    from agent.discovery.scope import Scope
    from agent.discovery.targets import Targets
    from agent.model import Discovered

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


def identified(hosts: Iterable[Discovered]) -> tuple[Discovered, ...]:
    """Devices whose platform is known: what an inventory can hold."""
    return tuple(host for host in hosts if host.platform)
