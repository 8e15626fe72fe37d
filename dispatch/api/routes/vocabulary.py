"""The words and the rules, for interfaces that show them."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from dispatch.api.dependencies import Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.schemas import Out, SourceOut
from dispatch.domain import findings, permissions, states, vocabulary, webhooks
from dispatch.domain.access import lives
from dispatch.domain.conflicts import declared
from dispatch.domain.eligibility.table import RULES
from dispatch.domain.errors import PolicyMissingError
from dispatch.domain.funds import sources
from dispatch.domain.law import aid_first, means
from dispatch.domain.law.citations import shown
from dispatch.domain.law.deadlines import DEADLINES, TimeLimit, TimeUnit
from dispatch.domain.law.instruments import INSTRUMENTS, InstrumentKind
from dispatch.domain.log import words as log_words
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.texts.typed import Word
from dispatch.domain.vocabulary import Matter, Term
from dispatch.registry.policies import load_in_force


class TermOut(BaseModel):
    """A term with its labels."""

    value: str
    zh: str
    en: str


class InstrumentOut(Out):
    """A law, regulation or rule: what a citation names by its code."""

    code: str
    kind: InstrumentKind
    zh: str
    en: str
    number: str
    number_en: str
    since: Annotated[date | None, Field(description="In force from; null where the day is not known. 施行日期。")]
    in_force: bool
    replaced_by: Annotated[str, Field(description="Code of its successor; empty while in force. 替代文件。")]


class TimeLimitOut(BaseModel):
    """A statutory time limit: from an event to what must be done; null where it has no fixed length."""

    code: str
    zh: str
    en: str
    value: int | None
    unit: TimeUnit | None
    source: SourceOut


class RuleOut(BaseModel):
    """A hard rule: its message of refusal, and what it rests on."""

    code: str
    zh: str
    en: str
    source: SourceOut


class CauseOut(Out):
    """A cause of action, or a chapter or group of them."""

    code: str
    zh: str
    en: str
    matters: tuple[Matter, ...]
    parent: str | None
    aliases: tuple[str, ...]


class CatalogueOut(BaseModel):
    """Causes of the catalogue; with a name, what it means or may mean."""

    clear: Annotated[
        bool | None,
        Field(description="Whether the name means one cause; null where none was asked for. 名称是否明确。"),
    ]
    causes: list[CauseOut]


router = APIRouter(tags=["words 词汇"], route_class=IdempotentRoute)

WORDS = {
    name: kind
    for name, kind in {
        **vars(vocabulary),
        **vars(states),
        **vars(webhooks),
        **vars(findings),
        **vars(aid_first),
        **vars(means),
        **vars(sources),
        **vars(permissions),
        **vars(log_words),
        **vars(lives),
        **vars(declared),
    }.items()
    if isinstance(kind, type) and issubclass(kind, Term) and kind is not Term
}


@router.get("/vocabulary")
def get_vocabulary(actor: Annotated[Actor, Depends(Permit(*Verb))]) -> dict[str, list[TermOut]]:
    """Return every enumeration with its Chinese and English labels. 全部词汇。"""
    return {name: [TermOut(value=term.value, zh=term.zh, en=term.en) for term in kind] for name, kind in WORDS.items()}


@router.get("/causes", responses=responses(PolicyMissingError))
def list_causes(
    actor: Annotated[Actor, Depends(Permit(*Verb))],
    read: ReadDep,
    name: Annotated[Word | None, Query(description="A name as offices write it.", examples=["讨薪"])] = None,
) -> CatalogueOut:
    """Return the catalogue of causes of action of the policy in force.

    If a name is given, the cause it means or else the nearest ones. 案由（罪名）目录。
    """
    with read() as session:
        catalogue = load_in_force(session, actor.centre_id).policy.catalogue
    clear = None if name is None else catalogue.find(name) is not None
    causes = catalogue.by_code.values() if name is None else catalogue.nearest(name)
    return CatalogueOut(clear=clear, causes=[CauseOut.model_validate(cause) for cause in causes])


@router.get("/rules")
def list_rules(actor: Annotated[Actor, Depends(Permit(*Verb))]) -> list[RuleOut]:
    """Return the eligibility rules with their sources and messages of refusal. 全部必备条件。"""
    return [RuleOut(code=rule.code, zh=rule.zh, en=rule.en, source=shown(rule.source)) for rule in RULES]


@router.get("/instruments")
def list_instruments(actor: Annotated[Actor, Depends(Permit(*Verb))]) -> list[InstrumentOut]:
    """Return the laws, regulations and rules that citations name. With what replaced them. 法律文件目录。"""
    return [InstrumentOut.model_validate(row) for row in INSTRUMENTS.values()]


@router.get("/time-limits")
def list_time_limits(actor: Annotated[Actor, Depends(Permit(*Verb))]) -> list[TimeLimitOut]:
    """Return the statutory time limits. A centre's own, shorter ones are in its policy. 法定期限。"""
    return [_limit(row) for row in DEADLINES.values()]


def _limit(row: TimeLimit) -> TimeLimitOut:
    length = {"value": row.limit and row.limit.value, "unit": row.limit and row.limit.unit}
    return TimeLimitOut(code=row.code, zh=row.zh, en=row.en, source=shown(row.source), **length)
