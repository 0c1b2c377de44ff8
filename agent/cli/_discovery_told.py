"""What ``netcover discover`` prints: the plan, each probe, the result and what is missing."""

from typing import TYPE_CHECKING

from agent.cli._app import columns, say, tell

if TYPE_CHECKING:
    from pathlib import Path

    from agent.discovery.document import Run
    from agent.discovery.journal import Journal
    from agent.discovery.recorded import Recorded
    from agent.model import Attempt, Discovered
    from agent.settings import DiscoverySettings


def plan(run: "Recorded", how: "DiscoverySettings") -> str:
    """Spell what would be probed."""
    targets = run.targets
    probes = targets.spans.size * len(run.ports)
    lines = [
        f"allowed   {', '.join(run.scope.allow.words())}",
        f"excluded  {', '.join(run.scope.exclude.words()) or 'nothing'}",
        f"probed    {', '.join(targets.spans.words())}",
        f"left out  {', '.join(targets.networks.words()) or 'nothing'} (network and broadcast)",
        f"ports     {', '.join(map(str, run.ports))}",
        *(f"unknown   {name}: {why}" for name, why in targets.unresolved),
    ]
    lines.append(
        f"{targets.spans.size} addresses, {probes} probes at {how.rate:g} a second:"
        f" {probes / how.rate:.0f} s and more; nothing was sent"
    )
    return "\n".join(lines)


def whether_fast_enough(how: "DiscoverySettings") -> None:
    """Say where this machine cannot keep the rate."""
    from agent.discovery.connections import room

    most = room()
    if how.rate * how.timeout > most:
        say(
            f"at most {most} connections at once: where nobody answers, that is"
            f" {most / how.timeout:.0f} probes a second, not {how.rate:g};"
            " a shorter --timeout or more open files (ulimit -n) raise it"
        )


def attempt(made: "Attempt") -> None:
    """Print one probe."""
    say(f"{made.address} {made.port} {made.kind} {made.result}")


def counted(journal: "Journal") -> str:
    """Spell what was sent, by kind."""
    return ", ".join(f"{n} {kind}" for kind, n in sorted(journal.counts.items())) or "nothing"


def result(run: "Run", journal: "Journal", path: "Path", output: "Path", *, login: bool) -> bool:
    """Print who was found; whether all that could be known is known."""
    rows: list[tuple[str, ...]] = [
        ("address", "port", "name", "platform", "confidence", "found by", "why")
    ]
    rows += [_row(host) for host in run.hosts]
    if len(rows) > 1:
        tell(columns(rows))
    for name, why in run.targets.unresolved:
        say(f"not probed  {name}: {why}")
    candidates = [host for host in run.hosts if host.candidate]
    unknown = [host for host in candidates if not host.platform]
    for host in unknown[:MOST_NAMED]:
        say(f"not known   {host.address}: {host.reason}")
    if len(unknown) > MOST_NAMED:
        say(f"not known   {len(unknown) - MOST_NAMED} more; each stands above")
    if unknown and not login:
        say(f"{len(unknown)} candidates are of no known platform; --login asks them themselves")
    unsent = _unsent(journal)
    if unsent:
        say(f"not sent    {unsent} probes; see not_sent in {path}")
    left_out = run.targets.networks.size, run.targets.excluded.size
    say(f"left out    {left_out[0]} network and broadcast addresses, {left_out[1]} excluded")
    say(f"sent        {counted(journal)}; each is in {path}")
    if candidates:
        say(
            f"'netcover export inventory --discovery {output} -o inventory --dry-run' shows what"
            " that adds to an inventory"
        )
    say(
        f"discovery: {run.targets.spans.size} addresses probed; {len(run.hosts)} hosts found,"
        f" {len(candidates)} of them candidates, {len(candidates) - len(unknown)} of a known"
        " platform"
    )
    return not (unknown or unsent or run.targets.unresolved)


def _row(host: "Discovered") -> tuple[str, ...]:
    return (
        host.address or "-",
        str(host.port or "-"),
        host.name or "-",
        host.platform or "-",
        host.confidence,
        ",".join(host.found_by),
        host.reason if len(host.reason) <= WIDEST else f"{host.reason[: WIDEST - 1]}\u2026",
    )


MOST_NAMED = 10
"""Unknown candidates that are named after the table, which has them all."""
WIDEST = 100
"""Characters of a reason in the table; all of it is in the document."""


def _unsent(journal: "Journal") -> int:
    return sum(t.count for t in journal.tally.tried() if t.result.startswith("not_sent"))
