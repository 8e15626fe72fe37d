"""What is read all day reads no table that grows with the years whole: ten years on record cost what one does."""

from datetime import timedelta

import pytest

from dispatch.commands.runs.draws import commit_draws
from dispatch.domain.conflicts.declared import Kinship, TieKind
from dispatch.domain.documents import DocumentKind
from dispatch.domain.states import OfferState
from dispatch.domain.vocabulary import CaseSource, JobKind, JobStatus, ModeName, Role, Status
from dispatch.registry.tables import DeclaredTieRow, DocumentRow, JobRow, OfferRow, RunRow
from testbed.plans import listening, walks
from tests.api.conftest import ORGAN as COURT
from tests.api.test_log import published
from tests.rows import NOW

CLERK, MANAGER, PRACTITIONER, ORGAN = Role.CLERK, Role.MANAGER, Role.PRACTITIONER, Role.ORGAN

# fmt: off
READS = [
    ("/v1/cases?status=pending", CLERK), ("/v1/cases?sort=deadline", CLERK), ("/v1/cases?number_prefix=2026", CLERK),
    ("/v1/cases/{case}", CLERK), ("/v1/cases/{case}/overview", CLERK), ("/v1/cases/{case}/events", CLERK),
    ("/v1/cases/{case}/candidates", CLERK), ("/v1/cases/{case}/why?practitioner={person}", CLERK),
    ("/v1/cases/{case}/facts/public", CLERK), ("/v1/cases/{case}/clocks", CLERK), ("/v1/clocks", CLERK),
    ("/v1/deadlines", CLERK), ("/v1/board", PRACTITIONER), ("/v1/board/claims", CLERK), ("/v1/offers", CLERK),
    ("/v1/assignments", CLERK), ("/v1/arrangements", CLERK), ("/v1/replacements", MANAGER), ("/v1/amendments", CLERK),
    ("/v1/abandonments", MANAGER), ("/v1/absences", CLERK), ("/v1/runs", CLERK),
    ("/v1/jobs", MANAGER), ("/v1/registry/findings", CLERK), ("/v1/organs/unlisted", CLERK), ("/v1/audit", MANAGER),
    ("/v1/practitioners/{person}", CLERK), ("/v1/acceptance", MANAGER), ("/v1/jobs?open=true&newest=true", MANAGER),
    ("/v1/letters", CLERK), ("/v1/letters", ORGAN), ("/v1/letters?organ=某院", CLERK), ("/v1/notices", ORGAN),
    ("/v1/letters?awaited=true", CLERK), ("/v1/letters?awaited=true", ORGAN),
    ("/v1/letters?newest=true", CLERK), ("/v1/letters?newest=true", ORGAN), ("/v1/notices?newest=true", ORGAN),
    ("/v1/abandonments?review=waiting", MANAGER),
    ("/v1/rotation", CLERK), ("/v1/rotation/overrides", CLERK), ("/v1/rotation/bounds", CLERK),
    ("/v1/declared-ties", CLERK), ("/v1/tie-reviews", CLERK), ("/v1/runs/draws", CLERK), ("/v1/complaints", MANAGER),
    ("/v1/documents/lacking?kind=letter", CLERK), ("/v1/policies/lessons", MANAGER), ("/metrics", None),
]
NOTHING_YET = {"/v1/policies/lessons"}
WHOLE = {
    # part of a statement                        why all of a table is read
    "SELECT 'ledger' AS what":                    "turns are summed over all years, from an index that holds them",
}
# fmt: on


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_read_all_day_grows_with_no_history(office, register, app):
    case, person = register.a_case(), register.a_practitioner()
    found = {}
    for path, role in READS:
        with listening(app.state.context.engine) as asked:
            answer = office.get(path.format(case=case.id, person=person.id), role=role)

        assert answer.status_code == (404 if path in NOTHING_YET else 200), (path, answer.text)
        steps = walks(register.engine, asked, lambda statement: any(statement.startswith(part) for part in WHOLE))
        if steps:
            found[path] = steps

    assert found == {}


FEW, ROWS = 2, 5
LISTS = [
    # First: a refusal further down is an entry that is not sealed yet.
    ("/v1/me/log", CLERK),
    *[each for each in READS if "{" not in each[0] and "?" not in each[0] and each[0] not in NOTHING_YET],
    ("/v1/documents/unprinted", CLERK), ("/v1/cases?sort=deadline", CLERK), ("/v1/practitioners", CLERK),
    ("/v1/institutions", CLERK), ("/v1/cases/{case}/events", CLERK), ("/v1/log/heads", CLERK),
]  # fmt: skip


def a_line_of_everything(register, n):
    """One row of most lists, of its own case, person and institution."""
    about = {"centre_id": register.centre.id}
    person = register.a_practitioner(f"p{n}", register.an_institution(f"h{n}"))
    case = register.a_case(f"2026-{n}", status=Status.ASSIGNED, source=CaseSource.NOTICE_MUST, organ=COURT)
    held = register.an_assignment(case, person)
    offered = {"case_id": case.id, "practitioner_id": person.id, "seat": 1, "mode": ModeName.ROTATION}
    job = JobRow(**about, kind=JobKind.RUN, status=JobStatus.DONE, created_at=NOW, finished_at=NOW)
    for row in (
        job,
        OfferRow(**about, **offered, state=OfferState.PENDING, offered_at=NOW, expires_at=NOW + timedelta(hours=1)),
        DeclaredTieRow(
            **about,
            code=f"t{n}",
            practitioner_id=person.id,
            kind=TieKind.RELATIVE_AT_ORGAN,
            relation=Kinship.SPOUSE,
            organ=COURT,
            recorded_at=NOW,
        ),
        DocumentRow(
            **about,
            case_id=case.id,
            kind=DocumentKind.LETTER,
            about_id=held.id,
            organ=COURT,
            series="c",
            year=2026,
            serial=n + 1,
            number=f"c{n}",
            sealed=b"",
            issued_by=register.clerk.user_id,
            issued_at=NOW,
        ),
    ):
        register.add(row)
    register.add(RunRow(**about, id=job.id, policy_id=register.policy.id, case_ids=[case.id], draw_on=NOW.date()))
    return case


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_page_of_a_list_asks_no_more_often_the_more_rows_it_has(office, register, app):
    cases = [a_line_of_everything(register, n) for n in range(ROWS)]
    commit_draws(register.begin, register.read, NOW)
    for number in "一二三四五":
        office.post("/v1/organs", {"name": f"某市第{number}人民检察院"})
    published(office)
    grown = {}
    for path, role in LISTS:
        asked = {}
        for limit in (FEW, ROWS):
            with listening(app.state.context.engine) as statements:
                answer = office.get(path.format(case=cases[0].id), params={"limit": limit}, role=role)
            if answer.status_code == 422:
                break
            assert answer.status_code == 200, (path, answer.text)
            asked[limit] = len(statements)
        if asked and asked[ROWS] > asked[FEW]:
            grown[path, role] = asked

    assert grown == {}
