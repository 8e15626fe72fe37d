"""What a manager keeps for the centre, in the console: letterhead and templates, working days, a case's funds."""

from io import BytesIO

from docx import Document

from dispatch.commands.cases.intake import submit_case
from dispatch.commands.documents.stationery import own_templates, template
from dispatch.domain.documents import DocumentKind
from dispatch.domain.funds.sources import FundingState
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import FundingRow, LetterheadRow, NoticeRow
from tests.rows import NOW, a_draft

MANAGER = Role.MANAGER
KIND = DocumentKind.ASSIGNMENT_NOTICE


def test_letterhead_is_set_and_set_anew(console, register):
    early = console.get("/letterhead", MANAGER).text
    faulty = console.press("/letterhead/set-letterhead", MANAGER, tried="head", more={"head.mark": "商"})
    told = {"head.mark": "商", "head.contact": "王主任", "head.phone": "0370-12348"}
    console.press("/letterhead/set-letterhead", MANAGER, more=told)
    console.press("/letterhead/set-letterhead", MANAGER, more=told | {"head.contact": "李主任"})

    assert "尚未设定" in early
    assert 'id="head.contact-error"' in faulty.text
    [row] = register.all(LetterheadRow)
    assert (row.mark, row.contact) == ("商", "李主任")
    assert 'value="李主任"' in console.get("/letterhead", MANAGER).text
    assert "/letterhead" in console.get("/letters", MANAGER).text
    assert "/letterhead" not in console.get("/letters").text


def test_template_of_the_centre_takes_the_place_of_ours_and_goes_again(console, register):
    def upload(content, **fields):
        files = {"file": ("template.docx", content, "application/octet-stream")}
        return console.ask("POST", "/letterhead/replace-template", MANAGER, data=fields, files=files)

    def own():
        with register.read() as session:
            return own_templates(session, register.centre.id)

    ours = console.press("/letterhead/take-template", MANAGER, kind=KIND.value)
    document = Document(BytesIO(ours.content))
    document.add_paragraph("本中心")
    changed = BytesIO()
    document.save(changed)
    no_word, kindless = upload(b"no document", kind=KIND.value), upload(changed.getvalue())
    nothing = console.press("/letterhead/replace-template", MANAGER, kind=KIND.value)
    upload(changed.getvalue(), kind=KIND.value)
    mine, page = own(), console.get("/letterhead", MANAGER).text
    console.press("/letterhead/restore-template", MANAGER, kind=KIND.value)

    assert ours.content == template(register.read, register.manager, KIND)
    assert 'id="file-error"' in no_word.text
    assert 'id="kind-error"' in kindless.text
    assert 'id="file-error"' in nothing.text
    assert mine.keys() == {KIND}
    assert "本中心模板" in page
    assert own() == {}


def test_notice_of_a_year_is_loaded_row_by_row_and_undone(console, register):
    rows = {
        "元旦": ("2027-01-01", "2027-01-03"), "春节": ("2027-02-05", "2027-02-13"),
        "清明": ("2027-04-03", "2027-04-05"),
        "劳动节": ("2027-05-01", "2027-05-05"), "端午": ("2027-06-09", "2027-06-11"),
        "中秋": ("2027-09-15", "2027-09-17"), "国庆": ("2027-10-01", "2027-10-07"),
    }  # fmt: skip
    told = {"year": "2027", "title": "国务院办公厅关于2027年部分节假日安排的通知"}
    for k, (name, (first, last)) in enumerate(rows.items()):
        told |= {f"rows.{k}.name": name, f"rows.{k}.from_on": first, f"rows.{k}.until_on": last,
                 f"rows.{k}.working": "false"}  # fmt: skip

    def load(**fields):
        return console.press("/calendar/load-year", MANAGER, more=told | fields)

    empty = console.press("/calendar/load-year", MANAGER, year="2027", title="通知")
    gap = load(**{"rows.9.from_on": "2027-01-04", "rows.9.working": "true"})
    backwards = load(**{"rows.1.until_on": "2027-02-01"})
    lacking = load(**{f"rows.6.{name}": "" for name in ("name", "from_on", "until_on", "working")})
    early = console.get("/calendar?year=2027", MANAGER).text
    made = load()
    page, watched = (console.get("/calendar?year=2027", role).text for role in (MANAGER, Role.CLERK))
    nowhere = [
        console.press(f"/calendar/{act}-year", MANAGER, more=told | {"year": "1999"}) for act in ("load", "undo")
    ]
    kept = console.get("/calendar?year=2027", MANAGER).text
    console.press("/calendar/undo-year", MANAGER, year="2027")

    assert [refused.status_code for refused in nowhere] == [422, 422]
    assert "undo-year" in kept
    for refused, field in ((empty, "rows.0.from_on"), (gap, "rows.7.from_on"), (backwards, "rows.1.until_on")):
        assert refused.status_code == 422
        assert f'id="{field}-error"' in refused.text
    assert "为法定节假日，应当放假" in lacking.text
    assert "已载入" not in early
    assert made.headers["location"] == "/console/calendar?year=2027&done=load-year"
    assert "国务院办公厅关于2027年部分节假日安排的通知" in page
    assert "undo-year" not in watched
    [row] = register.all(NoticeRow)
    assert row.withdrawn_at is not None


def test_fund_is_applied_for_decided_and_undone_step_by_step(console, register):
    case = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(categories=["migrant_worker"]))
    path = f"/cases/{case.id}/funds"

    def state():
        return [row.state for row in register.all(FundingRow)]

    page, unsaid = console.get(path).text, console.press(f"{path}/apply-fund", tried="apply")
    console.press(f"{path}/apply-fund", more={"apply.source": "lottery"})
    undecided = console.press(f"{path}/decide-fund", tried="decide")
    told = {"decide.approve": "true", "decide.reference": "豫援彩〔2026〕12号"}
    console.press(f"{path}/decide-fund", more=told)
    granted, shown = state(), console.get(path, MANAGER).text
    [row] = register.all(FundingRow)
    console.press(f"{path}/correct-fund", MANAGER, more={"funding": row.id, "correct.reason": "登记有误"})
    back = state()
    console.press(f"{path}/correct-fund", MANAGER, more={"funding": row.id, "correct.reason": "登记有误"})

    assert path in console.get(f"/cases/{case.id}").text
    assert "由本级财政法律援助经费支付" in page
    assert 'id="apply.source-error"' in unsaid.text
    assert 'id="decide.approve-error"' in undecided.text
    assert "豫援彩〔2026〕12号" in shown
    assert (granted, back, state()) == ([FundingState.APPROVED], [FundingState.APPLIED], [FundingState.VOID])
    assert "apply-fund" in console.get(path).text
    assert "correct-fund" not in console.get(path).text
