"""What offices write in their tables for a word of ours: the everyday, short and earlier names, each read as the word.

Only reading uses them; templates and exports say the word itself.
"""

from collections.abc import Iterator

from dispatch.domain.vocabulary import (
    CaseSource,
    Category,
    InstitutionKind,
    Matter,
    MeansTest,
    PractitionerKind,
    Service,
    Stage,
    Term,
)

# fmt: off
SPELLINGS: tuple[tuple[Term, tuple[str, ...]], ...] = (
    # word                              how offices write it too
    (PractitionerKind.LAWYER,            ("律师", "社会律师", "执业律师", "专职律师", "兼职律师")),
    (PractitionerKind.CENTRE_LAWYER,     ("法律援助律师", "法律援助机构执业人员", "中心律师")),
    (PractitionerKind.CENTRE_STAFF,      ("法律援助机构工作人员", "中心工作人员")),
    (PractitionerKind.GRASSROOTS_WORKER, ("基层工作者", "法律服务工作者", "基层法律工作者")),
    (PractitionerKind.VOLUNTEER_LAWYER,  ("执业律师志愿者", "律师志愿者", "志愿律师")),
    (PractitionerKind.VOLUNTEER,         ("志愿者",)),
    (InstitutionKind.LEGAL_AID_CENTRE,   ("法律援助中心",)),
    (InstitutionKind.LAW_FIRM,           ("律所",)),
    (InstitutionKind.GRASSROOTS_OFFICE,  ("法律服务所",)),
    (Matter.NON_LITIGATION,              ("非诉讼", "非诉")),
    (Service.CONSULTATION,               ("咨询",)),
    (Service.DRAFTING,                   ("代书", "代写法律文书")),
    (Service.DEFENCE,                    ("辩护",)),
    (Service.DUTY_HELP,                  ("值班帮助", "值班法律帮助", "法律帮助")),
    (Service.NON_LITIGATION,             ("非诉代理",)),
    (Service.LABOUR,                     ("劳动仲裁代理",)),
    (CaseSource.APPLICATION,             ("依申请",)),
    (CaseSource.NOTICE_MUST,             ("应当通知", "应当通知辩护", "应当通知代理")),
    (CaseSource.NOTICE_MAY,              ("可以通知",)),
    (CaseSource.TRANSFER,                ("移送", "转交")),
    (Stage.ARBITRATION,                  ("劳动仲裁", "仲裁")),
    (Stage.NON_LITIGATION,               ("非诉", "非诉讼事项")),
    (Stage.CONSULTATION,                 ("咨询",)),
    (MeansTest.REQUIRED,                 ("需要审查", "需审查", "需核查")),
    (MeansTest.EXEMPT,                   ("免予核查", "免予审查", "免审")),
    (MeansTest.NOT_APPLICABLE,           ("不适用", "不受限制")),
    (Category.DOMESTIC_VIOLENCE,         ("家庭暴力受害人", "家暴受害人")),
    (Category.LOW_INCOME,                ("低保低收入人员", "低保对象", "低保户", "特困人员", "低保边缘家庭")),
    (Category.CRIME_VICTIM,              ("刑事被害人", "被害人")),
    (Category.HERO,                      ("英雄烈士近亲属", "英烈近亲属", "见义勇为人员", "英烈近亲属或见义勇为人员")),
    (Category.FOREIGNER,                 ("外国人", "无国籍人", "外国人或无国籍人")),
    (Category.SERVICE_FAMILY,            ("军人", "军属")),
    (Category.DISABLED,                  ("残疾",)),
    (Category.DETAINED,                  ("在押", "服刑人员")),)
# fmt: on


def spellings_of(terms: type[Term]) -> Iterator[tuple[str, str]]:
    """Return each further name of the words of an enumeration, with the code it stands for."""
    return ((word.value, name) for word, names in SPELLINGS if type(word) is terms for name in names)
