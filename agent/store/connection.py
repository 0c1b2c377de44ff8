"""Opening the database: PRAGMAs, migrations to the newest schema, errors in one clear line."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from sqlite3 import OperationalError as SqliteError
from time import monotonic, sleep
from typing import TYPE_CHECKING

from sqlalchemy import (
    Column,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    inspect,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from agent.errors import StoreError
from agent.store.schema import METADATA

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection as SqliteConnection

    from sqlalchemy import URL, Connection, Engine

VERSION_TABLE = "netcover_schema"
BUSY_SECONDS = 300
"""How long a writer waits for another one: a large import is one transaction."""

_OURS = f"SELECT count(*) = 0 OR sum(name = '{VERSION_TABLE}') FROM sqlite_master"  # noqa: S608 - a constant

_REMEDIES = {
    "file is not a database": "is not a database; name another file or move this one away",
    "database disk image is malformed": "is damaged; restore it from a backup",
    "disk is full": "cannot grow: the disk is full; make room and run again",
    "unable to open database file": "cannot be opened or created; check the rights on its folder",
    "readonly database": "cannot be written; check the rights on the file and its folder",
    "database is locked": (
        f"is held by another writer for over {BUSY_SECONDS} s; wait for it to end and run again"
    ),
}


def connect(url: str) -> Engine:
    """An engine whose database is there and has the newest schema.

    :raises StoreError: it cannot be opened or created, is no store, or is from a newer netcover.
    """
    target = _parse(url)
    where = place(target)
    _check_folder(target, where)
    engine = _engine(target)
    try:
        _migrate(engine, where)
    except BaseException:
        engine.dispose()
        raise
    return engine


def place(url: URL) -> str:
    """How messages name the database: its file, or its URL without the password."""
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    return url.render_as_string(hide_password=True)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes, alone: committed at the end, rolled back on an error."""
    with _explained(engine), engine.connect() as connection:
        writer = connection.execution_options(netcover_writer=True)
        with writer.begin():
            if writer.dialect.name == "postgresql" and inspect(writer).has_table("sweep"):
                # One writer at a time, as SQLite has it; readers are not held up.
                writer.execute(text("LOCK TABLE sweep IN SHARE ROW EXCLUSIVE MODE"))
            yield writer


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads and sees one state of the database."""
    with _explained(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        cause = str(error.orig).strip()
        remedy = next((r for known, r in _REMEDIES.items() if known in cause), f"failed: {cause}")
        raise StoreError(f"{place(engine.url)}: the store {remedy}") from error


def _parse(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        raise StoreError(
            f"{url!r} is not a database URL; write it as sqlite:///netcover.db"
        ) from None


def _check_folder(url: URL, where: str) -> None:
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return
    path = Path(where)
    if path.is_dir():
        raise StoreError(f"{where}: the store must be a file, and this is a folder")
    if not path.parent.is_dir():
        raise StoreError(f"{where}: the store's folder does not exist; create {path.parent}")


def _engine(url: URL) -> Engine:
    sqlite = url.get_backend_name() == "sqlite"
    try:
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS} if sqlite else {})
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreError(f"{place(url)}: the database driver is missing: {error}") from None
    if sqlite:
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: SqliteConnection, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    if connection.execute(_OURS).fetchone()[0]:  # the journal mode is kept in the file
        _use_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _use_wal(connection: SqliteConnection) -> None:
    # Two processes that create one store meet here; this PRAGMA does not wait by itself.
    end = monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except SqliteError as error:
            if "locked" not in str(error) or monotonic() > end:
                raise
            sleep(0.02)
        else:
            return


def _begin(connection: Connection) -> None:
    # A writer takes its lock before it reads: what it read is still true when it writes.
    writer = connection.get_execution_options().get("netcover_writer", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")


def _migrate(engine: Engine, where: str) -> None:
    with reading(engine) as reader:  # not held up by a long import
        if _newest(reader, where):
            return
    with writing(engine) as writer:
        if not inspect(writer).get_table_names():
            _create(writer)
        elif not _newest(writer, where):
            _upgrade(writer)


def _create(writer: Connection) -> None:
    """Make the newest schema at once, in an empty database: the same that all migrations make."""
    METADATA.create_all(writer, checkfirst=False)
    version = Table(VERSION_TABLE, MetaData(), Column("version_num", String(32), primary_key=True))
    version.create(writer, checkfirst=False)
    writer.execute(insert(version).values(version_num=revisions()[-1]))


def _upgrade(writer: Connection) -> None:
    """Run the migrations that are missing; only a store that needs one has to load Alembic."""
    from alembic import command  # noqa: PLC0415 - half of what opening a store would cost
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "agent.store:migrations")
    config.attributes["connection"] = writer
    command.upgrade(config, "head")


def revisions() -> tuple[str, ...]:
    """Every revision of the schema, the newest last; a migration's file bears its number."""
    scripts = resources.files("agent.store.migrations.versions").iterdir()
    return tuple(sorted(s.name[1:5] for s in scripts if s.name[0] == "v" and s.name[-3:] == ".py"))


def _newest(connection: Connection, where: str) -> bool:
    tables = inspect(connection).get_table_names()
    if not tables:
        return False
    if VERSION_TABLE not in tables:
        raise StoreError(f"{where}: this database is not a netcover store; name another file")
    current: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 - a constant
    known = revisions()
    if current is not None and current not in known:
        raise StoreError(
            f"{where}: the store is from a newer netcover (schema {current}); upgrade netcover"
        )
    if current is None and set(tables) != {VERSION_TABLE}:
        raise StoreError(f"{where}: this database is not a netcover store; name another file")
    return current == known[-1]
