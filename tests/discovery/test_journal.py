"""The journal of a run: written as it goes, read to go on."""

import csv
from pathlib import Path

import pytest

from agent.discovery.journal import Journal, Written
from agent.discovery.spans import Spans
from agent.discovery.tally import Tally
from agent.errors import OutputError, UsageError
from agent.model import Clue, Discovered

HOST = Discovered(
    "192.0.2.1",
    port=22,
    name='a "sw", 1',
    platform="asa",
    confidence="high",
    candidate=True,
    found_by=("scan",),
    evidence=(Clue("ssh_banner", "22/tcp", "SSH-2.0-Cisco-1.25"),),
)


def begun(path):
    journal = Journal.begin(path, {"seed": 7}, Tally(Spans.of([(4, 1, 9)])))
    journal.tried("0.0.0.1", 22, "tcp", "open")
    journal.tried("0.0.0.2", 22, "tcp", "silent")
    journal.found(HOST)
    return journal


def test_every_attempt_is_on_disk_at_once(tmp_path):
    path = tmp_path / "new" / "journal.csv"
    journal = begun(path)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [(r["address"], r["port"], r["kind"], r["result"]) for r in rows[1:3]] == [
        ("0.0.0.1", "22", "tcp", "open"),
        ("0.0.0.2", "22", "tcp", "silent"),
    ]
    assert journal.counts == {"tcp": 2}
    journal.close()


def test_what_was_written_is_read(tmp_path):
    path = tmp_path / "journal.csv"
    journal = begun(path)
    written = Written(path)
    assert (written.plan["seed"], written.complete) == (7, False)
    assert [a.result for a in written.attempts()] == ["open", "silent"]
    assert written.found() == {"192.0.2.1": HOST}
    journal.end()
    assert Written(path).complete
    journal.close()


def test_a_line_that_was_cut_off_is_dropped(tmp_path):
    path = tmp_path / "journal.csv"
    begun(path).close()
    with path.open("a") as file:
        file.write("2026-11-24T00:00:00+00:00,0.0.0.3,22,tc")
    written = Written(path)
    assert len(list(written.attempts())) == 2
    again = Journal.again(path, written, tally := Tally(Spans.of([(4, 1, 9)])))
    again.tried("0.0.0.3", 22, "tcp", "refused")
    again.end()
    again.close()
    assert (again.counts["tcp"], tally.untried("tcp", 22)) == (3, 6)
    assert [a.address for a in Written(path).attempts()] == ["0.0.0.1", "0.0.0.2", "0.0.0.3"]
    assert Written(path).complete


@pytest.mark.parametrize(
    "content",
    ["", "time,address,port,kind,result\n", "a,b\n1,2\n", "x,,,plan,{}\n", "x,,,plan,no\n", "\0\n"],
)
def test_what_is_no_journal(tmp_path, content):
    path = tmp_path / "journal.csv"
    path.write_text(content)
    with pytest.raises(UsageError, match=r"journal\.csv: "):
        Written(path)


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-24T00:00:00+00:00,0.0.0.3,22x,tcp,open\n",
        "2026-11-24T00:00:00+00:00,nowhere,22,tcp,open\n",
        "yesterday,0.0.0.3,22,tcp,open\n",
        "2026-11-24T00:00:00+00:00,0.0.0.3,22,found,{}\n",
    ],
)
def test_a_damaged_line_is_one_clear_error(tmp_path, line):
    path = tmp_path / "journal.csv"
    begun(path).close()
    with path.open("a") as file:
        file.write(line)
    with pytest.raises(UsageError, match=r"journal\.csv: a .*line is damaged"):
        (list(Written(path).attempts()), Written(path).found())


def test_a_journal_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="nothing was interrupted"):
        Written(tmp_path / "journal.csv")
    with pytest.raises(OutputError, match="cannot be written"):
        Journal.begin(tmp_path, {}, Tally())


def test_two_runs_do_not_share_a_journal(tmp_path):
    path = tmp_path / "journal.csv"
    journal = begun(path)
    before = path.read_bytes()
    for other in (
        lambda: Journal.begin(path, {}, Tally()),
        lambda: Journal.again(path, Written(path), Tally()),
    ):
        with pytest.raises(OutputError, match="another run is writing it"):
            other()
    assert path.read_bytes() == before
    journal.close()


def test_a_full_disk_is_one_clear_error():
    file = Path("/dev/full").open("w", buffering=1)  # noqa: SIM115 - the journal closes it
    journal = Journal(file=file)
    with pytest.raises(OutputError, match="No space left"):
        journal.tried("0.0.0.1", 22, "tcp", "open")
