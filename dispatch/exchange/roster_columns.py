"""The columns of areas, institutions and practitioners: one row a column, in the order of the templates."""

from datetime import date

from dispatch.domain.vocabulary import Category, InstitutionKind, PractitionerKind, Sex
from dispatch.exchange import cells, lists
from dispatch.exchange.columns import POINT, Column, Kind, Need, RowCheck, Table, in_order
from dispatch.exchange.faults import NOTHING, Words
from dispatch.exchange.languages import LANGUAGES

INSTITUTION_KINDS = cells.words_of(InstitutionKind)
PRACTITIONER_KINDS = cells.words_of(PractitionerKind)
SEXES = cells.words_of(Sex)
CATEGORIES = cells.words_of(Category)

# what a cell may hold
CODE, DAY, YES, LEVEL, COUNT = cells.code(), cells.day(), cells.yes_or_no(), cells.whole(0, 100), cells.whole(0, 10_000)
LATITUDE, LONGITUDE = cells.real(-90, 90), cells.real(-180, 180)
SEX = cells.one_of(lambda _: SEXES)
FIRM = cells.one_of(lambda _: INSTITUTION_KINDS)
PERSON = cells.one_of(lambda _: PRACTITIONER_KINDS)
AREA = cells.one_of(lambda lookups: lookups.areas)
SERVED = lists.some_of(lambda lookups: lookups.areas)
SPOKEN = lists.some_of(lambda _: LANGUAGES)
CAUSES = lists.levels(lambda lookups: lookups.causes)
GROUPS = lists.levels(lambda _: CATEGORIES)

# how it is explained
UNIQUE = Words("在本中心内唯一；再次导入时按它更新", "unique in the centre; a file imported again updates by it")
UNKNOWN = Words("留空表示不知道；不知道即不符合硬性条件", "blank means unknown, and unknown fails a hard rule")
LEVELS = Words("名称:水平（0–100），用“；”分隔；确知没有填“无”", "name:level (0-100), parted by ;; or none")
LIST = Words("用“；”分隔；确知没有填“无”", "parted by ;; or none")
OFFICES = Words("机关@离任日期，用“；”分隔；无则填“无”", "organ@day left, parted by ;; or none")
PLACE = Words("地区代码或名称，须已在本中心登记", "code or name of an area of this centre")
MEMBER = Words("须已登记的机构编号", "code of an institution on the register")
UNCAPPED = Words("留空则按政策的上限", "blank takes the policy's cap")
NO_CAP = Words("留空则不限", "blank sets no cap")
GRADED = Words("0–100；留空按政策处理", "0-100; blank takes the policy's level")
LISTED = Words("留空视为是", "blank counts as yes")
FIRST_DAY = Words("留空为首次导入之日", "blank is the day of the first import")
NOT_BEFORE = Words("不早于入库日期", "not before entered on")
AFTER_START = Words("不早于执业起始日期", "not before practising since")

KEY, REQUIRED = Need.KEY, Need.REQUIRED
LEFT = RowCheck("left_on", in_order("entered_on", "left_on"), NOT_BEFORE)
DEFENCE = RowCheck("criminal_defence_since", in_order("practising_since", "criminal_defence_since"), AFTER_START)

# fmt: off
AREAS = Table(Kind.AREAS, (
    # field, Chinese and English header, what a cell holds, example, help, need, other headers
    Column("code",                     "地区代码",          "Area code", cells.code(40), "411402", UNIQUE, KEY),
    Column("name",                     "地区名称",          "Area name", cells.text(120), "梁园区", NOTHING, REQUIRED),
    Column("latitude",                 "纬度",              "Latitude",                LATITUDE, 34.4437, UNKNOWN),
    Column("longitude",                "经度",              "Longitude",               LONGITUDE, 115.6137, UNKNOWN),
), (POINT,))

INSTITUTIONS = Table(Kind.INSTITUTIONS, (
    # field, Chinese and English header, what a cell holds, example, help, need, other headers
    Column("code", "机构编号", "Institution code", CODE, "SAMPLE-F1", UNIQUE, KEY, ("Code",)),
    Column("name", "机构名称", "Institution name", cells.text(200), "示例律师事务所", NOTHING, REQUIRED, ("Name",)),
    Column("kind",                     "机构类型",          "Kind", FIRM, "law_firm", UNKNOWN, aliases=("机构性质",)),
    Column("area",                     "所在地区",          "Area",                    AREA, None, PLACE),
    Column("latitude",                 "纬度",              "Latitude",                LATITUDE, 34.4437, UNKNOWN),
    Column("longitude",                "经度",              "Longitude",               LONGITUDE, 115.6137, UNKNOWN),
    Column("capacity",                 "机构承办上限",      "Open cases at most",      COUNT, 40, NO_CAP),
    Column("entered_on",               "入库日期",          "Entered on",              DAY, date(2024, 1, 5)),
    Column("left_on",                  "出库日期",          "Left on",                 DAY),
), (POINT, LEFT))

PRACTITIONERS = Table(Kind.PRACTITIONERS, (
    # field, Chinese and English header, what a cell holds, example, help, need, other headers
    Column("code", "执业证号", "Licence number", CODE, "SAMPLE-P1", UNIQUE, KEY, ("编号", "Code")),
    Column("name",                     "姓名",              "Name", cells.text(120), "示例", NOTHING, REQUIRED),
    Column("institution",              "机构编号",          "Institution code", CODE, "SAMPLE-F1", MEMBER, REQUIRED),
    Column("kind",                     "人员类型",          "Kind",                    PERSON, "lawyer", UNKNOWN),
    Column("sex",                      "性别",              "Sex",                     SEX, "female", UNKNOWN),
    Column("listed",                   "在册承办",          "Listed",                  YES, True, LISTED),
    Column("licence_valid_to",         "执业证有效期至",    "Licence valid to", DAY, date(2030, 12, 31), UNKNOWN),
    Column("assessment_passed",        "年度考核称职",      "Assessment passed",       YES, True, UNKNOWN),
    Column("practising_since",         "执业起始日期",      "Practising since",        DAY, date(2015, 7, 1), UNKNOWN),
    Column("criminal_defence_since",   "刑事辩护起始日期",  "Criminal defence since",  DAY, date(2016, 3, 1), UNKNOWN),
    Column("minor_trained",            "未成年人案件培训",  "Trained for minors",      YES, False, UNKNOWN),
    Column("legal_qualification",      "法律职业资格",      "Legal qualification",     YES, True, UNKNOWN),
    Column("specialties",              "专业特长",          "Specialties",             CAUSES, None, LEVELS),
    Column("experience",               "受援人类别经验",    "Experience", GROUPS, {"migrant_worker": 70}, LEVELS),
    Column("languages",                "语言",              "Languages",               SPOKEN, ["sign"], LIST),
    Column("areas",                    "服务地区",          "Areas served",            SERVED, None, PLACE),
    Column("former_offices",           "曾任司法机关",      "Former offices", lists.former_offices(), [], OFFICES),
    Column("relatives_at",             "近亲属任职机关",    "Relatives at",            lists.codes(), [], LIST),
    Column("quality",                  "质量评价",          "Quality",                 LEVEL, 80, GRADED),
    Column("latitude",                 "纬度",              "Latitude",                LATITUDE, 34.4437, UNKNOWN),
    Column("longitude",                "经度",              "Longitude",               LONGITUDE, 115.6137, UNKNOWN),
    Column("capacity",                 "承办上限",          "Open cases at most",      COUNT, 5, UNCAPPED),
    Column("monthly_capacity",         "每月上限",          "New cases a month",       COUNT, None, UNCAPPED),
    Column("entered_on",               "入库日期",          "Entered on", DAY, date(2024, 1, 5), FIRST_DAY),
    Column("left_on",                  "出库日期",          "Left on",                 DAY),
), (POINT, LEFT, DEFENCE))
# fmt: on
