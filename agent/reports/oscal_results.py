"""``oscal.assessment-results.json``: what was examined, what was found, what it says of controls.

A finding speaks of one assessment objective of NIST SP 800-53. It is satisfied only where every
unit passed every rule that is evidence toward it, or is waived, and no host was left unread: what
is not known is never satisfied. There is no assessment plan in this domain; `import-ap` names a
resource in the back matter that describes the sweep.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from agent.reports import Format
from agent.reports._oscal import Parts, control_id, controls, line, moment, props, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.controls import Control
    from agent.model import Report
    from agent.reports._oscal import Document


def write(report: Report, stream: IO[str]) -> None:
    """Write the assessment results; nothing of an estate is held as text."""
    parts = Parts(report)
    stream.writelines(written(parts, lambda: {"assessment-results": _root(parts)}))


def _root(parts: Parts) -> Document:
    report, sweep = parts.report, parts.report.sweep
    read = len(sweep.reached())
    attempted = len(sweep.hosts)
    opened = [f for f in parts.telling if f.status == "open"]
    return {
        "uuid": parts.ids.new("results", parts.key()),
        "metadata": parts.metadata("Support, entitlement and lifecycle of Cisco equipment"),
        "import-ap": {"href": f"#{parts.ids.ref('plan')}"},
        "results": iter(
            [
                {
                    "uuid": parts.ids.new("result", sweep.id, report.as_of, parts.key()),
                    "title": f"Sweep {sweep.id} as of {report.as_of}",
                    "description": f"{attempted} hosts attempted, {read} read,"
                    f" {attempted - read} not read; {len(report.assets)} units judged by"
                    f" {len(parts.titles)} rules.",
                    "start": moment(sweep.started),
                    "end": moment(sweep.ended),
                    "local-definitions": {
                        "components": parts.components(),
                        "inventory-items": parts.items(),
                    },
                    "reviewed-controls": {
                        "control-selections": [
                            {
                                "include-controls": [
                                    {"control-id": control_id(control)} for control in controls()
                                ]
                            }
                        ]
                    },
                    "observations": parts.observations(parts.telling, passes=True),
                    **({"risks": parts.risks(opened)} if opened else {}),
                    "findings": _findings(parts),
                }
            ]
        ),
        "back-matter": {
            "resources": [
                {
                    "uuid": parts.ids.new("plan"),
                    "title": "What was to be examined",
                    "description": f"Every host of the inventory that sweep {sweep.id} attempted,"
                    " by commands that only show. A platform file declares each of them; the"
                    " transport sends no other.",
                    "rlinks": [{"href": "../sweep.json", "media-type": "application/json"}],
                }
            ]
        },
    }


def _findings(parts: Parts) -> Iterator[Document]:
    """One for each objective of each control; a control without one has its statement."""
    for control in controls():
        objectives = [("objective-id", each) for each in control.objectives]
        for kind, target in objectives or [("statement-id", f"{control_id(control)}_smt")]:
            yield _finding(parts, control, kind, target)


def _finding(parts: Parts, control: Control, kind: str, target: str) -> Document:
    about = set(control.rules)
    telling = [f for f in parts.telling if f.rule in about]
    opened = [f for f in telling if f.status == "open"]
    standing = sum(f.waiver is None for f in opened)
    unknown = len(telling) - len(opened)
    unread = len(parts.report.sweep.unreached)
    passed = sorted(about & parts.passed.keys())
    count = sum(len(parts.passed[rule]) for rule in passed)
    words = (
        f"{standing} open, {len(opened) - standing} accepted, {unknown} not known, {count} passed;"
        f" {unread} hosts were not read."
    )
    reason = "fail" if standing else "other" if unknown or unread or not count else "pass"
    keys = [parts.about("observation", f) for f in telling]
    return {
        "uuid": parts.ids.new("finding", target, parts.report.sweep.id, parts.report.as_of),
        "title": line(f"{control.id} {control.title}: {target}"),
        "description": line(f"{control.wording} {words}"),
        "props": props({"control": control_id(control)}),
        "origins": [parts.origin()],
        "target": {
            "type": kind,
            "target-id": target,
            "status": {
                "state": "satisfied" if reason == "pass" else "not-satisfied",
                "reason": reason,
            },
        },
        **_related(
            "related-observations",
            "observation-uuid",
            [parts.ids.ref(*key) for key in (*keys, *(("passed", rule) for rule in passed))],
        ),
        **_related(
            "related-risks",
            "risk-uuid",
            [parts.ids.ref(*parts.about("risk", f)) for f in opened],
        ),
    }


def _related(name: str, key: str, ids: list[str]) -> Document:
    return {name: [{key: each} for each in ids]} if ids else {}


FORMAT = Format(
    report="oscal",
    ending="assessment-results.json",
    title="OSCAL assessment results, and plan of action and milestones",
    audience="GRC tools",
    write=write,
)
