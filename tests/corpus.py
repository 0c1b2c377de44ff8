"""Scores the reader and the parsers on a corpus of captured outputs with a declared truth.

Run ``python -m tests.corpus`` in the checkout. The corpus is found by NETCOVER_CORPUS, by default
beside the checkout; it is no part of the project. Recorded SNMP agents are served over UDP and read
as a sweep reads them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent import second_opinion
from agent.captures import read_captures
from agent.inventory.credentials import SnmpCredentials
from agent.platforms._snmp import WALK
from agent.releases import canonical
from agent.transports.snmp import Address, SnmpSession, client
from tests import snmprec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent.model import Observation, Reading

CHECKOUT = Path(__file__).resolve().parent.parent
DEFAULT = CHECKOUT.parent / "shared" / "corpus"
SECONDS = 10.0
COLLECTED = datetime(2026, 1, 1, tzinfo=UTC)

PLATFORMS = {
    "asa": "asa",
    "c9300": "catalyst_9300",
    "c9800": "catalyst_9800",
    "cat9k-other": "catalyst_9300",
    "ftd": "ftd",
    "fxos": "fxos",
    "aireos": "generic",
    "cat-stack": "catalyst_9300",
    "cat9k-svl": "catalyst_9300",
    "iosxe-other": "generic",
}
# The truth's kinds and the kinds of ours that mean the same unit.
KINDS: dict[str, tuple[str, ...]] = {
    "ap": ("access_point",),
    "chassis": ("chassis", "stack_member", "module"),
    "container": ("module",),
    "fan": ("fan",),
    "ha-peer": ("chassis", "stack_member"),
    "module": ("module", "supervisor", "chassis"),
    "psu": ("power_supply",),
    "sfp": ("transceiver",),
    "stack-cable": ("module",),
    "stack-logical": ("stack_member", "chassis"),
    "stack-member": ("stack_member", "chassis"),
    "storage": ("module",),
    # Of a fixed switch, the "Slot 1 Supervisor" repeats serial and PID of its chassis.
    "supervisor": ("supervisor", "chassis"),
}
# What SNMP may call them beside: an optic in a router is of the class module, and what repeats the
# serial of its chassis is that chassis.
KINDS_BY_SNMP: dict[str, tuple[str, ...]] = {
    "module": ("transceiver",),
    "radio": ("module",),
    "stack-cable": ("chassis",),
}
# SNMP states releases of parts too, which are none of ours.
WITH_RELEASE = {"ap", "chassis", "stack-member"}
# Outputs that state serials which the truth does not list.
TRUTH_IS_SHORT = {"ntc__show_module__cisco_ios_show_module5"}
_PLAIN = re.compile(r"N/A|Unspecified|Unknown.*|\s*", re.IGNORECASE)


@dataclass(slots=True)
class Score:
    """Counts of one case or of many, and a line for everything that is not as expected."""

    cases: int = 0
    expected: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    invented: dict[str, int] = field(default_factory=dict)
    kinds_wrong: int = 0
    identified: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Add the counts of `other`."""
        self.cases += other.cases
        self.kinds_wrong += other.kinds_wrong
        self.identified += other.identified
        self.misses += other.misses
        for name in ("expected", "found", "wrong", "invented"):
            counts = getattr(self, name)
            for what, number in getattr(other, name).items():
                counts[what] = counts.get(what, 0) + number


def root() -> Path:
    """Where the corpus lies, whether it is there or not."""
    return Path(os.environ.get("NETCOVER_CORPUS", DEFAULT))


def cases(corpus: Path) -> Iterator[dict[str, Any]]:
    """Every case: captured command line outputs, and recorded SNMP agents."""
    for line in (corpus / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def recorded(case: dict[str, Any]) -> bool:
    """Whether the case is a recorded SNMP agent."""
    return bool(case["cmd"] == "snmpwalk")


def ours(case: dict[str, Any]) -> str:
    """The platform of ours that reads the case."""
    return PLATFORMS[case["platform"].removeprefix("snmp/")]


def _stage(corpus: Path, case: dict[str, Any], host: Path) -> None:
    """Lay the outputs of a case into the folder of its host; ask agents first."""
    for file in case["files"]:
        if not recorded(case):
            shutil.copy(corpus / file, host)
            continue
        with snmprec.Served(snmprec.records(corpus / file)) as agent:
            address = Address(*agent.address, family=4)
            credentials = SnmpCredentials(community="public")
            text = SnmpSession(client(address, credentials, SECONDS)).send(WALK)
        (host / "snmpwalk.txt").write_text(text, encoding="utf-8")


def reading(corpus: Path, case: dict[str, Any]) -> tuple[Reading, str, str | None]:
    """What the project makes of a case staged as one host: reading, text, platform by content."""
    with tempfile.TemporaryDirectory() as staged:
        host = Path(staged) / case["id"]
        host.mkdir()
        _stage(corpus, case, host)
        given = read_captures(Path(staged), ours(case), COLLECTED)
        alone = read_captures(Path(staged), None, COLLECTED)
    capture = given.captures[0]
    text = "\n".join(output.text for output in capture.outputs)
    by_content = alone.captures[0].platform if alone.captures else None
    return second_opinion.reading(capture), text, by_content


def _versions(unit: Observation) -> set[str | None]:
    return {unit.version, unit.version_raw}


def _expected(rows: Iterable[dict[str, Any]]) -> dict[str, set[str]]:
    """Distinct serials and PIDs: a cable has two ends and one serial."""
    serials = {r["serial"] for r in rows if r["serial"]}
    pids = {r["pid"] for r in rows if r["pid"] and not _PLAIN.fullmatch(r["pid"])}
    return {"serial": serials, "pid": pids}


def _matching(row: dict[str, Any], units: tuple[Observation, ...]) -> list[Observation]:
    """Units that a row of the truth may mean, by serial, else by name, else by PID."""
    if row["serial"]:
        return [u for u in units if row["serial"] in {u.serial, *u.other_serials}]
    named = [u for u in units if row.get("name") and row["name"] in (u.position or "").split(" + ")]
    return named or [u for u in units if row["pid"] and u.pid == row["pid"]]


def _check_row(
    row: dict[str, Any], units: tuple[Observation, ...], score: Score, *, by_snmp: bool
) -> None:
    matching = _matching(row, units)
    if row.get("provisioned") or not (row["serial"] or row["pid"]):
        return
    if row["pid"] and _PLAIN.fullmatch(row["pid"]) and not row["serial"]:
        return
    if not matching:
        score.misses.append(f"not found: {row}")
        return
    if (
        row["pid"]
        and not _PLAIN.fullmatch(row["pid"])
        and row["pid"] not in {u.pid for u in matching}
    ):
        score.wrong["pid"] = score.wrong.get("pid", 0) + 1
        score.misses.append(f"wrong PID {[u.pid for u in matching]}: {row}")
    kinds = {*KINDS.get(row["kind"], ()), *(KINDS_BY_SNMP.get(row["kind"], ()) if by_snmp else ())}
    if not {u.kind for u in matching} & kinds:
        score.kinds_wrong += 1
        score.misses.append(f"wrong kind {[u.kind for u in matching]}: {row}")
    version = row.get("sw_version")
    if version and (not by_snmp or row["kind"] in WITH_RELEASE):
        score.expected["version"] = score.expected.get("version", 0) + 1
        software = matching[0].software
        if any(canonical(version, software) == u.version for u in matching):
            score.found["version"] = score.found.get("version", 0) + 1
        elif any(u.version for u in matching):
            score.wrong["version"] = score.wrong.get("version", 0) + 1
            score.misses.append(f"wrong version {[u.version_raw for u in matching]}: {row}")
        else:
            score.misses.append(f"no version: {row}")


def score_case(corpus: Path, case: dict[str, Any]) -> Score:
    """The score of one case."""
    read, text, by_content = reading(corpus, case)
    rows = case["expected"]
    units = read.observations
    score = Score(cases=1, identified=int(by_content == ours(case)))
    for what, values in _expected(rows).items():
        got = {getattr(u, what) for u in units} - {None}
        if what == "serial":
            got |= {s for u in units for s in u.other_serials} & values
        score.expected[what] = len(values)
        score.found[what] = len(values & got)
        score.invented[what] = sum(1 for value in got if value not in text)
        if what == "serial" and case["id"] not in TRUTH_IS_SHORT:
            score.wrong[what] = len(got - values)
            score.misses += [f"serial not in the truth: {s}" for s in sorted(got - values)]
    for row in rows:
        _check_row(row, units, score, by_snmp=recorded(case))
    score.misses = [f"{case['platform']} {case['id']}: {miss}" for miss in score.misses]
    return score


def main() -> int:
    """Print the table; 1 where anything expected is missing, wrong or invented."""
    corpus = root()
    if not (corpus / "truth.jsonl").exists():
        print(f"no corpus at {corpus}; set NETCOVER_CORPUS", file=sys.stderr)  # noqa: T201
        return 2
    lines = [f"{theirs:<14} = {' or '.join(ours)}" for theirs, ours in sorted(KINDS.items())]
    lines += [
        f"{theirs:<14} = {' or '.join(ours)}, by SNMP"
        for theirs, ours in sorted(KINDS_BY_SNMP.items())
    ]
    total: dict[str, Score] = {}
    for case in cases(corpus):
        score = score_case(corpus, case)
        for name in (case["platform"], "all"):
            total.setdefault(name, Score()).add(score)
    head = f"{'platform':<16} {'cases':>5} {'by content':>10}"
    for what in ("serial", "pid", "version"):
        head += f" | {what + 's':<8} {'found':>5} {'wrong':>5} {'invented':>8}"
    lines += ["", head + " | wrong kinds"]
    for name, score in sorted(total.items(), key=lambda item: (item[0] == "all", item[0])):
        line = f"{name:<16} {score.cases:>5} {score.identified:>10}"
        for what in ("serial", "pid", "version"):
            line += (
                f" | {score.expected.get(what, 0):>8} {score.found.get(what, 0):>5}"
                f" {score.wrong.get(what, 0):>5} {score.invented.get(what, 0):>8}"
            )
        lines.append(f"{line} | {score.kinds_wrong:>11}")
    lines += ["", *total["all"].misses]
    print("\n".join(lines))  # noqa: T201
    return 1 if total["all"].misses else 0


if __name__ == "__main__":
    sys.exit(main())
