"""Over HTTP: every act and every refusal is written down, and each checks their own entries with Python alone."""

import json
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from starlette.requests import Request

from dispatch.api.problems import problem
from dispatch.api.refusals import WINDOW, Refusals
from dispatch.commands.audit import RefusedAct
from dispatch.commands.log.keeping import publish_heads, seal_log
from dispatch.commands.room import REMEMBERED
from dispatch.domain.errors import DiskFullError
from dispatch.domain.log.words import ActOutcome
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import AuditRow, LogLeafRow
from tests.api.test_cases import a_draft
from tests.rows import NOW

CHECKER = Path(__file__).parent.parent.parent / "dispatch/reports/check_entries.py"


def reported(office, **wanted):
    items = office.get("/v1/audit", role=Role.AUDITOR, params=wanted).json()["items"]
    return [(each["verb"], each["subject"], each["outcome"], each["reason"], each["address"]) for each in items]


def published(office):
    register = office.register
    seal_log(register.begin, register.read, NOW)
    publish_heads(register.begin, register.read, NOW)


def checked(tmp_path, own, heads):
    for name, content in (("own.json", own), ("log.json", heads)):
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    # Without packages of any kind: -I leaves out the environment, -S the installed ones.
    command = [sys.executable, "-I", "-S", CHECKER, tmp_path / "own.json", tmp_path / "log.json"]
    done = subprocess.run(command, capture_output=True, check=False, text=True, encoding="utf-8")
    return done.returncode, done.stdout


def test_act_is_written_down_with_who_and_where_from_by_its_own_transaction(office):
    case = office.post("/v1/cases", a_draft()).json()

    assert reported(office) == [("submit_case", "submit_case", "done", None, "127.0.0.1")]
    assert office.post(f"/v1/cases/{case['id']}/close", {}).status_code >= 400
    assert [each.subject_id for each in office.register.all(AuditRow, AuditRow.outcome == ActOutcome.DONE)] == [None]


def test_act_that_tells_of_itself_is_not_told_twice_and_reading_is_none(office):
    office.post("/v1/organs", {"name": "某市某区人民检察院"})
    office.get("/v1/cases")

    assert reported(office) == [("edit_organs", "organ", "done", None, "127.0.0.1")]


@pytest.mark.parametrize(
    ("method", "path", "role", "entry"),
    [
        ("GET",  "/v1/audit",           Role.CLERK,   ("read_audit", "list_audit", "forbidden")),
        ("GET",  "/v1/cases/none",      Role.CLERK,   ("read_case", "get_case", "not-found")),
        ("POST", "/v1/cases",           Role.AUDITOR, ("submit_case", "submit_case", "forbidden")),
        ("POST", "/v1/cases",           Role.CLERK,   ("submit_case", "submit_case", "invalid-request")),
        ("GET",  "/v1/audit?dance=1",   Role.AUDITOR, ("read_audit", "list_audit", "invalid-field")),
    ],
)  # fmt: skip
def test_refusal_is_written_down_with_its_reason_before_the_answer(office, method, path, role, entry):
    refused = office.ask(method, path, role=role, **({"json": {}} if method == "POST" else {}))

    verb, subject, reason = entry
    assert refused.status_code >= 400
    assert reported(office, outcome="refused") == [(verb, subject, "refused", reason, "127.0.0.1")]


def test_request_without_a_valid_token_is_of_no_centre_and_repeated_ones_are_counted(office):
    for _ in range(5):
        office.client.get("/v1/cases", headers={"Authorization": "Bearer lad_nobody"})
    office.client.app.state.refusals.flush()

    assert reported(office) == []
    assert (
        reported(office, unknown=True) == [("read_case", "list_cases", "refused", "unauthenticated", "127.0.0.1")] * 2
    )
    assert sorted(row.times for row in office.register.all(AuditRow)) == [1, 4]


def test_refusal_of_an_ineligible_practitioner_names_the_rules():
    request = Request({"type": "http", "headers": []})

    problem(request, 409, "not-eligible", "title", facts={"rules": ["licensed", "under_cap"]})

    assert request.state.reason == "not-eligible: licensed,under_cap"


def test_same_refusal_after_its_minute_is_written_again_with_the_number_of_those_between():
    refusals = Refusals(begin=None, clock=None)
    moments = [NOW, NOW, NOW, NOW + WINDOW, NOW + WINDOW + timedelta(seconds=1)]

    due = [refusals._due(RefusedAct(None, "::1", "x", "y", None, "z", at)) for at in moments]

    assert [[each.times for each in one] for one in due] == [[1], [], [], [2, 1], []]


def test_person_checks_their_own_entries_and_sees_nobody_elses(office, tmp_path):
    for name in ("甲市人民法院", "乙市人民法院", "丙市人民法院"):
        office.post("/v1/organs", {"name": name})
    office.ask("POST", "/v1/organs", role=Role.AUDITOR, json={"name": "丁市人民法院"})
    published(office)
    office.post("/v1/organs", {"name": "戊市人民法院"})

    own, heads = office.get("/v1/me/log").json(), office.get("/v1/log/heads").json()

    code, output = checked(tmp_path, own, heads)
    me = office.get("/v1/me").json()["user_id"]
    assert (code, output.splitlines()[-1]) == (0, "3 / 4 已核验 proven")
    assert {json.loads(each["record"])["actor_id"] for each in own["items"]} == {me}
    assert [each["path"] is None for each in own["items"]] == [True, False, False, False]


@pytest.mark.parametrize("field", ["record", "salt", "path", "root", "address", "heads"])
def test_entry_or_head_that_was_changed_does_not_check(office, tmp_path, field):
    office.post("/v1/organs", {"name": "甲市人民法院"})
    office.post("/v1/organs", {"name": "乙市人民法院"})
    published(office)
    own, heads = office.get("/v1/me/log").json(), office.get("/v1/log/heads").json()
    entry = own["items"][0]
    change = {
        "record": lambda: entry.update(record=entry["record"].replace("organ", "court")),
        "salt": lambda: entry.update(salt="00" * 16),
        "path": lambda: entry.update(path=["00" * 32]),
        "root": lambda: own["head"].update(root="00" * 32),
        "address": lambda: entry.update(address="::1"),
        "heads": lambda: heads.update(items=[]),
    }

    change[field]()

    assert checked(tmp_path, own, heads)[0] == 1


def test_entry_whose_address_was_forgotten_still_checks(office, tmp_path):
    office.post("/v1/organs", {"name": "甲市人民法院"})
    published(office)
    with office.register.begin() as tx:
        tx.session.execute(update(AuditRow).values(address=None))
        tx.session.execute(update(LogLeafRow).values(address_salt=None))

    own = office.get("/v1/me/log").json()

    assert own["items"][0]["address"] is None
    assert checked(tmp_path, own, office.get("/v1/log/heads").json())[0] == 0


def test_practitioner_sees_their_own_turns_and_who_has_no_roster_entry_none(office):
    published(office)

    assert office.get("/v1/me/log", params={"source": "ledger"}).json() == {"head": None, "items": [], "next": None}
    assert office.get("/v1/me/log", params={"source": "case_event"}).status_code == 422


def test_full_disk_refuses_writes_and_is_not_ready_until_there_is_room(office, monkeypatch):
    room = office.client.app.state.room

    @contextmanager
    def full():
        raise DiskFullError(part="database")
        yield

    with monkeypatch.context() as patched:
        patched.setattr(room, "_begin", full)
        refused = office.post("/v1/organs", {"name": "甲市人民法院"})
        down = office.client.get("/health/ready")
    small = office.post("/v1/organs", {"name": "甲市人民法院"})
    still = office.client.get("/health/ready").json()
    monkeypatch.setattr(room, "_clock", lambda: NOW + REMEMBERED)
    again = office.client.get("/health/ready").json()

    # What fits into a page that is there already says nothing of what comes next.
    assert (small.status_code, still["down"]) == (201, ["disk"])
    assert (refused.status_code, refused.json()["code"]) == (503, "disk-full")
    assert (down.status_code, down.json()["down"]) == (503, ["disk"])
    assert "disk" not in again["down"]


def test_log_of_the_centre_is_checked_while_one_waits_by_whoever_may_verify(office):
    office.post("/v1/organs", {"name": "某市某区人民检察院"})
    published(office)

    found = office.get("/v1/log/check", role=Role.AUDITOR).json()
    refused = office.get("/v1/log/check", role=Role.ADMIN)

    assert (found["size"], found["holds"], found["faults"], found["counts"]) == (1, True, [], {})
    assert found["root"] == office.get("/v1/log/heads").json()["items"][0]["root"]
    assert refused.json()["code"] == "forbidden"
