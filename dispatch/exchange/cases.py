"""The columns of cases, in the order of the template, and what their cells share with those of other tables."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dispatch.domain import texts
from dispatch.domain.funds.sources import FundSource
from dispatch.domain.law.aid_first import AidFirst, Material
from dispatch.domain.law.means import WHY, MeansGround, MeansStatus
from dispatch.domain.stages import reviews_death
from dispatch.domain.vocabulary import (
    ON_NOTICE,
    CaseSource,
    Category,
    IdentityKind,
    Matter,
    MeansTest,
    ReviewCourt,
    Service,
    Sex,
    Stage,
)
from dispatch.exchange import cells, lists
from dispatch.exchange.columns import Column, Kind, Need, RowCheck, Table, in_order
from dispatch.exchange.faults import NOTHING, Words
from dispatch.exchange.languages import LANGUAGES

CATEGORIES = cells.words_of(Category)
MATTERS = cells.words_of(Matter)
SEXES = cells.words_of(Sex)
SERVICES = cells.words_of(Service)
SOURCES = cells.words_of(CaseSource)
STAGES = cells.words_of(Stage)
MEANS_TESTS = cells.words_of(MeansTest)
FUNDS = cells.words_of(FundSource)
PAPERS = cells.words_of(IdentityKind)
REVIEW_COURTS = cells.words_of(ReviewCourt)
CHECKS, EXEMPTIONS = cells.words_of(MeansStatus), cells.words_of(MeansGround)
GROUNDS_FIRST, MATERIALS = cells.words_of(AidFirst), cells.words_of(Material)

# what a cell may hold
DAY, YES = cells.day(), cells.yes_or_no()
IN_CUSTODY = cells.yes_or_no({"在押", "羁押", "已羁押"}, {"未羁押", "未在押", "不在押", "取保候审", "监视居住"})
UNDER_AGE = cells.yes_or_no({"未成年", "未成年人"}, {"成年", "成年人"})
SEX = cells.one_of(lambda _: SEXES)
AREA = cells.one_of(lambda lookups: lookups.areas)
MATTER, SERVICE = cells.one_of(lambda _: MATTERS), cells.one_of(lambda _: SERVICES)
SOURCE, STAGE = cells.one_of(lambda _: SOURCES), cells.one_of(lambda _: STAGES)
TEST = cells.one_of(lambda _: MEANS_TESTS)
CHECKED, EXEMPTION = cells.one_of(lambda _: CHECKS), cells.one_of(lambda _: EXEMPTIONS)
FUND = cells.one_of(lambda _: FUNDS)
FIRST, OWED = cells.one_of(lambda _: GROUNDS_FIRST), lists.some_of(lambda _: MATERIALS, len(Material))
PAPER = cells.one_of(lambda _: PAPERS)
REVIEWER = cells.one_of(lambda _: REVIEW_COURTS)
CAUSE = cells.one_of(lambda lookups: lookups.causes)
GROUPS, SPOKEN = lists.some_of(lambda _: CATEGORIES, len(Category)), lists.some_of(lambda _: LANGUAGES, 8)
HOMES = lists.some_of(lambda lookups: lookups.areas, 8)
INSTANT, NAME, CASE = cells.instant(), cells.text(80), cells.case_number()
NUMBERS = lists.codes(50, 60, clean=texts.case_number, key=texts.case_number_key)
PEOPLE = lists.codes(20, key=None)  # two people may have one name
LICENCES = lists.codes(3, 60, clean=texts.code)

# how it is explained
UNIQUE = Words("在本中心内唯一；再次导入时按它更新", "unique in the centre; a file imported again updates by it")
UNKNOWN = Words("不清楚请留空；规则需要此项时，留空按不符合处理", "blank means unknown, and unknown fails a hard rule")
LIST = Words("用“；”分隔；确实没有的填“无”", "parted by ;; or none")
PLACE = Words("填本中心已登记的地区代码或者名称", "code or name of an area of this centre")
CITIZENS = Words(
    "留空则证件号码应为18位公民身份号码（旧证15位）",
    "blank: the number is built like a citizen's (18, or 15 of an old card)",
)
BY_KIND = Words(
    "加密保存；按证件类型校验，并由此得出性别和是否未成年",
    "kept sealed; checked by its kind, and tells the sex and whether they are a minor",
)
SEALED = Words("加密保存，不用于匹配", "kept sealed; never part of a decision")
PARTY = Words("加密保存；可以写作“姓名（证件号码）”，用“；”分隔", "kept sealed; name, or name (number), parted by ;")
OTHERS = Words("填案件编号，用“；”分隔", "case numbers parted by ;")
WISHES = Words("填执业证号，至多三名，按意愿先后", "up to three licence numbers, the most wished first")
ASKED = Words("留空按“申请”处理", "blank counts as an application")
SEATS = Words("填1或者2；留空按1处理", "1 or 2; blank is 1")
UNDECIDED = Words(
    "尚未决定的留空；通知辩护、代理案件不填，期限自收到通知时起算",
    "blank if not yet decided, and for notices, whose clock runs from their receipt",
)
NO = Words("留空按“否”处理", "blank counts as no")
OWN_STAGE = Words("留空则以诉讼（办理）阶段为准", "blank leaves it to the stage")
REVIEWED = Words(
    "仅死刑复核案件填写；最高人民法院复核的登记后移送",
    "for death-penalty reviews only; the Supreme Court's are transferred",
)
BASIC_COURT = Words(
    "填审理（一审）的基层人民法院所在的已登记地区；由上级法院一审的留空",
    "area of the basic court of first instance; blank where a higher court was the first",
)
AHEAD = Words(
    "不清楚请留空；已知的，指派期限不晚于开庭前应当通知之日",
    "blank means unknown; counsel is named in time for its notice",
)
PERIOD = Words(
    "起诉、申请仲裁或者行政复议的最后一日；不足七日的，当日指派",
    "last day to sue or apply; less than seven days before, somebody is named the same day",
)
IN_CUSTODY_ONLY = Words(
    "仅在押的填写；指派期限不晚于届满前一日", "of who is detained only; somebody is named the day before"
)
PRESERVED = Words(
    "财产保全、证据保全或者先予执行；填“是”的，当日指派",
    "of property or evidence, or advance payment: named the same day",
)
WHERE_CHECKED = Words(
    "仅需核查的填写，决定给予法律援助前填写", "only where hardship is checked; filled in before aid is granted"
)
WHERE_EXEMPT = Words("仅免予核查或者不受限制的填写", "only where no check is made, or hardship is no condition")
FIRST_ONLY = Words(
    "仅先行提供法律援助的填写（《法律援助法》第四十四条）",
    "only where aid came before its papers (Legal Aid Law, art. 44)",
)
PAYS = Words(
    "不清楚请留空；填本级以外的经费即为申报，批准前由本级经费支付",
    "blank means unknown; a fund other than the centre's own is applied for with this, and pays once granted",
)
AFTER = Words("不早于收到申请（通知）时间", "not before it was received")


def decided(values: Mapping[str, Any]) -> bool:
    """Return whether a decision to grant is given only where one is made: not on notice."""
    return values.get("granted_at") is None or values.get("source") not in ON_NOTICE


def reviewed(values: Mapping[str, Any]) -> bool:
    """Return whether a reviewing court is named only where a death sentence is reviewed."""
    named = values.get("review_court") is not None
    return not named or reviews_death(values["stage"], values.get("death_review"))


def held(values: Mapping[str, Any]) -> bool:
    """Return whether a custody period is one of who may be detained."""
    free = values.get("detained") is False and Category.DETAINED not in (values.get("categories") or ())
    return values.get("custody_ends_on") is None or not free


CUSTODY = RowCheck("custody_ends_on", held, IN_CUSTODY_ONLY)
NO_DECISION = RowCheck("granted_at", decided, UNDECIDED)
REVIEW = RowCheck("review_court", reviewed, REVIEWED)
KEY, REQUIRED = Need.KEY, Need.REQUIRED
RECEIVED, GRANTED = datetime(2026, 1, 5, 1, 30, tzinfo=UTC), datetime(2026, 1, 5, 8, tzinfo=UTC)

# fmt: off
CASES = Table(Kind.CASES, (
    # field, Chinese and English header, what a cell holds, example, help, need, other headers
    Column("number",                   "案件编号",          "Number",                CASE, "SAMPLE-1", UNIQUE, KEY),
    Column("matter",                   "案件类型",          "Matter",                  MATTER, None, NOTHING, REQUIRED,
           ("案件类别",)),
    Column("cause",                    "案由（罪名）",      "Cause",                   CAUSE, None, NOTHING, REQUIRED,
           ("案由", "罪名")),
    Column("service",                  "法律援助形式",      "Service", SERVICE, "litigation_agency", NOTHING, REQUIRED,
           ("援助形式",)),
    Column("source",                   "案件来源",          "Source",                  SOURCE, "application", ASKED),
    Column("stage",                    "诉讼（办理）阶段",  "Stage", STAGE, "first_instance", NOTHING, REQUIRED,
           ("办案阶段", "诉讼阶段", "办理阶段")),
    Column("means_test",               "经济困难状况核查",  "Means test",              TEST, aliases=("经济状况审查",)),
    Column("means_status",             "经济困难核查结果",  "Result of the means test", CHECKED, "pledged",
           WHERE_CHECKED),
    Column("means_ground",             WHY.zh,              WHY.en,                    EXEMPTION, None, WHERE_EXEMPT,
           aliases=("免予核查的情形",)),
    Column("area", "办案机关（争议处理机关）所在地", "Area", AREA, None, PLACE, 
           aliases=("办案机关所在地", "案件地区")),
    Column("organ",                    "办案机关（争议处理机关）", "Organ",            NAME, aliases=("办案机关",)),
    Column("categories",               "受援人类别",        "Categories", GROUPS, ["migrant_worker"], LIST),
    Column("languages",                "所需语言",          "Languages",               SPOKEN, None, LIST),
    Column("domicile_areas",           "当事人住所地区",    "Domicile areas",          HOMES, None, PLACE),
    Column("court_area",               "审理法院所在地区",  "Area of the court",       AREA, None, BASIC_COURT),
    Column("interpreter",              "已安排翻译",        "Interpretation arranged", YES, False, NO),
    Column("recipient_name",           "受援人姓名",        "Recipient name",          NAME, "示例", SEALED, REQUIRED),
    Column("recipient_identity_kind", "受援人证件类型",      "Recipient identity document", PAPER, "resident_card",
           CITIZENS, aliases=("证件类型",)),
    Column("recipient_identity_number", "受援人证件号码",    "Recipient identity number", cells.code(40), None, BY_KIND,
           aliases=("证件号码", "身份证号", "身份证号码")),
    Column("recipient_sex",            "受援人性别",        "Recipient sex",           SEX, "female"),
    Column("recipient_contact",        "受援人联系方式",    "Recipient contact",       cells.text(120), None, SEALED),
    Column("opposing",                 "对方当事人",        "Opposing parties",        PEOPLE, None, PARTY),
    Column("co_accused", "同案犯罪嫌疑人、被告人", "Co-accused", PEOPLE, None, PARTY, aliases=("同案人",)),
    Column("spouses",                  "受援人配偶",        "Recipient's spouse",      PEOPLE, None, PARTY),
    Column("guardians", "受援人监护人", "Recipient's guardians", PEOPLE, None, PARTY, aliases=("监护人",)),
    Column("related",                  "其他有关人员",      "Related persons",         PEOPLE, None, PARTY),
    Column("story",                    "案情",              "Story", cells.text(4000, lines=True), None, SEALED),
    Column("recipient_minor",          "受援人为未成年人",  "Recipient is a minor",    UNDER_AGE, False, UNKNOWN),
    Column("detained",                 "在押",              "Detained",                IN_CUSTODY, False, UNKNOWN),
    Column("grave",                    "可能被判处无期徒刑、死刑", "Grave",             YES, False, UNKNOWN,
           aliases=("可能判处无期徒刑或死刑",)),
    Column("sexual_assault",           "性侵害案件",        "Sexual assault",          YES, False, UNKNOWN,
           aliases=("性侵害",)),
    Column("death_review",             "死刑复核案件",      "Death-penalty review",    YES, False, OWN_STAGE),
    Column("review_court",             "复核法院",          "Reviewing court",         REVIEWER, None, REVIEWED),
    Column("compulsory_treatment",     "强制医疗案件",      "Compulsory treatment",    YES, False, OWN_STAGE,
           aliases=("强制医疗",)),
    Column("secret",                   "涉密案件",          "Secret",                  YES, False, UNKNOWN,
           aliases=("涉密",)),
    Column("major",                    "重大、疑难案件",    "Major",                   YES, False, NO,
           aliases=("重大案件",)),
    Column("hearing_on",               "开庭日期",          "Hearing on",              DAY, None, AHEAD,
           aliases=("开庭时间",)),
    Column("limitation_ends_on",       "法定时效（期限）届满日", "Limitation ends on",  DAY, None, PERIOD,
           aliases=("时效届满日", "法定时效届满日", "诉讼时效届满日", "法定期限届满日")),
    Column("custody_ends_on",          "羁押期限届满日",    "Custody ends on",         DAY, None, IN_CUSTODY_ONLY,
           aliases=("羁押届满日",)),
    Column("preservation",             "需立即申请保全或者先予执行", "Preservation needed", YES, None, PRESERVED,
           aliases=("需立即申请保全",)),
    Column("demand",                   "承办人数",          "Practitioners needed",    cells.whole(1, 2), 1, SEATS),
    Column("received_at",              "收到申请（通知）时间", "Received at", INSTANT, RECEIVED, NOTHING, REQUIRED,
           ("收到申请时间", "收到通知时间", "收到时间")),
    Column("granted_at",               "决定给予法律援助时间", "Granted at",           INSTANT, GRANTED, UNDECIDED,
           aliases=("决定援助时间",)),
    Column("aid_first",                "先行提供法律援助",  "Aid first",               FIRST, None, FIRST_ONLY),
    Column("materials_owed",           "尚未补交的材料",    "Materials owed",          OWED, None, FIRST_ONLY),
    Column("materials_due_on",         "补交材料期限",      "Materials due on",        DAY, None, FIRST_ONLY),
    Column("fund_source",              "经费来源",          "Fund",                    FUND, None, PAYS,
           aliases=("资金来源", "项目资金")),
    Column("wishes",                   "点援意愿",          "Wishes",                  LICENCES, None, WISHES),
    Column("co_defendants",            "同案其他受援人的案件编号", "Co-defendants' cases", NUMBERS, None, OTHERS,
           aliases=("同案案件",)),
    Column("opposing_sides",           "利益对立方的案件编号", "Opposing cases",       NUMBERS, None, OTHERS,
           aliases=("对立方案件",)),
    Column("earlier_stage",            "本案前一阶段的案件编号", "Earlier stage",      NUMBERS, None, OTHERS,
           aliases=("前一阶段案件",)),
), (RowCheck("granted_at", in_order("received_at", "granted_at"), AFTER), NO_DECISION, REVIEW, CUSTODY))
# fmt: on
