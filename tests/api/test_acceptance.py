"""Over HTTP: how practitioners answer, open to the centre and to each about themselves."""

from datetime import timedelta

import pytest

from dispatch.domain.states import EndReason, GivingBack, OfferState, Review
from dispatch.domain.vocabulary import ModeName, Role, Status
from dispatch.registry.tables import AbandonmentRow, OfferRow
from tests.api.test_ways import enter
from tests.rows import NOW

DAY = timedelta(days=1)


@pytest.fixture
def asked(office):
    """Two practitioners: one accepted, declined and gave back; the other was asked last year."""
    busy, ask = enter(office, "busy")
    quiet, _ = enter(office, "quiet")
    offer(office, busy, OfferState.ACCEPTED, NOW - 3 * DAY)
    offer(office, busy, OfferState.DECLINED, NOW - 2 * DAY, GivingBack.DISTANCE)
    offer(office, quiet, OfferState.EXPIRED, NOW - 90 * DAY)
    case = office.register.a_case("x", status=Status.ASSIGNED)
    assignment = office.register.an_assignment(case, busy, ended_at=NOW, end_reason=EndReason.ABANDONED)
    office.register.add(
        AbandonmentRow(
            centre_id=office.register.centre.id, case_id=case.id, assignment_id=assignment.id, review=Review.WAITING,
            practitioner_id=busy.id, reason=GivingBack.HEALTH, at=NOW - DAY,
        )
    )  # fmt: skip
    return office, busy, quiet, ask


def offer(office, person, state, at, reason=None):
    case = office.register.a_case(f"{person.code}{at:%j}")
    office.register.add(
        OfferRow(
            centre_id=office.register.centre.id, case_id=case.id, practitioner_id=person.id, mode=ModeName.ROTATION,
            state=state, reason=reason, offered_at=at, expires_at=at + DAY, answered_at=at + timedelta(hours=1),
        )
    )  # fmt: skip


def test_practitioner_sees_how_they_answered_this_year_and_nobody_elses(asked):
    _, busy, quiet, ask = asked

    reported = ask("GET", f"/v1/practitioners/{busy.id}/acceptance").json()

    assert (reported["practitioner_id"], reported["from_on"], reported["until_on"]) == (
        busy.id,
        "2026-01-01",
        "2026-03-09",
    )
    assert (reported["made"], reported["accepted"], reported["declined"], reported["rate"]) == (2, 1, 1, 0.5)
    assert (reported["declined_because"]["distance"], reported["median_answer_s"]) == (1, 3600.0)
    assert (reported["abandoned"], reported["abandoned_because"]["health"]) == (1, 1)
    assert ask("GET", f"/v1/practitioners/{quiet.id}/acceptance").status_code == 404
    assert ask("GET", "/v1/acceptance").status_code == 403


def test_centre_sees_everyone_page_by_page_and_all_together(asked):
    office, busy, quiet, _ = asked

    first = office.get("/v1/acceptance?limit=1&from_on=2025-12-01").json()
    second = office.get(f"/v1/acceptance?limit=1&from_on=2025-12-01&cursor={first['next']}").json()

    assert [item["practitioner_id"] for item in (*first["items"], *second["items"])] == [busy.id, quiet.id]
    assert second["next"] is None
    assert first["total"] == second["total"]
    assert (first["total"]["practitioner_id"], first["total"]["made"], first["total"]["expired"]) == (None, 3, 1)


def test_period_has_its_first_and_last_day(asked):
    office, busy, _, _ = asked
    where = f"/v1/practitioners/{busy.id}/acceptance"

    assert office.get(f"{where}?from_on=2026-03-06&until_on=2026-03-06").json()["made"] == 1
    assert office.get(f"{where}?until_on=2026-03-05").json()["made"] == 0
    wrong = office.get(f"{where}?from_on=2026-03-07&until_on=2026-03-06")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid-field")


def test_another_centre_and_a_recipient_see_nothing(asked):
    office, busy, _, _ = asked

    assert office.get(f"/v1/practitioners/{busy.id}/acceptance", role=Role.RECIPIENT).status_code == 403
    assert office.get("/v1/practitioners/none/acceptance").status_code == 404
