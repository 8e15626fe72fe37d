"""The first schema: every table, and three of them append-only."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import UTCDateTime

from dispatch.registry.append_only import APPEND_ONLY, protect, release

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def word(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "centre",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("parent_id", sa.String()),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("level", word("centre_level", "nation", "province", "city", "county"), nullable=False),
        sa.Column("time_zone", sa.String(40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index(op.f("ix_centre_parent_id"), "centre", ["parent_id"])
    op.create_table(
        "lease",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("holder", sa.String(80), nullable=False),
        sa.Column("beat_at", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "area",
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("latitude", sa.Float()),
        sa.Column("longitude", sa.Float()),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="area_point_whole"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("centre_id", "code"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.String(32)),
        sa.Column("verb", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.String(40)),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_audit_centre_id"), "audit", ["centre_id"])
    op.create_table(
        "institution",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column(
            "kind",
            word(
                "institution_kind",
                "legal_aid_centre",
                "law_firm",
                "grassroots_office",
                "social_org",
                "mass_org",
                "judicial_office",
                "university",
            ),
        ),
        sa.Column("area", sa.String(40)),
        sa.Column("latitude", sa.Float()),
        sa.Column("longitude", sa.Float()),
        sa.Column("capacity", sa.Integer()),
        sa.Column("entered_on", sa.Date()),
        sa.Column("left_on", sa.Date()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="institution_point_whole"),
        sa.CheckConstraint("capacity IS NULL OR capacity >= 0", name="institution_capacity_not_negative"),
        sa.CheckConstraint("left_on IS NULL OR entered_on IS NULL OR left_on >= entered_on", name="institution_dates"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "code", name="institution_code_once"),
    )
    op.create_index(op.f("ix_institution_centre_id"), "institution", ["centre_id"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("job", sa.String(80), nullable=False),
        sa.Column("argument", sa.String(32), nullable=False),
        sa.Column("queue", sa.String(20), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("sent_at", UTCDateTime()),
        sa.Column("done_at", UTCDateTime()),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_outbox_centre_id"), "outbox", ["centre_id"])
    op.create_index(
        "outbox_open",
        "outbox",
        ["id"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "practitioner",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("left_on IS NULL OR left_on >= entered_on", name="practitioner_dates"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "code", name="practitioner_code_once"),
    )
    op.create_index(op.f("ix_practitioner_centre_id"), "practitioner", ["centre_id"])
    op.create_table(
        "app_user",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("login", sa.String(80), nullable=False),
        sa.Column(
            "role",
            word(
                "user_role", "clerk", "manager", "practitioner", "institution", "recipient", "organ", "auditor", "admin"
            ),
            nullable=False,
        ),
        sa.Column("practitioner_id", sa.String()),
        sa.Column("institution_id", sa.String()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "login", name="user_login_once"),
    )
    op.create_index(op.f("ix_app_user_centre_id"), "app_user", ["centre_id"])
    op.create_index(op.f("ix_app_user_practitioner_id"), "app_user", ["practitioner_id"])
    op.create_table(
        "attributes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column(
            "kind",
            word(
                "practitioner_kind",
                "lawyer",
                "grassroots_worker",
                "centre_lawyer",
                "centre_staff",
                "government_lawyer",
                "company_lawyer",
                "volunteer_lawyer",
                "volunteer",
            ),
        ),
        sa.Column("sex", word("practitioner_sex", "female", "male")),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("licence_valid_to", sa.Date()),
        sa.Column("assessment_passed", sa.Boolean()),
        sa.Column("practising_since", sa.Date()),
        sa.Column("criminal_defence_since", sa.Date()),
        sa.Column("minor_trained", sa.Boolean()),
        sa.Column("legal_qualification", sa.Boolean()),
        sa.Column("specialties", DOCUMENT),
        sa.Column("experience", DOCUMENT),
        sa.Column("languages", DOCUMENT),
        sa.Column("areas", DOCUMENT),
        sa.Column("former_offices", DOCUMENT),
        sa.Column("relatives_at", DOCUMENT),
        sa.Column("quality", sa.Integer()),
        sa.Column("latitude", sa.Float()),
        sa.Column("longitude", sa.Float()),
        sa.Column("capacity", sa.Integer()),
        sa.Column("monthly_capacity", sa.Integer()),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="attributes_point_whole"),
        sa.CheckConstraint("capacity IS NULL OR capacity >= 0", name="attributes_capacity_not_negative"),
        sa.CheckConstraint(
            "monthly_capacity IS NULL OR monthly_capacity >= 0", name="attributes_monthly_capacity_not_negative"
        ),
        sa.CheckConstraint("quality IS NULL OR quality BETWEEN 0 AND 100", name="attributes_quality_level"),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name="attributes_dates"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("practitioner_id", "from_on", "recorded_at", name="attributes_once"),
    )
    op.create_index(
        "attributes_one_open",
        "attributes",
        ["practitioner_id"],
        unique=True,
        sqlite_where=sa.text("until_on IS NULL"),
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.create_index(op.f("ix_attributes_centre_id"), "attributes", ["centre_id"])
    op.create_index(op.f("ix_attributes_institution_id"), "attributes", ["institution_id"])
    op.create_index(op.f("ix_attributes_practitioner_id"), "attributes", ["practitioner_id"])
    op.create_table(
        "leave",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("until_on >= from_on", name="leave_dates"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_leave_centre_id"), "leave", ["centre_id"])
    op.create_index(op.f("ix_leave_practitioner_id"), "leave", ["practitioner_id"])
    op.create_table(
        "suspension",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("practitioner_id", sa.String()),
        sa.Column("institution_id", sa.String()),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("(practitioner_id IS NULL) <> (institution_id IS NULL)", name="suspension_of_one"),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name="suspension_dates"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_suspension_centre_id"), "suspension", ["centre_id"])
    op.create_index(op.f("ix_suspension_institution_id"), "suspension", ["institution_id"])
    op.create_index(op.f("ix_suspension_practitioner_id"), "suspension", ["practitioner_id"])
    op.create_table(
        "idempotency",
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", DOCUMENT),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("user_id", "key"),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("kind", word("job_kind", "run", "import"), nullable=False),
        sa.Column("status", word("job_status", "queued", "running", "done", "failed", "cancelled"), nullable=False),
        sa.Column("done_share", sa.Float(), nullable=False),
        sa.Column("phase", sa.String(40), nullable=False),
        sa.Column("cancel_wanted", sa.Boolean(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(80)),
        sa.Column("beat_at", UTCDateTime()),
        sa.Column("problem", DOCUMENT),
        sa.Column("result", DOCUMENT),
        sa.Column("asked_by", sa.String()),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime()),
        sa.CheckConstraint("done_share BETWEEN 0 AND 1", name="job_share"),
        sa.ForeignKeyConstraint(["asked_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_job_centre_id"), "job", ["centre_id"])
    op.create_index(op.f("ix_job_status"), "job", ["status"])
    op.create_table(
        "legal_case",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column(
            "status",
            word(
                "case_status",
                "received",
                "pending",
                "posted",
                "offered",
                "assigned",
                "accepted",
                "signed",
                "undertaken",
                "closed",
                "evaluated",
                "refused",
                "terminated",
                "withdrawn",
                "retained",
                "transferred",
            ),
            nullable=False,
        ),
        sa.Column(
            "source", word("case_source", "application", "notice_must", "notice_may", "transfer"), nullable=False
        ),
        sa.Column(
            "matter", word("case_matter", "criminal", "civil", "administrative", "non_litigation"), nullable=False
        ),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column(
            "service",
            word(
                "case_service",
                "consultation",
                "drafting",
                "defence",
                "criminal_agency",
                "litigation_agency",
                "non_litigation",
                "duty_help",
                "labour",
                "reconsideration",
            ),
            nullable=False,
        ),
        sa.Column(
            "stage",
            word(
                "case_stage",
                "investigation",
                "prosecution",
                "first_instance",
                "second_instance",
                "death_review",
                "retrial",
                "enforcement",
                "arbitration",
                "reconsideration",
                "non_litigation",
                "consultation",
            ),
            nullable=False,
        ),
        sa.Column(
            "means_test", word("case_means_test", "required", "exempt_from_check", "not_applicable"), nullable=False
        ),
        sa.Column("area", sa.String(40)),
        sa.Column("organ", sa.String(80)),
        sa.Column("categories", DOCUMENT, nullable=False),
        sa.Column("languages", DOCUMENT, nullable=False),
        sa.Column("domicile_areas", DOCUMENT, nullable=False),
        sa.Column("recipient_sex", word("case_recipient_sex", "female", "male")),
        sa.Column("recipient_is_minor", sa.Boolean()),
        sa.Column("detained", sa.Boolean()),
        sa.Column("grave", sa.Boolean()),
        sa.Column("sexual_assault", sa.Boolean()),
        sa.Column("death_review", sa.Boolean(), nullable=False),
        sa.Column("compulsory_treatment", sa.Boolean(), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("major", sa.Boolean(), nullable=False),
        sa.Column("demand", sa.Integer(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("granted_at", UTCDateTime()),
        sa.Column("due_at", UTCDateTime()),
        sa.Column("due_estimated", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.String(64)),
        sa.Column("duplicate_of", sa.String()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String()),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "status IN ('received', 'refused', 'withdrawn', 'transferred') OR granted_at IS NOT NULL",
            name="case_granted",
        ),
        sa.CheckConstraint("demand BETWEEN 1 AND 2", name="case_demand"),
        sa.CheckConstraint("due_at IS NULL OR due_at >= received_at", name="case_due_after_receipt"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["duplicate_of"], ["legal_case.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "number", name="case_number_once"),
    )
    op.create_index("case_queue", "legal_case", ["centre_id", "status", "due_at"])
    op.create_index(op.f("ix_legal_case_centre_id"), "legal_case", ["centre_id"])
    op.create_table(
        "policy",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("status", word("policy_status", "draft", "simulated", "published", "superseded"), nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_by", sa.String()),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("published_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "version", name="policy_version_once"),
    )
    op.create_index(op.f("ix_policy_centre_id"), "policy", ["centre_id"])
    op.create_index(
        "policy_one_in_force",
        "policy",
        ["centre_id"],
        unique=True,
        sqlite_where=sa.text("status = 'published'"),
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_table(
        "token",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime()),
        sa.Column("revoked_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index(op.f("ix_token_user_id"), "token", ["user_id"])
    op.create_table(
        "case_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("event", sa.String(24), nullable=False),
        sa.Column(
            "from_status",
            word(
                "event_from_status",
                "received",
                "pending",
                "posted",
                "offered",
                "assigned",
                "accepted",
                "signed",
                "undertaken",
                "closed",
                "evaluated",
                "refused",
                "terminated",
                "withdrawn",
                "retained",
                "transferred",
            ),
        ),
        sa.Column(
            "to_status",
            word(
                "event_to_status",
                "received",
                "pending",
                "posted",
                "offered",
                "assigned",
                "accepted",
                "signed",
                "undertaken",
                "closed",
                "evaluated",
                "refused",
                "terminated",
                "withdrawn",
                "retained",
                "transferred",
            ),
            nullable=False,
        ),
        sa.Column(
            "mode", word("event_mode", "optimized", "point_selection", "grab", "rotation", "continuity", "designation")
        ),
        sa.Column("actor_id", sa.String(32)),
        sa.Column("facts", DOCUMENT),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_case_event_case_id"), "case_event", ["case_id"])
    op.create_index(op.f("ix_case_event_centre_id"), "case_event", ["centre_id"])
    op.create_table(
        "import_file",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("mapping", sa.String()),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["id"], ["job.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_import_file_centre_id"), "import_file", ["centre_id"])
    op.create_table(
        "pair",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column(
            "kind",
            word(
                "pair_kind",
                "conflict",
                "refused",
                "duty_help",
                "co_defence",
                "opposite",
                "removed",
                "seated",
                "counsel",
            ),
            nullable=False,
        ),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "practitioner_id", "kind", name="pair_once"),
    )
    op.create_index(op.f("ix_pair_case_id"), "pair", ["case_id"])
    op.create_index(op.f("ix_pair_centre_id"), "pair", ["centre_id"])
    op.create_index(op.f("ix_pair_practitioner_id"), "pair", ["practitioner_id"])
    op.create_table(
        "party",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("role", word("party_role", "recipient", "opposing", "related"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("identity_key", sa.String(64)),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_party_case_id"), "party", ["case_id"])
    op.create_index(op.f("ix_party_centre_id"), "party", ["centre_id"])
    op.create_index(op.f("ix_party_identity_key"), "party", ["identity_key"])
    op.create_table(
        "relation",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("other_id", sa.String(), nullable=False),
        sa.Column("kind", word("relation_kind", "co_defendants", "opposing_sides", "earlier_stage"), nullable=False),
        sa.CheckConstraint("case_id <> other_id", name="relation_of_two"),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["other_id"], ["legal_case.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "other_id", "kind", name="relation_once"),
    )
    op.create_index(op.f("ix_relation_case_id"), "relation", ["case_id"])
    op.create_index(op.f("ix_relation_centre_id"), "relation", ["centre_id"])
    op.create_index(op.f("ix_relation_other_id"), "relation", ["other_id"])
    op.create_table(
        "run",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("case_ids", DOCUMENT, nullable=False),
        sa.Column("docket_at", UTCDateTime()),
        sa.Column("docket_digest", sa.String(64)),
        sa.Column("docket", sa.LargeBinary()),
        sa.Column("certificate", sa.LargeBinary()),
        sa.Column("objective", sa.BigInteger()),
        sa.Column("bound", sa.BigInteger()),
        sa.Column("optimal", sa.Boolean()),
        sa.Column("summary", DOCUMENT),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["id"], ["job.id"]),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_run_centre_id"), "run", ["centre_id"])
    op.create_table(
        "wish",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.CheckConstraint("rank BETWEEN 1 AND 3", name="wish_rank"),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "practitioner_id", name="wish_practitioner_once"),
        sa.UniqueConstraint("case_id", "rank", name="wish_rank_once"),
    )
    op.create_index(op.f("ix_wish_case_id"), "wish", ["case_id"])
    op.create_index(op.f("ix_wish_centre_id"), "wish", ["centre_id"])
    op.create_index(op.f("ix_wish_practitioner_id"), "wish", ["practitioner_id"])
    op.create_table(
        "assignment",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column(
            "mode",
            word("assignment_mode", "optimized", "point_selection", "grab", "rotation", "continuity", "designation"),
            nullable=False,
        ),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String()),
        sa.Column("decided_by", sa.String()),
        sa.Column("reason", sa.String(200)),
        sa.Column("assigned_at", UTCDateTime(), nullable=False),
        sa.Column("accepted_at", UTCDateTime()),
        sa.Column("ended_at", UTCDateTime()),
        sa.Column("end_reason", sa.String(40)),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= assigned_at", name="assignment_dates"),
        sa.CheckConstraint("seat BETWEEN 0 AND 1", name="assignment_seat"),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "assignment_one_live_per_seat",
        "assignment",
        ["case_id", "seat"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "assignment_one_seat_each",
        "assignment",
        ["case_id", "practitioner_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(op.f("ix_assignment_case_id"), "assignment", ["case_id"])
    op.create_index(op.f("ix_assignment_centre_id"), "assignment", ["centre_id"])
    op.create_index(op.f("ix_assignment_institution_id"), "assignment", ["institution_id"])
    op.create_index(op.f("ix_assignment_practitioner_id"), "assignment", ["practitioner_id"])
    op.create_index(op.f("ix_assignment_run_id"), "assignment", ["run_id"])
    op.create_table(
        "proposal",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("case_revision", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.String()),
        sa.Column("needs_reason", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Integer()),
        sa.Column("slot_price", sa.Integer()),
        sa.Column("terms", DOCUMENT),
        sa.Column("alternatives", DOCUMENT, nullable=False),
        sa.Column("refusals", DOCUMENT, nullable=False),
        sa.Column("state", word("proposal_state", "proposed", "applied", "stale", "rejected"), nullable=False),
        sa.Column("stale_reason", sa.String(80)),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("run_id", "case_id", "seat", name="proposal_seat_once"),
    )
    op.create_index(op.f("ix_proposal_case_id"), "proposal", ["case_id"])
    op.create_index(op.f("ix_proposal_centre_id"), "proposal", ["centre_id"])
    op.create_index("proposal_of_run", "proposal", ["run_id", "state"])
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String()),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("effort", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_ledger_centre_id"), "ledger", ["centre_id"])
    op.create_index("ledger_of_practitioner", "ledger", ["practitioner_id", "at"])

    for table in APPEND_ONLY:
        for statement in protect(op.get_bind().dialect.name, table):
            op.execute(statement)


def downgrade() -> None:
    for table in APPEND_ONLY:
        for statement in release(op.get_bind().dialect.name, table):
            op.execute(statement)
    op.drop_index("ledger_of_practitioner", table_name="ledger")
    op.drop_index(op.f("ix_ledger_centre_id"), table_name="ledger")
    op.drop_table("ledger")
    op.drop_index("proposal_of_run", table_name="proposal")
    op.drop_index(op.f("ix_proposal_centre_id"), table_name="proposal")
    op.drop_index(op.f("ix_proposal_case_id"), table_name="proposal")
    op.drop_table("proposal")
    op.drop_index(op.f("ix_assignment_run_id"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_practitioner_id"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_institution_id"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_centre_id"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_case_id"), table_name="assignment")
    op.drop_index("assignment_one_seat_each", table_name="assignment")
    op.drop_index("assignment_one_live_per_seat", table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_wish_practitioner_id"), table_name="wish")
    op.drop_index(op.f("ix_wish_centre_id"), table_name="wish")
    op.drop_index(op.f("ix_wish_case_id"), table_name="wish")
    op.drop_table("wish")
    op.drop_index(op.f("ix_run_centre_id"), table_name="run")
    op.drop_table("run")
    op.drop_index(op.f("ix_relation_other_id"), table_name="relation")
    op.drop_index(op.f("ix_relation_centre_id"), table_name="relation")
    op.drop_index(op.f("ix_relation_case_id"), table_name="relation")
    op.drop_table("relation")
    op.drop_index(op.f("ix_party_identity_key"), table_name="party")
    op.drop_index(op.f("ix_party_centre_id"), table_name="party")
    op.drop_index(op.f("ix_party_case_id"), table_name="party")
    op.drop_table("party")
    op.drop_index(op.f("ix_pair_practitioner_id"), table_name="pair")
    op.drop_index(op.f("ix_pair_centre_id"), table_name="pair")
    op.drop_index(op.f("ix_pair_case_id"), table_name="pair")
    op.drop_table("pair")
    op.drop_index(op.f("ix_import_file_centre_id"), table_name="import_file")
    op.drop_table("import_file")
    op.drop_index(op.f("ix_case_event_centre_id"), table_name="case_event")
    op.drop_index(op.f("ix_case_event_case_id"), table_name="case_event")
    op.drop_table("case_event")
    op.drop_index(op.f("ix_token_user_id"), table_name="token")
    op.drop_table("token")
    op.drop_index("policy_one_in_force", table_name="policy")
    op.drop_index(op.f("ix_policy_centre_id"), table_name="policy")
    op.drop_table("policy")
    op.drop_index(op.f("ix_legal_case_centre_id"), table_name="legal_case")
    op.drop_index("case_queue", table_name="legal_case")
    op.drop_table("legal_case")
    op.drop_index(op.f("ix_job_status"), table_name="job")
    op.drop_index(op.f("ix_job_centre_id"), table_name="job")
    op.drop_table("job")
    op.drop_table("idempotency")
    op.drop_index(op.f("ix_suspension_practitioner_id"), table_name="suspension")
    op.drop_index(op.f("ix_suspension_institution_id"), table_name="suspension")
    op.drop_index(op.f("ix_suspension_centre_id"), table_name="suspension")
    op.drop_table("suspension")
    op.drop_index(op.f("ix_leave_practitioner_id"), table_name="leave")
    op.drop_index(op.f("ix_leave_centre_id"), table_name="leave")
    op.drop_table("leave")
    op.drop_index(op.f("ix_attributes_practitioner_id"), table_name="attributes")
    op.drop_index(op.f("ix_attributes_institution_id"), table_name="attributes")
    op.drop_index(op.f("ix_attributes_centre_id"), table_name="attributes")
    op.drop_index("attributes_one_open", table_name="attributes")
    op.drop_table("attributes")
    op.drop_index(op.f("ix_app_user_practitioner_id"), table_name="app_user")
    op.drop_index(op.f("ix_app_user_centre_id"), table_name="app_user")
    op.drop_table("app_user")
    op.drop_index(op.f("ix_practitioner_centre_id"), table_name="practitioner")
    op.drop_table("practitioner")
    op.drop_index("outbox_open", table_name="outbox")
    op.drop_index(op.f("ix_outbox_centre_id"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("ix_institution_centre_id"), table_name="institution")
    op.drop_table("institution")
    op.drop_index(op.f("ix_audit_centre_id"), table_name="audit")
    op.drop_table("audit")
    op.drop_table("area")
    op.drop_table("lease")
    op.drop_index(op.f("ix_centre_parent_id"), table_name="centre")
    op.drop_table("centre")
