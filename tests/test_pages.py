"""The examples are run as they stand in their pages, against a real service with a small city in it."""

import io
import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from rich.console import Console
from sqlmodel import select

from dispatch.commands.rotation.unfairness_bound import close_months
from dispatch.demo.serve import invite, settle
from dispatch.demo.stack import Address, run_stack, utc_now
from dispatch.domain.docket.absence import AbsenceKind
from dispatch.domain.eligibility.table import RULES
from dispatch.domain.policy.trial_floor import SAMPLE, CentreSize, floor_of
from dispatch.domain.unfairness_bound import ExcessCause
from dispatch.domain.vocabulary import ModeName
from dispatch.embedded.processes import free_port
from dispatch.registry.tables import AbsenceRow, LedgerRow, PractitionerRow
from dispatch.simulation.sample.city import CITY, COUNTY
from dispatch.simulation.sample.shares import NEEDED_LANGUAGES

HOUSE = Path(__file__).parent.parent
PAGE = HOUSE / "examples" / "modes.md"
DAY, REQUESTS_A_DAY = HOUSE / "examples" / "lawyers-day.md", 12
BAD_DAY, REQUESTS_A_BAD_DAY = HOUSE / "examples" / "clerks-bad-day.md", 6
WHY = HOUSE / "examples" / "why.md"
ROTATION = HOUSE / "examples" / "rotation.md"
CHOICE, REQUESTS_A_CHOICE = HOUSE / "examples" / "recipients-choice.md", 10
MANUAL = HOUSE / "docs" / "zh"
TUNING = "Tune a policy in five minutes"
PATIENCE_S = 300
MARK = "######"
TRANSLATED = re.compile(r"(?<=docs/)zh/(?=tour)|\.(zh|en)(?=\.webp$)")
"""By what the tour and a picture of it are named in one language or the other."""


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """A service that is running, and what it prints."""
    printed = io.StringIO()
    with run_stack(tmp_path_factory.mktemp("city"), Address(port=free_port())) as home:
        tokens = settle(Console(file=io.StringIO()), home, "en", COUNTY)
        invite(Console(file=printed, width=400), home, tokens, "en")
        yield home, printed.getvalue()


@pytest.fixture(scope="module")
def invitation(city):
    """What the service prints while it is running."""
    return city[1]


@pytest.fixture(scope="module")
def wording(invitation, tmp_path_factory):
    """What the page's blocks print when they are pasted one after another, and what the service printed before."""
    return paste(invitation, blocks(PAGE), tmp_path_factory.mktemp("modes")), invitation


@pytest.fixture(scope="module")
def tuned(invitation, tmp_path_factory):
    """What the blocks about policies in the README print."""
    about = [block for block in blocks(HOUSE / "README.md") if block[0] == TUNING]
    return paste(invitation, about, tmp_path_factory.mktemp("tuning"))


def paste(invitation, blocks, folder, language="C.UTF-8", patience_s=PATIENCE_S):
    """Return what a shell in the folder prints for blocks that are pasted one after another."""
    exports = [line for line in invitation.splitlines() if line.startswith("export ")]
    script = "\n".join(["set -eu", *exports, *(f"echo '{MARK}{title}'\n{block}" for title, block in blocks)])
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "LC_ALL": language}
    done = subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=patience_s, cwd=folder
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def blocks(page):
    """Return every block of a page with the title above it."""
    parts = re.split(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.M)[1:]
    for title, text in zip(parts[::2], parts[1::2], strict=True):
        yield from ((title, block) for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S))


# Before the pages below fill the days of the people they share.
@pytest.mark.parametrize(
    ("page", "printed"),
    [("practitioner", ["accepted", "progress", "waiting"]), ("clerk", ["clerk", "applied", "approved"])],
)
def test_manual_of_who_works_on_cases_works_as_written(invitation, page, printed, tmp_path):
    reported = paste(invitation, blocks(MANUAL / f"{page}.md"), tmp_path, language="")

    assert [word for word in printed if word not in reported] == []


def test_every_mode_assigns_its_case_as_the_page_says(wording):
    reported = dict(part.split("\n", 1) for part in wording[0].split(MARK)[1:])
    last = {title: text.split()[-1] for title, text in reported.items() if text.strip()}

    assert list(last.values()) == ["optimized", "point_selection", "grab", "rotation", "designation", "continuity"]
    assert set(last.values()) == set(ModeName)


def test_lawyers_day_takes_the_requests_written_there(invitation, tmp_path):
    reported = paste(invitation, blocks(DAY), tmp_path).split(MARK)

    written = DAY.read_text(encoding="utf-8")
    last = [part.split("\n")[-2] for part in reported[2:]]
    assert last == ["approved", "file", "progress", str(REQUESTS_A_DAY)]
    assert "twelve requests" in written
    assert str(REQUESTS_A_DAY) == re.findall(r"(\d+)\. ", written)[-1]
    assert json.loads((tmp_path / "left.json").read_text()) == []
    assert reported[3].split("\n")[-6:-2] == [
        "王小明",
        "13900000000",
        "拖欠工资三个月 three months of wages unpaid",
        "示例建筑公司",
    ]
    assert "closed" in reported[-1]
    assert "in the rotation" in reported[-1]


def test_clerks_bad_day_takes_the_requests_written_there(invitation, tmp_path):
    reported = paste(invitation, blocks(BAD_DAY), tmp_path).split(MARK)

    written = BAD_DAY.read_text(encoding="utf-8")
    _, _, hers, call, act, result = (part.split("\n")[1:-1] for part in reported)
    assert "Six requests" in written
    assert str(REQUESTS_A_BAD_DAY) == re.findall(r"(\d+)\. ", written)[-1]
    assert hers == ["approved"] * 5
    held = int(call[0])
    assert held >= 5
    assert act == [f"{held} handed over, 0 without a successor"]
    assert result == ["0", "only hers", "health", str(REQUESTS_A_BAD_DAY)]


def test_answers_about_a_decision_come_as_the_page_says(invitation, tmp_path):
    reported = paste(invitation, blocks(WHY), tmp_path).split(MARK)

    parts = [part.split("\n")[1:-1] for part in reported[2:]]
    could, why_not, decided, prices, what_if, nobody, area, changed = parts
    assert could[0].endswith("of 100 in the cause")
    assert int(could[1]) >= 0
    assert could[2]
    assert why_not[0].startswith("As the register is now. Cases that would be matched together: ")
    assert why_not[-1] in ("worse", "equal", "chosen")
    assert decided[:2] == ["applied", "run"]
    assert decided[2] == "Matched by the kind of case, specialty, nearness and present workload."
    assert prices[0].startswith(("Without this rule ", "This rule cost the day nothing."))
    assert [line.split(" ")[0] for line in prices[1:-1]] == ["cause", "area", "language"]
    assert prices[-1].endswith(".")
    assert (what_if[0].startswith("Cases that change hands: "), what_if[-1]) == (True, "True")
    assert nobody[1].endswith(" people on the list, nobody may take this case.")
    assert any(line.startswith("If ") and "also spoke Tibetan" in line for line in nobody)
    assert (area[0].startswith("If "), "also served 梁园区" in area[0]) == (True, True)
    assert area[-1].startswith("It would go to: ")
    assert changed[:2] == ["the same draw", "practitioners changed: 1 (capacity)"]
    assert changed[2:-1] == ["clerk (centre clerk): edit the roster (1)"]
    assert int(changed[-1]) >= 1


def test_language_that_nobody_speaks_is_spoken_in_no_sample_city():
    named = re.findall(r'"languages": \["(\w+)"\]', WHY.read_text(encoding="utf-8"))

    assert named
    assert not NEEDED_LANGUAGES.keys() & set(named)


def test_recipients_choice_takes_the_requests_written_there(invitation, tmp_path):
    reported = paste(invitation, blocks(CHOICE), tmp_path).split(MARK)

    written = CHOICE.read_text(encoding="utf-8")
    _, _, chosen, learnt, replaced, rated = (part.split("\n")[1:-1] for part in reported[1:])
    assert "ten requests" in written
    assert str(REQUESTS_A_CHOICE) == re.findall(r"(\d+)\. ", written)[-1]
    assert chosen[0].startswith("Please choose up to three practitioners by ")
    assert chosen[1:] == ["being asked", "asked"]
    assert learnt[2].startswith("You chose this practitioner.")
    assert learnt[3] == "请与承办人员联系，签订委托协议和授权委托书。"
    assert (replaced[0], replaced[-1][:28]) == ("approved", "You chose this practitioner.")
    assert rated[-2:] == ["rating", str(REQUESTS_A_CHOICE)]


def test_rotation_is_read_tried_and_moved_as_the_page_says(city, tmp_path):
    home, invitation = city
    add_past_month(home)

    _, _, order, override, above = (
        part.split("\n")[1:-1] for part in paste(invitation, blocks(ROTATION), tmp_path).split(MARK)
    )

    first = order[0].split()[1]
    assert [line.split()[0] for line in order[:6]] == ["1", "2", "3", "1", "2", "1"]
    assert order[3] == f"1 {first} skipped Skipped: Is on leave; after the leave they pass."
    assert order[5] == f"1 {first} skipped 跳过：指派当日在休假期间；请改派，休假期满后可承办。"
    assert order[6].startswith("You are at place ")
    (tried, _), (before, _), (after, why) = (line.partition(" ")[::2] for line in override[:3])
    assert int(before) < int(tried) == int(after)
    assert why == "A manager's override added turns (2): moved back."
    assert override[3].startswith("去年多办了两件")
    unmet = [line for line in above[1:] if line.endswith("Cause: " + ExcessCause.UNMET.en + ".")]
    assert len(unmet) > 1


def add_past_month(home):
    """Let the service have had a month before this one, in which every third person was away and is back."""
    now = utc_now()
    until = now.date().replace(day=1) - timedelta(days=1)
    with home.begin() as tx:
        everyone = tx.session.exec(select(PractitionerRow).order_by(PractitionerRow.code)).all()
        for number, person in enumerate(everyone):
            own = {"centre_id": person.centre_id, "practitioner_id": person.id}
            if number % 3:
                noon = datetime.combine(until.replace(day=15), time(12), UTC)
                tx.session.add_all(LedgerRow(**own, kind="turn", turns=1, effort=10, at=noon) for _ in range(6))
            else:
                away = {"from_on": until.replace(day=1), "until_on": until, "created_at": now}
                tx.add(AbsenceRow(**own, kind=AbsenceKind.LEAVE, **away))

    @contextmanager
    def read():
        with home.begin() as tx:
            yield tx.session

    close_months(home.begin, read, now)


def test_policy_is_tuned_as_the_readme_says(tuned):
    assert "price of a turn: 12,000 points of 1,000,000 → 60,000 points of 1,000,000" in tuned
    assert "deadlines met" in tuned
    assert "somebody else must" in tuned
    assert [line.split()[:2] for line in tuned.splitlines()[-3:]] == [
        ["3", "published"], ["2", "superseded"], ["1", "superseded"],
    ]  # fmt: skip


@pytest.mark.parametrize("page", [HOUSE / "README.md", HOUSE / "README.zh.md", MANUAL / "manager.md"], ids=str)
def test_back_test_of_a_page_is_enough_to_publish_by_in_the_city_it_is_tried_in(page):
    floor = floor_of(CentreSize(cases=CITY.cases, weeks=0, people=CITY.active))

    [order] = re.findall(r"policy simulate .* --city .*", page.read_text(encoding="utf-8"))
    cases, people, since, until = re.search(
        r"--cases (\d+) --practitioners (\d+) --from (\S+) --to (\S+)", order
    ).groups()
    weeks = (date.fromisoformat(until) - date.fromisoformat(since)).days // 7 + 1
    basis = {"source": SAMPLE, "weeks": weeks, "cases": int(cases), "people": int(people)}

    assert not floor.lacks(basis), f"{basis} for {floor}"


def test_both_readmes_have_the_same_parts_commands_and_links():
    zh, en = ((HOUSE / name).read_text(encoding="utf-8") for name in ("README.zh.md", "README.md"))

    assert [anatomy(zh)["heads"], anatomy(zh)["commands"]] == [anatomy(en)["heads"], anatomy(en)["commands"]]
    assert anatomy(zh)["links"] ^ anatomy(en)["links"] == {"README.md", "README.zh.md"}
    assert re.findall(r"(\d+)条必备条件", zh) == re.findall(r"(\d+) hard rules", en) == [str(len(RULES))]


def anatomy(text):
    """What a page and its translation have in common: how deep its heads are, its commands, its links."""
    code = re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)
    return {
        "heads": re.findall(r"^(#+) ", re.sub(r"```.*?```", "", text, flags=re.S), re.M),
        "commands": [re.sub(r" +# .*$", "", block, flags=re.M) for block in code],
        "links": {TRANSLATED.sub("", link) for link in re.findall(r"\]\(([^)]+)\)", text)},
    }


def test_board_is_seen_to_take_up_a_case_and_lose_it(wording):
    events = [line.removeprefix("event: ") for line in wording[0].splitlines() if line.startswith("event: ")]

    assert events == ["hello", "posted", "taken"]


def test_service_prints_a_case_to_post_and_who_wins_it(wording):
    lines = wording[1].splitlines()

    [claim] = [line for line in lines if line.endswith("/claims")]
    assert re.search(r"/v1/board/[0-9a-f]{32}/claims$", claim)
    assert '"Authorization: Bearer $PRACTITIONER"' in claim
    assert any("-N $URL/v1/board/events" in line for line in lines)
