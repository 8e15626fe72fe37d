"""Every page, for every role, in both languages: shown to whom it is for, refused to others, nothing untranslated."""

import re
from itertools import product

import pytest

from dispatch.commands.funds.tables import add_table
from dispatch.commands.life.arrangements import entrust
from dispatch.commands.runs.requests import request_run
from dispatch.commands.simulations.requests import request_simulation
from dispatch.console.frame.page import sees
from dispatch.console.pages import PAGES
from dispatch.console.pages.work import HOME
from dispatch.domain.documents import DocumentKind
from dispatch.domain.vocabulary import CaseSource, JobKind, Role, Status
from dispatch.domain.webhooks import HookState
from dispatch.exchange.documents.forms import fields_of
from dispatch.registry.jobs.requests import open_job
from dispatch.registry.tables import DocumentRow, InstitutionRow, PractitionerRow, WebhookRow
from tests.commands.policies.history import CITY
from tests.console.conftest import ORGAN
from tests.console.test_policies import drafted
from tests.domain.funds.test_subsidy import a_document
from tests.rows import NOW

CHINESE = re.compile(r"[一-鿿]")
LANGUAGES = ("zh", "en")


def words_of(html):
    """What a page says, without what is in another language by intent, and without names of the register."""
    text = re.sub(r"(?s)<(script|style|svg)\b.*?</\1>", " ", html)
    text = re.sub(r'(?s)<(\w+)[^>]* lang="zh-CN"[^>]*>.*?</\1>', " ", text.partition("<body")[2])
    return re.sub(r"<[^>]+>", " ", text)


def address_of(page, parts):
    return page.path.format(**parts)


@pytest.fixture
def parts(console, register):
    """What stands in addresses, by the name of the part."""
    case, own = register.a_case("2026-0001", demand=2), register.a_case("2026-0002", status=Status.ASSIGNED)
    person = register.get(PractitionerRow, console.user(Role.PRACTITIONER).practitioner_id)
    tie = register.an_assignment(own, person)
    with register.begin() as tx:
        job = open_job(tx, JobKind.IMPORT, register.clerk, register.centre.id, NOW)
    held = register.an_assignment(case, register.a_practitioner("held"))
    letter = register.add(a_letter(register, case))
    papers = {"kind": letter.kind.value, "document_id": letter.id}
    firm = console.user(Role.INSTITUTION).institution_id
    register.a_practitioner("theirs", register.get(InstitutionRow, firm))
    given = entrust(register.begin, register.clerk, NOW, register.a_case("2026-0003").id, firm, "in turn")
    linked = {"link_id": console.recipient_of(case).id, "arrangement_id": given.id}
    papers["assignment_id"] = held.id
    papers["code"] = "queue"
    papers["webhook_id"] = register.add(a_webhook(register)).id
    papers["run_id"] = request_run(register.begin, register.clerk, NOW).id
    papers |= {"practitioner_id": person.id, "institution_id": firm, "organ_id": register.a_listed_organ().id}
    noticed = register.a_case("2026-0004", source=CaseSource.NOTICE_MUST, organ=ORGAN)
    linked["notice_id"] = noticed.id
    papers["policy_id"], papers["draft_id"] = register.policy.id, drafted(console, note="fairer").id
    linked["trial_id"] = request_simulation(register.begin, register.manager, NOW, papers["draft_id"], CITY, seed=1).id
    linked["table_id"] = add_table(register.begin, register.manager, NOW, a_document({"amount_fen": 1})).id
    linked["user_id"] = console.user(Role.ADMIN).id
    return {"case_id": case.id, "job_id": job.id, "what": "cases", "tie_id": tie.id, **papers, **linked}


def a_webhook(register):
    """An endpoint that is told of assignments."""
    return WebhookRow(
        centre_id=register.centre.id, name="system", url="https://hooks.example.org/", types=["case.assigned"],
        sealed=b"", state=HookState.ACTIVE, created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def a_letter(register, case):
    """A letter to the organ with nothing in its fields."""
    fields = dict.fromkeys(fields_of(DocumentKind.LETTER), "")
    return DocumentRow(
        centre_id=case.centre_id, case_id=case.id, kind=DocumentKind.LETTER, about_id=case.id, organ=ORGAN,
        addressees=[], series="援函", year=2026, serial=1, number="商援函字〔2026〕第1号",
        sealed=register.seal.seal(fields), issued_by=register.clerk.user_id, issued_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_is_shown_to_whom_it_is_for_in_their_language(console, parts, lang):
    for page, role in product(PAGES, [*Role, None]):
        actor = role and console.user(role)

        answer = console.get(address_of(page, parts), role, lang=lang)

        about = (page.path, role, answer.status_code, answer.headers.get("location"))
        if actor is None and page.verbs:
            assert answer.status_code == 303, about
            way_in = f"/console/r/{parts['link_id']}" if page.path.startswith("/r/") else "/console/sign-in?back="
            assert way_in in answer.headers["location"], about
        elif page.verbs and not sees(page, actor):
            assert answer.status_code == 403, about
        else:
            led = page.path in ("/sign-in", "/r/{link_id}") or (page.path == "/" and role in HOME)
            assert answer.status_code == 200 or (actor and led), about
        if answer.status_code != 303 and "text/html" in answer.headers["content-type"]:
            assert "undefined" not in answer.text, about
            assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in answer.text, about
            said = words_of(answer.text)
            assert bool(CHINESE.search(said)) == (lang == "zh"), (about, said)
