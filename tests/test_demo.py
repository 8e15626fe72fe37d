"""The demo does what a centre would do, on a sample and on registers with gaps, and leaves nothing running."""

import csv
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from rich.console import Console

from dispatch.commands.access.factors import keep_secret, new_recovery_codes, spend_code
from dispatch.demo.accounts import ACCOUNTS, CODES_SHOWN, OWN_PAGE, DemoAccount, kept_accounts
from dispatch.demo.client import Client
from dispatch.demo.figures import count_figures, gini
from dispatch.demo.flow import check_gaps
from dispatch.demo.registers import merged, read_register
from dispatch.demo.seed_centre import keep_tokens, kept_tokens
from dispatch.demo.serve import ROOM, cases_for_board, find_person, invite, settle, welcome, with_every_mode
from dispatch.demo.show import called, dispatch_from_nothing, fresh_folder
from dispatch.demo.stack import Address, Stack, children, run_stack
from dispatch.demo.steps import CheckFailedError, steps
from dispatch.demo.table import manager_table
from dispatch.demo.trials import city_trial, register_trial
from dispatch.demo.words import reason_text
from dispatch.domain.chain import end_of_step
from dispatch.domain.law.deadlines import due_at
from dispatch.domain.office import OfficeHours
from dispatch.domain.policy.schema import load_preset
from dispatch.embedded.processes import free_port
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CredentialRow
from dispatch.settings import Settings
from dispatch.simulation.sample.city import COUNTY, Size
from tests.rows import open_register

HOUSE = Path(__file__).parent.parent
MAPPING = HOUSE / "examples" / "legal-aid-offices.toml"
REGISTER = Path(
    os.environ.get("DISPATCH_REGISTER_FILE", HOUSE.parent / "shared" / "data" / "england-wales-legal-aid-offices.csv")
)
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
TOWN = Size(cases=40, practitioners=200, active=80)
HEADER = (
    "office_id", "organisation_id", "organisation_name", "organisation_type", "city", "postcode_area",
    "latitude", "longitude", "categories_of_law",
)  # fmt: skip


@pytest.fixture
def small_register(tmp_path):
    """Thirty offices nobody runs; every tenth lacks its place, every seventh its categories."""
    path = tmp_path / "offices.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for number in range(30):
            area = ("XA", "XB", "XC")[number % 3]
            point = ("", "") if number % 10 == 0 else (52 + number % 3 / 10, -1 + number / 1000)
            causes = "" if number % 7 == 3 else ("CRM;MAT", "MAT;DEB", "CRM;HOU;PL")[number % 3]
            name = f"Sample Office {number // 2}"
            rows.writerow([number + 1, number // 2 + 1, name, "Solicitor", "Sampleton", area, *point, causes])
    return path


def dispatched(folder, draw):
    with steps(Console(file=io.StringIO()), "en") as timed:
        return dispatch_from_nothing(folder, draw, timed, "en")


def wording(outcome, language):
    console = Console(file=io.StringIO(), width=160)
    console.print(manager_table(outcome, language))
    return console.file.getvalue()


def processes_of(folder):
    """Return what runs with the folder in its arguments or its environment."""
    listed = subprocess.run(["ps", "axeww"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(folder) in line]


def wait_until(holds, within_s=90):
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_sample_town_is_dispatched_and_verified_by_real_processes(tmp_path):
    outcome = dispatched(tmp_path, lambda now: city_trial(tmp_path, 7, now, TOWN))

    figures = outcome.figures
    assert figures.cases == 40
    assert figures.assigned + figures.open == figures.seats
    assert figures.assigned >= 0.9 * figures.seats
    assert figures.objective == figures.bound
    assert outcome.proof.exists()
    assert "assigned in time" in wording(outcome, "en")
    assert "期限内已指派" in wording(outcome, "zh")
    assert processes_of(tmp_path) == []


@pytest.mark.long
def test_register_with_gaps_is_dispatched_and_its_gaps_are_told(tmp_path, small_register):
    outcome = dispatched(tmp_path, lambda now: register_trial(tmp_path, 7, now, small_register, MAPPING, 40))

    assert (outcome.gaps.unlocated, outcome.gaps.unspecified) == (3, 4)
    assert outcome.gaps.touched > 0
    assert outcome.figures.assigned > 0
    assert outcome.refused_as_unknown["within_reach"] == 3
    assert outcome.refused_as_unknown["specialised"] == 4
    assert "offices without coordinates" in wording(outcome, "en")


@pytest.mark.long
@pytest.mark.skipif(not REGISTER.exists(), reason="the register is not on this machine")
def test_register_of_england_and_wales_is_dispatched(tmp_path):
    outcome = dispatched(tmp_path, lambda now: register_trial(tmp_path, 7, now, REGISTER, MAPPING, 1000))

    assert (outcome.figures.cases, outcome.figures.active) == (1000, 3904)
    assert (outcome.gaps.unlocated, outcome.gaps.unspecified) == (129, 27)
    assert outcome.figures.assigned >= 900


def test_gap_that_was_not_refused_breaks_the_promise(tmp_path, small_register):
    trial = register_trial(tmp_path, 7, NOW, small_register, MAPPING, 5)

    with pytest.raises(CheckFailedError, match="within_reach"):
        check_gaps({"unknown": {"within_reach": 2, "specialised": 4}}, trial)


def test_area_of_a_register_lies_in_the_middle_of_its_offices(small_register):
    register = read_register(small_register, MAPPING)

    [area] = [place for place in register.places if place.code == "XA"]
    assert area.latitude == pytest.approx(52.0)
    assert register.policy.thresholds.reach_km == 40
    assert register.policy.caps.open_cases == 8, "what the mapping does not change is the national preset's"


def test_change_replaces_lists_and_goes_into_tables():
    changed = merged({"a": {"b": 1, "c": 2}, "d": [1, 2]}, {"a": {"b": 3}, "d": [4]})

    assert changed == {"a": {"b": 3, "c": 2}, "d": [4]}


@pytest.mark.long
def test_second_start_of_the_city_finds_everything_again(tmp_path):
    silent = Console(file=io.StringIO(), width=200)
    with run_stack(tmp_path, Address(port=free_port())) as home:
        tokens = settle(silent, home, "en", COUNTY)

        again = settle(silent, home, "en", COUNTY)
        invite(silent, home, again, "en")
        welcome(silent, home, "en")

        with closing(Client(home.url, tokens["manager"])) as manager:
            registered = list(manager.pages("/v1/cases"))
        accounts = kept_accounts(home)
        for account in accounts:
            form = {"login": account.login, "password": account.password, "code": "".join(account.codes[:1])}
            entered = httpx2.post(f"{home.url}/console/sign-in/enter", data=form, headers=OWN_PAGE)
            assert entered.status_code == 303, entered.text
        assert [account.codes for account in kept_accounts(home)] == [account.codes[1:] for account in accounts]
    assert {account.role for account in accounts} >= {"clerk", "manager", "practitioner", "institution", "admin"}
    assert all(account.login in silent.file.getvalue() for account in accounts)
    assert again == tokens
    assert len(registered) == COUNTY.cases
    assert tokens["practitioner"] in silent.file.getvalue()


def test_line_that_the_demo_ends_with_can_be_pasted_without_the_environment(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv/bin/python"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    bare = called()
    (tmp_path / "legal-dispatch").touch(0o755)

    assert (bare, called()) == (".venv/bin/legal-dispatch", "legal-dispatch")


SMALL_DEMO = f"""
from functools import partial
from dispatch.demo import show
from dispatch.simulation.sample.city import Size
show.city_trial = partial(show.city_trial, size={TOWN})
from dispatch.cli import app
app()
"""


def test_demo_that_is_interrupted_leaves_nothing_running(tmp_path):
    command = [sys.executable, "-c", SMALL_DEMO, "demo"]
    environment = {**os.environ, "DISPATCH_DATA_DIR": str(tmp_path)}
    with (tmp_path / "said").open("wb") as said_to:
        process = subprocess.Popen(command, env=environment, stdout=said_to, stderr=said_to)
    wait_until(lambda: process.poll() is not None or len(processes_of(tmp_path)) > 4)
    assert process.poll() is None, (tmp_path / "said").read_text(encoding="utf-8")

    process.send_signal(signal.SIGINT)

    assert process.wait(60) != 0
    assert processes_of(tmp_path) == []


def test_port_in_use_is_refused_before_anything_starts(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = Address(port=taken.getsockname()[1])

        with pytest.raises(CheckFailedError, match="cannot be used"), run_stack(tmp_path, address):
            pass

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("loads", "expected"), [([], 0), ([0, 0], 0), ([2, 2, 2], 0), ([0, 0, 0, 4], 0.75), ([1, 3], 0.25)]
)
def test_gini_measures_how_unequal_loads_are(loads, expected):
    assert gini(loads) == pytest.approx(expected)


def test_figures_tell_deadlines_and_loads_apart():
    summary = {
        "cases": 4, "seats": 4, "open_because": {"speaks_language": 2}, "wished": 0,
        "first_wishes_allowed": 0, "first_wishes": 0, "mean_score": 500_000.0, "objective": 1, "bound": 1,
        "optimal": True,
    }  # fmt: skip
    states = [("assigned", 1), ("assigned", -1), ("pending", 5), ("pending", 50)]
    cases = [{"status": status, "due_at": (NOW + timedelta(hours=left)).isoformat()} for status, left in states]
    assignments = [{"practitioner_id": "p1"}, {"practitioner_id": "p1"}]

    figures = count_figures(NOW, summary, cases, assignments, active=4, phases={})

    assert (figures.in_time, figures.missed, figures.at_risk, figures.waiting) == (1, 1, 1, 1)
    assert (figures.max_load, figures.mean_load, figures.took_a_case) == (2, 0.5, 1)
    assert figures.mean_score == 0.5


def test_reasons_are_told_in_plain_words_and_unknown_is_marked():
    assert reason_text("no_place", "zh").startswith("符合条件的人员")
    assert reason_text("speaks_language", "en").startswith("Does not speak")
    assert reason_text("within_reach:unknown", "en").startswith("Unknown")


def test_tokens_are_found_again_by_their_owner_alone(tmp_path):
    keep_tokens(tmp_path, {"clerk": "lad_x"})

    assert kept_tokens(tmp_path) == {"clerk": "lad_x"}
    assert (tmp_path / "tokens.json").stat().st_mode & 0o077 == 0
    assert kept_tokens(tmp_path / "elsewhere") is None


def test_fresh_folder_is_empty(tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "old.db").touch()

    assert list(fresh_folder(tmp_path / "demo").iterdir()) == []


def test_case_with_most_time_left_is_the_first_for_the_board():
    plain = {"matter": "civil", "categories": [], "secret": False, "sexual_assault": False, "recipient_is_minor": False}
    cases = [plain | {"id": str(n), "due_at": due} for n, due in enumerate([None, "2026-03-03", "2026-03-09"])]

    class Pages:
        def pages(self, path, **filters):
            return iter([*cases, plain | {"id": "secret", "due_at": "2026-03-10", "secret": True}])

    assert [case["id"] for case in cases_for_board(Pages())] == ["2", "1", "0"]


def test_practitioner_with_an_account_has_room_for_several_cases():
    plain = {"matter": "civil", "categories": [], "secret": False, "sexual_assault": False, "recipient_is_minor": False}
    capacities = {"1": 1, "2": ROOM - 1, "3": ROOM, "4": ROOM + 1}

    class Pages:
        def pages(self, path, **filters):
            return iter(plain | {"id": id, "due_at": None} for id in capacities)

        def get(self, path, **filters):
            of = path.split("/")[3]
            person = {"id": of, "attributes": {"capacity": capacities[of]}}
            return [{"rank": 1, "practitioner_id": of}] if path.endswith("/candidates") else person

    assert find_person(Pages())["id"] == "3"


def test_codes_that_were_used_are_not_shown_again_and_the_last_is_followed_by_new_ones(sqlite_url, tmp_path):
    register, seal = open_register(sqlite_url), Seal("a secret of the tests", "aes")
    home = Stack("", tmp_path, register.begin, seal, None)
    whose = register.manager.user_id
    with register.begin() as tx:
        row = tx.add(CredentialRow(user_id=whose, changed_at=NOW))
        keep_secret(row, seal, b"k" * 20, 0)
        codes = new_recovery_codes(row, seal)[:CODES_SHOWN]
    account = DemoAccount("manager", "my-manager@city", "a password", codes, "a secret", whose)
    (tmp_path / ACCOUNTS).write_text(json.dumps([account]))

    def spend(code):
        with register.begin() as tx:
            assert spend_code(tx.lock(CredentialRow, whose), seal, code, NOW)

    spend(codes[0])
    [after_one] = kept_accounts(home)
    for code in codes[1:]:
        spend(code)
    [after_all] = kept_accounts(home)

    assert after_one == account._replace(codes=codes[1:])
    assert (len(after_all.codes), set(after_all.codes) & set(codes)) == (CODES_SHOWN, set())
    spend(kept_accounts(home)[0].codes[0])


@pytest.mark.parametrize("day", ["2026-09-28", "2026-11-23", "2027-02-01"])
def test_every_mode_of_the_city_can_be_tried_at_any_hour_of_working_weeks_and_holidays(day):
    policy = with_every_mode(load_preset("shangqiu"))
    office, first = OfficeHours.of(policy), datetime.fromisoformat(day).replace(tzinfo=UTC)
    for now in (first + timedelta(hours=hour) for hour in range(14 * 24)):
        due = due_at("T4", now, detained=False, calendar=office.days, time_zone=policy.time_zone).at
        ends = [end_of_step(chain, 0, now, due, policy, office) for chain in policy.chains]
        assert all(isinstance(end, datetime) and end > now for end in ends), now
        assert office.open_from(now) == now, "wishes are asked at once"
        assert office.before(due, policy.walk.reserve_hours) > now, "the board closes in time"


@pytest.mark.parametrize(
    ("host", "chosen", "private"),
    [("127.0.0.1", False, "true"), ("::1", False, "true"), ("0.0.0.0", False, "false"), ("0.0.0.0", True, "true")],
)
def test_service_that_is_reached_from_elsewhere_sends_nothing_into_private_networks(tmp_path, host, chosen, private):
    settings = Settings(data_dir=tmp_path, webhooks_private=chosen)

    started = children(settings, Address(host, 8000))

    assert {child.environment["DISPATCH_WEBHOOKS_PRIVATE"] for child in started} == {private}
