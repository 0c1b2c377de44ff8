"""The made-up estate with postures, advisories, waivers and declared hosts, by hand."""

import json
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime

from agent.documents import findings_text
from agent.model import (
    IN_SERVICE_KINDS,
    AdvisoryAnswer,
    AdvisoryLine,
    DataAge,
    Deadline,
    Evidence,
    HostFacts,
    Posture,
    TrainMilestones,
    Unreached,
    Waiver,
)

LOADED = DataAge("advisories", "advisories.zip", date(2026, 2, 1), 8, sha256="f" * 64, limit=7)
ADVISORIES = Evidence(
    "advisories.zip", "CVE-2099-0001.json", datetime(2026, 2, 1, 12, tzinfo=UTC), "f" * 64
)
FIRST_FIXED = Evidence("first_fixed.csv", "row 2", None, "d" * 64)
TRAINS = Evidence("software.csv", "row 7", None, "7" * 64)
KINDS = (
    ("PATCHABLE", "supported", "promised", "entitled", "none"),
    ("UNPATCHABLE_HW", "past", "dead_end", "uncovered", "replace"),
    ("UNPATCHABLE_ENTITLEMENT", "supported", "promised", "uncovered", "attach"),
    ("UNKNOWN", "unknown", "promised", "entitled", "collect"),
    ("PATCHABLE_BY_MIGRATION", "supported", "migrate", "entitled", "migrate"),
)
LATE = Deadline(date(2026, 3, 1), date(2026, 3, 12), "unknown", forensic=True)
NEXT = Deadline(date(2026, 5, 1), "next_upgrade", "not_exposed", forensic=False)
OWN = replace(NEXT, exposed=None, not_exposed=None, site=date(2026, 4, 1))


def answer(number, verdict, action, deadline, **fields):
    given = {
        "software": "ios-xe",
        "advisory": f"cisco-sa-made-up-{number}",
        "cve": f"CVE-2099-000{number}",
        "outcome": "affected",
        "reason": f"listed, {verdict}",
        "stale": False,
        "verdict": verdict,
        "action": action,
        "fixed_release": "17.9.5",
        "deadline": deadline,
        "severity": "high",
        "kev": False,
        "evidence": (ADVISORIES, FIRST_FIXED),
    }
    return AdvisoryAnswer(**(given | fields))


NOW = answer(1, "patch now, entitled", "upgrade", LATE, kev=True, severity="critical")
LATER = answer(2, "patch now, entitled", "migrate", NEXT, fixed_release="17.12.5")
BARRED = answer(3, "fix exists, not entitled", "attach", LATE, kev=True)
FREE = answer(4, "free fix through TAC only", "tac_case", OWN)
NEVER = answer(5, "no fix will come", "replace", NEXT, fixed_release=None)
UNCLEAR = answer(
    6, "cannot tell", "collect", LATE, outcome="unknown", fixed_release=None, stale=True
)
MITIGATED = answer(7, "mitigated by SMU", "verify", LATE, kev=True)
FIXED = answer(8, None, "none", None, outcome="fixed_by_order")
ANSWERS = ((NOW, LATER, FIXED), (BARRED, NEVER), (BARRED, FREE), (UNCLEAR,), (MITIGATED, LATER))


def judged(report):
    """Give each unit in service one of five postures in turn, and the advisories beside it."""
    postures = []
    lines = []
    for number, asset in enumerate(a for a in report.assets if a.kind in IN_SERVICE_KINDS):
        headline, hardware, stream, entitlement, action = KINDS[number % len(KINDS)]
        made = Posture(
            host=asset.host,
            serial=asset.serial,
            pid=asset.pid,
            position=asset.position,
            software="ios-xe",
            version="17.9.4a",
            hardware=hardware,
            stream=stream,
            entitlement=entitlement,
            headline=headline,
            hits=(headline,),
            migration=False,
            action=action,
            reasons=(f"hardware is {hardware}", f"stream is {stream}", f"it is {entitlement}"),
            evidence=(TRAINS,),
            train=TrainMilestones("ios-xe", "17.9", TRAINS, bulletin="EOL00017"),
        )
        postures.append(made)
        lines += [AdvisoryLine(made, each) for each in ANSWERS[number % len(ANSWERS)]]
    hosts = tuple(
        HostFacts(visit.host, visit.site, f"192.0.2.{number}", "made up")
        for number, visit in enumerate(report.sweep.hosts, start=1)
    )
    left_out = HostFacts("zz-left-out", "north", "192.0.2.250", None, spare=True)
    return replace(
        report,
        postures=tuple(postures),
        advisories=tuple(lines),
        hosts=(*hosts, left_out),
        waivers=WAIVERS,
        data_ages=(*(age for age in report.data_ages if age.rows), LOADED),
        findings=tuple(_waived(each) for each in report.findings),
    )


_FILE = Evidence("waivers.toml", "waiver 1", None, "9" * 64)
WAIVERS = (
    Waiver("RA-1", "made up board", "isolated", date(2026, 12, 31), _FILE, ("past_ldos",)),
    Waiver("RA-0", "made up board", "was isolated", date(2026, 3, 1), _FILE, ("uncovered",)),
)


def _waived(finding):
    if (finding.rule, finding.status) == ("past_ldos", "open"):
        finding = replace(finding, waiver=WAIVERS[0])
    controls = {"past_ldos": ("NIST SP 800-53 SA-22",), "uncovered": ("NIST SP 800-53 MA-6",)}
    return replace(finding, controls=controls.get(finding.rule, ()))


def findings_json(report):
    """What ``netcover assess -o findings.json`` says about the same report."""
    days = (report.as_of, report.run_day)
    pieces = findings_text(days, report.findings, report.postures, report.advisories)
    return json.loads("".join(pieces))


_SPELT = frozenset(
    """host site serial pid vid position version_raw reason reasons contract service_level
    end_customer approver approval bulletin url disposition owner address source command cve
    advisory fixed_release""".split()  # noqa: SIM905 - read as a list of words
)
_BEFORE = "<img src=x onerror=alert(1)>\"'|`*_ #panic() שלום \u202e"


def hostile(report):
    """The same report with every name in it turned into markup of 300 characters."""
    return _hostile(report, "", {})


def _hostile(value, name, known):
    """`known` keeps what is one object one object: a line of an advisory is about a posture."""
    if isinstance(value, str):
        return f"{_BEFORE}{value}".ljust(300, "x") if name in _SPELT else value
    if isinstance(value, tuple):
        return tuple(_hostile(each, name, known) for each in value)
    if is_dataclass(value):
        if id(value) not in known:
            parts = {f.name: _hostile(getattr(value, f.name), f.name, known) for f in fields(value)}
            known[id(value)] = replace(value, **parts)
        return known[id(value)]
    return value


def nothing(report):
    """The same run over an estate of which nothing was read and nothing is known."""
    lost = tuple(replace(visit, reached=False) for visit in report.sweep.hosts)
    unreached = tuple(Unreached(visit.host, "timeout", "no answer") for visit in lost)
    sweep = replace(report.sweep, hosts=lost, observations=(), unreached=unreached, incomplete=())
    bare = {"assets": (), "findings": (), "postures": (), "advisories": (), "data_ages": ()}
    return replace(report, sweep=sweep, **bare)


def empty(report):
    """Nobody was asked."""
    bare = nothing(report)
    return replace(bare, sweep=replace(bare.sweep, hosts=(), unreached=()), hosts=(), waivers=())
