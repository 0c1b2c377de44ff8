"""Our parsers beside ntc-templates, genie and NAPALM on the same captured outputs.

Run ``python -m benchmarks.parsers`` in the checkout; genie comes with ``pip install .[bench]``.
The corpus is found by NETCOVER_CORPUS, as in ``tests/corpus.py``. Much of it is those libraries'
own test data, which favours them.
"""

from __future__ import annotations

import logging
import re
import shutil
import signal
import sys
import tempfile
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.captures import read_captures
from agent.platforms import platform
from agent.releases import canonical
from tests import corpus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from agent.model import Capture, Software

SECONDS = 5
"""What one library may take for one output before it counts as not parsed."""
FACTS = ("serial", "pid", "version")
NTC = {"asa": "cisco_asa", "ftd": "cisco_ftd"}
GENIE = {"asa": ("asa",), "ftd": ("ftd", "asa"), "fxos": ("fxos", "asa")}
NAPALM = ("c9300", "c9800", "cat9k-other")
SOFTWARE: tuple[Software, ...] = ("ios-xe", "asa", "ftd", "fxos", "ap")

# What the libraries call these facts, taken as claims. A cloud's or a licence's own ids are none.
_CLAIMS = {
    "serial": re.compile(r"(?!meraki|mb_)(?:\w+_)?(?:sn|serial|serial_?num(?:ber)?)"),
    "board": re.compile(r"mb_sn"),
    "pid": re.compile(
        r"(?:\w+_)?pid|model|hardware|chassis|product_id|(?:ap|asa|ssp|switch)_model"
        r"|model_num(?:ber)?"
    ),
    "version": re.compile(r"version|(?:asa|ios|os|running|software|sw|xe)_ver(?:sion)?(?:_mate)?"),
}
_NO_VALUE = re.compile(r"N/?A|None|Unspecified|Unknown.*|<empty>|\s*", re.IGNORECASE)
_IN_PROSE = re.compile(r"\bVersion ([^\s,]+)")

Claims = dict[str, set[str]]
"""Values by fact. A ``board`` serial is one beside the unit's own: found, and never wrong."""


@dataclass(slots=True)
class Count:
    """One library on one group of cases: cases it read, and per fact what came of it."""

    cases: int = 0
    found: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FACTS, 0))
    wrong: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FACTS, 0))
    invented: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FACTS, 0))


# ------------------------------------------------------------------------- libraries


def netcover(_: str, capture: Capture) -> Claims:
    """What our parser states."""
    units = platform(capture.platform).parse(capture).observations
    return {
        "serial": {u.serial for u in units if u.serial},
        "board": {serial for u in units for serial in u.other_serials},
        "pid": {u.pid for u in units if u.pid},
        "version": {u.version for u in units if u.version},
    }


def ntc_templates(name: str, capture: Capture) -> Claims:
    """What the TextFSM templates state, each output on its own."""
    from ntc_templates.parse import parse_output  # noqa: PLC0415 - an extra

    return _each(
        capture, lambda command, text: parse_output(NTC.get(name, "cisco_ios"), command, text)
    )


def genie(name: str, capture: Capture) -> Claims:
    """What pyATS' parsers state; the operating system that has a parser is taken."""
    from genie.conf.base import Device  # noqa: PLC0415 - an extra

    logging.disable(logging.CRITICAL)

    def parse(command: str, text: str) -> object:
        for system in GENIE.get(name, ("iosxe", "ios")):
            device = Device("host", os=system)
            device.custom.setdefault("abstraction", {})["order"] = ["os"]
            with _quiet():
                if result := device.parse(command, output=text):
                    return result
        return None

    return _each(capture, parse)


def napalm(name: str, capture: Capture) -> Claims:
    """What NAPALM's ios driver makes of the same ``show version``."""
    from napalm.ios import IOSDriver  # noqa: PLC0415 - slow to import

    class Captured(IOSDriver):  # type: ignore[misc]
        """The driver over a capture in place of a device."""

        def _send_command(self, command: str) -> str:
            return capture.text(command) or ""

    claims: Claims = defaultdict(set)
    if name in NAPALM and capture.text("show version"):
        with _quiet():
            facts = Captured("host", "", "").get_facts()
            release = _IN_PROSE.search(facts["os_version"])
            stated = {
                "serial_number": facts["serial_number"],
                "model": facts["model"],
                "version": release[1] if release else "",
            }
            _collect(stated, claims)
    return claims


LIBRARIES: dict[str, tuple[str, Callable[[str, Capture], Claims]]] = {
    "netcover": ("agent", netcover),
    "ntc-templates": ("ntc_templates", ntc_templates),
    "genie": ("genie", genie),
    "NAPALM ios": ("napalm", napalm),
}


@contextmanager
def _quiet() -> Iterator[None]:
    """Whatever a library raises or however long it takes, it has just not read the output."""

    def late(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        yield
    except Exception:  # noqa: BLE001 - theirs to raise; the table counts it as nothing found
        return
    finally:
        signal.alarm(0)


def _each(capture: Capture, parse: Callable[[str, str], object]) -> Claims:
    claims: Claims = defaultdict(set)
    for output in capture.outputs:
        with _quiet():
            _collect(parse(output.command, output.text), claims)
    return claims


def _collect(value: Any, claims: Claims, name: str = "") -> None:  # noqa: ANN401 - any tree
    """Every value under a key that is called like one of the facts."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _collect(inner, claims, str(key).lower())
    elif isinstance(value, list | tuple):
        for inner in value:
            _collect(inner, claims, name)
    elif value is not None and not _NO_VALUE.fullmatch(str(value)):
        for what, pattern in _CLAIMS.items():
            if pattern.fullmatch(name):
                claims[what].add(str(value).strip())


# ----------------------------------------------------------------------------- score


def _staged(root: Path, case: dict[str, Any]) -> Capture:
    """A case as one host, cleaned by the same reader for every library."""
    with tempfile.TemporaryDirectory() as folder:
        host = Path(folder) / case["id"]
        host.mkdir()
        for file in case["files"]:
            shutil.copy(root / file, host)
        named = corpus.PLATFORMS[case["platform"]]
        return read_captures(Path(folder), named, corpus.COLLECTED).captures[0]


def _expected(case: dict[str, Any]) -> Claims:
    rows = [row for row in case["expected"] if not row.get("provisioned")]
    keys = {"serial": "serial", "pid": "pid", "version": "sw_version"}
    return {
        what: {row[key] for row in rows if row.get(key) and not _NO_VALUE.fullmatch(row[key])}
        for what, key in keys.items()
    }


def _spellings(version: str) -> set[str]:
    return {canonical(version, software) or version for software in SOFTWARE}


def _same(what: str, stated: str, wanted: str) -> bool:
    if what != "version":
        return stated == wanted
    return bool(_spellings(stated) & _spellings(wanted))


def _score(case: dict[str, Any], capture: Capture, claims: Claims, count: Count) -> None:
    text = "\n".join(output.text for output in capture.outputs)
    count.cases += any(claims.values())
    for what, wanted in _expected(case).items():
        stated = claims.get(what, set())
        known = stated | claims.get("board", set()) if what == "serial" else stated
        count.found[what] += sum(any(_same(what, s, w) for s in known) for w in wanted)
        right = {s for s in stated if any(_same(what, s, w) for w in wanted)}
        if what == "serial" and wanted:
            count.wrong[what] += len(stated - right)
        elif what == "version" and wanted and stated and not right:
            count.wrong[what] += 1
        # A release may be respelt; a serial and a PID may not.
        count.invented[what] += sum(s not in text for s in stated) if what != "version" else 0


_LEGEND = """
Of each library: found, wrong, invented. Wrong is a serial that is none of the case's, and a
version where none that is stated is right; a PID is not judged. Invented is a serial or PID that
does not stand in the text."""


def _table(title: str, groups: dict[str, dict[str, Count]], wanted: dict[str, Count]) -> str:
    width = max(map(len, groups))
    heads = "".join(f" | {name:^18}" for name in next(iter(groups.values())))
    lines = [title, _LEGEND]
    for what in FACTS:
        lines += ["", f"{what + 's':<{width}} expected{heads}"]
        for group, counts in groups.items():
            expected = wanted[group].found[what]
            if not expected:
                continue
            cells = "".join(
                f" | {c.found[what]:>6}{c.wrong[what]:>6}{c.invented[what]:>6}"
                for c in counts.values()
            )
            lines.append(f"{group:<{width}} {expected:>8}{cells}")
    return "\n".join(lines)


def main() -> int:
    """Print the tables; 2 where there is no corpus."""
    root = corpus.root()
    if not (root / "truth.jsonl").exists():
        sys.stderr.write(f"no corpus at {root}; set NETCOVER_CORPUS\n")
        return 2
    libraries = {n: read for n, (module, read) in LIBRARIES.items() if find_spec(module)}
    groups: dict[str, dict[str, Count]] = {}
    wanted: dict[str, Count] = {}
    for case in corpus.cases(root):
        if corpus.recorded(case):
            continue  # no other library reads walks
        capture = _staged(root, case)
        names = (case["platform"], f"{case['platform']}: {case['cmd']}", "all")
        expected = _expected(case)
        for group in names:
            total = wanted.setdefault(group, Count())
            total.cases += 1
            for what, values in expected.items():
                total.found[what] += len(values)
        for library, read in libraries.items():
            claims = read(case["platform"], capture)
            for group in names:
                counts = groups.setdefault(group, {name: Count() for name in libraries})
                _score(case, capture, claims, counts[library])
    ordered = dict(sorted(groups.items(), key=lambda g: (g[0] == "all", g[0])))
    cases = ", ".join(f"{name} {count.cases}" for name, count in groups["all"].items())
    missing = [name for name in LIBRARIES if name not in libraries]
    sys.stdout.write(_table(f"{wanted['all'].cases} cases; read by {cases}", ordered, wanted))
    sys.stdout.write("".join(f"\nnot installed: {name}" for name in missing) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
