"""The table of declared ties: clients advised, relatives, and relatives who serve at an organ."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from dispatch.domain.conflicts.declared import Kinship, TieKind
from dispatch.domain.vocabulary import IdentityKind
from dispatch.exchange import cells
from dispatch.exchange.columns import Column, Kind, Need, RowCheck, Table, in_order
from dispatch.exchange.faults import NOTHING, Words

KEY, REQUIRED = Need.KEY, Need.REQUIRED

KINDS, KIN, DOCUMENTS = cells.words_of(TieKind), cells.words_of(Kinship), cells.words_of(IdentityKind)

OWN_CODE = Words("自行编号，不重复；再次导入时按此更新", "one's own, unique; a file imported again updates by it")
OF_PERSON = Words("本人申报的填写", "for what is declared of a practitioner")
OF_HOUSE = Words(
    "机构申报担任法律顾问的填写；与执业证号填一项", "for an institution that is the adviser; one of the two"
)
WHO = Words("亲属的姓名，或者顾问单位的名称（全称）", "name of the relative, or of the client in full")
NUMBER = Words(
    "亲属的证件号码，或者顾问单位的统一社会信用代码；留空则仅按姓名（名称）提示核对；加密保存",
    "of the relative, or the client's credit code; blank: names alone are compared and reviewed; kept sealed",
)
WHERE = Words("亲属任职机关的填写，按办案机关目录", "for a relative at an organ; as the catalogue of organs has it")
SINCE = Words("留空则一直如此", "blank: it has always been so")
LAST = Words("当日仍有效；留空则尚未终止", "this day counts; blank: it has not ended")
ONE_OF_TWO = Words(
    "执业证号、机构编号填一项；亲属只由本人申报", "a practitioner or an institution; relatives of a person only"
)
AS_KIND = Words("法律顾问填顾问单位名称；亲属填姓名；亲属任职机关填机关",
                "an adviser the client's name; a relative their name; a relative at an organ the organ")  # fmt: skip
RELATED_HOW = Words("亲属须填关系，法律顾问不填", "needed for relatives, left out for advisers")


def has_what_its_kind_needs(values: Mapping[str, Any]) -> bool:
    """Return whether a declaration says who or what is meant, as its kind asks."""
    of_organ = values.get("kind") == TieKind.RELATIVE_AT_ORGAN
    return values.get("organ" if of_organ else "name") is not None


def related_if_a_relative(values: Mapping[str, Any]) -> bool:
    """Return whether relatives, and they alone, are told how they are related."""
    return (values.get("relation") is not None) == (values.get("kind") != TieKind.ADVISER)


def relatives_of_a_person(values: Mapping[str, Any]) -> bool:
    """Return whether an institution declares clients alone."""
    return values.get("institution") is None or values.get("kind") == TieKind.ADVISER


# fmt: off
TIES = Table(Kind.TIES, (
    # field, Chinese and English header, what a cell holds, example, help, need, other headers
    Column("code", "申报编号", "Declaration code", cells.code(40), "SAMPLE-T1", OWN_CODE, KEY, ("编号", "Code")),
    Column("practitioner", "执业证号（无执业证的填人员编号）", "Licence number", cells.code(), "SAMPLE-P1", OF_PERSON,
           aliases=("执业证号",)),
    Column("institution", "机构编号", "Institution code", cells.code(), None, OF_HOUSE),
    Column("kind", "申报类型", "Kind", cells.one_of(lambda _: KINDS), "adviser", NOTHING, REQUIRED),
    Column("relation", "与本人关系", "Relation", cells.one_of(lambda _: KIN), None, RELATED_HOW, aliases=("亲属关系",)),
    Column("name", "姓名（名称）", "Name", cells.text(80), "示例有限公司", WHO, aliases=("姓名", "顾问单位")),
    Column("identity_kind", "证件类型", "Kind of document", cells.one_of(lambda _: DOCUMENTS)),
    Column("identity_number", "证件号码（统一社会信用代码）", "Identity number", cells.code(40), None, NUMBER,
           aliases=("证件号码", "身份证号", "统一社会信用代码")),
    Column("organ", "任职机关", "Organ", cells.text(120), None, WHERE, aliases=("亲属任职机关", "任职单位")),
    Column("from_on", "起始日期", "From", cells.day(), date(2024, 1, 5), SINCE),
    Column("until_on", "终止日期", "Until", cells.day(may_last=True), None, LAST),
), (
    RowCheck("institution", relatives_of_a_person, ONE_OF_TWO),
    RowCheck("relation", related_if_a_relative, RELATED_HOW),
    RowCheck("name", has_what_its_kind_needs, AS_KIND),
    RowCheck("until_on", in_order("from_on", "until_on"), Words("不早于起始日期", "not before its first day")),
))
# fmt: on
