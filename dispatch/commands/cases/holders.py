"""Who has a case is judged again when its facts change: nobody is kept, or taken off, without a word."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import bindparam, exists, or_
from sqlmodel import col, select

from dispatch.casework.assignment import NO_WOMAN_FEASIBLE
from dispatch.casework.recall import ask_anew
from dispatch.domain.chain import Mark
from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.eligibility.table import RULES_BY_CODE, eligible
from dispatch.domain.findings import FindingKind, Observation
from dispatch.domain.vocabulary import PairKind
from dispatch.registry.docket.conflicts import load_ties
from dispatch.registry.docket.declared import TieQuestion, touched
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.docket.organs import load_organs
from dispatch.registry.docket.roster import read_day
from dispatch.registry.findings import close, open_
from dispatch.registry.host import RegisterHost
from dispatch.registry.statements import fetch, in_force, select_rows
from dispatch.registry.tables import AssignmentRow, AttributesRow, CaseRow, FindingRow

# fmt: off
MOVED: Any = (
    select_rows(AssignmentRow.case_id).distinct()
    .join(AttributesRow, col(AttributesRow.practitioner_id) == col(AssignmentRow.practitioner_id))
    .where(AssignmentRow.centre_id == bindparam("centre_id"), col(AssignmentRow.ended_at).is_(None))
    .where(col(AttributesRow.from_on) <= bindparam("today"))
    .where(or_(col(AttributesRow.until_on).is_(None), col(AttributesRow.until_on) > bindparam("today")))
    .where(col(AttributesRow.institution_id) != col(AssignmentRow.institution_id))
    .order_by(col(AssignmentRow.case_id))
)
BARRED = exists().where(
    col(FindingRow.kind) == FindingKind.HOLDER_BARRED, col(FindingRow.closed_at).is_(None),
    col(FindingRow.subject_id) == col(AssignmentRow.id))
UNFIT: Any = (
    select_rows(AssignmentRow.case_id).distinct()
    .join(AttributesRow, col(AttributesRow.practitioner_id) == col(AssignmentRow.practitioner_id))
    .where(AssignmentRow.centre_id == bindparam("centre_id"), col(AssignmentRow.ended_at).is_(None))
    .where(in_force(AttributesRow, bindparam("today")))
    .where(or_(~col(AttributesRow.assessment_passed), BARRED))
    .order_by(col(AssignmentRow.case_id))
)
# fmt: on

Refusals = Mapping[str, frozenset[str]]
"""The rules that exclude a holder from the case, by assignment."""

GIRL = "girl_woman"

TIED = frozenset({
    PairKind.ADVERSE, PairKind.OPPOSITE, PairKind.CO_DEFENCE, PairKind.UNCLEAR, PairKind.TIED, PairKind.TIE_UNCLEAR,
})  # fmt: skip
"""What follows from the people of the case and of others, and from what was declared of practitioners."""

OF_STANDING = frozenset({"assessment_passed"})
"""What is no fact of a case, and yet was so when its holder was named: an assessment that was not passed since."""

RELATIVE = "no_relative_at_organ"
TIE_RULES = frozenset({RELATIVE, *(code for code, rule in RULES_BY_CODE.items() if rule.pair in TIED)})


def refusals_of(host: RegisterHost, case: CaseRow) -> Refusals:
    """Return which rules about the facts of the case exclude who has it, as if they were named now."""
    held = host.live(case.id)
    if not held:
        return {}
    facts = load_docket(host.session, host.centre_id, [case.id], host.now, (case.status,), refill=True)
    docket = Docket.build(facts, host.policy)
    eligibility = eligible(docket)
    columns = {row.id: docket.column_of(row.practitioner_id) for row in held}
    return {
        row.id: frozenset(
            refusal.code for refusal in eligibility.why(0, columns[row.id]) if _asked_of_holder(refusal.code, row)
        )
        for row in held
        if columns[row.id] != NOBODY
    }


def review_holders(host: RegisterHost, case: CaseRow, before: Refusals) -> None:
    """Open a finding for each who has the case and is newly excluded by a rule; close it where no rule is left.

    The rule is named there and in the history of the case, and a manager decides: nobody is taken off by it.
    """
    for row in host.live(case.id):
        now = refusals_of(host, case).get(row.id, frozenset())
        fresh, open_rules = now - before.get(row.id, frozenset()), _open_rules(host, row)
        rules = sorted(now & (fresh | open_rules))
        if not rules:
            close(host.tx, FindingKind.HOLDER_BARRED, row.id, host.now)
            continue
        facts = {"case_id": case.id, "practitioner_id": row.practitioner_id, "rules": rules}
        open_(host.tx, host.centre_id, Observation(FindingKind.HOLDER_BARRED, "assignment", row.id, facts), host.now)
        if fresh:
            host.note(case, Mark.DOUBT, None, {"assignment_id": row.id, "rules": sorted(fresh)})
    review_asked(host, case)


def review_asked(host: RegisterHost, case: CaseRow) -> None:
    """Withdraw the questions to people excluded from the case by what was written just now."""
    host.session.flush()
    ask_anew(host, case)


def review_moved(host: RegisterHost) -> None:
    """Judge by their ties those who belong to another institution than the one that has the case; again is no news.

    A move by any door, and one that was dated ahead, is seen on its day by the night's check at the latest.
    """
    today = read_day(host.session, host.centre_id, host.now).today
    for (case_id,) in fetch(host.session, MOVED, centre_id=host.centre_id, today=today).all():
        _review_by(host, host.case(case_id), TIE_RULES)


def review_unfit(host: RegisterHost) -> None:
    """Judge those who have a case by their last annual assessment, and once more who was barred; again is no news."""
    today = read_day(host.session, host.centre_id, host.now).today
    for (case_id,) in fetch(host.session, UNFIT, centre_id=host.centre_id, today=today).all():
        _review_by(host, host.case(case_id), OF_STANDING)


def tied_to(host: RegisterHost, case_ids: Collection[str]) -> set[str]:
    """Return the other cases whose holders are judged by who serves these."""
    ties = load_ties(host.session, host.centre_id, case_ids)
    return {other for id in case_ids for other in ties.touching(id)} - set(case_ids)


def review_tied(host: RegisterHost, case_ids: Collection[str], before: Collection[str]) -> None:
    """Judge by their ties those who have the cases that were not tied to these before."""
    for case_id in sorted(tied_to(host, case_ids).difference(before)):
        _review_by(host, host.case(case_id), TIE_RULES)


def review_declared(host: RegisterHost, case_ids: Collection[str] | None = None) -> None:
    """Judge by their ties those who have the cases, or all cases that what is declared touches today; again is no news.

    A declaration that was dated ahead is seen on its day by the night's check at the latest.
    """
    if case_ids is None:
        case_ids = touched_today(host)
    for case_id in sorted(case_ids):
        _review_by(host, host.case(case_id), TIE_RULES)


def touched_today(host: RegisterHost, tie_id: str | None = None) -> set[str]:
    """Return the cases somebody has that a declared tie touches today: this one, or any."""
    today = read_day(host.session, host.centre_id, host.now).today
    return touched(host.session, TieQuestion(host.centre_id, today), load_organs(host.session, host.centre_id), tie_id)


def _review_by(host: RegisterHost, case: CaseRow, rules_in_doubt: frozenset[str]) -> None:
    told = frozenset().union(*(_open_rules(host, row) for row in host.live(case.id)))
    review_holders(host, case, {id: rules - (rules_in_doubt - told) for id, rules in refusals_of(host, case).items()})


def _asked_of_holder(code: str, row: AssignmentRow) -> bool:
    # What hangs on no fact of the case has not changed with it; a man who was named because no woman could be stays.
    rule = RULES_BY_CODE[code]
    asked = rule.reads or rule.pair in TIED or code in OF_STANDING
    return bool(asked) and not (code == GIRL and row.reason == NO_WOMAN_FEASIBLE)


def _open_rules(host: RegisterHost, row: AssignmentRow) -> frozenset[str]:
    about = (FindingRow.kind == FindingKind.HOLDER_BARRED, FindingRow.subject_id == row.id)
    found = host.session.exec(select(FindingRow).where(*about, col(FindingRow.closed_at).is_(None))).one_or_none()
    return frozenset(found.facts["rules"] if found else ())
