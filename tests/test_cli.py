"""The command line: help, exit codes, refusals in the user's language, and the way of a file through it."""

import json
import re
import socket
import sqlite3
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from openpyxl import load_workbook
from sqlmodel import select
from typer import Abort
from typer.testing import CliRunner

from dispatch.cli import app
from dispatch.commands.designation import designate
from dispatch.commands.housekeeping import check_register
from dispatch.commands.log.keeping import seal_log
from dispatch.commands.runs.draws import commit_draws
from dispatch.domain.docket.json import docket_to_json
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.vocabulary import JobKind
from dispatch.registry.seal.providers import ProviderName
from dispatch.registry.tables import AuditRow, CaseRow, InstitutionRow, JobRow, RunRow, TokenRow
from optimizer import Problem, save_problem, solve
from optimizer.proof.files import save
from tests.builders import a_case, a_practitioner, docket_facts
from tests.commands.policies.history import a_draft
from tests.commands.test_calendar import MONDAY, SHEET
from tests.commands.test_runs import solved
from tests.exchange.files import a_csv, good
from tests.optimizer.builders import city
from tests.rows import NOW, open_register
from tests.shell import call as run
from workers.__main__ import app as processes

VERBS = (
    "import", "export", "solve", "verify", "migrate", "worker", "scheduler", "api", "serve", "demo", "doctor",
    "simulate", "backtest", "frontier", "report", "transparency", "audit", "verify-log", "verify-run", "backup",
    "restore",
    "drill", "centre create",
    "user create", "user invite", "calendar load", "calendar show", "calendar undo", "calendar changes",
    "policy list", "policy show", "policy draft",
    "policy edit", "policy discard", "policy diff", "policy simulate", "policy rebase", "policy publish",
    "policy rollback", "policy sensitivity", "policy learn",
)  # fmt: skip
REFUSED, MISUSED = 1, 2


@pytest.fixture
def here(database_url, tmp_path, monkeypatch):
    """A register that the command line finds in its environment."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DISPATCH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DISPATCH_SECRET", "a secret of the tests")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    opened = open_register(database_url)
    yield opened
    opened.engine.dispose()


def a_file(tmp_path, *rows, name="list.csv"):
    path = tmp_path / name
    path.write_bytes(a_csv(*rows))
    return path


def a_proof(path):
    terms = np.ones((2, 1), np.float32)
    problem = Problem(
        terms, terms, capacity=np.array([1, 1]), slot_price=np.zeros((2, 1), int), open_price=np.array([5, 5])
    )
    save(path, problem, solve(problem))
    return path


CHINESE = re.compile(r"[\u4e00-\u9fff]")
CODE = re.compile(r"用法：.*|`[^`]*`|--[a-z-]+|\[默认：[^]]*\]|\b[A-Z]+\b|FILE\.xlsx|csv|xlsx")
"""What a Chinese text says in code: usage, commands, options, defaults, formats."""


def prose(output):
    """Return the help without code and without the first cell of each line, which names an argument or a command."""
    return "\n".join(CODE.sub("", re.sub(r"^│[ *]+[a-z-]+ ", "", line)) for line in output.splitlines())


@pytest.mark.parametrize("verb", ["", *VERBS, "policy", "centre", "user"])
def test_every_verb_explains_itself_in_one_language_at_a_time(verb, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    zh, en = (run("--language", language, *verb.split(), "--help") for language in ("zh", "en"))

    assert (zh.exit_code, en.exit_code) == (0, 0)
    assert CHINESE.search(zh.output)
    assert re.findall(r"[a-z]{3,}", prose(zh.output)) == []
    assert "…" not in zh.output + en.output
    assert not CHINESE.search(en.output)


@pytest.mark.parametrize(
    ("words", "wording"),
    [
        (("conquer",), "没有命令 conquer。"),
        (("import", "cases"), "缺少 file，请补上。"),
        (("migrate", "--too", "x"), "没有选项 --too；可用的有：--to。"),
        (("migrate", "a"), "多出了：a。"),
        (("migrate", "--to"), "选项 --to 后面要写出内容。"),
        (("frontier", "--cases", "x"), "--cases 的内容不符合要求：应为整数。"),
        (("frontier", "--cases", "0"), "--cases 的内容不符合要求：应不小于1。"),
        (("frontier", "--corners", "9999"), "--corners 的内容不符合要求：应不大于1000。"),
        (("verify", "nowhere.zip"), "file 的内容不符合要求：没有该文件或者文件夹：nowhere.zip"),
        (("verify", "/"), "file 的内容不符合要求：这是一个文件夹：/"),
    ],
)
def test_misuse_is_explained_in_the_language_of_the_reader(words, wording, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    answer = run("--language", "zh", *words)

    assert answer.exit_code == MISUSED
    assert wording in answer.output


def test_verb_that_does_not_exist_is_misuse():
    assert run("conquer").exit_code == MISUSED
    assert run("import", "cases").exit_code == MISUSED
    assert run("--language", "fr", "doctor").exit_code == MISUSED


def test_doctor_counts_what_the_night_found(here, redis_url, monkeypatch):
    monkeypatch.setenv("REDIS_URL", redis_url)
    here.a_practitioner(minor_trained=None)
    check_register(here.begin, here.read, NOW, here.centre.id)

    wording = run("doctor")

    assert wording.exit_code == REFUSED
    assert "fields are blank that hard rules read: 1" in wording.output
    assert "no scheduler is effective (last seen: none)" in wording.output


def test_file_goes_in_and_comes_out_again(here, tmp_path):
    file = a_file(tmp_path, good("institutions"))

    taken_in = run("import", "institutions", file)

    assert (taken_in.exit_code, "Imported." in taken_in.output) == (0, True)
    assert [row.code for row in here.all(InstitutionRow)] == ["F1"]
    assert run("export", "institutions", tmp_path / "out.xlsx").exit_code == 0
    again = run("import", "institutions", tmp_path / "out.xlsx")
    assert (again.exit_code, "unchanged  1" in again.output) == (0, True)


def test_catalogue_of_causes_becomes_a_draft_of_the_policy(here, tmp_path):
    taken_in = run("import", "causes", a_file(tmp_path, {"案由": "海事海商纠纷", "案件类型": "民事"}))

    assert (taken_in.exit_code, "Kept as a draft of the policy" in taken_in.output) == (0, True)
    assert re.findall(r"^ *(\d+) +(\w+)", run("policy", "list").output, re.M) == [("2", "draft"), ("1", "published")]


def test_notice_about_working_days_is_loaded_shown_and_undone_and_tells_what_moved(here, tmp_path):
    sheet = tmp_path / "2027.csv"
    sheet.write_text(SHEET, encoding="utf-8")
    thursday = datetime(2027, 2, 4, 15, 59, 59, tzinfo=UTC)
    case = here.a_case("2027-0001", granted_at=MONDAY, received_at=MONDAY, due_at=thursday)
    here.a_clock(case, "T3", MONDAY)

    done = run("calendar", "load", sheet, "--title", "国办发明电〔2026〕1号")
    shown, moved = run("calendar", "show", 2027), run("calendar", "changes")
    undone, again = run("calendar", "undo", 2027), run("calendar", "undo", 2027)

    assert (done.exit_code, done.output.splitlines()) == (0, ["c: 2027 is up to date; time limits moved: 1"])
    assert shown.output.startswith("2027  国办发明电〔2026〕1号\nfree  2027-01-01, 2027-02-05")
    assert "2027-0001  T3  " in moved.output
    assert "→ 2027-02-15 23:59" in moved.output
    assert (undone.exit_code, again.exit_code) == (0, REFUSED)


def test_notice_at_fault_is_refused_with_its_rows_and_changes_nothing(here, tmp_path):
    sheet = tmp_path / "2027.csv"
    sheet.write_text("起始日期,安排\n2027-10-08,上班\n", encoding="utf-8")

    refused = run("--language", "zh", "calendar", "load", sheet)

    assert refused.exit_code == REFUSED
    assert "上班日应为周六或者周日" in refused.output.replace("\n", "")
    assert "no notice yet" in run("calendar", "show", 2027).output


def test_refused_file_ends_with_one_and_says_why_in_chinese(here, tmp_path):
    file = a_file(tmp_path, good("institutions", 机构类型="法院"))

    answer = run("--language", "zh", "import", "institutions", file)

    assert answer.exit_code == REFUSED
    assert "第2行 · 机构类型 · 不在允许的取值之内" in answer.output
    assert here.all(InstitutionRow) == []


def test_partial_and_dry_runs_end_with_zero(here, tmp_path):
    file = a_file(tmp_path, good("institutions"), good("institutions", 机构编号="F2", 机构类型="法院"))

    tried = run("import", "institutions", file, "--dry-run", "--partial")

    assert "nothing was changed" in tried.output
    assert here.all(InstitutionRow) == []
    assert run("import", "institutions", file, "--partial", "--refused-to", tmp_path / "bad.xlsx").exit_code == 0
    assert [row.code for row in here.all(InstitutionRow)] == ["F1"]
    assert "Row 3 of the file" in load_workbook(tmp_path / "bad.xlsx").active["A2"].value


def test_unreadable_file_is_refused_without_a_traceback(here, tmp_path):
    file = tmp_path / "picture.xlsx"
    file.write_bytes(b"\x89PNG\x00")

    answer = run("import", "cases", file)

    assert answer.exit_code == REFUSED
    assert "neither an xlsx nor a csv" in answer.output
    assert "Traceback" not in answer.output


def test_mapping_in_another_encoding_is_refused_without_a_traceback(here, tmp_path):
    mapping = tmp_path / "mapping.toml"
    mapping.write_bytes("[institutions.columns]\ncode = '编号'".encode("gb18030"))

    answer = run("import", "institutions", a_file(tmp_path, good("institutions")), "--mapping", mapping)

    assert (answer.exit_code, "it is not in UTF-8" in answer.output) == (REFUSED, True)


def test_column_left_out_is_told_with_the_nearest(here, tmp_path):
    answer = run("import", "institutions", a_file(tmp_path, good("institutions", 机构类别="x")))

    assert answer.exit_code == 0
    assert "机构类别" in answer.output
    assert "Kind (kind)" in answer.output


def test_database_without_tables_says_what_to_run(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    monkeypatch.setenv("DISPATCH_DATA_DIR", str(tmp_path))

    before = run("policy", "list")

    assert (before.exit_code, "legal-dispatch migrate" in before.output) == (REFUSED, True)
    assert run("migrate").exit_code == 0
    assert run("centre", "create", "sq", "商丘", "--preset", "shangqiu").exit_code == 0
    assert "shangqiu" in run("policy", "list").output


def test_database_of_a_version_we_do_not_know_is_refused_and_left_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/later.db")
    monkeypatch.setenv("DISPATCH_DATA_DIR", str(tmp_path))
    assert run("migrate").exit_code == 0
    with sqlite3.connect(tmp_path / "later.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    refused = run("migrate")

    assert (refused.exit_code, "later version" in " ".join(refused.output.split())) == (REFUSED, True)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]
    connection.close()


def test_revision_that_does_not_exist_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    monkeypatch.setenv("DISPATCH_DATA_DIR", str(tmp_path))

    refused = run("migrate", "--to", "nonsense")

    assert (refused.exit_code, "no such revision" in refused.output) == (REFUSED, True)


def test_template_needs_no_database(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert run("export", "--template", "practitioners").exit_code == 0
    assert (tmp_path / "practitioners-template.xlsx").exists()
    assert run("export", "--template", "teachers").exit_code == REFUSED
    assert run("export", "cases").exit_code == MISUSED


def test_export_takes_the_conditions_of_the_lists(here, tmp_path):
    run("import", "institutions", a_file(tmp_path, good("institutions"), good("institutions", 机构编号="G1")))

    one = run("export", "institutions", tmp_path / "out.xlsx", "--only", "code_prefix=g", "--only", "kind=law_firm")
    wrong = [
        run("export", what, tmp_path / "no.xlsx", *(word for each in only for word in ("--only", each)))
        for what, *only in (
            ("institutions", "colour=red"), ("institutions", "kind=castle"), ("institutions", "code=1", "code=2"),
            ("areas", "code=1"), ("cases", "status"),
        )
    ]  # fmt: skip

    assert (one.exit_code, "Wrote 1 rows" in one.output) == (0, True), one.output
    assert [each.exit_code for each in wrong] == [REFUSED] * 5
    assert "code_prefix" in wrong[0].output
    assert not (tmp_path / "no.xlsx").exists()


def test_token_of_a_new_user_is_printed_once_and_kept_as_a_digest(here):
    answer = run("user", "create", "anna", "clerk")

    token = answer.output.strip()
    assert answer.exit_code == 0
    assert token.startswith("lad_")
    assert all(token not in row.digest for row in here.all(TokenRow))
    assert run("user", "create", "anna", "clerk").exit_code == REFUSED
    assert run("user", "create", "bert", "emperor").exit_code == REFUSED


def test_user_is_invited_and_a_token_lasts_as_many_days_as_are_said(here):
    made = run("user", "create", "anna", "clerk", "--days", 2)

    invited = run("user", "invite", "anna")
    assert invited.stdout.strip().startswith("inv_")
    assert len(invited.stdout.split()) == 1
    assert f"anna@{here.centre.code}" in invited.stderr
    assert "/console/invitation" in invited.stderr
    assert {(row.kind, (row.expires_at - row.created_at).days) for row in here.all(TokenRow)} == {
        ("token", 2), ("invitation", 7),
    }  # fmt: skip
    assert made.exit_code == 0
    assert run("user", "invite", "nobody").exit_code == REFUSED
    assert run("user", "create", "bert", "clerk", "--days", 366).exit_code == REFUSED


def test_user_of_a_case_organ_is_made_with_the_organ(here):
    assert run("user", "create", "court", "organ").exit_code == REFUSED
    assert run("user", "create", "court", "organ", "--organ", "某区人民法院").exit_code == 0


def test_audit_log_is_written_to_a_file_by_day_person_and_act(here, tmp_path):
    exported = run("export", "institutions", tmp_path / "firms.xlsx")
    log = tmp_path / "log.csv"

    every = run("audit", log, "--act", "export", "--user", "command-line")
    none = run("audit", tmp_path / "none.xlsx", "--until", "2026-01-01", "--act", "export")

    assert exported.exit_code == 0
    assert (every.exit_code, "Wrote 1 entries" in every.output) == (0, True), every.output
    assert "导出 export" in log.read_text(encoding="utf-8-sig")
    assert "Wrote 0 entries" in none.output
    wrong = (["log.pdf"], [log, "--user", "nobody"], [log, "--act", "dance"], [log, "--since", "soon"])
    assert [run("audit", *words).exit_code for words in wrong] == [REFUSED] * len(wrong)


def test_log_is_verified_from_the_command_line_and_against_heads_kept_elsewhere(here, tmp_path):
    run("export", "institutions", tmp_path / "firms.xlsx")
    seal_log(here.begin, here.read, NOW)
    head = {"log": here.centre.id, "on": "2026-03-08", "size": 1, "root": "00" * 32, "previous": ""}
    (tmp_path / "log.json").write_text(json.dumps({"items": [head]}))
    (tmp_path / "none.json").write_text("[1]")

    sound = run("verify-log")
    told = [run("verify-log", "--heads", tmp_path / name) for name in ("log.json", "none.json")]

    assert (sound.exit_code, "All logs verify" in sound.output) == (0, True), sound.output
    assert [each.exit_code for each in told] == [REFUSED, REFUSED]
    assert "2026-03-08: the log is not the one whose digest was published" in told[0].output


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_run_is_worked_out_anew_from_the_command_line(here):
    commit_draws(here.begin, here.read, NOW)
    here.a_case()
    here.a_practitioner()
    run_id = solved(here).id

    sound = run("verify-run", run_id)
    with here.begin() as tx:
        tx.session.get_one(RunRow, run_id).seed = 7
    changed, none = run("verify-run", run_id), run("verify-run", "none")

    assert (sound.exit_code, sound.output.count("holds")) == (0, 8), sound.output
    assert (changed.exit_code, none.exit_code) == (REFUSED, REFUSED)
    assert "does not hold  the draw is its day's" in changed.output


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("cipher", ProviderName)
def test_register_is_backed_up_tried_and_brought_back_from_the_command_line(here, tmp_path, monkeypatch, cipher):
    monkeypatch.setenv("DISPATCH_CIPHER", cipher)
    file = tmp_path / "backup.zip"
    run("import", "cases", a_file(tmp_path, good("cases")))

    made, tried = run("backup", file), run("drill", file)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'again.db'}")
    restored, again, verified = run("restore", file), run("restore", file), run("verify-log")

    assert [each.exit_code for each in (made, tried, restored, again, verified)] == [0, 0, 0, REFUSED, 0], made.output
    assert "The secret is not in it" in made.output
    assert "The drill took" in tried.output
    assert "restored into an empty one only" in " ".join(again.output.split())


def test_act_on_the_machine_itself_is_written_down(here):
    run("user", "create", "anna", "clerk")

    [row] = here.all(AuditRow)
    assert (row.verb, row.subject, row.address) == ("operate", "user create", "local")


def test_centre_must_be_named_where_there_are_several(here):
    run("centre", "create", "second", "Second")

    assert run("policy", "list").exit_code == REFUSED
    assert run("policy", "list", "--centre", "second").exit_code == 0
    assert run("policy", "list", "--centre", "third").exit_code == REFUSED


def test_policy_is_shown_as_shipped_and_as_in_force(here):
    shipped, in_force, first = (
        run("policy", "show", "--preset", "national"),
        run("policy", "show"),
        run("policy", "show", "1"),
    )

    assert [answer.exit_code for answer in (shipped, in_force, first)] == [0, 0, 0]
    assert in_force.output == first.output
    assert run("policy", "show", "9").exit_code == REFUSED


def test_policy_tells_what_each_field_rests_on(here):
    zh = run("--language", "zh", "policy", "sources", "--preset", "national")
    en = run("--language", "en", "policy", "sources")

    assert "·在办案件数上限：本中心自定" in zh.output
    assert "：《法律援助法》第二十六条；《办理法律援助案件程序规定》（司法部令第148号）第二十六条第一款" in zh.output
    assert "› open cases: the centre's own choice" in en.output
    assert "》" not in en.output


def test_policy_is_drafted_from_a_file_tried_and_published_by_a_second_person(here, tmp_path):
    changes, whole = tmp_path / "fewer.toml", tmp_path / "whole.json"
    changes.write_text("[caps]\nopen_cases = 5\n")
    whole.write_text(json.dumps(here.policy.document | {"name": "mine"}))
    city = ("--city", "--cases", "40", "--practitioners", "10", "--from", "2026-03-02", "--to", "2026-04-26")

    drafted = run("--language", "en", "policy", "draft", changes, "--changes", "--note", "fewer")
    mine = a_draft(here, caps={"open_cases": 6})
    tried = run("--language", "en", "policy", "simulate", "3", *city)
    alone = run("--language", "en", "policy", "publish", "2")
    published = run("--language", "en", "policy", "publish", "3")
    stale = run("--language", "en", "policy", "rebase", "2")
    back = run("--language", "zh", "policy", "rollback", "1", "--reason", "too few")

    assert "caps › open cases: 8 cases → 5 cases" in drafted.output
    assert mine.version == 3
    assert "deadlines met" in tried.output, tried.output
    assert "version 3" in tried.output
    assert "version 1" in tried.output
    assert (alone.exit_code, "Another officer" in alone.output) == (REFUSED, True)
    assert "written_by: command-line\n" in alone.output
    assert alone.output.endswith("do: ask another user who may publish\n")
    assert "Version 3 (national): published" in published.output
    assert "Version 2 (national): draft" in stale.output
    assert "第4版（national）：已发布" in back.output
    assert "8件 → 5件" in run("--language", "zh", "policy", "diff", "2").output
    assert run("policy", "draft", whole, "--base", "1").exit_code == 0
    assert "caps › open cases: 8 cases → 5 cases" in run("--language", "en", "policy", "edit", "5", changes).output
    assert run("policy", "discard", "5").exit_code == 0
    assert run("policy", "discard", "5").exit_code == REFUSED


def test_back_test_that_is_interrupted_is_cancelled(here, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("dispatch.cli.versions.time", SimpleNamespace(sleep=interrupted))
    draft = a_draft(here, caps={"open_cases": 5})
    city = ("--city", "--cases", "4", "--practitioners", "3", "--from", "2026-03-02", "--to", "2026-03-13")

    assert run("policy", "simulate", f"{draft.version}", *city).exit_code != 0

    with here.read() as session:
        job = session.exec(select(JobRow).where(JobRow.kind == JobKind.SIMULATION)).one()
    assert job.cancel_wanted


def test_policy_file_or_local_rule_at_fault_is_refused(here, tmp_path):
    broken, listed = tmp_path / "broken.toml", tmp_path / "list.json"
    foreign = tmp_path / "foreign.toml"
    broken.write_text("a = = 1")
    listed.write_text("[]")
    foreign.write_bytes("名".encode("gb18030"))

    for file in (broken, listed, foreign):
        assert run("policy", "draft", file).exit_code == REFUSED
        assert run("backtest", "--policy", file, "--against", "national", "--city").exit_code == REFUSED
    assert "FIELD=DOCUMENT|ARTICLE" in run("policy", "publish", "1", "--local-rule", "grave").output


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("keys.toml", "a" + ".a" * 3000 + " = 1"),
        ("tables.toml", "a = " + "{a = " * 3000 + "1" + "}" * 3000),
        ("lists.toml", "a = " + "[" * 40 + "]" * 40),
        ("number.toml", "a = " + "9" * 5000),
        ("tables.json", '{"a":' * 900 + "1" + "}" * 900),
    ],
)
def test_policy_file_nested_beyond_measure_is_refused(here, tmp_path, name, text):
    file = tmp_path / name
    file.write_text(text)

    for answer in (run("policy", "draft", file, "--changes"), run("policy", "draft", file)):
        assert (answer.exit_code, type(answer.exception)) == (REFUSED, SystemExit)


def test_docket_is_solved_and_its_proof_verified(tmp_path):
    docket = tmp_path / "docket.json"
    docket.write_bytes(docket_to_json(docket_facts([a_case()], [a_practitioner()]), load_preset("national"), 1))

    solved = run("solve", docket, "--out", tmp_path / "proof.zip")

    assert (solved.exit_code, "c1 0 p1" in solved.output) == (0, True)
    assert run("verify", tmp_path / "proof.zip").exit_code == 0
    assert run("solve", a_file(tmp_path, good("cases"))).exit_code == REFUSED


def test_false_proof_is_refused(tmp_path):
    proof = a_proof(tmp_path / "proof.zip")
    proof.write_bytes(proof.read_bytes()[:200])

    assert run("verify", proof).exit_code == REFUSED


def test_proof_is_solved_anew_to_the_same_plan(tmp_path):
    problem = city(30, 100, 60, seed=7)
    save(tmp_path / "proof.zip", problem, solve(problem))
    save_problem(problem, tmp_path / "instance.npz")

    answers = [run("solve", tmp_path / name, "--out", tmp_path / "again.zip") for name in ("proof.zip", "instance.npz")]

    assert [answer.exit_code for answer in answers] == [0, 0]
    assert answers[0].output == answers[1].output
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "proof.zip").read_bytes()


def test_verifying_loads_no_solver_and_no_database(tmp_path):
    proof = a_proof(tmp_path / "proof.zip")
    check = (
        "import sys; from typer.testing import CliRunner; from dispatch.cli import app;"
        f"answer = CliRunner().invoke(app, ['verify', {str(proof)!r}]);"
        "heavy = {'ortools', 'pandas', 'sqlalchemy', 'fastapi', 'redis', 'typer.rich_utils'} & set(sys.modules);"
        "sys.exit(f'{answer.output} {heavy}' if answer.exit_code or heavy else 0)"
    )

    ended = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)

    assert ended.stderr == ""


@pytest.mark.parametrize("spoken", ["zh", "en"])
@pytest.mark.parametrize("words", [["worker"], ["worker", "--queues", "runs"], ["scheduler"]])
def test_worker_and_scheduler_become_that_process_and_go_on_in_the_language_asked_for(monkeypatch, words, spoken):
    calls = []
    monkeypatch.setattr("os.execv", lambda program, command: calls.append(command))

    run("--language", spoken, *words)

    assert calls == [[sys.executable, "-m", "workers", "--language", spoken, *words]]


@pytest.mark.parametrize(("spoken", "wording"), [("zh", "密钥"), ("en", "The secret is")])
def test_worker_says_why_it_does_not_start_in_the_language_asked_for(monkeypatch, spoken, wording):
    monkeypatch.setenv("LC_ALL", "C" if spoken == "zh" else "zh_CN.UTF-8")
    monkeypatch.setenv("DISPATCH_SECRET", "short")

    told = CliRunner().invoke(processes, ["--language", spoken, "worker"])

    assert told.exit_code == REFUSED
    assert wording in told.output


@pytest.mark.parametrize(("program", "words"), [(app, "api"), (processes, "worker"), (processes, "scheduler")])
def test_process_with_a_weak_or_another_key_says_so_in_words_and_ends(here, tmp_path, monkeypatch, program, words):
    for start in ("uvicorn.run", "workers.__main__._work_side_by_side", "workers.__main__.Scheduler"):
        monkeypatch.setattr(start, lambda *_, **__: pytest.fail("it was started"))
    assert run("import", "cases", a_file(tmp_path, good("cases"))).exit_code == 0
    told = {}

    for secret in ("short", "another secret of the tests"):
        monkeypatch.setenv("DISPATCH_SECRET", secret)
        told[secret] = CliRunner().invoke(program, [words])

    assert [each.exit_code for each in told.values()] == [REFUSED, REFUSED]
    assert [type(each.exception) for each in told.values()] == [SystemExit, SystemExit]
    assert "is empty, short" in told["short"].output
    assert "sealed with another secret" in told["another secret of the tests"].output.replace("\n", " ")


@pytest.mark.parametrize(("spoken", "wording"), [("zh", "已中止。"), ("en", "Aborted.")])
def test_verb_that_is_aborted_says_so_in_the_language_asked_for(monkeypatch, spoken, wording):
    def abort():
        raise Abort

    monkeypatch.setattr("dispatch.cli.processes.examine_service", abort)

    aborted = run("--language", spoken, "doctor")

    assert aborted.exit_code == REFUSED
    assert wording in aborted.output


def test_doctor_tells_what_is_wrong_and_how_to_mend_it(here, monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")

    answer = run("doctor")

    assert answer.exit_code == REFUSED
    assert "Redis does not answer" in answer.output
    assert "REDIS_URL" in answer.output


def test_case_brought_in_by_the_operator_is_theirs(here, tmp_path):
    assert run("import", "cases", a_file(tmp_path, good("cases"))).exit_code == 0

    [case] = here.all(CaseRow)
    assert case.created_by is not None


def test_console_script_points_here():
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))

    assert project["project"]["scripts"]["legal-dispatch"] == "dispatch.__main__:main"


def test_simulated_weeks_name_everyone_who_is_out_of_the_bound(tmp_path):
    target = tmp_path / "weeks.json"
    words = ("simulate", "--cases", "40", "--practitioners", "20", "--days", "10", "--seed", "1", "--out", target)

    done = run("--language", "en", *words)

    assert done.exit_code == 0, done.output
    assert "Within one largest case" in done.output
    reported = json.loads(target.read_text(encoding="utf-8"))
    assert reported["within"] + len(reported["exceptions"]) == reported["practitioners"]
    assert list(reported["barred"]) == ["assessment_on_record"]
    assert "The annual assessment" in done.output
    assert "assessment_on_record" not in done.output


def test_backtest_of_the_city_prints_a_table_and_keeps_the_result(tmp_path):
    city = ("--city", "--cases", "900", "--practitioners", "12", "--from", "2026-03-02", "--to", "2026-03-13")
    words = ("backtest", "--policy", "shangqiu", "--against", "national", *city, "--seed", "2", "--out", tmp_path)

    done = run("--language", "en", *words)

    assert done.exit_code == 0, done.output
    assert "deadlines met" in done.output
    reported = json.loads((tmp_path / "backtest.json").read_text(encoding="utf-8"))
    assert (reported["policy"]["name"], reported["against"]["name"], reported["source"]) == (
        "shangqiu",
        "national",
        "sample",
    )


def test_backtest_of_a_register_without_cases_is_refused(here):
    done = run("--language", "en", "backtest", "--policy", "shangqiu", "--from", "2026-03-02", "--to", "2026-03-03")

    assert done.exit_code == REFUSED


def test_backtest_of_an_unknown_policy_names_the_known_ones():
    done = run("--language", "en", "backtest", "--policy", "nobody", "--against", "national", "--city")

    assert done.exit_code == REFUSED
    assert "national" in done.output


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (("backtest", "--policy", "national", "--city", "--from", "2026-02-30"), "--from"),
        (("backtest", "--policy", "national", "--city", "--from", "2026-03-09", "--to", "2026-03-02"), "until"),
        (("backtest", "--policy", "²"), "policy"),
        (("frontier", "--on", "tomorrow"), "--on"),
        (("frontier", "--on", "9999-12-31"), "--on"),
        (("simulate", "--first", "2026-01-10", "--days", "2", "--cases", "5", "--practitioners", "3"), "working day"),
        (("policy", "simulate", "1", "--city", "--from", "2026-01-10", "--to", "2026-01-11"), "working day"),
        (("simulate", "--first", "tomorrow"), "--first"),
        (("report", "queue", "--until", "tomorrow"), "--until"),
        (("policy", "simulate", "1", "--city", "--to", "tomorrow"), "--to"),
        (("policy", "show", f"{10**30}"), "policy"),
        (("policy", "draft", "{file}", "--changes", "--note", "a\x1b[2J"), "note"),
        (("policy", "rollback", "1", "--reason", "a\x00b"), "reason"),
    ],
)
def test_day_version_or_note_that_cannot_be_is_refused_by_its_name(here, tmp_path, words, reported):
    changes = tmp_path / "fewer.toml"
    changes.write_text("[caps]\nopen_cases = 5\n")

    done = run("--language", "en", *(changes if word == "{file}" else word for word in words))

    assert (done.exit_code, reported in done.output) == (REFUSED, True), done.output


def test_frontier_of_a_small_city_prints_a_table_and_keeps_the_result(tmp_path):
    city = ("--cases", "20", "--practitioners", "60", "--axis", "wish", "--corners", "6", "--between", "1")

    done = run("--language", "en", "frontier", *city, "--out", tmp_path, "--plots")

    assert done.exit_code == 0, done.output
    assert "the recipient's wish: 1,500 now" in done.output
    reported = json.loads((tmp_path / "frontier.json").read_text(encoding="utf-8"))
    assert (reported["axis"], reported["source"], reported["now"]) == ("wish", "sample", 1500)
    assert (tmp_path / "frontier.svg").exists()


def test_frontier_along_nothing_known_names_the_axes():
    done = run("--language", "en", "frontier", "--axis", "luck")

    assert done.exit_code == REFUSED
    assert "churn" in done.output


def test_runs_and_overrides_teach_from_the_command_line(here):
    here.a_policy(fairness={"price_per_turn": 0, "load_ladder": [0]})
    here.a_practitioner("expert", specialties={"wages": 90}, quality=20)
    careful = here.a_practitioner("careful", specialties={"wages": 60}, quality=60)
    assert run("--language", "en", "policy", "learn").exit_code == REFUSED
    case = here.a_case(grave=False)
    made = solved(here)
    designate(here.begin, here.clerk, NOW + timedelta(minutes=1), case.id, careful.id, "knows the family")

    learned = run("--language", "en", "policy", "learn", "--draft")
    firm = run("--language", "zh", "policy", "sensitivity")
    drawn = run("--language", "en", "frontier", made.id, "--axis", "quality")

    assert "explain all 1 decisions" in learned.output
    assert "Kept as draft version 3" in learned.output
    assert "2,250" in firm.output
    assert "quality of past cases: 1,500 now" in drawn.output


@pytest.mark.parametrize(
    ("spoken", "told"),
    [
        ("en", "Port {} is in use: stop what uses it first, or choose another with --port."),
        ("zh", "端口 {} 已被占用：请先停止占用该端口的程序，或者用 --port 另选端口。"),
    ],
)
def test_port_in_use_is_told_in_one_line_with_what_to_do(spoken, told, tmp_path, monkeypatch):
    monkeypatch.setenv("DISPATCH_DATA_DIR", str(tmp_path / "data"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        answer = run("--language", spoken, "serve", "--port", port)

    assert answer.exit_code == REFUSED
    assert answer.output.replace("\n", " ").strip() == told.format(port)


@pytest.mark.parametrize("verb", [("migrate",), ("doctor",), ("serve", "--port", "1")])
def test_damaged_database_is_told_as_one(verb, tmp_path, monkeypatch):
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"\x00 no database " * 400)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{damaged}")
    monkeypatch.setenv("DISPATCH_SECRET", "a secret of the tests")
    monkeypatch.setenv("DISPATCH_DATA_DIR", str(tmp_path / "data"))

    answer = run("--language", "en", *verb)

    assert answer.exit_code == REFUSED
    assert "Traceback" not in answer.output
    assert "DATABASE_URL" in " ".join(answer.output.split())
