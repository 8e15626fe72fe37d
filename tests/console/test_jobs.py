"""Background jobs in the console: how far each is, what came of it or why it failed, cancelled by whoever may."""

import re
from datetime import timedelta

import pytest

from dispatch.commands.jobs import claim, fail, finish
from dispatch.domain.vocabulary import JobKind, JobStatus, Role
from dispatch.registry.jobs.requests import open_job
from dispatch.registry.tables import JobRow
from tests.rows import NOW

ADMIN, AUDITOR, CLERK, MANAGER = Role.ADMIN, Role.AUDITOR, Role.CLERK, Role.MANAGER


def a_job(register, kind, minutes=0):
    with register.begin() as tx:
        job = open_job(tx, kind, register.clerk, register.centre.id, NOW + timedelta(minutes=minutes))
        tx.session.flush()
        return job.id


def begun(register, job_id):
    return claim(register.begin, NOW, job_id, "worker")


@pytest.fixture
def jobs(register):
    """One job of most kinds, each at another end."""
    found = {kind: a_job(register, kind, k) for k, kind in enumerate(JobKind)}
    with register.begin() as tx:
        finish(tx, begun(register, found[JobKind.RUN]), NOW, {"assigned": 7, "open": 2, "cases": 9})
    held = begun(register, found[JobKind.IMPORT])
    fail(register.begin, NOW, held, {"type": "missing-column", "facts": {"columns": [{"zh": "姓名", "en": "name"}]}})
    begun(register, found[JobKind.SIMULATION])
    return found


def lines(page):
    """Return the rows of a page, each as its words."""
    rows = re.findall(r"<tr>\s*<td.*?</tr>", page, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in rows]


def test_jobs_are_told_newest_first_with_result_or_failure_in_words(console, jobs):
    page = console.get("/jobs").text
    firm, replay, trial, brought, run = lines(page)

    assert "稳定区间测算" in firm
    assert "排队中" in replay
    assert "进行中 开始办理 0 %" in trial
    assert "出错" in brought
    assert "缺少的列：姓名" in brought
    assert "已完成 指派7，无人承办2 2026-03-09 09:00" in run
    assert f'href="/console/match/{jobs[JobKind.RUN]}"' in page
    assert f'href="/console/imports/{jobs[JobKind.IMPORT]}"' in page
    assert f'href="/console/trials/{jobs[JobKind.SIMULATION]}"' in page
    assert "data-reload-s" in page
    assert "data-reload-s" not in console.get("/jobs?open=false").text


def test_administrator_sees_jobs_but_neither_runs_nor_a_button(console, jobs):
    page, auditors = console.get("/jobs", ADMIN).text, console.get("/jobs", AUDITOR, lang="en").text

    assert len(lines(page)) == len(JobKind)
    assert "/console/match/" not in page
    assert "/jobs/cancel" not in page + auditors
    assert console.press("/jobs/cancel", ADMIN, job_id=jobs[JobKind.REPLAY]).status_code == 403
    assert "7 placed, 2 without anybody" in auditors
    assert console.get("/jobs", Role.PRACTITIONER).status_code == 403


@pytest.mark.parametrize(
    ("asked", "found"),
    [("open=true", 3), ("open=false", 2), ("open=", 5)],
)
def test_jobs_are_found_by_whether_they_are_over(console, jobs, asked, found):
    assert len(lines(console.get(f"/jobs?{asked}").text)) == found


def test_job_that_waits_is_cancelled_and_one_that_runs_is_asked_to_stop(console, register, jobs):
    waits, runs, over = jobs[JobKind.REPLAY], jobs[JobKind.SIMULATION], jobs[JobKind.RUN]

    done = console.press("/jobs/cancel", job_id=waits)
    console.press("/jobs/cancel", MANAGER, job_id=runs)
    late, nobody = console.press("/jobs/cancel", job_id=over), console.press("/jobs/cancel")

    assert register.get(JobRow, waits).status is JobStatus.CANCELLED
    assert register.get(JobRow, runs).cancel_wanted
    assert "正在停止" in console.get("/jobs").text
    assert "已请求取消" in console.get(done.headers["location"]).text
    assert (late.status_code, nobody.status_code) == (409, 404)


def test_long_list_of_jobs_goes_on_and_the_workbench_shows_what_is_not_over(console, register):
    first = a_job(register, JobKind.SIMULATION)
    for number in range(51):
        held = begun(register, a_job(register, JobKind.REPLAY, number + 1))
        with register.begin() as tx:
            finish(tx, held, NOW, {})

    page, bench = console.get("/jobs").text, console.get("/").text
    following = re.search(r'href="/console(/jobs\?[^"]+)" rel="next"', page)[1].replace("&amp;", "&")

    assert f"/trials/{first}" not in page
    assert f"/trials/{first}" in console.get(following).text
    assert f"/trials/{first}" in bench
    assert 'href="/console/jobs"' in bench
