"""Relaxing soft rules for a case before it is given up, each with its entry in the history."""

from dispatch.commands.desk import Desk
from dispatch.domain.chain import Because, Mark
from dispatch.domain.eligibility.table import to_relax
from dispatch.registry.tables import CaseRow, PlanRow


def relax(desk: Desk, case: CaseRow, because: Because, plan: PlanRow | None) -> bool:
    """Relax what lets someone take a case that nobody may or will take; return whether anything could be."""
    if because is not Because.NOBODY_ELIGIBLE:
        return False
    docket, _ = desk.docket([case.id], case.status)
    codes = to_relax(docket) if docket.n else ()
    for code in codes:
        case.relaxed = [*case.relaxed, code.value]
        desk.note(case, Mark.RELAX, plan.mode if plan else None, {"rule": code.value, "order": len(case.relaxed)})
    case.revision += bool(codes)
    return bool(codes)


def restore(desk: Desk, case: CaseRow) -> None:
    """Ask every rule again for a case that sets out anew."""
    if case.relaxed:
        case.relaxed = []
        case.revision += 1
