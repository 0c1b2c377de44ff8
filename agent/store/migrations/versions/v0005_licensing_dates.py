"""Dates of Smart Licensing stand with the visit that read them, not with the unit they speak of."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; units read before keep theirs until they are read again."""
    op.add_column("visit", sa.Column("licensing_dates", sa.Text()))
