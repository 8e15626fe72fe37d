"""By what one signs in: the first password and its change, the authenticator, codes for its loss."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import select

from dispatch.commands.access import passwords
from dispatch.commands.access.factors import Enrolment, enrolment, keep_secret, new_recovery_codes, step_of
from dispatch.commands.access.guesses import forgive
from dispatch.commands.access.invitations import find_invitation
from dispatch.commands.access.sessions import Opened, open_session
from dispatch.commands.access.sessions import Session as SignedIn
from dispatch.commands.access.sign_in import confirm
from dispatch.commands.access.tokens import end_all
from dispatch.domain.access.guessing import require_strong
from dispatch.domain.access.lives import SECOND_FACTOR
from dispatch.domain.errors import SignInRefusedError
from dispatch.domain.permissions import Verb, require_confirmed
from dispatch.registry.audit import note
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CredentialRow, IdentityRow, TokenRow, UserRow
from dispatch.registry.transaction import Begin, Read, Transaction


class Entered(NamedTuple):
    """A session that was begun with a first password, and codes for the loss of the authenticator, shown this once."""

    opened: Opened
    recovery_codes: list[str]


def accept_invitation(
    begin: Begin, read: Read, seal: Seal, now: datetime, secret: str, password: str, code: str
) -> Entered:
    """Set the first password, or a new one after a reset, and begin a session; whatever let the user in before ends."""
    with read() as session:
        _, user = find_invitation(session, secret, now)
    hashed = passwords.hash_of(require_strong(password, user.login))
    with begin() as tx:
        tx.lock(UserRow, user.id)
        row, user = find_invitation(tx.session, secret, now)
        kept = renewed(tx, user.id, now)
        kept.password = hashed
        codes: list[str] = []
        if user.role in SECOND_FACTOR:
            codes = _prove(kept, seal, row.digest, user.login, code, now)
        row.revoked_at = now
        return Entered(open_session(tx, user, now), codes)


def change_password(
    begin: Begin, read: Read, seal: Seal, now: datetime, signed_in: SignedIn, old: str, new: str, source: str
) -> None:
    """Change one's own password; every other session and token of one's own ends."""
    actor = signed_in.actor
    tried = confirm(begin, read, seal, now, actor, old, source)
    with read() as session:
        login = session.get_one(UserRow, actor.user_id).login
    hashed = passwords.hash_of(require_strong(new, login))
    with begin() as tx:
        tx.lock(UserRow, actor.user_id)
        kept = tx.lock(CredentialRow, actor.user_id)
        kept.password, kept.changed_at = hashed, now
        end_all(tx, actor.user_id, now, signed_in.digest)
        forgive(tx, now, tried)
        note(tx, actor, Verb.SIGN_IN, "password_changed", actor.user_id, now)


def confirm_session(
    begin: Begin, read: Read, seal: Seal, now: datetime, signed_in: SignedIn, password: str, source: str
) -> None:
    """Open grave acts to a session for a while: the person there knows the password."""
    tried = confirm(begin, read, seal, now, signed_in.actor, password, source)
    with begin() as tx:
        row = tx.session.exec(select(TokenRow).where(TokenRow.digest == signed_in.digest)).one()
        row.confirmed_at = now
        forgive(tx, now, tried)
        note(tx, signed_in.actor, Verb.SIGN_IN, "session_confirmed", signed_in.actor.user_id, now)


def offer_authenticator(read: Read, seal: Seal, signed_in: SignedIn) -> Enrolment:
    """Return a secret for an authenticator, in the place of what one has; it counts once a code has proved it."""
    require_confirmed(signed_in.actor)
    with read() as session:
        user, kept = (
            session.get_one(UserRow, signed_in.actor.user_id),
            session.get(CredentialRow, signed_in.actor.user_id),
        )
        return enrolment(seal, _about(signed_in, kept), user.login)[1]


def prove_authenticator(begin: Begin, seal: Seal, now: datetime, signed_in: SignedIn, code: str) -> list[str]:
    """Let one's authenticator count from now on, and return codes for its loss, shown this once."""
    require_confirmed(signed_in.actor)
    with begin() as tx:
        user = tx.lock(UserRow, signed_in.actor.user_id)
        kept = _credential(tx, user.id, now)
        codes = _prove(kept, seal, _about(signed_in, kept), user.login, code, now)
        note(tx, signed_in.actor, Verb.SIGN_IN, "authenticator", user.id, now)
        return codes


def give_recovery_codes(begin: Begin, seal: Seal, now: datetime, signed_in: SignedIn) -> list[str]:
    """Return new codes for the loss of one's authenticator, shown this once; those before are of no use any more."""
    require_confirmed(signed_in.actor)
    with begin() as tx:
        kept = _credential(tx, signed_in.actor.user_id, now)
        note(tx, signed_in.actor, Verb.SIGN_IN, "recovery_codes", signed_in.actor.user_id, now)
        return new_recovery_codes(kept, seal)


def renewed(tx: Transaction, user_id: str, now: datetime) -> CredentialRow:
    """Begin a user's account anew: whatever let them in before, and their identities, are of no use any more."""
    kept = _credential(tx, user_id, now)
    kept.password, kept.changed_at, kept.totp, kept.recovery = None, now, None, None
    for bound in tx.session.exec(select(IdentityRow).where(IdentityRow.user_id == user_id)):
        tx.session.delete(bound)
    end_all(tx, user_id, now)
    return kept


def _credential(tx: Transaction, user_id: str, now: datetime) -> CredentialRow:
    kept = tx.session.get(CredentialRow, user_id)
    return tx.lock(CredentialRow, user_id) if kept else tx.add(CredentialRow(user_id=user_id, changed_at=now))


def _prove(kept: CredentialRow, seal: Seal, about: str, login: str, code: str, now: datetime) -> list[str]:
    key, _ = enrolment(seal, about, login)
    step = step_of(key, code, now, 0)
    if step is None:
        raise SignInRefusedError
    keep_secret(kept, seal, key, step)
    return new_recovery_codes(kept, seal)


def _about(signed_in: SignedIn, kept: CredentialRow | None) -> str:
    # Another secret once one has been proved: an authenticator that was lost is of no use afterwards.
    return f"{signed_in.digest}:{kept.totp_step if kept else 0}"
