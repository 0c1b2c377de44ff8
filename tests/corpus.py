"""Scores the reader and the parsers on a corpus of captured outputs with a declared truth.

Run ``python -m tests.corpus`` in the checkout. The corpus is found by NETCOVER_CORPUS, by default
beside the checkout; it is no part of the project.
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

from agent.captures import read_captures
from agent.platforms import platform
from agent.releases import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent.model import Observation, Reading

CHECKOUT = Path(__file__).resolve().parent.parent
DEFAULT = CHECKOUT.parent / "shared" / "corpus"
COLLECTED = datetime(2026, 1, 1, tzinfo=UTC)

PLATFORMS = {
    "asa": "asa",
    "c9300": "catalyst_9300",
    "c9800": "catalyst_9800",
    "cat9k-other": "catalyst_9300",
    "ftd": "ftd",
    "fxos": "fxos",
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
    """The cases of captured command line outputs."""
    for line in (corpus / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if all(file.startswith("cli/") for file in case["files"]):
            yield case


def reading(corpus: Path, case: dict[str, Any]) -> tuple[Reading, str, str | None]:
    """What the project makes of a case staged as one host: reading, text, platform by content."""
    with tempfile.TemporaryDirectory() as staged:
        host = Path(staged) / case["id"]
        host.mkdir()
        for file in case["files"]:
            shutil.copy(corpus / file, host)
        given = read_captures(Path(staged), PLATFORMS[case["platform"]], COLLECTED)
        alone = read_captures(Path(staged), None, COLLECTED)
    capture = given.captures[0]
    text = "\n".join(output.text for output in capture.outputs)
    by_content = alone.captures[0].platform if alone.captures else None
    return platform(capture.platform).parse(capture), text, by_content


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


def _check_row(row: dict[str, Any], units: tuple[Observation, ...], score: Score) -> None:
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
    if not {u.kind for u in matching} & set(KINDS[row["kind"]]):
        score.kinds_wrong += 1
        score.misses.append(f"wrong kind {[u.kind for u in matching]}: {row}")
    version = row.get("sw_version")
    if version:
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
    score = Score(cases=1, identified=int(by_content == PLATFORMS[case["platform"]]))
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
        _check_row(row, units, score)
    score.misses = [f"{case['platform']} {case['id']}: {miss}" for miss in score.misses]
    return score


def main() -> int:
    """Print the table; 1 where anything expected is missing, wrong or invented."""
    corpus = root()
    if not (corpus / "truth.jsonl").exists():
        print(f"no corpus at {corpus}; set NETCOVER_CORPUS", file=sys.stderr)  # noqa: T201
        return 2
    lines = [f"{theirs:<14} = {' or '.join(ours)}" for theirs, ours in sorted(KINDS.items())]
    total: dict[str, Score] = {}
    for case in cases(corpus):
        score = score_case(corpus, case)
        for name in (case["platform"], "all"):
            total.setdefault(name, Score()).add(score)
    head = f"{'platform':<12} {'cases':>5} {'by content':>10}"
    for what in ("serial", "pid", "version"):
        head += f" | {what + 's':<8} {'found':>5} {'wrong':>5} {'invented':>8}"
    lines += ["", head + " | wrong kinds"]
    for name, score in sorted(total.items(), key=lambda item: (item[0] == "all", item[0])):
        line = f"{name:<12} {score.cases:>5} {score.identified:>10}"
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
