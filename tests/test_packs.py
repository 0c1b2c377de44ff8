"""Packs: what goes in comes out, and what was changed on the way never gets in."""

import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from agent import packs
from agent.errors import OutputError
from agent.model import (
    Advisory,
    ContractLine,
    CoverStatement,
    Entitlement,
    Evidence,
    FirstFixed,
    Kev,
    Milestones,
    PatchMapping,
    Ssvc,
    TrainMilestones,
    Unstated,
)
from agent.store import ImportFile, open_store

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = date(2026, 2, 20)


def evidence(name):
    return Evidence(name, "row 1", datetime(2026, 2, 20, tzinfo=UTC), name.ljust(64, "0"))


def file(name, kind, **options):
    return ImportFile(name, name.ljust(64, "0"), MOMENT, DAY, kind, **options)


LINE = ContractLine(
    contract="900100",
    serial="TST26010001",
    pid="C9300-48UXM-A",
    service_level="SNT",
    start=date(2025, 1, 1),
    end=date(2027, 6, 30),
    evidence=evidence("lines.csv"),
    entitles=Entitlement(tac=True, os_software=None),
    annual_price=Decimal("598.00"),
)
UNIT = replace(LINE, serial="TST26010002", evidence=evidence("sn2info.json"))
STATEMENT = CoverStatement(
    "TST26010002", None, "covered", "said so", evidence("sn2info.json"), None, "900100"
)
EOX = Milestones(
    pid="C9300-48UXM",
    evidence=evidence("eox.csv"),
    end_of_sale=date(2027, 1, 1),
    last_date_of_support=Unstated.NOT_ANNOUNCED,
)
TRAIN = TrainMilestones(
    "ios-xe", "17.9", evidence("trains.csv"), first_customer_shipment=date(2022, 8, 1)
)
ADVISORY = Advisory(
    cve="CVE-2099-0001",
    advisory="cisco-sa-made-up",
    os="ios-xe",
    title="Made up",
    severity="high",
    published=date(2026, 1, 1),
    updated=date(2026, 2, 1),
    versions=("17.9.4", "17.9.4a"),
    evidence=evidence("cve.json"),
    ssvc=Ssvc("active", automatable=True, technical_impact="total"),
)
RECORDS = [
    ("cve5", ADVISORY),
    ("csaf", FirstFixed("cisco-sa-made-up", None, "asa", "9.17", None, None, evidence("c.json"))),
    ("kev", Kev("CVE-2099-0001", DAY, DAY, evidence("kev.json"), forensic_triage=True)),
    ("patch_map", PatchMapping("ftd", "HF", None, None, "CSCmu1", evidence("p.csv"))),
]


@pytest.fixture
def full(tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'full.db'}") as store:
        store.import_milestones(file("eox.csv", "eox"), [EOX])
        store.import_milestones(file("trains.csv", "eox"), [TRAIN])
        store.import_lines(file("lines.csv", "contracts"), [LINE])
        units = file("sn2info.json", "contracts", extent="units", form="sn2info")
        store.import_lines(units, [UNIT, STATEMENT])
        store.import_advisories(file("records.zip", "advisories"), RECORDS)
        yield store


@pytest.fixture
def empty(tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'empty.db'}") as store:
        yield store


@pytest.fixture
def keys(tmp_path):
    private, public = tmp_path / "k.key", tmp_path / "k.pub"
    packs.make_keys(private, public)
    return packs.private_key(private), packs.public_key(public)


def packed(store, keys, path, *, created=MOMENT, contracts=True):
    _, content = packs.make(store, keys[0], created, "1", contracts=contracts)
    path.write_bytes(content)
    return path


def bare(records):
    """Records without their evidence, which a pack gives a new place."""
    return [replace(record, evidence=evidence("x")) for record in records]


def test_everything_comes_out_as_it_went_in(full, empty, keys, tmp_path):
    pack = packs.verify(packed(full, keys, tmp_path / "p.zip"), keys[1])
    packs.take(empty, pack, MOMENT)
    assert list(empty.advisories()) == [ADVISORY]
    assert list(empty.first_fixed()) == list(full.first_fixed())
    assert list(empty.kev()) == list(full.kev())
    assert list(empty.patch_map()) == list(full.patch_map())
    for kind in ("milestones", "trains", "lines", "statements"):
        assert bare(getattr(empty, kind)()) == bare(getattr(full, kind)())
    # The file is another one, that of the pack; how old its data is stays.
    ages = [[replace(age, sha256=None) for age in each.data_ages()] for each in (empty, full)]
    assert ages[0] == ages[1]


def test_evidence_says_where_it_was_before(full, empty, keys, tmp_path):
    packs.take(empty, packs.verify(packed(full, keys, tmp_path / "p.zip"), keys[1]), MOMENT)
    (milestones,) = empty.milestones()
    assert milestones.evidence.source == "eox.csv"
    assert milestones.evidence.command == "eox/001.jsonl line 1: row 1 of eox.csv00000"


def test_contracts_are_packed_only_where_asked_for(full, keys, tmp_path):
    pack = packs.verify(packed(full, keys, tmp_path / "p.zip", contracts=False), keys[1])
    kinds = {member.kind for member in pack.manifest.members}
    assert "contracts" not in kinds
    assert {"eox", "advisories", "kev", "first_fixed", "patch_map", "service_levels"} == kinds
    assert packs.equals_installed(pack) is True


def test_equal_content_gives_equal_bytes(full, keys, tmp_path):
    one, other = (packed(full, keys, tmp_path / name).read_bytes() for name in ("a", "b"))
    assert one == other


def test_the_same_pack_twice_changes_nothing(full, empty, keys, tmp_path):
    pack = packs.verify(packed(full, keys, tmp_path / "p.zip"), keys[1])
    packs.take(empty, pack, MOMENT)
    again = packs.take(empty, pack, MOMENT)
    assert sum(done.added + done.superseded + done.outdated for done in again.values()) == 0


def test_an_older_pack_is_refused_unless_it_is_allowed(full, empty, keys, tmp_path):
    old = packed(full, keys, tmp_path / "old.zip", created=MOMENT - timedelta(hours=1))
    older = packs.verify(old, keys[1])
    packs.take(empty, packs.verify(packed(full, keys, tmp_path / "p.zip"), keys[1]), MOMENT)
    with pytest.raises(packs.PackError, match="--allow-older"):
        packs.take(empty, older, MOMENT)
    assert packs.take(empty, older, MOMENT, allow_older=True)
    with pytest.raises(packs.PackError, match="2026-03-01 12:00"):
        packs.take(empty, older, MOMENT)  # what was allowed once does not become the newest


def rewritten(path, change):
    """The zip with its members passed through `change`, which may drop, alter or add some."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in change(members).items():
            archive.writestr(name, content)
    return path


def altered(members):
    return members | {"kev/001.jsonl": members["kev/001.jsonl"].replace(b"CVE-2099", b"CVE-2098")}


def with_new_hash(members):
    manifest = json.loads(members["manifest.json"])
    manifest["created"] = "2030-01-01T00:00:00Z"
    return members | {"manifest.json": json.dumps(manifest).encode()}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (altered, "kev/001.jsonl was changed"),
        (with_new_hash, "the signature is not of this key"),
        (lambda m: m | {"extra.jsonl": b""}, "extra.jsonl is missing, or is not in the manifest"),
        (lambda m: m | {"../evil": b""}, "is missing, or is not in the manifest"),
        (
            lambda m: {k: v for k, v in m.items() if k != "kev/001.jsonl"},
            "kev/001.jsonl is missing",
        ),
        (lambda m: m | {"manifest.sig": b"x" * 64}, "the signature is not of this key"),
        (lambda m: m | {"manifest.sig": b""}, "the signature is not of this key"),
        (lambda m: {k: v for k, v in m.items() if k != "manifest.sig"}, "no manifest"),
        (lambda m: m | {"kev/001.jsonl": b"0" * 10_000_000}, "kev/001.jsonl was changed"),
    ],
)
def test_a_changed_pack_is_refused(full, keys, tmp_path, change, words):
    path = rewritten(packed(full, keys, tmp_path / "p.zip"), change)
    with pytest.raises(packs.PackError, match=words):
        packs.verify(path, keys[1])


def test_a_flipped_bit_anywhere_is_refused_or_harmless(full, keys, tmp_path):
    path = packed(full, keys, tmp_path / "p.zip")
    good, whole = path.read_bytes(), packs.verify(path, keys[1])
    for place in range(0, len(good), 97):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0x40]) + good[place + 1 :])
        try:
            found = packs.verify(path, keys[1])
        except packs.PackError:
            continue
        assert found == whole  # a time stamp or a flag of the zip itself


def test_a_pack_of_another_maker_is_refused(full, keys, tmp_path):
    packs.make_keys(tmp_path / "o.key", tmp_path / "o.pub")
    path = packed(full, keys, tmp_path / "p.zip")
    with pytest.raises(packs.PackError, match="made by another"):
        packs.verify(path, packs.public_key(tmp_path / "o.pub"))


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04"])
def test_what_is_no_pack_is_one_line(keys, tmp_path, content):
    path = tmp_path / "p.zip"
    path.write_bytes(content)
    with pytest.raises(packs.PackError, match=r"p\.zip"):
        packs.verify(path, keys[1])


def test_keys_are_private_and_never_overwritten(keys, tmp_path):
    assert (tmp_path / "k.key").stat().st_mode & 0o077 == 0
    with pytest.raises(OutputError, match="never overwritten"):
        packs.make_keys(tmp_path / "k.key", tmp_path / "new.pub")
    with pytest.raises(packs.PackError, match="no public key"):
        packs.public_key(tmp_path / "k.key")
    with pytest.raises(packs.PackError, match="no private key"):
        packs.private_key(tmp_path / "k.pub")


def test_an_empty_store_makes_no_pack(empty, keys):
    with pytest.raises(packs.PackError, match="nothing to pack"):
        packs.make(empty, keys[0], MOMENT, "1", contracts=True)
