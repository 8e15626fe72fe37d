"""Documents issued in cases, files in the archive, the templates a centre put in place of ours, and its letterhead."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Column, Field, SQLModel

from dispatch.domain.documents import DocumentKind
from dispatch.registry.tables.columns import Moment, a_word, centre_field, document, id_field

IN_FORCE = text("voided_at IS NULL")
SENT = text("organ IS NOT NULL")
AWAITED = text("organ IS NOT NULL AND received_on IS NULL AND voided_at IS NULL")
TO_PRINT = text("printed_at IS NULL AND voided_at IS NULL")


class DocumentRow(SQLModel, table=True):
    """A document as it was issued; ``sealed`` is what its fields say. Rows stay, so no number comes twice."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("centre_id", "series", "year", "serial", name="document_number_once"),
        Index(
            "document_one_in_force", "kind", "about_id", unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE
        ),
        Index("document_to_organ", "centre_id", "organ", "issued_at", "id"),
        Index("document_sent_when", "centre_id", "issued_at", "id", sqlite_where=SENT, postgresql_where=SENT),
        Index("document_awaited", "centre_id", "issued_at", "id", sqlite_where=AWAITED, postgresql_where=AWAITED),
        Index("document_to_print", "centre_id", "issued_at", sqlite_where=TO_PRINT, postgresql_where=TO_PRINT),
        CheckConstraint("serial > 0", name="document_serial"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="document_void_whole"),
        CheckConstraint("(received_on IS NULL) = (received_by IS NULL)", name="document_receipt_whole"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    kind: DocumentKind = Field(sa_column=a_word(DocumentKind))
    about_id: str = Field(max_length=32)
    """The assignment, arrangement, request or paper it is about."""
    addressees: list[str] = Field(default_factory=list, sa_column=document(nullable=False))
    """Ids of the practitioners and institutions it is handed to, if its form is for them."""
    organ: str | None = Field(default=None, max_length=80)
    """The case organ it is sent to, if its form is a letter."""
    series: str = Field(max_length=12)
    year: int
    serial: int
    number: str = Field(max_length=60)
    sealed: bytes
    issued_by: str = Field(foreign_key="app_user.id")
    issued_at: Moment
    printed_at: Moment | None = None
    """When an officer first took it to print: opened its page, or had its file."""
    voided_at: Moment | None = None
    void_reason: str | None = Field(default=None, max_length=200)
    received_on: date | None = None
    """The day the case organ received the letter."""
    received_by: str | None = Field(default=None, foreign_key="app_user.id")
    """Who recorded the receipt."""


class ArchiveRow(SQLModel, table=True):
    """The file of a case as it was archived. Rows stay, so no number comes twice."""

    __tablename__ = "archive"
    __table_args__ = (
        UniqueConstraint("centre_id", "series", "year", "serial", name="archive_number_once"),
        Index("archive_one_in_force", "case_id", unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
        Index("archive_when", "centre_id", "archived_on"),
        CheckConstraint("serial > 0", name="archive_serial"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="archive_void_whole"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    case_id: str = Field(foreign_key="legal_case.id")
    series: str = Field(max_length=12)
    year: int
    serial: int
    number: str = Field(max_length=60)
    archived_on: date
    archived_by: str = Field(foreign_key="app_user.id")
    archived_at: Moment
    voided_at: Moment | None = None
    void_reason: str | None = Field(default=None, max_length=200)


class TemplateRow(SQLModel, table=True):
    """A centre's own .docx for a kind of document."""

    __tablename__ = "template"

    centre_id: str = Field(foreign_key="centre.id", primary_key=True, max_length=32)
    kind: DocumentKind = Field(sa_column=Column(a_word(DocumentKind).type, primary_key=True))
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    uploaded_by: str = Field(foreign_key="app_user.id")
    uploaded_at: Moment


class LetterheadRow(SQLModel, table=True):
    """What every document of a centre has: the character of the place before its numbers, and whom to ask."""

    __tablename__ = "letterhead"

    centre_id: str = Field(foreign_key="centre.id", primary_key=True, max_length=32)
    mark: str = Field(max_length=8)
    contact: str = Field(max_length=40)
    phone: str = Field(max_length=40)
    updated_at: Moment
