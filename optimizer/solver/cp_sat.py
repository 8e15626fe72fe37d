"""OR-Tools' CP-SAT, loaded when it is first asked: it brings pandas, half a second and fifty megabytes with it."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import (
        FEASIBLE,
        INFEASIBLE,
        OPTIMAL,
        UNKNOWN,
        CpModel,
        CpSolver,
        IntVar,
        LinearExpr,
    )

__all__ = ["FEASIBLE", "INFEASIBLE", "OPTIMAL", "UNKNOWN", "CpModel", "CpSolver", "IntVar", "LinearExpr"]


def __getattr__(name: str) -> Any:
    return getattr(import_module("ortools.sat.python.cp_model"), name)
