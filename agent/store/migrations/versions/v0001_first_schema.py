"""The first schema: sweeps as intervals, imported files with their history."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create every table."""
    _sweeps()
    _imports()


def _sweeps() -> None:
    op.create_table(
        "raw",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("zlib", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "sweep",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("started", sa.Text(), nullable=False),
        sa.Column("ended", sa.Text()),
        sa.Column("selection", sa.Text()),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
    )
    op.create_table(
        "unit",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("host", NAME, nullable=False),
        sa.Column("serial", NAME),
        sa.Column("pid", NAME),
        sa.Column("position", sa.Text()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("first_sweep", sa.Integer(), nullable=False),
        sa.Column("last_sweep", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["first_sweep"], ["sweep.number"]),
        sa.ForeignKeyConstraint(["last_sweep"], ["sweep.number"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("unit_by_host", "unit", ["host", "last_sweep"])
    op.create_table(
        "visit",
        sa.Column("sweep", sa.Integer(), nullable=False),
        sa.Column("host", NAME, nullable=False),
        sa.Column("site", NAME),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sweep"], ["sweep.number"]),
        sa.PrimaryKeyConstraint("sweep", "host"),
    )
    op.create_index("visit_by_host", "visit", ["host", "sweep"])
    op.create_table(
        "evidence",
        sa.Column("sweep", sa.Integer(), nullable=False),
        sa.Column("host", NAME, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("collected", sa.Text()),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sweep", "host"], ["visit.sweep", "visit.host"]),
        sa.PrimaryKeyConstraint("sweep", "host", "ordinal"),
    )
    op.create_table(
        "gap",
        sa.Column("sweep", sa.Integer(), nullable=False),
        sa.Column("host", NAME, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("unreached", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sweep", "host"], ["visit.sweep", "visit.host"]),
        sa.PrimaryKeyConstraint("sweep", "host", "ordinal"),
    )


def _imports() -> None:
    op.create_table(
        "source_file",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("imported", sa.Text(), nullable=False),
        sa.Column("data_date", sa.Date()),
        sa.Column("date_format", sa.Text()),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("source_file_by_content", "source_file", ["kind", "sha256"])
    op.create_table(
        "contract_line",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file", sa.Integer(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("scope", NAME, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("superseded_by", sa.Integer()),
        sa.Column("contract", NAME),
        sa.Column("serial", NAME),
        sa.Column("pid", NAME),
        sa.Column("service_level", sa.Text()),
        sa.Column("start", sa.Date()),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("site", sa.Text()),
        sa.Column("end_customer", sa.Text()),
        sa.Column("annual_price", sa.Text()),
        sa.Column("currency", sa.Text()),
        sa.Column("vehicle", sa.Text()),
        sa.Column("country_of_origin", sa.Text()),
        sa.Column("warranty_end", sa.Date()),
        sa.Column("tac", sa.Boolean()),
        sa.Column("rma", sa.Boolean()),
        sa.Column("os_software", sa.Boolean()),
        sa.Column("application_software", sa.Boolean()),
        sa.ForeignKeyConstraint(["file"], ["source_file.number"]),
        sa.ForeignKeyConstraint(["superseded_by"], ["source_file.number"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("contract_line_by_file", "contract_line", ["file"])
    op.create_index("contract_line_current", "contract_line", ["superseded_by", "scope"])
    op.create_table(
        "eox",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file", sa.Integer(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("superseded_by", sa.Integer()),
        sa.Column("pid", NAME, nullable=False),
        sa.Column("bulletin", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("announced", sa.Text()),
        sa.Column("end_of_sale", sa.Text()),
        sa.Column("last_ship", sa.Text()),
        sa.Column("routine_failure_analysis", sa.Text()),
        sa.Column("sw_maintenance", sa.Text()),
        sa.Column("security_support", sa.Text()),
        sa.Column("new_service_attachment", sa.Text()),
        sa.Column("service_contract_renewal", sa.Text()),
        sa.Column("last_date_of_support", sa.Text()),
        sa.ForeignKeyConstraint(["file"], ["source_file.number"]),
        sa.ForeignKeyConstraint(["superseded_by"], ["source_file.number"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("eox_by_file", "eox", ["file"])
    op.create_index("eox_current", "eox", ["superseded_by", "pid"])
