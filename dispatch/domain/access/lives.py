"""How long what lets somebody in lasts, and to what a user of a role must be tied."""

from datetime import timedelta
from typing import NamedTuple

from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.vocabulary import Role, Term


# fmt: off
class PassKind(Term):
    """What a digest at rest lets somebody in by."""

    TOKEN      = "token",      "令牌",     "token of a program"
    SESSION    = "session",    "登录会话", "session of a browser"
    INVITATION = "invitation", "邀请链接", "invitation to set a password"
# fmt: on

INVITED_FOR = timedelta(days=7)
"""An invitation is good once, and so long."""

CONFIRMED_FOR = timedelta(minutes=5)
"""After the password was given, grave acts need no password again for so long."""


class SessionLife(NamedTuple):
    """How long a session lasts without anything done in it, and in all."""

    idle: timedelta
    longest: timedelta


STAFF = SessionLife(idle=timedelta(minutes=30), longest=timedelta(hours=12))
SESSIONS = dict.fromkeys(Role, STAFF) | {
    Role.PRACTITIONER: SessionLife(idle=timedelta(hours=12), longest=timedelta(days=7)),
    Role.RECIPIENT: SessionLife(idle=timedelta(minutes=30), longest=timedelta(hours=2)),
}

MAX_IDENTITY_SESSION = timedelta(hours=12)
"""Of a session begun at an identity provider: a person retired there is out by the next day, in any role."""

SECOND_FACTOR = frozenset({Role.MANAGER, Role.ADMIN, Role.AUDITOR})
"""Roles that sign in with a password and a code."""


class TokenLife(NamedTuple):
    """How long tokens last where nothing is said, and at most."""

    usual: timedelta = timedelta(days=90)
    longest: timedelta = timedelta(days=365)

    def of(self, days: int | None) -> timedelta:
        """Return how long a token for so many days lasts; more than the longest is refused."""
        lasts = self.usual if days is None else timedelta(days=days)
        if not timedelta() < lasts <= self.longest:
            most = self.longest.days
            raise InvalidFieldError(field="days", value=days, expected=stated(f"1至{most}日", f"1 to {most} days"))
        return lasts


TIED_BY = {
    Role.PRACTITIONER: "practitioner_code",
    Role.INSTITUTION: "institution_code",
    Role.ORGAN: "organ",
}
"""What says for whom a user of the role acts; other roles act for the centre."""

# fmt: off
TIES = {
    "practitioner_code": stated("承办人员用户须填写人员编号（执业证号），其他角色不填",
                                "the code of the roster entry for a practitioner's user, and nothing for others"),
    "institution_code":  stated("承办机构联络员须填写机构编号，其他角色不填",
                                "the code of the institution for its secretary, and nothing for others"),
    "organ":             stated("办案机关用户须填写机关名称（与案件登记一致），其他角色不填",
                                "the case organ for its user, named as its cases name it, and nothing for others"),
}
BY_LINK = stated("受援人通过案件链接登录，请为案件开通受援人链接",
                 "a recipient comes in by a link: make one for the case")
# fmt: on


def require_tied(role: Role, ties: dict[str, str | None]) -> None:
    """
    Let pass a user who is tied to what the role acts for, and to nothing else.

    Raises
    ------
    InvalidFieldError
        If the role needs a roster entry, an institution, an organ or a case that is not named, or another is.
    """
    if role is Role.RECIPIENT:
        raise InvalidFieldError(field="role", value=role.value, expected=BY_LINK)
    for field, named in ties.items():
        if (TIED_BY.get(role) == field) is not bool(named):
            raise InvalidFieldError(field=field, value=None, expected=TIES[field])
