import threading

import pytest

from agent.errors import HostFailureError, OutputError, UsageError
from agent.transports import host_keys
from agent.transports.host_keys import HostKey, Known, KnownHosts, Trust, is_new, name_of
from lab import keys as lab_keys

FIRST = lab_keys.host_keys()
OTHER = lab_keys.host_keys("replaced")


def key(made):
    return HostKey.of(made.get_algorithm(), made.public_data)


def text(made):
    return " ".join(made.export_public_key().decode().split()[:2])


def opened(tmp_path, content, policy="accept-new"):
    path = tmp_path / "known_hosts"
    path.write_text(content)
    return KnownHosts(path, policy)


def test_names_and_fingerprints_are_those_of_openssh():
    assert name_of("192.0.2.1", 22) == "192.0.2.1"
    assert name_of("192.0.2.1", 2222) == "[192.0.2.1]:2222"
    assert key(FIRST[0]).fingerprint == f"ssh-ed25519 {FIRST[0].get_fingerprint()}"


@pytest.mark.parametrize(
    ("names", "address", "port", "known"),
    [
        ("192.0.2.1", "192.0.2.1", 22, True),
        ("192.0.2.1", "192.0.2.1", 2222, False),
        ("[192.0.2.1]:2222", "192.0.2.1", 2222, True),
        ("sw1.example.net,192.0.2.1", "192.0.2.1", 22, True),
        ("192.0.2.*", "192.0.2.77", 22, True),
        ("192.0.2.?", "192.0.2.77", 22, False),
        ("*.example.net,!sw1.example.net", "sw2.example.net", 22, True),
        ("*.example.net,!sw1.example.net", "sw1.example.net", 22, False),
        ("|1|OxsbGxsbGxsbGxsbGxsbGxsbGxs=|AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "192.0.2.1", 22, False),
    ],
)
def test_lines_meet_names_as_openssh_has_it(tmp_path, names, address, port, known):
    found = opened(tmp_path, f"# remark\n\n{names} {text(FIRST[0])} comment\n").trust(address, port)
    assert bool(found.known) is known
    assert all(each == Known(key(FIRST[0]), 3) for each in found.known)


def test_an_authority_is_no_key_of_a_host(tmp_path):
    hosts = opened(tmp_path, f"@cert-authority * {text(FIRST[0])}\n")
    assert hosts.trust("192.0.2.1", 22).known == ()


def test_a_revoked_key_is_never_taken(tmp_path):
    trust = opened(tmp_path, f"@revoked * {text(FIRST[0])}\n").trust("192.0.2.1", 22)
    with pytest.raises(HostFailureError, match="revoked in"):
        trust.judge(key(FIRST[0]))
    assert trust.judge(key(OTHER[0])) is True


def test_another_kind_of_key_than_the_known_one_is_a_changed_key(tmp_path):
    trust = opened(tmp_path, f"192.0.2.1 {text(FIRST[1])}\n").trust("192.0.2.1", 22)
    assert trust.algorithms == {"ssh-rsa"}
    with pytest.raises(HostFailureError, match="host key changed") as failed:
        trust.judge(key(FIRST[0]))
    assert failed.value.kind == "hostkey"
    assert "line 1 has ssh-rsa SHA256:" in failed.value.reason


@pytest.mark.parametrize(
    "line",
    [
        "192.0.2.1",
        "192.0.2.1 ssh-ed25519",
        "192.0.2.1 ssh-ed25519 AAAA",
        "192.0.2.1 ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIMDspOEEssfJoPFNBi+EhtWeWf6pHarJfGpJfW5is66s",
        "192.0.2.1 ssh-ed25519 not*base64",
        "@revoked",
        f"|1|short|short {text(FIRST[0])}",
    ],
)
def test_a_broken_line_is_named(tmp_path, line):
    with pytest.raises(UsageError, match="known_hosts: line 2: not a line of known_hosts"):
        opened(tmp_path, f"# remark\n{line}\n")


def test_new_keys_are_appended_whatever_the_file_ended_with(tmp_path):
    hosts = opened(tmp_path, f"192.0.2.1 {text(FIRST[0])}")
    hosts.add("192.0.2.2", key(FIRST[0]))
    hosts.add("192.0.2.2", key(FIRST[0]))
    assert (tmp_path / "known_hosts").read_text().splitlines() == [
        f"192.0.2.1 {text(FIRST[0])}",
        f"192.0.2.2 {text(FIRST[0])}",
    ]
    assert hosts.trust("192.0.2.2", 22).known == (Known(key(FIRST[0]), 2),)
    assert (
        KnownHosts(tmp_path / "known_hosts", "strict").trust("192.0.2.2", 22).judge(key(FIRST[0]))
        is False
    )


def test_two_sweeps_at_once_lose_no_line(tmp_path):
    path = tmp_path / "known_hosts"
    sweeps = [KnownHosts(path, "accept-new") for _ in range(4)]

    def note(number, hosts):
        for each in range(25):
            hosts.add(f"192.0.2.{number}-{each}", key(FIRST[0]))

    threads = [threading.Thread(target=note, args=each) for each in enumerate(sweeps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = path.read_text().splitlines()
    assert len(lines) == len(set(lines)) == 100
    assert all(line.endswith(text(FIRST[0])) for line in lines)


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "folder").mkdir()
    hosts = KnownHosts(tmp_path / "none", "accept-new")
    hosts._path = tmp_path / "folder"
    with pytest.raises(OutputError, match="a new host key cannot be noted"):
        hosts.add("192.0.2.1", key(FIRST[0]))


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(UsageError, match="not readable as known_hosts"):
        KnownHosts(tmp_path, "strict")


def test_what_this_process_took_as_new_must_stay_the_same(monkeypatch):
    monkeypatch.setattr(host_keys, "_noted", {})
    trust = Trust("accept-new", "192.0.2.1", "known_hosts")
    assert is_new(trust, key(FIRST[0])) is True
    assert is_new(trust, key(FIRST[0])) is False
    with pytest.raises(HostFailureError, match="noted in this sweep"):
        is_new(trust, key(OTHER[0]))
