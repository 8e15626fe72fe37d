"""The words of the field: every enumeration once, with its Chinese and English label.

The value is what is stored and sent; the labels are for people.
"""

import re
import unicodedata
from enum import StrEnum
from typing import Self

NOISE = re.compile(r"[\s_\-、，,;；。.()（）]+")


def word_key(text: str) -> str:
    """Return what two spellings of one word have in common."""
    return NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()


class Term(StrEnum):
    """A word with two labels: ``Role.CLERK.zh`` and ``Role.CLERK.en``."""

    zh: str
    en: str

    # A word has all three; by its value alone it is looked up.
    def __new__(cls, value: str, zh: str = "", en: str = "") -> Self:
        term = str.__new__(cls, value)
        term._value_ = value
        term.zh = zh
        term.en = en
        return term

    def label(self, language: str) -> str:
        """Return the label in ``language``: Chinese for ``zh``, else English."""
        return self.zh if language == "zh" else self.en


# fmt: off
class Role(Term):
    """Who may act; ``permissions`` holds what each may do."""

    CLERK        = "clerk",        "经办人员",     "centre clerk"
    MANAGER      = "manager",      "法律援助机构负责人", "centre manager"
    PRACTITIONER = "practitioner", "承办人员",     "practitioner"
    INSTITUTION  = "institution",  "承办机构联络员", "institution secretary"
    RECIPIENT    = "recipient",    "受援人",       "aid recipient"
    ORGAN        = "organ",        "办案机关",     "case organ"
    AUDITOR      = "auditor",      "监督检查人员（审计）", "auditor"
    ADMIN        = "admin",        "系统管理员",   "administrator"


class CentreLevel(Term):
    """A centre's place in the tree."""

    NATION   = "nation",   "国家级", "nation"
    PROVINCE = "province", "省级", "province"
    CITY     = "city",     "市级", "city"
    COUNTY   = "county",   "县级", "county"


class Matter(Term):
    """The branch of law a case belongs to (《法律援助法》第二十二条、第二十四条至第三十三条)."""

    CRIMINAL       = "criminal",       "刑事",   "criminal"
    CIVIL          = "civil",          "民事",   "civil"
    ADMINISTRATIVE = "administrative", "行政",   "administrative"
    NON_LITIGATION = "non_litigation", "非诉讼事项", "non-litigation"


class Service(Term):
    """Forms of service (《法律援助法》第二十二条、第五十三条)."""

    CONSULTATION      = "consultation",      "法律咨询",       "consultation"
    DRAFTING          = "drafting",          "代拟法律文书",   "drafting of documents"
    DEFENCE           = "defence",           "刑事辩护",       "criminal defence"
    CRIMINAL_AGENCY   = "criminal_agency",   "刑事代理",       "agency in a criminal case"
    LITIGATION_AGENCY = "litigation_agency", "诉讼代理",       "litigation agency"
    NON_LITIGATION    = "non_litigation",    "非诉讼代理",     "non-litigation agency"
    DUTY_HELP         = "duty_help",         "值班律师法律帮助", "duty-lawyer help"
    LABOUR            = "labour",            "劳动争议调解与仲裁代理", "labour mediation and arbitration"
    RECONSIDERATION   = "reconsideration",   "行政复议代理",   "administrative reconsideration agency"
    STATE_COMPENSATION = "state_compensation", "国家赔偿案件代理", "agency in a state compensation case"
    MEDIATION         = "mediation",         "调解代理",       "agency in mediation"
    PETITION          = "petition",          "申诉、申请再审代理", "agency in a petition for retrial"
    ENFORCEMENT       = "enforcement",       "申请执行代理",   "agency in enforcement"
    FEE_RELIEF        = "fee_relief",        "公证、司法鉴定费用减免协助", \
                        "help with relief from notarial and appraisal fees"


class CaseSource(Term):
    """How a case reaches the centre (《法律援助法》第二十四条、第二十五条、第三十一条)."""

    APPLICATION = "application", "申请",         "on application"
    NOTICE_MUST = "notice_must", "应当通知辩护、代理", "on mandatory notice"
    NOTICE_MAY  = "notice_may",  "可以通知辩护", "on optional notice"
    TRANSFER    = "transfer",    "转交、移送",   "by transfer"


ON_NOTICE = (CaseSource.NOTICE_MUST, CaseSource.NOTICE_MAY)
"""Where a case organ asks, nothing is left to decide, and the clock runs from its notice.

Source: 《法律援助法》第二十五条、第三十六条.
"""


class ReviewCourt(Term):
    """Which court reviews a death sentence: the Supreme Court's cases are assigned by the ministry's own centre."""

    SUPREME = "supreme", "最高人民法院", "Supreme People's Court"
    HIGH    = "high",    "高级人民法院", "High People's Court"


class Stage(Term):
    """Stages of a matter; each has an assignment of its own."""

    INVESTIGATION   = "investigation",   "侦查",     "investigation"
    PROSECUTION     = "prosecution",     "审查起诉", "prosecution review"
    FIRST_INSTANCE  = "first_instance",  "一审",     "first instance"
    SECOND_INSTANCE = "second_instance", "二审",     "second instance"
    DEATH_REVIEW    = "death_review",    "死刑复核", "death-penalty review"
    RETRIAL         = "retrial",         "再审",     "retrial"
    ENFORCEMENT     = "enforcement",     "执行",     "enforcement"
    ARBITRATION     = "arbitration",     "劳动人事争议仲裁", "labour arbitration"
    RECONSIDERATION = "reconsideration", "行政复议", "reconsideration"
    NON_LITIGATION  = "non_litigation",  "非诉讼",   "non-litigation"
    CONSULTATION    = "consultation",    "法律咨询", "consultation"
    ARREST_REVIEW   = "arrest_review",   "审查逮捕", "review of arrest"
    REMAND          = "remand",          "发回重审", "retrial after remand"
    PETITION        = "petition",        "申诉、申请再审、抗诉", "petition for retrial, or protest"
    COMPULSORY_TREATMENT = "compulsory_treatment", "强制医疗程序", "compulsory treatment proceedings"
    ABSENTIA        = "absentia",        "缺席审判程序", "trial in absentia"
    CONFISCATION    = "confiscation",    "违法所得没收程序", "confiscation of illegal gains"
    SENTENCE_CHANGE = "sentence_change", "减刑、假释", "commutation or parole"
    PRE_LITIGATION  = "pre_litigation",  "诉前、立案", "before filing"
    PRE_ARBITRATION = "pre_arbitration", "仲裁前",   "before arbitration"
    MEDIATION       = "mediation",       "调解",     "mediation"
    INJURY_FINDING  = "injury_finding",  "工伤认定、劳动能力鉴定", "finding of work injury or capacity for work"
    LAND_ARBITRATION = "land_arbitration", "农村土地承包仲裁", "arbitration on contracted rural land"
    ENFORCEMENT_OBJECTION = "enforcement_objection", "执行异议", "objection to enforcement"
    ADMINISTRATIVE_RULING = "administrative_ruling", "行政裁决", "administrative ruling"
    STATE_COMPENSATION = "state_compensation", "国家赔偿程序", "state compensation proceedings"


class MeansTest(Term):
    """Whether hardship is examined (《法律援助法》第二十五条、第二十八条、第三十二条、第四十二条)."""

    REQUIRED       = "required",          "需核查经济困难状况", "required"
    EXEMPT         = "exempt_from_check", "免予核查经济困难状况", "exempt from check"
    NOT_APPLICABLE = "not_applicable",    "不受经济困难条件限制", "not applicable"


class IdentityKind(Term):
    """Documents that tell who somebody is; ``domain.texts.identity`` checks the number of each."""

    RESIDENT_CARD       = "resident_card",       "居民身份证",             "resident identity card"
    HOUSEHOLD_REGISTER  = "household_register",  "居民户口簿",             "household register"
    RESIDENCE_PERMIT    = "residence_permit",    "港澳台居民居住证",       \
                          "residence permit of Hong Kong, Macao and Taiwan residents"
    HK_MACAO_PERMIT     = "hk_macao_permit",     "港澳居民来往内地通行证", \
                          "mainland travel permit of Hong Kong and Macao residents"
    TAIWAN_PERMIT       = "taiwan_permit",       "台湾居民来往大陆通行证", \
                          "mainland travel permit of Taiwan residents"
    PERMANENT_RESIDENCE = "permanent_residence", "外国人永久居留身份证",   "foreigner's permanent residence card"
    PASSPORT            = "passport",            "护照",                   "passport"
    OTHER               = "other",               "其他证件",               "another document"


class Category(Term):
    """Recipient categories; a person may belong to several."""

    MINOR             = "minor",             "未成年人",         "minor"
    WOMAN             = "woman",             "妇女",             "woman"
    ELDERLY           = "elderly",           "老年人",           "elderly person"
    DISABLED          = "disabled",          "残疾人",           "disabled person"
    MIGRANT_WORKER    = "migrant_worker",    "农民工",           "migrant worker"
    VETERAN           = "veteran",           "退役军人",         "veteran"
    SERVICE_FAMILY    = "service_family",    "军人军属",         "soldier or soldier's family"
    NEW_FORM_WORKER   = "new_form_worker",   "新就业形态劳动者", "new-employment-form worker"
    DOMESTIC_VIOLENCE = "domestic_violence", "遭受虐待、遗弃或者家庭暴力的受害人", "victim of domestic violence"
    LOW_INCOME        = "low_income",        "最低生活保障对象、特困人员、低保边缘家庭成员", "low-income household"
    DETAINED          = "detained",          "在押人员",         "detained person"
    FOREIGNER         = "foreigner",         "外国人、无国籍人", "foreigner or stateless person"
    FARM_OPERATOR     = "farm_operator",     "农业生产经营人员", "farm operator"
    CRIME_VICTIM      = "crime_victim",      "刑事案件被害人",   "victim in a public prosecution"
    HERO              = "hero",              "英雄烈士近亲属、见义勇为人员", "hero's family or good Samaritan"
    SENSORY_DISABLED  = "sensory_disabled",  "视力、听力、言语残疾人", \
                        "person with a visual, hearing or speech disability"
    NOT_FULLY_CAPABLE = "not_fully_capable", "不能完全辨认自己行为的成年人", \
                        "adult unable to fully recognise their own acts"
    TRIED_IN_ABSENCE  = "tried_in_absence",  "缺席审判案件被告人", "defendant tried in absentia"
    NO_FIXED_INCOME   = "no_fixed_income",   "无固定生活来源的未成年人、老年人、残疾人等特定群体", \
                        "minor, elderly or disabled person without a fixed income"
    RELIEF_RECIPIENT  = "relief_recipient",  "社会救助、司法救助或者优抚对象", \
                        "recipient of social or judicial relief or of preferential treatment"
    MIGRANT_CLAIMANT  = "migrant_claimant",  "申请支付劳动报酬或者请求工伤事故人身损害赔偿的进城务工人员", \
                        "migrant worker who claims wages or damages for a work injury"
    ACQUITTED         = "acquitted",         "再审改判无罪请求国家赔偿的当事人", \
                        "person acquitted on retrial who claims state compensation"
    IN_REHABILITATION = "in_rehabilitation", "强制隔离戒毒人员", \
                        "person in compulsory isolated drug rehabilitation"
    IN_CORRECTION     = "in_correction",     "社区矫正对象",     "person under community correction"
    PRIVATE_PROSECUTOR = "private_prosecutor", "刑事自诉人",     "private prosecutor"
    INCIDENTAL_PLAINTIFF = "incidental_plaintiff", "附带民事诉讼原告人", "plaintiff of an incidental civil action"
    CHILD_IN_DISTRESS = "child_in_distress", "困境儿童、孤儿",   "child in distress, or orphan"
    ETHNIC_MINORITY   = "ethnic_minority",   "少数民族公民",     "citizen of an ethnic minority"
    OVERSEAS_CHINESE  = "overseas_chinese",  "港澳台居民、华侨", \
                        "resident of Hong Kong, Macao or Taiwan, or overseas Chinese"


MANDARIN = "cmn"
"""The language everyone who practises in China works in: nobody has to be asked whether they speak it."""


class Sex(Term):
    """Sex as the register states it."""

    FEMALE = "female", "女", "female"
    MALE   = "male",   "男", "male"


class InstitutionKind(Term):
    """Undertaking institutions (《法律援助法》第十三条至第十七条、第六十八条)."""

    LEGAL_AID_CENTRE  = "legal_aid_centre",  "法律援助机构",     "legal aid institution"
    LAW_FIRM          = "law_firm",          "律师事务所",       "law firm"
    GRASSROOTS_OFFICE = "grassroots_office", "基层法律服务所",   "grass-roots legal service office"
    SOCIAL_ORG        = "social_org",        "社会组织",         "social organisation"
    MASS_ORG          = "mass_org",          "群团组织",         "mass organisation"
    JUSTICE_BUREAU    = "justice_bureau",    "本级司法局",       "the centre's own justice bureau"
    JUDICIAL_OFFICE   = "judicial_office",   "司法所",           "judicial office"
    UNIVERSITY        = "university",        "高校法律援助工作站", "university legal aid station"
    STATION           = "station",           "法律援助工作站",   "legal aid station"
    CONTACT_POINT     = "contact_point",     "法律援助联络点",   "legal aid contact point"
    SERVICE_CENTRE    = "service_centre",    "公共法律服务中心", "public legal service centre"
    SERVICE_PROVIDER  = "service_provider",  "政府购买服务的法律服务机构", \
                        "provider of legal services purchased by the government"
    RESEARCH          = "research",          "高等院校、科研机构", \
                        "university or research institution"
    NON_ENTERPRISE    = "non_enterprise",    "民办非企业单位（法律援助类）", \
                        "private non-enterprise unit for legal aid"


class PractitionerKind(Term):
    """Legal aid practitioners (《法律援助法》第十三条、第十七条；《办理法律援助案件程序规定》第二条)."""

    LAWYER            = "lawyer",            "律师（社会律师）", "lawyer"
    GRASSROOTS_WORKER = "grassroots_worker", "基层法律服务工作者", "grass-roots legal service worker"
    CENTRE_LAWYER     = "centre_lawyer",     "法律援助律师（法律援助机构内持证律师）", \
                        "centre staff with a practising certificate"
    CENTRE_STAFF      = "centre_staff",      "法律援助机构工作人员（具有律师资格或者法律职业资格）", \
                        "centre staff without a practising certificate"
    GOVERNMENT_LAWYER = "government_lawyer", "公职律师",         "government lawyer"
    COMPANY_LAWYER    = "company_lawyer",    "公司律师",         "company lawyer"
    VOLUNTEER_LAWYER  = "volunteer_lawyer",  "法律援助志愿者（执业律师）", "volunteer with a practising certificate"
    VOLUNTEER         = "volunteer",         "法律援助志愿者",   "volunteer"
    ORGANISATION_STAFF = "organisation_staff", "社会组织、群团组织人员", "staff of a social or mass organisation"
    MILITARY_LAWYER   = "military_lawyer",   "军队律师",         "military lawyer"


class Status(Term):
    """States of a case; ``lifecycle`` holds the transitions."""

    RECEIVED   = "received",   "待审查",     "received"
    PENDING    = "pending",    "待指派",     "to be assigned"
    POSTED     = "posted",     "待抢单",     "posted on the board"
    OFFERED    = "offered",    "待答复征询", "offered"
    ENTRUSTED  = "entrusted",  "待安排承办人员", "with an institution"
    ASSIGNED   = "assigned",   "已指派",     "assigned"
    ACCEPTED   = "accepted",   "已接受指派", "accepted"
    SIGNED     = "signed",     "已签订委托协议", "agreement signed"
    UNDERTAKEN = "undertaken", "办理中",     "undertaken"
    CLOSED     = "closed",     "已结案",     "closed"
    EVALUATED  = "evaluated",  "已评估",     "evaluated"
    REFUSED    = "refused",    "不予法律援助", "aid refused"
    TERMINATED = "terminated", "已终止法律援助", "terminated"
    WITHDRAWN  = "withdrawn",  "已撤回申请（通知）", "withdrawn"
    RETAINED   = "retained",   "已终止（受援人自行委托）", "recipient retained own counsel"
    TRANSFERRED = "transferred", "已移送",   "transferred"


class ModeName(Term):
    """The six ways to name a practitioner."""

    OPTIMIZED       = "optimized",       "精准指派", "optimised matching"
    POINT_SELECTION = "point_selection", "点援",     "point selection"
    GRAB            = "grab",            "抢单",     "grab order"
    ROTATION        = "rotation",        "轮流指派", "rotation"
    CONTINUITY      = "continuity",      "一援到底", "continuity"
    DESIGNATION     = "designation",     "人工指派", "designation"


class RelationKind(Term):
    """How two cases of a centre are related."""

    CO_DEFENDANTS  = "co_defendants",  "同案（或者犯罪事实存在关联的）犯罪嫌疑人、被告人", \
                     "co-defendants, or related facts"
    OPPOSING_SIDES = "opposing_sides", "利益对立方",   "opposing sides of one dispute"
    EARLIER_STAGE  = "earlier_stage",  "本案前一诉讼（办理）阶段", "an earlier stage of the same matter"


class PartyRole(Term):
    """A person's part in a case."""

    RECIPIENT = "recipient", "受援人",   "aid recipient"
    OPPOSING  = "opposing",  "对方当事人", "opposing party"
    CO_DEFENDANT = "co_defendant", "同案犯罪嫌疑人、被告人", "co-defendant"
    SPOUSE    = "spouse",    "配偶",       "spouse"
    GUARDIAN  = "guardian",  "监护人",     "guardian"
    RELATED   = "related",   "其他有关人员", "related person"


class PairKind(Term):
    """Facts about one case and one practitioner."""

    CONFLICT   = "conflict",   "利益冲突",   "conflict of interest"
    REFUSED    = "refused",    "曾不接受、被受援人拒绝或者被更换", "declined, replaced or refused in this case before"
    DUTY_HELP  = "duty_help",  "曾为同案多名犯罪嫌疑人、被告人提供值班律师法律帮助", "duty help to several co-suspects"
    CO_DEFENCE = "co_defence", "已为同案其他犯罪嫌疑人、被告人辩护", "already defends a co-defendant"
    OPPOSITE   = "opposite",   "其所在机构已代理对方当事人", "their institution already acts for the other side"
    ADVERSE    = "adverse",    "承办或者曾承办的案件与本案当事人利益相对", "acts, or has acted, for or against a party"
    UNCLEAR    = "unclear",    "可能存在利益冲突，待核对", "perhaps a conflict of interest: to be reviewed"
    TIED       = "tied",       "申报的顾问单位、近亲属与本案利益冲突", "a declared client or relative conflicts with it"
    TIE_UNCLEAR = "tie_unclear", "申报的顾问单位、亲属可能与本案有关，待核对", \
                  "a declared client or relative may conflict with it: to be reviewed"
    REMOVED    = "removed",    "依法不得继续担任本案辩护人、诉讼代理人", "barred from going on by the court"
    SEATED     = "seated",     "已是本案另一名承办人员", "already holds a seat of this case"
    COUNSEL    = "counsel",    "本案前一阶段承办人员", "counsel of the earlier stage"


DECLARABLE = (PairKind.CONFLICT, PairKind.DUTY_HELP, PairKind.REMOVED)
"""What is declared of a case and a practitioner; the rest follows from assignments and ties."""


class OrganKind(Term):
    """Kinds of organs a case may be before (办案机关、争议处理机关)."""

    COURT           = "court",           "人民法院",   "court"
    PROCURATORATE   = "procuratorate",   "人民检察院", "procuratorate"
    PUBLIC_SECURITY = "public_security", "公安机关",   "public security organ"
    ARBITRATION     = "arbitration",     "仲裁机构",   "arbitration body"
    OTHER           = "other",           "其他机关",   "other organ"


class JobStatus(Term):
    """States of long work."""

    QUEUED    = "queued",    "排队中", "queued"
    RUNNING   = "running",   "进行中", "running"
    DONE      = "done",      "已完成", "done"
    FAILED    = "failed",    "出错",   "failed"
    CANCELLED = "cancelled", "已取消", "cancelled"


class JobKind(Term):
    """Kinds of long work."""

    RUN        = "run",        "匹配批次", "matching run"
    IMPORT     = "import",     "导入",     "import"
    SIMULATION = "simulation", "方案试算", "back-test of a policy"
    REPLAY     = "replay",     "对照方案试算", "replay of the policy compared against"
    FIRMNESS   = "firmness",   "稳定区间测算", "how far a policy's numbers can move"


class ProposalState(Term):
    """What became of a proposal."""

    PROPOSED = "proposed", "待确认", "proposed"
    APPLIED  = "applied",  "已采纳", "applied"
    STALE    = "stale",    "已失效（名册或者案件有变化）", "stale"
    REJECTED = "rejected", "未采纳", "rejected"


class PolicyStatus(Term):
    """States of a policy version."""

    DRAFT      = "draft",      "草稿",   "draft"
    SIMULATED  = "simulated",  "已试算", "simulated"
    PUBLISHED  = "published",  "已发布", "published"
    SUPERSEDED = "superseded", "已失效",   "superseded"
# fmt: on
