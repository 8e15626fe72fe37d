"""Policy versions as people look at them: by number, with who wrote and who published each, and how each differs."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlmodel import Session

from dispatch.commands.policies.drafts import OPEN, WAS_IN_FORCE
from dispatch.commands.policies.publication import authors_of, rules_of
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.diff import FieldChange, differences
from dispatch.domain.policy.legal_bounds import LegalBound, broken_bounds
from dispatch.domain.policy.schema import Policy
from dispatch.registry import reads
from dispatch.registry.policies import find_in_force, read_policy
from dispatch.registry.reads import Rows, Slice
from dispatch.registry.tables import PolicyRow
from dispatch.registry.transaction import Read

Logins = Mapping[str, str]


class VersionLine(NamedTuple):
    """A version with the logins of who wrote and who published it; None is nobody, or a program."""

    row: PolicyRow
    written_by: str | None
    published_by: str | None


class VersionView(NamedTuple):
    """A version, what it says, and how it differs from the one in force, if there is one."""

    line: VersionLine
    policy: Policy
    in_force: PolicyRow | None
    present: Policy | None
    """What the version in force says."""

    changes: list[FieldChange]
    repeats: int | None
    """The number of the earlier version it puts in force again."""

    authors: list[str]
    """Logins of who wrote it and who changed it last: they do not publish it."""

    own: bool
    """Whether who looks is one of them."""

    bounds: list[LegalBound]
    """Legal bounds that it does not keep."""

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed."""
        return self.line.row.status in OPEN

    @property
    def was_in_force(self) -> bool:
        """Whether it is in force or once was."""
        return self.line.row.status in WAS_IN_FORCE

    @property
    def is_stale(self) -> bool:
        """Whether it is a draft of a version that is no longer in force."""
        return self.is_draft and self.line.row.base_id != (self.in_force.id if self.in_force else None)


def recent_versions(read: Read, actor: Actor, part: Slice) -> Rows:
    """Return the centre's versions, the newest first, without what they say."""
    require(actor, Verb.READ_POLICY)
    with read() as session:
        found = reads.policies(session, actor.centre_id, part, newest_first=True)
        return found._replace(rows=_lines(session, found.rows))


def version_in_force(read: Read, actor: Actor) -> VersionLine | None:
    """Return the version in force, if the centre has one."""
    require(actor, Verb.READ_POLICY)
    with read() as session:
        row = find_in_force(session, actor.centre_id)
        return _lines(session, [row])[0] if row else None


def view_version(read: Read, actor: Actor, policy_id: str) -> VersionView:
    """Return a version with all that is to be known of it."""
    require(actor, Verb.READ_POLICY)
    with read() as session:
        row = reads.get(session, PolicyRow, actor.centre_id, policy_id)
        in_force, policy = find_in_force(session, actor.centre_id), read_policy(row)
        earlier = session.get(PolicyRow, row.repeats_id) if row.repeats_id else None
        present = read_policy(in_force) if in_force else None
        return VersionView(
            line=_lines(session, [row])[0],
            policy=policy,
            in_force=in_force,
            present=present,
            changes=differences(present, policy, rules_of(row)) if present else [],
            repeats=earlier.version if earlier else None,
            authors=sorted(reads.logins_of(session, authors_of(row)).values()),
            own=actor.user_id in authors_of(row),
            bounds=list(broken_bounds(policy)),
        )


def _lines(session: Session, rows: Sequence[PolicyRow]) -> list[VersionLine]:
    known: Logins = reads.logins_of(session, {id for row in rows for id in (row.created_by, row.published_by) if id})
    return [VersionLine(row, known.get(row.created_by or ""), known.get(row.published_by or "")) for row in rows]
