"""Licences bought, counted by the Smart Account, and consumed by devices."""

from dataclasses import replace

import pytest

from agent.model import Licence, LicenceUse, Licensing
from agent.plan.licences import Entitlement, entitlement, licences
from tests.examples import row, unit
from tests.made_plans import owned

DNA = LicenceUse("dna-advantage", "C9300-48 DNA Advantage", 1, "IN USE", subscription=True)
NETWORK = LicenceUse("network-advantage", "C9300-48 Network Advantage", 1, "IN USE")
ACCOUNT = Licence(
    "Cisco DNA Advantage Term C9300 48P", row(), account="example", quantity=3, in_use=3
)


def device(serial, *uses, instance=None):
    licensing = Licensing(instance=instance or serial, uses=uses)
    seen = replace(unit(serial, host=f"sw-{serial}"), licensing=licensing)
    return replace(owned(serial), sightings=(seen,))


def told(bought, *assets):
    found = licences(bought, assets, "s1")
    return [(r.confidence, r.pid, r.facts, r.reason.partition(": ")[2]) for r in found]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("C9300-48 DNA Advantage", Entitlement("C9300", "48", "DNA", "Advantage")),
        ("Cisco DNA Advantage Term C9300 48P", Entitlement("C9300", "48", "DNA", "Advantage")),
        ("C9300L 48P Network Essentials", Entitlement("C9300L", "48", "Network", "Essentials")),
        ("C9500-32QC DNA Advantage", Entitlement("C9500", "32", "DNA", "Advantage")),
        ("C9400 DNA Advantage", Entitlement("C9400", "", "DNA", "Advantage")),
        ("Cisco DNA Advantage Switching", None),
        ("C9300-48-A", None),
        ("Firepower 2100 ASA Standard", None),
    ],
)
def test_what_a_name_entitles_to(name, expected):
    assert entitlement(name) == expected


def test_devices_that_consume_what_the_account_counts_are_no_difference():
    assert told([ACCOUNT], *(device(s, DNA) for s in ("A1", "A2", "A3"))) == []


def test_devices_consume_more_than_the_account_counts():
    assets = [device(s, DNA) for s in ("A1", "A2", "A3", "A4")]
    assert told([ACCOUNT], *assets) == [
        (
            "medium",
            "C9300-48 DNA Advantage",
            "3/3/4",
            "3 bought, 3 in use by the Smart Account, 4 consumed by 4 devices in sweep s1",
        )
    ]


def test_devices_that_were_not_read_may_consume_the_rest():
    ((sure, _, facts, reason),) = told([ACCOUNT], device("A1", DNA))
    assert (sure, facts) == ("low", "3/3/1")
    assert reason.endswith("; others may consume the rest, which were not read")


def test_the_members_of_a_stack_consume_together():
    stack = replace(DNA, count=3)
    members = [device(s, stack, instance="A1") for s in ("A1", "A2", "A3")]
    assert told([ACCOUNT], *members) == []


def test_what_is_not_in_use_is_not_consumed():
    idle = replace(DNA, count=0), replace(DNA, status="NOT IN USE")
    assert told([ACCOUNT], *(device(f"A{n}", each) for n, each in enumerate(idle))) == []


def test_a_subscription_that_the_account_does_not_have():
    other = replace(ACCOUNT, name="Cisco DNA Essentials Term C9200 24P")
    found = told([other], device("A1", DNA, NETWORK))
    assert [(sure, facts) for sure, _, facts, _ in found] == [("low", "-/1")]
    assert "no such licence" in found[0][3]


def test_without_an_export_of_the_account_nothing_is_said():
    assert told([], device("A1", DNA)) == []
    terms = replace(ACCOUNT, subscription="Sub1", in_use=None)
    assert told([terms], device("A1", DNA)) == []


def test_an_account_that_does_not_say_what_is_in_use():
    silent = replace(ACCOUNT, in_use=None, quantity=1)
    found = told([silent], device("A1", DNA), device("A2", DNA))
    assert [(sure, reason) for sure, _, _, reason in found] == [
        ("medium", "1 bought, 2 consumed by 2 devices in sweep s1")
    ]
