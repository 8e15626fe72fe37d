"""What happens in the quarter, day by day.

It is acted around the National Day of 2026: 25 September and 1 to 7 October are free, Saturday 10 October is worked.
"""

from dispatch.domain.vocabulary import Role
from tests.api.quarter.limits import OVERDUE_ON_2_NOVEMBER
from tests.api.quarter.office import THEFT
from tests.api.test_calendar import NOTICE

CIVIL = {"standing": "原告", "practitioner_phone": "13800000001"}


def before_the_holiday(q):
    """21 to 30 September: applications are decided, the first cases find their lawyers, some end at once."""
    for name in ("means", "income", "settled"):
        q.applies(name)
    q.until(9, 22, 9)
    q.clerk("means", "refuse", ground="means", text="above the line")
    q.clerk("income", "refuse", ground="means", text="above the line")
    q.recipient("settled", "withdraw")
    first_cases(q)
    q.until(9, 24, 10)
    q.recipient("means", "objections", text="three children")
    q.signs_and_begins("chosen", "bo")
    q.signs_and_begins("conflict", "er")
    q.signs_and_begins("counsel", "cui")
    q.act("fraud", "an", "agreement")
    q.issued("fraud", "letter", **CIVIL)
    q.wrong = q.issued("chosen", "letter", **CIVIL)
    [issued] = q.fetch(Role.CLERK, f"/cases/{q.cases['chosen']}/documents")
    q.done(Role.CLERK, f"/documents/{issued['id']}/void", {"reason": "standing was wrong"})
    q.issued("chosen", "letter", **CIVIL | {"standing": "被告"})
    q.until(9, 26, 20)
    q.recipient("income", "objections", text="the bonus was paid once")
    q.until(9, 28, 9)
    q.manager("means", "objections/ruling", uphold=False, text="reckoned rightly")
    q.clerk("fraud", "terminate", ground="fraud", text="false papers")
    q.issued("fraud", "termination")
    q.issued("fraud", "termination_letter")
    q.until(9, 28, 10)
    q.granted("late")
    q.entrusted("late", "yi")


def first_cases(q):
    """22 September: by point selection, by offers, by nobody's answer, and three that leave before the work."""
    q.until(9, 22, 9, 30)
    for name in ("chosen", "conflict", "fraud", "counsel", "elsewhere", "silent"):
        q.granted(name, organ="某市某区人民法院")
    q.granted("pair", demand=2)
    q.clerk("chosen", "plan")
    q.taken("conflict", "er")
    q.taken("fraud", "an")
    q.taken("counsel", "cui")
    q.taken("pair", "an")
    q.designated("silent", "er")
    q.entrusted("elsewhere", "jia")
    [given] = q.fetch(q.secretaries["jia"], "/arrangements?state=open")["items"]
    q.done(q.secretaries["jia"], f"/arrangements/{given['id']}/decline", {"reason": "conflict"})
    q.clerk("elsewhere", "post")
    q.done(Role.CLERK, f"/cases/{q.cases['elsewhere']}/post", method="DELETE")
    q.until(9, 22, 10)
    q.recipient("chosen", "wishes", practitioner_ids=[q.people[code].id for code in ("dai", "bo")])
    q.until(9, 22, 11)
    q.answers("dai", q.offered("dai"), accept=False, reason="busy")
    q.until(9, 22, 12)
    q.answers("bo", q.offered("bo"), accept=True)
    q.seated("chosen")
    q.until(9, 23, 9)
    elsewhere = {"to": "the city of Zhengzhou", "text": "another court has jurisdiction"}
    q.clerk("elsewhere", "transfer", ground="jurisdiction", **elsewhere)
    q.clerk("pair", "transfer", ground="designated", **elsewhere)


def on_the_board(q):
    """29 September: what was not arranged is posted; of two claims in the sealed window the better one wins."""
    q.until(9, 29, 10, 30)
    assert (q.state("late"), q.state("silent")) == ("pending", "pending")
    q.designated("silent", "dai")
    q.accepts("silent", "dai", accept=False, reason="busy")
    q.clerk("silent", "own-counsel", text="a brother pays")
    q.noted("silent", "told_recipient")
    q.noted("silent", "told_organ")
    q.clerk("late", "post")
    for minute, code in ((33, "cui"), (36, "fan")):
        q.until(9, 29, 10, minute)
        q.done(q.tokens[code], f"/board/{q.cases['late']}/claims")
    q.until(9, 29, 10, 41)
    q.seated("late")
    q.accepts("late", "fan")


def over_the_holiday(q):
    """30 September to 8 October: notices arrive before seven free days; detention lets no limit roll over them."""
    q.until(9, 30, 10)
    q.notified("detained", detained=True)
    q.notified("prison", detained=True)
    q.notified("free")
    q.notified("mistaken")
    q.clerk("mistaken", "withdraw", text="sent to the wrong centre")
    q.designated("detained", "an")
    q.accepts("detained", "an")
    q.issued("detained", "assignment_notice")
    q.issued("detained", "letter", practitioner_phone="13800000001")
    q.until(9, 30, 15)
    q.recipient("fraud", "objections", text="the papers were real")
    q.until(9, 30, 17)
    q.entrusted("free", "jia")
    q.issued("free", "assignment_notice", days_to_arrange="1")
    q.until(10, 1, 9)
    q.arranged("free", "jia", "bo")
    q.issued("free", "letter", practitioner_phone="13800000001")
    q.until(10, 5, 16)
    q.noted("detained", "papers", on="2026-10-03")
    q.signs_and_begins("detained", "an")
    q.designated("prison", "bo")
    q.accepts("prison", "bo")
    q.signs_and_begins("prison", "bo")
    q.until(10, 8, 9)
    q.signs_and_begins("free", "bo")
    q.issued("prison", "letter", practitioner_phone="13800000001")
    q.manager("income", "objections/ruling", uphold=True, text="to be corrected")
    q.manager("fraud", "objections/ruling", uphold=True, text="to be corrected")


def a_run_and_a_full_desk(q):
    """9 October: a case is given back, a run fills one desk, and a full desk is asked nothing more."""
    q.until(10, 9, 9)
    returned = q.act("late", "fan", "abandonment", reason="busy")
    q.done(Role.MANAGER, f"/abandonments/{returned['id']}/review", {"approve": False})
    q.designated("late", "cui")
    q.accepts("late", "cui")
    q.asked = q.recipient("chosen", "replacements", ground="neglect", text="never came", evidence=["a log"])
    q.until(10, 9, 11)
    q.granted("batch", **THEFT)
    run = q.done(Role.CLERK, "/runs", {})["run"]
    q.work()
    q.done(Role.MANAGER, f"/runs/{run['id']}/apply", {})
    for name, code in (("income", "fan"), ("batch", "dai")):
        q.seated(name)
        q.accepts(name, code)


def replaced(q):
    """12 to 14 October: one is replaced within the institution, one conflict costs it the case; a turn comes round."""
    q.until(10, 12, 8, 30)
    q.granted("turn", major=True)
    full = q.ask(Role.CLERK, "/offers", {"case_id": q.cases["turn"], "practitioner_ids": [q.people["fan"].id]})
    assert (full.status_code, full.json()["facts"]["rules"]) == (409, ["under_cap"])
    q.clerk("turn", "plan")
    q.until(10, 12, 9)
    q.decided(q.asked, approve=True)
    q.issued("chosen", "change_notice", days_to_arrange="1")
    q.until(10, 12, 10)
    declared = q.done(q.tokens["er"], f"/cases/{q.cases['conflict']}/conflicts", {"text": "acted for the other side"})
    q.until(10, 12, 16, 31)
    q.until(10, 13, 8, 30)
    q.arranged("chosen", "jia", "cui")
    q.until(10, 13, 11, 1)
    q.answers("er", q.offered("er"), accept=True)
    q.seated("turn")
    q.until(10, 14, 9)
    q.decided({"id": declared["replacement_id"]}, approve=True, same_institution=False)
    q.taken("conflict", "bo")
    q.clerk("counsel", "own-counsel", text="the family retained a lawyer")
    q.noted("counsel", "told_institution")


def a_lawyer_falls_ill(q):
    """15 to 26 October: a colleague takes over in one act; an objection to a termination is dismissed."""
    q.until(10, 15, 9)
    for name, service in (("ward", "labour"), ("bed", "litigation_agency")):
        q.granted(name, service=service, categories=["migrant_worker"] if name == "bed" else [])
        q.taken(name, "dai")
    q.act("ward", "dai", "agreement")
    q.act("ward", "dai", "start")
    for demand in (2, 1):
        q.amended("ward", demand=demand)
    assert q.state("ward") == "undertaken"
    q.until(10, 19, 9)
    q.signs_and_begins("chosen", "cui")
    q.granted("rich")
    q.taken("rich", "an")
    path = f"/practitioners/{q.people['dai'].id}/hand-over"
    q.handed = q.done(Role.MANAGER, path, {"ground": "health", "text": "in hospital"})
    q.signs_and_begins("turn", "er")
    for name in ("batch", "ward", "bed"):
        q.seated(name)
        q.accepts(name, "er")
        q.signs_and_begins(name, "er")
    q.clerk("bed", "fundings", source="lottery")
    q.until(10, 20, 9)
    q.clerk("rich", "terminate", ground="means", text="an inheritance")
    q.issued("rich", "termination")
    q.until(10, 21, 9)
    q.recipient("rich", "objections", text="it is in dispute")
    q.until(10, 26, 9)
    q.manager("rich", "objections/ruling", uphold=False, text="it was paid out")


def closed_and_corrected(q):
    """2 to 9 November: cases are closed, one of them by mistake; a matter goes to its next stage."""
    q.until(11, 2, 9)
    assert q.found_by_night() == OVERDUE_ON_2_NOVEMBER
    q.clerk("bed", "fundings/decision", approve=True, on="2026-10-30", reference="豫援彩〔2026〕12号")
    q.signs_and_begins("late", "cui")
    q.signs_and_begins("conflict", "bo")
    q.act("fraud", "an", "start")
    q.closes("batch", "er", "settled")
    q.until(11, 3, 9)
    q.undone = q.manager("batch", "corrections", reason="another case was meant")
    q.until(11, 6, 9)
    costs = [{"kind": "travel", "fen": 12_000}, {"kind": "copying", "fen": 3_000}]
    q.closes("chosen", "cui", finished_on="2026-11-04", effect="wholly", service_days=7.5, costs=costs)
    q.issued("chosen", "closing_report")
    q.until(11, 9, 9)
    following = {"number": "appeal", "stage": "second_instance", "organ": "court of appeal"}
    q.cases["appeal"] = q.clerk("chosen", "stages", **following)["id"]
    q.clerk("appeal", "plan")
    q.answers("cui", q.offered("cui"), accept=True)
    q.seated("appeal")
    q.closes("batch", "er", "mediated")


def graded_and_complained_of(q):
    """16 November to 4 December: work is graded and rated, and a complaint about it is upheld."""
    q.until(11, 16, 9)
    made = q.recipient("late", "complaints", ground="neglect", text="seven weeks without a word")
    complaint = f"/complaints/{made['id']}"
    q.until(11, 18, 9)
    q.done(Role.MANAGER, f"{complaint}/acceptance", {"accept": True, "text": "to be inquired"})
    q.until(11, 20, 9)
    q.act("detained", "an", "reports", text="met three times")
    q.act("detained", "an", "major", ground="impact", text="in the papers")
    q.closes("detained", "an", costs=[{"kind": "appraisal", "fen": 40_000}])
    q.until(11, 27, 9)
    q.closes("late", "cui", service_days=2)
    for name, code in (("ward", "er"), ("free", "bo")):
        q.closes(name, code)
    q.closes("fraud", "an", service_days=0)
    q.recipient("chosen", "rating", stars=5)
    q.recipient("late", "rating", stars=2, text="slow")
    for name, grade in (("chosen", "excellent"), ("detained", "good"), ("late", "pass"), ("ward", "fail")):
        q.done(Role.CLERK, f"/assignments/{q.seats[name]}/grade", {"grade": grade})
    q.until(12, 2, 9)
    q.done(Role.MANAGER, f"{complaint}/conclusion", {"uphold": True, "text": "she never wrote"})
    q.until(12, 4, 9)
    q.done(Role.MANAGER, f"{complaint}/answer", {"text": "she was told to report"})


def supervised(q):
    """18 December: the last cases are closed; a hearing, an inquiry and a call-back are put on their forms."""
    q.until(12, 18, 9)
    q.closes("conflict", "bo")
    q.closes("prison", "bo")
    heard = {"observer": "李某、赵某", "text": "well prepared", "held_on": "2026-11-12"}
    called = {"manner": "telephone", "satisfaction": "satisfied", "caller": "李某", "text": "met three times"}
    for name, act, body, kind in (
        ("detained", "hearings", heard, "hearing_record"),
        ("free", "inquiries", {"text": "was she there"}, "inquiry"),
        ("chosen", "call-backs", called, "call_back"),
    ):
        filed = q.done(Role.CLERK, f"/assignments/{q.seats[name]}/{act}", body)
        q.issued(name, kind, filed["id"])


def paid_and_archived(q):
    """18 December: files are handed in, subsidies settled and paid, and files go to the archive."""
    for name in ("chosen", "detained", "late", "ward", "batch"):
        q.noted(name, "file_in", on="2026-12-11")
        settled = q.done(Role.MANAGER, f"/assignments/{q.seats[name]}/subsidy", {})
        if name != "batch":
            q.done(Role.MANAGER, f"/settlements/{settled['id']}/payment", {})
    filed = {name: q.clerk(name, "archive") for name in ("chosen", "means", "rich")}
    q.done(Role.MANAGER, f"/archives/{filed['means']['id']}/corrections", {"reason": "a paper is missing"})


def notice_of_2027(q):
    """18 December: the notice about the next year's working days moves what ends in the Spring Festival."""
    loaded = q.done(Role.MANAGER, "/calendar/2027", NOTICE, method="PUT")
    [moved] = q.fetch(Role.CLERK, "/calendar/changes")["items"]
    assert (loaded["moved"], moved["case_number"], moved["code"]) == (1, "appeal", "T21")
    assert "calendar_missing" not in {kind for kind, *_ in q.found_by_night()}


def new_year(q):
    """4 January: numbers of documents and files begin anew."""
    q.until(1, 4, 9, year=2027)
    q.issued("conflict", "closing_report")
    q.clerk("means", "archive")


DAYS = (
    before_the_holiday, on_the_board, over_the_holiday, a_run_and_a_full_desk, replaced, a_lawyer_falls_ill,
    closed_and_corrected, graded_and_complained_of, supervised, paid_and_archived, notice_of_2027,
    new_year,
)  # fmt: skip
