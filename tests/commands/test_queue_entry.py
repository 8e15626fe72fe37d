"""A case that comes into the queue starts the same, whichever door it comes through: its chain, or an urgent run."""

from datetime import timedelta

import pytest

from dispatch.commands.board import post_case, take_off
from dispatch.commands.cases import intake, notices
from dispatch.commands.cases.changes import change_case
from dispatch.commands.cases.drafts import NoticeDraft
from dispatch.commands.centres import create_centre
from dispatch.commands.imports.files import Order, carry_out
from dispatch.commands.life import corrections, decisions, ends, stages, transfers
from dispatch.domain.permissions import Actor
from dispatch.domain.states import RefusalGround, TerminationGround, TransferGround
from dispatch.domain.vocabulary import CaseSource, CentreLevel, Matter, Role, Service, Stage, Status
from dispatch.exchange.columns import Kind
from dispatch.registry.tables import CaseRow, JobRow, OutboxRow, PolicyRow, RunRow
from testbed.rows import a_user
from tests.commands.life.acts import at_work
from tests.commands.test_notices import PLAIN
from tests.exchange.files import a_csv, good
from tests.rows import NOW, a_draft, submit_cases

DAY = timedelta(days=1)
EARLIER = {"received_at": NOW - 5 * DAY}
"""Of an application that was granted three days ago, the clock runs out tonight."""

GRANTED = EARLIER | {"granted_at": NOW - 3 * DAY}
DEFENCE = {"matter": Matter.CRIMINAL, "cause": "theft", "service": Service.DEFENCE}
NOTICED = DEFENCE | {"source": CaseSource.NOTICE_MUST, "granted_at": None}
TONIGHT = NOW + DAY / 2


def received(register, **columns):
    return register.a_case(status=Status.RECEIVED, granted_at=None, **EARLIER, **columns)


def hastened(register, code):
    """Let the centre ask half a day of itself, where the clock begins with the act."""
    register.a_policy(deadlines={code: {"value": 12, "unit": "hour", "roll": False}})


def by_form(register):
    return intake.submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(detained=True, **GRANTED)).id


def by_batch(register):
    drafts = [a_draft(detained=True, **GRANTED)]
    return submit_cases(register.begin, register.seal, register.clerk, NOW, drafts)[0].case.id


def by_decision(register):
    case = received(register, detained=True)
    return intake.grant_case(register.begin, register.clerk, NOW, case.id, NOW - 3 * DAY).id


def by_file(register, **cells):
    granted = {"决定给予法律援助时间": "2026-03-06 09:00", "经济困难核查结果": "诚信承诺"}
    row = good("cases", 案件编号="1", 在押="是", 收到时间="2026-03-04 09:00", **(granted | cells))
    report = carry_out(register.begin, register.seal, register.clerk, NOW, Order(Kind.CASES, a_csv(row)))
    assert report.applied
    return register.all(CaseRow)[0].id


def by_file_again(register):
    by_file(register, 决定给予法律援助时间="")
    assert register.all(JobRow) == register.all(OutboxRow) == []
    return by_file(register)


def by_notice(register):
    court = register.an_organ("某市某区人民法院")
    hastened(register, "T2")
    draft = NoticeDraft.model_validate(PLAIN | {"detained": True})
    return notices.send_notice(register.begin, register.seal, court, NOW, draft).case.id


def by_notice_written_down(register):
    draft = a_draft(received_at=NOW - 3 * DAY, **NOTICED)
    return intake.submit_case(register.begin, register.seal, register.clerk, NOW, draft).id


def by_objection(register):
    hastened(register, "T4")
    case = received(register)
    refused = (register.begin, register.seal, register.clerk, NOW - DAY, case.id)
    decisions.refuse_aid(*refused, RefusalGround.MEANS, "above the line")
    decisions.contest(*refused, "reckoned wrongly")
    ruling = (register.begin, register.seal, register.manager, NOW, case.id, True, "correct it")
    return decisions.decide_objection(*ruling).id


def by_objection_to_a_termination(register):
    case = register.a_case(due_at=TONIGHT)
    ended = (register.begin, register.seal, register.clerk, NOW - DAY, case.id)
    ends.terminate(*ended, TerminationGround.MEANS, "better off")
    decisions.contest(*ended, "reckoned wrongly")
    ruling = (register.begin, register.seal, register.manager, NOW, case.id, True, "correct it")
    return decisions.decide_objection(*ruling).id


def by_stage(register):
    case = register.a_case("0", stage=Stage.INVESTIGATION, received_at=NOW - 9 * DAY, **DEFENCE)
    at_work(register, case, register.a_practitioner())
    following = stages.NextStage("1", Stage.PROSECUTION, CaseSource.NOTICE_MUST, received_at=NOW - 3 * DAY)
    return stages.begin_stage(register.begin, register.seal, register.clerk, NOW, case.id, following).id


def transferred(register, now):
    centre = create_centre(register.begin, NOW, "zz", "郑州市法律援助中心", CentreLevel.CITY)
    in_force = register.policy.model_dump(exclude={"id", "centre_id"})
    register.add(PolicyRow(**in_force, centre_id=centre.id))
    case = register.a_case(**NOTICED, received_at=NOW - 3 * DAY, entitled_at=NOW - 3 * DAY, due_at=TONIGHT)
    sending = (register.begin, register.seal, register.clerk, now, case.id, TransferGround.JURISDICTION)
    transfers.transfer(*sending, "zz", "their court")
    return centre


def by_transfer(register):
    centre = transferred(register, NOW)
    return register.all(CaseRow, CaseRow.centre_id == centre.id)[0].id


def by_transfer_back(register):
    centre = transferred(register, NOW - DAY)
    clerk = register.add(a_user(centre.id, "clerk", Role.CLERK))
    there = register.all(CaseRow, CaseRow.centre_id == centre.id)[0]
    actor = Actor(user_id=clerk.id, role=Role.CLERK, centre_id=centre.id)
    sending = (register.begin, register.seal, actor, NOW, there.id, TransferGround.JURISDICTION)
    transfers.transfer(*sending, "c", "yours")
    return register.all(CaseRow, CaseRow.centre_id == register.centre.id)[0].id


def by_correction(register):
    case = register.a_case(due_at=TONIGHT)
    ended = (register.begin, register.seal, register.clerk, NOW - DAY, case.id)
    ends.terminate(*ended, TerminationGround.MEANS, "another case was meant")
    corrections.correct(register.begin, register.seal, register.manager, NOW, case.id, "another case was meant")
    return case.id


def by_amendment(register):
    # Three days from a Wednesday end on the Saturday before, for who is detained.
    case = register.a_case(received_at=NOW - 5 * DAY, granted_at=NOW - 5 * DAY, due_at=NOW + DAY)
    changed = {"detained": True}
    register.a_person(case)
    asked = (register.begin, register.seal, register.clerk, NOW - 2 * DAY)
    return change_case(*asked, case.id, changed, case.revision).case.id


def by_the_board(register):
    case = register.a_case(due_at=TONIGHT)
    post_case(register.begin, register.clerk, NOW, case.id)
    take_off(register.begin, register.clerk, NOW, case.id)
    return case.id


DOORS = (
    by_form, by_batch, by_decision, by_file, by_file_again, by_notice, by_notice_written_down, by_objection,
    by_objection_to_a_termination, by_stage, by_transfer, by_transfer_back, by_correction, by_amendment, by_the_board,
)  # fmt: skip


def started(register, case_id):
    """Return the jobs that were asked for about the case: its chain, or the run it is in."""
    runs = {run.id for run in register.all(RunRow) if case_id in run.case_ids}
    return {each.job for each in register.all(OutboxRow) if each.argument in {case_id, *runs}}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_case_due_at_midnight_gets_its_urgent_run_at_once(register, door):
    case_id = door(register)

    case = register.get(CaseRow, case_id)
    assert case.status is Status.PENDING
    assert started(register, case_id) == {"workers.jobs.solve_run"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_where_the_policy_starts_chains_the_case_gets_its_chain_at_once(register, door):
    register.a_policy(walk={"start_on_grant": True})

    case_id = door(register)

    assert "workers.jobs.start_plan" in started(register, case_id)
