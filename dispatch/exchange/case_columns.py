"""The columns of cases. A blank answer to the first four questions means unknown; to the others, no."""

from datetime import UTC, datetime

from dispatch.domain.vocabulary import CaseSource, Matter, MeansTest, Service, Stage
from dispatch.exchange import cells, lists
from dispatch.exchange.columns import Column, Kind, Need, RowCheck, Table, in_order
from dispatch.exchange.faults import NOTHING, Words
from dispatch.exchange.languages import LANGUAGES
from dispatch.exchange.roster_columns import AREA, CATEGORIES, CODE, LIST, PLACE, SEX, UNIQUE, UNKNOWN, YES

MATTERS = cells.words_of(Matter)
SERVICES = cells.words_of(Service)
SOURCES = cells.words_of(CaseSource)
STAGES = cells.words_of(Stage)
MEANS_TESTS = cells.words_of(MeansTest)

# what a cell may hold
MATTER, SERVICE = cells.one_of(lambda _: MATTERS), cells.one_of(lambda _: SERVICES)
SOURCE, STAGE = cells.one_of(lambda _: SOURCES), cells.one_of(lambda _: STAGES)
TEST = cells.one_of(lambda _: MEANS_TESTS)
CAUSE = cells.one_of(lambda lookups: lookups.causes)
GROUPS, SPOKEN = lists.some_of(lambda _: CATEGORIES, 16), lists.some_of(lambda _: LANGUAGES, 8)
HOMES = lists.some_of(lambda lookups: lookups.areas, 8)
INSTANT, NAME, NUMBERS = cells.instant(), cells.text(80), lists.codes(50, 60)

# how it is explained
SEALED = Words("加密保存，不进入匹配", "kept sealed; never part of a decision")
OTHERS = Words("案件编号，用“；”分隔", "case numbers parted by ;")
WISHES = Words("至多三名，按意愿先后，填执业证号", "up to three licence numbers, the most wished first")
ASKED = Words("留空视为申请", "blank counts as an application")
SEATS = Words("1 或 2；留空为 1", "1 or 2; blank is 1")
UNDECIDED = Words("尚未决定则留空", "blank if not yet decided")
NO = Words("留空视为否", "blank counts as no")
AFTER = Words("不早于收到时间", "not before it was received")

KEY, REQUIRED = Need.KEY, Need.REQUIRED
RECEIVED, GRANTED = datetime(2026, 1, 5, 1, 30, tzinfo=UTC), datetime(2026, 1, 5, 8, tzinfo=UTC)

# fmt: off
CASES = Table(Kind.CASES, (
    # field, Chinese and English header, what a cell holds, example, help, need, other headers
    Column("number",                   "案件编号",          "Number",                  CODE, "SAMPLE-1", UNIQUE, KEY),
    Column("matter",                   "案件类别",          "Matter",                  MATTER, None, NOTHING, REQUIRED),
    Column("cause",                    "案由",              "Cause",                   CAUSE, None, NOTHING, REQUIRED),
    Column("service",                  "援助形式",          "Service", SERVICE, "litigation_agency", NOTHING, REQUIRED),
    Column("source",                   "案件来源",          "Source",                  SOURCE, "application", ASKED),
    Column("stage",                    "办案阶段",          "Stage", STAGE, "first_instance", NOTHING, REQUIRED),
    Column("means_test",               "经济状况审查",      "Means test",              TEST),
    Column("area",                     "案件地区",          "Area",                    AREA, None, PLACE),
    Column("organ",                    "办案机关",          "Organ",                   NAME),
    Column("categories",               "受援人类别",        "Categories", GROUPS, ["migrant_worker"], LIST),
    Column("languages",                "所需语言",          "Languages",               SPOKEN, None, LIST),
    Column("domicile_areas",           "当事人住所地区",    "Domicile areas",          HOMES, None, PLACE),
    Column("recipient_name",           "受援人姓名",        "Recipient name",          NAME, "示例", SEALED, REQUIRED),
    Column("recipient_identity_number", "受援人证件号码",    "Recipient identity number", cells.code(40), None, SEALED),
    Column("recipient_sex",            "受援人性别",        "Recipient sex",           SEX, "female"),
    Column("recipient_contact",        "受援人联系方式",    "Recipient contact",       cells.text(120), None, SEALED),
    Column("opposing",                 "对方当事人",        "Opposing parties",        lists.codes(20), None, SEALED),
    Column("story",                    "案情",              "Story", cells.text(4000, lines=True), None, SEALED),
    Column("recipient_minor",          "受援人为未成年人",  "Recipient is a minor",    YES, False, UNKNOWN),
    Column("detained",                 "在押",              "Detained",                YES, False, UNKNOWN),
    Column("grave",                    "可能判处无期徒刑或死刑", "Grave",                   YES, False, UNKNOWN),
    Column("sexual_assault",           "性侵害",            "Sexual assault",          YES, False, UNKNOWN),
    Column("death_review",             "死刑复核案件",      "Death-penalty review",    YES, False, NO),
    Column("compulsory_treatment",     "强制医疗",          "Compulsory treatment",    YES, False, NO),
    Column("secret",                   "涉密",              "Secret",                  YES, False, NO),
    Column("major",                    "重大案件",          "Major",                   YES, False, NO),
    Column("demand",                   "承办人数",          "Practitioners needed",    cells.whole(1, 2), 1, SEATS),
    Column("received_at",              "收到时间",          "Received at", INSTANT, RECEIVED, NOTHING, REQUIRED),
    Column("granted_at",               "决定援助时间",      "Granted at",              INSTANT, GRANTED, UNDECIDED),
    Column("wishes",                   "点援意愿",          "Wishes", lists.codes(3, 60), None, WISHES),
    Column("co_defendants",            "同案案件",          "Co-defendants' cases",    NUMBERS, None, OTHERS),
    Column("opposing_sides",           "对立方案件",        "Opposing cases",          NUMBERS, None, OTHERS),
    Column("earlier_stage",            "前一阶段案件",      "Earlier stage",           NUMBERS, None, OTHERS),
), (RowCheck("granted_at", in_order("received_at", "granted_at"), AFTER),))
# fmt: on
