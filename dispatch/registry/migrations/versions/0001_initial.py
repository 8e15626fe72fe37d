"""The whole schema: tables, partial indexes, and the triggers that keep the history as it was written.

Nothing was released before it, so it is drafted anew with the tables; from the first release on it is never edited.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import UTCDateTime

from dispatch.registry.tables.append_only import APPEND_ONLY, LASTING, protect, release, settle, unsettle

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def word(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def index(name: str, table: str, *columns: str, unique: bool = False, where: str | None = None) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    op.create_table(
        "centre",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("parent_id", sa.String()),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("level", word("centre_level", "nation", "province", "city", "county"), nullable=False),
        sa.Column("time_zone", sa.String(40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("checked_on", sa.Date()),
        sa.Column("draw_root", sa.String(64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("code_key", name="centre_code_key_once"),
    )
    index("ix_centre_parent_id", "centre", "parent_id")

    op.create_table(
        "lease",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("holder", sa.String(80), nullable=False),
        sa.Column("beat_at", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "seal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("next_mark", sa.String(64)),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name="seal_one"),
        sa.PrimaryKeyConstraint("id"),
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
        "organ",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("kind", word("organ_kind", "court", "procuratorate", "public_security", "arbitration", "other")),
        sa.Column("area", sa.String(40)),
        sa.Column("retired_at", UTCDateTime()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_organ_centre_id", "organ", "centre_id")

    op.create_table(
        "organ_name",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("organ_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "key", name="organ_name_once"),
    )
    index("ix_organ_name_centre_id", "organ_name", "centre_id")
    index("ix_organ_name_organ_id", "organ_name", "organ_id")

    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.String(32)),
        sa.Column("actor_id", sa.String(32)),
        sa.Column("verb", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(60), nullable=False),
        sa.Column("subject_id", sa.String(40)),
        sa.Column("outcome", word("audit_outcome", "done", "refused"), nullable=False),
        sa.Column("reason", sa.String(120)),
        sa.Column("address", sa.String(45)),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("(outcome = 'refused') = (reason IS NOT NULL)", name="audit_refused_with_reason"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("audit_of_actor", "audit", "centre_id", "actor_id", "at", "id")
    index("audit_of_outcome", "audit", "centre_id", "outcome", "at", "id")
    index("audit_of_subject", "audit", "centre_id", "subject_id", "at", "id")
    index("audit_of_verb", "audit", "centre_id", "verb", "at", "id")
    index("audit_when", "audit", "centre_id", "at", "id")
    index("audit_with_address", "audit", "at", where="address IS NOT NULL")

    op.create_table(
        "finding",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(24), nullable=False),
        sa.Column("subject_id", sa.String(32), nullable=False),
        sa.Column("facts", DOCUMENT, nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime()),
        sa.Column("dismissed_by", sa.String(32)),
        sa.Column("reason", sa.String(200)),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("finding_one_open", "finding", "kind", "subject_id", unique=True, where="closed_at IS NULL")
    index("finding_made_when", "finding", "centre_id", "opened_at", "id")
    index("ix_finding_centre_id", "finding", "centre_id")
    index("ix_finding_subject_id", "finding", "subject_id")

    op.create_table(
        "institution",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(200)),
        sa.Column("entered_on", sa.Date()),
        sa.Column("left_on", sa.Date()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("left_on IS NULL OR entered_on IS NULL OR left_on >= entered_on", name="institution_dates"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "code", name="institution_code_once"),
        sa.UniqueConstraint("centre_id", "code_key", name="institution_code_key_once"),
    )
    index("ix_institution_centre_id", "institution", "centre_id")

    op.create_table(
        "institution_attributes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("superseded_at", UTCDateTime()),
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
                "justice_bureau",
                "university",
                "station",
                "contact_point",
                "service_centre",
                "service_provider",
                "research",
                "non_enterprise",
            ),
        ),
        sa.Column("area", sa.String(40)),
        sa.Column("latitude", sa.Float()),
        sa.Column("longitude", sa.Float()),
        sa.Column("capacity", sa.Integer()),
        sa.CheckConstraint("until_on IS NULL OR until_on > from_on", name="institution_attributes_dates"),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="institution_point_whole"),
        sa.CheckConstraint("capacity IS NULL OR capacity >= 0", name="institution_capacity_not_negative"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index(
        "institution_attributes_once", "institution_attributes", "institution_id", "from_on",
        unique=True, where="superseded_at IS NULL",
    )  # fmt: skip
    index("ix_institution_attributes_centre_id", "institution_attributes", "centre_id")
    index("ix_institution_attributes_institution_id", "institution_attributes", "institution_id")

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
    index("ix_outbox_centre_id", "outbox", "centre_id")
    index("outbox_done", "outbox", "done_at")
    index("outbox_open", "outbox", "id", where="done_at IS NULL")

    op.create_table(
        "practitioner",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("identity_key", sa.String(64)),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date()),
        sa.Column("merged_into", sa.String()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("left_on IS NULL OR left_on >= entered_on", name="practitioner_dates"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["merged_into"], ["practitioner.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "code", name="practitioner_code_once"),
        sa.UniqueConstraint("centre_id", "code_key", name="practitioner_code_key_once"),
    )
    index("ix_practitioner_centre_id", "practitioner", "centre_id")
    index("ix_practitioner_identity_key", "practitioner", "identity_key")

    op.create_table(
        "app_user",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("login", sa.String(80), nullable=False),
        sa.Column("login_key", sa.Text(), nullable=False),
        sa.Column(
            "role",
            word(
                "user_role", "clerk", "manager", "practitioner", "institution", "recipient", "organ", "auditor", "admin"
            ),
            nullable=False,
        ),
        sa.Column("practitioner_id", sa.String()),
        sa.Column("institution_id", sa.String()),
        sa.Column("organ", sa.String(80)),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("(role = 'organ') = (organ IS NOT NULL)", name="user_organ"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "login", name="user_login_once"),
        sa.UniqueConstraint("centre_id", "login_key", name="user_login_key_once"),
    )
    index("ix_app_user_centre_id", "app_user", "centre_id")
    index("ix_app_user_practitioner_id", "app_user", "practitioner_id")
    index("user_listed", "app_user", "centre_id", "login", "id", where="role <> 'recipient'")

    op.create_table(
        "attributes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("superseded_at", UTCDateTime()),
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
                "organisation_staff",
                "military_lawyer",
            ),
        ),
        sa.Column("sex", word("practitioner_sex", "female", "male")),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("assessment_valid_to", sa.Date()),
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
        sa.CheckConstraint("until_on IS NULL OR until_on > from_on", name="attributes_dates"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("attributes_once", "attributes", "practitioner_id", "from_on", unique=True, where="superseded_at IS NULL")
    index(
        "attributes_one_open", "attributes", "practitioner_id",
        unique=True, where="until_on IS NULL AND superseded_at IS NULL",
    )  # fmt: skip
    index("ix_attributes_centre_id", "attributes", "centre_id")
    index("ix_attributes_institution_id", "attributes", "institution_id")
    index("ix_attributes_practitioner_id", "attributes", "practitioner_id")

    op.create_table(
        "absence",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("kind", word("absence_kind", "leave", "suspension"), nullable=False),
        sa.Column("practitioner_id", sa.String()),
        sa.Column("institution_id", sa.String()),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("until_minute", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.String(7), nullable=False),
        sa.Column("reason", sa.String(40)),
        sa.Column("state", word("absence_state", "waiting", "in_force", "refused", "cancelled"), nullable=False),
        sa.Column("reported_by", sa.String()),
        sa.Column("decided_by", sa.String()),
        sa.Column("history", DOCUMENT, nullable=False),
        sa.Column("looked_on", sa.Date()),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("(practitioner_id IS NULL) <> (institution_id IS NULL)", name="absence_of_one"),
        sa.CheckConstraint("kind <> 'leave' OR practitioner_id IS NOT NULL", name="absence_leave_of_person"),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name="absence_dates"),
        sa.CheckConstraint(
            "0 <= from_minute AND from_minute < until_minute AND until_minute <= 1440", name="absence_minutes"
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.ForeignKeyConstraint(["reported_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_absence_centre_id", "absence", "centre_id")
    index("ix_absence_practitioner_id", "absence", "practitioner_id")
    index("ix_absence_institution_id", "absence", "institution_id")
    index("absence_from", "absence", "centre_id", "from_on", "id")
    index("absence_until", "absence", "centre_id", "until_on")
    index("absence_waiting", "absence", "centre_id", "created_at", where="state = 'waiting'")
    index(
        "absence_unseen", "absence", "centre_id", "from_on",
        where="state = 'in_force' AND (looked_on IS NULL OR until_on IS NULL OR looked_on <= until_on)",
    )  # fmt: skip

    op.create_table(
        "adjustment",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("effort", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200)),
        sa.Column("share", sa.String(40), nullable=False),
        sa.Column("from_on", sa.Date()),
        sa.Column("until_on", sa.Date()),
        sa.Column("undoes_id", sa.String()),
        sa.Column("made_by", sa.String()),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["undoes_id"], ["adjustment.id"]),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("undoes_id", name="adjustment_undone_once"),
        sa.CheckConstraint("(from_on IS NULL) = (until_on IS NULL)", name="adjustment_days_whole"),
    )
    index("adjustment_of_kind", "adjustment", "centre_id", "kind", "at", "id")
    index("ix_adjustment_centre_id", "adjustment", "centre_id")
    index("ix_adjustment_practitioner_id", "adjustment", "practitioner_id")

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
    index("idempotency_age", "idempotency", "created_at")

    op.create_table(
        "job",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
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
    index("job_made_when", "job", "centre_id", "created_at", "id")
    index("ix_job_centre_id", "job", "centre_id")
    index("ix_job_status", "job", "status")
    index("job_asked_when", "job", "centre_id", "kind", "status", "created_at")
    index("job_open", "job", "centre_id", "created_at", "id", where="finished_at IS NULL")
    index("job_ended_when", "job", "kind", "status", "finished_at")
    index("job_finished_when", "job", "centre_id", "kind", "finished_at")

    op.create_table(
        "legal_case",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("number_key", key(60), nullable=False),
        sa.Column("number_order", key(60), nullable=False),
        sa.Column(
            "status",
            word(
                "case_status",
                "received",
                "pending",
                "posted",
                "offered",
                "entrusted",
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
                "state_compensation",
                "mediation",
                "petition",
                "enforcement",
                "fee_relief",
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
                "arrest_review",
                "remand",
                "petition",
                "compulsory_treatment",
                "absentia",
                "confiscation",
                "sentence_change",
                "pre_litigation",
                "pre_arbitration",
                "mediation",
                "injury_finding",
                "land_arbitration",
                "enforcement_objection",
                "administrative_ruling",
                "state_compensation",
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
        sa.Column("court_area", sa.String(40)),
        sa.Column("interpreter", sa.Boolean(), nullable=False),
        sa.Column("recipient_sex", word("case_recipient_sex", "female", "male")),
        sa.Column("recipient_is_minor", sa.Boolean()),
        sa.Column("detained", sa.Boolean()),
        sa.Column("grave", sa.Boolean()),
        sa.Column("sexual_assault", sa.Boolean()),
        sa.Column("death_review", sa.Boolean()),
        sa.Column("review_court", word("case_review_court", "supreme", "high")),
        sa.Column("compulsory_treatment", sa.Boolean()),
        sa.Column("secret", sa.Boolean()),
        sa.Column("major", sa.Boolean(), nullable=False),
        sa.Column("demand", sa.Integer(), nullable=False),
        sa.Column("hearing_on", sa.Date()),
        sa.Column("limitation_ends_on", sa.Date()),
        sa.Column("custody_ends_on", sa.Date()),
        sa.Column("preservation", sa.Boolean()),
        sa.Column("dates_known_at", UTCDateTime()),
        sa.Column("means_status", sa.String(40)),
        sa.Column("means_ground", sa.String(40)),
        sa.Column("fund_source", sa.String(40)),
        sa.Column("aid_first", sa.String(40)),
        sa.Column("materials_owed", DOCUMENT, server_default="[]", nullable=False),
        sa.Column("materials_due_on", sa.Date()),
        sa.Column("relaxed", DOCUMENT, server_default="[]", nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("granted_at", UTCDateTime()),
        sa.Column("entitled_at", UTCDateTime()),
        sa.Column("due_at", UTCDateTime()),
        sa.Column("due_estimated", sa.Boolean(), nullable=False),
        sa.Column("due_source", DOCUMENT, server_default="[]", nullable=False),
        sa.Column("archive_number", sa.String(60)),
        sa.Column("archive_key", sa.Text()),
        sa.Column("fingerprint", sa.String(64)),
        sa.Column("duplicate_of", sa.String()),
        sa.Column("lot_of", sa.String()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String()),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "status IN ('received', 'refused', 'withdrawn', 'transferred') OR entitled_at IS NOT NULL",
            name="case_entitled",
        ),
        sa.CheckConstraint(
            "source NOT IN ('notice_must', 'notice_may') OR granted_at IS NULL", name="case_noticed_not_granted"
        ),
        sa.CheckConstraint("demand BETWEEN 1 AND 2", name="case_demand"),
        sa.CheckConstraint("due_at IS NULL OR due_at >= received_at", name="case_due_after_receipt"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["duplicate_of"], ["legal_case.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "number_key", name="case_number_once"),
    )
    index("case_by_deadline", "legal_case", "centre_id", "due_at", "id")
    index("case_archived", "legal_case", "centre_id", "archive_key", where="archive_key IS NOT NULL")
    index("case_entitled_when", "legal_case", "centre_id", "entitled_at")
    index("case_means_not_met", "legal_case", "centre_id", "status", where="means_status = 'not_met'")
    index("case_causes", "legal_case", "centre_id", "cause")
    index("case_by_number", "legal_case", "centre_id", "number_order", "id")
    index("case_of_organ", "legal_case", "centre_id", "organ", "number_order", "id")
    index("case_of_organ_when", "legal_case", "centre_id", "organ", "received_at", "id")
    index("case_by_state", "legal_case", "centre_id", "status", "number_order", "id")
    index("case_counted", "legal_case", "centre_id", "status", "matter", "area", "source", "due_at")
    index("case_queue", "legal_case", "centre_id", "status", "due_at", "id")
    index("case_waits", "legal_case", "status", "due_at")
    index("ix_legal_case_centre_id", "legal_case", "centre_id")

    op.create_table(
        "token",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("kind", word("token_kind", "token", "session", "invitation"), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime()),
        sa.Column("used_at", UTCDateTime()),
        sa.Column("idle_s", sa.Integer()),
        sa.Column("confirmed_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    index("ix_token_user_id", "token", "user_id")
    index("token_age", "token", "expires_at")

    op.create_table(
        "credential",
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("password", sa.String(200)),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("totp", sa.LargeBinary()),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("recovery", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("user_id"),
    )

    op.create_table(
        "identity",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("bound_at", UTCDateTime(), nullable=False),
        sa.Column("bound_by", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["bound_by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    index("ix_identity_user_id", "identity", "user_id")

    op.create_table(
        "guess",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.Column("good_at", UTCDateTime()),
        sa.PrimaryKeyConstraint("key"),
    )
    index("guess_age", "guess", "last_at")

    op.create_table(
        "confirmation",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("asked_by", sa.String(32), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by", sa.String(32)),
        sa.Column("decided_at", UTCDateTime()),
        sa.Column("approved", sa.Boolean()),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["asked_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("confirmation_waiting", "confirmation", "centre_id", "asked_at", "id", where="decided_at IS NULL")

    op.create_table(
        "webhook",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("types", DOCUMENT, nullable=False),
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
    index("ix_webhook_centre_id", "webhook", "centre_id")

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
                "entrusted",
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
                "entrusted",
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
    index("case_event_board", "case_event", "centre_id", "id", where="(from_status = 'posted' OR to_status = 'posted')")
    index("ix_case_event_case_id", "case_event", "case_id")
    index("ix_case_event_centre_id", "case_event", "centre_id")

    op.create_table(
        "delivery",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("webhook_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("data", DOCUMENT, nullable=False),
        sa.Column("state", word("delivery_state", "waiting", "delivered", "dead"), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=False),
        sa.Column("attempted_at", UTCDateTime()),
        sa.Column("status", sa.Integer()),
        sa.Column("trouble", word("delivery_trouble", "status", "timeout", "unreachable", "forbidden", "unsigned", "broken_off")),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("delivery_due", "delivery", "webhook_id", "next_at", where="state = 'waiting'")
    index("delivery_ended", "delivery", "state", "ended_at")
    index("delivery_of_webhook", "delivery", "webhook_id", "created_at")
    index("ix_delivery_centre_id", "delivery", "centre_id")

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
    index("ix_import_file_centre_id", "import_file", "centre_id")

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
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_link_case_id", "link", "case_id")
    index("ix_link_centre_id", "link", "centre_id")
    index("ix_link_user_id", "link", "user_id")

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
                "adverse",
                "unclear",
                "tied",
                "tie_unclear",
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
    index("ix_pair_case_id", "pair", "case_id")
    index("ix_pair_centre_id", "pair", "centre_id")
    index("ix_pair_practitioner_id", "pair", "practitioner_id")

    op.create_table(
        "party",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("role", word("party_role", "recipient", "opposing", "co_defendant", "spouse", "guardian", "related"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("identity_key", sa.String(64)),
        sa.Column("name_key", sa.String(64)),
        sa.Column("organ", sa.String(80)),
        sa.Column("recorded_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_party_case_id", "party", "case_id")
    index("ix_party_centre_id", "party", "centre_id")
    index("party_identity", "party", "centre_id", "identity_key", "role", "case_id")
    index("party_name", "party", "centre_id", "name_key", "role", "case_id")

    op.create_table(
        "conflict_review",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("other_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column(
            "outcome",
            word("conflict_outcome", "conflict", "different_person", "no_conflict", "consent"),
            nullable=False,
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reviewed_by", sa.String()),
        sa.Column("reviewed_at", UTCDateTime(), nullable=False),
        sa.Column("superseded_at", UTCDateTime()),
        sa.CheckConstraint("case_id <> other_id", name="conflict_review_of_two"),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["other_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["reviewed_by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index(
        "conflict_reviewed_once", "conflict_review", "case_id", "other_id", "key",
        unique=True, where="superseded_at IS NULL",
    )
    index("ix_conflict_review_case_id", "conflict_review", "case_id")
    index("ix_conflict_review_centre_id", "conflict_review", "centre_id")
    index("ix_conflict_review_other_id", "conflict_review", "other_id")

    op.create_table(
        "relation",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("other_id", sa.String(), nullable=False),
        sa.Column("kind", word("relation_kind", "co_defendants", "opposing_sides", "earlier_stage"), nullable=False),
        sa.Column("recorded_at", UTCDateTime()),
        sa.CheckConstraint("case_id <> other_id", name="relation_of_two"),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["other_id"], ["legal_case.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "other_id", "kind", name="relation_once"),
    )
    index("ix_relation_case_id", "relation", "case_id")
    index("ix_relation_centre_id", "relation", "centre_id")
    index("ix_relation_other_id", "relation", "other_id")

    op.create_table(
        "simulation",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("partner_id", sa.String(), nullable=False),
        sa.Column("policy_id", sa.String(32), nullable=False),
        sa.Column("policy_digest", sa.String(64), nullable=False),
        sa.Column("policy_document", DOCUMENT, nullable=False),
        sa.Column("against_id", sa.String(32), nullable=False),
        sa.Column("against_digest", sa.String(64), nullable=False),
        sa.Column("against_document", DOCUMENT, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("city", DOCUMENT),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("policy_part", sa.LargeBinary()),
        sa.Column("against_part", sa.LargeBinary()),
        sa.Column("result", DOCUMENT),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["id"], ["job.id"]),
        sa.ForeignKeyConstraint(["partner_id"], ["job.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_simulation_centre_id", "simulation", "centre_id")
    index("ix_simulation_policy_id", "simulation", "policy_id")

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
    index("ix_wish_case_id", "wish", "case_id")
    index("ix_wish_centre_id", "wish", "centre_id")
    index("ix_wish_practitioner_id", "wish", "practitioner_id")

    op.create_table(
        "policy",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("status", word("policy_status", "draft", "simulated", "published", "superseded"), nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("base_id", sa.String()),
        sa.Column("repeats_id", sa.String()),
        sa.Column("note", sa.String(400)),
        sa.Column("edits", DOCUMENT, server_default="[]", nullable=False),
        sa.Column("local_rules", DOCUMENT, server_default="[]", nullable=False),
        sa.Column("simulation_id", sa.String()),
        sa.Column("evidence", DOCUMENT),
        sa.Column("created_by", sa.String()),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("published_by", sa.String()),
        sa.Column("published_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["base_id"], ["policy.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["published_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["repeats_id"], ["policy.id"]),
        sa.ForeignKeyConstraint(["simulation_id"], ["simulation.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "version", name="policy_version_once"),
    )
    index("ix_policy_centre_id", "policy", "centre_id")
    index("policy_one_in_force", "policy", "centre_id", unique=True, where="status = 'published'")

    op.create_table(
        "appraised_day",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("realised", sa.BigInteger(), nullable=False),
        sa.Column("best", sa.BigInteger(), nullable=False),
        sa.Column("parity", DOCUMENT, nullable=False),
        sa.CheckConstraint("compared <= seats", name="day_compared"),
        sa.CheckConstraint("realised <= best", name="day_best"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "on", name="day_once"),
    )
    index("ix_appraised_day_centre_id", "appraised_day", "centre_id")

    op.create_table(
        "plan",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("chain", sa.String(40), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column(
            "mode",
            word("plan_mode", "optimized", "point_selection", "grab", "rotation", "continuity", "designation"),
            nullable=False,
        ),
        sa.Column("state", word("plan_state", "open", "done", "stopped"), nullable=False),
        sa.Column("began_at", UTCDateTime(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime()),
        sa.Column("asks_at", UTCDateTime()),
        sa.Column("promised", sa.Integer(), nullable=False),
        sa.Column("reminded_at", UTCDateTime()),
        sa.Column("escalated_at", UTCDateTime()),
        sa.Column("ended_at", UTCDateTime()),
        sa.CheckConstraint("promised BETWEEN 0 AND 3", name="plan_promised"),
        sa.CheckConstraint("step >= 0", name="plan_step"),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_plan_case_id", "plan", "case_id")
    index("ix_plan_centre_id", "plan", "centre_id")
    index("plan_due", "plan", "ends_at", where="state = 'open'")
    index("plan_one_open", "plan", "case_id", unique=True, where="state = 'open'")

    op.create_table(
        "run",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("policy_digest", sa.String(64)),
        sa.Column("draw_on", sa.Date()),
        sa.Column("seed", sa.BigInteger()),
        sa.Column("exceptions", DOCUMENT, nullable=False),
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
    index("run_in_order", "run", "centre_id", "id")
    index("ix_run_centre_id", "run", "centre_id")

    op.create_table(
        "draw",
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("committed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("centre_id", "on"),
    )

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
        sa.Column("pool", sa.Integer()),
        sa.Column("assigned_at", UTCDateTime(), nullable=False),
        sa.Column("accepted_at", UTCDateTime()),
        sa.Column("signed_at", UTCDateTime()),
        sa.Column("begun_at", UTCDateTime()),
        sa.Column("ended_at", UTCDateTime()),
        sa.Column("end_reason", sa.String(40)),
        sa.Column("finished_on", sa.Date()),
        sa.Column("outcome", sa.String(40)),
        sa.Column("grade", sa.String(40)),
        sa.Column("graded_at", UTCDateTime()),
        sa.Column("stars", sa.Integer()),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= assigned_at", name="assignment_dates"),
        sa.CheckConstraint("seat BETWEEN 0 AND 1", name="assignment_seat"),
        sa.CheckConstraint("stars IS NULL OR stars BETWEEN 1 AND 5", name="assignment_stars"),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("assignment_ended_when", "assignment", "centre_id", "ended_at")
    index("assignment_graded_when", "assignment", "centre_id", "graded_at", where="graded_at IS NOT NULL")
    index("assignment_live", "assignment", "centre_id", "practitioner_id", "institution_id", where="ended_at IS NULL")
    index("assignment_made_when", "assignment", "centre_id", "assigned_at", "practitioner_id", "end_reason")
    index("assignment_one_live_per_seat", "assignment", "case_id", "seat", unique=True, where="ended_at IS NULL")
    index("assignment_one_seat_each", "assignment", "case_id", "practitioner_id", unique=True, where="ended_at IS NULL")
    index("ix_assignment_case_id", "assignment", "case_id")
    index("ix_assignment_centre_id", "assignment", "centre_id")
    index("ix_assignment_institution_id", "assignment", "institution_id")
    index("ix_assignment_practitioner_id", "assignment", "practitioner_id")
    index("ix_assignment_run_id", "assignment", "run_id")

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
        sa.Column("above", DOCUMENT, nullable=False),
        sa.CheckConstraint("(run_id IS NULL) <> (month IS NULL)", name="bound_of_run_or_month"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "month", name="bound_once_per_month"),
        sa.UniqueConstraint("run_id", name="bound_once_per_run"),
    )
    index("ix_fairness_bound_centre_id", "fairness_bound", "centre_id")

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
    index("ix_posting_case_id", "posting", "case_id")
    index("ix_posting_centre_id", "posting", "centre_id")
    index("posting_open", "posting", "centre_id", where="state = 'open'")
    index("posting_made_when", "posting", "centre_id", "posted_at")
    index("posting_one_open", "posting", "case_id", unique=True, where="state = 'open'")
    index("posting_sealed", "posting", "sealed_until", where="state = 'open'")

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
    index("ix_proposal_case_id", "proposal", "case_id")
    index("ix_proposal_centre_id", "proposal", "centre_id")
    index("proposal_of_run", "proposal", "run_id", "state")

    op.create_table(
        "abandonment",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String(), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column(
            "reason",
            word("abandonment_reason", "conflict", "busy", "away", "specialty", "distance", "health", "other"),
            nullable=False,
        ),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("review", word("abandonment_review", "waiting", "approved", "rejected", "lapsed"), nullable=False),
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
    index("abandonment_of_practitioner", "abandonment", "practitioner_id", "at")
    index("ix_abandonment_case_id", "abandonment", "case_id")
    index("abandonment_by_review", "abandonment", "centre_id", "review", "at", "id")
    index("abandonment_made_when", "abandonment", "centre_id", "at", "id")
    index("ix_abandonment_centre_id", "abandonment", "centre_id")

    op.create_table(
        "appraisal",
        sa.Column("assignment_id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("score", sa.Integer()),
        sa.Column("best", sa.Integer()),
        sa.Column("place", sa.Integer()),
        sa.Column("pool", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("assignment_id"),
    )
    index("ix_appraisal_centre_id", "appraisal", "centre_id")

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
    index("claim_of_practitioner", "claim", "practitioner_id", "state", "settled_at")
    index("claim_one_open_each", "claim", "case_id", "practitioner_id", unique=True, where="state = 'open'")
    index("ix_claim_assignment_id", "claim", "assignment_id")
    index("ix_claim_case_id", "claim", "case_id")
    index("claim_made_when", "claim", "centre_id", "claimed_at", "id")
    index("ix_claim_centre_id", "claim", "centre_id")
    index("ix_claim_posting_id", "claim", "posting_id")

    op.create_table(
        "designation",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("state", word("designation_state", "waiting", "approved", "rejected", "lapsed"), nullable=False),
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
    index("designation_by_state", "designation", "centre_id", "state", "named_at", "id")
    index("designation_one_waiting", "designation", "case_id", unique=True, where="state = 'waiting'")
    index("ix_designation_case_id", "designation", "case_id")
    index("ix_designation_centre_id", "designation", "centre_id")

    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String()),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("effort", sa.Integer(), nullable=False),
        sa.Column("share", sa.String(40), server_default="1", nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_ledger_centre_id", "ledger", "centre_id")
    index("ledger_of_assignment", "ledger", "assignment_id")
    index("ledger_of_practitioner", "ledger", "practitioner_id", "at")
    index("ledger_sums", "ledger", "centre_id", "practitioner_id", "share", "kind", "at", "turns", "effort")
    index("ledger_when", "ledger", "centre_id", "at")

    op.create_table(
        "offer",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column(
            "mode",
            word("offer_mode", "optimized", "point_selection", "grab", "rotation", "continuity", "designation"),
            nullable=False,
        ),
        sa.Column("policy_id", sa.String()),
        sa.Column("plan_id", sa.String()),
        sa.Column("run_id", sa.String()),
        sa.Column(
            "state", word("offer_state", "pending", "accepted", "declined", "expired", "withdrawn"), nullable=False
        ),
        sa.Column(
            "reason", word("offer_reason", "conflict", "busy", "away", "specialty", "distance", "health", "other")
        ),
        sa.Column("offered_by", sa.String()),
        sa.Column("offered_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("answered_at", UTCDateTime()),
        sa.Column("waived_until", UTCDateTime()),
        sa.Column("released_at", UTCDateTime()),
        sa.Column("assignment_id", sa.String()),
        sa.CheckConstraint("expires_at > offered_at", name="offer_dates"),
        sa.CheckConstraint("seat BETWEEN 0 AND 1", name="offer_seat"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["offered_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"]),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_offer_assignment_id", "offer", "assignment_id")
    index("ix_offer_case_id", "offer", "case_id")
    index("ix_offer_centre_id", "offer", "centre_id")
    index("ix_offer_practitioner_id", "offer", "practitioner_id")
    index("offer_due", "offer", "expires_at", where="state = 'pending'")
    index("offer_made_when", "offer", "centre_id", "offered_at")
    index("offer_pending", "offer", "centre_id", "practitioner_id", where="state = 'pending'")
    index(
        "offer_waived", "offer", "centre_id", "waived_until", "practitioner_id", where="waived_until IS NOT NULL"
    )
    index(
        "offer_one_accepted_per_seat",
        "offer",
        "case_id",
        "seat",
        unique=True,
        where="state = 'accepted' AND released_at IS NULL",
    )
    index(
        "offer_one_pending_each", "offer", "case_id", "seat", "practitioner_id", unique=True, where="state = 'pending'"
    )

    op.create_table(
        "calendar_notice",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("rows", DOCUMENT, nullable=False),
        sa.Column("replaces_id", sa.String()),
        sa.Column("loaded_by", sa.String()),
        sa.Column("loaded_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime()),
        sa.CheckConstraint("year BETWEEN 2000 AND 2199", name="notice_year"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["loaded_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["replaces_id"], ["calendar_notice.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_calendar_notice_centre_id", "calendar_notice", "centre_id")
    index("notice_one_in_force", "calendar_notice", "centre_id", "year", unique=True, where="withdrawn_at IS NULL")

    op.create_table(
        "reckoning",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("was", UTCDateTime(), nullable=False),
        sa.Column("becomes", UTCDateTime(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["notice_id"], ["calendar_notice.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_reckoning_centre_id", "reckoning", "centre_id")
    index("ix_reckoning_notice_id", "reckoning", "notice_id")
    index("reckoning_of_centre", "reckoning", "centre_id", "at", "id")

    op.create_table(
        "clock",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String()),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("due_estimated", sa.Boolean(), nullable=False),
        sa.Column("fixed", sa.Boolean(), nullable=False),
        sa.Column("stopped_at", UTCDateTime()),
        sa.Column("became", word("clock_became", "met", "void", "excused", "paused")),
        sa.CheckConstraint("(stopped_at IS NULL) = (became IS NULL)", name="clock_stopped_whole"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("clock_by_deadline", "clock", "centre_id", "due_at", "id")
    index("clock_ends", "clock", "code", "due_at", where="stopped_at IS NULL")
    index("clock_of_case", "clock", "case_id", "code")
    index("clock_running", "clock", "centre_id", "due_at", where="stopped_at IS NULL")
    index("ix_clock_assignment_id", "clock", "assignment_id")
    index("ix_clock_centre_id", "clock", "centre_id")

    op.create_table(
        "amendment",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("case_number", sa.String(60), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("fields", DOCUMENT, nullable=False),
        sa.Column("safeguards", DOCUMENT, nullable=False),
        sa.Column("changes", DOCUMENT, nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("made_by", sa.String()),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by", sa.String()),
        sa.Column("decided_at", UTCDateTime()),
        sa.Column("answer", sa.LargeBinary()),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> made_by", name="amendment_second_person"),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("amendment_made_when", "amendment", "centre_id", "made_at", "id")
    index("amendment_by_state", "amendment", "centre_id", "state", "made_at")
    index("amendment_of_case", "amendment", "case_id", "made_at")
    index("amendment_waiting", "amendment", "case_id", where="state = 'waiting'")
    index("ix_amendment_centre_id", "amendment", "centre_id")

    op.create_table(
        "paper",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String()),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("facts", DOCUMENT, nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("filed_by", sa.String()),
        sa.Column("filed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["filed_by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_paper_assignment_id", "paper", "assignment_id")
    index("ix_paper_centre_id", "paper", "centre_id")
    index("paper_of_case", "paper", "case_id", "filed_at")

    op.create_table(
        "replacement",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String(), nullable=False),
        sa.Column(
            "asker", word("replacement_asker", "recipient", "practitioner", "institution", "centre"), nullable=False
        ),
        sa.Column("ground", sa.String(40), nullable=False),
        sa.Column("paper_id", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("state", word("replacement_state", "waiting", "approved", "rejected", "lapsed"), nullable=False),
        sa.Column("same_institution", sa.Boolean()),
        sa.Column("decided_by", sa.String()),
        sa.Column("decided_at", UTCDateTime()),
        sa.Column("successor_id", sa.String()),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="replacement_second_person"),
        sa.ForeignKeyConstraint(["asked_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"]),
        sa.ForeignKeyConstraint(["successor_id"], ["assignment.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_replacement_case_id", "replacement", "case_id")
    index("replacement_made_when", "replacement", "centre_id", "asked_at", "id")
    index("ix_replacement_centre_id", "replacement", "centre_id")
    index("replacement_by_state", "replacement", "centre_id", "state", "asked_at")
    index("replacement_one_waiting", "replacement", "assignment_id", unique=True, where="state = 'waiting'")

    op.create_table(
        "arrangement",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column(
            "state", word("arrangement_state", "open", "arranged", "expired", "declined", "withdrawn"), nullable=False
        ),
        sa.Column(
            "reason",
            word("arrangement_reason", "conflict", "busy", "away", "specialty", "distance", "health", "other"),
        ),
        sa.Column("note", sa.String(200)),
        sa.Column("entrusted_by", sa.String()),
        sa.Column("entrusted_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime()),
        sa.Column("assignment_id", sa.String()),
        sa.CheckConstraint("due_at > entrusted_at", name="arrangement_dates"),
        sa.CheckConstraint("seat BETWEEN 0 AND 1", name="arrangement_seat"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["entrusted_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("arrangement_made_when", "arrangement", "centre_id", "entrusted_at", "id")
    index("arrangement_due", "arrangement", "due_at", where="state = 'open'")
    index("arrangement_open", "arrangement", "centre_id", "institution_id", where="state = 'open'")
    index("arrangement_one_open", "arrangement", "case_id", unique=True, where="state = 'open'")
    index("ix_arrangement_case_id", "arrangement", "case_id")
    index("ix_arrangement_centre_id", "arrangement", "centre_id")
    index("ix_arrangement_institution_id", "arrangement", "institution_id")

    op.create_table(
        "document",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("about_id", sa.String(32), nullable=False),
        sa.Column("addressees", DOCUMENT, nullable=False),
        sa.Column("organ", sa.String(80)),
        sa.Column("series", sa.String(12), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("issued_at", UTCDateTime(), nullable=False),
        sa.Column("printed_at", UTCDateTime()),
        sa.Column("voided_at", UTCDateTime()),
        sa.Column("void_reason", sa.String(200)),
        sa.Column("received_on", sa.Date()),
        sa.Column("received_by", sa.String()),
        sa.CheckConstraint("(received_on IS NULL) = (received_by IS NULL)", name="document_receipt_whole"),
        sa.CheckConstraint("serial > 0", name="document_serial"),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="document_void_whole"),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["issued_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["received_by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "series", "year", "serial", name="document_number_once"),
    )
    index(
        "document_awaited", "document", "centre_id", "issued_at", "id",
        where="organ IS NOT NULL AND received_on IS NULL AND voided_at IS NULL",
    )  # fmt: skip
    index("document_one_in_force", "document", "kind", "about_id", unique=True, where="voided_at IS NULL")
    index("document_sent_when", "document", "centre_id", "issued_at", "id", where="organ IS NOT NULL")
    index("document_to_organ", "document", "centre_id", "organ", "issued_at", "id")
    index("document_to_print", "document", "centre_id", "issued_at", where="printed_at IS NULL AND voided_at IS NULL")
    index("ix_document_case_id", "document", "case_id")
    index("ix_document_centre_id", "document", "centre_id")

    op.create_table(
        "template",
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("uploaded_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["uploaded_by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("centre_id", "kind"),
    )
    op.create_table(
        "letterhead",
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("mark", sa.String(8), nullable=False),
        sa.Column("contact", sa.String(40), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("centre_id"),
    )

    op.create_table(
        "complaint",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("about_id", sa.String(32), nullable=False),
        sa.Column("assignment_id", sa.String()),
        sa.Column("practitioner_id", sa.String()),
        sa.Column("ground", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("complainant", sa.String(40), nullable=False),
        sa.Column("state", word("complaint_state", "received", "accepted", "rejected", "upheld", "not_upheld", "void"), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("decided_at", UTCDateTime()),
        sa.Column("concluded_at", UTCDateTime()),
        sa.Column("answered_at", UTCDateTime()),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("clock_ids", DOCUMENT, nullable=False),
        sa.CheckConstraint("answered_at IS NULL OR concluded_at IS NOT NULL", name="complaint_answered"),
        sa.CheckConstraint("(state IN ('upheld', 'not_upheld')) = (concluded_at IS NOT NULL)", name="complaint_concluded"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.ForeignKeyConstraint(["recorded_by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("complaint_one_under_way", "complaint", "about_id", unique=True, where="state IN ('received', 'accepted')")
    index("complaint_upheld", "complaint", "centre_id", "concluded_at", where="state = 'upheld'")
    index("complaint_when", "complaint", "centre_id", "received_at")
    index("ix_complaint_assignment_id", "complaint", "assignment_id")
    index("ix_complaint_case_id", "complaint", "case_id")
    index("ix_complaint_centre_id", "complaint", "centre_id")
    index("ix_complaint_practitioner_id", "complaint", "practitioner_id")

    op.create_table(
        "subsidy_table",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("version > 0", name="subsidy_table_version"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "version", name="subsidy_table_version_once"),
    )
    index("ix_subsidy_table_centre_id", "subsidy_table", "centre_id")

    op.create_table(
        "settlement",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String(), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("table_id", sa.String(), nullable=False),
        sa.Column("table_row", sa.Integer(), nullable=False),
        sa.Column("fund", sa.String(40), nullable=False),
        sa.Column("grade", sa.String(40)),
        sa.Column("service_days", sa.Float()),
        sa.Column("costs", DOCUMENT, nullable=False),
        sa.Column("part_percent", sa.Integer()),
        sa.Column("lines", DOCUMENT, nullable=False),
        sa.Column("total_fen", sa.Integer(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=False),
        sa.Column("settled_at", UTCDateTime(), nullable=False),
        sa.Column("paid_on", sa.Date()),
        sa.Column("voided_at", UTCDateTime()),
        sa.Column("void_reason", sa.String(200)),
        sa.CheckConstraint("service_days IS NULL OR service_days >= 0", name="settlement_days"),
        sa.CheckConstraint("part_percent IS NULL OR part_percent BETWEEN 0 AND 100", name="settlement_part"),
        sa.CheckConstraint("total_fen >= 0", name="settlement_total"),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="settlement_void_whole"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.ForeignKeyConstraint(["settled_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["table_id"], ["subsidy_table.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_settlement_case_id", "settlement", "case_id")
    index("ix_settlement_centre_id", "settlement", "centre_id")
    index("ix_settlement_practitioner_id", "settlement", "practitioner_id")
    index("settlement_one_in_force", "settlement", "assignment_id", unique=True, where="voided_at IS NULL")
    index("settlement_when", "settlement", "centre_id", "settled_at")

    op.create_table(
        "funding",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("recipient_group", sa.String(40)),
        sa.Column("state", word("funding_state", "applied", "approved", "rejected", "void"), nullable=False),
        sa.Column("applied_by", sa.String(), nullable=False),
        sa.Column("applied_at", UTCDateTime(), nullable=False),
        sa.Column("decided_on", sa.Date()),
        sa.Column("decided_by", sa.String()),
        sa.Column("reference", sa.String(80)),
        sa.CheckConstraint("(state IN ('approved', 'rejected')) = (decided_on IS NOT NULL)", name="funding_decided"),
        sa.ForeignKeyConstraint(["applied_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("funding_one_open", "funding", "case_id", unique=True, where="state IN ('applied', 'approved')")
    index("funding_when", "funding", "centre_id", "applied_at")
    index("ix_funding_case_id", "funding", "case_id")
    index("ix_funding_centre_id", "funding", "centre_id")

    op.create_table(
        "archive",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("series", sa.String(12), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("archived_on", sa.Date(), nullable=False),
        sa.Column("archived_by", sa.String(), nullable=False),
        sa.Column("archived_at", UTCDateTime(), nullable=False),
        sa.Column("voided_at", UTCDateTime()),
        sa.Column("void_reason", sa.String(200)),
        sa.CheckConstraint("serial > 0", name="archive_serial"),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="archive_void_whole"),
        sa.ForeignKeyConstraint(["archived_by"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("centre_id", "series", "year", "serial", name="archive_number_once"),
    )
    index("archive_one_in_force", "archive", "case_id", unique=True, where="voided_at IS NULL")
    index("archive_when", "archive", "centre_id", "archived_on")
    index("ix_archive_centre_id", "archive", "centre_id")

    op.create_table(
        "roster_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("practitioner_id", sa.String()),
        sa.Column("institution_id", sa.String()),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("before", DOCUMENT, nullable=False),
        sa.Column("after", DOCUMENT, nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("reason", sa.String(200)),
        sa.Column("actor_id", sa.String(32)),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("(practitioner_id IS NULL) <> (institution_id IS NULL)", name="roster_change_of_one"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_roster_change_centre_id", "roster_change", "centre_id")
    index("ix_roster_change_institution_id", "roster_change", "institution_id")
    index("ix_roster_change_practitioner_id", "roster_change", "practitioner_id")

    op.create_table(
        "assessment",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(40), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("reason", sa.String(200)),
        sa.Column("recorded_by", sa.String(32)),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("superseded_at", UTCDateTime()),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= decided_on", name="assessment_dates"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("assessment_once", "assessment", "practitioner_id", "year", unique=True, where="superseded_at IS NULL")
    index("ix_assessment_centre_id", "assessment", "centre_id")
    index("ix_assessment_practitioner_id", "assessment", "practitioner_id")

    op.create_table(
        "specialty_evidence",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("case_number", sa.String(60)),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.String(32)),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime()),
        sa.Column("reason", sa.String(200)),
        sa.CheckConstraint("level BETWEEN 0 AND 100", name="specialty_level"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_specialty_evidence_centre_id", "specialty_evidence", "centre_id")
    index("ix_specialty_evidence_practitioner_id", "specialty_evidence", "practitioner_id")

    op.create_table(
        "declared_tie",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("practitioner_id", sa.String()),
        sa.Column("institution_id", sa.String()),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("relation", sa.String(40)),
        sa.Column("organ", sa.String(120)),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("identity_key", sa.String(64)),
        sa.Column("name_key", sa.String(64)),
        sa.Column("from_on", sa.Date()),
        sa.Column("until_on", sa.Date()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("declared_by", sa.String(32)),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("removed_at", UTCDateTime()),
        sa.CheckConstraint("(practitioner_id IS NULL) <> (institution_id IS NULL)", name="declared_tie_of_one"),
        sa.CheckConstraint("until_on IS NULL OR from_on IS NULL OR until_on >= from_on", name="declared_tie_dates"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"]),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("declared_tie_code", "declared_tie", "centre_id", "code", unique=True, where="removed_at IS NULL")
    index("declared_tie_identity", "declared_tie", "centre_id", "identity_key")
    index("declared_tie_name", "declared_tie", "centre_id", "name_key")
    index("declared_tie_kind", "declared_tie", "centre_id", "kind", "practitioner_id")
    index("declared_tie_organ", "declared_tie", "centre_id", "kind", "organ")
    index("ix_declared_tie_centre_id", "declared_tie", "centre_id")
    index("ix_declared_tie_practitioner_id", "declared_tie", "practitioner_id")
    index("ix_declared_tie_institution_id", "declared_tie", "institution_id")

    op.create_table(
        "tie_review",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("tie_id", sa.String(), nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reviewed_by", sa.String()),
        sa.Column("reviewed_at", UTCDateTime(), nullable=False),
        sa.Column("superseded_at", UTCDateTime()),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["legal_case.id"]),
        sa.ForeignKeyConstraint(["tie_id"], ["declared_tie.id"]),
        sa.ForeignKeyConstraint(["reviewed_by"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index(
        "tie_reviewed_once", "tie_review", "case_id", "tie_id", "consent", unique=True, where="superseded_at IS NULL"
    )
    index("ix_tie_review_centre_id", "tie_review", "centre_id")
    index("ix_tie_review_case_id", "tie_review", "case_id")
    index("ix_tie_review_tie_id", "tie_review", "tie_id")

    op.create_table(
        "distinct_pair",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("centre_id", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(20), nullable=False),
        sa.Column("one_id", sa.String(32), nullable=False),
        sa.Column("other_id", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("decided_by", sa.String(32)),
        sa.Column("decided_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subject", "one_id", "other_id", name="distinct_pair_once"),
    )
    index("ix_distinct_pair_centre_id", "distinct_pair", "centre_id")
    index("ix_distinct_pair_one_id", "distinct_pair", "one_id")
    index("ix_distinct_pair_other_id", "distinct_pair", "other_id")

    op.create_table(
        "log_leaf",
        sa.Column("log", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("address_salt", sa.LargeBinary()),
        sa.Column("address_mask", sa.String(64)),
        sa.PrimaryKeyConstraint("log", "position"),
        sa.UniqueConstraint("source", "row_id", name="log_leaf_once"),
    )
    op.create_table(
        "log_node",
        sa.Column("log", sa.String(32), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "height", "place"),
    )
    op.create_table(
        "log_tree",
        sa.Column("log", sa.String(32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("log"),
    )
    op.create_table(
        "log_floor",
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False),
        sa.Column("next", sa.Integer(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "log_head",
        sa.Column("log", sa.String(32), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("size >= 0", name="log_head_size"),
        sa.PrimaryKeyConstraint("log", "on"),
    )

    dialect = op.get_bind().dialect.name
    for table, statements in (*((each, protect) for each in APPEND_ONLY), *((each, settle) for each in LASTING)):
        columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
        for statement in statements(dialect, table, columns):
            op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in LASTING:
        for statement in unsettle(dialect, table):
            op.execute(statement)
    for table in APPEND_ONLY:
        for statement in release(dialect, table):
            op.execute(statement)
    built = sa.MetaData()
    built.reflect(op.get_bind(), only=lambda name, _: name != "alembic_version")
    for table in reversed(built.sorted_tables):
        op.drop_table(table.name)
