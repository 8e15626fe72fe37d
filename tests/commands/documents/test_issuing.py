"""A document of a case says what the register knows, under a number that is given once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dispatch.commands.documents import issuing
from dispatch.commands.life import corrections, ends, supervision
from dispatch.commands.life.arrangements import entrust
from dispatch.commands.life.replacements import ask, decide, hand_over
from dispatch.commands.roster.contacts import closed
from dispatch.domain.documents import BLANKS, FORMS, DocumentKind, DocumentSubject
from dispatch.domain.errors import (
    DocumentIncompleteError,
    DocumentIssuedError,
    ForbiddenError,
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
)
from dispatch.domain.states import PaperKind, ReplacementGround, Satisfaction
from dispatch.domain.vocabulary import Matter, Service, Stage
from dispatch.exchange.documents.forms import fields_of
from dispatch.registry.tables import AuditRow, CaseEventRow, DocumentRow, PaperRow
from tests.commands.documents.written import (
    CIVIL,
    NEEDS,
    PHONE,
    a_changed_case,
    a_named_case,
    a_supervised_case,
    a_terminated_case,
    an_ended_case,
    issued,
    page_of,
    read,
    text_of,
    with_letterhead,
)
from tests.commands.life.acts import accepted, at_work
from tests.rows import NOW

GOLDEN = Path(__file__).parent / "golden"
NOTICE, LETTER = DocumentKind.ASSIGNMENT_NOTICE, DocumentKind.LETTER
HEARING, INQUIRY = DocumentKind.HEARING_RECORD, DocumentKind.INQUIRY

MADE = {
    DocumentSubject.ENDING: a_terminated_case,
    DocumentSubject.CHANGE: a_changed_case,
    DocumentSubject.REQUEST: a_changed_case,
    DocumentSubject.HEARING: a_supervised_case,
    DocumentSubject.INQUIRY: a_supervised_case,
    DocumentSubject.CALL_BACK: a_supervised_case,
}
"""A case of which there is what a document is about; one that ended well has all the rest."""


@pytest.fixture
def office(register):
    with_letterhead(register)
    return register


def an_accepted_case(register, number="1", **columns):
    case = a_named_case(register, number, **columns)
    accepted(register, case, register.a_practitioner(f"p{number}"))
    return case


def numbers(register):
    return [row.number for row in sorted(register.all(DocumentRow), key=lambda row: (row.series, row.serial))]


@pytest.mark.parametrize("kind", DocumentKind)
def test_document_reads_as_its_golden_text(office, kind):
    subject, about = FORMS[kind].about, None
    if subject in MADE:
        case = MADE[subject](office)
    else:
        case, assignment = an_ended_case(office)
        about = None if kind is DocumentKind.CLOSING_REPORT else assignment.id

    row = issued(office, case, kind, about_id=about)

    assert [name for name, value in read(office, row).values.items() if not value] == []
    assert text_of(page_of(office, row)) == (GOLDEN / f"{kind.value}.txt").read_text(encoding="utf-8")


def test_every_kind_has_its_row_and_every_field_its_line_in_the_table():
    assert set(FORMS) == set(DocumentKind) == set(NEEDS)
    assert {name for kind in DocumentKind for name in fields_of(kind)} == set(BLANKS)
    assert len({form.format for form in FORMS.values()}) == len({form.series for form in FORMS.values()}) == len(FORMS)


def test_notice_of_a_case_given_to_an_institution_leaves_the_person_to_it(office):
    case, firm = a_named_case(office), office.the_institution()
    office.a_practitioner("p1")
    entrust(office.begin, office.clerk, NOW, case.id, firm.id, "near")

    text = text_of(page_of(office, issued(office, case, NOTICE, {})))

    assert "承办人员：由承办机构安排" in text
    assert f"{firm.name}：" in text
    assert "1个工作日内安排" in text
    assert "3个工作日内将" in text


def test_same_document_again_is_the_same_number(office):
    case = an_accepted_case(office)

    rows = [issued(office, case, LETTER), issued(office, case, LETTER), issued(office, case, LETTER, {})]

    assert len({row.id for row in rows}) == 1
    assert numbers(office) == ["商民援函字〔2026〕第1号"]


def test_other_values_are_refused_until_the_document_is_void_and_the_number_stays_used(office):
    case = an_accepted_case(office)
    first = issued(office, case, LETTER)

    with pytest.raises(DocumentIssuedError) as refused:
        issued(office, case, LETTER, CIVIL | {"standing": "被告"})
    issuing.void(office.begin, office.clerk, NOW, first.id, "诉讼地位填写有误")
    issuing.void(office.begin, office.clerk, NOW + timedelta(days=1), first.id, "again")
    second = issued(office, case, LETTER, CIVIL | {"standing": "被告"})

    assert refused.value.facts == {"id": first.id, "number": first.number, "fields": ["standing"]}
    assert [first.number, second.number] == ["商民援函字〔2026〕第1号", "商民援函字〔2026〕第2号"]
    kept = office.get(DocumentRow, first.id)
    assert (kept.voided_at, kept.void_reason) == (NOW, "诉讼地位填写有误")
    assert "原告" in page_of(office, first)


def test_series_count_by_kind_branch_and_year_of_the_centres_own_calendar(office):
    civil, criminal = (
        an_accepted_case(office, "1"),
        an_accepted_case(
            office, "2", matter=Matter.CRIMINAL, service=Service.DEFENCE, cause="theft", stage=Stage.INVESTIGATION
        ),
    )
    late = an_accepted_case(office, "3")

    issued(office, civil, LETTER)
    issued(office, civil, NOTICE)
    letter = issued(office, criminal, LETTER, PHONE)
    # Half past midnight on New Year's Day in Shanghai, still the old year in UTC.
    issued(office, late, LETTER, now=datetime(2026, 12, 31, 16, 30, tzinfo=UTC))

    assert sorted(numbers(office)) == [
        "商刑援函字〔2026〕第1号", "商援指字〔2026〕第1号", "商民援函字〔2026〕第1号", "商民援函字〔2027〕第1号",
    ]  # fmt: skip
    assert "犯罪嫌疑人张三丰" in page_of(office, letter)
    assert "担任其辩护人" in page_of(office, letter)


def test_letter_says_how_to_reach_the_practitioner_as_the_roster_does_or_the_request(office):
    firm = office.an_institution(contact="0370-1000000")
    cases = [a_named_case(office, number) for number in "123"]
    for case, contact in zip(cases, ("13700000000", None, None), strict=True):
        person = office.a_practitioner(f"p{case.number}", firm)
        with office.begin() as tx:
            tx.session.get_one(type(person), person.id).sealed = closed(office.seal, {"contact": contact})["sealed"]
        accepted(office, case, person)

    values = ({"standing": "原告"}, {"standing": "原告"}, CIVIL)
    told = [issued(office, case, LETTER, given) for case, given in zip(cases, values, strict=True)]

    reached = ("13700000000", "0370-1000000", PHONE["practitioner_phone"])
    assert [f"联系方式：{how}" in page_of(office, row) for row, how in zip(told, reached, strict=True)] == [True] * 3


def test_refused_document_uses_no_number_and_names_what_is_blank_and_where(register):
    case = an_accepted_case(register)

    with pytest.raises(DocumentIncompleteError) as refused:
        issued(register, case, LETTER, {"standing": "原告"})
    with_letterhead(register)
    row = issued(register, case, LETTER)

    blanks = {blank["field"]: blank["where"]["en"] for blank in refused.value.facts["blanks"]}
    assert blanks == {
        "number": "the letterhead of the centre (PUT /v1/letterhead)",
        "practitioner_phone": "the values of this request",
    }
    assert row.serial == 1
    assert [each.verb for each in register.all(AuditRow)].count("issue_document") == 1


def test_number_of_a_rolled_back_document_was_never_seen_and_comes_next(office):
    case = an_accepted_case(office)

    with pytest.raises(ZeroDivisionError):
        issuing.issue(_broken(office.begin), office.seal, office.clerk, NOW, case.id, NOTICE)
    row = issued(office, case, NOTICE)

    assert (row.serial, len(numbers(office))) == (1, 1)


def _broken(begin):
    """Break off each transaction after all of it was written."""

    @contextmanager
    def breaking():
        with begin() as tx:
            yield tx
            tx.session.flush()
            raise ZeroDivisionError

    return breaking


def test_eight_at_once_get_eight_numbers_and_a_race_for_one_document_gets_one(office):
    cases = [an_accepted_case(office, str(n)) for n in range(8)]

    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda case: issued(office, case, NOTICE), [*cases, *cases]))

    assert len({row.id for row in rows}) == 8
    assert sorted(row.serial for row in office.all(DocumentRow)) == list(range(1, 9))


def test_document_about_what_has_not_happened_is_refused(office):
    case = a_named_case(office)

    for kind in DocumentKind:
        with pytest.raises(IllegalTransitionError):
            issued(office, case, kind)

    assert numbers(office) == []


def test_matter_before_no_organ_still_has_its_agreement_but_no_letter(office):
    case = an_accepted_case(office, organ=None)

    row = issued(office, case, DocumentKind.AGREEMENT)
    with pytest.raises(DocumentIncompleteError) as refused:
        issued(office, case, LETTER)

    assert "有关单位：" in page_of(office, row)
    assert [blank["field"] for blank in refused.value.facts["blanks"]] == ["organ"]


def test_institution_that_loses_the_case_is_told_to_hand_it_over(office):
    row = issued(office, a_changed_case(office, same_institution=False), DocumentKind.CHANGE_NOTICE)

    text = text_of(page_of(office, row))

    assert "你单位不再承办本案。请自收到本通知书之日起5个工作日内与受援人解除委托协议、终止授权委托" in text
    assert "另行安排" not in text


def test_case_handed_over_without_a_request_has_its_notice_of_change(office):
    case, sick = a_named_case(office), office.a_practitioner("p1")
    at_work(office, case, sick)
    office.a_practitioner("p2")
    hand_over(office.begin, office.seal, office.clerk, NOW, sick.id, ReplacementGround.HEALTH, "因病住院")

    text = text_of(page_of(office, issued(office, case, DocumentKind.CHANGE_NOTICE)))

    assert "经查，" in text
    assert "存在“健康原因”的情形" in text
    assert "自更换之日起" in text
    assert "收到" not in text.split("经查")[0]


def test_termination_that_was_corrected_is_told_nobody(office):
    case = a_terminated_case(office)
    corrections.correct(office.begin, office.seal, office.manager, NOW, case.id, "mistaken")

    with pytest.raises(IllegalTransitionError):
        issued(office, case, DocumentKind.TERMINATION)


def test_letter_on_own_counsel_names_the_item_of_the_law_and_the_letter_that_was_sent_elsewhere(office):
    case = an_accepted_case(office)
    ends.retain(office.begin, office.seal, office.clerk, NOW, case.id, "自行委托")

    with pytest.raises(DocumentIncompleteError) as refused:
        issued(office, case, DocumentKind.TERMINATION_LETTER)
    row = issued(office, case, DocumentKind.TERMINATION_LETTER, {"letter_number": "旧函〔2025〕9号"})

    assert [blank["field"] for blank in refused.value.facts["blanks"]] == ["letter_number"]
    assert "《法律援助法》第四十八条第一款第六项" in page_of(office, row)
    assert "旧函〔2025〕9号" in page_of(office, row)


def test_of_two_practitioners_the_one_meant_is_named(office):
    case = a_named_case(office, demand=2)
    seats = [accepted(office, case, office.a_practitioner(code)) for code in "ab"]

    with pytest.raises(InvalidFieldError):
        issued(office, case, NOTICE)
    with pytest.raises(NotFoundError):
        issued(office, case, NOTICE, about_id="nobody")
    rows = [issued(office, case, NOTICE, about_id=seat.id) for seat in seats]

    assert [row.serial for row in rows] == [1, 2]
    assert ["person a" in page_of(office, row) for row in rows] == [True, False]


@pytest.mark.parametrize(
    "values", [{"recipient": "someone else"}, {"nonsense": "1"}, {"days_to_arrange": "0"}, {"days_to_arrange": "soon"}]
)
def test_value_that_the_register_knows_better_or_that_is_none_is_refused(office, values):
    with pytest.raises(InvalidFieldError) as refused:
        issued(office, an_accepted_case(office), NOTICE, values)

    assert refused.value.facts["field"] == f"values.{next(iter(values))}"
    assert "someone else" not in str(refused.value.facts)


def test_only_officers_issue(office):
    case = an_accepted_case(office)

    for actor in (office.recipient(case), office.secretary(office.the_institution()), office.an_organ(case.organ)):
        with pytest.raises(ForbiddenError):
            issued(office, case, NOTICE, actor=actor)


def test_reading_is_logged_and_nothing_but_the_document_names_anybody(office):
    case = an_accepted_case(office)
    row = issued(office, case, LETTER)

    read(office, row)

    log = office.all(AuditRow)
    assert [(each.verb, each.subject, each.subject_id) for each in log][-1] == ("read_case", "letter", row.id)
    kept = f"{row.model_dump(exclude={'sealed'})}{[each.model_dump() for each in [*log, *office.all(CaseEventRow)]]}"
    assert not any(word in kept for word in ("张三丰", "13900000002", "13800000001"))
    assert "张三丰".encode() not in office.get(DocumentRow, row.id).sealed


def test_issued_document_stays_as_it_was_when_the_register_changes(office):
    case = an_accepted_case(office)
    row = issued(office, case, LETTER)
    before = page_of(office, row)

    with office.begin() as tx:
        tx.session.get_one(type(case), case.id).organ = "another court"

    assert page_of(office, row) == before
    assert page_of(office, issued(office, case, LETTER)) == before


def test_words_of_people_are_text_on_the_page_whatever_they_hold(office):
    case = a_named_case(office, name="<script>{{ 7 * 7 }}\x07</script>")
    accepted(office, case, office.a_practitioner("p1"))

    page = page_of(office, issued(office, case, NOTICE))

    assert "<script>" not in page
    assert "&lt;script&gt;{{ 7 * 7 }}&lt;/script&gt;" in page


def test_request_that_waits_has_no_approval_yet_and_one_that_was_refused_says_so(office):
    case = a_named_case(office)
    at_work(office, case, office.a_practitioner("p1"))
    asked = ask(office.begin, office.seal, office.clerk, NOW, case.id, ReplacementGround.NEGLECT, "未会见")
    approval = DocumentKind.CHANGE_APPROVAL

    with pytest.raises(DocumentIncompleteError) as refused:
        issued(office, case, approval)
    decide(office.begin, office.seal, office.manager, NOW, asked.id, False, "经核实，已会见两次")
    text = text_of(page_of(office, issued(office, case, approval)))

    assert [blank["field"] for blank in refused.value.facts["blanks"]] == ["decided_on", "decision", "verdict"]
    assert "审批意见：不同意更换。经核实，已会见两次" in text
    assert "相关证据材料：无" in text


def test_each_hearing_has_its_own_record_under_its_own_number(office):
    case = a_supervised_case(office)
    [first] = papers(office, PaperKind.HEARING)
    second = supervision.attend_hearing(
        office.begin, office.seal, office.clerk, NOW, first.assignment_id, "李某", "按时出庭"
    )

    with pytest.raises(InvalidFieldError) as refused:
        issued(office, case, HEARING)
    rows = [issued(office, case, HEARING, about_id=paper.id) for paper in (first, second, second)]

    assert refused.value.facts["field"] == "about_id"
    assert [row.serial for row in rows] == [1, 2, 2]
    assert "旁听情况：按时出庭" in text_of(page_of(office, rows[1]))


def test_inquiry_goes_out_with_an_empty_slip_and_after_its_answer_is_issued_anew_with_what_the_organ_said(office):
    case = a_supervised_case(office, answered=False)
    sent = issued(office, case, INQUIRY)
    [inquiry] = papers(office, PaperKind.INQUIRY)
    given = inquiry.id, Satisfaction.NOT, "钱法官", "两次迟到"
    supervision.record_answer(office.begin, office.seal, office.clerk, NOW, *given)
    issuing.void(office.begin, office.clerk, NOW, sent.id, "已收到答复")

    pages = [text_of(page_of(office, row)) for row in (sent, issued(office, case, INQUIRY))]

    assert "总体评价：□满意　□基本满意　□不满意" in pages[0]
    assert all(line in pages[1] for line in ("总体评价：不满意", "意见和建议：两次迟到", "答复人：钱法官"))


def test_record_that_was_struck_out_is_issued_no_more(office):
    case = a_supervised_case(office)
    [hearing] = papers(office, PaperKind.HEARING)
    supervision.strike_out(office.begin, office.seal, office.manager, NOW, hearing.id, "系他案庭审")

    with pytest.raises(IllegalTransitionError) as refused:
        issued(office, case, HEARING)
    with pytest.raises(NotFoundError):
        issued(office, case, HEARING, about_id=hearing.id)

    assert "POST /v1/assignments/{id}/hearings" in refused.value.facts["lacks"]["en"]


def papers(office, kind):
    return office.all(PaperRow, PaperRow.kind == kind)
