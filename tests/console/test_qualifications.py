"""What an entry of the roster rests on, in the console: assessments by year, evidence of specialties."""

from dispatch.domain.roster.words import AssessmentResult
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import AssessmentRow, PractitionerRow, SpecialtyRow


def test_assessment_is_recorded_and_corrected_with_a_reason(console, register):
    person = register.a_practitioner("P-1")
    path = f"/practitioners/{person.id}/qualifications"

    def assess(**fields):
        told = {"tried": "assess", "revision": register.get(PractitionerRow, person.id).revision}
        return console.press(f"{path}/assess", more=told | {f"assess.{name}": text for name, text in fields.items()})

    blank = assess(year="2025", result="competent")
    assess(year="2025", result="competent", decided_on="2026-01-20", valid_to="2027-05-31")
    unsaid = assess(year="2025", result="incompetent", decided_on="2026-01-20")
    assess(year="2025", result="incompetent", decided_on="2026-01-20", reason="原登记有误")
    page = console.get(path).text

    assert 'id="assess.decided_on-error"' in blank.text
    assert 'id="assess.reason-error"' in unsaid.text
    assert {(row.result, row.superseded_at is None) for row in register.all(AssessmentRow)} == {
        (AssessmentResult.COMPETENT, False), (AssessmentResult.INCOMPETENT, True),
    }  # fmt: skip
    assert "已更正" in page
    assert path in console.get(f"/practitioners/{person.id}").text


def test_evidence_is_recorded_by_the_name_of_the_cause_and_withdrawn_with_a_reason(console, register):
    person = register.a_practitioner("P-1", specialties=None)
    path = f"/practitioners/{person.id}/qualifications"
    told = {"tried": "evidence", "revision": "1", "evidence.cause": "追索劳动报酬纠纷", "evidence.level": "80",
            "evidence.source": "training", "evidence.on": "2026-01-10"}  # fmt: skip
    nowhere = console.press(f"{path}/add-evidence", more=told | {"evidence.cause": "无此案由"})
    console.press(f"{path}/add-evidence", more=told)
    [row] = register.all(SpecialtyRow)
    page, watched = console.get(path).text, console.get(path, Role.AUDITOR).text
    unsaid = console.press(f"{path}/withdraw-evidence", more={"tried": f"withdraw-{row.id}", "evidence": row.id})
    console.press(f"{path}/withdraw-evidence", more={"evidence": row.id, f"withdraw-{row.id}.reason": "未经评定"})

    assert 'id="evidence.cause-error"' in nowhere.text
    assert "追索劳动报酬纠纷:80" in page
    assert "withdraw-evidence" not in watched
    assert f'id="withdraw-{row.id}.reason-error"' in unsaid.text
    assert register.get(SpecialtyRow, row.id).withdrawn_at is not None
    assert "未经评定" in console.get(path).text
