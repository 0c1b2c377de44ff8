"""The tables of the store: sweeps as intervals, imported files with their history.

``docs/store.md`` describes every table and column; a test compares the two. A change here is a
new migration in ``agent/store/migrations/versions``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

if TYPE_CHECKING:
    from sqlalchemy import Dialect

# Sorted as Python sorts, by code point, whatever the locale of a server is.
NAME = Text().with_variant(Text(collation="C"), "postgresql")


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept as ISO 8601 text in UTC: SQLite has no type that keeps the offset."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the library's signature
        """The text that is kept."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()}: a time without its offset from UTC")
        return value.astimezone(UTC).isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the library's signature
        """The time that was saved."""
        return None if value is None else datetime.fromisoformat(value)


METADATA = MetaData()

SWEEP = Table(
    "sweep",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", NAME, nullable=False, unique=True),
    Column("started", UtcTime, nullable=False),
    Column("ended", UtcTime),
    Column("selection", Text),
)

VISIT = Table(
    "visit",
    METADATA,
    Column("sweep", ForeignKey("sweep.number"), primary_key=True),
    Column("host", NAME, primary_key=True),
    Column("site", NAME),
    Column("platform", Text, nullable=False),
    Column("reached", Boolean, nullable=False),
    Column("lane", Text, nullable=False),
    Index("visit_by_host", "host", "sweep"),
)

GAP = Table(
    "gap",
    METADATA,
    Column("sweep", Integer, primary_key=True),
    Column("host", NAME, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("unreached", Boolean, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    ForeignKeyConstraint(["sweep", "host"], ["visit.sweep", "visit.host"]),
)

EVIDENCE = Table(
    "evidence",
    METADATA,
    Column("sweep", Integer, primary_key=True),
    Column("host", NAME, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("collected", UtcTime),
    Column("sha256", Text, nullable=False),
    ForeignKeyConstraint(["sweep", "host"], ["visit.sweep", "visit.host"]),
)

RAW = Table(
    "raw",
    METADATA,
    Column("sha256", Text, primary_key=True),
    Column("zlib", LargeBinary, nullable=False),
)

UNIT = Table(
    "unit",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("host", NAME, nullable=False),
    Column("serial", NAME),
    Column("pid", NAME),
    Column("position", Text),
    Column("kind", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("attributes", Text, nullable=False),
    Column("first_sweep", ForeignKey("sweep.number"), nullable=False),
    Column("last_sweep", ForeignKey("sweep.number"), nullable=False),
    Index("unit_by_host", "host", "last_sweep"),
)

SOURCE_FILE = Table(
    "source_file",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", NAME, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("imported", UtcTime, nullable=False),
    Column("data_date", Date),
    Column("date_format", Text),
    Column("row_count", Integer, nullable=False),
    Index("source_file_by_content", "kind", "sha256"),
)

CONTRACT_LINE = Table(
    "contract_line",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("file", ForeignKey("source_file.number"), nullable=False),
    Column("command", Text, nullable=False),
    Column("scope", NAME, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("superseded_by", ForeignKey("source_file.number")),
    Column("contract", NAME),
    Column("serial", NAME),
    Column("pid", NAME),
    Column("service_level", Text),
    Column("start", Date),
    Column("end", Date, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("site", Text),
    Column("end_customer", Text),
    Column("annual_price", Text),
    Column("currency", Text),
    Column("vehicle", Text),
    Column("country_of_origin", Text),
    Column("warranty_end", Date),
    Column("tac", Boolean),
    Column("rma", Boolean),
    Column("os_software", Boolean),
    Column("application_software", Boolean),
    Index("contract_line_current", "superseded_by", "scope"),
    Index("contract_line_by_file", "file"),
)

EOX = Table(
    "eox",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("file", ForeignKey("source_file.number"), nullable=False),
    Column("command", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("superseded_by", ForeignKey("source_file.number")),
    Column("pid", NAME, nullable=False),
    Column("bulletin", Text),
    Column("url", Text),
    Column("announced", Text),
    Column("end_of_sale", Text),
    Column("last_ship", Text),
    Column("routine_failure_analysis", Text),
    Column("sw_maintenance", Text),
    Column("security_support", Text),
    Column("new_service_attachment", Text),
    Column("service_contract_renewal", Text),
    Column("last_date_of_support", Text),
    Index("eox_current", "superseded_by", "pid"),
    Index("eox_by_file", "file"),
)
