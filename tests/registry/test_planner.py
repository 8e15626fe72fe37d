"""SQLite is told which tables grow, so that one case costs the same however many are on record."""

import pytest

from dispatch.registry.docket.docket import load_docket
from testbed.plans import listening, walks
from tests.rows import NOW

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_docket_of_one_case_and_one_person_reads_nothing_else_of_the_centre(register):
    case, person = register.a_case(), register.a_practitioner()

    with listening(register.engine) as asked, register.read() as session:
        load_docket(session, register.centre.id, [case.id], NOW, practitioner_id=person.id)

    assert len(asked) > 5
    assert walks(register.engine, asked) == []
