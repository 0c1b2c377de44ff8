from __future__ import annotations

import pytest

from agent.model import Entitlement
from agent.sources.service_levels import entitled, known, levels
from tests.examples import line

SMARTNET = Entitlement(tac=True, rma=True, os_software=True, application_software=False)
SOFTWARE = Entitlement(tac=True, rma=False, os_software=False, application_software=True)
SUBSCRIPTION = Entitlement(tac=None, rma=False, os_software=False, application_software=True)
NOTHING = Entitlement()


@pytest.mark.parametrize(
    ("text", "code", "entitles", "response"),
    [
        ("SNT", "SNT", SMARTNET, "8x5xNBD"),
        ("sntp", "SNTP", SMARTNET, "24x7x4"),
        ("CON-SNT-C93048UX", "SNT", SMARTNET, "8x5xNBD"),
        ("SMARTNET 8X5XNBD", "SNT", SMARTNET, "8x5xNBD"),
        ("C4P", "C4P", SMARTNET, "24x7x4 onsite"),
        ("SSSNT", "SSSNT", SMARTNET, "8x5xNBD"),
        ("SWSS", "ECMU", SOFTWARE, None),
        ("ECMU", "ECMU", SOFTWARE, None),
        ("DNA Advantage", "DNA", SUBSCRIPTION, None),
        ("Cisco DNA Advantage Term C9300 48P", "DNA", SUBSCRIPTION, None),
        ("Enterprise Agreement", "EA", SUBSCRIPTION, None),
        ("PSS", "PSS", NOTHING, None),
        ("Partner Support Service 8x5", "PSS", NOTHING, None),
    ],
)
def test_known_levels(text, code, entitles, response):
    found = known(text)
    assert (found.code, found.entitles, found.response) == (code, entitles, response)
    assert found.source


@pytest.mark.parametrize("text", ["ZZZ", "SNTX", "CON-ZZZ-TEST", "SMARTNET 8X5XNBD or better", ""])
def test_an_unknown_code_is_unknown_and_never_software(text):
    assert known(text) is None
    assert entitled(line(service_level=text or None)).entitles == NOTHING


def test_what_the_file_states_stands_before_the_table():
    stated = Entitlement(os_software=False)
    found = entitled(line(service_level="SNT", entitles=stated))
    assert found.entitles == Entitlement(True, True, False, False)  # noqa: FBT003 - in their order
    assert found.response == "8x5xNBD"
    assert entitled(line(service_level="SNT", response="4h")).response == "4h"


def test_third_party_maintenance_carries_nothing_of_cisco_whatever_it_is_called():
    found = entitled(line(service_level="SNT", provider="Example Maintenance"))
    assert found.entitles == Entitlement(False, None, False, False)  # noqa: FBT003 - as above
    assert entitled(line(service_level="SNT", provider="Cisco Systems")).entitles == SMARTNET


def test_no_two_levels_share_a_name():
    names = [name.casefold() for level in levels() for name in (level.code, *level.names)]
    assert len(names) == len(set(names))
