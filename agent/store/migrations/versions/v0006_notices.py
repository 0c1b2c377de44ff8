"""Who was told what."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table of notices."""
    op.create_table(
        "notice",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("recipient", NAME, nullable=False),
        sa.Column("fact", NAME, nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("ended", sa.Text()),
    )
    op.create_index("notice_by_recipient", "notice", ["recipient", "fact"])
