"""The rotation in the console: who is next and why others are passed over, overrides tried, made and listed."""

from datetime import timedelta

from dispatch.commands.chain import start_plan
from dispatch.commands.offers.offers import answer
from dispatch.domain.states import GivingBack
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import AdjustmentRow, OfferRow
from tests.commands.test_rotation import DAY, credit, on_leave
from tests.rows import NOW


def test_next_ten_are_shown_with_those_passed_over_before_them_and_why(console, register):
    people = [register.a_practitioner(f"p{n:02}") for n in range(14)]

    assert "/console/rotation" in console.get("/match").text
    page, whole = console.get("/rotation").text, console.get("/rotation?all=1").text

    assert page.count("下一位") >= 1
    assert sum(person.code in page for person in people) == 10
    assert all(person.code in whole for person in people)
    assert "显示全部14人" in page


def test_order_by_institution_names_the_one_whose_turn_it_is(console, register):
    register.a_policy(rotation={"by": "institution"})
    had, due = (register.an_institution(code) for code in ("had", "due"))
    credit(register, register.a_practitioner("p1", had), 1)
    register.a_practitioner("p2", due)

    chinese, english = (console.get("/rotation", lang=lang).text for lang in ("zh", "en"))

    assert f"按机构轮流，现在轮到{due.name}。" in chinese
    assert f"按机构轮流，轮到{due.name}，比应得份额少派0.5轮。" in chinese
    assert f"By institution: it is the turn of {due.name}." in english
    assert f"<td>{had.name}</td>" in english


def test_manager_tries_an_override_then_makes_it_with_a_reason_that_stays(console, register):
    first, other = register.a_practitioner("p1"), register.a_practitioner("p2")
    asked = f"/rotation?practitioner_id={first.id}&turns=2"

    tried = console.get(asked, Role.MANAGER).text
    assert "尚未保存" in tried
    assert "经负责人调整，计入2轮，位次后移。" in tried
    assert register.all(AdjustmentRow) == []
    made = console.press(
        "/rotation/override", Role.MANAGER, practitioner_id=first.id, turns="2", reason="去年多办了两件"
    )
    page = console.get("/rotation", Role.CLERK).text

    assert made.status_code == 303, made.text
    assert f"{first.name} {first.code}" in page[page.index("历次调整") :]
    assert "去年多办了两件" in page
    assert page.index(other.code) < page.index(first.code)
    assert "尚未保存" not in console.get(asked, Role.CLERK).text


def test_order_without_a_reason_or_beyond_what_is_allowed_is_not_changed(console, register):
    person = register.a_practitioner("p1")

    without = console.press("/rotation/override", Role.MANAGER, practitioner_id=person.id, turns="2", reason="")
    beyond = console.get(f"/rotation?practitioner_id={person.id}&turns=99", Role.MANAGER)

    assert without.status_code == 422
    assert "尚未保存" in without.text
    assert 'id="reason-error"' in without.text
    assert beyond.status_code == 422
    assert console.press("/rotation/override", Role.MANAGER, practitioner_id=person.id, turns="99").status_code == 422
    assert register.all(AdjustmentRow) == []


def test_reason_stays_where_the_password_was_given_too_long_ago(console, register):
    person = register.a_practitioner("p1")
    console.forget_password(Role.MANAGER)

    asked = console.press("/rotation/override", Role.MANAGER, practitioner_id=person.id, turns="2", reason="多办两件")

    assert asked.status_code == 403
    assert "多办两件</textarea>" in asked.text
    assert 'href="/console/confirm?back=%2Frotation" target="_blank"' in asked.text
    assert register.all(AdjustmentRow) == []


def test_who_is_above_their_share_is_shown_with_the_absence_that_explains_it(console, register):
    busy, back = register.a_practitioner("p1"), register.a_practitioner("p2")
    assert "没有人超过。" in console.get("/rotation").text
    for _ in range(3):
        credit(register, busy, 1)
    on_leave(register, back, (NOW - 20 * DAY).date(), (NOW - 2 * DAY).date())

    chinese, english = (console.get("/rotation", lang=lang).text for lang in ("zh", "en"))

    assert (
        "按工作量计，比应得份额多15，超过一件最大的案件（10）。原因：他人返岗或者新列入名册，尚未补计轮次。" in chinese
    )
    assert "Cause: others came back or joined, and what they missed is not counted yet." in english


def test_turn_that_was_declined_is_told_to_officers_and_to_whoever_declined_it(console, register):
    register.a_policy([("rotation", 40), ("optimized", None)])
    console.user(Role.PRACTITIONER)
    case = register.a_case("1", due_at=NOW + timedelta(days=14))
    start_plan(register.begin, register.clerk, NOW, case.id)
    [offer] = register.all(OfferRow)
    answer(register.begin, register.clerk, NOW, offer.id, False, GivingBack.BUSY)
    register.a_practitioner("other")

    page, own = console.get("/rotation").text, console.get("/my-turn", Role.PRACTITIONER, lang="en").text

    assert "不接受征询或者逾期未答复1件，3月9日17:00以前排在其他人之后，已派轮次不变。" in page
    assert page.index("person other") < page.index("person seen")
    assert "until 2026-03-09 17:00 everyone else comes before you" in own
