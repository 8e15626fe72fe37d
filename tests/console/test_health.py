"""The health of the service in the console: what the doctor finds, with what to do; nothing sealed is opened for it."""

from dispatch.commands import doctor
from dispatch.console.pages.administration import jobs
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import CentreRow

ADMIN = Role.ADMIN


def test_administrator_sees_what_is_wrong_where_and_what_to_do(console, monkeypatch):
    def opened(*_):
        raise AssertionError("each sealed text is opened")

    monkeypatch.setattr(doctor, "unreadable", opened)
    page, english = (console.get("/health", ADMIN, lang=lang).text for lang in ("zh", "en"))

    assert "没有应答" in page
    assert "请检查 REDIS_URL" in page
    assert "<code>legal-dispatch scheduler</code>" in page
    assert "Start <code>legal-dispatch scheduler</code>." in english
    assert 'href="/console/health"' in console.get("/", ADMIN).text


def test_service_without_a_fault_says_what_was_looked_at(console, monkeypatch):
    monkeypatch.setattr(jobs, "examine", lambda *_, **__: [])
    monkeypatch.setattr(jobs, "examine_upkeep", lambda *_: [])

    assert "一切正常" in console.get("/health", ADMIN).text


def test_finding_says_how_many_it_is_about(console, monkeypatch):
    found = [doctor.Finding(doctor.Ailment.WEBHOOK_DEAD, "webhooks", {"count": 7})]
    monkeypatch.setattr(jobs, "examine", lambda *_, **__: found)

    page = console.get("/health", ADMIN).text

    assert ">7条</td>" in page
    assert "<code>POST /v1/webhooks/{id}/replay</code>" in page


def test_health_is_the_administrators(console):
    assert [console.get("/health", role).status_code for role in (Role.MANAGER, Role.AUDITOR, Role.CLERK)] == [403] * 3


def test_centre_below_another_is_told_whom_to_ask_and_sees_no_host(console, register):
    above = register.a_stranger().centre_id
    with register.begin() as tx:
        tx.session.get_one(CentreRow, register.centre.id).parent_id = above

    page, english = (console.get("/health", ADMIN, lang=lang).text for lang in ("zh", "en"))

    assert "由最上级法律援助中心的系统管理员查看" in page
    assert "topmost centre" in english
    assert "REDIS_URL" not in page
    assert "没有应答" not in page
