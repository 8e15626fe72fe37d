"""A firm in the browser: it sees a case with the time left and arranges its lawyer."""

from datetime import UTC, datetime

from sqlmodel import col, select

from dispatch.commands.life.arrangements import entrust
from dispatch.domain.errors import DispatchError
from dispatch.domain.vocabulary import Role, Status
from dispatch.registry.tables import ArrangementRow, AssignmentRow, CaseRow
from tests.console.browser.conftest import PHONE


def given(town):
    """Give the town's firm the first case that one of its people may take."""
    firm = town.actor(Role.INSTITUTION).institution_id
    with town.read() as session:
        cases = session.exec(
            select(CaseRow).where(CaseRow.status == Status.PENDING).order_by(col(CaseRow.number))
        ).all()
    for case in cases:
        try:
            return entrust(town.begin, town.clerk, datetime.now(UTC), case.id, firm, "next in turn")
        except DispatchError:
            continue
    raise AssertionError("no case that the firm may take")


def test_firm_arranges_its_lawyer_on_the_phone(town, watched):
    arrangement = given(town)
    view = watched(Role.INSTITUTION, PHONE)
    page = view.open("/desk")
    page.click("a:has-text('安排承办人员')")
    view.look()
    page.locator("input[name=practitioner_id]").first.check()
    page.click("button:has-text('安排这位承办人员')")
    page.wait_for_selector("text=承办人员已安排")
    view.look()
    view.open("/own-people")
    with town.read() as session:
        made = session.get_one(ArrangementRow, arrangement.id).assignment_id
        assert session.get_one(AssignmentRow, made).institution_id == arrangement.institution_id
