"""Over HTTP: the rotation explains itself, and what was proved after runs can be read."""

from datetime import timedelta

from dispatch.commands.rotation.order import calibrate
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import BoundRow
from tests.api.test_ways import enter
from tests.commands.test_rotation import DAY, credit, on_leave
from tests.rows import NOW


def test_rotation_shows_whose_turn_it_is_and_what_each_is_due(office):
    office.register.a_policy(rotation={"by": "institution"})
    big, small = office.register.an_institution("big"), office.register.an_institution("small")
    for code, firm in (("a", big), ("b", big), ("c", small)):
        office.register.a_practitioner(code, firm)

    turns = office.get("/v1/rotation").json()["items"]

    assert {turn["by"] for turn in turns} == {"institution"}
    assert {(turn["institution_id"], turn["share"], turn["institution_entitled"]) for turn in turns} == {
        (big.id, "1/2", 0.5),
        (small.id, "1", 0.5),
    }
    assert [turn["next"] for turn in turns] == [True, False, False]


def test_rotation_by_institution_says_whose_turn_it_is_and_why(office):
    office.register.a_policy(rotation={"by": "institution"})
    houses = {code: office.register.an_institution(code) for code in ("had", "due", "gone")}
    people = {code: office.register.a_practitioner(code, house) for code, house in houses.items()}
    _, own = enter(office, "mate", institution=houses["due"])
    credit(office.register, people["had"], 1)
    on_leave(office.register, people["gone"], NOW.date(), NOW.date())

    zh, en = (
        {turn["code"]: turn for turn in office.get("/v1/rotation", headers={"Accept-Language": each}).json()["items"]}
        for each in ("zh", "en")
    )
    own_text = own("GET", "/v1/me/rotation").json()["text"]

    name = houses["due"].name
    assert {code: (turn["institution"], turn["institution_upcoming"]) for code, turn in zh.items()} == {
        "due": (name, 1), "mate": (name, 1), "had": (houses["had"].name, 2), "gone": (houses["gone"].name, None),
    }  # fmt: skip
    [first] = [turn for turn in zh.values() if turn["next"]]
    assert first["reasons"] == [f"按机构轮流，轮到{name}，比应得份额少派0.5轮。"]
    assert zh["had"]["reasons"] == [f"按机构轮流，{houses['had'].name}列第2位，比应得份额多派0.5轮。"]
    assert en["had"]["reasons"] == [
        f"{houses['had'].name} is at place 2 of the institutions, 0.5 turns beyond its share of all turns."
    ]
    assert zh["gone"]["reasons"] == ["跳过：指派当日在休假期间；请改派，休假期满后可承办。"]
    assert "Your institution is at place 1 of the institutions, 0.5 turns short of its share" in own_text
    office.register.a_policy(rotation={"by": "person"})
    assert {turn["institution_upcoming"] for turn in office.get("/v1/rotation").json()["items"]} == {None}


def test_who_is_away_while_the_question_is_open_is_passed_over_in_those_words(office):
    office.register.a_policy([("rotation", 2), ("optimized", None)])
    person, ask = enter(office, "p1")
    other, case = office.register.a_practitioner("p2"), office.register.a_case("1")
    credit(office.register, other, 1)
    hours = {"from_on": "2026-03-09", "until_on": None, "from_time": "08:30", "until_time": "12:00"}
    made = office.post(f"/v1/practitioners/{person.id}/leaves", hours)
    assert made.status_code == 201, made.text

    zh, en = (
        office.get(f"/v1/rotation?case_id={case.id}", headers={"Accept-Language": each}).json()["items"]
        for each in ("zh", "en")
    )
    own = ask("GET", "/v1/me/rotation").json()

    [(passed, text)] = [(turn["practitioner_id"], turn["reasons"]) for turn in zh if turn["away_throughout"]]
    assert (passed, text) == (person.id, ["跳过：征询时限内不在岗，不予征询，位次保留。"])
    assert [turn["practitioner_id"] for turn in en if turn["next"]] == [other.id]
    [refusal] = own["skipped"]
    assert refusal["code"] == "not_on_leave"
    assert refusal["text"] == "Away for nearly all of the time to answer, so not asked; the place is kept."
    assert "for this part of the day" not in own["text"]


def test_order_is_paged_and_names_are_for_those_who_read_the_roster(office):
    person, ask = enter(office, "p1")
    other = office.register.a_practitioner("p2")
    office.register.a_practitioner("p3", listed=False)

    first = office.get("/v1/rotation?limit=1").json()
    second = office.get(f"/v1/rotation?limit=1&cursor={first['next']}").json()

    officer = [turn["name"] for page in (first, second) for turn in page["items"]]
    assert (sorted(officer), second["next"]) == ([person.name, other.name], None)
    theirs = {turn["code"]: turn["name"] for turn in ask("GET", "/v1/rotation").json()["items"]}
    assert theirs == {"p1": person.name, "p2": None}


def test_override_is_tried_before_it_is_made_and_stays_in_the_list(office):
    first, second = (office.register.a_practitioner(code) for code in ("p1", "p2"))

    def order(answer):
        return [turn["practitioner_id"] for turn in answer.json()["items"]]

    before = order(office.get("/v1/rotation"))
    asked = {"practitioner_id": before[0], "turns": 2}
    preview = office.post("/v1/rotation/preview", asked, role=Role.MANAGER)
    assert order(preview) == before[::-1]
    assert order(office.get("/v1/rotation")) == before

    office.post("/v1/rotation/overrides", asked | {"reason": "advised"}, role=Role.MANAGER)
    assert order(office.get("/v1/rotation")) == order(preview)
    [kept] = office.get("/v1/rotation/overrides").json()["items"]
    assert (kept["practitioner_id"], kept["turns"], kept["reason"]) == (before[0], 2, "advised")
    person, ask = enter(office, "p3")
    office.post("/v1/rotation/overrides", {"practitioner_id": person.id, "turns": 1, "reason": "x"}, role=Role.MANAGER)
    assert (kept["code"], kept["name"]) in {(each.code, each.name) for each in (first, second)}
    theirs = ask("GET", "/v1/rotation/overrides").json()["items"]
    assert {(each["code"], each["name"]) for each in theirs} == {("p3", person.name), (kept["code"], None)}
    other = second if before[0] == first.id else first
    assert office.get(f"/v1/rotation/overrides?practitioner_id={other.id}").json()["items"] == []
    assert office.post("/v1/rotation/preview", asked, role=Role.CLERK).status_code == 403
    for nobody in ("none", office.register.a_practitioner("p4", listed=False).id):
        refused = office.post("/v1/rotation/preview", asked | {"practitioner_id": nobody}, role=Role.MANAGER)
        assert refused.status_code == 404, "who is not on the list has no place"


def test_open_offer_shows_as_what_sends_someone_behind(office):
    (person, ask), other = enter(office, "p1"), office.register.a_practitioner("p2")
    case = office.register.a_case("1")
    office.post("/v1/offers", {"case_id": case.id, "practitioner_ids": [person.id]})

    turns = office.get("/v1/rotation").json()["items"]

    assert [(turn["practitioner_id"], turn["asked"], turn["upcoming"]) for turn in turns] == [
        (other.id, 0, 1),
        (person.id, 1, 2),
    ]
    assert "You have an offer to answer" in ask("GET", "/v1/me/rotation").json()["text"]


def test_what_puts_somebody_at_a_place_is_said_in_words_and_shown_in_figures(office):
    first, second, away = (office.register.a_practitioner(code) for code in ("p1", "p2", "p3"))
    office.register.a_practitioner("p4", listed=False)
    leave = {"from_on": "2026-03-09", "until_on": "2026-03-20"}
    assert office.post(f"/v1/practitioners/{away.id}/leaves", leave).status_code == 201

    def order(answer):
        return {turn["practitioner_id"]: turn for turn in answer.json()["items"]}

    asked = {"practitioner_id": first.id, "turns": 3}
    preview = order(office.post("/v1/rotation/preview", asked, role=Role.MANAGER))
    office.post("/v1/rotation/overrides", asked | {"reason": "advised"}, role=Role.MANAGER)
    now = order(office.get("/v1/rotation", headers={"Accept-Language": "zh"}))
    office.post("/v1/rotation/overrides", {"practitioner_id": first.id, "turns": -4, "reason": "x"}, role=Role.MANAGER)
    later = order(office.get("/v1/rotation", headers={"Accept-Language": "en"}))

    assert len(now) == 3
    shown = ("turns", "overridden", "ahead", "place")
    assert [preview[first.id][name] for name in shown] == [now[first.id][name] for name in shown]
    assert (now[first.id]["turns"], now[first.id]["overridden"], now[second.id]["overridden"]) == (3, 3, 0)
    assert now[first.id]["reasons"] == ["经负责人调整，计入3轮，位次后移。"]
    assert now[away.id]["reasons"] == ["跳过：指派当日在休假期间；请改派，休假期满后可承办。"]
    assert later[first.id]["reasons"] == ["A manager's override took turns off (1): moved forward."]
    assert (later[first.id]["turns"], later[first.id]["place"]) == (-1, 1)


def test_turn_that_was_declined_shows_as_what_sends_someone_behind_and_until_when(office):
    office.register.a_policy([("rotation", 40), ("optimized", None)])
    people = list(enter(office, code) for code in ("p1", "p2", "p3"))
    case = office.register.a_case("1", due_at=NOW + timedelta(days=14))
    office.post(f"/v1/cases/{case.id}/plan")
    [offer] = office.get(f"/v1/offers?case_id={case.id}").json()["items"]
    who, ask = next((each, ask) for each, ask in people if each.id == offer["practitioner_id"])

    answered = ask("POST", f"/v1/offers/{offer['id']}/answer", {"accept": False, "reason": "busy"})
    zh, en = (
        {turn["practitioner_id"]: turn for turn in rows}
        for rows in (
            office.get("/v1/rotation", headers={"Accept-Language": language}).json()["items"]
            for language in ("zh", "en")
        )
    )
    first = office.get("/v1/rotation?limit=2").json()
    last = office.get(f"/v1/rotation?limit=2&cursor={first['next']}").json()["items"]

    assert answered.status_code == 200, answered.text
    assert [(zh[who.id][name]) for name in ("turns", "asked", "waived", "next")] == [0, 0, 1, False]
    assert zh[who.id]["waived_until"] == "2026-03-09T17:00:00+08:00"
    assert zh[who.id]["reasons"] == ["不接受征询或者逾期未答复1件，3月9日17:00以前排在其他人之后，已派轮次不变。"]
    [reason] = en[who.id]["reasons"]
    assert reason == (
        "Turns declined or not answered: 1; until 2026-03-09 17:00 everyone else comes first, and no turn is counted."
    )
    # One has nothing in hand and is next, one has the case to answer for.
    assert [(turn["asked"], turn["next"]) for turn in zh.values() if not turn["waived"]] == [(0, True), (1, False)]
    assert [turn["practitioner_id"] for turn in [*first["items"], *last]] == list(zh)
    own = ask("GET", "/v1/me/rotation").json()["text"]
    assert own.endswith("until 2026-03-09 17:00 everyone else comes before you, and no turn is counted.")
    colleague = next(ask for each, ask in people if each is not who)
    seen = next(turn for turn in colleague("GET", "/v1/rotation").json()["items"] if turn["practitioner_id"] == who.id)
    assert (seen["waived"], seen["name"]) == (1, None)
    assert "busy" not in str(seen)


def test_bounds_are_open_to_all_in_the_rotation(office):
    person, ask = enter(office, "p1")
    excess = {"practitioner_id": person.id, "effort": 50, "above": 30.0, "cause": "wished"}
    office.register.add(
        BoundRow(
            centre_id=office.register.centre.id, month="2026-02", at=NOW, practitioners=3, ideal_effort=20.0,
            largest_case=10, most_effort=50, least_effort=0, above=[excess],
        )
    )  # fmt: skip

    [bound] = ask("GET", "/v1/rotation/bounds").json()["items"]

    words = "30 of effort beyond the entitled share: more than the largest case (10). Cause: was chosen by recipients."
    named = {"code": "p1", "name": person.name, "text": words}
    assert (bound["month"], bound["run_id"], bound["above"]) == ("2026-02", None, [excess | named])
    assert ask("GET", "/v1/rotation/fairness").json()["above"] == []
    assert office.get("/v1/rotation/bounds", role=Role.RECIPIENT).status_code == 403


def test_absence_that_is_not_counted_yet_is_named_as_the_cause_and_gone_once_it_is(office):
    register = office.register
    busy, ask = enter(office, "p1")
    other, back = (register.a_practitioner(code) for code in ("p2", "p3"))
    for person in (*[busy] * 6, *[other] * 5):
        credit(register, person, 1)
    on_leave(register, back, (NOW - 20 * DAY).date(), (NOW - 2 * DAY).date())

    told = office.get("/v1/rotation/fairness", headers={"Accept-Language": "zh"}).json()["above"]
    own = ask("GET", "/v1/rotation/fairness").json()["above"]
    calibrate(register.begin, register.read, NOW)

    assert [(each["name"], each["cause"]) for each in told] == [(busy.name, "unmet"), (other.name, "unmet")]
    assert told[0]["text"].endswith("原因：他人返岗或者新列入名册，尚未补计轮次。")
    assert [each["name"] for each in own] == [busy.name, None]
    assert office.get("/v1/rotation/fairness").json()["above"] == []
