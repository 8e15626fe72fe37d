"""Every verb lets somebody do something and keeps everyone else out: a new verb without both fails here."""

from typing import Any, NamedTuple

import pytest
from starlette.routing import compile_path

from dispatch.commands.jobs import JobContext
from dispatch.commands.runs.requests import solve_run
from dispatch.domain.permissions import PERMISSIONS, Verb
from dispatch.domain.vocabulary import Role
from dispatch.reports import REPORTS
from tests.api.test_calendar import ROWS
from tests.api.test_cases import a_draft
from tests.api.test_life import Town
from tests.api.test_notices import NOTICE
from tests.api.test_routes import permits_of, routes_of
from tests.domain.funds.test_subsidy import a_document
from tests.rows import NOW
from tests.test_performed import VERBS_WAITING

OF_COMMANDS = {
    Verb.READ_NAMES: "a report is open to more readers than the names in it",
    Verb.SIGN_IN: "everybody has it",
    Verb.PUBLISH_SCORES: "the public pack is open to more readers than the decision to add proofs",
}
"""No route asks for them alone: the command does, once it knows what is wanted, or nobody is without."""

SHARED = {
    Verb.EDIT_OWN_ROSTER: "who keeps an institution's entries up to date reports leave, too",
}
"""Nobody has these without another verb of every route that takes them."""


class Use(NamedTuple):
    """One request, and the verb by which it is allowed."""

    verb: Verb
    who: Role | str
    role: Role
    method: str
    path: str
    more: dict[str, Any]


class Story(Town):
    """A day in which every verb is used once, each by someone to whom it alone opens the route."""

    def __init__(self, office):
        super().__init__(office)
        # Somebody better keeps the lawyer's claim open until the window ends, so that she may take it back.
        self.register.a_policy(grab={"window_minutes": 10, "epsilon": 0})
        self.hired("best", self.firm, specialties={"wages": 99})

    def by(self, verb, who, method, path, json=None, **more):
        roles = {self.hers: Role.PRACTITIONER, self.firms: Role.INSTITUTION}
        role = who if isinstance(who, Role) else roles.get(who, Role.RECIPIENT)
        return Use(verb, who, role, method, f"/v1{path}", more | ({} if json is None else {"json": json}))

    def reported(self):
        """Yield each use; the answer comes back."""
        by, clerk, manager, admin, auditor = self.by, Role.CLERK, Role.MANAGER, Role.ADMIN, Role.AUDITOR
        case = yield by(
            Verb.SUBMIT_CASE, clerk, "POST", "/cases", a_draft(number="1", granted_at=None, grave=False, organ="court")
        )
        at, v1 = f"/cases/{case['id']}", {"If-Match": f'"{case["revision"]}"'}
        yield by(Verb.READ_CASE, clerk, "GET", "/cases")
        changed = yield by(Verb.EDIT_CASE, clerk, "PATCH", at, {"detained": False, "major": True}, headers=v1)
        v2 = {"If-Match": f'"{changed["revision"]}"'}
        lower = self.office.ask("PATCH", f"/v1{at}", headers=v2, json={"major": False}).json()["waiting"]
        confirmed = {"approve": True, "reason": "ordinary after all"}
        yield by(Verb.REVIEW_AMENDMENT, manager, "POST", f"/amendments/{lower['id']}/review", confirmed)
        link = yield by(Verb.MAKE_LINK, clerk, "POST", f"{at}/links", {})
        recipient = link["token"]
        yield by(Verb.GRANT, clerk, "POST", f"{at}/refuse", {"ground": "means", "text": "above the line"})
        yield by(Verb.CONTEST, recipient, "POST", f"{at}/objections", {"text": "reckoned wrongly"})
        ruling = {"uphold": True, "text": "correct it"}
        yield by(Verb.DECIDE_OBJECTION, manager, "POST", f"{at}/objections/ruling", ruling)
        yield by(Verb.READ_CANDIDATES, clerk, "GET", f"{at}/candidates")
        yield by(Verb.READ_WHY, clerk, "GET", f"{at}/why")
        yield by(Verb.READ_PUBLISHED, recipient, "GET", f"{at}/choices")
        yield by(Verb.WISH, recipient, "POST", f"{at}/wishes", {"practitioner_ids": [self.lawyer.id]})
        yield from self._board()
        yield from self._work(case["id"], at, recipient)
        yield by(Verb.SEND_NOTICE, Role.ORGAN, "POST", "/notices", NOTICE)
        yield from self._roster()
        yield from self._institution()
        yield from self._runs()
        yield from self._policies()
        yield by(Verb.READ_REPORTS, auditor, "GET", "/reports/transparency/2026-02")
        yield by(Verb.READ_OWN_STATEMENT, self.hers, "GET", "/me/missed")
        yield by(Verb.READ_AUDIT, auditor, "GET", "/audit")
        yield by(Verb.MANAGE_USERS, admin, "POST", "/users", {"login": "new", "role": "clerk"})
        self.office.post("/v1/users", {"login": "second", "role": "manager"}, role=admin)
        [waiting] = self.done(manager, "/confirmations", method="GET")["items"]
        yield by(Verb.CONFIRM_ACCESS, manager, "POST", f"/confirmations/{waiting['id']}/decision", {"approve": True})
        yield by(Verb.MANAGE_CENTRES, admin, "GET", "/centres")
        hook = {"name": "x", "url": "https://hooks.example.org/", "types": ["case.granted"]}
        yield by(Verb.MANAGE_WEBHOOKS, admin, "POST", "/webhooks", hook)

    def _board(self):
        by, posted = self.by, self.a_case("0")
        here = f"/board/{posted}/claims"
        yield by(Verb.POST_CASE, Role.CLERK, "POST", f"/cases/{posted}/post", {})
        yield by(Verb.READ_BOARD, self.hers, "GET", "/board")
        yield by(Verb.CLAIM, self.hers, "POST", here)
        yield by(Verb.UNCLAIM, self.hers, "DELETE", here)

    def _work(self, case_id, at, recipient):
        by, asked = self.by, {"practitioner_ids": [self.lawyer.id]}
        [offer] = yield by(Verb.OFFER, Role.CLERK, "POST", "/offers", {"case_id": case_id, **asked})
        taken = yield by(Verb.ANSWER_OFFER, self.hers, "POST", f"/offers/{offer['id']}/answer", {"accept": True})
        seat = f"/assignments/{taken['assignment_id']}"
        yield by(Verb.READ_ASSIGNMENTS, Role.AUDITOR, "GET", "/assignments")
        yield by(Verb.READ_OWN_CASE, self.hers, "GET", "/me/cases")
        yield by(Verb.REPORT_PROGRESS, self.hers, "POST", f"{seat}/agreement", {})
        values = {"standing": "原告", "practitioner_phone": "13800000001"}
        yield by(Verb.MANAGE_TEMPLATES, Role.MANAGER, "PUT", "/letterhead", HEAD)
        letter = yield by(Verb.ISSUE_DOCUMENT, Role.CLERK, "POST", f"{at}/documents/letter", {"values": values})
        yield by(Verb.READ_LETTER, Role.AUDITOR, "GET", "/letters")
        receipt = {"received_on": NOW.date().isoformat()}
        yield by(Verb.CONFIRM_LETTER, Role.CLERK, "POST", f"/letters/{letter['id']}/receipt", receipt)
        request = {"ground": "neglect", "text": "never came"}
        asked = yield by(Verb.ASK_REPLACEMENT, recipient, "POST", f"{at}/replacements", request)
        refused = {"approve": False, "text": "she did come"}
        yield by(Verb.REPLACE, Role.MANAGER, "POST", f"/replacements/{asked['id']}/decision", refused)
        hearing = {"observer": "an officer", "text": "well prepared"}
        yield by(Verb.SUPERVISE, Role.CLERK, "POST", f"{seat}/hearings", hearing)
        complaint = {"ground": "neglect", "text": "never came"}
        made = yield by(Verb.COMPLAIN, recipient, "POST", f"{at}/complaints", complaint)
        accepted = {"accept": True, "text": "to be inquired"}
        yield by(Verb.DECIDE_COMPLAINT, Role.MANAGER, "POST", f"/complaints/{made['id']}/acceptance", accepted)
        self.done(self.hers, f"{seat}/start", {})
        closing = {"outcome": "mediated", "text": "paid", "effect": "wholly"}
        yield by(Verb.CLOSE, self.hers, "POST", f"{seat}/close", closing)
        yield by(Verb.CORRECT, Role.MANAGER, "POST", f"{at}/corrections", {"reason": "another case was meant"})
        self.done(self.hers, f"{seat}/close", closing)
        yield from self._afterwards(at, seat)
        yield by(Verb.RATE, recipient, "POST", f"{at}/rating", {"stars": 5})
        yield by(Verb.EVALUATE, Role.CLERK, "POST", f"{seat}/grade", {"grade": "excellent"})
        over = self.a_case("8", granted_at=None)
        self.done(Role.CLERK, f"/cases/{over}/withdraw", {})
        yield by(Verb.ARCHIVE, Role.CLERK, "POST", f"/cases/{over}/archive", {})
        hers = f"/practitioners/{self.lawyer.id}"
        yield by(Verb.HAND_OVER, Role.CLERK, "POST", f"{hers}/hand-over", {"ground": "health", "text": "in hospital"})

    def _roster(self):
        by, hers = self.by, f"/practitioners/{self.lawyer.id}"
        yield by(Verb.READ_ROSTER, Role.CLERK, "GET", "/practitioners")
        yield by(Verb.READ_OWN_ROSTER, self.hers, "GET", hers)
        v1 = {"If-Match": '"1"'}
        yield by(Verb.EDIT_ROSTER, Role.CLERK, "PATCH", f"/institutions/{self.firm.id}", {"area": "B"}, headers=v1)
        yield by(Verb.EDIT_ORGANS, Role.CLERK, "POST", "/organs", {"name": "某市中级人民法院"})
        yield by(Verb.EDIT_OWN_ROSTER, self.firms, "PATCH", hers, {"languages": ["cmn"]}, headers=v1)
        leave = {"from_on": "2026-04-01", "until_on": "2026-04-03"}
        yield by(Verb.REPORT_LEAVE, self.hers, "POST", f"{hers}/leaves", leave)
        barred = {"from_on": "2026-05-01", "until_on": "2026-05-02", "reason": "a warning"}
        yield by(Verb.DECLARE_TIE, self.hers, "POST", "/declared-ties", {"kind": "adviser", "name": "大河建材公司"})
        yield by(Verb.SUSPEND, Role.MANAGER, "POST", f"{hers}/suspensions", barred)
        yield by(Verb.READ_ROTATION, self.hers, "GET", "/rotation")
        turn = {"practitioner_id": self.lawyer.id, "turns": -1, "reason": "skipped by mistake"}
        yield by(Verb.OVERRIDE_ROTATION, Role.MANAGER, "POST", "/rotation/overrides", turn)
        files = {"file": ("firms.csv", "机构编号,机构名称,机构类型\nF1,第一律师事务所,律师事务所\n".encode())}
        yield by(Verb.IMPORT, Role.CLERK, "POST", "/imports", data={"what": "institutions"}, files=files)
        yield by(Verb.EXPORT, Role.CLERK, "GET", "/exports/institutions")

    def _institution(self):
        by, first, second = self.by, self.a_case("2", grave=False), self.a_case("3", grave=False)
        to = {"institution_id": self.firm.id, "reason": "next in turn"}
        given = yield by(Verb.DESIGNATE, Role.CLERK, "POST", f"/cases/{first}/institution", to)
        person = {"practitioner_id": self.colleague.id}
        yield by(Verb.ARRANGE, self.firms, "POST", f"/arrangements/{given['id']}/person", person)
        assert self.office.post(f"/v1/cases/{second}/post", {}).status_code == 201  # so that she sees it
        yield by(Verb.DECLARE_CONFLICT, self.hers, "POST", f"/cases/{second}/conflicts", {"text": "a neighbour"})
        yield by(Verb.TERMINATE, Role.CLERK, "POST", f"/cases/{second}/terminate", {"ground": "fraud", "text": "false"})
        undecided = self.a_case("4", granted_at=None)
        yield by(Verb.WITHDRAW, self.link(undecided), "POST", f"/cases/{undecided}/withdraw", {})
        elsewhere = {"ground": "jurisdiction", "to": "the city", "text": "another court"}
        other = self.a_case("5", granted_at=None)
        yield by(Verb.TRANSFER, Role.CLERK, "POST", f"/cases/{other}/transfer", elsewhere)

    def _afterwards(self, at, seat):
        by, manager = self.by, Role.MANAGER
        yield by(Verb.FUND, Role.CLERK, "POST", f"{at}/fundings", {"source": "donation"})
        table = {"document": a_document({"amount_fen": 100_000})}
        yield by(Verb.MANAGE_CALENDAR, manager, "PUT", "/calendar/2027", {"title": "2027", "rows": ROWS})
        yield by(Verb.MANAGE_SUBSIDIES, manager, "POST", "/subsidy-tables", table)
        yield by(Verb.SETTLE, manager, "POST", f"{seat}/subsidy", {})

    def _runs(self):
        by, register = self.by, self.register
        self.a_case("6")
        asked = yield by(Verb.REQUEST_RUN, Role.CLERK, "POST", "/runs", {})
        run = asked["run"]["id"]
        solve_run(JobContext(register.begin, register.read, lambda: NOW, "worker"), run)
        yield by(Verb.READ_RUN, Role.CLERK, "GET", f"/runs/{run}")
        yield by(Verb.VERIFY, Role.AUDITOR, "GET", f"/runs/{run}/proof")
        yield by(Verb.APPLY_RUN, Role.CLERK, "POST", f"/runs/{run}/apply", {})
        self.a_case("7")
        waiting = self.done(Role.CLERK, "/runs", {})["job"]["id"]
        yield by(Verb.READ_JOB, Role.CLERK, "GET", f"/jobs/{waiting}")
        yield by(Verb.CANCEL_JOB, Role.CLERK, "POST", f"/jobs/{waiting}/cancel")

    def _policies(self):
        by, first = self.by, self.register.policy
        self.register.a_policy(caps={"open_cases": 4})
        yield by(Verb.READ_POLICY, Role.CLERK, "GET", "/policies")
        draft = yield by(Verb.EDIT_POLICY, Role.MANAGER, "POST", "/policies", {"changes": {"caps": {"open_cases": 5}}})
        tried = {"policy_id": draft["id"], "since": "2026-03-02", "until": "2026-03-13", "sample": True}
        city = {"city": {"cases": 4, "practitioners": 3}}
        yield by(Verb.SIMULATE, Role.MANAGER, "POST", "/simulations", tried | city)
        yield by(Verb.PUBLISH_POLICY, Role.MANAGER, "POST", f"/policies/{first.id}/rollback", {"reason": "too few"})


HEAD = {"mark": "商", "contact": "王主任", "phone": "0370-12348"}


@pytest.fixture
def story(office):
    return Story(office)


def verbs_of(app, use):
    """The verbs that open the route of a request."""
    paths = ((route, compile_path(route.path)[0]) for route in routes_of(app) if use.method in route.methods)
    route = next(route for route, pattern in paths if pattern.match(use.path))
    return {verb for permit in permits_of(route.dependant) for verb in permit.verbs}


def test_every_verb_is_used_with_success_and_refused_to_whoever_lacks_it(app, office, story):
    proved, uses = set(), story.reported()
    use = next(uses)
    while use:
        opened_by = verbs_of(app, use)
        without = [role for role in Role if PERMISSIONS[role].isdisjoint(opened_by)]

        refused = {role: office.ask(use.method, use.path, role=role, **use.more) for role in without}
        who = {"role": use.who} if isinstance(use.who, Role) else {"role": None}
        headers = use.more.get("headers", {}) | ({} if who["role"] else {"Authorization": f"Bearer {use.who}"})
        done = office.ask(use.method, use.path, **who, **use.more | {"headers": headers})

        assert done.status_code in (200, 201, 202), (use, done.text)
        assert opened_by & PERMISSIONS[use.role] - {use.verb} == set() or use.verb in SHARED, use
        assert without, use
        assert {role: answer.json()["code"] for role, answer in refused.items()} == dict.fromkeys(without, "forbidden")
        proved.add(use.verb)
        use = advance(uses, done)

    assert proved == set(Verb) - set(VERBS_WAITING) - set(OF_COMMANDS)


def advance(uses, answer):
    """The next use of the story, which is given the answer to the last one; None at its end."""
    try:
        return uses.send(answer.json() if "json" in answer.headers["content-type"] else None)
    except StopIteration:
        return None


@pytest.mark.parametrize(("role", "may"), [(Role.MANAGER, True), (Role.AUDITOR, False)])
def test_names_in_reports_and_proofs_in_the_public_pack_are_the_managers_alone(office, role, may):
    code, named = next(
        (report.code, {column.code for column in report.columns if column.personal})
        for report in REPORTS.values() if any(column.personal for column in report.columns)
    )  # fmt: skip

    [report] = office.get(f"/v1/reports/{code}", role=role).json()["reports"]
    pack = office.get("/v1/reports/transparency/2026-02", role=role, params={"scores": True})

    assert (named <= {column["code"] for column in report["columns"]}) is may
    assert pack.status_code == (200 if may else 403)
