"""Signing in: by login and password with a code, or by a recipient's link and its code."""

import hmac
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, select

from dispatch.commands.access import passwords
from dispatch.commands.access.factors import spend_code
from dispatch.commands.access.guesses import Try, count_try, forgive, take_back
from dispatch.commands.access.links import digest_of_code
from dispatch.commands.access.sessions import Opened, open_session
from dispatch.domain.access.guessing import LINK_TRIES, plain_password, typed_code
from dispatch.domain.access.lives import SECOND_FACTOR
from dispatch.domain.errors import NotFoundError, SecondFactorNeededError, SignInRefusedError
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.texts import UnseenError, code_key
from dispatch.domain.vocabulary import Role
from dispatch.registry.audit import note
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CentreRow, CredentialRow, LinkRow, UserRow
from dispatch.registry.transaction import Begin, Read


class TypedLogin(NamedTuple):
    """What somebody types to sign in."""

    login: str
    """``login@centre``: logins are unique within a centre."""

    password: str
    code: str = ""


def sign_in(begin: Begin, read: Read, seal: Seal, now: datetime, given: TypedLogin, source: str) -> Opened:
    """
    Begin a session for who knows the password and, where there is an authenticator, its code.

    Raises
    ------
    SignInRefusedError
        If anything is wrong; an unknown login takes as long as a wrong password.
    SecondFactorNeededError
        If the password is right, and a code is needed besides.
    TooManyTriesError
        If this source, or any, has to wait.
    """
    tried = Try.of(seal, login_key(given.login), source)
    count_try(begin, now, tried)
    with read() as session:
        user = _find(session, given.login)
        kept = session.get(CredentialRow, user.id) if user else None
    right = passwords.fits(plain_password(given.password), kept.password if kept else None)
    if user is None or not user.active or not right:
        _note_refusal(begin, user, now)
        raise SignInRefusedError
    assert kept is not None
    return _enter(begin, seal, now, tried, (user.id, kept.changed_at), given.code)


def confirm(begin: Begin, read: Read, seal: Seal, now: datetime, actor: Actor, password: str, source: str) -> Try:
    """Prove that the person who is signed in knows the password; wrong ones count like those of signing in."""
    tried = Try.of(seal, f"user:{actor.user_id}", source)
    count_try(begin, now, tried)
    with read() as session:
        kept = session.get(CredentialRow, actor.user_id)
    if not passwords.fits(plain_password(password), kept.password if kept else None):
        with begin() as tx:
            note(tx, actor, Verb.SIGN_IN, "confirmation_refused", actor.user_id, now)
        raise SignInRefusedError
    return tried


def sign_in_by_link(begin: Begin, now: datetime, link_id: str, code: str) -> Opened:
    """Begin a recipient's session by the link and its code; anything wrong, over or tried too often is one answer."""
    try:
        with begin() as tx:
            link = tx.lock(LinkRow, link_id)
            right = hmac.compare_digest(link.digest, digest_of_code(typed_code(code)))
            open_ = link.revoked_at is None and link.expires_at > now and link.failures < LINK_TRIES
            user = tx.session.get_one(UserRow, link.user_id)
            if right and open_:
                link.failures = 0
                return open_session(tx, user, now, link.expires_at, link.case_id)
            if open_:
                link.failures += 1
                note(tx, _as(user), Verb.SIGN_IN, "sign_in_refused", link.id, now)
    except NotFoundError:
        """The same answer as to a wrong code."""
    raise SignInRefusedError


def _enter(begin: Begin, seal: Seal, now: datetime, tried: Try, proved: tuple[str, datetime], code: str) -> Opened:
    user_id, changed_at = proved
    with begin() as tx:
        user, kept = tx.lock(UserRow, user_id), tx.lock(CredentialRow, user_id)
        # Of two who sign in with one code, the second finds it used; with a password changed meanwhile nobody comes in.
        good, missing = user.active and kept.changed_at == changed_at, False
        if good and (kept.totp is not None or user.role in SECOND_FACTOR):
            missing = not code
            good = bool(code) and spend_code(kept, seal, code, now)
        if good:
            forgive(tx, now, tried)
            return open_session(tx, user, now)
        if missing:
            take_back(tx, now, tried)
    if missing:
        raise SecondFactorNeededError
    _note_refusal(begin, user, now)
    raise SignInRefusedError


def login_key(typed: str) -> str:
    """Return what the spellings of a login share, as it is typed; one that cannot be read is nobody's."""
    try:
        return code_key(typed)
    except UnseenError:
        return typed.casefold()


def _find(session: Session, login: str) -> UserRow | None:
    name, _, centre = login_key(login).rpartition("@")
    named = select(UserRow).join(CentreRow).where(UserRow.login_key == name, CentreRow.code_key == centre)
    return session.exec(named.where(UserRow.role != Role.RECIPIENT)).one_or_none()


def _note_refusal(begin: Begin, user: UserRow | None, now: datetime) -> None:
    # Of a login that nobody has there is no centre whose log could tell it; the wait keeps the entries few.
    if user is not None:
        with begin() as tx:
            note(tx, _as(user), Verb.SIGN_IN, "sign_in_refused", user.id, now)


def _as(user: UserRow) -> Actor:
    return Actor(user.id, user.role, user.centre_id)
