"""Absence, once, over the API of a running service: its days, its turns, the questions it takes back, and its end."""

from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient

from dispatch.commands.imports.files import perform_import
from dispatch.commands.jobs import JobContext
from dispatch.domain.ledger import account_of
from dispatch.domain.vocabulary import Role
from dispatch.main import create_app
from dispatch.registry.docket.roster import load_roster, read_day
from dispatch.registry.tables import AbsenceRow, LedgerRow
from dispatch.settings import Settings
from tests.api.conftest import Office
from tests.api.quarter.office import Clock, Quarter
from tests.api.test_doors import bring_in
from tests.exchange.files import a_csv
from tests.rows import NOW
from workers import jobs

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TODAY = date(2026, 3, 9)


def on(n):
    return (TODAY + n * DAY).isoformat()


@pytest.fixture
def database_url(clean_sqlite_url):
    """One database: the rules of absence are shown on both beside the commands."""
    return clean_sqlite_url


@pytest.fixture
def town(database_url, redis_url, register, tmp_path, monkeypatch):
    """A town with a policy that asks by rotation, whose clock is moved by hand."""
    clock = Clock(NOW)
    settings = Settings(
        database_url=database_url, redis_url=redis_url, secret="a secret of the tests", data_dir=tmp_path,
        requests_per_token=0, refusals_per_minute=0,
    )  # fmt: skip
    with TestClient(create_app(settings, clock=clock), client=("127.0.0.1", 50000)) as client:
        town = Town(Office(register, client), clock)
        monkeypatch.setattr(jobs, "open_context", lambda: town.worker)
        register.a_policy([("rotation", 8), ("designation", None)])
        yield town


class Town(Quarter):
    """People who come and go; whose turns are counted and whose questions are looked at."""

    def passes(self, days):
        """Let so many nights go by, whatever is due done each morning."""
        for _ in range(days):
            self.clock.now += DAY
            self.tick()

    def grows(self, days, but=()):
        """Give everyone else a turn on each of these days."""
        about = {"centre_id": self.register.centre.id, "kind": "turn", "turns": 1, "effort": 0}
        others = [person for code, person in self.people.items() if code not in but]
        self.register.add(*(
            LedgerRow(practitioner_id=other.id, at=NOW + n * DAY + HOUR, **about) for n in days for other in others
        ))  # fmt: skip

    def turns(self, code):
        with self.register.read() as session:
            people = load_roster(session, read_day(session, self.register.centre.id, self.clock.now)).practitioners
        return next(int(account_of(each).turns) for each in people if each.id == self.people[code].id)

    def path(self, code):
        return f"/practitioners/{self.people[code].id}"

    def leave(self, code, first, last, by=Role.CLERK, **parts):
        given = {"from_on": on(first), "until_on": None if last is None else on(last), **parts}
        return self.done(by, f"{self.path(code)}/leaves", given)

    def suspended(self, path, first=0, last=None):
        given = {"from_on": on(first), "until_on": None if last is None else on(last), "reason": "review"}
        return self.done(Role.MANAGER, f"{path}/suspensions", given)

    def changed(self, path, **facts):
        etag = self.office.get(f"/v1{path}").headers["etag"]
        answer = self.office.ask("PATCH", f"/v1{path}", headers={"If-Match": etag}, json=facts)
        assert answer.status_code == 200, answer.text

    def brought_in(self, *rows):
        """Send a file of absences and let a worker take it in; return the report."""
        sent = self.office.post(
            "/v1/imports", role=Role.MANAGER, data={"what": "absences"}, files={"file": ("leave.csv", a_csv(*rows))}
        )
        parts = self.office.client.app.state.context
        perform_import(JobContext(parts.begin, parts.read, self.clock, "worker"), self.register.seal, sent.json()["id"])
        return self.fetch(Role.MANAGER, f"/jobs/{sent.json()['id']}")["result"]

    def asked(self, name):
        """Grant a case, start its chain, and return who is asked."""
        self.granted(name)
        self.clerk(name, "plan")
        return self.who_is_asked(name)

    def who_is_asked(self, name):
        found = self.fetch(Role.CLERK, f"/offers?case_id={self.cases[name]}")["items"]
        return {self.code_of(each["practitioner_id"]): each["state"] for each in found}


def a_town(town):
    """One who will be away, and three who are there, known to the rotation since yesterday."""
    for code, firm in (("away", "jia"), ("b", "yi"), ("c", "yi"), ("d", "bing")):
        town.joins(code, firm)
    town.clock.now = NOW - DAY
    town.tick()
    town.clock.now = NOW


def test_two_overlapping_leaves_by_form_and_one_by_file_give_the_turns_of_their_union(town):
    a_town(town)
    town.grows(range(20), but=["away"])

    town.leave("away", 0, 9)
    town.leave("away", 5, 9)
    report = town.brought_in({"编号": "away", "种类": "休假", "起始日期": on(0), "截止日期": on(8)})
    town.passes(20)

    assert (report["created"], report["rows"]["created"]) == (1, "2")
    assert town.turns("away") == 10


def test_five_past_leaves_by_ones_own_token_wait_and_neither_give_turns_nor_keep_from_being_asked(town):
    a_town(town)
    town.grows(range(-9, 0), but=["away"])
    her = town.tokens["away"]

    states = [town.leave("away", -20, -n, by=her)["state"] for n in range(1, 6)]
    first = town.fetch(her, f"{town.path('away')}/leaves")["items"][0]
    decided = town.ask(her, f"/absences/{first['id']}/decision", {"approve": True})
    town.passes(1)

    assert states == ["waiting"] * 5
    assert decided.status_code == 403
    assert town.turns("away") == 0
    assert town.asked("x") == {"away": "pending"}


# fmt: off
KEPT_AWAY = {
    "leave":              lambda t: t.leave("away", 0, 9),
    "suspension":         lambda t: t.suspended(t.path("away"), 0, 9),
    "suspension of firm": lambda t: t.suspended(f"/institutions/{t.firms['jia'].id}", 0, 9),
    "unlisting":          lambda t: t.changed(t.path("away"), listed=False),
    "closed capacity":    lambda t: t.changed(t.path("away"), capacity=0),
}
COMES_BACK = {
    "unlisting":          lambda t: t.changed(t.path("away"), listed=True),
    "closed capacity":    lambda t: t.changed(t.path("away"), capacity=5),
}
# fmt: on


@pytest.mark.parametrize("kind", KEPT_AWAY)
def test_who_comes_back_from_whatever_kept_them_is_calibrated_once_and_not_asked_ten_times_in_a_row(town, kind):
    a_town(town)
    town.grows(range(10), but=["away"])

    KEPT_AWAY[kind](town)
    town.passes(10)
    COMES_BACK.get(kind, lambda _: None)(town)
    town.passes(2)
    met = town.turns("away")
    for n in range(4):
        [code] = town.asked(f"case {n}")
        town.answers(code, town.offered(code), accept=True)

    assert met == 10
    assert {town.turns(code) for code in town.people} == {11}


def test_absence_that_was_shorter_or_never_was_is_met_for_the_days_it_had(town):
    a_town(town)
    town.grows(range(10), but=["away"])
    leave = town.leave("away", 0, 9)
    town.passes(11)
    met = town.turns("away")

    short = town.done(Role.CLERK, f"/absences/{leave['id']}", {"until_on": on(3)}, method="PATCH")
    shortened = town.turns("away")
    gone = town.done(Role.CLERK, f"/absences/{leave['id']}/cancel")
    longer = town.ask(Role.CLERK, f"/absences/{leave['id']}", {"until_on": on(30)}, method="PATCH")

    assert (met, shortened, town.turns("away")) == (10, 4, 0)
    assert (short["until_on"], gone["state"], longer.status_code) == (on(3), "cancelled", 422)
    assert [(each["state"], each["until_on"]) for each in gone["history"]] == [("in_force", on(9)), ("in_force", on(3))]


def test_hours_of_the_day_are_known_when_asked_and_take_back_what_was_asked_before(town):
    for code in ("away", "b"):
        town.joins(code, "jia")
    [first] = town.asked("x")
    second = {"away": "b", "b": "away"}[first]

    town.leave(first, 0, 0, by=town.tokens[first], from_time="09:00", until_time="23:00")
    after = town.who_is_asked("x")
    [other] = town.asked("y")
    town.leave(second, 0, None, by=town.tokens[second], from_time="12:00", until_time="13:00", weekdays=[1, 2])

    assert after == {first: "withdrawn", second: "pending"}
    assert other == second
    assert town.who_is_asked("x") == after


# fmt: off
BECOMES_ABSENT = {
    "leave":                lambda t, c, f: t.leave(c, 0, 3),
    "her own leave":        lambda t, c, f: t.leave(c, 0, 3, by=t.tokens[c]),
    "leave by file":        lambda t, c, f: t.brought_in({"编号": c, "种类": "病假", "起始日期": on(0),
                                                           "截止日期": on(3)}),
    "suspension":           lambda t, c, f: t.suspended(t.path(c)),
    "suspension of firm":   lambda t, c, f: t.suspended(f),
    "suspension by file":   lambda t, c, f: t.brought_in({"编号": t.firm_of(c), "种类": "暂停指派",
                                                           "起始日期": on(0), "暂停事由": "停业整顿"}),
    "unlisting":            lambda t, c, f: t.changed(t.path(c), listed=False),
    "closed capacity":      lambda t, c, f: t.changed(t.path(c), monthly_capacity=0),
    "leaving":              lambda t, c, f: t.changed(t.path(c), left_on=on(0)),
    "firm leaving":         lambda t, c, f: t.changed(f, left_on=on(0)),
}
# fmt: on
READ = ("", "/events", "/facts", "/papers", "/clocks", "/documents", "/disclosure", "/stages")


def test_offer_to_whoever_becomes_absent_is_taken_back_at_once_and_they_read_nothing_of_the_case_any_more(town):
    town.firm_of = lambda code: f"firm-{code}"
    for n, becomes_absent in enumerate(BECOMES_ABSENT.values()):
        code, name = f"p{n}", f"case {n}"
        town.firms[code] = town.register.an_institution(f"firm-{code}")
        town.joins(code, code)
        assert town.asked(name) == {code: "pending"}, name
        read = {part: town.ask(town.tokens[code], f"/cases/{town.cases[name]}{part}", method="GET") for part in READ}
        offer = town.offered(code)

        becomes_absent(town, code, f"/institutions/{town.firms[code].id}")

        assert town.who_is_asked(name) == {code: "withdrawn"}, name
        again = {part: town.ask(town.tokens[code], f"/cases/{town.cases[name]}{part}", method="GET") for part in READ}
        assert read[""].status_code == 200
        assert {part: answer.status_code for part, answer in again.items() if answer.status_code < 400} == {}, name
        assert town.fetch(town.tokens[code], "/offers?state=pending")["items"] == []
        late = town.ask(town.tokens[code], f"/offers/{offer}/answer", {"accept": True})
        assert late.status_code in (404, 409), late.text


def test_who_leaves_with_open_cases_is_a_finding_until_they_are_handed_over(town):
    for code in ("leaver", "heir"):
        town.joins(code, "jia")
    town.granted("x")
    town.taken("x", "leaver")

    town.changed(town.path("leaver"), left_on=on(0))
    found = town.fetch(Role.MANAGER, "/registry/findings?kind=left_with_cases")["items"]
    handed = town.done(Role.CLERK, f"{town.path('leaver')}/hand-over", {"ground": "left", "text": "left"})
    town.found_by_night()

    assert [(each["subject_id"], each["facts"], each["closed_at"]) for each in found] == [
        (town.people["leaver"].id, {"cases": 1}, None)
    ]
    assert [each["practitioner_id"] for each in handed] == [town.people["heir"].id]
    [closed] = town.fetch(Role.MANAGER, "/registry/findings?kind=left_with_cases")["items"]
    assert closed["closed_at"] is not None


@pytest.mark.parametrize(
    ("begin", "minutes"), [("18:00", (1080, 1440)), ("00:00", (0, 1440)), (None, (0, 1440))], ids=str
)
def test_part_of_a_day_that_ends_at_midnight_reaches_to_its_end_by_form_and_by_file(office, begin, minutes):
    """Nobody's leave ends before it begins: 18:00-00:00 is the evening of the day."""
    person = office.register.a_practitioner("p1")
    days = {"from_on": on(1), "until_on": on(2), "until_time": "00:00"}

    sent = office.post(f"/v1/practitioners/{person.id}/leaves", days | ({"from_time": begin} if begin else {}))
    row = {"执业证号": "p1", "种类": "休假", "起始日期": on(8), "截止日期": on(9), "每日起始时刻": begin or ""}
    report = bring_in(office, "absences", row | {"每日结束时刻": "00:00"})

    assert (sent.status_code, report.refused) == (201, [])
    known = [(row.from_minute, row.until_minute) for row in office.register.all(AbsenceRow)]
    assert known == [minutes] * 2
    assert office.get(f"/v1/practitioners/{person.id}/leaves").json()
