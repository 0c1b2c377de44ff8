"""Release order and place in a list: vectors from real records, properties of the order."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.reconcile.versions import Listed, release, train_key, train_name

# The ends of the affected lists of real records; releases are facts of those records.
LISTS = {
    (
        "CVE-2023-20198",
        "ios-xe",
    ): "16.1.1 17.3.1 17.3.8 17.6.1 17.6.5 17.9.1 17.9.4 17.12.1 17.11.99SW",
    ("CVE-2025-20188", "ios-xe"): "17.7.1 17.10.1 17.11.1 17.12.1 17.12.3 17.13.1 17.14.1",
    ("CVE-2025-20333", "asa"): (
        "9.8.1 9.12.1 9.12.4.67 9.14.1 9.14.4.24 9.16.1 9.16.4.42 9.16.4.84 9.17.1 9.18.1 9.18.4.40"
        " 9.20.1 9.20.3.4 9.22.1.1"
    ),
    ("CVE-2025-20333", "ftd"): "7.0.0 7.0.8 7.2.5 7.2.8.1 7.4.0 7.4.2.3 7.6.0",
}


@pytest.mark.parametrize(
    ("cve", "os", "printed", "position"),
    [
        ("CVE-2023-20198", "ios-xe", "17.09.04", "affected"),
        ("CVE-2023-20198", "ios-xe", "17.9.4a", "newer_than_listed"),
        ("CVE-2023-20198", "ios-xe", "17.03.08a", "newer_than_listed"),
        ("CVE-2023-20198", "ios-xe", "17.12.01", "affected"),
        ("CVE-2023-20198", "ios-xe", "17.13.01", "train_not_listed_newer"),
        ("CVE-2023-20198", "ios-xe", "26.01.01", "train_not_listed_newer"),
        ("CVE-2023-20198", "ios-xe", "17.11.99SW", "affected"),
        ("CVE-2023-20198", "ios-xe", "17.11.98SW", None),
        ("CVE-2023-20198", "ios-xe", "17.9.1w", None),
        ("CVE-2023-20198", "ios-xe", "03.06.07E", "train_not_listed_older"),
        ("CVE-2023-20198", "ios-xe", "17.3.0", "older_than_listed"),
        ("CVE-2025-20188", "ios-xe", "17.12.03", "affected"),
        ("CVE-2025-20188", "ios-xe", "17.12.02", "gap_in_listed_range"),
        ("CVE-2025-20188", "ios-xe", "17.09.05", "train_not_listed_between"),
        ("CVE-2025-20188", "ios-xe", "17.6.05", "train_not_listed_older"),
        ("CVE-2025-20188", "ios-xe", "17.15.01", "train_not_listed_newer"),
        ("CVE-2025-20188", "ios-xe", "engineering build", None),
        ("CVE-2025-20333", "asa", "9.16(4)84", "affected"),
        ("CVE-2025-20333", "asa", "9.16(4)45", "gap_in_listed_range"),
        ("CVE-2025-20333", "asa", "9.12(4)72", "newer_than_listed"),
        ("CVE-2025-20333", "asa", "9.15(1)21", "train_not_listed_between"),
        ("CVE-2025-20333", "asa", "9.18(4)47", "newer_than_listed"),
        ("CVE-2025-20333", "asa", "9.20(3)7", "newer_than_listed"),
        ("CVE-2025-20333", "asa", "9.23(1)", "train_not_listed_newer"),
        ("CVE-2025-20333", "ftd", "7.2.5-208", "affected"),
        ("CVE-2025-20333", "ftd", "7.2.8.1-17", "affected"),
        ("CVE-2025-20333", "ftd", "7.4.2.4 (Build 9)", "newer_than_listed"),
        ("CVE-2025-20333", "ftd", "7.0.8.1-5", "newer_than_listed"),
        ("CVE-2025-20333", "ftd", "7.6.0-113", "affected"),
        ("CVE-2025-20333", "ftd", "7.7.0-89", "train_not_listed_newer"),
        ("CVE-2025-20333", "ftd", "10.0.0", "train_not_listed_newer"),
    ],
)
def test_the_place_in_a_list(cve, os, printed, position):
    listed = Listed.of(LISTS[cve, os].split(), os)
    assert listed.position(printed, os) == position


@pytest.mark.parametrize(
    ("os", "ascending"),
    [
        (
            "ios-xe",
            (
                "3.6.7E 3.11.12E 16.12.1 17.3.8 17.3.8a 17.6.5 17.6.5a 17.6.5b 17.6.6 17.9.4"
                " 17.9.4a 17.12.1 17.15.1 26.1.1"
            ),
        ),
        ("asa", "9.8(2) 9.12(4) 9.12(4)2 9.12(4)67 9.12(4)72 9.14(1) 9.14(4)24 9.23(1)"),
        ("ftd", "6.2.3 6.2.3.18 6.6.0 7.0.6 7.0.6.1 7.2.5 7.2.10 7.4.2.4 10.0.0"),
        ("fxos", "2.3(1.173) 2.12(0.31) 2.12(0.498) 2.12(1.29) 2.16(0.136)"),
        ("ap", "8.10.130.0 8.10.142.0 17.3.4.40 17.9.4.27 17.9.4.201 17.12.4.22"),
    ],
)
def test_releases_stand_in_order(os, ascending):
    keys = [release(v, os) for v in ascending.split()]
    assert all(one < other for one, other in itertools.pairwise(keys))


@pytest.mark.parametrize(
    ("os", "one", "other"),
    [
        ("asa", "9.16(4)57", "9.16.4.57"),
        ("asa", "9.16(4)", "9.16.4.0"),
        ("ios-xe", "17.09.04a", "17.9.4a"),
        ("ios-xe", "17.15.01prd10", "17.15.1"),
        ("ios-xe", "17.09.04a.0.6", "17.9.4a"),
        ("ftd", "7.2.5-208", "7.2.5"),
        ("fxos", "2.12(0.498)", "2.12.0.498"),
    ],
)
def test_spellings_of_one_release(os, one, other):
    assert release(one, os) == release(other, os)


@pytest.mark.parametrize(
    ("os", "version", "train", "special"),
    [
        ("ios-xe", "17.9.4a", "17.9", False),
        ("ios-xe", "3.11.12E", "3.11E", False),
        ("ios-xe", "3.18.2aSP", "3.18SP", False),
        ("ios-xe", "16.12.1z1", "16.12", True),
        ("ios-xe", "17.3.1w", "17.3", True),
        ("ios-xe", "16.11.1s", "16.11", True),
        ("ios-xe", "17.11.99SW", "17.11", True),
        ("asa", "9.16(4)57", "9.16", False),
        ("ap", "17.9.4.27", "17.9", False),
    ],
)
def test_trains_and_special_builds(os, version, train, special):
    assert (train_name(version, os), release(version, os).special) == (train, special)


@pytest.mark.parametrize(
    ("version", "os"),
    [
        (None, "ios-xe"),
        ("", "asa"),
        ("garbage", "ftd"),
        ("9.8.4.SP2", "asa"),
        ("15.2(7)E", "other"),
    ],
)
def test_what_is_no_numbered_release(version, os):
    assert release(version, os) is None
    assert train_name(version, os) is None


NUMBER = st.integers(0, 120)
IOS_XE = st.builds(
    "{}.{}.{}{}".format,
    st.integers(3, 26),
    NUMBER,
    NUMBER,
    st.sampled_from(["", "a", "b", "c", "E", "aE", "s", "z1", "SW", "w"]),
)
ASA = st.builds("{}.{}({}){}".format, NUMBER, NUMBER, NUMBER, st.integers(1, 99) | st.just(""))
RELEASES = st.tuples(IOS_XE, st.just("ios-xe")) | st.tuples(ASA, st.just("asa"))


@given(st.lists(IOS_XE, min_size=3, max_size=3) | st.lists(ASA, min_size=3, max_size=3))
def test_the_order_is_total(three):
    os = "asa" if "(" in three[0] else "ios-xe"
    a, b, c = (release(v, os) for v in three)
    assert (a < b) + (b < a) + (a == b) == 1
    assert not (a < b < c) or a < c
    assert (a <= b) == (a < b or a == b)
    assert (a == b) == (a.key == b.key)
    assert a.train != b.train or a.numbers[:2] == b.numbers[:2]


@given(IOS_XE)
def test_leading_zeros_change_nothing(version):
    numbers, _, rest = version.rpartition(".")
    padded = ".".join(part.zfill(2) for part in numbers.split("."))
    assert release(f"{padded}.0{rest}", "ios-xe") == release(version, "ios-xe")


@given(st.lists(IOS_XE, min_size=1, max_size=12), IOS_XE)
def test_a_list_places_every_release_once(versions, asked):
    listed = Listed.of(versions, "ios-xe")
    found = release(asked, "ios-xe")
    position = listed.position(asked, "ios-xe")
    same = [r for v in versions if (r := release(v, "ios-xe")).train == found.train]
    ordinary = [r for r in same if not r.special]
    if asked in versions:
        assert position == "affected"
    elif found.special:
        assert position in (None, "affected")
    elif not ordinary:
        assert position.startswith("train_not_listed") or position == "affected"
    else:
        wanted = {
            found > max(ordinary): "newer_than_listed",
            found < min(ordinary): "older_than_listed",
        }.get(True, "gap_in_listed_range")
        assert position in (wanted, "affected")


@given(st.text(max_size=30), st.sampled_from(["ios-xe", "asa", "ftd", "fxos", "ap", "other"]))
def test_no_text_breaks_it(text, os):
    found = release(text, os)
    assert found is None or found <= found  # noqa: PLR0124 - an order knows its own value
    assert train_key(text) is None or text.strip()[0].isdecimal()
