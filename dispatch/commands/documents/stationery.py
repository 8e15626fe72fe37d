"""The stationery of a centre: its letterhead, and its own templates in place of ours."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, select

from dispatch.domain.documents import DocumentKind
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.exchange.documents.word import default_template, require_template
from dispatch.registry.audit import note
from dispatch.registry.tables import LetterheadRow, TemplateRow
from dispatch.registry.transaction import Begin, Read


def set_letterhead(begin: Begin, actor: Actor, now: datetime, mark: str, contact: str, phone: str) -> LetterheadRow:
    """Set what every document to come has at its head and foot; issued ones stay as they are."""
    require(actor, Verb.MANAGE_TEMPLATES)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        row = tx.session.merge(
            LetterheadRow(centre_id=actor.centre_id, mark=mark, contact=contact, phone=phone, updated_at=now)
        )
        note(tx, actor, Verb.MANAGE_TEMPLATES, "letterhead", None, now)
        return row


def letterhead(read: Read, actor: Actor) -> LetterheadRow:
    """Return the centre's letterhead."""
    with read() as session:
        row = session.get(LetterheadRow, actor.centre_id)
    if row is None:
        raise NotFoundError(what="letterhead", id=actor.centre_id)
    return row


def replace_template(begin: Begin, actor: Actor, now: datetime, kind: DocumentKind, content: bytes) -> TemplateRow:
    """Put a centre's own .docx in place of ours; documents already issued are written with it too from now on."""
    require(actor, Verb.MANAGE_TEMPLATES)
    require_template(kind, content)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        row = tx.session.merge(
            TemplateRow(
                centre_id=actor.centre_id, kind=kind, content=content, uploaded_by=actor.user_id, uploaded_at=now
            )
        )
        note(tx, actor, Verb.MANAGE_TEMPLATES, kind.value, None, now)
        return row


def restore_template(begin: Begin, actor: Actor, now: datetime, kind: DocumentKind) -> None:
    """Go back to our template. Idempotent."""
    require(actor, Verb.MANAGE_TEMPLATES)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        if own := tx.session.get(TemplateRow, (actor.centre_id, kind)):
            tx.session.delete(own)
            note(tx, actor, Verb.MANAGE_TEMPLATES, kind.value, None, now)


def template(read: Read, actor: Actor, kind: DocumentKind) -> bytes:
    """Return the template in use: the centre's own, or ours."""
    with read() as session:
        own = session.get(TemplateRow, (actor.centre_id, kind))
    return own.content if own else default_template(kind)


def own_templates(session: Session, centre_id: str) -> Mapping[DocumentKind, datetime]:
    """Return since when the centre has used templates of its own."""
    held = session.exec(select(TemplateRow).where(TemplateRow.centre_id == centre_id)).all()
    return {row.kind: row.uploaded_at for row in held}
