"""The plan of a run as its journal keeps it, so that the run can go on with the same addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from agent.discovery.ports import ports
from agent.discovery.scope import Scope
from agent.discovery.spans import Spans
from agent.discovery.targets import Targets
from agent.errors import ScopeError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from agent.discovery.ports import Port


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is the same for the whole of a run, however often it was interrupted.

    `begins` are the hosts that walks begin at, as they were named.
    """

    scope: Scope
    targets: Targets
    ports: tuple[Port, ...]
    seed: int
    started: datetime
    begins: tuple[str, ...] = ()


def record(run: Recorded) -> dict[str, Any]:
    """The run as the first line of its journal."""
    targets = run.targets
    return {
        "started": run.started.isoformat(),
        "seed": run.seed,
        "ports": ",".join(map(str, run.ports)),
        "allow": run.scope.allow.words(),
        "exclude": run.scope.exclude.words(),
        "ranges": targets.spans.words(),
        "prefixes": [Spans.of([part]).words()[0] for part in targets.prefixes],
        "names": targets.names,
        "network_and_broadcast": targets.networks.words(),
        "excluded": targets.excluded.words(),
        "unresolved": targets.unresolved,
        "from": run.begins,
    }


def recorded(plan: Mapping[str, Any], path: Path) -> Recorded:
    """The run that the journal at `path` is of.

    :raises UsageError: the record is damaged.
    """
    try:
        targets = Targets(
            spans=Spans.read(plan["ranges"]),
            prefixes=tuple(Spans.read([word]).parts[0] for word in plan["prefixes"]),
            names=tuple((str(a), str(n)) for a, n in plan["names"]),
            networks=Spans.read(plan["network_and_broadcast"]),
            excluded=Spans.read(plan["excluded"]),
            unresolved=tuple((str(n), str(why)) for n, why in plan["unresolved"]),
        )
        return Recorded(
            scope=Scope(Spans.read(plan["allow"]), Spans.read(plan["exclude"])),
            targets=targets,
            ports=ports(plan["ports"]),
            seed=int(plan["seed"]),
            started=datetime.fromisoformat(plan["started"]),
            begins=tuple(map(str, plan["from"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ScopeError) as error:
        raise UsageError(f"{path}: its plan is damaged ({error!r}); begin anew") from None
