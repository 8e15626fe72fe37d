"""Buttons that stand at the edge of a case's way, each pressed once; and that no button is left that nobody presses."""

import re
from base64 import b32decode
from pathlib import Path
from shutil import which
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from dispatch.commands.access import passwords
from dispatch.commands.cases.changes import change_case
from dispatch.commands.cases.intake import submit_case
from dispatch.commands.documents.stationery import set_letterhead
from dispatch.console.pages import PAGES
from dispatch.console.pages import case as case_page
from dispatch.domain.permissions import Actor
from dispatch.domain.states import AmendmentState, EndReason
from dispatch.domain.vocabulary import PartyRole, Role, Status
from dispatch.registry.tables import (
    AmendmentRow,
    AssignmentRow,
    CaseRow,
    ComplaintRow,
    CredentialRow,
    DocumentRow,
    PractitionerRow,
)
from tests.commands.test_second_person import MURDER
from tests.console.counting import count_commands
from tests.console.test_frame import PASSWORD, enter, with_password
from tests.rows import NOW, a_draft


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(passwords, "COST", passwords.PasswordCost(1, 8))


def lowered(console, case):
    """Propose that the case is grave no more; return what waits for a second person."""
    register = console.register
    user = console.user(Role.CLERK)
    clerk = Actor(user.id, Role.CLERK, register.centre.id)
    change_case(register.begin, register.seal, clerk, NOW, case.id, {"grave": False}, case.revision)
    [row] = register.all(AmendmentRow)
    return row


def test_second_person_decides_on_a_lowered_protection_and_nothing_left_out_counts_as_no(console, register):
    case = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(**MURDER))
    waiting = lowered(console, case)

    def decide(**fields):
        given = {f"change-{waiting.id}.{name}": value for name, value in fields.items()}
        return console.press(f"/cases/{case.id}/review-change", Role.MANAGER, more={"amendment": waiting.id} | given)

    undecided, unsaid = decide(reason="属实"), decide(approve="true")
    assert (undecided.status_code, unsaid.status_code) == (422, 422)
    assert register.get(AmendmentRow, waiting.id).state is AmendmentState.WAITING
    decide(approve="true", reason="属实")

    assert register.get(AmendmentRow, waiting.id).state is AmendmentState.MADE
    assert register.get(CaseRow, case.id).grave is False


def test_who_proposed_a_change_takes_it_back(console, register):
    case = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(**MURDER))
    waiting = lowered(console, case)

    console.press(f"/cases/{case.id}/withdraw-change", amendment=waiting.id)

    assert register.get(AmendmentRow, waiting.id).state is AmendmentState.WITHDRAWN
    assert register.get(CaseRow, case.id).grave is True


def test_own_counsel_ends_the_case(console, register):
    case = register.a_case("1")

    console.press(f"/cases/{case.id}/own-counsel", more={"own-counsel.text": "家属已委托律师"})

    assert register.get(CaseRow, case.id).status is Status.RETAINED


def test_document_is_issued_printed_taken_along_and_voided(console, register):
    set_letterhead(register.begin, register.manager, NOW, "商", "王主任", "0370-12348")
    case = register.a_case("1", status=Status.ASSIGNED)
    register.a_person(case, PartyRole.RECIPIENT, name="古丽米热")
    register.an_assignment(case, register.a_practitioner("held"))

    made = console.press(
        f"/cases/{case.id}/documents/assignment_notice/issue",
        more={"values.days_to_arrange": "3", "values.days_to_tell": "3"},
    )
    assert made.status_code == 303, made.text
    page = made.headers["location"].removeprefix("/console").partition("?")[0]
    printed, word, pdf = console.get(page), console.press(f"{page}/docx"), console.press(f"{page}/pdf")
    console.press(f"{page}/void", more={"void.reason": "承办人员有误"})

    assert "古丽米热" in printed.text
    assert word.content[:2] == b"PK"
    assert pdf.content[:4] == b"%PDF" if which("soffice") else pdf.status_code == 406
    [row] = register.all(DocumentRow)
    assert row.voided_at is not None


def own_case(console, **columns):
    case = console.register.a_case("1", status=Status.ASSIGNED)
    person = console.register.get(PractitionerRow, console.user(Role.PRACTITIONER).practitioner_id)
    return case, console.register.an_assignment(case, person, **columns)


def test_lawyer_gives_a_case_back_with_a_reason(console, register):
    _, held = own_case(console, accepted_at=NOW)

    without = console.press(f"/my-cases/{held.id}/give-back", Role.PRACTITIONER)
    console.press(f"/my-cases/{held.id}/give-back", Role.PRACTITIONER, reason="health")

    assert without.status_code == 422
    assert register.get(AssignmentRow, held.id).end_reason is EndReason.ABANDONED


def test_lawyer_declares_a_conflict_and_has_the_case_no_more(console, register):
    case, held = own_case(console)

    console.press(f"/my-cases/{held.id}/conflict", Role.PRACTITIONER, text="曾为对方提供法律服务")

    assert register.get(AssignmentRow, held.id).ended_at is not None
    assert register.get(CaseRow, case.id).status is Status.PENDING


def test_recipient_rates_complains_and_objects(console, register):
    case = register.a_case("1", status=Status.CLOSED)
    register.an_assignment(case, register.a_practitioner("lawyer"), accepted_at=NOW, closed_at=NOW)
    page = f"/r/{console.recipient_of(case).id}/case"

    nothing = console.press(f"{page}/rate", Role.RECIPIENT)
    console.press(f"{page}/rate", Role.RECIPIENT, stars="5")
    console.press(f"{page}/complain", Role.RECIPIENT, ground="neglect", text="三次没有按约会见")
    with register.begin() as tx:
        tx.session.get_one(CaseRow, case.id).status = Status.REFUSED
    objected = console.press(f"{page}/contest", Role.RECIPIENT, text="收入计算有误")

    assert nothing.status_code == 422
    assert len(register.all(ComplaintRow)) == 1
    assert objected.status_code == 303


def test_password_is_changed_and_given_again_for_grave_acts(console):
    login = with_password(console)
    console.secrets[Role.CLERK] = re.search(r"lad-session=([\w-]+)", enter(console, login).headers["set-cookie"])[1]

    wrong = console.press("/confirm/give", password="another one entirely")
    right = console.press("/confirm/give?back=/account", password=PASSWORD)
    changed = console.press("/password/change", old=PASSWORD, new="quite another four words")
    assert changed.status_code == 303, changed.text

    assert wrong.status_code == 401
    assert "密码不对，请重新输入" in wrong.text
    assert right.headers["location"] == "/console/account?done=give"
    assert enter(console, login).status_code == 401
    assert enter(console, login, "quite another four words").status_code == 303
    assert console.press("/account/sign-out").headers["location"] == "/console/sign-in"
    assert console.get("/account").headers["location"].startswith("/console/sign-in")


def test_authenticator_is_bound_by_its_code_and_gives_codes_for_its_loss(console, register):
    offered = console.get("/authenticator", Role.MANAGER).text
    secret = re.search(r"\b[A-Z2-7]{32}\b", offered.replace(" ", ""))[0]
    code = TOTP(b32decode(secret), 6, SHA1(), 30).generate(int(NOW.timestamp())).decode()

    wrong = console.press("/authenticator/prove", Role.MANAGER, code="000000")
    bound = console.press("/authenticator/prove", Role.MANAGER, code=code)
    more = console.press("/authenticator/codes", Role.MANAGER)

    assert wrong.status_code == 401
    assert "核对手机时间" in wrong.text
    first, second = (set(re.findall(r"<li><code>([^<]+)</code>", page.text)) for page in (bound, more))
    assert first
    assert second
    assert not first & second
    [row] = register.all(CredentialRow)
    assert row.totp is not None


def test_every_button_of_every_page_is_pressed_by_a_test():
    here = Path(__file__).parent
    tests = "".join(path.read_text() for path in here.rglob("*.py"))
    pressed = {act for page in PAGES for act in page.acts if re.search(rf'[/"]{act}[?"\']', tests)}

    assert {act for page in PAGES for act in page.acts} - pressed == set()


def test_second_command_behind_a_button_is_noticed(console, register, monkeypatch):
    given, first, second = count_commands(monkeypatch), register.a_case("1"), register.a_case("2")

    def twice(visit, form):
        for case in (first, second):
            case_page.board.post_case(visit.begin, visit.actor, visit.now, case.id)

    monkeypatch.setattr(console, "given", given)
    twice(SimpleNamespace(begin=register.begin, actor=register.clerk, now=NOW), None)

    with pytest.raises(AssertionError):
        console.require_one_command("/cases", SimpleNamespace(status_code=303, headers={}))
    given.clear()
    with pytest.raises(AssertionError):
        console.require_one_command("/cases", SimpleNamespace(status_code=303, headers={}))
