"""Subsidy tables in the console: typed in words and yuan or filled in from a file, faults at their row."""

import pytest

from dispatch.commands.funds import tables
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import SubsidyTableRow
from tests.domain.funds.test_subsidy import a_document
from tests.exchange.test_rates import SHEET
from tests.rows import NOW

MANAGER = Role.MANAGER
HEAD = {
    "title_zh": "某市办案补贴标准", "valid_from": "2026-01-01", "source.0.document": "某司文〔2025〕1号",
    "grade_percent.excellent": "120", "grade_percent.good": "100", "grade_percent.pass": "100",
    "grade_percent.fail": "0", "ungraded_percent": "100", "levels[]": "",
}  # fmt: skip
ROW = {"rates.0.matters": "刑事", "rates.0.stages": "侦查；审查起诉", "rates.0.amount_fen": "1,200.50"}
PLACE = "/subsidy-tables/new/put-in-place"


def put(console, *parts, role=MANAGER, **more):
    given = {name: value for part in parts for name, value in part.items()}
    return console.press(PLACE, role, more=given | more)


def test_table_is_typed_in_words_and_yuan_and_read_as_such(console, register):
    made = put(console, HEAD, ROW, {"rates.1.day_fen": "300", "rates.1.max_days": "10.5"})
    [row] = register.all(SubsidyTableRow)
    page, listed = console.get(f"/subsidy-tables/{row.id}", MANAGER).text, console.get("/subsidy-tables", MANAGER).text

    assert made.headers["location"].startswith(f"/console/subsidy-tables/{row.id}?")
    assert [(rate["amount_fen"], rate["day_fen"], rate["max_days"]) for rate in row.document["rates"]] == [
        (120_050, None, None), (None, 30_000, 10.5),
    ]  # fmt: skip
    assert row.document["title_en"] == "某市办案补贴标准"
    assert row.document["ungraded_percent"] == 100
    assert all(word in page for word in ("侦查; 审查起诉", "1,200.50", "某司文〔2025〕1号", "120%"))
    assert "现行" in listed
    assert "制定补贴标准" in listed
    assert "制定补贴标准" not in console.get("/subsidy-tables", Role.AUDITOR).text
    assert console.get("/subsidy-tables").status_code == 403
    assert console.get("/subsidy-tables/none", MANAGER).status_code == 404


def test_every_fault_stands_at_its_field_and_nothing_is_kept(console, register):
    yuan = put(console, HEAD, ROW, {"rates.1.amount_fen": "很多"})
    hidden = put(console, HEAD, {"rates.0.amount_fen": "100"}, {"rates.1.amount_fen": "200"})
    gap = put(console, HEAD, ROW, {"rates.2.amount_fen": "200"})
    unpaid = put(console, HEAD, {"rates.0.matters": "刑事"})
    head = put(console, HEAD | {"valid_from": "", "source.0.document": "", "grade_percent.fail": "110"}, ROW)
    nothing = put(console)

    for refused, field in (
        (yuan, "rates.1.amount_fen"), (hidden, "rates.1"), (gap, "rates.1"), (unpaid, "rates.0"), (head, "valid_from"),
        (nothing, "title_zh"),
    ):  # fmt: skip
        assert refused.status_code == 422
        assert f'id="{field}-error"' in refused.text
    assert "中间不留空行" in gap.text
    assert 'value="1,200.50"' in yuan.text
    assert register.all(SubsidyTableRow) == []


def test_rows_of_a_file_are_filled_in_to_be_looked_at_and_then_put_in_place(console, register):
    def fill(content, **more):
        files = {"file": ("rates.csv", content.encode(), "text/csv")}
        return console.ask("POST", "/subsidy-tables/new/fill-in", MANAGER, data=HEAD | more, files=files)

    filled = fill(SHEET, **{"rates.0.matters": "民事"})
    faulty, none = fill(SHEET.replace("900", "很多")), console.press("/subsidy-tables/new/fill-in", MANAGER)
    kept = register.all(SubsidyTableRow)
    put(console, HEAD, {"rates.0.matters": "刑事", "rates.0.amount_fen": "900.00"})

    assert "已从表格填入2行" in filled.text
    assert 'value="某市办案补贴标准"' in filled.text
    assert 'name="rates.1.amount_fen" type="text" value="1,500.50"' in filled.text
    assert "民事" not in filled.text.partition('name="rates.0.matters"')[2].partition(">")[0]
    assert faulty.status_code == 422
    assert "表格第3行，补贴标准（元）" in faulty.text
    assert (none.status_code, kept) == (422, [])
    assert len(register.all(SubsidyTableRow)) == 1


def test_new_version_begins_from_another_or_from_a_published_standard(console, register):
    document = a_document({"matters": ["criminal"], "amount_fen": 90_000}, ungraded_percent=None)
    row = tables.add_table(register.begin, register.manager, NOW, document)

    of_ours = console.get(f"/subsidy-tables/new?from={row.id}", MANAGER).text
    published = console.get("/subsidy-tables/new?preset=henan_provincial", MANAGER).text
    again = put(console, HEAD, ROW, {"ungraded_percent": ""})

    assert 'name="rates.0.amount_fen" type="text" value="900.00"' in of_ours
    assert "某司文〔2025〕1号" in of_ours
    assert "河南省本级法律援助补贴标准" in published
    assert again.status_code == 303
    assert [(each.version, each.document["ungraded_percent"]) for each in register.all(SubsidyTableRow)] == [
        (1, None), (2, None),
    ]  # fmt: skip
    assert "不核算" in console.get(f"/subsidy-tables/{row.id}", MANAGER).text


def test_document_is_trusted_as_far_as_it_was_read_and_another_in_its_place_for_itself(console, register):
    reported = "大河报2022年12月报道的河南省本级法律援助补贴标准"
    put(console, HEAD | {"source.0.document": reported}, ROW)
    put(console, HEAD | {"source.0.document": "", "source.1.document": "某市财〔2026〕3号"}, ROW)

    assert [[(each["document"], each["trust"]) for each in row.document["source"]]
            for row in register.all(SubsidyTableRow)] == [
        [(reported, "secondary")], [("某市财〔2026〕3号", "read")],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["rates.x.amount_fen", "rates.", "rates.0", "source.0", "source.x.document", "title_zh.x"]
)
def test_form_that_no_page_sends_is_refused(console, register, name):
    assert put(console, HEAD, ROW, {name: "1"}).status_code == 422
    assert register.all(SubsidyTableRow) == []
