"""Policies: versions of the centre, drafted, compared, put in force and rolled back."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field, computed_field

from dispatch.api.dependencies import BeginDep, IfMatch, Now, Permit, ReadDep, etag
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, In, Out, SourceOut
from dispatch.commands.policies import drafts, publication, versions
from dispatch.domain.errors import (
    BacktestMissingError,
    BacktestThinError,
    DraftStaleError,
    IfMatchRequiredError,
    InvalidFieldError,
    NotDraftError,
    NotFoundError,
    NotRepeatableError,
    OutOfLegalBoundsError,
    PolicyInvalidError,
    PolicyMissingError,
    SecondPersonError,
    StaleError,
    UnknownReferenceError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.policy.diff import differences
from dispatch.domain.policy.json_schema import policy_schema
from dispatch.domain.policy.legal_bounds import LocalRule
from dispatch.domain.policy.schema import PRESETS, Policy, load_preset
from dispatch.domain.texts.typed import Note
from dispatch.domain.vocabulary import PolicyStatus
from dispatch.registry import reads
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.tables import PolicyRow

Changes = Annotated[
    dict[str, Any],
    Field(
        description="A merge patch (RFC 7396) of the document; null removes a field. 按字段修改，null 表示取消该字段。",
        examples=[{"fairness": {"price_per_turn": 30000}}],
    ),
]
Remark = Annotated[Note | Literal[""], Field(examples=["轮次更均匀 fairer turns"])]


class PolicyDraftIn(In):
    """The starting point of a draft (a version, a preset or a whole document) and the changes to it."""

    base_id: Annotated[Id | None, Field(description="The version in force, if left out. 不填则为现行版本。")] = None
    preset: Annotated[str | None, Field(max_length=40, examples=["shangqiu"])] = None
    document: dict[str, Any] | None = None
    changes: Changes = Field(default_factory=dict)
    note: Remark | None = None


class PolicyPatchIn(In):
    """Changes to a draft; its back-test becomes void."""

    document: Changes = Field(default_factory=dict)
    note: Remark | None = None


class PublishIn(In):
    """Local rules that allow values outside their legal bounds; none if all are within."""

    local_rules: list[LocalRule] = Field(default_factory=list)


class RollbackIn(PublishIn):
    """Why an earlier version is put in force again."""

    reason: Annotated[Note, Field(examples=["指派过慢 too slow"])]


class EditOut(BaseModel):
    """A change of a draft: its author and the fields changed."""

    revision: int
    by: str
    at: datetime
    fields: list[str]


class PolicyEvidenceOut(Out):
    """What a back-test rested on, and the least it had to."""

    simulation_id: str
    source: Annotated[
        str, Field(description="`recorded`: own past; `sample`: the sample city. 本中心历史，或者示例城市。")
    ]
    since: date
    until: date
    weeks: int
    cases: int
    people: int
    floor: Annotated[dict[str, Any], Field(description="The least it had to rest on. 最低要求。")]


class PolicyOut(Out):
    """A policy version."""

    id: Id
    version: int
    name: str
    status: PolicyStatus
    digest: str
    revision: int
    base_id: Annotated[str | None, Field(description="The version it follows. 所依据的版本。")]
    repeats_id: Annotated[str | None, Field(description="The earlier version it repeats. 所恢复的版本。")]
    note: str | None
    simulation_id: Annotated[str | None, Field(description="Back-test of its current content. 现行内容的试算。")]
    created_by: str | None
    created_at: datetime
    published_by: str | None
    published_at: datetime | None
    evidence: Annotated[
        PolicyEvidenceOut | None,
        Field(description="What the back-test it was published by rested on. 发布时试算所依据的数据。"),
    ]


class PolicyWholeOut(PolicyOut):
    """A policy version with its whole document."""

    document: dict[str, Any]
    edits: list[EditOut]
    local_rules: list[LocalRule]

    # Pydantic wants the one on top of the other.
    @computed_field(description="What its fields rest on, in words. 各项依据。")  # type: ignore[prop-decorator]
    @property
    def sources(self) -> dict[str, dict[str, str]]:
        """Return what each field rests on, in both languages."""
        return Policy.from_document(self.document).sources_in_words()


class ChangeOut(Out):
    """A changed field, described in words."""

    field: Annotated[str, Field(examples=["chains[civil].steps"])]
    title: dict[str, str]
    old: Any
    new: Any
    unit: str
    source: SourceOut
    local_rule: dict[str, str] | None
    text: dict[str, str]


class DiffOut(BaseModel):
    """How the first version differs from the second."""

    policy_id: Id
    other_id: Id
    changes: list[ChangeOut]


class BasisOut(BaseModel):
    """What a finished back-test rests on."""

    source: str
    weeks: int
    cases: int
    people: int


class TrialFloorOut(Out):
    """The least a back-test to publish by rests on."""

    own_past: Annotated[bool, Field(description="It has to be the centre's own past. 须用本中心的历史案件。")]
    weeks: int
    cases: int
    people: int


class BrokenBoundOut(Out):
    """A legal bound that the draft does not keep."""

    field: str
    zh: str
    en: str
    basis: Annotated[dict[str, str], Field(description="What it rests on, in full. 依据。")]


class PublicationOut(BaseModel):
    """What a draft has, and still lacks, before it is put in force."""

    policy_id: Id
    in_force_id: Annotated[str | None, Field(description="The version in force. 现行方案。")]
    follows: Annotated[bool, Field(description="It follows the version in force. 依据现行方案起草。")]
    simulation_id: Annotated[
        str | None, Field(description="Back-test of what it says now against what is in force. 现行内容的试算。")
    ]
    basis: Annotated[BasisOut | None, Field(description="What that back-test rests on. 试算的依据。")]
    thin: Annotated[bool, Field(description="It rests on less than `floor`. 试算依据不足。")]
    floor: TrialFloorOut
    authors: Annotated[list[str], Field(description="Logins of its authors, who may not publish it. 起草、修改人。")]
    own: Annotated[bool, Field(description="Who asks is one of them. 查询人是起草、修改人。")]
    bounds: Annotated[
        list[BrokenBoundOut], Field(description="Legal bounds that need a local rule. 超出法定范围的各项。")
    ]


router = APIRouter(prefix="/policies", tags=["policies 指派方案"], route_class=IdempotentRoute)

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_POLICY))]
MayEdit = Annotated[Actor, Depends(Permit(Verb.EDIT_POLICY))]
MayPublish = Annotated[Actor, Depends(Permit(Verb.PUBLISH_POLICY))]

DRAFT = (NotFoundError, NotDraftError, StaleError, IfMatchRequiredError)
LAWFUL = (SecondPersonError, OutOfLegalBoundsError, UnknownReferenceError)


@router.get("")
def list_policies(actor: MayRead, read: ReadDep, paging: PagingQuery) -> Page[PolicyOut]:
    """List the centre's policy versions, oldest first. 指派方案版本列表。"""
    with read() as session:
        found = reads.policies(session, actor.centre_id, paging.part)
    return page_of(PolicyOut, found)


@router.post(
    "",
    status_code=201,
    responses=responses(
        PolicyInvalidError, PolicyMissingError, NotFoundError, InvalidFieldError, UnknownReferenceError
    ),
)
def draft_policy(
    asked: PolicyDraftIn, actor: MayEdit, begin: BeginDep, read: ReadDep, now: Now, response: Response
) -> PolicyWholeOut:
    """Create a policy draft. It has no effect until it is published. 起草指派方案。"""
    start = drafts.begin_with(read, actor, **asked.model_dump(exclude={"note"}))
    row = drafts.draft_policy(begin, actor, now, **start._asdict(), note=asked.note)
    response.headers["Location"] = f"/v1/policies/{row.id}"
    return _shown(row, response)


@router.get("/in-force", responses=responses(PolicyMissingError))
def get_policy_in_force(actor: MayRead, read: ReadDep) -> PolicyWholeOut:
    """Return the policy in force. 现行指派方案。"""
    with read() as session:
        return PolicyWholeOut.model_validate(policy_in_force(session, actor.centre_id))


@router.get("/schema")
def get_policy_schema(actor: MayRead) -> dict[str, Any]:
    """Return the JSON schema of a policy.

    With title, help, unit, source and bounds of every field. 方案各字段的说明。
    """
    return policy_schema()


@router.get("/presets")
def list_presets(actor: MayRead) -> dict[str, Any]:
    """List the preset policies with the source of every threshold. 预置方案及其依据。"""
    return {name: load_preset(name).to_document() for name in PRESETS}


@router.get("/{policy_id}", responses=responses(NotFoundError))
def get_policy(policy_id: str, actor: MayRead, read: ReadDep, response: Response) -> PolicyWholeOut:
    """Return one version of the policy. 查看指派方案版本。"""
    with read() as session:
        return _shown(reads.get(session, PolicyRow, actor.centre_id, policy_id), response)


@router.patch("/{policy_id}", responses=responses(*DRAFT, PolicyInvalidError))
def edit_draft(
    policy_id: str, change: PolicyPatchIn, actor: MayEdit, if_match: IfMatch, begin: BeginDep, now: Now,
    response: Response,
) -> PolicyWholeOut:  # fmt: skip
    """Change a policy draft by a merge patch. Its back-test becomes void. 修改草稿，原试算作废。"""
    row = drafts.edit_draft(
        begin, actor, now, policy_id, if_match, changes=change.document, note=change.note
    )  # fmt: skip
    return _shown(row, response)


@router.delete("/{policy_id}", status_code=204, responses=responses(*DRAFT))
def discard_draft(policy_id: str, actor: MayEdit, if_match: IfMatch, begin: BeginDep, now: Now) -> None:
    """Delete a policy draft. Published versions are kept for good. 删除草稿。"""
    drafts.discard_draft(begin, actor, now, policy_id, if_match)


@router.post("/{policy_id}/rebase", responses=responses(*DRAFT, PolicyInvalidError, PolicyMissingError))
def rebase_draft(
    policy_id: str, actor: MayEdit, if_match: IfMatch, begin: BeginDep, now: Now, response: Response
) -> PolicyWholeOut:
    """Apply a policy draft's own changes to the policy now in force. 将草稿改为依据现行方案。"""
    return _shown(drafts.rebase_draft(begin, actor, now, policy_id, if_match), response)


@router.post(
    "/{policy_id}/publish",
    responses=responses(*DRAFT, DraftStaleError, BacktestMissingError, BacktestThinError, InvalidFieldError, *LAWFUL),
)
def publish_policy(
    policy_id: str, body: PublishIn, actor: MayPublish, if_match: IfMatch, begin: BeginDep, now: Now,
    response: Response,
) -> PolicyWholeOut:  # fmt: skip
    """Put a policy draft in force.

    It must have been back-tested, and written by someone else. 发布指派方案；须已试算，且由他人起草。
    """
    rules = [rule.model_dump() for rule in body.local_rules]
    row = publication.publish_policy(begin, actor, now, policy_id, if_match, rules)
    return _shown(row, response)


@router.get("/{policy_id}/publication", responses=responses(NotFoundError, NotDraftError))
def get_publication(policy_id: str, actor: MayRead, read: ReadDep, now: Now) -> PublicationOut:
    """Return what a policy draft still needs before it can be put in force. 草稿发布前还缺什么。"""
    view = versions.view_draft(read, actor, policy_id)
    standing = versions.standing_of(read, actor, now, policy_id)
    return PublicationOut(
        policy_id=policy_id,
        in_force_id=view.in_force.id if view.in_force else None,
        follows=not view.is_stale,
        simulation_id=standing.tried.id if standing.tried else None,
        basis=BasisOut(**standing.basis) if standing.tried else None,
        thin=standing.is_thin,
        floor=TrialFloorOut.model_validate(standing.floor),
        authors=view.authors,
        own=view.own,
        bounds=[BrokenBoundOut.model_validate(bound) for bound in view.bounds],
    )


@router.post("/{policy_id}/rollback", responses=responses(NotFoundError, NotRepeatableError, *LAWFUL))
def roll_back(
    policy_id: str, body: RollbackIn, actor: MayPublish, begin: BeginDep, now: Now, response: Response
) -> PolicyWholeOut:
    """Put an earlier policy version in force again. As a new version that refers to it. 恢复以前的方案版本。"""
    rules = [rule.model_dump() for rule in body.local_rules]
    return _shown(publication.roll_back(begin, actor, now, policy_id, body.reason, rules), response)


@router.get("/{policy_id}/diff/{other_id}", responses=responses(NotFoundError))
def get_diff(policy_id: str, other_id: str, actor: MayRead, read: ReadDep) -> DiffOut:
    """Describe in words how one policy version differs from another. 两个版本的差异（文字说明）。"""
    with read() as session:
        mine, other = (reads.get(session, PolicyRow, actor.centre_id, id) for id in (policy_id, other_id))
    changes = differences(read_policy(other), read_policy(mine), publication.rules_of(mine))
    return DiffOut.model_validate({"policy_id": mine.id, "other_id": other.id, "changes": changes})


def _shown(row: PolicyRow, response: Response) -> PolicyWholeOut:
    response.headers.update(etag(row.revision))
    return PolicyWholeOut.model_validate(row)
