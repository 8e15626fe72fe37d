"""What if: today's cases under other weights or prices, or with somebody away, answered at once."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request
from pydantic import BaseModel, Field

from dispatch.api.dependencies import Now, Permit, ReadDep
from dispatch.api.problems import language_of, responses
from dispatch.api.routes.answers.people import PractitionerNameOut
from dispatch.api.routes.evidence import FiguresOut
from dispatch.api.routes.policies import Changes
from dispatch.api.schemas import Id, In
from dispatch.commands.answers.names import Names
from dispatch.commands.answers.what_if import hand_in_words, what_if, what_if_in_words
from dispatch.domain.errors import NotFoundError, PolicyInvalidError, PolicyMissingError, TooManyRequestsError
from dispatch.domain.permissions import Actor, Verb
from dispatch.simulation.evidence.what_if import HandChange


class WhatIfIn(In):
    """What would be different: changes of the policy in force, or of another version, and people who would be away."""

    policy_id: Annotated[
        Id | None, Field(description="The version to try, such as a draft; the one in force, if left out. 所试的版本。")
    ] = None
    changes: Changes = Field(default_factory=dict)
    away: list[Id] = Field(
        default_factory=list, max_length=50, description="Practitioners on leave. 假设休假的承办人员。"
    )


class HandChangeOut(BaseModel):
    """A case that changes hands; an empty list is nobody."""

    case_id: Id
    number: str
    before: list[PractitionerNameOut]
    after: list[PractitionerNameOut]
    text: Annotated[str, Field(examples=["2026-0001号案件：由示例律师改为王律师"])]


class WhatIfOut(BaseModel):
    """Today as it is and as it would be; both are measured by the weights in force."""

    at: datetime
    cases: int
    words: Annotated[list[str], Field(description="What would change. 变化说明。")]
    before: FiguresOut
    after: FiguresOut
    changed: Annotated[list[HandChangeOut], Field(description="Cases that change hands. 换人承办的案件。")]
    optimal: Annotated[bool, Field(description="Both plans are proven best. 两个结果均已证明最优。")]


TURNS = {"price_per_turn": 30_000}

router = APIRouter(prefix="/policies", tags=["answers 指派理由"])


@router.post(
    "/what-if", responses=responses(NotFoundError, PolicyInvalidError, PolicyMissingError, TooManyRequestsError)
)
def ask_what_if(
    asked: Annotated[
        WhatIfIn,
        Body(openapi_examples={"prices": {"summary": "轮次 turns", "value": {"changes": {"fairness": TURNS}}}}),
    ],
    request: Request,
    actor: Annotated[Actor, Depends(Permit(Verb.SIMULATE))],
    read: ReadDep,
    now: Now,
) -> WhatIfOut:
    """Match today's cases again under changed assumptions.

    With other weights or prices, or with somebody away; the answer names the cases that would change hands. Nothing is
    stored. One question is worked out at a time; anyone who waits too long is told when to ask again. 即时试算。
    """
    answer, language = what_if(read, actor, now, asked.changes, asked.away, asked.policy_id), language_of(request)
    return WhatIfOut(
        at=answer.at,
        cases=answer.cases,
        words=what_if_in_words(answer, language),
        before=FiguresOut.model_validate(answer.found.before),
        after=FiguresOut.model_validate(answer.found.after),
        changed=[_hand(each, answer.names, language) for each in answer.found.changed],
        optimal=answer.found.optimal,
    )


def _hand(change: HandChange, names: Names, language: str) -> HandChangeOut:
    before, after = ([PractitionerNameOut.of(names, id) for id in ids] for ids in (change.before, change.after))
    text = hand_in_words(change, names, language)
    return HandChangeOut(
        case_id=change.case_id, number=names.numbers[change.case_id], before=before, after=after, text=text
    )
