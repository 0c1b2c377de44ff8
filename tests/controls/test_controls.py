"""Every framework speaks of rules that exist, in words of evidence."""

from pathlib import Path

import pytest

from agent.controls import cited, controls_of, frameworks, has_benchmark
from agent.platforms import platforms
from agent.rules import rules

ROOT = Path(__file__).resolve().parents[2]
KNOWN = {rule.id for rule in rules()}
ENTRIES = [
    pytest.param(control, id=f"{name}-{control.id}")
    for name, framework in frameworks().items()
    for control in framework.controls
]


@pytest.mark.parametrize("control", ENTRIES)
def test_a_control_names_rules_that_exist(control):
    assert set(control.rules) <= KNOWN
    assert len(set(control.rules)) == len(control.rules)
    assert control.wording.rstrip(".").endswith(tuple("abcdefghijklmnopqrstuvwxyz0123456789)"))


def test_the_frameworks_of_the_trade_are_there():
    ids = {name: {c.id for c in each.controls} for name, each in frameworks().items()}
    assert {"SA-22", "SI-2", "SI-2(2)", "SI-5", "CM-8", "RA-5", "MA-6", "CM-10"} <= (
        ids["nist_800_53_r5"]
    )
    assert ids["nist_800_171_r3"] >= {"03.16.02", "03.14.01"}
    assert "SI.L2-3.14.1" in ids["cmmc_l2"]
    assert {"V-220569", "V-220140", "V-239944"} <= ids["disa_stig"]
    assert {"12.3.4", "6.3.3"} <= ids["pci_dss_4_0_1"]
    assert {"R2.1", "R2.2", "R2.3"} <= ids["nerc_cip_007"]
    assert {"bod_26_02", "bod_26_04", "ed_25_03", "hipaa"} <= set(ids)


def test_the_wording_leaves_sa_22_b_to_a_disposition():
    (sa22,) = [c for c in frameworks()["nist_800_53_r5"].controls if c.id == "SA-22"]
    assert sa22.objectives == ("sa-22_obj.a",)
    assert "recorded disposition" in sa22.wording


@pytest.mark.parametrize(
    ("platform", "control"),
    [
        ("catalyst_9300", "DISA STIG V-220569"),
        ("asa", "DISA STIG V-239944"),
        ("ftd", "DISA STIG SRG-APP-000516-NDM-000351"),
        ("catalyst_9800", "DISA STIG SRG-APP-000516-NDM-000351"),
        (None, "DISA STIG SRG-APP-000516-NDM-000351"),
    ],
)
def test_a_stig_is_cited_where_there_is_one(platform, control):
    stigs = [c for c in controls_of("stig_supported_release", platform) if c.startswith("DISA")]
    assert stigs == [control]
    assert has_benchmark("disa_stig", "stig_supported_release", platform) is (" V-" in control)


def test_an_emergency_directive_is_about_firewalls():
    told = "CISA ED 25-03"
    assert told in controls_of("unpatchable_hw", "asa")
    assert told not in controls_of("unpatchable_hw", "catalyst_9300")


def test_every_platform_gets_the_same_general_controls():
    for platform in platforms():
        assert "NIST SP 800-53 SA-22" in controls_of("unpatchable_hw", platform)
    assert [str(each) for each in cited("no such rule", "asa")] == []


def page():
    """docs/controls.md, written from the data files."""
    lines = [
        "# Controls",
        "",
        "A finding is evidence toward a control; no tool can show that one is met. A file per",
        "framework stands in `agent/controls`; a new framework is one new file. This page is",
        "written from them.",
    ]
    for framework in frameworks().values():
        lines += ["", f"## {framework.title}", "", f"Source: {framework.source}."]
        lines += [f"Binding on: {framework.binding}."] if framework.binding else []
        lines += ["", "| control | evidence | rules |", "|---|---|---|"]
        for control in framework.controls:
            only = f" ({', '.join(control.platforms)})" if control.platforms else ""
            told = " ".join(control.wording.split())
            names = ", ".join(f"`{rule}`" for rule in control.rules)
            lines.append(f"| {control.id}{only} {control.title} | {told} | {names} |")
    return "\n".join(lines) + "\n"


def test_the_page_of_the_controls_is_current(request):
    path = ROOT / "docs" / "controls.md"
    if request.config.getoption("--update"):
        path.write_text(page(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == page()
