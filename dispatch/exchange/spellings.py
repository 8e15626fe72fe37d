"""What offices write in their tables for a word of ours: the everyday, short and earlier names, each read as the word.

Only reading uses them; templates and exports say the word itself.
"""

from collections.abc import Iterator

from dispatch.domain.vocabulary import (
    CaseSource,
    Category,
    IdentityKind,
    InstitutionKind,
    Matter,
    MeansTest,
    PractitionerKind,
    Service,
    Sex,
    Stage,
    Term,
)

HOSTS = ("看守所", "人民法院", "法院", "人民检察院", "检察院", "工会", "妇联", "残联", "军队", "退役军人事务局", "监狱")
"""Where a legal aid station is set up (《法律援助法》第十三条); one at a university has a word of its own."""

STATION = ("法律援助工作站", "工作站")

# fmt: off
SPELLINGS: tuple[tuple[Term, tuple[str, ...]], ...] = (
    # word                              how offices write it too
    (PractitionerKind.LAWYER,            ("律师", "社会律师", "执业律师", "专职律师", "兼职律师")),
    (PractitionerKind.CENTRE_LAWYER,     ("法律援助律师", "法律援助机构执业人员", "中心律师")),
    (PractitionerKind.CENTRE_STAFF,      ("法律援助机构工作人员", "中心工作人员")),
    (PractitionerKind.GRASSROOTS_WORKER, ("基层工作者", "法律服务工作者", "基层法律工作者")),
    (PractitionerKind.VOLUNTEER_LAWYER,  ("执业律师志愿者", "律师志愿者", "志愿律师")),
    (PractitionerKind.VOLUNTEER,         ("志愿者", "公证员", "司法鉴定人", "公证员志愿者", "司法鉴定人志愿者")),
    (PractitionerKind.ORGANISATION_STAFF, ("社会组织人员", "群团组织人员", "社会团体工作人员")),
    (InstitutionKind.LEGAL_AID_CENTRE,   ("法律援助中心",)),
    (InstitutionKind.LAW_FIRM,           ("律所", "律师所")),
    (InstitutionKind.GRASSROOTS_OFFICE,  ("法律服务所", "基层所")),
    (InstitutionKind.STATION,            ("工作站", *(f"{host}{word}" for host in HOSTS for word in STATION))),
    (InstitutionKind.CONTACT_POINT,      ("联络点", "法律援助联系点")),
    (InstitutionKind.SERVICE_PROVIDER,   ("法律服务机构",)),
    (InstitutionKind.RESEARCH,           ("高等院校", "高校", "科研机构")),
    (InstitutionKind.NON_ENTERPRISE,     ("民办非企业单位",)),
    (Sex.FEMALE,                         ("女性",)),
    (Sex.MALE,                           ("男性",)),
    (IdentityKind.RESIDENT_CARD,         ("身份证", "二代身份证", "居民身份证件")),
    (IdentityKind.HOUSEHOLD_REGISTER,    ("户口簿", "户口本")),
    (IdentityKind.RESIDENCE_PERMIT,      ("港澳居民居住证", "台湾居民居住证")),
    (IdentityKind.HK_MACAO_PERMIT,       ("港澳通行证", "港澳居民通行证", "回乡证")),
    (IdentityKind.TAIWAN_PERMIT,         ("台胞证", "台湾居民通行证")),
    (IdentityKind.PERMANENT_RESIDENCE,   ("外国人永久居留证", "永久居留身份证")),
    (IdentityKind.PASSPORT,              ("外国护照", "中国护照")),
    (IdentityKind.OTHER,                 ("其他", "其它", "其它证件")),
    (Matter.CRIMINAL,                    ("刑事案件", "刑事类")),
    (Matter.CIVIL,                       ("民事案件", "民事类", "民商事")),
    (Matter.ADMINISTRATIVE,              ("行政案件", "行政类")),
    (Matter.NON_LITIGATION,              ("非诉讼", "非诉", "非诉讼案件")),
    (Service.CONSULTATION,               ("咨询",)),
    (Service.DRAFTING,                   ("代书", "代写法律文书")),
    (Service.DEFENCE,                    ("辩护", "通知辩护", "指定辩护", "刑辩")),
    (Service.CRIMINAL_AGENCY,            ("通知代理", "刑事诉讼代理")),
    (Service.LITIGATION_AGENCY,          ("诉讼", "民事代理", "民事诉讼代理", "行政诉讼代理")),
    (Service.DUTY_HELP,                  ("值班帮助", "值班法律帮助", "法律帮助")),
    (Service.NON_LITIGATION,             ("非诉代理", "非诉讼", "非诉")),
    (Service.LABOUR,                     ("劳动仲裁代理", "仲裁", "仲裁代理", "劳动仲裁", "劳动争议仲裁")),
    (Service.STATE_COMPENSATION,         ("国家赔偿代理", "国家赔偿")),
    (Service.MEDIATION,                  ("调解",)),
    (Service.PETITION,                   ("申诉代理", "申请再审代理")),
    (Service.ENFORCEMENT,                ("执行代理",)),
    (Service.FEE_RELIEF,                 ("公证减免协助", "司法鉴定减免协助")),
    (CaseSource.APPLICATION,             ("依申请", "自行申请", "本人申请")),
    (CaseSource.NOTICE_MUST,             ("应当通知", "应当通知辩护", "应当通知代理", "通知辩护", "通知代理",
                                          "指定辩护", "法院通知", "办案机关通知")),
    (CaseSource.NOTICE_MAY,              ("可以通知",)),
    (CaseSource.TRANSFER,                ("移送", "转交")),
    (Stage.ARBITRATION,                  ("劳动仲裁", "仲裁", "人事争议仲裁", "劳动争议仲裁", "仲裁阶段")),
    (Stage.INVESTIGATION,                ("侦查阶段",)),
    (Stage.PROSECUTION,                  ("审查起诉阶段", "起诉阶段")),
    (Stage.FIRST_INSTANCE,               ("一审阶段", "第一审")),
    (Stage.SECOND_INSTANCE,              ("二审阶段", "第二审", "上诉")),
    (Stage.ENFORCEMENT,                  ("执行阶段",)),
    (Stage.NON_LITIGATION,               ("非诉", "非诉讼事项")),
    (Stage.CONSULTATION,                 ("咨询",)),
    (Stage.ARREST_REVIEW,                ("审查批准逮捕", "批捕")),
    (Stage.REMAND,                       ("重审",)),
    (Stage.PETITION,                     ("申诉", "申请再审", "抗诉")),
    (Stage.COMPULSORY_TREATMENT,         ("强制医疗",)),
    (Stage.ABSENTIA,                     ("缺席审判",)),
    (Stage.CONFISCATION,                 ("违法所得没收",)),
    (Stage.SENTENCE_CHANGE,              ("减刑", "假释")),
    (Stage.PRE_LITIGATION,               ("诉前", "立案")),
    (Stage.INJURY_FINDING,               ("工伤认定", "劳动能力鉴定")),
    (Stage.LAND_ARBITRATION,             ("土地承包仲裁",)),
    (Stage.STATE_COMPENSATION,           ("国家赔偿",)),
    (MeansTest.REQUIRED,                 ("需要审查", "需审查", "需核查", "需要核查")),
    (MeansTest.EXEMPT,                   ("免予核查", "免予审查", "免审", "免审查", "免于审查", "免于核查")),
    (MeansTest.NOT_APPLICABLE,           ("不适用", "不受限制")),
    (Category.DOMESTIC_VIOLENCE,         ("家庭暴力受害人", "家暴受害人")),
    (Category.LOW_INCOME,                ("低保低收入人员", "低保对象", "低保户", "特困人员", "低保边缘家庭")),
    (Category.CRIME_VICTIM,              ("刑事被害人", "被害人")),
    (Category.HERO,                      ("英雄烈士近亲属", "英烈近亲属", "见义勇为人员", "英烈近亲属或见义勇为人员")),
    (Category.FOREIGNER,                 ("外国人", "无国籍人", "外国人或无国籍人")),
    (Category.SENSORY_DISABLED,          ("视力残疾人", "听力残疾人", "言语残疾人", "盲人", "聋人", "聋哑人")),
    (Category.NOT_FULLY_CAPABLE,         ("限制行为能力的成年人", "尚未完全丧失辨认或者控制自己行为能力的精神病人")),
    (Category.TRIED_IN_ABSENCE,          ("缺席审判被告人",)),
    (Category.NO_FIXED_INCOME,           ("无固定生活来源",)),
    (Category.RELIEF_RECIPIENT,          ("社会救助对象", "司法救助对象", "优抚对象")),
    (Category.MIGRANT_CLAIMANT,          ("追索劳动报酬的农民工", "请求工伤赔偿的农民工")),
    (Category.ACQUITTED,                 ("再审改判无罪",)),
    (Category.IN_REHABILITATION,         ("戒毒人员",)),
    (Category.IN_CORRECTION,             ("社区矫正人员",)),
    (Category.PRIVATE_PROSECUTOR,        ("自诉人",)),
    (Category.INCIDENTAL_PLAINTIFF,      ("附带民事诉讼原告",)),
    (Category.CHILD_IN_DISTRESS,         ("困境儿童", "孤儿")),
    (Category.ETHNIC_MINORITY,           ("少数民族",)),
    (Category.OVERSEAS_CHINESE,          ("港澳台居民", "华侨", "香港居民", "澳门居民", "台湾居民")),
    (Category.SERVICE_FAMILY,            ("军人", "军属")),
    (Category.DISABLED,                  ("残疾",)),
    (Category.DETAINED,                  ("在押", "服刑人员")),)
# fmt: on


def spellings_of(terms: type[Term]) -> Iterator[tuple[str, str]]:
    """Return each further name of the words of an enumeration, with the code it stands for."""
    return ((word.value, name) for word, names in SPELLINGS if type(word) is terms for name in names)
