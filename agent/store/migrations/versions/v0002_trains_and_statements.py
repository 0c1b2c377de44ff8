"""Software trains, statements about cover, licences; how a file is dated and what it speaks of."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns and tables."""
    for column in (
        sa.Column("basis", sa.Text(), nullable=False, server_default="declared"),
        sa.Column("sites", sa.Text()),
        sa.Column("options", sa.Text()),
        sa.Column("form", sa.Text()),
        sa.Column("extent", sa.Text(), nullable=False, server_default="contracts"),
    ):
        op.add_column("source_file", column)
    for column in (
        sa.Column("provider", sa.Text()),
        sa.Column("parent_serial", NAME),
        sa.Column("minor", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("status", sa.Text()),
        sa.Column("response", sa.Text()),
    ):
        op.add_column("contract_line", column)
    _table(
        "train",
        sa.Column("os", NAME, nullable=False),
        sa.Column("train", NAME, nullable=False),
        sa.Column("bulletin", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("first_customer_shipment", sa.Date()),
        sa.Column("announced", sa.Text()),
        sa.Column("end_of_sale", sa.Text()),
        sa.Column("sw_maintenance", sa.Text()),
        sa.Column("security_support", sa.Text()),
        sa.Column("service_contract_renewal", sa.Text()),
        sa.Column("last_date_of_support", sa.Text()),
    )
    _table(
        "cover_statement",
        sa.Column("serial", NAME, nullable=False),
        sa.Column("pid", NAME),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("contract", NAME),
    )
    _table(
        "licence",
        sa.Column("name", NAME, nullable=False),
        sa.Column("sku", NAME),
        sa.Column("account", NAME),
        sa.Column("virtual_account", NAME),
        sa.Column("subscription", NAME),
        sa.Column("agreement", sa.Boolean(), nullable=False),
        sa.Column("quantity", sa.Integer()),
        sa.Column("in_use", sa.Integer()),
        sa.Column("status", sa.Text()),
        sa.Column("start", sa.Date()),
        sa.Column("end", sa.Date()),
        sa.Column("true_forward", sa.Date()),
    )


def _table(name: str, *columns: "sa.Column[object]") -> None:
    """Rows of imported files all have their origin and their history in the same columns."""
    op.create_table(
        name,
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file", sa.Integer(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("scope", NAME, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("superseded_by", sa.Integer()),
        *columns,
        sa.ForeignKeyConstraint(["file"], ["source_file.number"]),
        sa.ForeignKeyConstraint(["superseded_by"], ["source_file.number"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(f"{name}_current", name, ["superseded_by", "scope"])
    op.create_index(f"{name}_by_file", name, ["file"])
