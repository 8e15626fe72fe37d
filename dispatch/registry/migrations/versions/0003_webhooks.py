"""Webhooks, the messages to them, findings of the nightly check, and indexes by age."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OPEN, WAITING = sa.text("closed_at IS NULL"), sa.text("state = 'waiting'")


def word(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def document() -> sa.JSON:
    return sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "finding",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(24), nullable=False),
        sa.Column("subject_id", sa.String(32), nullable=False),
        sa.Column("facts", document(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_finding_centre_id"), "finding", ["centre_id"])
    op.create_index(op.f("ix_finding_subject_id"), "finding", ["subject_id"])
    op.create_index(
        "finding_one_open", "finding", ["kind", "subject_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )

    op.create_table(
        "webhook",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("types", document(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_before", sa.LargeBinary()),
        sa.Column("before_until", UTCDateTime()),
        sa.Column("state", word("webhook_state", "active", "disabled", "retired"), nullable=False),
        sa.Column("because", word("webhook_because", "by_hand", "gone", "failing")),
        sa.Column("disabled_at", UTCDateTime()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", UTCDateTime()),
        sa.Column("rest_until", UTCDateTime()),
        sa.Column("claimed_by", sa.String(80)),
        sa.Column("claimed_until", UTCDateTime()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String()),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_webhook_centre_id"), "webhook", ["centre_id"])

    op.create_table(
        "delivery",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("webhook_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("data", document(), nullable=False),
        sa.Column("state", word("delivery_state", "waiting", "delivered", "dead"), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=False),
        sa.Column("attempted_at", UTCDateTime()),
        sa.Column("status", sa.Integer()),
        sa.Column("trouble", word("delivery_trouble", "status", "timeout", "unreachable", "forbidden", "broken_off")),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_delivery_centre_id"), "delivery", ["centre_id"])
    op.create_index("delivery_of_webhook", "delivery", ["webhook_id", "created_at"])
    op.create_index("delivery_ended", "delivery", ["state", "ended_at"])
    op.create_index(
        "delivery_due", "delivery", ["webhook_id", "next_at"], sqlite_where=WAITING, postgresql_where=WAITING
    )

    with op.batch_alter_table("centre") as table:
        table.add_column(sa.Column("checked_on", sa.Date()))
    op.create_index("idempotency_age", "idempotency", ["created_at"])
    op.create_index("outbox_done", "outbox", ["done_at"])


def downgrade() -> None:
    op.drop_index("outbox_done", "outbox")
    op.drop_index("idempotency_age", "idempotency")
    with op.batch_alter_table("centre") as table:
        table.drop_column("checked_on")
    for name in ("delivery", "webhook", "finding"):
        op.drop_table(name)
