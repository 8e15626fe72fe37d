"""The fund a case is put down for is a fact of it: stated by whichever door, it is one application and one meaning."""

import pytest

from dispatch.commands.cases.changes import change_case
from dispatch.commands.cases.intake import grant_case, submit_case
from dispatch.commands.funds import fundings
from dispatch.commands.imports.files import Order, carry_out
from dispatch.commands.life.stages import NextStage, begin_stage
from dispatch.domain.errors import InvalidFieldError
from dispatch.domain.funds.sources import FundSource
from dispatch.domain.vocabulary import CaseSource, Category, Stage
from dispatch.exchange.columns import Kind
from dispatch.registry.tables import CaseRow, FundingRow
from tests.commands.funds.test_fundings import applied, corrected, decided, paying
from tests.commands.life.acts import at_work
from tests.exchange.files import a_csv, good
from tests.rows import NOW, a_draft, submit_cases

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

WORKER = {"categories": ["migrant_worker"]}


def handed_in(register, number="1", **fields):
    return submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(number, **fields))


def amended(register, case, **changes):
    revision = register.get(CaseRow, case.id).revision
    return change_case(register.begin, register.seal, register.clerk, NOW, case.id, changes, revision).case


def in_file(register, **cells):
    order = Order(Kind.CASES, a_csv(good("cases", **cells)))
    return carry_out(register.begin, register.seal, register.clerk, NOW, order)


def applications(register):
    return [(row.source.value, row.recipient_group, row.state.value) for row in register.all(FundingRow)]


def fund_of(register, case):
    return register.get(CaseRow, case.id).fund_source


def test_fund_stated_with_a_granted_case_is_applied_for_and_pays_once_it_is_granted(register):
    case = handed_in(register, fund_source="lottery", **WORKER)

    assert applications(register) == [("lottery", Category.MIGRANT_WORKER, "applied")]
    assert (fund_of(register, case), paying(register, case)) == (FundSource.LOTTERY, FundSource.LOCAL)
    decided(register, case)
    assert (fund_of(register, case), paying(register, case)) == (FundSource.LOTTERY, FundSource.LOTTERY)


def test_fund_stated_before_the_decision_is_applied_for_with_it(register):
    case = handed_in(register, fund_source="donation", granted_at=None)
    assert applications(register) == []

    grant_case(register.begin, register.clerk, NOW, case.id)

    assert applications(register) == [("donation", None, "applied")]


@pytest.mark.parametrize("fund", [None, "local"])
def test_own_money_and_what_nobody_said_ask_for_no_application(register, fund):
    case = handed_in(register, fund_source=fund)

    assert (fund_of(register, case), paying(register, case), applications(register)) == (fund, FundSource.LOCAL, [])


def test_file_and_change_apply_for_it_and_take_it_back(register):
    stated = {"受援人类别": "农民工", "决定援助时间": "2026-03-06 10:00", "经济困难核查结果": "诚信承诺"}
    assert in_file(register, 经费来源="中彩金", **stated).refused == []
    [case] = register.all(CaseRow)
    assert (fund_of(register, case), len(applications(register))) == (FundSource.LOTTERY, 1)

    amended(register, case, fund_source=FundSource.LOCAL)
    assert [state for _, _, state in applications(register)] == ["void"]
    amended(register, case, fund_source=FundSource.DONATION)
    assert ("donation", None, "applied") in applications(register)
    assert in_file(register, 经费来源="", **stated).refused == []
    assert (fund_of(register, case), {state for _, _, state in applications(register)}) == (None, {"void"})


def test_fund_that_may_not_pay_is_refused_at_every_door(register):
    [form] = submit_cases(register.begin, register.seal, register.clerk, NOW, [a_draft("1", fund_source="lottery")])
    case = handed_in(register, "2", **WORKER)
    plain = handed_in(register, "3", recipient={"name": "张三", "minor": False})
    with pytest.raises(InvalidFieldError) as change:
        amended(register, plain, fund_source=FundSource.LOTTERY)
    at_work(register, plain, register.a_practitioner())
    appeal = NextStage("4", Stage.SECOND_INSTANCE, CaseSource.APPLICATION, fund_source=FundSource.LOTTERY)
    with pytest.raises(InvalidFieldError) as stage:
        begin_stage(register.begin, register.seal, register.clerk, NOW, plain.id, appeal)
    [cell] = in_file(register, 经费来源="中彩金").refused
    paid = amended(register, case, fund_source=FundSource.LOTTERY)
    with pytest.raises(InvalidFieldError) as group:
        amended(register, paid, categories=())

    fields = {error.facts["field"] for error in (form.error, change.value, stage.value, group.value)}
    assert (fields, cell.field) == ({"fund_source"}, "fund_source")


def test_refused_fund_leaves_the_case_to_the_own_money_and_is_asked_again_by_an_application_alone(register):
    case = handed_in(register, fund_source="lottery", **WORKER)
    decided(register, case, approve=False)
    assert (fund_of(register, case), paying(register, case)) == (FundSource.LOCAL, FundSource.LOCAL)

    with pytest.raises(InvalidFieldError) as refusal:
        amended(register, case, fund_source=FundSource.LOTTERY)
    assert "再次申报" in refusal.value.facts["expected"]["zh"]
    applied(register, case)
    assert fund_of(register, case) is FundSource.LOTTERY


def test_granted_fund_stays_until_a_manager_corrects_it(register):
    case = handed_in(register, fund_source="lottery", **WORKER)
    row = decided(register, case)
    with pytest.raises(InvalidFieldError):
        amended(register, case, fund_source=FundSource.LOCAL)

    corrected(register, row)
    assert amended(register, case, fund_source=FundSource.LOCAL).fund_source is FundSource.LOCAL
    assert applications(register) == [("lottery", Category.MIGRANT_WORKER, "void")]


def test_application_says_so_in_the_case_and_its_correction_takes_that_back(register):
    case = handed_in(register, **WORKER)
    row = applied(register, case)
    assert fund_of(register, case) is FundSource.LOTTERY

    decided(register, case, approve=False)
    corrected(register, row)
    assert fund_of(register, case) is FundSource.LOTTERY
    corrected(register, row)
    assert fund_of(register, case) is None


def test_next_stage_has_a_fund_of_its_own(register):
    case = handed_in(register, fund_source="lottery", **WORKER)
    at_work(register, case, register.a_practitioner())
    appeal = NextStage("2", Stage.SECOND_INSTANCE, CaseSource.APPLICATION)

    def begun(stage):
        return begin_stage(register.begin, register.seal, register.clerk, NOW, case.id, stage)

    assert begun(appeal).fund_source is None
    assert begun(appeal._replace(number="3", fund_source=FundSource.LOTTERY)).fund_source is FundSource.LOTTERY
    assert len(applications(register)) == 2


def test_applications_are_read_in_their_order(register):
    case = handed_in(register, fund_source="donation")

    [row] = fundings.fundings_of(register.read, register.clerk, case.id)
    assert (row.source, row.applied_by) == (FundSource.DONATION, register.clerk.user_id)
