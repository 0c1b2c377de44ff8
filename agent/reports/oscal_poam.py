"""``oscal.poam.json``: a plan of action and milestones, one item for each open finding.

Accepted findings stay in it, as risks whose deviation is approved. Deadlines are those of the
rules: of CISA's directives, of the site, of a contract.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from agent.reports import Format
from agent.reports._oscal import Parts, line, props, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.model import Finding, Report
    from agent.reports._oscal import Document


def write(report: Report, stream: IO[str]) -> None:
    """Write the plan of action; nothing of an estate is held as text."""
    parts = Parts(report)
    opened = [f for f in report.findings if f.status == "open"]
    stream.writelines(
        written(parts, lambda: {"plan-of-action-and-milestones": _root(parts, opened)})
    )


def _root(parts: Parts, opened: list[Finding]) -> Document:
    return {
        "uuid": parts.ids.new("poam", parts.key()),
        "metadata": parts.metadata("Open findings on support, entitlement and lifecycle"),
        "system-id": {
            "identifier-type": "http://ietf.org/rfc/rfc4122",
            "id": parts.ids.of("estate"),
        },
        "local-definitions": {
            "components": parts.components(),
            "inventory-items": parts.items(),
        },
        "observations": parts.observations(opened, passes=False),
        "risks": parts.risks(opened),
        "poam-items": _items(parts, opened),
    }


def _items(parts: Parts, opened: list[Finding]) -> Iterator[Document]:
    for f in opened:
        yield {
            "uuid": parts.ids.new(*parts.about("item", f)),
            "title": line(f"{parts.titles[f.rule]}: {f.serial or f.host}"),
            "description": line(f.reason),
            "props": props({"rule": f.rule, "severity": f.severity, "due": f.due}),
            "related-observations": [
                {"observation-uuid": parts.ids.ref(*parts.about("observation", f))}
            ],
            "related-risks": [{"risk-uuid": parts.ids.ref(*parts.about("risk", f))}],
        }


FORMAT = Format(
    report="oscal",
    ending="poam.json",
    title="",
    audience="",
    write=write,
)
