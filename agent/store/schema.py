"""The tables of the store: sweeps as intervals, imported files with their history.

``docs/store.md`` describes every table and column; a test compares the two. A change here is a
new migration in ``agent/store/migrations/versions``.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

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
    false,
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


class Names(TypeDecorator[tuple[str, ...]]):
    """Names, kept as a JSON list; none at all is NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the library's signature
        """The text that is kept."""
        return json.dumps(value, ensure_ascii=False) if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:  # noqa: ARG002 - the library's signature
        """The names that were saved."""
        return () if value is None else tuple(json.loads(value))


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
    Column("licensing_dates", Text),
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
    Column("basis", Text, nullable=False, server_default="declared"),
    Column("sites", Names),
    Column("options", Text),
    Column("form", Text),
    Column("extent", Text, nullable=False, server_default="contracts"),
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
    Column("provider", Text),
    Column("parent_serial", NAME),
    Column("minor", Boolean, nullable=False, server_default=false()),
    Column("status", Text),
    Column("response", Text),
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
    Column("replacement", Text),
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

TRAIN = Table(
    "train",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("file", ForeignKey("source_file.number"), nullable=False),
    Column("command", Text, nullable=False),
    Column("scope", NAME, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("superseded_by", ForeignKey("source_file.number")),
    Column("os", NAME, nullable=False),
    Column("train", NAME, nullable=False),
    Column("bulletin", Text),
    Column("url", Text),
    Column("first_customer_shipment", Date),
    Column("announced", Text),
    Column("end_of_sale", Text),
    Column("sw_maintenance", Text),
    Column("security_support", Text),
    Column("service_contract_renewal", Text),
    Column("last_date_of_support", Text),
    Index("train_current", "superseded_by", "scope"),
    Index("train_by_file", "file"),
)

COVER_STATEMENT = Table(
    "cover_statement",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("file", ForeignKey("source_file.number"), nullable=False),
    Column("command", Text, nullable=False),
    Column("scope", NAME, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("superseded_by", ForeignKey("source_file.number")),
    Column("serial", NAME, nullable=False),
    Column("pid", NAME),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("until", Date),
    Column("contract", NAME),
    Index("cover_statement_current", "superseded_by", "scope"),
    Index("cover_statement_by_file", "file"),
)

LICENCE = Table(
    "licence",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("file", ForeignKey("source_file.number"), nullable=False),
    Column("command", Text, nullable=False),
    Column("scope", NAME, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("superseded_by", ForeignKey("source_file.number")),
    Column("name", NAME, nullable=False),
    Column("sku", NAME),
    Column("account", NAME),
    Column("virtual_account", NAME),
    Column("subscription", NAME),
    Column("agreement", Boolean, nullable=False),
    Column("quantity", Integer),
    Column("in_use", Integer),
    Column("status", Text),
    Column("start", Date),
    Column("end", Date),
    Column("true_forward", Date),
    Index("licence_current", "superseded_by", "scope"),
    Index("licence_by_file", "file"),
)


DECISION = Table(
    "decision",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("file", ForeignKey("source_file.number"), nullable=False),
    Column("command", Text, nullable=False),
    Column("scope", NAME, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("superseded_by", ForeignKey("source_file.number")),
    Column("id", NAME, nullable=False),
    Column("kind", Text, nullable=False),
    Column("approver", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("serial", NAME),
    Column("pid", NAME),
    Column("contract", NAME),
    Column("host", NAME),
    Column("decided", Date),
    Column("expires", Date),
    Column("on", Date),
    Column("other_serial", NAME),
    Column("facts", Text),
    Index("decision_current", "superseded_by", "scope"),
    Index("decision_by_file", "file"),
)

WAIVER = Table(
    "waiver",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("file", ForeignKey("source_file.number"), nullable=False),
    Column("command", Text, nullable=False),
    Column("scope", NAME, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("superseded_by", ForeignKey("source_file.number")),
    Column("approval", NAME, nullable=False),
    Column("approver", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("expires", Date, nullable=False),
    Column("rules", Names),
    Column("serials", Names),
    Column("pids", Names),
    Column("hosts", Names),
    Column("sites", Names),
    Column("disposition", Text),
    Index("waiver_current", "superseded_by", "scope"),
    Index("waiver_by_file", "file"),
)


def _records(name: str, *columns: Column[Any]) -> Table:
    """A table of advisory records: where each comes from, what replaced it, what it says."""
    return Table(
        name,
        METADATA,
        Column("number", Integer, primary_key=True),
        Column("file", ForeignKey("source_file.number"), nullable=False),
        Column("form", Text, nullable=False),
        Column("source", Text, nullable=False),
        Column("command", Text, nullable=False),
        Column("collected", UtcTime),
        Column("sha256", Text, nullable=False),
        Column("scope", NAME, nullable=False),
        Column("digest", LargeBinary, nullable=False),
        Column("superseded_by", ForeignKey("source_file.number")),
        *columns,
        Index(f"{name}_current", "superseded_by", "scope"),
        Index(f"{name}_by_file", "file"),
    )


ADVISORY = _records(
    "advisory",
    Column("cve", NAME, nullable=False),
    Column("os", NAME, nullable=False),
    Column("advisory", NAME),
    Column("title", Text, nullable=False),
    Column("severity", Text),
    Column("published", Date, nullable=False),
    Column("updated", Date, nullable=False),
    Column("versions", Text, nullable=False),
    Column("no_versions", Boolean, nullable=False),
    Column("defects", Text, nullable=False),
    Column("free_software", Boolean),
    Column("exploitation", Text),
    Column("automatable", Boolean),
    Column("technical_impact", Text),
    Column("url", Text),
)

FIRST_FIXED = _records(
    "first_fixed",
    Column("advisory", NAME),
    Column("cve", NAME),
    Column("os", NAME, nullable=False),
    Column("train", NAME, nullable=False),
    Column("platform", NAME),
    Column("release", Text),
    Column("free_software", Boolean),
)

KEV = _records(
    "kev",
    Column("cve", NAME, nullable=False),
    Column("added", Date, nullable=False),
    Column("due", Date),
    Column("forensic_triage", Boolean),
)

PATCH_MAPPING = _records(
    "patch_mapping",
    Column("os", NAME, nullable=False),
    Column("patch", NAME, nullable=False),
    Column("advisory", NAME),
    Column("cve", NAME),
    Column("defect", NAME),
)

NOTICE = Table(
    "notice",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("recipient", NAME, nullable=False),
    Column("fact", NAME, nullable=False),
    Column("told", UtcTime, nullable=False),
    Column("ended", UtcTime),
    Index("notice_by_recipient", "recipient", "fact"),
)

ANSWER = Table(
    "answer",
    METADATA,
    Column("service", NAME, primary_key=True),
    Column("item", NAME, primary_key=True),
    Column("fetched", UtcTime, nullable=False),
    Column("sha256", ForeignKey("raw.sha256"), nullable=False),
)

LISTING = Table(
    "listing",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("source", NAME, nullable=False),
    Column("origin", NAME, nullable=False),
    Column("taken", UtcTime, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("filters", Names),
)

LISTED = Table(
    "listed",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("listing", ForeignKey("listing.number"), nullable=False),
    Column("host", NAME, nullable=False),
    Column("place", Text, nullable=False),
    Column("address", Text),
    Column("port", Integer),
    Column("platform", Text),
    Column("site", Text),
    Column("role", Text),
    Column("tenant", Text),
    Column("tags", Names),
    Column("status", Text, nullable=False),
    Column("problem", Text),
    Column("serial", NAME),
    Column("pid", Text),
    Column("position", Text),
    Column("unit_status", Text),
)
