"""Every table of columns by its kind: areas, institutions, practitioners and cases, in the order of the templates."""

from datetime import date

from dispatch.domain.roster.words import BY_GRADE
from dispatch.domain.vocabulary import (
    InstitutionKind,
    OrganKind,
    PractitionerKind,
)
from dispatch.exchange import cells, lists
from dispatch.exchange.cases import (
    AREA,
    CASES,
    CATEGORIES,
    DAY,
    LIST,
    MATTER,
    MATTERS,
    NAME,
    PLACE,
    SEX,
    UNIQUE,
    UNKNOWN,
    YES,
)
from dispatch.exchange.columns import POINT, Column, Kind, Need, RowCheck, Table, courts_only, in_order
from dispatch.exchange.faults import NOTHING, Words
from dispatch.exchange.languages import LANGUAGES
from dispatch.exchange.roster.absences import ABSENCES
from dispatch.exchange.roster.evidence import ASSESSMENTS, SPECIALTIES
from dispatch.exchange.roster.ties import TIES
from dispatch.exchange.wording import STRONG

INSTITUTION_KINDS = cells.words_of(InstitutionKind)
PRACTITIONER_KINDS = cells.words_of(PractitionerKind)

LAST_DAY = date(2099, 12, 31)
"""What has no end is good until the last day a cell can name."""

# what a cell may hold
CODE, LEVEL, COUNT = cells.code(), cells.whole(0, 100), cells.whole(0, 10_000)
LATITUDE, LONGITUDE = cells.real(-90, 90), cells.real(-180, 180)
ENDLESS, LEAVING = cells.day(endless=LAST_DAY), cells.day(may_last=True)
PASSED = cells.yes_or_no({*BY_GRADE[True], "合格", "通过"}, {*BY_GRADE[False], "不合格", "未通过"})
ON_REGISTER = cells.yes_or_no({"在册"}, {"不在册", "注销", "已注销"})
FIRM = cells.one_of(lambda _: INSTITUTION_KINDS)
PERSON = cells.one_of(lambda _: PRACTITIONER_KINDS)
SERVED = lists.some_of(lambda lookups: lookups.areas, 400)
SPOKEN = lists.some_of(lambda _: LANGUAGES)
RELATED = lists.codes(length=120)
CAUSES = lists.levels(lambda lookups: lookups.specialties, 200)
GROUPS = lists.levels(lambda _: CATEGORIES)

# how it is explained
LEVELS = Words("写作“名称:分值”（0–100），用“；”分隔；确实没有的填“无”", "name:level (0-100), parted by ;; or none")
OFFICES = Words(
    "写作“单位全称@离任日期”，如“某市某区人民法院@2023-06-30”；确实没有的填“无”", "organ@day left, parted by ;; or none"
)
SHOWN = Words("受援人可以看到；留空则不显示", "recipients see it; blank shows nothing")
REACHED = Words(
    "只填办公电话和地址；指派后受援人可以看到；留空则显示所在机构的",
    "of the office only; recipients see it once assigned; blank shows the institution's",
)
PRIVATE = Words("加密保存，只供中心查看", "kept sealed, for the centre alone")
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
    Column("left_on",                  "出库日期",          "Left on",                 LEAVING),
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
    Column("left_on",                  "出库日期",          "Left on",                 LEAVING),
), (POINT, LEFT, RELATIVES, DEFENCE))
# fmt: on


MAY_BE = lists.some_of(lambda _: MATTERS, 3)
OTHER_NAMES = lists.codes(100, 200, STRONG)

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
    Kind(table.kind): table
    for table in (
        AREAS,
        INSTITUTIONS,
        PRACTITIONERS,
        CASES,
        CATALOGUE,
        ORGANS,
        ASSESSMENTS,
        SPECIALTIES,
        ABSENCES,
        TIES,
    )
}
