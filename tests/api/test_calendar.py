"""Working days over HTTP: a notice is loaded, seen, undone, and what moved is listed without names."""

import pytest

from dispatch.domain.vocabulary import Role
from dispatch.main import create_app
from dispatch.settings import Settings
from tests.api.people import People
from tests.commands.test_calendar import MONDAY, TITLE
from tests.domain.test_calendar import NOTICE_2027
from tests.rows import a_draft

ROWS = [
    {"from_on": row.from_on.isoformat(), "until_on": row.until_on.isoformat(), "working": row.working}
    for row in NOTICE_2027
]
NOTICE = {"title": TITLE, "rows": ROWS}


@pytest.fixture
def app(database_url, redis_url, register, tmp_path):
    settings = Settings(
        database_url=database_url, redis_url=redis_url, secret="a secret of the tests", data_dir=tmp_path
    )
    return create_app(settings, clock=lambda: MONDAY)


@pytest.fixture
def people(office):
    return People(office)


def loaded(people, role=Role.MANAGER, notice=None):
    return people.ask(role, "/calendar/2027", notice or NOTICE, method="PUT")


def test_notice_is_loaded_seen_and_undone_and_moved_limits_are_listed_by_number(people):
    draft = a_draft("2027-0001", received_at=MONDAY, granted_at=None).model_dump(mode="json")
    people.done(Role.CLERK, "/cases", draft)
    before = people.fetch(Role.CLERK, "/calendar/2027")

    done = loaded(people).json()
    seen = people.fetch(Role.AUDITOR, "/calendar/2027")
    [moved] = people.fetch(Role.CLERK, "/calendar/changes")["items"]

    assert (before["estimated"], before["notice"], before["made_up"]) == (True, None, [])
    assert done["moved"] == 1
    assert (seen["estimated"], seen["notice"]["title"], seen["made_up"][0]) == (False, TITLE, "2027-02-20")
    assert (moved["case_number"], moved["code"]) == ("2027-0001", "T3")
    assert (moved["was"], moved["becomes"]) == ("2027-02-11T15:59:59Z", "2027-02-15T15:59:59Z")
    assert people.fetch(Role.CLERK, f"/calendar/changes?notice_id={done['notice']['id']}")["items"] == [moved]
    assert loaded(people).json()["moved"] == 0

    undone = people.done(Role.ADMIN, "/calendar/2027", method="DELETE")
    assert (undone["notice"], undone["moved"]) == (None, 1)
    assert people.fetch(Role.MANAGER, "/calendar/2027")["estimated"]
    assert people.ask(Role.MANAGER, "/calendar/2027", method="DELETE").status_code == 404


def test_notice_with_problems_is_refused_row_by_row(people):
    wrong = {"title": TITLE, "rows": [*ROWS, {"from_on": "2027-03-01", "working": True}]}

    answer = loaded(people, notice=wrong)

    assert (answer.status_code, answer.json()["code"]) == (422, "calendar-invalid")
    [problem] = answer.json()["facts"]["problems"]
    assert (problem["row"], problem["field"]) == (len(ROWS) + 1, "working")
    assert people.fetch(Role.MANAGER, "/calendar/2027")["notice"] is None


def test_clerks_and_lawyers_load_no_notice_and_an_administrator_reads_no_cases(people):
    assert loaded(people, Role.ADMIN).status_code == 200
    assert [loaded(people, role).status_code for role in (Role.CLERK, Role.PRACTITIONER, Role.AUDITOR)] == [403] * 3
    assert people.ask(Role.ADMIN, "/calendar/changes", method="GET").status_code == 403
    assert people.ask(Role.MANAGER, "/calendar/1999", method="GET").status_code == 422
