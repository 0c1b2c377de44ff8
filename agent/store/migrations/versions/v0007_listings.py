"""What sources of truth listed, as they were asked last."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables of sources of truth and of the hosts that they list."""
    op.create_table(
        "listing",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("source", NAME, nullable=False),
        sa.Column("origin", NAME, nullable=False),
        sa.Column("taken", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("filters", sa.Text()),
    )
    op.create_table(
        "listed",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("listing", sa.Integer(), sa.ForeignKey("listing.number"), nullable=False),
        sa.Column("host", NAME, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("port", sa.Integer()),
        sa.Column("platform", sa.Text()),
        sa.Column("site", sa.Text()),
        sa.Column("role", sa.Text()),
        sa.Column("tenant", sa.Text()),
        sa.Column("tags", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text()),
        sa.Column("serial", NAME),
        sa.Column("pid", sa.Text()),
        sa.Column("position", sa.Text()),
        sa.Column("unit_status", sa.Text()),
    )
