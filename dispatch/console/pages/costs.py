"""What a case took, as a form has it: service days, and an amount in yuan for each kind of direct cost."""

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, GetCoreSchemaHandler, create_model
from pydantic_core import CoreSchema, core_schema

from dispatch.api.routes.life.work import ClosingIn
from dispatch.api.schemas import In
from dispatch.domain.funds.amounts import Yuan, yuan_of
from dispatch.domain.funds.subsidy import CostKind, DirectCost

_FIELDS: Any = {kind.value: (Yuan | None, None) for kind in CostKind}
CostsIn: type[BaseModel] = create_model("CostsIn", __base__=In, **_FIELDS)
"""A field for each kind of direct cost; each fault is at its own."""


class _InYuan:
    """Reads direct costs by `CostsIn`; what is read is what the API is given."""

    def __get_pydantic_core_schema__(self, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(_spent, handler.generate_schema(CostsIn))


def _spent(given: BaseModel) -> tuple[DirectCost, ...]:
    amounts = ((kind, getattr(given, kind.value)) for kind in CostKind)
    return tuple(DirectCost(kind=kind, fen=fen) for kind, fen in amounts if fen)


CostsInYuan = Annotated[tuple[DirectCost, ...], _InYuan()]


class ClosingForm(ClosingIn):
    """The closing report as its form has it."""

    costs: CostsInYuan = ()


def in_yuan(costs: Iterable[DirectCost]) -> dict[str, str]:
    """Return what the fields contain: an amount for each kind that was spent, those of one kind together."""
    sums: Counter[str] = Counter()
    for cost in costs:
        sums[cost.kind.value] += cost.fen
    return {kind: yuan_of(fen) for kind, fen in sums.items()}
