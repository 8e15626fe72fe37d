"""The verbs ``report`` and ``transparency``, as an operator types them."""

import json
import subprocess
import sys
import zipfile
from datetime import datetime
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from dispatch.cli import figures, plots
from dispatch.reports import REPORTS
from tests.reports.town import SINCE, UNTIL, fill
from tests.rows import open_register
from tests.shell import call

PERIOD = ("--since", str(SINCE), "--until", str(UNTIL))
PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def town(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("town") / "register.db"
    path.write_bytes(sqlite_template.read_bytes())
    url = f"sqlite:///{path}"
    register = open_register(url)
    fill(register)
    register.engine.dispose()
    return url


def run(town, *words):
    environment = {"DATABASE_URL": town, "DISPATCH_SECRET": "a secret of the tests"}
    return call(*words, env=environment)


def test_report_goes_to_the_terminal_as_json(town):
    wording = run(town, "report", "deadlines", *PERIOD)

    assert wording.exit_code == 0, wording.output
    assert json.loads(wording.stdout)["reports"][0]["rows"][0]["granted"] == 3


def test_all_reports_go_into_one_workbook(town, tmp_path):
    wording = run(town, "report", "all", *PERIOD, "--format", "xlsx", "--out", tmp_path / "new" / "year.xlsx")

    assert wording.exit_code == 0, wording.output
    book = load_workbook(tmp_path / "new" / "year.xlsx")
    assert len(book.sheetnames) == 1 + len(REPORTS)
    assert book[book.sheetnames[2]]["A2"].value == datetime(2026, 2, 1)


@pytest.mark.parametrize("form", ["png", "svg"])
def test_figures_are_the_same_bytes_each_time(town, tmp_path, form):
    drawn = []
    for turn in ("first", "second"):
        wording = run(town, "report", "all", *PERIOD, "--format", form, "--out", tmp_path / turn)
        assert wording.exit_code == 0, wording.output
        drawn.append({path.name: path.read_bytes() for path in (tmp_path / turn).iterdir()})

    assert drawn[0] == drawn[1]
    assert {f"{code}.{form}" for code in ("deadlines", "lorenz", "hindsight", "quality", "subsidy_grades")} <= set(
        drawn[0]
    )
    for content in drawn[0].values():
        assert content.startswith(PNG) if form == "png" else ElementTree.fromstring(content) is not None


def test_figure_says_in_latin_what_it_has_no_font_for(monkeypatch):
    monkeypatch.setattr(plots, "families", lambda: [plots.LATIN])

    assert plots.readable("zh") == "en"
    assert figures._wording({"code": "411402", "zh": "梁园区", "en": "梁园区"}, "en") == "411402"
    monkeypatch.setattr(plots, "families", lambda: [plots.LATIN, plots.HAN[0]])
    assert figures._wording({"code": "411402", "zh": "梁园区", "en": "梁园区"}, "en") == "梁园区"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("report", "weather"), 1),
        (("report", "queue", "--since", "yesterday"), 1),
        (("report", "queue", "--format", "pdf"), 2),
        (("transparency", "--month", "2126-01"), 1),
    ],
)
def test_what_there_is_not_is_refused_without_a_traceback(town, words, status):
    assert run(town, *words).exit_code == status


def test_pack_is_written_and_checks_itself(town, tmp_path):
    wording = run(town, "transparency", "--month", "2026-02", "--out", tmp_path / "pack.zip")

    assert wording.exit_code == 0, wording.output
    checked = subprocess.run([sys.executable, tmp_path / "pack.zip"], capture_output=True, text=True, check=False)
    assert checked.stdout.startswith("proven: "), checked.stderr


def test_month_is_one_page_in_both_languages(town, tmp_path):
    wording = run(town, "report", "month", *PERIOD, "--format", "md", "--out", tmp_path / "month.md")

    assert wording.exit_code == 0, wording.output
    page = (tmp_path / "month.md").read_text(encoding="utf-8")
    assert "## 指派期限 Deadlines met, at risk, missed" in page
    assert "| 2026-02 | 3 | 1 | 0 | 0 | 1 | 1 | 50.0% |" in page
    assert "Nothing to tell." in page
    assert "p1" not in page


def test_proofs_are_published_only_in_the_name_of_a_manager(town, tmp_path):
    order = ("transparency", "--month", "2026-02", "--out", tmp_path / "scores.zip", "--scores-decided-by")

    assert run(town, *order, "command-line").exit_code == 1
    assert run(town, "user", "create", "head", "manager").exit_code == 0
    wording = run(town, *order, "head")

    assert wording.exit_code == 0, wording.output
    with zipfile.ZipFile(tmp_path / "scores.zip") as pack:
        assert json.loads(pack.read("manifest.json"))["proofs"] is True
