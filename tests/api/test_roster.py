"""The roster over HTTP: read as of a day, changed only by whoever read the newest, with history."""

from datetime import timedelta

import pytest

from dispatch.commands.access import create_user
from dispatch.domain.docket.absence import AbsenceState
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import AbsenceRow, AttributesRow
from tests.rows import NOW

LEAVE = {"from_on": "2026-03-09", "until_on": "2026-03-15"}


def path_of(practitioner):
    return f"/v1/practitioners/{practitioner.id}"


def change(office, path, body, etag='"1"', **more):
    headers = {"If-Match": etag} if etag else {}
    return office.ask("PATCH", path, json=body, headers=headers, **more)


def test_change_is_true_from_today_on_and_the_past_stays(office):
    practitioner = office.register.a_practitioner("p1", capacity=5)

    answer = change(office, path_of(practitioner), {"capacity": 9, "minor_trained": None})

    assert answer.status_code == 200
    assert answer.headers["etag"] == '"2"'
    assert answer.json()["attributes"]["capacity"] == 9
    assert answer.json()["attributes"]["minor_trained"] is None
    yesterday = (NOW - timedelta(days=1)).date().isoformat()
    assert office.get(f"{path_of(practitioner)}?as_of={yesterday}").json()["attributes"]["capacity"] == 5


def test_etag_of_a_reading_allows_the_change(office):
    practitioner = office.register.a_practitioner("p1")
    etag = office.get(path_of(practitioner)).headers["etag"]

    assert change(office, path_of(practitioner), {"quality": 90}, etag).status_code == 200


def test_second_of_two_who_read_the_same_is_told_so(office):
    practitioner = office.register.a_practitioner("p1")
    change(office, path_of(practitioner), {"quality": 90})

    answer = change(office, path_of(practitioner), {"quality": 10})

    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    assert answer.json()["facts"]["actual"] == 2
    assert office.get(path_of(practitioner)).json()["attributes"]["quality"] == 90


@pytest.mark.parametrize("etag", [None, "*", '"x"', "W/1"])
def test_change_without_a_revision_is_not_made(office, etag):
    practitioner = office.register.a_practitioner("p1")

    answer = change(office, path_of(practitioner), {"quality": 90}, etag)

    assert (answer.status_code, answer.json()["code"]) == (428, "if-match-required")


# fmt: off
BAD = [
    # what is sent                                    status code                 names
    ({"capacity": -1},                                 422, "invalid-request",   "body.capacity"),
    ({"capacity": "many"},                             422, "invalid-request",   "body.capacity"),
    ({"quality": 101},                                 422, "invalid-request",   "body.quality"),
    ({"latitude": 91, "longitude": 1},                 422, "invalid-request",   "body.latitude"),
    ({"latitude": None},                               422, "invalid-field",     "longitude"),
    ({"kind": "wizard"},                               422, "invalid-request",   "body.kind"),
    ({"name": None},                                   422, "invalid-request",   "body.name"),
    ({"name": " "},                                    422, "invalid-request",   "body.name"),
    ({"listed": None},                                 422, "invalid-request",   "body.listed"),
    ({"institution": None},                            422, "invalid-request",   "body.institution"),
    ({"institution": "nowhere"},                       422, "unknown-reference", "institution"),
    ({"specialties": {"witchcraft": 50}},              422, "unknown-reference", "specialties"),
    ({"specialties": {"wages": 101}},                  422, "invalid-request",   "body.specialties.wages"),
    ({"experience": {"rich": 50}},                     422, "invalid-request",   "body.experience.rich.[key]"),
    ({"areas": ["atlantis"]},                          422, "unknown-reference", "areas"),
    ({"languages": ["klingon"]},                       422, "unknown-reference", "languages"),
    ({"former_offices": [{"left_on": "2020-01-01"}]},  422, "invalid-request",   "body.former_offices.0.organ"),
    ({"assessment_valid_to": "soon"},                     422, "invalid-request",   "body.assessment_valid_to"),
    ({"relatives_at": ["市公安局"]},                   422, "invalid-field",     "relatives_at"),
    ({"left_on": "2019-01-01"},                        422, "invalid-field",     "left_on"),
    ({"code": "p2"},                                   422, "reason-required",   "reason"),
    ({"code": None},                                   422, "invalid-request",   "body.code"),
    ({"quality": 1, "from_on": "2026-03-01"},          422, "reason-required",   "reason"),
    ({"quality": 1, "from_on": "2019-03-01", "reason": "x"}, 422, "invalid-field", "from_on"),
    ({"name": "new", "from_on": "2026-04-01"},         422, "invalid-field",     "name"),
    ({"salary": 1},                                    422, "invalid-request",   "body.salary"),
    ([],                                               422, "invalid-request",   "body"),
]
# fmt: on


def test_every_bad_change_is_told_what_is_wrong_and_changes_nothing(office):
    practitioner = office.register.a_practitioner("p1")

    for body, status, code, names in BAD:
        answer = change(office, path_of(practitioner), body)

        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (status, code), (body, problem)
        named = [fault["field"] for fault in problem.get("errors", [])] + [problem.get("facts", {}).get("field")]
        assert names in named, (body, problem)
    assert len(office.register.all(AttributesRow)) == 1
    assert office.get(path_of(practitioner)).json()["revision"] == 1


def test_practitioner_reads_and_limits_only_themselves(office):
    mine, other = office.register.a_practitioner("p1"), office.register.a_practitioner("p2")
    _, office.tokens[Role.PRACTITIONER] = create_user(
        office.register.begin, None, NOW, office.register.centre.id, "p1", Role.PRACTITIONER, practitioner_code="p1"
    )
    me = {"role": Role.PRACTITIONER}

    answers = [
        office.get(path_of(mine), **me),
        change(office, path_of(mine), {"capacity": 2}, **me),
        office.post(f"{path_of(mine)}/leaves", LEAVE, **me),
        change(office, path_of(mine), {"quality": 100}, '"2"', **me),
        office.get(path_of(other), **me),
        change(office, path_of(other), {"capacity": 2}, **me),
        office.post(f"{path_of(other)}/leaves", LEAVE, **me),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 201, 403, 404, 403, 403]


def test_institution_secretary_reads_their_own_people_only(office):
    register = office.register
    own, firm = register.an_institution("own"), register.an_institution("firm2")
    mine, other = register.a_practitioner("p1", own), register.a_practitioner("p2", firm)
    _, office.tokens[Role.INSTITUTION] = create_user(
        register.begin, None, NOW, register.centre.id, "own", Role.INSTITUTION, institution_code="own"
    )

    answers = [office.get(path_of(each), role=Role.INSTITUTION) for each in (mine, other)]

    assert [answer.status_code for answer in answers] == [200, 404]


def test_leave_is_written_once_however_often_it_is_reported(office):
    practitioner = office.register.a_practitioner("p1")

    answers = [office.post(f"{path_of(practitioner)}/leaves", LEAVE) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert len(office.register.all(AbsenceRow)) == 1
    assert office.get(f"{path_of(practitioner)}/leaves").json()["items"] == [answers[0].json()]


def test_leave_that_ends_before_it_begins_is_refused(office):
    practitioner = office.register.a_practitioner("p1")

    answer = office.post(f"{path_of(practitioner)}/leaves", {"from_on": "2026-03-09", "until_on": "2026-03-08"})

    assert answer.status_code == 422
    assert office.register.all(AbsenceRow) == []


def test_past_leave_of_ones_own_waits_in_the_list_of_an_officer_and_is_changed_by_routes_that_keep_its_history(office):
    mine = office.register.a_practitioner("p1")
    _, office.tokens[Role.PRACTITIONER] = create_user(
        office.register.begin, None, NOW, office.register.centre.id, "p1", Role.PRACTITIONER, practitioner_code="p1"
    )
    me = {"role": Role.PRACTITIONER}
    past = {"from_on": "2026-03-02", "until_on": "2026-03-20", "until_time": "12:00", "weekdays": [1, 3]}

    row = office.post(f"{path_of(mine)}/leaves", past, **me).json()
    at = f"/v1/absences/{row['id']}"
    waiting = office.get("/v1/absences?state=waiting").json()["items"]
    refused = office.post(f"{at}/decision", {"approve": True}, **me)
    agreed = office.post(f"{at}/decision", {"approve": True}).json()
    cut = office.ask("PATCH", at, json={"until_on": "2026-03-10"}, **me).json()
    gone = office.post(f"{at}/cancel").json()
    over = office.post(f"{at}/decision", {"approve": True}, headers={"Idempotency-Key": "again"})

    assert (row["state"], waiting, refused.status_code) == ("waiting", [row], 403)
    assert (row["from_time"], row["until_time"], row["weekdays"]) == (None, "12:00:00", [1, 3])
    assert (agreed["state"], cut["until_on"], gone["state"]) == ("in_force", "2026-03-10", "cancelled")
    assert [(each["state"], each["until_on"]) for each in gone["history"]] == [
        ("waiting", "2026-03-20"), ("in_force", "2026-03-20"), ("in_force", "2026-03-10"),
    ]  # fmt: skip
    assert (over.status_code, over.json()["code"]) == (422, "invalid-field")
    assert office.get(f"{path_of(mine)}/leaves", **me).json()["items"] == [gone]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"from_on": "2026-03-10"}, "until_on"),
        ({"from_on": "2026-03-10", "from_time": "12:00", "until_time": "12:00"}, "until_time"),
        ({"from_on": "2026-03-10", "until_on": "2026-03-11", "weekdays": [8]}, "body.weekdays.0"),
    ],
)
def test_leave_that_cannot_be_is_refused_by_its_field(office, body, field):
    answer = office.post(f"{path_of(office.register.a_practitioner('p1'))}/leaves", body)

    problem = answer.json()
    assert answer.status_code == 422
    assert field in [fault["field"] for fault in problem.get("errors", [])] + [problem.get("facts", {}).get("field")]


def test_suspended_practitioner_is_no_candidate_until_it_is_lifted(office):
    practitioner = office.register.a_practitioner("p1")
    case = office.register.a_case("1")
    body = {"from_on": "2026-03-09", "reason": "complaint-upheld"}
    suspension = office.post(f"{path_of(practitioner)}/suspensions", body, role=Role.MANAGER).json()
    during = office.get(f"/v1/cases/{case.id}/candidates").json()

    headers = {"Idempotency-Key": "k1"}
    lift = f"/v1/absences/{suspension['id']}/end"
    lifted = [office.post(lift, role=Role.MANAGER, headers=headers) for _ in range(2)]

    assert [refusal["code"] for refusal in during[0]["refusals"]] == ["not_suspended"]
    assert [answer.status_code for answer in lifted] == [200, 200]
    assert [row.state for row in office.register.all(AbsenceRow)] == [AbsenceState.CANCELLED]
    assert office.get(f"/v1/cases/{case.id}/candidates").json()[0]["rank"] == 1


def test_clerk_cannot_suspend(office):
    practitioner = office.register.a_practitioner("p1")

    answer = office.post(f"{path_of(practitioner)}/suspensions", {"from_on": "2026-03-09", "reason": "x"})

    assert answer.status_code == 403


def test_institution_is_changed_by_whoever_read_it_last(office):
    firm = office.register.an_institution("f1")
    path = f"/v1/institutions/{firm.id}"

    first = change(office, path, {"capacity": 3})
    second = change(office, path, {"capacity": 4})

    assert (first.status_code, first.json()["capacity"], first.headers["etag"]) == (200, 3, '"2"')
    assert second.status_code == 412


def test_whole_institution_is_suspended(office):
    firm = office.register.an_institution("f1")

    answer = office.post(
        f"/v1/institutions/{firm.id}/suspensions",
        {"from_on": "2026-03-09", "until_on": "2026-03-10", "reason": "review"},
        role=Role.MANAGER,
    )

    assert answer.status_code == 201
    assert office.get(f"/v1/absences?institution_id={firm.id}").json()["items"] == [answer.json()]


def test_roster_is_read_page_by_page(office):
    for k in range(5):
        office.register.a_practitioner(f"p{k}")

    for path, code in (("/v1/practitioners", "p"), ("/v1/institutions", "f")):
        seen, cursor = [], ""
        while cursor is not None:
            page = office.get(path, params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
            seen += [row["code"] for row in page["items"]]
            cursor = page["next"]

        assert len(seen) == len(set(seen)) == len([one for one in seen if one.startswith(code)])
    assert [row["code"] for row in office.get("/v1/practitioners?code=p3").json()["items"]] == ["p3"]


def test_areas_are_listed_with_their_names(office):
    assert [area["code"] for area in office.get("/v1/areas").json()] == ["A", "B"]


def test_repeated_change_by_key_gets_the_same_answer_with_its_headers(office):
    body = {"number": "n1", "matter": "civil"}
    practitioner = office.register.a_practitioner("p1")
    headers = {"Idempotency-Key": "k1"}

    first, again = (office.post(f"{path_of(practitioner)}/leaves", LEAVE, headers=headers) for _ in range(2))

    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert office.post("/v1/cases", body, headers=headers).json()["code"] == "key-reused"


def test_practitioner_is_registered_changed_in_advance_corrected_and_merged_over_http(office):
    office.register.the_institution()
    new = {"code": "14101", "name": "甲", "institution": "firm", "phone": "13812345678", "capacity": 5}

    made = office.post("/v1/practitioners", new)
    twice = office.post("/v1/practitioners", new)

    here = made.headers["location"]
    assert (made.status_code, made.headers["etag"], made.json()["phone"]) == (201, '"1"', "13812345678")
    assert (twice.status_code, twice.json()["code"]) == (409, "duplicate-number")
    assert [row["phone"] for row in office.get("/v1/practitioners").json()["items"]] == ["138****5678"]
    assert change(office, here, {"capacity": 9, "from_on": "2026-04-01"}).json()["attributes"]["capacity"] == 5
    assert office.get(f"{here}?as_of=2026-04-01").json()["attributes"]["capacity"] == 9
    other = office.register.a_practitioner("old")
    merged = {"other_id": other.id, "reason": "one person"}
    answer = office.ask("POST", f"{here}/merge", json=merged, headers={"If-Match": '"2"'})
    assert (answer.status_code, answer.json()["code"]) == (200, "14101")
    assert office.get(path_of(other)).json()["merged_into"] == made.json()["id"]
    acts = [row["act"] for row in office.get(f"{here}/history").json()["items"]]
    assert acts == ["registered", "changed", "merged", "merged"]


def test_institution_is_registered_corrected_and_told_over_http(office):
    made = office.post("/v1/institutions", {"code": "F9", "name": "第九律师事务所", "kind": "law_firm", "area": "A"})

    here = made.headers["location"]
    corrected = change(office, here, {"code": "F10", "area": "second county", "reason": "two mistakes"})

    assert (made.status_code, corrected.status_code) == (201, 200)
    assert (corrected.json()["code"], corrected.json()["area"]) == ("F10", "B")
    [_, told] = office.get(f"{here}/history").json()["items"]
    assert (told["act"], told["reason"], told["by"]) == ("corrected", "two mistakes", "token-clerk")
    assert [(each["field"], each["before"], each["after"]) for each in told["changes"]] == [
        ("area", "A", "B"), ("code", "F9", "F10")
    ]  # fmt: skip


def test_likenesses_and_false_duplicates_are_told_apart_over_http(office):
    one, other = office.register.a_practitioner("p1"), office.register.a_practitioner("p2")
    for row in (one, other):
        change(office, path_of(row), {"name": "同名"})
    [alike] = office.get("/v1/likenesses").json()
    apart = {"other_id": other.id, "reason": "two people"}

    assert alike["shared"] == ["name"]
    assert office.post(f"{path_of(one)}/distinct", apart).status_code == 201
    assert office.get("/v1/likenesses").json() == []
    first = office.register.a_case("1")
    second = office.register.a_case("2", duplicate_of=first.id)
    cleared = office.ask(
        "POST", f"/v1/cases/{second.id}/distinct", json={"reason": "another month"}, headers={"If-Match": '"1"'}
    )
    assert cleared.status_code == 204
    assert office.get(f"/v1/cases/{second.id}").json()["duplicate_of"] is None


def test_assessment_of_a_year_and_evidence_are_recorded_over_http(office):
    here = path_of(office.register.a_practitioner("p1", assessment_passed=None, specialties=None))
    v1, v2 = ({"If-Match": f'"{n}"'} for n in (1, 2))
    result = {"result": "competent", "decided_on": "2026-02-01"}
    evidence = {"cause": "wages", "level": 80, "source": "training", "on": "2026-01-05"}

    assessed = office.ask("PUT", f"{here}/assessments/2025", json=result, headers=v1)
    graded = office.ask("POST", f"{here}/specialties", json=evidence, headers=v2)

    assert (assessed.status_code, graded.status_code) == (200, 201)
    known = office.get(here).json()["attributes"]
    assert (known["assessment_passed"], known["specialties"]) == (True, {"wages": 80})
    withdrawn = office.post(f"/v1/specialties/{graded.json()['id']}/withdrawal", {"reason": "no certificate"})
    assert withdrawn.status_code == 200
    found = office.get(f"{here}/qualifications").json()
    assert [row["year"] for row in found["assessments"]] == [2025]
    assert [row["reason"] for row in found["specialties"]] == ["no certificate"]
    assert office.get(here).json()["attributes"]["specialties"] is None
