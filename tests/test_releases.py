import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.releases import canonical


@pytest.mark.parametrize(
    ("software", "raw", "expected"),
    [
        ("ios-xe", "17.09.04a", "17.9.4a"),
        ("ios-xe", "17.9.4a", "17.9.4a"),
        ("ios-xe", "17.09.04", "17.9.4"),
        ("ios-xe", "17.15.01prd10", "17.15.1"),
        ("ios-xe", "17.12.04prd16", "17.12.4"),
        ("ios-xe", "17.09.04a.0.6", "17.9.4a"),
        ("ios-xe", "17.08.01.0.150818.1638769329..Cupertino", "17.8.1"),
        ("ios-xe", "Everest 16.6.7", "16.6.7"),
        ("ios-xe", "16.12.10a", "16.12.10a"),
        ("ios-xe", "26.01.01", "26.1.1"),
        ("ios-xe", "17.11.99SW", "17.11.99SW"),
        ("ios-xe", "03.06.07E", "3.6.7E"),
        ("ios-xe", "03.03.02.SG", "3.3.2SG"),
        ("ios-xe", "03.16.04b.S", "3.16.4bS"),
        ("ios-xe", "15.2(7)E9", "15.2(7)E9"),
        ("ios-xe", "S2C", "S2C"),
        ("ios-xe", "2019-10-31_17.49_builder", "2019-10-31_17.49_builder"),
        ("ios-xe", "BLD_POLARIS_DEV_LATEST_20260101", "BLD_POLARIS_DEV_LATEST_20260101"),
        ("ios-xe", "V169_5_SR000000000_2", "V169_5_SR000000000_2"),
        ("asa", "9.16(4)57", "9.16(4)57"),
        ("asa", "9.16.4.57", "9.16(4)57"),
        ("asa", "9.14(2)15 <context>", "9.14(2)15"),
        ("asa", "9.20(2)", "9.20(2)"),
        ("asa", "9.20.2", "9.20(2)"),
        ("ftd", "7.2.5 (Build 208)", "7.2.5"),
        ("ftd", "7.2.5-208", "7.2.5"),
        ("ftd", "7.4.1.1 (Build 12)", "7.4.1.1"),
        ("ftd", "7.4.1.1", "7.4.1.1"),
        ("ftd", "10.0.0 (Build 1)", "10.0.0"),
        ("ap", "17.9.4.27", "17.9.4.27"),
        ("ap", "17.09.04.27", "17.9.4.27"),
        ("ap", "8.10.185.0", "8.10.185.0"),
        ("fxos", "2.12(0.498)", "2.12(0.498)"),
        ("fxos", "2.12.0.498", "2.12(0.498)"),
        ("fxos", "4.3(1.2024)", "4.3(1.2024)"),
        ("other", "  9.3(10)  ", "9.3(10)"),
        ("ios-xe", "  ", None),
    ],
)
def test_canonical_spelling(software, raw, expected):
    assert canonical(raw, software) == expected


def test_rebuild_is_another_release():
    assert canonical("17.09.04", "ios-xe") != canonical("17.9.4a", "ios-xe")


@given(st.text(max_size=40), st.sampled_from(["ios-xe", "asa", "ftd", "ap", "fxos", "other"]))
def test_canonical_is_stable(raw, software):
    once = canonical(raw, software)
    assert once is None or canonical(once, software) == once


@given(st.integers(1, 99), st.integers(0, 99), st.integers(0, 99), st.sampled_from("abcdz"))
def test_zeros_in_front_change_nothing(major, minor, maintenance, letter):
    padded = f"{major:02}.{minor:02}.{maintenance:02}{letter}"
    assert canonical(padded, "ios-xe") == f"{major}.{minor}.{maintenance}{letter}"
