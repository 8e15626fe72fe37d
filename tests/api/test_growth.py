"""What is read all day reads no table that grows with the years whole: ten years on record cost what one does."""

import pytest

from dispatch.domain.vocabulary import Role
from testbed.plans import listening, walks

CLERK, MANAGER, PRACTITIONER = Role.CLERK, Role.MANAGER, Role.PRACTITIONER

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
    ("/v1/practitioners/{person}", CLERK), ("/v1/acceptance", MANAGER),
]
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

        assert answer.status_code == 200, (path, answer.json())
        steps = walks(register.engine, asked, lambda statement: any(statement.startswith(part) for part in WHOLE))
        if steps:
            found[path] = steps

    assert found == {}
