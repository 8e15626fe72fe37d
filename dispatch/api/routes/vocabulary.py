"""The words and the rules, for interfaces that show them."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from dispatch.api.dependencies import Permit
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.schemas import SourceOut
from dispatch.domain import findings, states, vocabulary, webhooks
from dispatch.domain.eligibility.table import RULES
from dispatch.domain.law.citations import shown
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.vocabulary import (
    Term,
)


class TermOut(BaseModel):
    """A term with its labels."""

    value: str
    zh: str
    en: str


class RuleOut(BaseModel):
    """A hard rule: its message of refusal, and what it rests on."""

    code: str
    zh: str
    en: str
    source: SourceOut


router = APIRouter(tags=["words 词汇"], route_class=IdempotentRoute)

WORDS = {
    name: kind
    for name, kind in {**vars(vocabulary), **vars(states), **vars(webhooks), **vars(findings)}.items()
    if isinstance(kind, type) and issubclass(kind, Term) and kind is not Term
}


@router.get("/vocabulary")
def get_vocabulary(actor: Annotated[Actor, Depends(Permit(*Verb))]) -> dict[str, list[TermOut]]:
    """Return every enumeration with its Chinese and English labels. 全部词汇。"""
    return {name: [TermOut(value=term.value, zh=term.zh, en=term.en) for term in kind] for name, kind in WORDS.items()}


@router.get("/rules")
def list_rules(actor: Annotated[Actor, Depends(Permit(*Verb))]) -> list[RuleOut]:
    """Return the hard eligibility rules with their sources and messages of refusal. 全部硬性规则。"""
    return [RuleOut(code=rule.code, zh=rule.zh, en=rule.en, source=shown(rule.source)) for rule in RULES]
