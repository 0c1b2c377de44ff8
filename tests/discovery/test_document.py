"""The document, read as it was written."""

import json

import pytest

from agent.discovery.document import host_document, read_hosts
from agent.errors import UsageError
from agent.model import Clue, Discovered

HOST = Discovered(
    "192.0.2.1",
    port=22,
    name="sw1",
    platform="asa",
    confidence="high",
    reason="because",
    candidate=True,
    found_by=("cdp", "scan"),
    serial="TST2601D001",
    evidence=(Clue("ssh_banner", "22/tcp", "SSH-2.0-Cisco-1.25"),),
)


def written(path, **changes):
    document = {"schema": "netcover/discovery/1", "hosts": [host_document(HOST)]} | changes
    path.write_text(json.dumps(document))
    return path


def test_hosts_are_read_as_they_were_written(tmp_path):
    assert read_hosts(written(tmp_path / "discovery.json")) == (HOST,)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": "netcover/sweep/1"}, "'schema' must be 'netcover/discovery/1'"),
        ({"hosts": None}, "hosts: input should be a valid tuple"),
        ({"hosts": [{}]}, "hosts.0.address: field required"),
        ({"hosts": [host_document(HOST) | {"address": 5}]}, "hosts.0.address: "),
        ({"hosts": [host_document(HOST) | {"confidence": "x"}]}, "hosts.0.confidence: "),
        ({"hosts": ["x"]}, "hosts.0: "),
    ],
)
def test_what_is_no_document(tmp_path, changes, words):
    with pytest.raises(UsageError) as refused:
        read_hosts(written(tmp_path / "discovery.json", **changes))
    assert words in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"[", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_no_json(tmp_path, content):
    path = tmp_path / "discovery.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"discovery\.json: "):
        read_hosts(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="no such file; 'netcover discover"):
        read_hosts(tmp_path / "discovery.json")
