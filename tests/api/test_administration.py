"""Over HTTP: the audit log as it is read, and centres made and moved by an administrator below their own."""

import csv
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from dispatch.commands.audit import export_audit
from dispatch.commands.centres import create_centre
from dispatch.domain.access.lives import PassKind
from dispatch.domain.log.words import OwnVerb
from dispatch.domain.permissions import Verb
from dispatch.domain.vocabulary import CentreLevel, Role
from dispatch.registry.audit import AuditFilter, entries, note
from dispatch.registry.docket.draws import AHEAD_DAYS
from dispatch.registry.policies import find_in_force
from dispatch.registry.reads import Slice
from dispatch.registry.tables import AuditRow, CentreRow, DrawRow, TokenRow, UserRow
from tests.rows import NOW, open_register

HOUR = timedelta(hours=1)
WANTED = [
    AuditFilter(),
    AuditFilter(since=NOW, until=NOW + HOUR),
    AuditFilter(actor_id="someone"),
    AuditFilter(verb=Verb.EXPORT),
    AuditFilter(subject_id="something"),
]


def noted(register, verb, subject_id=None, actor=None, at=NOW):
    with register.begin() as tx:
        note(tx, actor or register.clerk, verb, "practitioner", subject_id, at)


def rows_of(path):
    if path.suffix == ".csv":
        return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    return [list(row) for row in load_workbook(path).active.iter_rows(values_only=True)]


def logged(office, role=Role.AUDITOR, **params):
    return office.get("/v1/audit", role=role, params=params).json()


def test_log_is_read_newest_first_page_by_page(office):
    for hour in (3, 1, 2):
        noted(office.register, Verb.SUSPEND, f"p{hour}", at=NOW + hour * HOUR)

    first = logged(office, limit=2)
    noted(office.register, Verb.SUSPEND, "p4", at=NOW + 4 * HOUR)
    rest = logged(office, limit=2, cursor=first["next"])

    assert [each["subject_id"] for each in first["items"] + rest["items"]] == ["p3", "p2", "p1"]
    assert rest["next"] is None
    assert first["items"][0] == {
        "id": 1, "at": "2026-03-09T04:00:00Z", "actor_id": office.register.clerk.user_id, "login": "clerk",
        "role": "clerk", "verb": "suspend", "subject": "practitioner", "subject_id": "p3", "outcome": "done",
        "reason": None, "address": None, "times": 1,
    }  # fmt: skip


def test_log_is_narrowed_by_moment_person_act_and_subject(office):
    register = office.register
    noted(register, Verb.SUSPEND, "p1")
    noted(register, Verb.EXPORT, "p2", register.manager, NOW + HOUR)
    manager, later = register.manager.user_id, (NOW + HOUR).isoformat()

    found = [
        [each["subject_id"] for each in logged(office, **wanted)["items"]]
        for wanted in (
            {"since": later}, {"until": later}, {"actor_id": manager}, {"verb": "suspend"}, {"subject_id": "p2"},
            {"verb": "suspend", "actor_id": manager}, {"login": "Manager"}, {"login": "nobody"},
        )
    ]  # fmt: skip

    assert found == [["p2"], ["p1"], ["p2"], ["p1"], ["p2"], [], ["p2"], []]


def test_log_of_another_centre_is_not_read_and_a_clerk_reads_none(office):
    stranger = office.register.a_stranger(Role.MANAGER)
    noted(office.register, Verb.EXPORT, actor=stranger)

    assert logged(office)["items"] == []
    assert office.get("/v1/audit").json()["code"] == "forbidden"
    assert office.get("/v1/audit", role=Role.AUDITOR, params={"verb": "dance"}).status_code == 422


@pytest.mark.parametrize("wanted", WANTED, ids=str)
def test_log_is_read_by_an_index_in_its_order_however_long_it_is(sqlite_url, wanted):
    # PostgreSQL plans by what it counts, and here there is nothing to count; the indexes are the same.
    register, asked = open_register(sqlite_url), []

    def ask(statement):
        asked.append(statement)
        return session.execute(statement).scalars()

    with register.read() as session:
        session.exec = ask
        entries(session, register.centre.id, Slice(50, [NOW.isoformat(), "7"]), wanted)
        text = asked[0].compile(register.engine, compile_kwargs={"render_postcompile": True})
        values = tuple(str(value) for value in text.params.values())
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values).all()

    register.engine.dispose()
    steps = [step.detail for step in plan]
    assert all("USING INDEX audit_" in step for step in steps)
    assert not any("TEMP B-TREE" in step for step in steps)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_log_is_written_to_a_file_and_the_copy_is_noted(register, tmp_path, form):
    noted(register, Verb.SUSPEND, "=1+1")
    path = tmp_path / f"log.{form}"

    count = export_audit(register.begin, register.read, register.manager, NOW, path, AuditFilter())

    header, row = rows_of(path)
    assert (count, header[2].split()[-1]) == (1, "Login")
    assert row[1:5] == [
        "2026-03-09 09:00",
        "clerk",
        "经办人员 centre clerk",
        "暂停指派 suspend a practitioner or institution",
    ]
    assert row[6] == ("=1+1" if form == "xlsx" else "'=1+1")
    assert [each.verb for each in register.all(AuditRow)] == ["suspend", "read_audit"]


BELOW = {"code": "liangyuan", "name": "梁园区法律援助中心", "level": "county", "administrator": "root"}


def made(office, **more):
    return office.post("/v1/centres", BELOW | more, role=Role.ADMIN)


def changed(office, centre_id, **changes):
    return office.ask("PATCH", f"/v1/centres/{centre_id}", role=Role.ADMIN, json=changes)


def test_centre_is_made_below_ones_own_with_a_policy_and_an_administrator(office):
    register = office.register

    answer = made(office, preset="shangqiu")

    centre, token = answer.json()["centre"], answer.json()["token"]
    assert (answer.status_code, centre["parent_id"], centre["level"]) == (201, register.centre.id, "county")
    assert answer.headers["cache-control"] == "no-store"
    with register.read() as session:
        assert find_in_force(session, centre["id"]).name == "shangqiu"
    me = office.get("/v1/me", role=None, headers={"Authorization": f"Bearer {token}"}).json()
    assert (me["role"], me["centre_id"]) == ("admin", centre["id"])
    listed = office.get("/v1/centres", role=Role.ADMIN, params={"limit": 1}).json()
    rest = office.get("/v1/centres", role=Role.ADMIN, params={"cursor": listed["next"]}).json()
    assert [each["code"] for each in listed["items"] + rest["items"]] == ["c", "liangyuan"]
    entries = [row for row in register.all(AuditRow) if row.verb != OwnVerb.COMMIT_DRAW.value]
    assert [(row.verb, row.subject_id) for row in entries] == [("manage_centres", centre["id"])]


def test_administrator_of_a_new_centre_is_invited_instead_where_asked(office):
    answer = made(office, invite=True).json()

    [row] = office.register.all(TokenRow, TokenRow.user_id == answer["user"]["id"])
    assert (answer["token"], answer["invitation"][:4], row.kind) == (None, "inv_", PassKind.INVITATION)


def test_draws_of_a_new_centre_are_published_before_it_can_ask_for_a_run(office):
    answer = made(office).json()

    register = office.register
    rows = register.all(DrawRow, DrawRow.centre_id == answer["centre"]["id"])
    assert {row.on for row in rows} == {NOW.date() + timedelta(days=n) for n in range(AHEAD_DAYS + 2)}
    assert {row.committed_at for row in rows} == {NOW}
    entries = register.all(AuditRow, AuditRow.verb == OwnVerb.COMMIT_DRAW.value)
    assert {row.centre_id for row in entries} == {answer["centre"]["id"]}


def test_centre_with_a_taken_code_or_beside_the_tree_is_refused_and_nothing_is_made(office):
    create_centre(office.register.begin, NOW, "elsewhere", "another tree", CentreLevel.PROVINCE)
    before = len(office.register.all(CentreRow)), len(office.register.all(UserRow))

    refused = [
        made(office, **more).json()
        for more in ({"code": "c"}, {"parent_code": "elsewhere"}, {"level": "province"}, {"preset": "atlantis"})
    ]

    assert [(each["code"], each["facts"]["field"]) for each in refused] == [
        ("duplicate-number", "code"), ("unknown-reference", "parent_code"),
        ("invalid-field", "level"), ("unknown-reference", "preset"),
    ]  # fmt: skip
    assert (len(office.register.all(CentreRow)), len(office.register.all(UserRow))) == before
    assert office.post("/v1/centres", BELOW).status_code == 403


def test_centre_is_renamed_and_moved_within_the_tree_but_never_below_itself(office):
    begin, own = office.register.begin, office.register.centre
    with begin() as tx:
        tx.session.get_one(CentreRow, own.id).level = CentreLevel.PROVINCE
    city, county = (
        create_centre(begin, NOW, code, code, level, parent_code=above)
        for code, level, above in (("city", CentreLevel.CITY, "c"), ("county", CentreLevel.COUNTY, "city"))
    )
    stranger = create_centre(begin, NOW, "elsewhere", "another tree", CentreLevel.NATION)

    renamed = changed(office, county.id, name="新名称", parent_code="c").json()
    refused = [
        changed(office, city.id, parent_code="city"), changed(office, own.id, parent_code="city"),
        changed(office, city.id, level="province"), changed(office, stranger.id, name="x"),
    ]  # fmt: skip

    assert (renamed["name"], renamed["level"], renamed["parent_id"]) == ("新名称", "county", own.id)
    assert [each.json()["code"] for each in refused] == ["invalid-field"] * 3 + ["not-found"]
    rows = {row.code: row.parent_id for row in office.register.all(CentreRow)}
    assert rows == {"c": None, "city": own.id, "county": own.id, "elsewhere": None}


def test_two_administrators_do_not_see_each_others_trees(office):
    token = made(office).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}

    listed = office.get("/v1/centres", role=None, headers=headers).json()["items"]
    above = office.ask(
        "PATCH", f"/v1/centres/{office.register.centre.id}", role=None, headers=headers, json={"name": "x"}
    )

    assert [each["code"] for each in listed] == ["liangyuan"]
    assert above.status_code == 404
