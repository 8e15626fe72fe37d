"""A case with names in it, each document of it, and what a person reads on the page."""

import html
import re

from dispatch.commands.documents import issuing, reading
from dispatch.commands.documents.stationery import set_letterhead
from dispatch.commands.life import ends, supervision
from dispatch.commands.life.replacements import ask, decide
from dispatch.domain.documents import DocumentKind
from dispatch.domain.states import CallBackManner, Effect, ReplacementGround, Satisfaction, TerminationGround
from dispatch.domain.vocabulary import PartyRole
from dispatch.exchange.documents.page import write_page
from dispatch.registry.tables import PartyRow
from tests.commands.life.acts import at_work, closed
from tests.rows import NOW

PHONE = {"practitioner_phone": "13800000001"}
CIVIL = PHONE | {"standing": "原告"}

# What each document needs that no register holds.
NEEDS = {
    DocumentKind.ASSIGNMENT_NOTICE: {"days_to_arrange": "2"},
    DocumentKind.LETTER: CIVIL,
    DocumentKind.AGREEMENT: {"authority": "一般授权"},
    DocumentKind.CHANGE_NOTICE: {"days_to_arrange": "5"},
    DocumentKind.TERMINATION: {},
    DocumentKind.TERMINATION_LETTER: {},
    DocumentKind.CLOSING_REPORT: {},
    DocumentKind.CHANGE_APPROVAL: {"opinion": "经核实，建议更换"},
    DocumentKind.HEARING_RECORD: {},
    DocumentKind.INQUIRY: {},
    DocumentKind.CALL_BACK: {},
}


def with_letterhead(register):
    set_letterhead(register.begin, register.manager, NOW, "商", "王主任", "0370-12348")


def a_named_case(register, number="2026-7", name="张三丰", **columns):
    """Store a case with its recipient."""
    case = register.a_case(number, **{"organ": "某市某区人民法院"} | columns)
    sealed = register.seal.seal({"name": name, "contact": "13900000002"})
    register.add(PartyRow(centre_id=case.centre_id, case_id=case.id, role=PartyRole.RECIPIENT, sealed=sealed))
    return case


def an_ended_case(register):
    """Let a case with names be worked on to its closing report."""
    case = a_named_case(register)
    assignment = at_work(register, case, register.a_practitioner("p1"))
    closed(register, assignment, text="已会见\n已调解 <全部支付>", effect=Effect.WHOLLY)
    return case, assignment


def a_terminated_case(register):
    """Let a case with names end after its letter was sent."""
    case = a_named_case(register)
    at_work(register, case, register.a_practitioner("p1"))
    issued(register, case, DocumentKind.LETTER)
    ground = TerminationGround.CASE_OVER
    ends.terminate(register.begin, register.seal, register.clerk, NOW, case.id, ground, "用人单位已付清欠薪")
    return case


def a_changed_case(register, same_institution=True):
    """Let the recipient of a case with names ask for another person, and the manager agree."""
    case = a_named_case(register)
    at_work(register, case, register.a_practitioner("p1"))
    register.a_practitioner("p2")
    with_seal = register.begin, register.seal
    asked = ask(
        *with_seal,
        register.recipient(case),
        NOW,
        case.id,
        ReplacementGround.HEALTH,
        "承办人员住院",
        ["住院证明", "会见记录"],
    )
    decide(*with_seal, register.manager, NOW, asked.id, True, "经核实，情况属实", same_institution)
    return case


def a_supervised_case(register, answered=True):
    """Let the work on a case with names be supervised in each way."""
    case = a_named_case(register)
    assignment = at_work(register, case, register.a_practitioner("p1"))
    clerk = register.begin, register.seal, register.clerk, NOW
    supervision.attend_hearing(*clerk, assignment.id, "李某、赵某", "准备充分\n质证、辩论意见明确")
    inquiry = supervision.inquire(*clerk, assignment.id, "是否按时出庭？代理意见如何？")
    if answered:
        supervision.record_answer(*clerk, inquiry.id, Satisfaction.SATISFIED, "钱法官", "代理意见被采纳")
    how = CallBackManner.TELEPHONE, Satisfaction.FAIRLY
    supervision.call_back(*clerk, assignment.id, *how, "李某", "会见两次", "希望多沟通")
    return case


def issued(register, case, kind, values=None, now=NOW, actor=None, about_id=None):
    values = NEEDS[kind] if values is None else values
    return issuing.issue(register.begin, register.seal, actor or register.clerk, now, case.id, kind, values, about_id)


def read(register, row, actor=None):
    return reading.read_document(register.begin, register.seal, actor or register.clerk, NOW, row.id)


def page_of(register, row):
    document = read(register, row)
    return write_page(document.row.kind, document.values)


def text_of(page):
    """What a person reads, a line each."""
    body = page.partition("<body>")[2].replace("</th><td>", "：")
    text = html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"<hr[^>]*>", "\n· · ·", body)))
    return "\n".join(filter(None, (line.strip() for line in text.splitlines()))) + "\n"
