"""Every table of columns by its kind: areas, institutions, practitioners and cases, in the order of the templates."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from dispatch.domain import texts
from dispatch.domain.law.aid_first import AidFirst, Material
from dispatch.domain.law.means import MeansGround, MeansStatus
from dispatch.domain.roster.words import BY_GRADE
from dispatch.domain.stages import reviews_death
from dispatch.domain.vocabulary import (
    ON_NOTICE,
    CaseSource,
    Category,
    IdentityKind,
    InstitutionKind,
    Matter,
    MeansTest,
    OrganKind,
    PractitionerKind,
    ReviewCourt,
    Service,
    Sex,
    Stage,
)
from dispatch.exchange import cells, lists
from dispatch.exchange.columns import POINT, Column, Kind, Need, RowCheck, Table, courts_only, in_order
from dispatch.exchange.faults import NOTHING, Words
from dispatch.exchange.languages import LANGUAGES
from dispatch.exchange.wording import STRONG

INSTITUTION_KINDS = cells.words_of(InstitutionKind)
PRACTITIONER_KINDS = cells.words_of(PractitionerKind)
SEXES = cells.words_of(Sex)
CATEGORIES = cells.words_of(Category)

LAST_DAY = date(2099, 12, 31)
"""What has no end is good until the last day a cell can name."""

# what a cell may hold
CODE, DAY, YES, LEVEL, COUNT = cells.code(), cells.day(), cells.yes_or_no(), cells.whole(0, 100), cells.whole(0, 10_000)
LATITUDE, LONGITUDE = cells.real(-90, 90), cells.real(-180, 180)
ENDLESS = cells.day(endless=LAST_DAY)
PASSED = cells.yes_or_no({*BY_GRADE[True], "合格", "通过"}, {*BY_GRADE[False], "不合格", "未通过"})
IN_CUSTODY = cells.yes_or_no({"在押", "羁押", "已羁押"}, {"未羁押", "未在押", "不在押", "取保候审", "监视居住"})
ON_REGISTER = cells.yes_or_no({"在册"}, {"不在册", "注销", "已注销"})
UNDER_AGE = cells.yes_or_no({"未成年", "未成年人"}, {"成年", "成年人"})
SEX = cells.one_of(lambda _: SEXES)
FIRM = cells.one_of(lambda _: INSTITUTION_KINDS)
PERSON = cells.one_of(lambda _: PRACTITIONER_KINDS)
AREA = cells.one_of(lambda lookups: lookups.areas)
SERVED = lists.some_of(lambda lookups: lookups.areas, 400)
SPOKEN = lists.some_of(lambda _: LANGUAGES)
RELATED = lists.codes(length=120)
CAUSES = lists.levels(lambda lookups: lookups.specialties, 200)
GROUPS = lists.levels(lambda _: CATEGORIES)

# how it is explained
UNIQUE = Words("在本中心内唯一；再次导入时按它更新", "unique in the centre; a file imported again updates by it")
UNKNOWN = Words("不清楚请留空；规则需要此项时，留空按不符合处理", "blank means unknown, and unknown fails a hard rule")
LEVELS = Words("写作“名称:分值”（0–100），用“；”分隔；确实没有的填“无”", "name:level (0-100), parted by ;; or none")
LIST = Words("用“；”分隔；确实没有的填“无”", "parted by ;; or none")
OFFICES = Words(
    "写作“单位全称@离任日期”，如“某市某区人民法院@2023-06-30”；确实没有的填“无”", "organ@day left, parted by ;; or none"
)
SHOWN = Words("受援人可以看到；留空则不显示", "recipients see it; blank shows nothing")
REACHED = Words(
    "只填办公电话和地址；指派后受援人可以看到；留空则显示所在机构的",
    "of the office only; recipients see it once assigned; blank shows the institution's",
)
PRIVATE = Words("加密保存，只供中心查看", "kept sealed, for the centre alone")
PLACE = Words("填本中心已登记的地区代码或者名称", "code or name of an area of this centre")
TERRITORY = Words(
    "填本中心已登记的地区代码或者名称；基层法律服务工作者填其执业区域",
    "codes or names of areas of this centre; for a grass-roots worker, where they may practise",
)
MEMBER = Words("填已登记的机构编号", "code of an institution on the register")
COURTS = Words(
    "只填人民法院、人民检察院，用“；”分隔；确实没有的填“无”", "courts and procuratorates only, parted by ;; or none"
)
UNCAPPED = Words("留空则按现行指派方案", "blank takes the policy's cap")
STAMP = Words(
    "按执业证“年度考核备案”栏填写；无执业证的留空",
    "as the certificate's assessment page says; blank for staff without one",
)
NO_CAP = Words("留空则不限", "blank sets no cap")
GRADED = Words("0–100；尚未评估的留空", "0-100; blank takes the policy's level")
NOT_THEIRS = Words(
    "律师助理、实习律师不是法律援助人员，不列入；不清楚请留空，留空按不符合处理",
    "trainees and assistants are no practitioners; blank is unknown, and unknown fails a hard rule",
)
LISTED = Words("留空按“是”处理", "blank counts as yes")
FIRST_DAY = Words("留空则为首次导入之日", "blank is the day of the first import")
NOT_BEFORE = Words("不早于入库日期", "not before entered on")
AFTER_START = Words("不早于开始执业日期", "not before practising since")

KEY, REQUIRED = Need.KEY, Need.REQUIRED
LEFT = RowCheck("left_on", in_order("entered_on", "left_on"), NOT_BEFORE)
RELATIVES = RowCheck("relatives_at", courts_only("relatives_at"), COURTS)
DEFENCE = RowCheck("criminal_defence_since", in_order("practising_since", "criminal_defence_since"), AFTER_START)

# fmt: off
AREAS = Table(Kind.AREAS, (
    # field, Chinese and English header, what a cell holds, example, help, need, other headers
    Column("code",                     "地区代码",          "Area code", cells.code(40), "SAMPLE-A1", UNIQUE, KEY),
    Column("name",                     "地区名称",          "Area name", cells.text(120), "示例区", NOTHING, REQUIRED),
    Column("latitude",                 "纬度",              "Latitude",                LATITUDE, 34.4437, UNKNOWN),
    Column("longitude",                "经度",              "Longitude",               LONGITUDE, 115.6137, UNKNOWN),
), (POINT,))

INSTITUTIONS = Table(Kind.INSTITUTIONS, (
    # field, Chinese and English header, what a cell holds, example, help, need, other headers
    Column("code", "机构编号", "Institution code", CODE, "SAMPLE-F1", UNIQUE, KEY, ("Code",)),
    Column("name", "机构名称", "Institution name", cells.text(200), "示例律师事务所", NOTHING, REQUIRED, ("Name",)),
    Column("kind",                     "机构类型",          "Kind", FIRM, "law_firm", UNKNOWN, aliases=("机构性质",)),
    Column("area",                     "所在地区",          "Area",                    AREA, None, PLACE),
    Column("contact", "办公电话和地址", "Office telephone and address", cells.text(200), None, SHOWN),
    Column("latitude",                 "纬度",              "Latitude",                LATITUDE, 34.4437, UNKNOWN),
    Column("longitude",                "经度",              "Longitude",               LONGITUDE, 115.6137, UNKNOWN),
    Column("capacity",                 "机构在办案件数上限", "Open cases at most",      COUNT, 40, NO_CAP,
           aliases=("机构承办上限",)),
    Column("entered_on",               "入库日期",          "Entered on",              DAY, date(2024, 1, 5)),
    Column("left_on",                  "出库日期",          "Left on",                 DAY),
), (POINT, LEFT))

PRACTITIONERS = Table(Kind.PRACTITIONERS, (
    # field, Chinese and English header, what a cell holds, example, help, need, other headers
    Column("code", "执业证号（无执业证的填人员编号）", "Licence number", CODE, "SAMPLE-P1", UNIQUE, KEY,
           ("执业证号", "编号", "Code")),
    Column("name",                     "姓名",              "Name", cells.text(120), "示例", NOTHING, REQUIRED),
    Column("institution",              "机构编号",          "Institution code", CODE, "SAMPLE-F1", MEMBER, REQUIRED),
    Column("kind",                     "人员类型",          "Kind",                    PERSON, "lawyer", NOT_THEIRS),
    Column("sex",                      "性别",              "Sex",                     SEX, "female", UNKNOWN),
    Column("listed",                   "在册",              "Listed",                  ON_REGISTER, True, LISTED,
           aliases=("在册承办",)),
    Column("assessment_valid_to", "年度考核备案有效期至", "Assessment on record until", ENDLESS, date(2030, 12, 31),
           STAMP, aliases=("执业证有效期至", "Licence valid to", "licence_valid_to")),
    Column("assessment_passed",        "年度考核称职",      "Assessment passed",       PASSED, True, UNKNOWN),
    Column("practising_since",         "开始执业日期",      "Practising since",        DAY, date(2015, 7, 1), UNKNOWN,
           aliases=("执业起始日期",)),
    Column("criminal_defence_since",   "首次办理刑事辩护日期", "Criminal defence since", DAY, date(2016, 3, 1), UNKNOWN,
           aliases=("刑事辩护起始日期",)),
    Column("minor_trained", "熟悉未成年人身心特点（经专门培训）", "Trained for minors", YES, False, UNKNOWN,
           aliases=("熟悉未成年人身心特点", "未成年人案件培训")),
    Column("legal_qualification",      "法律职业资格",      "Legal qualification",     YES, True, UNKNOWN),
    Column("specialties",              "专业特长",          "Specialties",             CAUSES, None, LEVELS),
    Column("experience",               "受援人类别经验",    "Experience", GROUPS, {"migrant_worker": 70}, LEVELS),
    Column("languages",                "语言",              "Languages",               SPOKEN, ["sign"], LIST),
    Column("areas",                    "服务地区",          "Areas served",            SERVED, None, TERRITORY),
    Column("former_offices", "曾任职的人民法院、人民检察院", "Former offices", lists.former_offices(), [], OFFICES,
           aliases=("曾任司法机关",)),
    Column("relatives_at", "配偶、父母、子女任职的人民法院、人民检察院", "Relatives at", RELATED, [], COURTS,
           aliases=("近亲属任职机关",)),
    Column("contact", "办公电话和地址", "Office telephone and address", cells.text(200), None, REACHED),
    Column("phone",                    "手机号码",          "Mobile telephone",        cells.text(120), None, PRIVATE),
    Column("identity_number",          "身份证件号码",      "Identity number",         cells.code(40), None, PRIVATE),
    Column("quality",                  "案件质量评估得分",  "Quality",                 LEVEL, 80, GRADED,
           aliases=("质量评价",)),
    Column("latitude",                 "纬度",              "Latitude",                LATITUDE, 34.4437, UNKNOWN),
    Column("longitude",                "经度",              "Longitude",               LONGITUDE, 115.6137, UNKNOWN),
    Column("capacity",                 "在办案件数上限",    "Open cases at most",      COUNT, 5, UNCAPPED,
           aliases=("承办上限",)),
    Column("monthly_capacity",         "每月指派数上限",    "New cases a month",       COUNT, None, UNCAPPED,
           aliases=("每月上限",)),
    Column("entered_on",               "入库日期",          "Entered on", DAY, date(2024, 1, 5), FIRST_DAY),
    Column("left_on",                  "出库日期",          "Left on",                 DAY),
), (POINT, LEFT, RELATIVES, DEFENCE))
# fmt: on


MATTERS = cells.words_of(Matter)
SERVICES = cells.words_of(Service)
SOURCES = cells.words_of(CaseSource)
STAGES = cells.words_of(Stage)
MEANS_TESTS = cells.words_of(MeansTest)
PAPERS = cells.words_of(IdentityKind)
REVIEW_COURTS = cells.words_of(ReviewCourt)
CHECKS, EXEMPTIONS = cells.words_of(MeansStatus), cells.words_of(MeansGround)
GROUNDS_FIRST, MATERIALS = cells.words_of(AidFirst), cells.words_of(Material)

# what a cell may hold
MATTER, SERVICE = cells.one_of(lambda _: MATTERS), cells.one_of(lambda _: SERVICES)
SOURCE, STAGE = cells.one_of(lambda _: SOURCES), cells.one_of(lambda _: STAGES)
TEST = cells.one_of(lambda _: MEANS_TESTS)
CHECKED, EXEMPTION = cells.one_of(lambda _: CHECKS), cells.one_of(lambda _: EXEMPTIONS)
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
CITIZENS = Words(
    "留空则证件号码应为18位公民身份号码（旧证15位）",
    "blank: the number is built like a citizen's (18, or 15 of an old card)",
)
BY_KIND = Words(
    "加密保存；按证件类型校验，并由此得出性别和是否未成年",
    "kept sealed; checked by its kind, and tells the sex and whether they are a minor",
)
SEALED = Words("加密保存，不用于匹配", "kept sealed; never part of a decision")
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
WHERE_CHECKED = Words("仅需核查的填写；不清楚请留空", "only where hardship is checked; blank means unknown")
WHERE_EXEMPT = Words("仅免予核查的填写", "only where no check is made")
FIRST_ONLY = Words(
    "仅先行提供法律援助的填写（《法律援助法》第四十四条）",
    "only where aid came before its papers (Legal Aid Law, art. 44)",
)
AFTER = Words("不早于收到申请（通知）时间", "not before it was received")


def decided(values: Mapping[str, Any]) -> bool:
    """Return whether a decision to grant stands only where one is made: not on notice."""
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
    Column("means_status",             "经济困难核查结果",  "Result of the means test", CHECKED, None, WHERE_CHECKED),
    Column("means_ground",             "免予核查的情形",    "Ground of exemption",     EXEMPTION, None, WHERE_EXEMPT),
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
    Column("opposing",                 "对方当事人",        "Opposing parties",        PEOPLE, None, SEALED),
    Column("co_accused", "同案犯罪嫌疑人、被告人", "Co-accused", PEOPLE, None, SEALED, aliases=("同案人",)),
    Column("spouses",                  "受援人配偶",        "Recipient's spouse",      PEOPLE, None, SEALED),
    Column("guardians", "受援人监护人", "Recipient's guardians", PEOPLE, None, SEALED, aliases=("监护人",)),
    Column("related",                  "其他有关人员",      "Related persons",         PEOPLE, None, SEALED),
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
           aliases=("时效届满日", "诉讼时效届满日", "法定期限届满日")),
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
    Column("wishes",                   "点援意愿",          "Wishes",                  LICENCES, None, WISHES),
    Column("co_defendants",            "同案其他受援人的案件编号", "Co-defendants' cases", NUMBERS, None, OTHERS,
           aliases=("同案案件",)),
    Column("opposing_sides",           "利益对立方的案件编号", "Opposing cases",       NUMBERS, None, OTHERS,
           aliases=("对立方案件",)),
    Column("earlier_stage",            "本案前一阶段的案件编号", "Earlier stage",      NUMBERS, None, OTHERS,
           aliases=("前一阶段案件",)),
), (RowCheck("granted_at", in_order("received_at", "granted_at"), AFTER), NO_DECISION, REVIEW, CUSTODY))
# fmt: on


MAY_BE = lists.some_of(lambda _: MATTERS, 3)
OTHER_NAMES = lists.codes(100, 200, STRONG)

# how it is explained
OFFICIAL = Words("全称；已有的案由按名称对应，代码和上级不变", "in full; a known name keeps its code and its place")
UNDER = Words("上级案由的名称或者代码；章、部分留空", "name or code of the cause above; blank for a chapter")
OF_PARENT = Words("留空则同上级", "blank takes that of the cause above")
ALSO_NAMED = Words("用“；”分隔；{甲、乙}表示其中任意几项", "parted by ;; {a, b} stands for any of them")
OWN_CODE = Words("留空则自动生成；小写字母、数字、下划线", "blank makes one; small letters, digits and _")

# fmt: off
CATALOGUE = Table(Kind.CAUSES, (
    # field, Chinese and English header, what a cell holds, example, help, need, other headers
    Column("name",    "案由（罪名）", "Name", cells.text(200), "示例责任纠纷", OFFICIAL, KEY, ("案由", "罪名", "名称")),
    Column("parent",  "上级",         "Under",       cells.text(200), "侵权责任纠纷", UNDER, aliases=("上级案由",)),
    Column("matter",  "案件类型",     "Matter",      MATTER, None, OF_PARENT, aliases=("案件类别",)),
    Column("english", "英文名称",     "English",     cells.text(200), "example liability"),
    Column("aliases", "其他写法",     "Other names", OTHER_NAMES, ["示例责任"], ALSO_NAMED),
    Column("also",    "也可属于",     "May also be", MAY_BE),
    Column("code",    "代码",         "Code",        cells.code(40), None, OWN_CODE),
), ())
# fmt: on


NAMED_IN_FULL = Words(
    "机关全称；再次导入时按名称或者别名更新", "in full; a file imported again updates by any of its names"
)
ALIASES = Words("同一机关的简称、曾用名，用“；”分隔", "short and former names, parted by ;")
ORGAN_KINDS = cells.words_of(OrganKind)

# fmt: off
ORGANS = Table(Kind.ORGANS, (
    # field, Chinese and English header, what a cell holds, example, help, need, other headers
    Column("name", "办案机关（争议处理机关）", "Organ", NAME, "示例市中级人民法院", NAMED_IN_FULL, KEY,
           ("办案机关", "机关名称", "名称")),
    Column("kind",    "机关类型", "Kind",        cells.one_of(lambda _: ORGAN_KINDS), "court"),
    Column("area",    "所在地区", "Area",        AREA, None, PLACE),
    Column("aliases", "别名",     "Other names", lists.codes(40), ["示例中院"], ALIASES, aliases=("简称", "曾用名")),
))
# fmt: on


TABLES: dict[Kind, Table] = {
    Kind.AREAS: AREAS,
    Kind.INSTITUTIONS: INSTITUTIONS,
    Kind.PRACTITIONERS: PRACTITIONERS,
    Kind.CASES: CASES,
    Kind.CAUSES: CATALOGUE,
    Kind.ORGANS: ORGANS,
}
