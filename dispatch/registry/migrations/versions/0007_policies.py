"""Policy versions that are drafted, tried and published; simulations; offers name their policy."""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = "CONSTRAINT job_kind CHECK (kind IN ('run', 'import'))"
OFFER_POLICY = """
    UPDATE offer SET policy_id = COALESCE(
        (SELECT run.policy_id FROM run WHERE run.id = offer.run_id),
        (SELECT plan.policy_id FROM plan WHERE plan.id = offer.plan_id)
    )
"""


def document() -> sa.JSON:
    return sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def policy_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("base_id", sa.String(), sa.ForeignKey("policy.id")),
        sa.Column("repeats_id", sa.String(), sa.ForeignKey("policy.id")),
        sa.Column("note", sa.String(400)),
        sa.Column("edits", document(), server_default="[]", nullable=False),
        sa.Column("local_rules", document(), server_default="[]", nullable=False),
        sa.Column("simulation_id", sa.String(), sa.ForeignKey("simulation.id")),
        sa.Column("published_by", sa.String(), sa.ForeignKey("app_user.id")),
    ]


def upgrade() -> None:
    op.create_table(
        "simulation",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("partner_id", sa.String(), nullable=False),
        sa.Column("policy_id", sa.String(32), nullable=False),
        sa.Column("policy_digest", sa.String(64), nullable=False),
        sa.Column("policy_document", document(), nullable=False),
        sa.Column("against_id", sa.String(32), nullable=False),
        sa.Column("against_digest", sa.String(64), nullable=False),
        sa.Column("against_document", document(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("city", document()),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("policy_part", sa.LargeBinary()),
        sa.Column("against_part", sa.LargeBinary()),
        sa.Column("result", document()),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["id"], ["job.id"]),
        sa.ForeignKeyConstraint(["partner_id"], ["job.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for name in ("centre_id", "policy_id"):
        op.create_index(op.f(f"ix_simulation_{name}"), "simulation", [name])
    for column in policy_columns():
        op.add_column("policy", column, inline_references=True)
    op.add_column("offer", sa.Column("policy_id", sa.String(), sa.ForeignKey("policy.id")), inline_references=True)
    op.execute(OFFER_POLICY)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("job_kind", "job")
        op.alter_column("job", "kind", type_=sa.String(40))
    else:
        rewrite_job(rf",\s*{re.escape(KINDS)}", "")
        rewrite_job(r"\bkind VARCHAR\(24\)", "kind VARCHAR(40)")


def downgrade() -> None:
    op.drop_column("offer", "policy_id")
    for column in reversed(policy_columns()):
        op.drop_column("policy", column.name)
    op.drop_table("simulation")
    op.execute("DELETE FROM job WHERE kind NOT IN ('run', 'import')")
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("job", "kind", type_=sa.String(24))
        op.create_check_constraint("job_kind", "job", "kind IN ('run', 'import')")
    else:
        rewrite_job(r"\bkind VARCHAR\(40\)", "kind VARCHAR(24)")
        rewrite_job(r"\)\s*$", f", {KINDS})")


def rewrite_job(pattern: str, by: str) -> None:
    # The way SQLite's manual gives to change a constraint of a table that others point at (ALTER TABLE, section 7).
    bind = op.get_bind()
    named = "type = 'table' AND name = 'job'"
    said = bind.exec_driver_sql(f"SELECT sql FROM sqlite_master WHERE {named}").scalar_one()
    written = re.sub(pattern, by, said)
    assert written != said, said
    bind.exec_driver_sql("PRAGMA writable_schema = 1")
    bind.exec_driver_sql(f"UPDATE sqlite_master SET sql = ? WHERE {named}", (written,))
    bind.exec_driver_sql("PRAGMA writable_schema = RESET")
