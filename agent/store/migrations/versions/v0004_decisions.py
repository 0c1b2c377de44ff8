"""Decisions and waivers of people, with their history; the replacement that EoX data names."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables of decisions and waivers, and a column for the replacement."""
    op.add_column("eox", sa.Column("replacement", sa.Text()))
    _table(
        "decision",
        sa.Column("id", NAME, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("approver", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("serial", NAME),
        sa.Column("pid", NAME),
        sa.Column("contract", NAME),
        sa.Column("host", NAME),
        sa.Column("decided", sa.Date()),
        sa.Column("expires", sa.Date()),
        sa.Column("on", sa.Date()),
        sa.Column("other_serial", NAME),
        sa.Column("facts", sa.Text()),
    )
    _table(
        "waiver",
        sa.Column("approval", NAME, nullable=False),
        sa.Column("approver", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("expires", sa.Date(), nullable=False),
        sa.Column("rules", sa.Text()),
        sa.Column("serials", sa.Text()),
        sa.Column("pids", sa.Text()),
        sa.Column("hosts", sa.Text()),
        sa.Column("sites", sa.Text()),
        sa.Column("disposition", sa.Text()),
    )


def _table(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("file", sa.Integer(), sa.ForeignKey("source_file.number"), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("scope", NAME, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("superseded_by", sa.Integer(), sa.ForeignKey("source_file.number")),
        *columns,
    )
    op.create_index(f"{name}_current", name, ["superseded_by", "scope"])
    op.create_index(f"{name}_by_file", name, ["file"])
