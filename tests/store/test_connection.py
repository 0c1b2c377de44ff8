from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from agent.errors import StoreError
from agent.model import HostResult, HostVisit, Observation, Output
from agent.store import open_store
from agent.store.connection import VERSION_TABLE, _upgrade, revisions
from agent.store.schema import METADATA

DAY = datetime(2026, 3, 1, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def result(host: str) -> HostResult:
    unit = Observation(host, None, "asa", "chassis", serial=f"XXX{host}", pid="EX-1")
    printed = Output("show version", host * 2000, DAY)
    return HostResult(HostVisit(host, None, "asa", reached=True), (unit,), outputs=(printed,))


def migrated(path: Path) -> Path:
    """A store that all migrations made, one after the other."""
    engine = create_engine(url(path))
    with engine.begin() as writer:
        _upgrade(writer)
    engine.dispose()
    return path


def schema(path: Path) -> dict[str, dict[str, list[str]]]:
    """What SQLite knows of each table: columns, indexes with theirs, foreign keys."""
    base = sqlite3.connect(path)

    def rows(pragma: str, name: str) -> list[tuple[object, ...]]:
        return base.execute(f"SELECT * FROM pragma_{pragma}(?)", (name,)).fetchall()  # noqa: S608 - constants

    found = {}
    for (table,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        indexes = (
            ("" if origin != "c" else name, origin, unique, partial, *rows("index_xinfo", name))
            for _, name, unique, origin, partial in rows("index_list", table)
        )
        # Of a column and a key, all but its place: a later migration can only add at the end.
        found[table] = {
            "columns": sorted(repr(column[1:]) for column in rows("table_info", table)),
            "indexes": sorted(repr([*i[:4], *(c[2:] for c in i[4:])]) for i in indexes),
            "keys": sorted(repr(key[2:]) for key in rows("foreign_key_list", table)),
        }
    base.close()
    return found


def test_the_migrations_make_the_schema_the_code_uses(tmp_path):
    engine = create_engine(url(migrated(tmp_path / "migrated.db")))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_a_new_store_is_what_the_migrations_make(tmp_path):
    open_store(url(tmp_path / "new.db")).close()
    assert schema(tmp_path / "new.db") == schema(migrated(tmp_path / "migrated.db"))
    with sqlite3.connect(tmp_path / "new.db") as base:
        version = base.execute(f"SELECT * FROM {VERSION_TABLE}").fetchall()  # noqa: S608 - a constant
    assert version == [(revisions()[-1],)]
    open_store(url(tmp_path / "migrated.db")).close()


def test_the_document_names_every_table_and_column():
    documented: dict[str, set[str]] = {}
    table = ""
    for line in (ROOT / "docs" / "store.md").read_text(encoding="utf-8").splitlines():
        if row := re.match(r"\| (?:`(\w+)` )?\| `(\w+)` \|", line):
            table = row[1] or table
            documented.setdefault(table, set()).add(row[2])
    assert documented == {
        name: set(table.columns.keys()) for name, table in METADATA.tables.items()
    }


def test_a_store_is_safe_against_crashes_and_power_cuts(tmp_path):
    with open_store(url(tmp_path / "a.db")) as store, store._engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    full = 2
    assert settings == {
        "journal_mode": "wal", "synchronous": full, "foreign_keys": 1, "busy_timeout": 300_000
    }  # fmt: skip


def test_opening_again_keeps_what_was_saved(tmp_path):
    with open_store(url(tmp_path / "a.db")) as store:
        store.save_sweep("one", DAY, DAY, [result("sw1")])
    with open_store(url(tmp_path / "a.db")) as store:
        assert [unit.serial for unit in store.sweep().observations] == ["XXXsw1"]


def test_a_long_import_holds_up_no_reader(tmp_path):
    path = tmp_path / "a.db"
    with open_store(url(path)) as store:
        store.save_sweep("one", DAY, DAY, [result("sw1")])
    importer = sqlite3.connect(path, isolation_level=None)
    importer.execute("BEGIN IMMEDIATE")
    with open_store(url(path)) as store:
        assert store.sweep().id == "one"
    importer.execute("ROLLBACK")
    importer.close()


def not_a_database(path: Path) -> None:
    path.write_text("hello, this is no database\n" * 50)


def another_program(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE songs (name)")
    connection.close()


def newer_netcover(path: Path) -> None:
    open_store(url(path)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE netcover_schema SET version_num = '9999'")
    connection.close()


def half_a_file(path: Path) -> None:
    open_store(url(path)).close()
    path.write_bytes(path.read_bytes()[:6000])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (not_a_database, "is not a database; name another file or move this one away"),
        (another_program, "is not a netcover store; name another file"),
        (newer_netcover, "is from a newer netcover (schema 9999); upgrade netcover"),
        (half_a_file, "is damaged; restore it from a backup"),
        (Path.mkdir, "the store must be a file, and this is a folder"),
    ],
)
def test_what_is_no_store_is_refused_and_left_alone(tmp_path, make, message):
    path = tmp_path / "a.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError, match=re.escape(message)) as refused:
        open_store(url(path))
    assert str(refused.value).startswith(f"{path}: ")
    assert "\n" not in str(refused.value)
    assert (path.read_bytes() if path.is_file() else None) == before


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("sqlite:////no/such/folder/a.db",
         "/no/such/folder/a.db: the store's folder does not exist; create /no/such/folder"),
        ("netcover.db", "'netcover.db' is not a database URL; write it as sqlite:///netcover.db"),
        ("nosql://user:secret@db.example.net/x",
         "nosql://user:***@db.example.net/x: the database driver is missing"),
    ],
)  # fmt: skip
def test_a_wrong_url_says_what_to_do(wrong, message):
    with pytest.raises(StoreError, match=re.escape(message)) as refused:
        open_store(wrong)
    assert "secret" not in str(refused.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="cannot be opened or created; check the rights"):
        open_store(url(tmp_path / "a.db"))
    tmp_path.chmod(0o700)


def test_a_full_disk_keeps_what_was_acknowledged(tmp_path):
    with open_store(url(tmp_path / "a.db")) as store:
        store.begin_sweep("one", DAY, None)
        store.save_host("one", result("sw1"))
        with store._engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        many = [result(f"more{number}") for number in range(100)]
        with pytest.raises(StoreError, match="the disk is full; make room and run again"):
            store.save_sweep("two", DAY, DAY, many)
        store.end_sweep("one", DAY)
        assert [visit.host for visit in store.sweep("one").hosts] == ["sw1"]


WRITER = """
import sys
from datetime import UTC, datetime
sys.path.insert(0, {tests!r})
from test_connection import DAY, open_store, result
url, name, count = sys.argv[1:]
with open_store(url) as store:
    store.begin_sweep(name, DAY, None)
    for number in range(int(count)):
        store.save_host(name, result(f"{{name}}-{{number}}" if "-own" in name else f"sw{{number}}"))
        print(number, flush=True)
    store.end_sweep(name, DAY)
"""


def writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    script = WRITER.format(tests=str(Path(__file__).parent))
    return subprocess.Popen(
        [sys.executable, "-c", script, url(path), name, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(tmp_path):
    path = tmp_path / "a.db"
    child = writer(path, "killed", 10_000)
    assert child.stdout is not None
    acknowledged = [int(next(child.stdout)) for _ in range(25)]
    child.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in child.stdout]
    child.wait()
    child.stdout.close()
    with open_store(url(path)) as store:
        with pytest.raises(StoreError, match="sweep killed has not ended or was interrupted"):
            store.sweep("killed")
        store.end_sweep("killed", DAY)
        saved = store.sweep("killed")
        assert {f"sw{number}" for number in acknowledged} <= {visit.host for visit in saved.hosts}
        assert len(saved.observations) == len(saved.hosts)
        assert all(store.raw(result(visit.host).outputs[0].sha256) for visit in saved.hosts)


def test_two_sweeps_at_once_create_and_fill_one_store(tmp_path):
    path = tmp_path / "a.db"
    children = [writer(path, name, 30) for name in ("left", "right", "third-own")]
    for child in children:
        out, _ = child.communicate()
        assert child.returncode == 0
        assert len(out.split()) == 30
    with open_store(url(path)) as store:
        left, right, own = (store.sweep(name) for name in ("left", "right", "third-own"))
        assert left.hosts == right.hosts
        assert left.observations == right.observations
        assert len(own.observations) == 30
        with store._engine.connect() as connection:
            count = connection.exec_driver_sql("SELECT count(*) FROM unit").scalar()
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert count == 60


def test_the_files_of_the_migrations_bear_the_numbers_that_alembic_knows():
    config = Config()
    config.set_main_option("script_location", "agent.store:migrations")
    scripts = ScriptDirectory.from_config(config)
    known = [script.revision for script in scripts.walk_revisions()]
    assert list(revisions()) == known[::-1]
    assert revisions()[-1] == scripts.get_current_head()


def test_a_store_that_is_current_is_opened_without_alembic(tmp_path):
    where = url(tmp_path / "netcover.db")
    open_store(where).close()
    code = (
        "import sys; from agent.store import open_store;"
        f" open_store({where!r}).close(); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
