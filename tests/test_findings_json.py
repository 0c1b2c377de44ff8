"""findings.json: its form, its values as they are spelled, and that it is made piece by piece."""

import json
from datetime import date

from agent.documents import findings_text
from agent.model import HEADLINES, Finding, Waiver
from tests.examples import DAY, row
from tests.posture.made import covered, fixed, judge, kev, record, switch

UNIT = {
    "host",
    "serial",
    "pid",
    "software",
    "version",
    "hardware",
    "stream",
    "entitlement",
    "headline",
    "migration",
    "hits",
    "action",
    "reasons",
    "group",
}
ADVISORY = {
    "host",
    "serial",
    "software",
    "advisory",
    "cve",
    "outcome",
    "reason",
    "stale",
    "verdict",
    "action",
    "fixed_release",
    "deadline",
}


def document(assessment, findings=()):
    pieces = findings_text((DAY, DAY), findings, assessment.postures, assessment)
    return json.loads("".join(pieces))


def estate():
    members = [
        switch(kind="stack_member", position="switch 1"),
        switch("17.12.6", serial="TST26010002", kind="stack_member", position="switch 2"),
    ]
    return judge(
        *members,
        lines=[covered()],
        advisories=(record("CVE-2024-00001", "17.12.4"), record("CVE-2024-00002", "17.9.1")),
        first_fixed=(fixed("17.12.5", "17.12"),),
        kev=(kev("2026-11-20"),),
    )


def test_it_holds_every_unit_and_every_advisory_about_it():
    found = document(estate())
    assert list(found) == ["schema", "as_of", "run_day", "findings", "units", "advisories"]
    assert found["schema"] == "netcover/findings/1"
    first, second = found["units"]
    assert set(first) >= UNIT
    assert first["headline"] in HEADLINES
    assert first["group"] == {
        "name": "sw1",
        "headline": "UNPATCHABLE_ENTITLEMENT",
        "mixed": True,
        "mixed_software": True,
    }
    assert [why[:2] for why in second["reasons"]] == ["H:", "S:", "E:"]
    assert [(a["serial"], a["cve"], a["outcome"]) for a in found["advisories"]] == [
        ("TST26010001", "CVE-2024-00001", "affected"),
        ("TST26010001", "CVE-2024-00002", "not_affected_per_vendor"),
        ("TST26010002", "CVE-2024-00001", "fixed"),
        ("TST26010002", "CVE-2024-00002", "not_affected_per_vendor"),
    ]


def test_an_advisory_line_has_its_verdict_and_both_deadlines():
    affected, settled, *_ = document(estate())["advisories"]
    assert set(affected) >= ADVISORY
    assert (affected["verdict"], affected["action"], affected["fixed_release"]) == (
        "patch now, entitled",
        "upgrade",
        "17.12.5",
    )
    assert affected["deadline"] == {
        "exposed": "2026-11-23",
        "not_exposed": "2026-12-04",
        "applies": "unknown",
        "forensic": True,
        "note": None,
        "site": None,
    }
    assert (settled["verdict"], settled["action"], settled["deadline"]) == (None, "none", None)


def test_a_finding_keeps_its_waiver():
    waiver = Waiver("RA-1", "change board", "made up", date(2026, 12, 31), row(), ("past_ldos",))
    finding = Finding(
        "past_ldos", "open", "high", "sw1", "TST26010001", None, None, "made up", waiver=waiver
    )
    (told,) = document(judge(), [finding])["findings"]
    assert told["waiver"]["approval"] == "RA-1"
    assert told["waiver"]["expires"] == "2026-12-31"


def test_empty_lists_are_lists():
    found = document(judge(switch(kind="fan")))
    assert found["findings"] == found["advisories"] == []


def test_nothing_is_made_before_it_is_asked_for():
    asked = []

    def findings():
        asked.append(True)
        yield from ()

    pieces = findings_text((DAY, DAY), findings(), (), ())
    next(pieces)
    assert not asked
    assert json.loads('{"schema": 1' + "".join(pieces))["units"] == []


def test_the_same_estate_gives_the_same_bytes():
    assert document(estate()) == document(estate())
