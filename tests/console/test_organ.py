"""A case organ in the console: notices sent, followed and taken back; its letters read, their receipt recorded."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dispatch.commands.documents import issuing
from dispatch.domain.documents import DocumentKind
from dispatch.domain.vocabulary import CaseSource, Role, Status
from dispatch.registry.tables import AuditRow, CaseRow, DocumentRow
from tests.commands.documents.written import PHONE, a_named_case, with_letterhead
from tests.commands.life.acts import accepted
from tests.console.conftest import ORGAN
from tests.rows import NOW

COURT = Role.ORGAN
NOTICE = {
    "source": "notice_must", "number": "示刑援通〔2026〕12号", "service": "defence", "cause": "盗窃罪",
    "stage": "first_instance", "area": "A", "recipient.name": "张三丰", "recipient.minor": "false",
    "detained": "true", "grave": "false", "death_review": "unknown",
    "sexual_assault": "false", "secret": "false", "interpreter": "false",
    "co_accused.0.name": "李小四",
}  # fmt: skip


@pytest.fixture
def letters(console, app):
    """Two letters to the organ of the console, and one to another."""
    register = replace(console.register, seal=app.state.context.key.require())
    with_letterhead(register)
    for number, organ in (("一", ORGAN), ("二", ORGAN), ("三", "某县人民检察院")):
        held = accepted(register, a_named_case(register, number, organ=organ), register.a_practitioner(f"p{number}"))
        values = PHONE | {"standing": "原告"}
        who = (register.begin, register.seal, register.clerk, NOW)
        issuing.issue(*who, held.case_id, DocumentKind.LETTER, values)
    return register.all(DocumentRow)


def test_notice_is_sent_from_a_form_that_keeps_what_was_typed_and_is_followed(console, register):
    console.user(COURT)
    wrong = console.press("/notices/new/send", COURT, more=NOTICE | {"cause": "没有的罪名", "hearing_on": "x"})
    sent = console.press("/notices/new/send", COURT, more=NOTICE)
    again = console.press("/notices/new/send", COURT, more=NOTICE)
    changed = console.press("/notices/new/send", COURT, more=NOTICE | {"detained": "false"})
    [case] = register.all(CaseRow)
    path = f"/notices/{case.id}"
    before = console.get(path, COURT).text
    accepted(register, case, register.a_practitioner("p1"))
    after, listed = console.get(path, COURT).text, console.get("/notices", COURT).text

    assert wrong.status_code == 422
    assert 'id="hearing_on-error"' in wrong.text
    assert 'value="李小四"' in wrong.text
    assert {sent.headers["location"], again.headers["location"]} == {f"/console{path}?done=send"}
    assert changed.status_code == 409
    assert "请告知法律援助机构更正" in changed.text
    assert (case.organ, case.death_review, case.source) == (ORGAN, None, CaseSource.NOTICE_MUST)
    assert "尚未指派承办人员" in before
    assert "《法律援助法》第三十六条" in before
    assert all(word in after for word in ("person p1", "辩护人", "已接受指派"))
    assert "person p1（" in listed
    assert "张三丰" not in before + after + listed


def test_notice_is_taken_back_until_somebody_has_the_case_and_another_organs_is_not_found(console, register):
    mine = register.a_case("1", source=CaseSource.NOTICE_MUST, organ=ORGAN)
    taken = register.a_case("2", source=CaseSource.NOTICE_MUST, organ=ORGAN)
    theirs = register.a_case("3", source=CaseSource.NOTICE_MUST, organ="某县人民检察院")
    accepted(register, taken, register.a_practitioner("p1"))

    console.press(f"/notices/{mine.id}/withdraw", COURT, more={"withdraw.text": "已委托辩护人"})
    refused = console.press(f"/notices/{taken.id}/withdraw", COURT)

    assert register.get(CaseRow, mine.id).status is Status.WITHDRAWN
    assert refused.status_code == 409
    assert "/withdraw" not in console.get(f"/notices/{taken.id}", COURT).text
    assert console.get(f"/notices/{theirs.id}", COURT).status_code == 404


def test_organ_begins_at_its_notices_and_sees_no_page_of_staff(console):
    assert console.get("/", COURT).headers["location"] == "/console/notices"
    page = console.get("/notices", COURT).text

    assert all(path in page for path in ("/console/notices/new", "/console/organ-letters", "/console/account"))
    assert ORGAN in page
    assert "/console/cases" not in page
    assert console.get("/notices").status_code == 403


def test_organ_reads_its_own_letters_and_records_their_receipt(console, letters):
    first, second, others = letters
    looks = len(console.register.all(AuditRow))
    page, read = console.get("/organ-letters", COURT).text, console.get(f"/documents/{first.id}", COURT)
    none = console.get(f"/documents/{others.id}", COURT)
    key = {"idempotency-key": console.hidden(read, "idempotency-key")}
    taken = [console.press(f"/documents/{first.id}/docx", COURT, more=key).status_code for _ in range(2)]
    console.press("/organ-letters/receive", COURT, letter=first.id)
    key = f"receipt-{second.id}"
    early = (NOW - timedelta(days=3)).date().isoformat()
    told = {"letter": second.id, "tried": key, f"{key}.received_on": early}
    refused = console.press("/organ-letters/receive", COURT, more=told)
    after, every = (console.get(f"/organ-letters{asked}", COURT).text for asked in ("", "?show=all"))

    assert first.number in page
    assert second.number in page
    assert others.number not in page
    assert "张三丰" in read.text
    assert "/console/cases/" not in read.text
    assert none.status_code == 404
    assert taken == [200, 200]
    assert len(console.register.all(AuditRow)) > looks
    assert refused.status_code == 422
    assert f'id="{key}.received_on-error"' in refused.text
    assert first.number not in after
    assert first.number in every
    assert "已收到" in every


def test_staff_see_all_letters_by_organ_and_record_what_they_were_told(console, register, letters):
    of_other = console.get("/organ-letters", params={"organ": "某县人民检察院"}).text
    key = f"receipt-{letters[2].id}"
    today = NOW.date().isoformat()
    console.press("/organ-letters/receive", more={"letter": letters[2].id, f"{key}.received_on": today})

    assert letters[2].number in of_other
    assert letters[0].number not in of_other
    assert register.get(DocumentRow, letters[2].id).received_on == NOW.date()
    assert "/organ-letters/receive" not in console.get("/organ-letters", Role.AUDITOR).text
    assert console.get("/organ-letters", Role.PRACTITIONER).status_code == 403


def test_notices_and_all_letters_begin_with_the_newest(console, register, letters):
    with register.begin() as tx:
        for day, row in enumerate(letters):
            tx.session.get_one(DocumentRow, row.id).issued_at = NOW - timedelta(days=9 - day)
    for number, days in (("示刑援通〔2026〕2号", 2), ("示刑援通〔2026〕11号", 1)):
        register.a_case(number, source=CaseSource.NOTICE_MUST, organ=ORGAN, received_at=NOW - timedelta(days=days))
    first, second, _ = letters
    sent, every, awaited = (
        console.get(path, COURT).text for path in ("/notices", "/organ-letters?show=all", "/organ-letters")
    )

    assert sent.index("〕11号") < sent.index("〕2号")
    assert every.index(second.number) < every.index(first.number)
    assert awaited.index(first.number) < awaited.index(second.number)
