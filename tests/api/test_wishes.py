"""Point selection over HTTP: a recipient with link and code reaches their own case only, and is told at once."""

from datetime import date, timedelta

import pytest

from dispatch.commands.access.links import create_link, recipient_of
from dispatch.domain.errors import InvalidFieldError, UnauthenticatedError
from dispatch.domain.vocabulary import ModeName, Role, Status
from dispatch.registry.tables import CaseRow, LinkRow, OfferRow
from tests.rows import NOW


def recipient(office, case):
    """A link for the case, and a way to ask with it."""
    link = office.post(f"/v1/cases/{case.id}/links", {}).json()

    def ask(method, path, json=None, **more):
        headers = {"Authorization": f"Bearer {link['token']}", "Accept-Language": "zh"}
        return office.client.request(method, path, headers=headers, json=json, **more)

    return link, ask


def test_recipient_chooses_and_the_first_wish_that_can_be_honoured_is_asked(office):
    case = office.register.a_case()
    full, good = office.register.a_practitioner("full", capacity=0), office.register.a_practitioner("good")
    link, ask = recipient(office, case)
    office.post(f"/v1/cases/{case.id}/plan")

    choices = ask("GET", f"/v1/cases/{case.id}/choices").json()
    reported = ask("POST", f"/v1/cases/{case.id}/wishes", {"practitioner_ids": [full.id, good.id]}).json()
    own = ask("GET", f"/v1/links/{link['id']}").json()

    assert [choice["practitioner_id"] for choice in choices] == [good.id]
    assert not {"latitude", "longitude", "contact"} & choices[0].keys()
    assert [(wish["rank"], [refusal["code"] for refusal in wish["refusals"]]) for wish in reported] == [
        (None, ["under_cap"]), (1, []),
    ]  # fmt: skip
    assert "上限" in reported[0]["refusals"][0]["text"]
    [offer] = office.register.all(OfferRow)
    assert (offer.practitioner_id, offer.mode) == (good.id, ModeName.POINT_SELECTION)
    [wish] = own["wishes"]
    assert (own["status"], wish["name"], wish["place"]["state"]) == ("offered", good.name, "asked")
    assert (reported[0]["place"], reported[1]["place"]["text"]) == (None, "正在征询")
    assert office.register.get(CaseRow, case.id).status is Status.OFFERED


def test_recipient_reads_in_plain_words_what_is_still_owed(office):
    owed = {"materials_owed": ["identity", "means"], "materials_due_on": date(2026, 3, 16), "aid_first": "other"}
    link, ask = recipient(office, office.register.a_case(**owed))
    where = f"/v1/links/{link['id']}"

    zh, en = ask("GET", where).json()["owed"], office.get(where).json()["owed"]

    assert (zh["materials"], zh["due_on"]) == (["identity", "means"], "2026-03-16")
    assert zh["text"] == (
        "已先行为您提供法律援助，请在2026年3月16日（含当日）前向法律援助机构补交下列材料："
        "身份证明、经济困难状况说明及证明材料（诚信承诺书）。逾期不补交的，法律援助可能终止。"
    )
    assert "by the end of 2026-03-16: proof of identity; statement" in en["text"]


def test_recipient_reaches_no_other_case(office):
    mine, other = office.register.a_case("1"), office.register.a_case("2")
    person = office.register.a_practitioner()
    _, ask = recipient(office, mine)
    theirs, _ = recipient(office, other)

    answers = [
        ask("GET", f"/v1/cases/{other.id}/choices"),
        ask("GET", f"/v1/cases/{other.id}/wishes"),
        ask("GET", f"/v1/links/{theirs['id']}"),
        ask("POST", f"/v1/cases/{other.id}/wishes", {"practitioner_ids": [person.id]}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert ask("GET", "/v1/cases").status_code == 403
    assert ask("POST", f"/v1/cases/{mine.id}/links", {}).status_code == 403


def test_clerk_enters_wishes_for_who_has_no_device(office):
    case, person = office.register.a_case(), office.register.a_practitioner()

    reported = office.post(f"/v1/cases/{case.id}/wishes", {"practitioner_ids": [person.id]})

    assert reported.json()[0]["rank"] == 1
    assert office.get(f"/v1/cases/{case.id}/wishes").json() == [person.id]
    assert office.register.all(OfferRow) == []


def test_list_is_searched_by_name_and_unit(office):
    case = office.register.a_case()
    for code in ("p1", "p2"):
        office.register.a_practitioner(code)

    by_name = office.get(f"/v1/cases/{case.id}/choices", params={"search": "PERSON P2"}).json()
    by_unit = office.get(f"/v1/cases/{case.id}/choices", params={"search": "firm"}).json()

    assert [choice["name"] for choice in by_name] == ["person p2"]
    assert len(by_unit) == 2


def test_recipient_chooses_until_the_first_is_asked_and_is_told_until_when(office):
    case = office.register.a_case()
    people = [office.register.a_practitioner(code) for code in "abc"]
    link, ask = recipient(office, case)
    office.post(f"/v1/cases/{case.id}/plan")
    where = f"/v1/links/{link['id']}"

    before = ask("GET", where).json()
    ask("POST", f"/v1/cases/{case.id}/wishes", {"practitioner_ids": [person.id for person in people]})
    after = ask("GET", where).json()
    refused = ask("POST", f"/v1/cases/{case.id}/wishes", {"practitioner_ids": [people[2].id]})

    assert before["next_step"] == "请在3月10日9:00前选择承办人员，最多3名；到时未选的，由法律援助机构指派。"
    assert (before["choose_until"], [act["value"] for act in before["may"]]) == ("2026-03-10T09:00:00+08:00", ["wish"])
    assert (after["choose_until"], after["may"]) == (None, [])
    assert [(wish["name"], wish["place"]["state"], wish["place"]["text"]) for wish in after["wishes"]] == [
        ("person a", "asked", "正在征询"), ("person b", "waits", "尚未开始征询"), ("person c", "waits", "尚未开始征询"),
    ]  # fmt: skip
    ends = [wish["place"]["asked_until"] for wish in after["wishes"]]
    assert ends == sorted(ends)
    assert (refused.status_code, refused.json()["code"]) == (409, "wishes-asked")
    assert refused.json()["title"].startswith("已开始征询")


def test_wishes_are_not_heard_once_somebody_is_named(office):
    case, person = office.register.a_case(status=Status.ASSIGNED), office.register.a_practitioner()

    answer = office.post(f"/v1/cases/{case.id}/wishes", {"practitioner_ids": [person.id]})

    assert answer.json()["code"] == "illegal-transition"


def test_code_is_kept_as_a_digest_and_anything_wrong_is_refused_alike(register):
    case = register.a_case()
    link = create_link(register.begin, register.clerk, NOW, case.id)
    [row] = register.all(LinkRow)
    wrong = [link.token[:-1] + ("2" if link.token[-1] != "2" else "3"), f"lnk_none_{link.code}", "lnk_", link.token]

    with register.read() as session:
        actor = recipient_of(session, link.token.lower().replace(link.code.lower(), link.code.lower()), NOW)
        for token, now in zip(wrong, [NOW, NOW, NOW, link.expires_at], strict=True):
            with pytest.raises(UnauthenticatedError):
                recipient_of(session, token, now)

    assert (actor.case_id, actor.role) == (case.id, Role.RECIPIENT)
    assert link.code not in row.digest
    with pytest.raises(InvalidFieldError):
        create_link(register.begin, register.clerk, NOW, case.id, timedelta(days=61))
