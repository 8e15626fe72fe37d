"""The fund a case is put down for, and the application that follows from it: the same by whichever door it is stated.

A case says which fund is to pay. One that must grant it is applied for as soon as the case is entitled to aid, and pays
once it has; a rejection leaves the case to the centre's own money.
"""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from dispatch.casework.records import Facts
from dispatch.domain.chain import Mark
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.funds.sources import FundingState, FundSource, lottery_group, needs_grant
from dispatch.domain.vocabulary import Category
from dispatch.registry.docket.caseload import CATEGORIES
from dispatch.registry.host import RegisterHost
from dispatch.registry.tables import CaseRow, FundingRow

FIELD = "fund_source"

# fmt: off
SETTLED = {
    # what became of the application     what keeps the case from saying otherwise
    FundingState.APPROVED: stated("该项目资金已批准；批准结果有误的，先由负责人更正",
                                  "the fund that was granted: a manager corrects that first"),
    FundingState.REJECTED: stated("该项目资金未获批准；再次申报的，通过项目资金申报提出",
                                  "not the fund that was refused: apply for it anew by an application of its own"),
}
# fmt: on


def follow_fund(host: RegisterHost, case: CaseRow) -> FundingRow | None:
    """Let the application be open that the fund of an entitled case asks for, and no other. Idempotent."""
    open_ = open_application(host.session, case.id)
    wanted = case.fund_source if case.entitled_at and needs_grant(case.fund_source) else None
    if open_ and open_.source is wanted:
        return open_
    if open_:
        open_.state = FundingState.VOID
        note_funding(host, case, open_, Mark.CORRECT_FUND)
        host.session.flush()
    return _apply(host, case, wanted) if wanted else None


def bound(session: Session, case: CaseRow, wanted: FundSource | None) -> Iterator[InvalidFieldError]:
    """Yield what keeps a case from naming another fund: what was decided of its application stays so."""
    newest = newest_application(session, case.id)
    if newest is None:
        return
    leaves = newest.state is FundingState.APPROVED and wanted is not newest.source
    if leaves or (newest.state is FundingState.REJECTED and wanted is newest.source):
        yield InvalidFieldError(field=FIELD, value=wanted and wanted.value, expected=SETTLED[newest.state])


def open_application(session: Session, case_id: str) -> FundingRow | None:
    """Return the application that waits or was granted."""
    held = (FundingRow.case_id == case_id, col(FundingRow.state).in_((FundingState.APPLIED, FundingState.APPROVED)))
    return session.exec(select(FundingRow).where(*held)).one_or_none()


def newest_application(session: Session, case_id: str) -> FundingRow | None:
    """Return the newest application that was no mistake."""
    made = select(FundingRow).where(FundingRow.case_id == case_id, FundingRow.state != FundingState.VOID)
    return session.exec(made.order_by(col(FundingRow.applied_at).desc(), col(FundingRow.id))).first()


def group_of(host: RegisterHost, case: CaseRow) -> Category | None:
    """Return the group by which the lottery fund may pay for a case."""
    categories = [CATEGORIES[code] for code in case.categories]
    return lottery_group(case.matter, case.cause, categories, host.policy.catalogue.lineage)


def note_funding(host: RegisterHost, case: CaseRow, row: FundingRow, mark: Mark, more: Facts | None = None) -> None:
    """Write into the history of the case what became of an application."""
    host.session.flush()
    facts: Facts = {"funding_id": row.id, "source": row.source.value, "state": row.state.value}
    host.note(case, mark, None, facts | (more or {}))


def _apply(host: RegisterHost, case: CaseRow, source: FundSource) -> FundingRow:
    assert host.user_id is not None
    row = host.tx.add(
        FundingRow(
            centre_id=case.centre_id,
            case_id=case.id,
            source=source,
            recipient_group=group_of(host, case) if source is FundSource.LOTTERY else None,
            state=FundingState.APPLIED,
            applied_by=host.user_id,
            applied_at=host.now,
        )
    )
    note_funding(host, case, row, Mark.APPLY_FUND)
    return row
