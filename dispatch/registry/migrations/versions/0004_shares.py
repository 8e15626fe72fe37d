"""Entitled shares of ledger entries, the size of pools, relaxed rules, and bounds that are kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ADDED = (("assignment", "pool"), ("ledger", "share"), ("legal_case", "relaxed"))


def document() -> sa.JSON:
    return sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.add_column("assignment", sa.Column("pool", sa.Integer()))
    op.add_column("ledger", sa.Column("share", sa.String(40), server_default="1", nullable=False))
    op.add_column("legal_case", sa.Column("relaxed", document(), server_default="[]", nullable=False))
    op.create_table(
        "fairness_bound",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("run_id", sa.String()),
        sa.Column("month", sa.String(7)),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("practitioners", sa.Integer(), nullable=False),
        sa.Column("ideal_effort", sa.Float(), nullable=False),
        sa.Column("largest_case", sa.Integer(), nullable=False),
        sa.Column("most_effort", sa.Integer(), nullable=False),
        sa.Column("least_effort", sa.Integer(), nullable=False),
        sa.Column("above", document(), nullable=False),
        sa.CheckConstraint("(run_id IS NULL) <> (month IS NULL)", name="bound_of_run_or_month"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "month", name="bound_once_per_month"),
        sa.UniqueConstraint("run_id", name="bound_once_per_run"),
    )
    op.create_index(op.f("ix_fairness_bound_centre_id"), "fairness_bound", ["centre_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_fairness_bound_centre_id"), table_name="fairness_bound")
    op.drop_table("fairness_bound")
    for table, column in ADDED:
        op.drop_column(table, column)
