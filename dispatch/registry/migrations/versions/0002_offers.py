"""Plans, offers, the board, designations, recipients' links and turns given without a case."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MODES = ("optimized", "point_selection", "grab", "rotation", "continuity", "designation")
REASONS = ("conflict", "busy", "away", "specialty", "distance", "health", "other")
OPEN, PENDING, WAITING = sa.text("state = 'open'"), sa.text("state = 'pending'"), sa.text("state = 'waiting'")
BINDING = sa.text("state = 'accepted' AND released_at IS NULL")


def word(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "adjustment",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("effort", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200)),
        sa.Column("leave_id", sa.String()),
        sa.Column("made_by", sa.String()),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["leave_id"], ["leave.id"]),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("leave_id", name="adjustment_once_per_leave"),
    )
    op.create_index(op.f("ix_adjustment_centre_id"), "adjustment", ["centre_id"])
    op.create_index(op.f("ix_adjustment_practitioner_id"), "adjustment", ["practitioner_id"])

    op.create_table(
        "link",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_by", sa.String()),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_link_case_id"), "link", ["case_id"])
    op.create_index(op.f("ix_link_centre_id"), "link", ["centre_id"])
    op.create_index(op.f("ix_link_user_id"), "link", ["user_id"])

    op.create_table(
        "plan",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("chain", sa.String(40), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("mode", word("plan_mode", *MODES), nullable=False),
        sa.Column("state", word("plan_state", "open", "done", "stopped"), nullable=False),
        sa.Column("began_at", UTCDateTime(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime()),
        sa.Column("reminded_at", UTCDateTime()),
        sa.Column("escalated_at", UTCDateTime()),
        sa.Column("ended_at", UTCDateTime()),
        sa.CheckConstraint("step >= 0", name="plan_step"),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_plan_case_id"), "plan", ["case_id"])
    op.create_index(op.f("ix_plan_centre_id"), "plan", ["centre_id"])
    op.create_index("plan_due", "plan", ["ends_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("plan_one_open", "plan", ["case_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)

    op.create_table(
        "posting",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String()),
        sa.Column("state", word("posting_state", "open", "granted", "expired", "closed"), nullable=False),
        sa.Column("posted_by", sa.String()),
        sa.Column("posted_at", UTCDateTime(), nullable=False),
        sa.Column("sealed_until", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime()),
        sa.CheckConstraint("ends_at > posted_at", name="posting_dates"),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"]),
        sa.ForeignKeyConstraint(["posted_by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_posting_case_id"), "posting", ["case_id"])
    op.create_index(op.f("ix_posting_centre_id"), "posting", ["centre_id"])
    op.create_index("posting_one_open", "posting", ["case_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("posting_sealed", "posting", ["sealed_until"], sqlite_where=OPEN, postgresql_where=OPEN)

    op.create_table(
        "abandonment",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String(), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("reason", word("abandonment_reason", *REASONS), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("review", word("abandonment_review", "waiting", "approved", "rejected"), nullable=False),
        sa.Column("reviewed_by", sa.String()),
        sa.Column("reviewed_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.ForeignKeyConstraint(["reviewed_by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("assignment_id"),
    )
    op.create_index("abandonment_of_practitioner", "abandonment", ["practitioner_id", "at"])
    op.create_index(op.f("ix_abandonment_case_id"), "abandonment", ["case_id"])
    op.create_index(op.f("ix_abandonment_centre_id"), "abandonment", ["centre_id"])

    op.create_table(
        "claim",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("posting_id", sa.String(), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("state", word("claim_state", "open", "won", "lost", "withdrawn", "abandoned"), nullable=False),
        sa.Column("reason", sa.String(80)),
        sa.Column("claimed_at", UTCDateTime(), nullable=False),
        sa.Column("settled_at", UTCDateTime()),
        sa.Column("assignment_id", sa.String()),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("claim_of_practitioner", "claim", ["practitioner_id", "state", "settled_at"])
    op.create_index(
        "claim_one_open_each",
        "claim",
        ["case_id", "practitioner_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(op.f("ix_claim_assignment_id"), "claim", ["assignment_id"])
    op.create_index(op.f("ix_claim_case_id"), "claim", ["case_id"])
    op.create_index(op.f("ix_claim_centre_id"), "claim", ["centre_id"])
    op.create_index(op.f("ix_claim_posting_id"), "claim", ["posting_id"])

    op.create_table(
        "designation",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("state", word("designation_state", "waiting", "approved", "rejected"), nullable=False),
        sa.Column("named_by", sa.String(), nullable=False),
        sa.Column("named_at", UTCDateTime(), nullable=False),
        sa.Column("reviewed_by", sa.String()),
        sa.Column("reviewed_at", UTCDateTime()),
        sa.Column("assignment_id", sa.String()),
        sa.CheckConstraint("reviewed_by IS NULL OR reviewed_by <> named_by", name="designation_second_person"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["named_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.ForeignKeyConstraint(["reviewed_by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "designation_one_waiting",
        "designation",
        ["case_id"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index(op.f("ix_designation_case_id"), "designation", ["case_id"])
    op.create_index(op.f("ix_designation_centre_id"), "designation", ["centre_id"])

    op.create_table(
        "offer",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("mode", word("offer_mode", *MODES), nullable=False),
        sa.Column("plan_id", sa.String()),
        sa.Column("run_id", sa.String()),
        sa.Column(
            "state", word("offer_state", "pending", "accepted", "declined", "expired", "withdrawn"), nullable=False
        ),
        sa.Column("reason", word("offer_reason", *REASONS)),
        sa.Column("offered_by", sa.String()),
        sa.Column("offered_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("answered_at", UTCDateTime()),
        sa.Column("released_at", UTCDateTime()),
        sa.Column("assignment_id", sa.String()),
        sa.CheckConstraint("expires_at > offered_at", name="offer_dates"),
        sa.CheckConstraint("seat BETWEEN 0 AND 1", name="offer_seat"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["offered_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_offer_assignment_id"), "offer", ["assignment_id"])
    op.create_index(op.f("ix_offer_case_id"), "offer", ["case_id"])
    op.create_index(op.f("ix_offer_centre_id"), "offer", ["centre_id"])
    op.create_index(op.f("ix_offer_practitioner_id"), "offer", ["practitioner_id"])
    op.create_index("offer_due", "offer", ["expires_at"], sqlite_where=PENDING, postgresql_where=PENDING)
    op.create_index(
        "offer_one_accepted_per_seat",
        "offer",
        ["case_id", "seat"],
        unique=True,
        sqlite_where=BINDING,
        postgresql_where=BINDING,
    )
    op.create_index(
        "offer_one_pending_each",
        "offer",
        ["case_id", "seat", "practitioner_id"],
        unique=True,
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )


def downgrade() -> None:
    op.drop_index("offer_one_pending_each", table_name="offer")
    op.drop_index("offer_one_accepted_per_seat", table_name="offer")
    op.drop_index("offer_due", table_name="offer")
    op.drop_index(op.f("ix_offer_practitioner_id"), table_name="offer")
    op.drop_index(op.f("ix_offer_centre_id"), table_name="offer")
    op.drop_index(op.f("ix_offer_case_id"), table_name="offer")
    op.drop_index(op.f("ix_offer_assignment_id"), table_name="offer")
    op.drop_table("offer")
    op.drop_index(op.f("ix_designation_centre_id"), table_name="designation")
    op.drop_index(op.f("ix_designation_case_id"), table_name="designation")
    op.drop_index("designation_one_waiting", table_name="designation")
    op.drop_table("designation")
    op.drop_index(op.f("ix_claim_posting_id"), table_name="claim")
    op.drop_index(op.f("ix_claim_centre_id"), table_name="claim")
    op.drop_index(op.f("ix_claim_case_id"), table_name="claim")
    op.drop_index(op.f("ix_claim_assignment_id"), table_name="claim")
    op.drop_index("claim_one_open_each", table_name="claim")
    op.drop_index("claim_of_practitioner", table_name="claim")
    op.drop_table("claim")
    op.drop_index(op.f("ix_abandonment_centre_id"), table_name="abandonment")
    op.drop_index(op.f("ix_abandonment_case_id"), table_name="abandonment")
    op.drop_index("abandonment_of_practitioner", table_name="abandonment")
    op.drop_table("abandonment")
    op.drop_index("posting_sealed", table_name="posting")
    op.drop_index("posting_one_open", table_name="posting")
    op.drop_index(op.f("ix_posting_centre_id"), table_name="posting")
    op.drop_index(op.f("ix_posting_case_id"), table_name="posting")
    op.drop_table("posting")
    op.drop_index("plan_one_open", table_name="plan")
    op.drop_index("plan_due", table_name="plan")
    op.drop_index(op.f("ix_plan_centre_id"), table_name="plan")
    op.drop_index(op.f("ix_plan_case_id"), table_name="plan")
    op.drop_table("plan")
    op.drop_index(op.f("ix_link_user_id"), table_name="link")
    op.drop_index(op.f("ix_link_centre_id"), table_name="link")
    op.drop_index(op.f("ix_link_case_id"), table_name="link")
    op.drop_table("link")
    op.drop_index(op.f("ix_adjustment_practitioner_id"), table_name="adjustment")
    op.drop_index(op.f("ix_adjustment_centre_id"), table_name="adjustment")
    op.drop_table("adjustment")
