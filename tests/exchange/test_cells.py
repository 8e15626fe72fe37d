"""Cells as people write them, and back."""

import string
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.policy.schema import load_preset
from dispatch.domain.roster.words import PASSED as PASSED_SO
from dispatch.domain.vocabulary import Category, PractitionerKind
from dispatch.exchange import cells, lists
from dispatch.exchange.cases import AREA, CAUSE, SERVICE, SOURCE, STAGE
from dispatch.exchange.faults import CellError, CellFault, shown
from dispatch.exchange.languages import LANGUAGES
from dispatch.exchange.lookups import make_lookups
from dispatch.exchange.spellings import SPELLINGS
from dispatch.exchange.tables import ENDLESS, FIRM, PASSED, SERVED

AREAS = [("411402", "梁园区", "Liangyuan"), ("411403", "睢阳区", "Suiyang")]
LOOKUPS = make_lookups(load_preset("national"), AREAS, "Asia/Shanghai")
KIND = cells.one_of(lambda _: cells.words_of(PractitionerKind))
CAUSES = lists.levels(lambda lookups: lookups.causes)
SPOKEN = lists.some_of(lambda _: LANGUAGES)


def read(converter, cell):
    return converter.read(cell, LOOKUPS)


# fmt: off
READINGS = [
    # converter                cell                                what it means
    (cells.text(20),           "  王 芳\u00a0 ",                   "王 芳"),
    (cells.text(20),           "\u3000ＡＢ１２\u200b",             "AB12"),
    (cells.text(20),           "某某律师事务所（商丘）",           "某某律师事务所（商丘）"),
    (cells.text(20),           "两\r\n行",                         "两 行"),
    (cells.text(20, lines=True), "两\r\n行",                       "两\n行"),
    (cells.text(20),           3.0,                                "3"),
    (cells.code(),             " 14114 2015 １０ ",                "14114201510"),
    (cells.code(),             14114.0,                            "14114"),
    (cells.whole(0, 40),       "３",                               3),
    (cells.whole(0, 40),       "3.0",                              3),
    (cells.whole(0, 40),       3.0,                                3),
    (cells.whole(0, 40),       "3年",                              3),
    (cells.whole(0, 40),       "3 years",                          3),
    (cells.whole(0, 9000),     "1,500",                            1500),
    (cells.real(-90, 90),      "３４.４４３７",                    34.4437),
    (cells.real(-90, 90),      -1.5,                               -1.5),
    (cells.day(),              45296.0,                            date(2024, 1, 5)),
    (cells.day(),              "45296",                            date(2024, 1, 5)),
    (cells.day(),              date(2024, 1, 5),                   date(2024, 1, 5)),
    (cells.day(),              datetime(2024, 1, 5, 0, 0),         date(2024, 1, 5)),
    (cells.day(),              "2024-1-5",                         date(2024, 1, 5)),
    (cells.day(),              "2024/01/05",                       date(2024, 1, 5)),
    (cells.day(),              "2024.1.5",                         date(2024, 1, 5)),
    (cells.day(),              "２０２４年１月５日",               date(2024, 1, 5)),
    (cells.day(),              "20240105",                         date(2024, 1, 5)),
    (cells.day(),              20240105.0,                         date(2024, 1, 5)),
    (cells.instant(),          "2024-01-05 09:30",                 datetime(2024, 1, 5, 1, 30, tzinfo=UTC)),
    (cells.instant(),          "2024年1月5日9时30分",              datetime(2024, 1, 5, 1, 30, tzinfo=UTC)),
    (cells.instant(),          "2024-01-05T09:30:15+09:00",        datetime(2024, 1, 5, 0, 30, 15, tzinfo=UTC)),
    (cells.instant(),          "2024-01-05T01:30:00Z",             datetime(2024, 1, 5, 1, 30, tzinfo=UTC)),
    (cells.instant(),          datetime(2024, 1, 5, 9, 29, 59, 999_990), datetime(2024, 1, 5, 1, 30, tzinfo=UTC)),
    (cells.instant(),          "2024-01-05",                       datetime(2024, 1, 4, 16, tzinfo=UTC)),
    *[(cells.yes_or_no(), wording, True) for wording in ("是", "yes", "Y", "1", 1.0, True, "√", "有")],
    *[(cells.yes_or_no(), wording, False) for wording in ("否", "no", "N", "0", 0.0, False, "×", "无")],
    (KIND,                     "律师",                             "lawyer"),
    (KIND,                     " Lawyer ",                         "lawyer"),
    (KIND,                     "grassroots_worker",                "grassroots_worker"),
    (KIND,                     "Grass-roots legal service worker", "grassroots_worker"),
    (SPOKEN,                   "手语、英语",                       ["sign", "en"]),
    (SPOKEN,                   "无",                               []),
    (lists.codes(),            "A;B、C，D",                        ["A", "B", "C", "D"]),
    (lists.codes(),            r"A\;B;C",                          ["A;B", "C"]),
    (lists.codes(),            "none",                             []),
    (CAUSES,                   "wages:80; theft:60",               {"theft": 60, "wages": 80}),
    (CAUSES,                   "追索劳动报酬：８０，盗窃：60",     {"theft": 60, "wages": 80}),
    (CAUSES,                   "赡养费、抚养费、扶养费:70；盗窃:60", {"maintenance": 70, "theft": 60}),
    (PASSED,                   "称职",                             True),
    (PASSED,                   "不称职",                           False),
    (ENDLESS,                  "长期",                             date(2099, 12, 31)),
    (cells.day(may_last=True), "长期",                             None),
    (AREA,                     "梁园",                             "411402"),
    (AREA,                     "商丘市梁园区",                     "411402"),
    (SERVED,                   "全市",                             ["411402", "411403"]),
    (SERVED,                   "梁园、商丘市睢阳区",               ["411402", "411403"]),
    (CAUSE,                    "盗窃罪",                           "theft"),
    (CAUSE,                    "追索劳动报酬纠纷",                 "wages"),
    (CAUSE,                    "离婚",                             "divorce"),
    (CAUSE,                    "交通事故",                         "traffic_injury"),
    (SERVICE,                  "仲裁",                             "labour"),
    (SERVICE,                  "辩护",                             "defence"),
    (SERVICE,                  "通知辩护",                         "defence"),
    (SOURCE,                   "通知辩护",                         "notice_must"),
    (STAGE,                    "仲裁",                             "arbitration"),
    (FIRM,                     "律所",                             "law_firm"),
    (CAUSES,                   "盗窃:60、赡养费、抚养费、扶养费:70", {"maintenance": 70, "theft": 60}),
    (lists.former_offices(),   "某某人民法院@2020-5-1; ?@?",       [{"organ": "某某人民法院", "left_on": "2020-05-01"},
                                                                    {"organ": None, "left_on": None}]),
    (lists.former_offices(),   "某某检察院",                       [{"organ": "某某检察院", "left_on": None}]),
]
REFUSALS = [
    # converter                cell                    why not
    (cells.text(3),            "四个字了",             CellFault.TOO_LONG),
    (cells.text(9),            "a\x07b",               CellFault.UNPRINTABLE),
    (cells.code(),             4.114021990010113e17,   CellFault.INEXACT),
    (cells.code(),             float("inf"),           CellFault.INEXACT),
    (cells.whole(0, 40),       "many",                 CellFault.NOT_A_NUMBER),
    (cells.whole(0, 40),       True,                   CellFault.NOT_A_NUMBER),
    (cells.whole(0, 40),       date(2024, 1, 5),       CellFault.NOT_A_NUMBER),
    (cells.whole(0, 40),       "3.5",                  CellFault.NOT_WHOLE),
    (cells.whole(0, 40),       41,                     CellFault.OUT_OF_RANGE),
    (cells.real(-90, 90),      float("nan"),           CellFault.OUT_OF_RANGE),
    (cells.day(),              "05/01/2024",           CellFault.NOT_A_DAY),
    (cells.day(),              "2024-02-30",           CellFault.NOT_A_DAY),
    (cells.day(),              "24-1-5",               CellFault.NOT_A_DAY),
    (cells.day(),              2024.0,                 CellFault.NOT_A_DAY),
    (cells.day(),              "1024-01-05",           CellFault.OUT_OF_RANGE),
    (cells.instant(),          "2024-01-05 25:00",     CellFault.NOT_AN_INSTANT),
    (cells.instant(),          "上周",                 CellFault.NOT_AN_INSTANT),
    (cells.yes_or_no(),        "x",                    CellFault.NOT_YES_OR_NO),
    (cells.yes_or_no(),        2.0,                    CellFault.NOT_YES_OR_NO),
    (KIND,                     "法官",                 CellFault.NOT_LISTED),
    (SPOKEN,                   "手语;手语",            CellFault.NAMED_TWICE),
    (PASSED,                   "待定",                 CellFault.NOT_YES_OR_NO),
    (cells.day(),              "长期",                 CellFault.NOT_A_DAY),
    (AREA,                     "全市",                 CellFault.NOT_LISTED),
    (cells.text(20),           "1.41142E+16",          CellFault.INEXACT),
    (lists.codes(),            "A;1.41142E+16",        CellFault.INEXACT),
    (cells.code(),             "1.41142e16",           CellFault.INEXACT),
    (cells.code(),             "１.41142Ｅ＋16",       CellFault.INEXACT),
    (cells.code(),             "1.4114201510123456E16", CellFault.INEXACT),
    (cells.code(),             "14,114,201,510,123,400", CellFault.INEXACT),
    (cells.code(),             "14114201510123456.0",  CellFault.INEXACT),
    (CAUSES,                   "wages",                CellFault.NO_LEVEL),
    (CAUSES,                   "wages:101",            CellFault.OUT_OF_RANGE),
    (CAUSES,                   "wages:high",           CellFault.NOT_A_NUMBER),
    (CAUSES,                   "piracy:10",            CellFault.NOT_LISTED),
    (lists.codes(3),           "A;B;C;D",              CellFault.TOO_MANY),
    (lists.former_offices(),   "法院@去年",            CellFault.NOT_A_DAY),
    (lists.former_offices(),   "@2020-01-01",          CellFault.BLANK),
]
# fmt: on


@pytest.mark.parametrize(("converter", "cell", "meaning"), READINGS)
def test_cell_is_read_as_it_was_meant(converter, cell, meaning):
    assert read(converter, cell) == meaning


@pytest.mark.parametrize(("converter", "cell", "fault"), REFUSALS)
def test_cell_that_means_nothing_is_refused_by_name(converter, cell, fault):
    with pytest.raises(CellError) as refusal:
        read(converter, cell)

    assert refusal.value.fault is fault


@pytest.mark.parametrize("cell", [None, "", "  ", "\u3000", "未知", "不详", "Unknown", "N/A"])
def test_blank_cell_is_unknown(cell):
    assert cells.is_unknown(cell)


@pytest.mark.parametrize("cell", ["王芳", "wang fang", "410000199001011234", "13800138000", "14114201510123456"])
def test_cell_that_may_tell_who_someone_is_is_never_shown(cell):
    assert shown(cell) is None


@pytest.mark.parametrize("cell", ["120", "2024-13-45", "P-0017", 101.0])
def test_short_number_or_code_is_shown(cell):
    assert shown(cell) == (f"{cell:g}" if isinstance(cell, float) else cell)


PRINTABLE = string.ascii_letters + string.digits + "-_.@:;,、，；\\王芳（）"
NAMES = st.text(PRINTABLE, min_size=1, max_size=12).filter(
    lambda name: name == name.strip() and name not in cells.UNKNOWN
)
CODES = NAMES.filter(lambda name: not (set(name) & set("，；（）")))
CAUSE_CODES = st.sampled_from([code for code, _, _ in LOOKUPS.causes.labels])
LEVELS = st.integers(0, 100)
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
OFFICE = st.fixed_dictionaries({"organ": st.none() | NAMES, "left_on": st.none() | DAYS.map(date.isoformat)})
TEXTS = st.text(PRINTABLE, min_size=1, max_size=40).map(str.strip).filter(bool)
INSTANTS = st.datetimes(datetime(1900, 1, 2), datetime(2099, 1, 1), timezones=st.just(UTC))


def some_of(codes):
    return st.lists(st.sampled_from(codes), unique=True)


# fmt: off
ROUND_TRIPS = {
    "text":    (cells.text(40),         TEXTS),
    "code":    (cells.code(),           CODES),
    "codes":   (lists.codes(),          st.lists(NAMES, max_size=5, unique=True)),
    "whole":   (cells.whole(0, 10_000), st.integers(0, 10_000)),
    "real":    (cells.real(-90, 90),    st.floats(-90, 90)),
    "day":     (cells.day(),            DAYS),
    "instant": (cells.instant(),        INSTANTS),
    "answer":  (cells.yes_or_no(),      st.booleans()),
    "kind":    (KIND,                   st.sampled_from([kind.value for kind in PractitionerKind])),
    "groups":  (lists.some_of(lambda _: cells.words_of(Category)),
                some_of([group.value for group in Category])),
    "spoken":  (SPOKEN,                 some_of([code for code, _, _ in LANGUAGES.labels])),
    "causes":  (CAUSES,                 st.dictionaries(CAUSE_CODES, LEVELS)),
    "offices": (lists.former_offices(), st.lists(OFFICE, max_size=4)),
}
# fmt: on


@pytest.mark.parametrize("name", ROUND_TRIPS)
@given(data=st.data(), language=st.sampled_from(["zh", "en"]))
def test_value_written_is_the_value_read_again(name, data, language):
    converter, values = ROUND_TRIPS[name]
    value = data.draw(values)

    written = converter.write(value, LOOKUPS, language)

    assert read(converter, written) == value


@given(at=st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)))
def test_instant_survives_a_clock_that_is_put_back(at):
    london = make_lookups(load_preset("national"), [], "Europe/London")
    converter = cells.instant()

    written = converter.write(at, london, "en")

    assert converter.read(written, london) == at
    assert london.zone == ZoneInfo("Europe/London")


@pytest.mark.parametrize(("word", "names"), SPELLINGS, ids=[f"{type(word).__name__}.{word}" for word, _ in SPELLINGS])
def test_everyday_name_is_read_as_its_word_and_as_no_other(word, names):
    words = cells.words_of(type(word))
    named = [name for other, names in SPELLINGS if type(other) is type(word) for name in names]

    assert [words.find(name) for name in names] == [word.value] * len(names)
    assert not [name for name in names if named.count(name) > 1]


@pytest.mark.parametrize("cell", [datetime(2026, 7, 1), date(2026, 7, 1), time(1, 30), timedelta(hours=30), True])
@pytest.mark.parametrize("text", [cells.case_number(), cells.code(), cells.text(80), cells.text(80, lines=True)])
def test_what_excel_has_made_of_a_text_is_never_taken_for_it(text, cell):
    # 2026-7 typed into a cell is the first of July 2026 when it comes out.
    with pytest.raises(CellError) as refusal:
        text.read(cell, LOOKUPS)

    assert refusal.value.fault is CellFault.CONVERTED


def test_result_of_an_assessment_is_read_as_the_roster_counts_it():
    read_as = {result: PASSED.read(result.zh, LOOKUPS) for result, passed in PASSED_SO.items() if passed is not None}

    assert read_as == {result: PASSED_SO[result] for result in read_as}
    assert len(read_as) == 3
