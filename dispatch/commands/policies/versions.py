"""Policy versions as people look at them: by number, with who wrote and who published each, and how each differs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session

from dispatch.commands.policies.drafts import OPEN
from dispatch.commands.policies.publication import authors_of, basis_of, find_backtest, rules_of
from dispatch.domain.errors import NotDraftError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.diff import LANGUAGES, FieldChange, differences, name_of, path_of, title_of
from dispatch.domain.policy.fields import FIELDS
from dispatch.domain.policy.legal_bounds import LegalBound, broken_bounds
from dispatch.domain.policy.schema import Policy
from dispatch.domain.policy.trial_floor import TrialFloor, floor_of
from dispatch.registry import reads
from dispatch.registry.policies import find_in_force, read_policy, size_of_centre, tried_policies
from dispatch.registry.reads import Rows, Slice
from dispatch.registry.tables import PolicyRow, SimulationRow
from dispatch.registry.transaction import Read

Logins = Mapping[str, str]


class VersionLine(NamedTuple):
    """A version with the logins of who wrote and who published it; None is nobody, or a program."""

    row: PolicyRow
    written_by: str | None
    published_by: str | None


class EditLine(NamedTuple):
    """A change of a draft: when, by whose login, and what the changed fields are called."""

    at: datetime
    by: str | None
    fields: list[dict[str, str]]


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

    edits: list[EditLine]
    authors: list[str]
    """Logins of who wrote it, or the version it repeats, and who changed it last: they do not put it in force."""

    own: bool
    """Whether who looks is one of them."""

    bounds: list[LegalBound]
    """Legal bounds that it does not keep, and no local rule was named for."""

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed."""
        return self.line.row.status in OPEN

    @property
    def is_stale(self) -> bool:
        """Whether it is a draft of a version that is no longer in force."""
        return self.is_draft and self.line.row.base_id != (self.in_force.id if self.in_force else None)


class PublicationStanding(NamedTuple):
    """What a draft still needs before it is put in force: the back-test there is, and the least it has to rest on."""

    tried: SimulationRow | None
    basis: Mapping[str, Any]
    """What the back-test rests on; empty without one."""

    floor: TrialFloor

    @property
    def is_thin(self) -> bool:
        """Whether the back-test rests on too little."""
        return self.tried is not None and self.floor.lacks(self.basis)


def standing_of(read: Read, actor: Actor, now: datetime, policy_id: str) -> PublicationStanding:
    """Return what a draft still needs before it is put in force."""
    require(actor, Verb.READ_POLICY)
    with read() as session:
        row, in_force = (
            reads.get(session, PolicyRow, actor.centre_id, policy_id),
            find_in_force(session, actor.centre_id),
        )
        tried = find_backtest(session, row, in_force) if in_force else None
        floor = floor_of(size_of_centre(session, actor.centre_id, now))
        return PublicationStanding(tried, basis_of(tried) if tried else {}, floor)


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


def to_publish(read: Read, actor: Actor) -> list[VersionLine]:
    """Return drafts that were tried against the version in force and that the reader did not write."""
    require(actor, Verb.READ_POLICY)
    with read() as session:
        in_force = find_in_force(session, actor.centre_id)
        tried = tried_policies(session, actor.centre_id, in_force.id) if in_force else []
        return _lines(session, [row for row in tried if actor.user_id not in authors_of(row)])


def view_version(read: Read, actor: Actor, policy_id: str) -> VersionView:
    """Return a version with all that is to be known of it."""
    require(actor, Verb.READ_POLICY)
    with read() as session:
        row = reads.get(session, PolicyRow, actor.centre_id, policy_id)
        in_force, policy = find_in_force(session, actor.centre_id), read_policy(row)
        earlier = session.get(PolicyRow, row.repeats_id) if row.repeats_id else None
        authors, ruled = authors_of(earlier or row), {rule.field for rule in rules_of(earlier or row)}
        present = read_policy(in_force) if in_force else None
        return VersionView(
            line=_lines(session, [row])[0],
            policy=policy,
            in_force=in_force,
            present=present,
            changes=differences(present, policy, rules_of(row)) if present else [],
            repeats=earlier.version if earlier else None,
            edits=_edits(session, row),
            authors=sorted(reads.logins_of(session, authors).values()),
            own=actor.user_id in authors,
            bounds=[bound for bound in broken_bounds(policy) if bound.field not in ruled],
        )


def view_draft(read: Read, actor: Actor, policy_id: str) -> VersionView:
    """Return a draft with all that is to be known of it; what was in force is none."""
    view = view_version(read, actor, policy_id)
    row = view.line.row
    if not view.is_draft:
        raise NotDraftError(policy_id=row.id, version=row.version, status=row.status.value)
    return view


def _lines(session: Session, rows: Sequence[PolicyRow]) -> list[VersionLine]:
    known: Logins = reads.logins_of(session, {id for row in rows for id in (row.created_by, row.published_by) if id})
    return [VersionLine(row, known.get(row.created_by or ""), known.get(row.published_by or "")) for row in rows]


def _edits(session: Session, row: PolicyRow) -> list[EditLine]:
    known = reads.logins_of(session, {edit["by"] for edit in row.edits})
    return [
        EditLine(
            datetime.fromisoformat(edit["at"]), known.get(edit["by"]), [_called(field) for field in edit["fields"]]
        )
        for edit in row.edits
    ]


def _called(place: str) -> dict[str, str]:
    """Return what a field is called; one that policies have no more goes by its place."""
    path = path_of(place)
    known = name_of(path) in FIELDS
    return {language: title_of(path, language) if known else place for language in LANGUAGES}
