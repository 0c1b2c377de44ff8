"""Advisories, fixed releases, exploited vulnerabilities, what patches mend; answers of APIs."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables of advisory records and of API answers."""
    _table(
        "advisory",
        sa.Column("cve", NAME, nullable=False),
        sa.Column("os", NAME, nullable=False),
        sa.Column("advisory", NAME),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text()),
        sa.Column("published", sa.Date(), nullable=False),
        sa.Column("updated", sa.Date(), nullable=False),
        sa.Column("versions", sa.Text(), nullable=False),
        sa.Column("no_versions", sa.Boolean(), nullable=False),
        sa.Column("defects", sa.Text(), nullable=False),
        sa.Column("free_software", sa.Boolean()),
        sa.Column("exploitation", sa.Text()),
        sa.Column("automatable", sa.Boolean()),
        sa.Column("technical_impact", sa.Text()),
        sa.Column("url", sa.Text()),
    )
    _table(
        "first_fixed",
        sa.Column("advisory", NAME),
        sa.Column("cve", NAME),
        sa.Column("os", NAME, nullable=False),
        sa.Column("train", NAME, nullable=False),
        sa.Column("platform", NAME),
        sa.Column("release", sa.Text()),
        sa.Column("free_software", sa.Boolean()),
    )
    _table(
        "kev",
        sa.Column("cve", NAME, nullable=False),
        sa.Column("added", sa.Date(), nullable=False),
        sa.Column("due", sa.Date()),
        sa.Column("forensic_triage", sa.Boolean()),
    )
    _table(
        "patch_mapping",
        sa.Column("os", NAME, nullable=False),
        sa.Column("patch", NAME, nullable=False),
        sa.Column("advisory", NAME),
        sa.Column("cve", NAME),
        sa.Column("defect", NAME),
    )
    op.create_table(
        "answer",
        sa.Column("service", NAME, nullable=False),
        sa.Column("item", NAME, nullable=False),
        sa.Column("fetched", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["raw.sha256"]),
        sa.PrimaryKeyConstraint("service", "item"),
    )


def _table(name: str, *columns: sa.Column[object]) -> None:
    """Create a table of records: where each comes from, what replaced it, what it says."""
    op.create_table(
        name,
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file", sa.Integer(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("collected", sa.Text()),
        sa.Column("sha256", sa.Text(), nullable=False),
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
