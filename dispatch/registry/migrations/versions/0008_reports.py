"""What each day came to beside its best plan, and the indexes by which reports read a period."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# index, table, columns
INDEXES = (
    ("case_granted_when", "legal_case", ["centre_id", "granted_at"]),
    ("assignment_made_when", "assignment", ["centre_id", "assigned_at"]),
    ("assignment_ended_when", "assignment", ["centre_id", "ended_at"]),
    ("ledger_of_assignment", "ledger", ["assignment_id"]),
    ("ledger_when", "ledger", ["centre_id", "at"]),
    ("offer_made_when", "offer", ["centre_id", "offered_at"]),
    ("posting_made_when", "posting", ["centre_id", "posted_at"]),
    ("job_finished_when", "job", ["centre_id", "kind", "finished_at"]),
)
TABLES = ("appraisal", "appraised_day")


def upgrade() -> None:
    op.create_table(
        "appraisal",
        sa.Column("assignment_id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("best", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("pool", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("assignment_id"),
    )
    op.create_table(
        "appraised_day",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("policy_id", sa.String(32), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("realised", sa.BigInteger(), nullable=False),
        sa.Column("best", sa.BigInteger(), nullable=False),
        sa.Column("parity", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint("compared <= seats", name="day_compared"),
        sa.CheckConstraint("realised <= best", name="day_best"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "on", name="day_once"),
    )
    for table in TABLES:
        op.create_index(f"ix_{table}_centre_id", table, ["centre_id"])
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in reversed(INDEXES):
        op.drop_index(name, table_name=table)
    for table in TABLES:
        op.drop_table(table)
