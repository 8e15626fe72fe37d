"""The documents of a case by the ministry's formats (《法律援助文书格式》): one row each, and one row for each field.

What a document says is in its form, a text beside the renderer; here is what no text can tell: its number
in the ministry's list, its series, what it is about, what it is made under, and where a blank is filled in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.law.citations import Citations, cite
from dispatch.domain.states import Milestone, PaperKind
from dispatch.domain.vocabulary import Matter, Role, Service, Stage, Term


# fmt: off
class DocumentKind(Term):
    """What can be issued, by its title in the ministry's formats."""

    ASSIGNMENT_NOTICE = "assignment_notice", "指派通知书", "assignment notice"
    LETTER            = "letter",            "法律援助公函", "letter to the case organ"
    AGREEMENT         = "agreement",         "委托协议和授权委托书", "agreement and power of attorney"
    CHANGE_NOTICE     = "change_notice",     "更换法律援助人员通知书", "notice of a change of practitioner"
    CHANGE_APPROVAL   = "change_approval",   "更换法律援助人员审批表", "approval of a change of practitioner"
    TERMINATION       = "termination",       "终止法律援助决定书", "decision to terminate aid"
    TERMINATION_LETTER = "termination_letter", "终止法律援助公函", "letter on the termination"
    CLOSING_REPORT    = "closing_report",    "结案报告表", "closing report"
    HEARING_RECORD    = "hearing_record",    "庭审旁听情况记录表", "record of a hearing attended"
    INQUIRY           = "inquiry",           "征询办案机关意见函", "inquiry to the case organ"
    CALL_BACK         = "call_back",         "受援人回访记录表", "record of a call-back"


class DocumentSubject(Term):
    """What a document is about; one has one document of a kind in force at most."""

    COMMISSION  = "commission",  "指派或者交由承办机构安排", "an assignment, or a case given to an institution"
    ASSIGNMENT  = "assignment",  "指派",     "an assignment"
    CHANGE      = "change",      "更换承办人员的决定", "a decision to replace the practitioner"
    REQUEST     = "request",     "更换申请", "a request for replacement"
    ENDING      = "ending",      "终止决定", "a termination, or own counsel retained"
    CLOSING     = "closing",     "结案报告", "a closing report"
    HEARING     = "hearing",     "庭审旁听记录（POST /v1/assignments/{id}/hearings）", \
                  "a hearing attended (POST /v1/assignments/{id}/hearings)"
    INQUIRY     = "inquiry",     "征询意见的登记（POST /v1/assignments/{id}/inquiries）", \
                  "an inquiry (POST /v1/assignments/{id}/inquiries)"
    CALL_BACK   = "call_back",   "回访记录（POST /v1/assignments/{id}/call-backs）", \
                  "a call-back (POST /v1/assignments/{id}/call-backs)"


class BlankSource(Term):
    """Where the value of a field comes from, and so where a blank one is filled in."""

    LETTERHEAD = "letterhead", "文书落款（PUT /v1/letterhead）", "the letterhead of the centre (PUT /v1/letterhead)"
    CASE       = "case",       "案件登记",           "the registration of the case"
    ROSTER     = "roster",     "名册",               "the roster"
    ACTS       = "acts",       "案件办理记录",       "the acts in the life of the case"
    REQUEST    = "request",    "本次请求的 values",  "the values of this request"


@dataclass(frozen=True, slots=True)
class Blank:
    """A field of a form: its label, where it is filled in, and the value a notice has if none is given."""

    zh: str
    en: str
    place: BlankSource
    default: str | None = None


BLANKS: dict[str, Blank] = {
    "number":             Blank("编号",         "number",               BlankSource.LETTERHEAD),
    "issued_on":          Blank("签发日期",     "day of issue",         BlankSource.ACTS),
    "basis":              Blank("依据",         "what it is made under", BlankSource.ACTS),
    "centre":             Blank("法律援助机构", "legal aid institution", BlankSource.LETTERHEAD),
    "contact":            Blank("联系人",       "contact person",       BlankSource.LETTERHEAD),
    "phone":              Blank("联系电话",     "telephone",            BlankSource.LETTERHEAD),
    "case_number":        Blank("案件编号",     "case number",          BlankSource.CASE),
    "matter":             Blank("案件类型",     "branch of law",        BlankSource.CASE),
    "cause":              Blank("案由",         "cause of action",      BlankSource.CASE),
    "service":            Blank("法律援助形式", "form of service",      BlankSource.CASE),
    "stage":              Blank("办理阶段",     "stage",                BlankSource.CASE),
    "organ":              Blank("办案机关",     "case organ",           BlankSource.CASE),
    "recipient":          Blank("受援人",       "aid recipient",        BlankSource.CASE),
    "recipient_contact":  Blank("受援人联系方式", "contact of the recipient", BlankSource.CASE),
    "institution":        Blank("承办机构",     "undertaking institution", BlankSource.ROSTER),
    "practitioner":       Blank("承办人员",     "practitioner",         BlankSource.ROSTER),
    "practitioner_code":  Blank("执业证号",     "licence number",       BlankSource.ROSTER),
    "practitioner_kind":  Blank("承办人员类别", "kind of practitioner", BlankSource.ROSTER),
    "practitioner_phone": Blank("承办人员联系方式", "how to reach the practitioner", BlankSource.REQUEST),
    "standing":           Blank("受援人诉讼地位", "the recipient's standing in the procedure", BlankSource.REQUEST),
    "capacity":           Blank("承办人员诉讼地位", "in which capacity the practitioner acts", BlankSource.REQUEST),
    "days_to_arrange":    Blank("安排承办人员的工作日数", "working days to arrange a person", BlankSource.REQUEST, "1"),
    "days_to_tell":       Blank("告知联系方式的工作日数", "working days to tell who it is", BlankSource.REQUEST, "3"),
    "assigned_on":        Blank("指派日期",     "day of the assignment", BlankSource.ACTS),
    "finished_on":        Blank("结案日期",     "closing day",          BlankSource.ACTS),
    "outcome":            Blank("结案方式",     "outcome",              BlankSource.ACTS),
    "effect":             Blank("办理结果",     "effect",               BlankSource.ACTS),
    "asker":              Blank("申请人",       "who asked for the change", BlankSource.ACTS),
    "asked_on":           Blank("申请日期",     "day of the request",   BlankSource.ACTS),
    "stays":              Blank("由原承办机构另行安排", "whether the institution keeps the case", BlankSource.ACTS),
    "authority":          Blank("代理权限",     "powers of the agent",  BlankSource.REQUEST),
    "ground":             Blank("终止事由",     "ground of the termination", BlankSource.ACTS),
    "reason":             Blank("事实和理由",   "facts and reasons",    BlankSource.ACTS),
    "letter_number":      Blank("原法律援助公函编号",   "number of the letter that ends", BlankSource.REQUEST),
    "report":             Blank("情况记录",     "what was reported or observed", BlankSource.ACTS),
    "evidence":           Blank("证据材料",     "evidence",             BlankSource.ACTS),
    "opinion":            Blank("审核意见",     "opinion of the officer who examined the request", BlankSource.REQUEST),
    "verdict":            Blank("审批结果",     "whether the change was approved", BlankSource.ACTS),
    "decision":           Blank("审批理由",     "reasons of the decision", BlankSource.ACTS),
    "decided_on":         Blank("审批日期",     "day of the decision",  BlankSource.ACTS),
    "heard_on":           Blank("开庭日期",     "day of the hearing",   BlankSource.ACTS),
    "observer":           Blank("旁听人员",     "who attended",         BlankSource.ACTS),
    "question":           Blank("征询内容",     "what is asked",        BlankSource.ACTS),
    "answer":             Blank("办案机关意见", "answer of the organ",  BlankSource.ACTS),
    "answered_by":        Blank("办案机关答复人", "who answered for the organ", BlankSource.ACTS),
    "answered_on":        Blank("答复日期",     "day of the answer",    BlankSource.ACTS),
    "satisfaction":       Blank("满意程度",     "satisfaction",         BlankSource.ACTS),
    "called_on":          Blank("回访日期",     "day of the call-back", BlankSource.ACTS),
    "manner":             Blank("回访方式",     "manner of the call-back", BlankSource.ACTS),
    "suggestion":         Blank("建议",         "suggestion",           BlankSource.ACTS),
    "caller":             Blank("回访人员",     "who called back",      BlankSource.ACTS),
}
"""Every field there is; a template may use no other."""

DAYS = frozenset({"days_to_arrange", "days_to_tell"})
MAX_DAYS = 30
# fmt: on

OF_MATTER = {Matter.CRIMINAL: "刑援函", Matter.ADMINISTRATIVE: "行援函"}
"""Letters are counted apart by branch of law; whatever is neither criminal nor administrative is civil."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentForm:
    """
    A row of the table of documents.

    Parameters
    ----------
    format : int
        Its number in 《法律援助文书格式》.
    series : str
        The word its numbers are counted under, before 字.
    of_matter : Mapping
        Series of its own for a branch of law.
    about : DocumentSubject
        What it is about.
    basis : Citations
        What it is made under; left out, what the paper it is about is made under, or else the duty to assign.
    may_lack : frozenset of str
        Fields that may stay empty, for the form says so.
    readers : frozenset of Role
        To whom it is addressed or handed, and who so reads it; staff reads every document of the centre.
    notifies : tuple of Milestone
        Who is told by it, which meets a time limit.
    """

    format: int
    series: str
    about: DocumentSubject
    basis: Citations = ()
    of_matter: Mapping[Matter, str] = field(default_factory=dict)
    may_lack: frozenset[str] = frozenset()
    readers: frozenset[Role] = frozenset()
    notifies: tuple[Milestone, ...] = ()

    def series_of(self, matter: Matter) -> str:
        """Return the word the numbers of such a case are counted under."""
        return self.of_matter.get(matter, self.series)


UNIT = frozenset({Role.INSTITUTION, Role.PRACTITIONER})
PARTIES = UNIT | {Role.RECIPIENT}

# fmt: off
FORMS: dict[DocumentKind, DocumentForm] = {
    DocumentKind.ASSIGNMENT_NOTICE: DocumentForm(
        format=11, series="援指", about=DocumentSubject.COMMISSION,
        may_lack=frozenset({"practitioner", "recipient_contact"}), readers=PARTIES,
    ),
    DocumentKind.LETTER: DocumentForm(
        format=13, series="民援函", of_matter=OF_MATTER, about=DocumentSubject.ASSIGNMENT,
        readers=UNIT | {Role.ORGAN}, notifies=(Milestone.TOLD_COUNSEL,),
    ),
    DocumentKind.AGREEMENT: DocumentForm(
        format=12, series="援协", about=DocumentSubject.ASSIGNMENT, basis=cite("case_procedures", 27),
        may_lack=frozenset({"organ"}), readers=PARTIES,
    ),
    DocumentKind.CHANGE_NOTICE: DocumentForm(
        format=17, series="援更", about=DocumentSubject.CHANGE, basis=cite("legal_aid_law", 55),
        may_lack=frozenset({"stays", "asker", "asked_on"}), readers=PARTIES,
    ),
    DocumentKind.CHANGE_APPROVAL: DocumentForm(
        format=16, series="援更审", about=DocumentSubject.REQUEST, basis=cite("legal_aid_law", 55),
        may_lack=frozenset({"evidence"}),
    ),
    DocumentKind.TERMINATION: DocumentForm(
        format=18, series="援终", about=DocumentSubject.ENDING, readers=PARTIES,
        notifies=(Milestone.TOLD_RECIPIENT, Milestone.TOLD_INSTITUTION),
    ),
    DocumentKind.TERMINATION_LETTER: DocumentForm(
        format=19, series="援终函", about=DocumentSubject.ENDING, readers=UNIT | {Role.ORGAN},
        notifies=(Milestone.TOLD_ORGAN,),
    ),
    DocumentKind.CLOSING_REPORT: DocumentForm(
        format=21, series="援结", about=DocumentSubject.CLOSING, basis=cite("legal_aid_law", 50),
        may_lack=frozenset({"effect", "organ"}), readers=UNIT,
    ),
    DocumentKind.HEARING_RECORD: DocumentForm(
        format=30, series="援旁", about=DocumentSubject.HEARING, basis=cite("legal_aid_law", 59),
    ),
    DocumentKind.INQUIRY: DocumentForm(
        format=31, series="援询", about=DocumentSubject.INQUIRY, basis=cite("legal_aid_law", 59),
        may_lack=frozenset({"satisfaction", "answer", "answered_by", "answered_on"}), readers=frozenset({Role.ORGAN}),
    ),
    DocumentKind.CALL_BACK: DocumentForm(
        format=32, series="援访", about=DocumentSubject.CALL_BACK, basis=cite("legal_aid_law", 59),
        may_lack=frozenset({"recipient_contact", "suggestion"}),
    ),
}

LETTERS = frozenset(kind for kind, form in FORMS.items() if Role.ORGAN in form.readers)
"""What is sent to the case organ."""

BY_BATCH = (DocumentKind.ASSIGNMENT_NOTICE, DocumentKind.LETTER)
"""What every assignment needs, and so is issued for many at once."""

STANDING = {
    Stage.INVESTIGATION: "犯罪嫌疑人", Stage.ARREST_REVIEW: "犯罪嫌疑人", Stage.PROSECUTION: "犯罪嫌疑人",
    Stage.FIRST_INSTANCE: "被告人", Stage.SECOND_INSTANCE: "被告人", Stage.DEATH_REVIEW: "被告人",
}
"""Of whom a defender is assigned to, by the stage (《刑事诉讼法》第三十四条)."""

CAPACITY = {Service.DEFENCE: "辩护人", Service.CRIMINAL_AGENCY: "诉讼代理人", Service.LITIGATION_AGENCY: "诉讼代理人"}
# fmt: on

PAPERS_OF = {
    DocumentSubject.CHANGE: (PaperKind.REPLACEMENT_DECISION,),
    DocumentSubject.CLOSING: (PaperKind.CLOSING,),
    DocumentSubject.ENDING: (PaperKind.TERMINATION, PaperKind.OWN_COUNSEL),
    DocumentSubject.HEARING: (PaperKind.HEARING,),
    DocumentSubject.INQUIRY: (PaperKind.INQUIRY,),
    DocumentSubject.CALL_BACK: (PaperKind.CALL_BACK,),
}
"""The papers in the file that a document is about."""

OWN_COUNSEL = "受援人自行委托律师或者其他代理人"
"""The ground of 《法律援助法》第四十八条第一款第六项, which is a paper of its own."""


def number_of(mark: str, series: str, year: int, serial: int) -> str:
    """Return a number as it is printed, such as 商民援函字〔2026〕第7号."""
    return f"{mark}{series}字〔{year}〕第{serial}号"


def standing_of(service: Service, stage: Stage) -> str | None:
    """Return the recipient's standing where the service tells it: a defender has a suspect or a defendant."""
    return STANDING.get(stage) if service is Service.DEFENCE else None


def require_fillable(form_fields: frozenset[str], given: Mapping[str, str]) -> None:
    """
    Refuse a value for what the form has not, or what the register knows better, and days that are no days.

    Raises
    ------
    InvalidFieldError
        With the fields that may be given, or the days that are allowed.
    """
    open_ = sorted(name for name in form_fields if BLANKS[name].place is BlankSource.REQUEST)
    for name, value in given.items():
        if name not in open_:
            listed = ", ".join(open_) or "–"
            expected = stated(f"只能填写：{listed}", f"only these are filled in here: {listed}")
            raise InvalidFieldError(field=f"values.{name}", expected=expected)
        if name in DAYS and not (value.isascii() and value.isdecimal() and 1 <= int(value) <= MAX_DAYS):
            expected = stated(f"1至{MAX_DAYS}之间的整数", f"a whole number from 1 to {MAX_DAYS}")
            raise InvalidFieldError(field=f"values.{name}", expected=expected)


def blanks_left(
    form: DocumentForm, form_fields: frozenset[str], values: Mapping[str, str | None]
) -> list[dict[str, Any]]:
    """Return what is still to be filled in before the document may be issued, and where."""
    return [
        {
            "field": name,
            **stated(BLANKS[name].zh, BLANKS[name].en),
            "where": stated(BLANKS[name].place.zh, BLANKS[name].place.en),
        }
        for name in sorted(form_fields - form.may_lack)
        if not values.get(name)
    ]
