"""Who may be assigned: every hard rule once, with its source and its refusal in plain words.

A pair passes only if every rule surely holds; a missing fact refuses, and is told as unknown:
assigning an unqualified person is a liability (《法律援助法》第六十一条第二项). A rule on pairs refuses
where the register records the fact. What one decision must keep apart is in the docket's groups.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.blanks import CASE_FACTS
from dispatch.domain.eligibility.kleene import YES, all_of, any_of, at_least, negation, truth, truths
from dispatch.domain.eligibility.predicates import (
    IN_COURT,
    LAWYERS,
    LICENSED,
    LITIGATES,
    OWN_BUREAU,
    defends,
    duty_years,
    girl_harmed,
    in_reach,
    in_territory,
    is_kind,
    is_matter,
    is_of,
    is_service,
    is_woman,
    represents,
    specialised,
    switched,
    unless,
    where,
)
from dispatch.domain.eligibility.rules import Mask, Refusal, Rule, View
from dispatch.domain.eligibility.soft_rules import BITS, Soft, bits_of
from dispatch.domain.eligibility.verdicts import Eligibility, Memory, judge
from dispatch.domain.law.citations import OWN, Trust, cite, cited
from dispatch.domain.vocabulary import InstitutionKind, Matter, PairKind, PractitionerKind, Service

__all__ = [
    "RULES", "RULES_BY_CODE", "WORKLOAD", "Eligibility", "Refusal", "Rule", "View", "basis_text", "eligible",
    "refusal_text",
]  # fmt: skip

SERVICE = ("matter", "service", "stage", "grave", "death_review", "compulsory_treatment")
REVIEW = ("death_review", "supreme_review", "on_notice")
RECIPIENT = ("minor", "recipient_sex", "sexual_assault", "woman_waived")

RULES = (
    # qualification and form of service
    Rule("lawyer_for_defence", "H1", cite("legal_aid_law", 25, paragraph=1) + cite("legal_aid_law", 36)
         + cite("criminal_procedure_law", 34, paragraph=1) + cite("criminal_procedure_law", 35),
         "本案为刑事辩护，须由执业律师承办；请改派律师。",
         "Criminal defence is for practising lawyers only; a lawyer would pass.",
         SERVICE, lambda d: where(defends(d), is_kind(d, *LAWYERS))),
    Rule("staff_qualified", "H1a", cite("legal_aid_law", 13),
         "未登记具有律师资格或者法律职业资格，法律援助机构工作人员须具有该资格；具有的请登记，否则请改派。",
         "Centre staff must hold lawyer or legal professional qualification; once it is recorded they pass.",
         (), lambda d: where(is_kind(d, PractitionerKind.CENTRE_STAFF), d.practitioner.legal_qualification)),
    Rule("volunteer_certified", "H1b", cite("lawyers_law", 13),
         "志愿者办理刑事案件，须持律师执业证；已持证的，请登记为“法律援助志愿者（执业律师）”，否则请改派律师。",
         "A volunteer in criminal work needs a practising certificate; with one recorded they pass.",
         SERVICE, lambda d: where(all_of(is_matter(d, Matter.CRIMINAL), represents(d)),
                                  negation(is_kind(d, PractitionerKind.VOLUNTEER)))),
    Rule("grave_years", "H2", cite("legal_aid_law", 26) + cite("case_procedures", 26, paragraph=1),
         "犯罪嫌疑人、被告人可能被判处无期徒刑、死刑（或者为死刑复核案件），须由具有三年以上（本中心规定更长的，按其规定）"
         "刑事辩护经历的律师承办；请改派。",
         "A case with possible life imprisonment or death needs the policy's years of criminal defence.",
         SERVICE, lambda d: where(all_of(any_of(d.case.grave, d.case.death_review), defends(d)),
                                  at_least(d.practitioner.criminal_defence_years, d.policy.thresholds.grave_years))),
    Rule("death_review_transfer", "H2b", cite("death_review_aid", 1, 4),
         "最高人民法院复核的死刑案件由司法部法律援助中心指派律师；请登记后移送（由高级人民法院复核的，请登记复核法院）。",
         "Reviews by the Supreme People's Court are assigned by the ministry's centre: record the case and transfer "
         "it, or record that a High People's Court reviews it.",
         REVIEW, lambda d: switched(not d.policy.checks.supreme_review, negation(d.case.supreme_review))),
    Rule("death_review_notified", "H2b", cite("criminal_procedure_interpretation", 47, paragraph=2)
         + cite("legal_aid_law", 36),
         "高级人民法院复核的死刑案件，由该院通知的省级法律援助机构指派律师；本中心收到通知的，请将案件来源登记为“应当通知辩护、代理”，"
         "否则请移送。",
         "Reviews by a High People's Court are assigned by the provincial institution it notifies: record the notice "
         "as the case's source, or transfer the case.",
         REVIEW, lambda d: where(all_of(d.case.death_review, negation(d.case.supreme_review)), d.case.on_notice)),
    Rule("minor_lawyer", "H3", cite("minors_protection_law", 104, paragraph=2)
         + cite("case_procedures", 26, paragraph=2),
         "受援人为未成年人，须由律师承办；请改派律师。",
         "A minor is served by a lawyer; a lawyer would pass.",
         RECIPIENT, lambda d: where(d.case.minor, is_kind(d, *LAWYERS))),
    Rule("minor_trained", "H3a", cite("minors_protection_law", 104, paragraph=2)
         + cite("case_procedures", 26, paragraph=2) + cite("criminal_procedure_interpretation", 564) + OWN,
         "按本中心规定，受援人为未成年人的，承办律师须以登记的专门培训证明熟悉未成年人身心特点；登记培训后可承办。",
         "By this centre's rule, a minor's lawyer proves by recorded training that they know minors' traits; "
         "with it recorded they pass.",
         ("minor", "service"), lambda d: switched(d.policy.checks.minor_trained,
                                                  where(all_of(d.case.minor, represents(d)),
                                                        d.practitioner.minor_trained))),
    Rule("girl_woman", "H4", cite("minors_guidelines", trust=Trust.SECONDARY),
         "受援人为遭受性侵害的女性未成年人，优先指派女性承办人员；没有合适的女性承办人员的，记录理由后可以指派其他人员。",
         "A girl's sexual-assault case goes to a woman while one is feasible; otherwise a reason is recorded.",
         RECIPIENT, lambda d: unless(d.case.woman_waived, where(girl_harmed(d), is_woman(d)))),
    Rule("grassroots_not_criminal", "H5", cite("grassroots_workers", 26, trust=Trust.UNREAD),
         "基层法律服务工作者不得办理刑事案件；请改派律师。",
         "A grass-roots legal service worker takes no criminal case; a lawyer would pass.",
         SERVICE, lambda d: where(is_matter(d, Matter.CRIMINAL),
                                  negation(is_kind(d, PractitionerKind.GRASSROOTS_WORKER)))),
    Rule("grassroots_territory", "H5a", cite("grassroots_workers", 27, trust=Trust.SECONDARY),
         "基层法律服务工作者代理民事、行政诉讼，须符合执业区域要求：一方当事人住所地或者审理（一审）的基层人民法院在其"
         "执业区域，二审、再审为继续代理；请登记住所地、审理法院所在地区，或者改派符合条件的人员、律师。",
         "A grass-roots worker litigates where a party is domiciled or a basic people's court hears the case in their "
         "area, and follows such a case to second instance and retrial; a lawyer would pass.",
         ("service", "stage", "domiciles", "court_area", "lead_before", "second_before"),
         lambda d: switched(d.policy.checks.grassroots_territory,
                            where(all_of(is_service(d, *LITIGATES),
                                         is_kind(d, PractitionerKind.GRASSROOTS_WORKER)), in_territory(d)))),
    Rule("volunteer_services", "H6", cite("legal_aid_law", 17, paragraph=2),
         "高等院校、科研机构组织的法律援助志愿者提供法律咨询、代拟法律文书等服务；本案请改派其他人员。",
         "Volunteers whom a university organises give advice and draft documents; representation needs someone else.",
         SERVICE, lambda d: where(all_of(represents(d), is_kind(d, PractitionerKind.VOLUNTEER)),
                                  negation(is_of(d, InstitutionKind.UNIVERSITY)))),
    Rule("volunteers_light", "H6", OWN,
         "按本中心规定，非执业律师的志愿者只提供法律咨询、代拟法律文书等服务；本案请改派其他人员。",
         "By this centre's rule, volunteers without a practising certificate give advice and draft documents only; "
         "representation needs someone else.",
         SERVICE, lambda d: switched(d.policy.checks.volunteers_light,
                                     unless(negation(represents(d)),
                                            negation(is_kind(d, PractitionerKind.VOLUNTEER))))),
    Rule("compulsory_treatment_lawyer", "H7", cite("legal_aid_law", 28)
         + cite("criminal_procedure_law", 304, paragraph=2),
         "本案为强制医疗案件，须由律师担任诉讼代理人；请改派律师。",
         "A compulsory-treatment case needs a lawyer as agent; a lawyer would pass.",
         SERVICE, lambda d: where(d.case.compulsory_treatment, is_kind(d, *LAWYERS))),
    Rule("duty_help_lawyer", "H9", cite("legal_aid_law", 14, 30)
         + cite("criminal_procedure_law", 36, paragraph=1),
         "值班律师法律帮助须由律师提供；请安排律师。",
         "Duty help is given by lawyers; a lawyer would pass.",
         SERVICE, lambda d: where(is_service(d, Service.DUTY_HELP), is_kind(d, *LAWYERS))),
    Rule("duty_years", "H9a", OWN,
         "执业年限未达到本地对值班律师的要求，或者没有登记；请安排符合年限的律师。",
         "A duty lawyer needs the local years of practice; one who has them would pass.",
         SERVICE, lambda d: where(is_service(d, Service.DUTY_HELP), duty_years(d))),
    Rule("takes_outside_cases", "H13", cite("government_lawyers", trust=Trust.UNREAD)
         + cite("company_lawyers", trust=Trust.UNREAD),
         "公职律师、公司律师不以律师身份办理所在单位以外的案件；请改派社会律师或者法律援助律师"
         "（本中心、本级司法局的公职律师，请登记其所在机构类型）。",
         "Government and company lawyers take no cases outside their own unit; a law-firm lawyer would pass, "
         "and so would a government lawyer of the centre's own bureau.",
         (), lambda d: all_of(negation(is_kind(d, PractitionerKind.COMPANY_LAWYER)),
                              where(is_kind(d, PractitionerKind.GOVERNMENT_LAWYER), is_of(d, *OWN_BUREAU)))),
    # status
    Rule("assessment_on_record", "H10", cite("lawyers_law", 13)
         + cite("lawyers_law", 53, paragraph=2) + OWN,
         "指派当日执业证年度考核备案已过期或者未登记；按执业证“年度考核备案”栏补登有效期后可承办。",
         "The annual assessment stamped in the certificate must be on record and in force that day; with it recorded "
         "they pass.",
         (), lambda d: where(is_kind(d, *LICENSED), d.practitioner.assessed)),
    Rule("not_suspended", "H11", cite("lawyers_law", 47, to=49) + cite("lawyers_law", 51, paragraph=1) + OWN,
         "正在停止执业或者暂停指派期间；请改派，期满后可承办。",
         "Nobody is assigned while suspended; after the suspension they pass.",
         (), lambda d: negation(d.practitioner.suspended)),
    Rule("institution_active", "H11", cite("lawyers_law", 50, paragraph=1)
         + cite("lawyers_law", 51, paragraph=2) + OWN,
         "所在机构正在停业整顿或者暂停指派期间；请改派，期满后可指派。",
         "The institution is suspended; after the suspension its people pass.",
         (), lambda d: negation(d.practitioner.institution_suspended)),
    # conflict and recusal
    Rule("no_co_defence", "H15", cite("criminal_procedure_interpretation", 43, paragraph=2),
         "已为同案或者犯罪事实存在关联的其他犯罪嫌疑人、被告人辩护，不得再为本案辩护；请改派其他律师。",
         "Already defends a co-defendant or someone tried on related facts; another lawyer would pass.",
         ("service",), lambda d: negation(is_service(d, Service.DEFENCE)), pair=PairKind.CO_DEFENCE),
    Rule("no_duty_help_before", "H15a", OWN,
         "曾作为值班律师为共同犯罪的多名犯罪嫌疑人、被告人提供法律帮助；按本地规定不再担任本案辩护人，请改派其他律师。",
         "Gave duty help to several co-suspects and, by the rule of the place, does not defend here; "
         "another lawyer would pass.",
         ("service",), lambda d: unless(truth(not d.policy.checks.duty_helpers),
                                        negation(is_service(d, Service.DEFENCE))), pair=PairKind.DUTY_HELP),
    Rule("no_conflict", "H16", cite("lawyers_law", 39),
         "与本案存在利益冲突，不得承办；请改派无利益冲突的人员。",
         "Has a conflict of interest and must recuse; someone without one would pass.",
         (), lambda d: truth(False), pair=PairKind.CONFLICT),
    Rule("not_adverse", "H16", cite("lawyers_law", 39)
         + cite("lawyer_practice_measures", 28, paragraph=1, trust=Trust.SECONDARY)
         + cite("lawyer_conduct_rules", 51, trust=Trust.SECONDARY) + OWN,
         "承办或者曾承办对方当事人的案件，或者在其他案件中与本案受援人利益相对，不得承办本案；请改派无利益冲突的人员。",
         "Acts, or has acted, for the opponent of this case or against its client; someone who never did would pass.",
         (), lambda d: truth(False), pair=PairKind.ADVERSE),
    Rule("conflict_reviewed", "H16", cite("lawyers_law", 39)
         + cite("lawyer_conduct_rules", 51, 52, trust=Trust.SECONDARY) + OWN,
         "本人或者所在机构承办、曾承办的案件中，有与本案当事人姓名相同或者利益可能相对的人，尚未核对；请在本案的"
         "“利益冲突核对”中确认或者排除（补登身份证件号码，或者登记当事人的书面同意），排除后可承办。",
         "They or their institution act or acted in a case with a person of the same name, or with interests perhaps "
         "adverse to this one: review it in the case's conflicts (record the identity number or the written consent); "
         "once dismissed they pass.",
         (), lambda d: truths((None,)), pair=PairKind.UNCLEAR),
    Rule("no_declared_tie", "H16", cite("lawyers_law", 39) + cite("civil_code", 1045, paragraph=2)
         + cite("lawyer_penalties", 7, item=3, trust=Trust.UNREAD)
         + cite("lawyer_conduct_rules", 51, trust=Trust.SECONDARY),
         "申报的顾问单位、近亲属为本案对方当事人，或者经核对存在利益冲突，不得承办；请改派无利益冲突的人员。",
         "A client they advise or a near relative, as declared, is the opponent, or was found to conflict; someone "
         "without such a tie would pass.",
         (), lambda d: truth(False), pair=PairKind.TIED),
    Rule("declared_tie_reviewed", "H16", cite("lawyers_law", 39)
         + cite("lawyer_conduct_rules", 52, trust=Trust.SECONDARY) + OWN,
         "本人、所在机构或者同机构人员申报的顾问单位、亲属与本案当事人姓名（名称）相同或者利益可能相对，或者亲属在本案办案机关任职，"
         "尚未核对；请在本案的“申报关系核对”中确认或者排除（补登证件号码，或者登记当事人的书面同意），排除后可承办。",
         "A client or relative declared by them, their institution or a colleague has the name of a party, has "
         "interests perhaps adverse to the recipient, or serves at the organ of the case: review it in the case's "
         "declared ties (record the identity number or the written consent); once dismissed they pass.",
         (), lambda d: truths((None,)), pair=PairKind.TIE_UNCLEAR),
    Rule("not_opposite", "H16a", cite("lawyer_conduct_rules", 51, trust=Trust.SECONDARY)
         + cite("hangzhou_regulation", 32) + OWN,
         "其所在机构已代理对方当事人；请改派其他机构的人员。",
         "Their institution already acts for the other side; someone of another institution would pass.",
         (), lambda d: truth(False), pair=PairKind.OPPOSITE),
    Rule("former_office_years", "H17", cite("lawyers_law", 41)
         + cite("judges_law", 36, paragraph=1) + cite("procurators_law", 37, paragraph=1)
         + cite("criminal_procedure_interpretation", 41, paragraph=1),
         "曾任法官、检察官，离任未满二年（本中心规定更长的，按其规定），不得担任诉讼代理人或者辩护人；请改派。",
         "A former judge or procurator stays out of litigation and defence until the years have passed.",
         SERVICE, lambda d: where(is_service(d, *IN_COURT), negation(d.practitioner.left_office_recently))),
    Rule("former_organ", "H17", cite("judges_law", 36, paragraph=2)
         + cite("procurators_law", 37, paragraph=2) + cite("criminal_procedure_interpretation", 41, paragraph=2),
         "曾在本案办案的人民法院或者人民检察院任法官、检察官，不得担任该院案件的诉讼代理人或者辩护人；请改派。",
         "Served in this very court or procuratorate and never acts in its cases; someone else would pass.",
         ("service", "organ"),
         lambda d: where(is_service(d, *IN_COURT), negation(d.per_organ(d.lookups.served_at)))),
    Rule("no_relative_at_organ", "H18", cite("judges_law", 24) + cite("procurators_law", 25)
         + cite("criminal_procedure_interpretation", 41, paragraph=3),
         "配偶、父母或者子女在本案办案的人民法院（人民检察院）任职，不得担任本案辩护人、诉讼代理人；请改派。",
         "A spouse, parent or child serves at this court or procuratorate; someone without such a relative would pass.",
         ("service", "organ"),
         lambda d: where(is_service(d, *IN_COURT), negation(d.per_organ(d.lookups.related_at)))),
    Rule("not_removed", "H19", cite("criminal_procedure_interpretation", 310),
         "已被人民法院依法决定不得继续担任本案辩护人、诉讼代理人；请改派。",
         "The court decided that they may not go on as defender or agent in this case; someone else would pass.",
         ("service",), lambda d: negation(is_service(d, *IN_COURT)), pair=PairKind.REMOVED),
    Rule("not_refused_before", "H19", OWN,
         "在本案中曾不接受征询、被受援人拒绝或者已被更换；请改派其他人员。",
         "Declined, was refused or was replaced in this case before; someone else would pass.",
         (), lambda d: truth(False), pair=PairKind.REFUSED),
    Rule("one_seat_each", "H8", OWN,
         "已是本案另一名承办人员；请另选一人。",
         "Already holds the other seat of this case; someone else would pass.",
         (), lambda d: truth(False), pair=PairKind.SEATED),
    # what the centre asks
    Rule("listed", "policy", OWN,
         "未列入法律援助人员名册；列入后可承办。",
         "Is not on the legal-aid list; once listed they pass.",
         (), lambda d: d.practitioner.listed),
    Rule("not_on_leave", "policy", OWN,
         "指派当日在休假期间；请改派，休假期满后可承办。",
         "Is on leave; after the leave they pass.",
         (), lambda d: negation(d.practitioner.on_leave)),
    Rule("under_cap", "policy", OWN,
         "在办案件数已达上限；有案件结案或者调高上限后可承办。",
         "Has as many open cases as the cap allows; a closed case or a higher cap would let them pass.",
         (), lambda d: truth(d.practitioner.room > 0)),
    Rule("under_month_cap", "policy", OWN,
         "本月指派数已达上限；下月或者调高上限后可承办。",
         "Has as many cases this month as the cap allows; next month they pass.",
         (), lambda d: truth(d.practitioner.month_room > 0)),
    Rule("institution_has_room", "policy", OWN,
         "所在机构在办案件数已达上限；有案件结案或者调高上限后可指派。",
         "The institution has as many open cases as its cap allows.",
         (), lambda d: truth(d.practitioner.institution_room > 0)),
    Rule("assessment_passed", "policy", OWN,
         "未登记上一年度考核称职；登记考核结果后可承办。",
         "The last annual assessment must be passed; with it recorded they pass.",
         (), lambda d: switched(d.policy.checks.assessment, d.practitioner.assessment_passed)),
    Rule("serves_area", "policy", OWN,
         "登记的服务区域不含案件所在地；服务该区域的请登记，否则请改派。",
         "Does not serve the area of the case; with the area recorded they pass.",
         ("area",), lambda d: switched(d.policy.checks.area, d.per_area(d.lookups.serves_area))),
    Rule("within_reach", "policy", OWN,
         "距案件所在地超过规定距离，或者位置没有登记；登记位置或者放宽距离后可承办。",
         "Is farther from the case than the policy allows; a nearer person would pass.",
         ("area",), in_reach),
    Rule("speaks_language", "policy", cite("criminal_procedure_law", 9, paragraph=1)
         + cite("legal_aid_law", 45, paragraph=1) + OWN,
         "未登记受援人所需的语言或者手语；能使用的请登记，否则请改派，或者另行安排翻译并登记“已安排翻译”。",
         "Does not speak a language the recipient needs: record it, name someone else, or arrange interpretation and "
         "record that.",
         ("languages", "interpreter", "matter"),
         lambda d: switched(d.policy.checks.language, unless(d.case.interpreter, d.speaks())),
         firm=lambda d: is_matter(d, Matter.CRIMINAL)),
    Rule("specialised", "policy", cite("case_procedures", 25, paragraph=1) + OWN,
         "在该案由的专业特长分值低于要求，或者没有登记；未登记的，登记后可承办，否则请改派。",
         "Lacks the level in this cause of action that the policy asks, or it is not recorded.",
         ("cause",), specialised),
)  # fmt: skip

RULES_BY_CODE = {rule.code: rule for rule in RULES}

WORKLOAD = ("under_cap", "under_month_cap", "institution_has_room")
"""What hangs on the cases somebody has, or their institution: it passes when one of them ends."""


def refusal_text(
    code: str, language: str, *, unknown: bool = False, organs: Sequence[str] = (), missing: Sequence[str] = ()
) -> str:
    """Return the refusal of a rule in plain words; where a fact is missing, with whose it is and where it goes.

    ``missing`` are the facts of the case to fill in, ``organs`` the names that nobody entered in their catalogue.
    """
    text, zh = RULES_BY_CODE[code].refusal(language), language == "zh"
    if unknown and not missing:
        text = f"登记信息不全：{text}" if zh else f"Unknown, so refused: {text}"
    return blanks_text(missing, language) + text + (organs_text(organs, language) if organs else "")


def blanks_text(missing: Sequence[str], language: str) -> str:
    """Return which facts of the case to fill in, any one of which may settle it; nothing where none is missing."""
    facts = [CASE_FACTS[code] for code in missing]
    if not facts:
        return ""
    if language == "zh":
        return f"本案信息不全，请先填写{'或者'.join(f'“{fact.zh}”（{fact.value}）' for fact in facts)}。"
    return f"A blank of the case, so refused; fill in {' or '.join(f'{fact.en} ({fact.value})' for fact in facts)}. "


def organs_text(organs: Sequence[str], language: str) -> str:
    """Return what to do about names that the catalogue of organs does not know."""
    if language == "zh":
        named = "、".join(f"“{name}”" for name in organs)
        return f"办案机关目录中没有{named}：名称有误的请更正，无误的请登记到目录，或者登记为已有机关的别名。"
    named = ", ".join(organs)
    return f" The catalogue of organs does not know: {named}. Correct the name, enter it, or add it as an alias."


@cache
def basis_text(code: str, language: str) -> str:
    """Return what a rule rests on, in words; once made, for a list of candidates asks for it thousands of times."""
    return cited(RULES_BY_CODE[code].source, language)


def eligible(docket: Docket, memory: Memory | None = None) -> Eligibility:
    """
    Return who may take which row of a docket; ``memory`` keeps verdicts for the same people on the same day.

    Notes
    -----
    The rule that a girl's case goes to a woman yields where it surely applies and leaves nobody,
    marked ``needs_reason``: never on an unknown fact, nor before its place in a policy's order.
    """
    strict = judge(docket, RULES, docket.case, np.zeros(docket.n, bool), memory)
    waived = girls_without_a_woman(docket, strict)
    if not waived.any():
        return strict
    return judge(docket, RULES, replace(docket.case, woman_waived=truth(waived)[:, None]), waived, memory)


def girls_without_a_woman(docket: Docket, strict: Eligibility) -> Mask:
    """Return the rows for which the rule leaves nobody, (n,)."""
    may_yield = girl_harmed(View(docket.case, docket.practitioner, docket.lookups, docket.policy))[:, 0] == YES
    if Soft.GIRL_WOMAN in docket.policy.relaxation:
        may_yield &= docket.case.relaxed[:, 0] & BITS[Soft.GIRL_WOMAN] > 0
    waived = np.zeros(docket.n, bool)
    waived[[i for i in np.flatnonzero(may_yield).tolist() if not strict.row(i).any()]] = True
    return waived


def to_relax(docket: Docket, i: int = 0) -> tuple[Soft, ...]:
    """Return the rules to relax next so that someone may take row `i`; none if even all of them let nobody in."""
    rest = [soft for soft in docket.policy.relaxation if soft not in docket.case_at(i).relaxed]
    for count in range(1, len(rest) + 1):
        eased = docket.case.relaxed | bits_of(rest[:count])
        if eligible(replace(docket, case=replace(docket.case, relaxed=eased))).row(i).any():
            return tuple(rest[:count])
    return ()
