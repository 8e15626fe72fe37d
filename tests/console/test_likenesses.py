"""Records that may be one and conflicts to be looked at, in the console: merged, told apart, set aside, settled."""

from dataclasses import replace

from dispatch.commands.cases.intake import submit_case
from dispatch.domain.findings import FindingKind, Observation
from dispatch.domain.vocabulary import Role
from dispatch.registry.findings import open_
from dispatch.registry.tables import CaseRow, ConflictReviewRow, DistinctRow, FindingRow, PractitionerRow
from tests.rows import NOW, a_draft


def two_of_one_name(register):
    one, other = register.a_practitioner("P-1"), register.a_practitioner("P-2")
    with register.begin() as tx:
        for row in (one, other):
            tx.session.get_one(PractitionerRow, row.id).name = "王小明"
    return one, other


def merge(console, kept, other, **fields):
    key = f"merge-{kept.id}-{other.id}"
    told = {"tried": key, "kept": kept.id, "other_id": other.id, f"{key}.other_id": other.id, "revision": "1"}
    return console.press("/likenesses/merge", more=told | {f"{key}.{name}": text for name, text in fields.items()})


def test_two_records_of_one_person_are_merged_with_a_reason(console, register):
    one, other = two_of_one_name(register)
    page, watched = console.get("/likenesses").text, console.get("/likenesses", Role.AUDITOR).text
    unsaid = merge(console, one, other)
    merge(console, one, other, reason="身份证件相同")

    assert "姓名相同" in page
    assert "/likenesses/merge" not in watched
    assert f'id="merge-{one.id}-{other.id}.reason-error"' in unsaid.text
    assert register.get(PractitionerRow, other.id).merged_into == one.id
    assert "没有疑似同一人的登记" in console.get("/likenesses").text
    assert "并入的登记" in console.get(f"/practitioners/{other.id}").text
    assert one.id in console.get(f"/practitioners/{other.id}").text


def test_records_with_cases_in_common_are_not_merged_and_the_cases_are_named(console, register):
    one, other = two_of_one_name(register)
    case = register.a_case("2026-0042", demand=2)
    register.an_assignment(case, one)
    register.an_assignment(case, other, seat=1)

    refused = merge(console, one, other, reason="身份证件相同")

    assert refused.status_code == 409
    assert f'<a href="/console/cases/{case.id}">2026-0042</a>' in refused.text


def test_two_people_are_told_apart_and_then_not_merged(console, register):
    one, other = two_of_one_name(register)
    key = f"apart-{one.id}-{other.id}"
    told = {"one": one.id, "other_id": other.id, f"{key}.other_id": other.id}
    console.press("/likenesses/tell-apart", more=told | {f"{key}.reason": "证件号码不同"})

    [row] = register.all(DistinctRow)
    assert row.reason == "证件号码不同"
    assert "没有疑似同一人的登记" in console.get("/likenesses").text
    assert merge(console, one, other, reason="再看").status_code == 422


def test_person_whose_numbers_differ_is_not_merged_and_why_stands_at_the_form(console, app, register):
    one, other = two_of_one_name(register)
    seal = app.state.context.key.require()
    for row, number in ((one, "411402198505051232"), (other, "411402199001011231")):
        replace(register, seal=seal).keep(row, {"identity_number": number})

    key = f"merge-{one.id}-{other.id}"
    told = {"tried": key, "kept": one.id, "other_id": other.id, f"{key}.other_id": other.id, f"{key}.reason": "同名"}
    refused = console.press("/likenesses/merge", revision=register.get(PractitionerRow, one.id).revision, more=told)

    assert "身份证件号码一致" in refused.text


def test_guesses_of_the_night_are_set_aside_together_with_a_reason(console, register):
    houses = [register.an_institution(code) for code in ("F-1", "F-2")]
    organs = [register.a_listed_organ(name) for name in ("甲县人民法院", "乙县人民法院")]
    with register.begin() as tx:
        for kind, subject, rows in (
            (FindingKind.INSTITUTIONS_ALIKE, "institution", houses), (FindingKind.ORGANS_ALIKE, "organ", organs),
        ):  # fmt: skip
            open_(tx, register.centre.id, Observation(kind, subject, subject, {"ids": [each.id for each in rows]}), NOW)
    ids = [row.id for row in register.all(FindingRow)]
    page, desk = console.get("/likenesses").text, console.get("/").text
    nothing = console.press("/likenesses/dismiss", reason="两家机构")
    console.press("/likenesses/dismiss", reason="两家机构", more={"finding_ids[]": ids})

    for words in ("F-1", "F-2", "甲县人民法院", "乙县人民法院"):
        assert words in page
    assert 'href="/console/likenesses"' in desk
    assert 'id="finding_ids-error"' in nothing.text
    assert {row.reason for row in register.all(FindingRow)} == {"两家机构"}
    assert "没有名称相近的" in console.get("/likenesses").text


def test_organ_that_was_merged_away_is_no_guess_any_more(console, register):
    rows = [register.a_listed_organ(name) for name in ("甲县人民法院", "乙县人民法院", "丙县人民法院")]
    with register.begin() as tx:
        for subject, ids in (("one", [rows[0].id, rows[1].id]), ("two", [rows[1].id, rows[2].id])):
            open_(tx, register.centre.id, Observation(FindingKind.ORGANS_ALIKE, "organ", subject, {"ids": ids}), NOW)
    console.press(f"/organs/{rows[0].id}/merge-organ", more={"merge.into": "乙县人民法院"})

    page = console.get("/likenesses")

    assert page.status_code == 200
    assert "甲县人民法院" not in page.text
    assert page.text.count('name="finding_ids[]"') == 1
    assert "乙县人民法院、丙县人民法院" in page.text


def test_people_in_two_cases_are_settled_together_and_what_waits_is_narrowed(console, app, register):
    register = replace(register, seal=app.state.context.key.require())
    for number, party in (("1", None), ("2", {"name": "王 芳"}), ("3", {"name": "王·芳"})):
        recipient = {
            **a_draft().recipient.model_dump(exclude_none=True),
            "name": f"受援{number}",
            "identity_number": None,
        }
        drafted = a_draft(number=f"2026-{number}", recipient=recipient if party else recipient | {"name": "王芳"},
                          opposing=[party] if party else [])  # fmt: skip
        submit_case(register.begin, register.seal, register.clerk, NOW, drafted)
    first = console.get("/conflict-reviews").text
    values = sorted(set(line.split('"')[0] for line in first.split('name="shared[]" value="')[1:]))
    found = {"outcome": "different_person", "text": "户籍信息显示为两人"}
    nobody = console.press("/conflict-reviews/review-several", **found)
    unsaid = console.press("/conflict-reviews/review-several", outcome="different_person", more={"shared[]": values})
    console.press("/conflict-reviews/review-several", **found, more={"shared[]": values})

    assert len(values) == 2
    assert "没有待核对的当事人" in console.get("/conflict-reviews?ground=close&same_number=true").text
    assert 'id="shared-error"' in nobody.text
    assert 'id="text-error"' in unsaid.text
    assert "checked" in unsaid.text
    assert len(register.all(ConflictReviewRow)) == 2
    assert "没有待核对的当事人" in console.get("/conflict-reviews").text
    assert "review-several" not in console.get("/conflict-reviews", Role.AUDITOR).text


def test_case_taken_for_another_is_found_to_be_none(console, register):
    first = register.a_case("1")
    case = register.a_case("2", duplicate_of=first.id)
    page = console.get(f"/cases/{case.id}").text
    told = {"tried": "distinct", "revision": str(case.revision)}
    unsaid = console.press(f"/cases/{case.id}/clear-duplicate", more=told)
    console.press(f"/cases/{case.id}/clear-duplicate", more=told | {"distinct.reason": "事由不同"})

    assert "认定不是重复案件" in page
    assert 'id="distinct.reason-error"' in unsaid.text
    assert register.get(CaseRow, case.id).duplicate_of is None
    assert "认定不是重复案件" not in console.get(f"/cases/{case.id}").text
