"""Which fund pays: applied for where the fund may pay, decided, corrected; what is settled then names it."""

import pytest

from dispatch.commands.funds import fundings
from dispatch.domain.errors import (
    ForbiddenError,
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    StepOutOfOrderError,
)
from dispatch.domain.funds.sources import FundingState, FundSource
from dispatch.domain.vocabulary import Category, Status
from dispatch.registry.tables import FundingRow
from tests.commands.funds.test_settlements import put, settled
from tests.commands.life.acts import at_work, closed
from tests.rows import NOW

WORKER = {"categories": ["migrant_claimant"]}


def applied(register, case, source=FundSource.LOTTERY, actor=None):
    return fundings.apply(register.begin, register.seal, actor or register.clerk, NOW, case.id, source)


def decided(register, case, approve=True, **more):
    return fundings.decide(register.begin, register.seal, register.clerk, NOW, case.id, approve, **more)


def corrected(register, row):
    return fundings.correct(register.begin, register.seal, register.manager, NOW, row.id, "another case was meant")


def paying(register, case):
    with register.read() as session:
        return fundings.fund_of(session, case.id)


def test_lottery_fund_pays_once_it_was_applied_for_and_granted(register):
    case = register.a_case(**WORKER)
    before = paying(register, case)
    row = applied(register, case)
    asked = paying(register, case)
    for _ in range(2):
        decided(register, case, on=NOW.date(), reference="豫援彩〔2026〕12号")

    found = register.get(FundingRow, row.id)
    assert (before, asked, paying(register, case)) == (FundSource.LOCAL, FundSource.LOCAL, FundSource.LOTTERY)
    assert (found.recipient_group, found.state, found.decided_on) == (
        Category.MIGRANT_WORKER, FundingState.APPROVED, NOW.date(),
    )  # fmt: skip
    assert register.history(case) == ["apply_fund", "decide_fund"]


@pytest.mark.parametrize(
    "columns",
    [
        {"categories": []},
        {"categories": ["veteran"]},
        {"categories": ["woman"]},
        {"categories": ["minor"], "matter": "criminal", "cause": "theft"},
    ],
)
def test_lottery_fund_may_pay_only_for_the_five_groups_in_civil_and_administrative_cases(register, columns):
    case = register.a_case(**columns)

    with pytest.raises(InvalidFieldError) as refused:
        applied(register, case)

    assert "受援人类别在案件登记中填写" in refused.value.facts["expected"]["zh"]
    assert register.all(FundingRow) == []


def test_woman_in_a_dispute_of_family_rights_is_one_of_the_groups(register):
    case = register.a_case(categories=["woman"], cause="maintenance")

    assert applied(register, case).recipient_group is Category.WOMAN


def test_own_money_needs_no_application_and_a_case_without_aid_has_none(register):
    with pytest.raises(InvalidFieldError):
        applied(register, register.a_case(**WORKER), FundSource.LOCAL)
    waiting = register.a_case("2", status=Status.RECEIVED, granted_at=None, entitled_at=None, **WORKER)
    with pytest.raises(IllegalTransitionError):
        applied(register, waiting)


def test_one_fund_is_applied_for_at_a_time_and_after_a_refusal_another(register):
    case = register.a_case(**WORKER)
    first = applied(register, case)
    with pytest.raises(StepOutOfOrderError):
        applied(register, case, FundSource.DONATION)
    again = applied(register, case)
    decided(register, case, approve=False)

    other = applied(register, case, FundSource.DONATION)

    assert (again.id, other.recipient_group) == (first.id, None)
    assert [row.state.value for row in fundings.fundings_of(register.read, register.clerk, case.id)] in (
        ["rejected", "applied"], ["applied", "rejected"],
    )  # fmt: skip


def test_result_and_application_are_undone_by_corrections(register):
    case = register.a_case(**WORKER)
    row = applied(register, case)
    decided(register, case)
    with pytest.raises(StepOutOfOrderError):
        decided(register, case, approve=False)

    seen = [corrected(register, row).state.value for _ in range(2)]

    assert (seen[-1], paying(register, case)) == ("void", FundSource.LOCAL)
    with pytest.raises(StepOutOfOrderError):
        corrected(register, row)
    with pytest.raises(NotFoundError):
        decided(register, case)


def test_settlement_names_the_fund_that_pays(register):
    put(register)
    case = register.a_case(**WORKER)
    applied(register, case)
    decided(register, case)
    work = closed(register, at_work(register, case, register.a_practitioner()))

    assert settled(register, work, service_days=1.0).fund is FundSource.LOTTERY


def test_only_officers_of_the_centre_apply(register):
    case = register.a_case(**WORKER)

    with pytest.raises(ForbiddenError):
        applied(register, case, actor=register.recipient(case))
    with pytest.raises(NotFoundError):
        applied(register, case, actor=register.a_stranger())
