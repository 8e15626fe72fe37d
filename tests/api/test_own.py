"""Over HTTP: one learns of one's own cases, reads them, and does what is next; somebody else's stay closed."""

import json
import re
from datetime import timedelta

import pytest
from sqlmodel import select

from dispatch.api.routes.own import REQUESTS
from dispatch.commands.access import create_user
from dispatch.commands.jobs import JobContext
from dispatch.commands.runs.requests import solve_run
from dispatch.domain.docket.absence import AbsenceKind
from dispatch.domain.next_acts import ACTS, OF_RECIPIENT, VERBS, NextAct
from dispatch.domain.permissions import PERMISSIONS
from dispatch.domain.plain_words import HOW_CHOSEN, NEXT_STEP, SOMEBODY_ELSE
from dispatch.domain.vocabulary import ModeName, Role, Status
from dispatch.registry.tables import AbsenceRow, AttributesRow, AuditRow, DeliveryRow
from tests.api.test_routes import routes_of
from tests.rows import NOW, a_draft, attributes_row, practitioner_row

FIRM = "firm"


class Person:
    """Someone who asks with a token of their own."""

    def __init__(self, office, login, role, practitioner_code=None, institution_code=None):
        self.client, centre_id = office.client, office.register.centre.id
        given = (office.register.begin, None, NOW, centre_id, login, role, practitioner_code, institution_code)
        _, self.token = create_user(*given)

    def ask(self, method, path, json=None, language="en", **more):
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": language, **more}
        return self.client.request(method, path, headers=headers, json=json)

    def get(self, path):
        return self.ask("GET", path)

    def do(self, act, json):
        return self.ask(act["method"], act["path"], json)

    def cases(self):
        return self.get("/v1/me/cases").json()


@pytest.fixture
def lawyer(office):
    return practising(office, "p1")


def practising(office, code, **attributes):
    person = office.register.a_practitioner(code, **attributes)
    login = Person(office, code, Role.PRACTITIONER, code)
    login.id = person.id
    return login


def a_case(office, **fields):
    return office.post("/v1/cases", a_draft(story="拖欠三个月", **fields).model_dump(mode="json")).json()


def designated(office, lawyer):
    case = a_case(office)
    office.post(f"/v1/cases/{case['id']}/designation", {"practitioner_id": lawyer.id, "reason": "knows the case"})
    return case


def test_every_act_names_a_request_that_its_verb_permits(app):
    served = {(method, route.path) for route in routes_of(app) for method in route.methods}

    assert set(REQUESTS) == set(VERBS) == set(NextAct)
    assert [each for each in REQUESTS.values() if each not in served] == []
    assert {VERBS[act] for acts in OF_RECIPIENT.values() for act in acts} <= PERMISSIONS[Role.RECIPIENT]
    named = {act for acts in (*ACTS.values(), *OF_RECIPIENT.values()) for act in acts}
    assert named == set(NextAct)


def test_offer_says_what_the_case_is_about_and_names_nobody(office, lawyer):
    case = a_case(office, categories=("migrant_worker",))
    office.post("/v1/offers", {"case_id": case["id"], "practitioner_ids": [lawyer.id]})

    [own] = lawyer.cases()

    assert own["situation"]["value"] == "offered"
    assert own["about"]["matter"] == "civil"
    assert own["about"]["cause"]["value"] == "wages"
    assert own["about"]["cause"]["zh"] != "wages"
    assert (own["about"]["stage"], own["about"]["area"]) == ("first_instance", "A")
    assert own["about"]["categories"] == ["migrant_worker"]
    assert [due["en"] for due in own["deadlines"]] == ["until when the offer is to be answered"]
    assert own["next"]["value"] == "answer_offer"
    assert "王小明" not in lawyer.get("/v1/me/cases").text
    assert lawyer.get(f"/v1/cases/{case['id']}").status_code == 200
    assert lawyer.get(f"/v1/cases/{case['id']}/parties").status_code == 404


def test_lawyer_does_what_is_next_from_the_assignment_to_the_closing_report(office, lawyer):
    case = designated(office, lawyer)
    wording = {
        "answer_assignment": {"accept": True},
        "sign": {},
        "begin": {},
        "close": {"outcome": "mediated", "text": "all wages paid"},
    }
    done = []

    while cases := lawyer.cases():
        act = cases[0]["next"]
        done.append((act["value"], [due["basis"]["en"] for due in cases[0]["deadlines"]]))
        assert lawyer.do(act, wording[act["value"]]).status_code == 200

    assert [act for act, _ in done] == ["answer_assignment", "sign", "begin", "close"]
    # The agreement, and the closing day of the stage.
    assert [len(limits) for _, limits in done] == [2, 2, 1, 1], done
    assert done[0][1][0].endswith("art. 27")
    assert office.get(f"/v1/cases/{case['id']}").json()["status"] == "closed"


def by_run(office, lawyer):
    case = a_case(office)
    run = office.post("/v1/runs", {}).json()["run"]
    register = office.register
    solve_run(JobContext(register.begin, register.read, lambda: NOW, "worker"), run["id"])
    office.post(f"/v1/runs/{run['id']}/apply", {})
    return case


@pytest.mark.parametrize("way", [designated, by_run])
def test_assigned_lawyer_is_told_and_reads_the_case(office, lawyer, way):
    stranger = practising(office, "p2", specialties={})
    office.post("/v1/webhooks", {"name": "x", "url": "https://hooks.example.org/", "types": ["case.assigned"]},
                role=Role.MANAGER)  # fmt: skip
    case = way(office, lawyer)
    where = f"/v1/cases/{case['id']}"
    [own] = lawyer.cases()
    reads = [where, f"{where}/events", f"{where}/disclosure", f"/v1/assignments/{own['assignment_id']}"]

    [message] = office.register.all(DeliveryRow)
    assert (message.data["case_id"], message.data["practitioner_id"]) == (case["id"], lawyer.id)
    assert [(path, lawyer.get(path).status_code) for path in reads] == [(path, 200) for path in reads]
    assert [(path, stranger.get(path).status_code) for path in reads] == [(path, 404) for path in reads]
    assert stranger.cases() == []
    assert stranger.get("/v1/assignments").json()["items"] == []
    assert [row["case_id"] for row in lawyer.get("/v1/assignments").json()["items"]] == [case["id"]]


def test_file_opens_with_the_acceptance_stays_open_after_the_end_and_each_look_is_logged(office, lawyer):
    case = designated(office, lawyer)
    where, [own] = f"/v1/cases/{case['id']}", lawyer.cases()
    closed = lawyer.get(f"{where}/parties").status_code
    lawyer.do(own["next"], {"accept": True})

    opened = lawyer.get(f"{where}/parties")
    for name, wording in (("agreement", {}), ("start", {}), ("close", {"outcome": "judgment", "text": "won"})):
        assert lawyer.ask("POST", f"/v1/assignments/{own['assignment_id']}/{name}", wording).status_code == 200
    after = lawyer.get(f"{where}/papers")

    assert (closed, opened.status_code, after.status_code) == (404, 200, 200)
    assert opened.json()[0]["details"]["story"] == "拖欠三个月"
    told = [row.subject for row in office.register.all(AuditRow) if row.subject in ("party", "paper")]
    assert told == ["party", "paper"]


def test_lawyer_who_is_replaced_reads_the_case_no_more(office, lawyer):
    case = designated(office, lawyer)
    [own] = lawyer.cases()
    lawyer.do(own["next"], {"accept": False, "reason": "busy"})

    assert lawyer.cases() == []
    assert lawyer.get(f"/v1/cases/{case['id']}").status_code == 404


def test_institution_sees_the_cases_of_its_people_and_no_others(office):
    office.register.an_institution(FIRM)
    other = office.register.an_institution("other")
    lawyer, rival = practising(office, "p1"), practising(office, "p2", institution=other)
    firm = Person(office, "secretary", Role.INSTITUTION, None, FIRM)
    case = designated(office, lawyer)
    office.register.an_assignment(office.register.a_case("7"), rival, institution_id=other.id)

    [own] = firm.cases()

    assert (own["case_id"], own["practitioner_id"], own["next"]) == (case["id"], lawyer.id, None)
    assert [act["value"] for act in own["may"]] == ["ask_replacement"]
    assert firm.get(f"/v1/cases/{case['id']}").status_code == 200
    assert firm.get(f"/v1/cases/{case['id']}/parties").status_code == 404


def test_institution_learns_of_an_offer_to_one_of_its_people_and_it_opens_nothing_to_it(office):
    office.register.an_institution(FIRM)
    other = office.register.an_institution("other")
    lawyer, rival = practising(office, "p1"), practising(office, "p2", institution=other)
    firm, stranger = (Person(office, code, Role.INSTITUTION, None, code) for code in (FIRM, "other"))
    case = a_case(office)
    office.post("/v1/offers", {"case_id": case["id"], "practitioner_ids": [lawyer.id]})

    [own] = firm.cases()
    answered = firm.ask("POST", f"/v1/offers/{own['offer_id']}/answer", {"accept": True})

    assert (own["situation"]["value"], own["practitioner_id"], own["may"]) == ("offered", lawyer.id, [])
    assert own["about"]["cause"]["value"] == "wages"
    assert own["deadlines"][0]["en"] == "until when the offer is to be answered"
    assert (stranger.cases(), rival.cases()) == ([], [])
    assert answered.status_code == 403
    assert firm.get(f"/v1/cases/{case['id']}/disclosure").status_code == 404
    assert "王小明" not in firm.get("/v1/me/cases").text


def test_institution_that_is_to_arrange_a_person_is_shown_the_case_and_the_request(office):
    firm_row = office.register.an_institution(FIRM)
    lawyer, firm = practising(office, "p1"), Person(office, "secretary", Role.INSTITUTION, None, FIRM)
    case = a_case(office)
    office.post(f"/v1/cases/{case['id']}/institution", {"institution_id": firm_row.id, "reason": "its field"})

    [own] = firm.cases()
    arranged = firm.do(own["next"], {"practitioner_id": lawyer.id})

    assert (own["situation"]["value"], own["next"]["value"]) == ("entrusted", "arrange")
    assert arranged.status_code == 200
    assert [each["next"]["value"] for each in lawyer.cases()] == ["answer_assignment"]


def test_history_of_an_own_case_names_nobody_else(office, lawyer):
    other = practising(office, "p2")
    case = a_case(office)
    office.post("/v1/offers", {"case_id": case["id"], "practitioner_ids": [lawyer.id, other.id]})

    [own] = lawyer.cases()
    lawyer.do(own["next"], {"accept": True})
    history = lawyer.get(f"/v1/cases/{case['id']}/events")

    assert [each["event"] for each in history.json()["items"]][-2:] == ["offer", "accept"]
    assert other.id not in history.text


def test_recipient_learns_in_plain_words_who_the_lawyer_is_why_and_what_comes_next(office):
    firm = office.register.an_institution(FIRM, name="示例律师事务所", contact="0370-1234567 商丘市")
    lawyer = practising(office, "p1", institution=firm)
    case = a_case(office)
    link = office.post(f"/v1/cases/{case['id']}/links", {}).json()
    recipient = Person.__new__(Person)
    recipient.client, recipient.token = office.client, link["token"]
    where = f"/v1/links/{link['id']}"
    waiting = recipient.get(where).json()
    recipient.ask("POST", waiting["may"][0]["path"], {"practitioner_ids": [lawyer.id]})
    office.post(f"/v1/cases/{case['id']}/plan")
    [own] = lawyer.cases()
    lawyer.do(own["next"], {"accept": True})

    page = recipient.ask("GET", where, language="zh").json()
    asked, complain = page["may"]
    entry = office.get(f"/v1/practitioners/{lawyer.id}")
    own_office = {"contact": "0370-7654321 梁园区"}
    told = lawyer.ask("PATCH", f"/v1/practitioners/{lawyer.id}", own_office, **{"If-Match": entry.headers["ETag"]})
    reached = recipient.ask("GET", where, language="zh").json()["counsel"][0]["contact"]
    replaced = recipient.do(asked, {"ground": "distrust", "text": "无法沟通"})
    own = lawyer.cases()[0]["assignment_id"]
    for name, wording in (("agreement", {}), ("start", {}), ("close", {"outcome": "judgment", "text": "won"})):
        lawyer.ask("POST", f"/v1/assignments/{own}/{name}", wording)
    rate, again = recipient.get(where).json()["may"]

    assert (told.status_code, reached) == (200, own_office["contact"])
    assert (waiting["next_step"], waiting["counsel"]) == ("A practitioner is being found for you.", [])
    assert page["counsel"] == [
        {
            "name": "person p1", "institution": "示例律师事务所", "contact": "0370-1234567 商丘市", "accepted": True,
            "mode": "point_selection", "why": "由您点援选定。符合条件的共1人。",
        }
    ]  # fmt: skip
    assert page["next_step"] == "请与承办人员联系，签订委托协议和授权委托书。"
    shown = json.dumps({name: wording for name, wording in page.items() if name not in ("may", "documents")})
    assert re.findall(r"[0-9a-f]{32}", shown) == []
    assert (asked["value"], replaced.status_code) == ("ask_replacement", 201)
    assert (rate["value"], recipient.do(rate, {"stars": 5}).status_code) == ("rate", 201)
    assert complain == again
    made = recipient.do(again, {"ground": "neglect", "text": "never met me"})
    assert (again["value"], made.status_code) == ("complain", 201)
    assert lawyer.get(where).status_code == 403


def test_every_state_and_mode_has_its_plain_words():
    assert set(NEXT_STEP) == set(Status)
    assert set(HOW_CHOSEN) == set(SOMEBODY_ELSE) == set(ModeName)


def test_lawyer_learns_why_a_case_went_to_somebody_else_in_own_figures(office):
    best = practising(office, "best", specialties={"wages": 99})
    good = practising(office, "good", specialties={"wages": 60})
    unfit = practising(office, "unfit", specialties={"wages": 10}, capacity=0)
    practising(office, "weak", specialties={"wages": 10})
    by_run(office, best)
    office.register.an_assignment(office.register.a_case("2", recipient_is_minor=True), best)

    [missed] = good.get("/v1/me/missed").json()
    chinese = good.ask("GET", "/v1/me/missed", language="zh").json()[0]["why"]

    terms = {term["value"]: (term["points"], term["above"]) for term in missed["terms"]}
    assert (missed["mode"], missed["rank"], missed["eligible"]) == ("optimized", 2, 3)
    assert terms["specialty"][1] == 1
    assert missed["score"] == sum(points for points, _ in terms.values())
    assert missed["why"].startswith("Matched with all waiting cases")
    assert f"score was {missed['score']:,} of 1,000,000: place 2 of 3" in missed["why"]
    assert "在符合条件的3人中列第2位" in chinese
    assert best.id not in json.dumps(missed)
    assert best.get("/v1/me/missed").json() == []
    assert unfit.get("/v1/me/missed").json() == []


def test_case_that_was_missed_is_explained_by_the_register_of_the_day_it_was_decided(office):
    best = practising(office, "best", specialties={"wages": 99})
    good = practising(office, "good", specialties={"wages": 60})
    away = practising(office, "away", specialties={"wages": 80})
    register, long = office.register, timedelta(days=300)
    register.add(
        AbsenceRow(kind=AbsenceKind.LEAVE,
                   centre_id=register.centre.id, practitioner_id=away.id, from_on=NOW.date(), until_on=NOW.date(),
                 created_at=NOW - long)
    )  # fmt: skip
    by_run(office, best)
    [before] = good.get("/v1/me/missed").json()

    later = NOW + timedelta(days=3)
    with register.begin() as tx:
        # Since then good has learnt, both have had another case, the weights have changed, and a newcomer is the best.
        [stated] = tx.session.exec(select(AttributesRow).where(AttributesRow.practitioner_id == good.id)).all()
        fields = stated.model_dump(exclude={"id"})
        stated.until_on = later.date()
        tx.session.flush()
        tx.add(AttributesRow(**fields | {"from_on": later.date(), "recorded_at": later, "specialties": {"wages": 100}}))
    new = practitioner_row(register.centre.id, "new", entered_on=later.date())
    register.add(new, attributes_row(new, register.the_institution(), from_on=later.date(), specialties={"wages": 100}))
    register.an_assignment(register.a_case("9"), best, assigned_at=later)
    register.an_assignment(register.a_case("8"), good, assigned_at=later)
    register.a_policy(weights={"specialty": 0, "quality": 4500})

    assert good.get("/v1/me/missed").json()[1:] == [before]
    assert (before["rank"], before["eligible"]) == (2, 2)
    # Who was away that day was not passed over then, only later.
    assert [each["assigned_at"] > before["assigned_at"] for each in away.get("/v1/me/missed").json()] == [True, True]


def test_lost_claim_is_told_with_the_case(office):
    office.register.a_policy(grab={"window_minutes": 10, "epsilon": 0})
    best = practising(office, "best", specialties={"wages": 99})
    weak = practising(office, "weak", specialties={"wages": 10})
    case = office.register.a_case()
    office.post(f"/v1/cases/{case.id}/post", {})
    for lawyer in (weak, best):
        lawyer.ask("POST", f"/v1/board/{case.id}/claims")

    [missed] = weak.get("/v1/me/missed").json()

    assert (missed["mode"], missed["claim"], missed["offer"]) == ("grab", "lost", None)
    assert missed["why"].startswith("Another practitioner's claim won.")


def test_lawyer_learns_the_own_place_in_the_rotation_and_why(office, lawyer):
    other, away = practising(office, "p2"), practising(office, "p3", capacity=0)
    designated(office, lawyer)

    busy, idle, full = (each.get("/v1/me/rotation").json() for each in (lawyer, other, away))

    assert busy["people"] == 3
    assert busy["text"] == "You are at place 3 of 3 in the rotation, 0.5 turns beyond your share of all turns (50.0%)."

    assert idle["turn"]["practitioner_id"] == other.id
    assert [rule["code"] for rule in full["skipped"]] == ["under_cap"]
    assert [each["text"].endswith("You are next.") for each in (busy, idle, full)] == [False, True, False]
    assert office.get("/v1/me/rotation").status_code == 403


@pytest.mark.parametrize("role", [Role.CLERK, Role.AUDITOR, Role.ORGAN, Role.ADMIN])
def test_staff_have_no_cases_of_their_own(office, role):
    assert office.get("/v1/me/cases", role=role).status_code == 403
