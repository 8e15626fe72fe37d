"""Hardship: when it is checked, on which ground it is not, how a check came out, and what must be known of it."""

from collections.abc import Collection, Mapping
from typing import NamedTuple, Protocol

from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.law.aid_first import Material
from dispatch.domain.law.citations import Citations, cite, cited
from dispatch.domain.vocabulary import ON_NOTICE, CaseSource, Category, MeansTest, Service, Term


class MeansField(NamedTuple):
    """What is filled in of a case: its field, and the headers of the template."""

    field: str
    zh: str
    en: str


# fmt: off
class MeansStatus(Term):
    """How the check of hardship came out (《法律援助法》第四十一条); None while nobody knows."""

    SHARED  = "shared",  "经信息共享查询，符合经济困难条件", "met, as shared information shows"
    PLEDGED = "pledged", "申请人个人诚信承诺",             "met, by the applicant's pledge of good faith"
    PROVEN  = "proven",  "提交经济困难证明材料，符合条件", "met, as documents prove"
    RULED   = "ruled",   "经异议审查，司法行政部门责令给予法律援助", "met, as the bureau ruled on an objection"
    NOT_MET = "not_met", "经核查，不符合经济困难条件",     "not met"


class MeansGround(Term):
    """Why hardship is not checked (《法律援助法》第四十二条), or is no condition (第三十二条), by item."""

    NO_FIXED_INCOME = "no_fixed_income", "无固定生活来源的未成年人、老年人、残疾人等特定群体", \
                      "minor, elderly or disabled person without a fixed income (art. 42 item 1)"
    RELIEF          = "relief",          "社会救助、司法救助或者优抚对象", \
                      "recipient of social or judicial relief or of preferential treatment (art. 42 item 2)"
    MIGRANT_CLAIM   = "migrant_claim",   "申请支付劳动报酬或者请求工伤事故人身损害赔偿的进城务工人员", \
                      "migrant worker who claims wages or damages for a work injury (art. 42 item 3)"
    OTHER           = "other",           "法律、法规、规章规定的其他人员", "another exemption of law (art. 42 item 4)"
    HERO_HONOUR     = "hero_honour",     "英雄烈士近亲属为维护英雄烈士的人格权益", \
                      "near relative of a hero or martyr, for the honour of the dead (art. 32 item 1)"
    GOOD_SAMARITAN  = "good_samaritan",  "因见义勇为行为主张相关民事权益", \
                      "civil claims that follow from an act of good courage (art. 32 item 2)"
    ACQUITTED       = "acquitted",       "再审改判无罪请求国家赔偿", \
                      "state compensation after an acquittal on retrial (art. 32 item 3)"
    ABUSE           = "abuse",           "遭受虐待、遗弃或者家庭暴力的受害人主张相关权益", \
                      "claims of a victim of abuse, abandonment or domestic violence (art. 32 item 4)"
    UNCONDITIONAL   = "unconditional",   "法律、法规、规章规定不受经济困难条件限制的其他情形", \
                      "another case of law in which hardship is no condition (art. 32 item 5)"


RESULT = MeansField("means_status",   "经济困难核查结果", "Result of the means test")
WHY    = MeansField("means_ground",   "免予核查或者不受经济困难条件限制的情形", "Ground of exemption")
OWED   = MeansField("materials_owed", "尚未补交的材料",   "Materials owed")
TEST   = MeansField("means_test",     "经济困难状况核查", "Means test")


GROUNDS: Mapping[MeansGround, tuple[MeansTest, Citations]] = {
    ground: (MeansTest.EXEMPT, cite("legal_aid_law", 42, item=item)) if item <= 4 else
            (MeansTest.NOT_APPLICABLE, cite("legal_aid_law", 32, item=item - 4))
    for item, ground in enumerate(MeansGround, start=1)
}

GROUND_BY_CATEGORY: Mapping[Category, MeansGround] = {
    # category                 the ground that it is by itself
    Category.ACQUITTED:        MeansGround.ACQUITTED,
    Category.NO_FIXED_INCOME:  MeansGround.NO_FIXED_INCOME,
    Category.LOW_INCOME:       MeansGround.RELIEF,
    Category.RELIEF_RECIPIENT: MeansGround.RELIEF,
    Category.MIGRANT_CLAIMANT: MeansGround.MIGRANT_CLAIM,
}
"""Only what the category alone decides: 《法律援助法》第三十二条 asks what the case is about for heroes and victims."""

BORNE_OUT_BY: Mapping[Category, MeansTest] = {
    Category.HERO:              MeansTest.NOT_APPLICABLE,
    Category.DOMESTIC_VIOLENCE: MeansTest.NOT_APPLICABLE,
} | {category: GROUNDS[ground][0] for category, ground in GROUND_BY_CATEGORY.items()}
"""What somebody says of the means test needs no other ground where a category bears it out."""

FREE_FOR_ALL: Mapping[Service, Citations] = {
    Service.CONSULTATION: cite("legal_aid_law", 23),
    Service.DUTY_HELP:    cite("legal_aid_law", 30),
}
"""Services that nobody's means are asked for."""
# fmt: on

CHECK = cite("legal_aid_law", 41) + cite("legal_aid_law", 43, paragraph=1)
NOTICE = cite("legal_aid_law", 36)


class Means(Protocol):
    """A case, as far as its recipient's hardship is concerned."""

    @property
    def source(self) -> CaseSource: ...
    @property
    def service(self) -> Service: ...
    @property
    def categories(self) -> Collection[str]: ...
    @property
    def means_status(self) -> MeansStatus | None: ...
    @property
    def means_ground(self) -> MeansGround | None: ...
    @property
    def materials_owed(self) -> Collection[str]: ...


def means_test_of(
    source: CaseSource, service: Service, categories: Collection[str], ground: MeansGround | None = None
) -> MeansTest:
    """Return what decides of the means test where nobody said otherwise, the most favourable first."""
    if source in ON_NOTICE or service in FREE_FOR_ALL:
        return MeansTest.NOT_APPLICABLE
    if ground:
        return GROUNDS[ground][0]
    found = {GROUNDS[told][0] for category, told in GROUND_BY_CATEGORY.items() if category in categories}
    return next((test for test in (MeansTest.NOT_APPLICABLE, MeansTest.EXEMPT) if test in found), MeansTest.REQUIRED)


def require_means(case: Means, test: MeansTest, *, granted: bool, granting: bool) -> None:
    """
    Refuse what contradicts itself about hardship, and aid to whom it is not known to be due.

    Parameters
    ----------
    test : MeansTest
        Whether hardship is examined in the case.
    granted : bool
        Whether aid is granted, now or before: then it is known how the check came out, or why there is none.
    granting : bool
        Whether aid is granted now; what is found out later ends it (《法律援助法》第四十八条第一款第四项).

    Raises
    ------
    InvalidFieldError
        With the field and what it would have to say.
    """
    if case.source in ON_NOTICE and test is not MeansTest.NOT_APPLICABLE:
        none = MeansTest.NOT_APPLICABLE
        _refuse(TEST, test, f"通知辩护、代理的案件{none.zh}", f"{none.value}, for it is notified", NOTICE)
    if case.means_ground and GROUNDS[case.means_ground][0] is not test:
        fitting, source = GROUNDS[case.means_ground]
        _refuse(
            WHY, case.means_ground, f"仅“{TEST.zh}”为“{fitting.zh}”的填写",
            f"only where {TEST.field} is {fitting.value}", source,
        )  # fmt: skip
    if case.means_status and test is not MeansTest.REQUIRED:
        _refuse(RESULT, case.means_status, "仅需核查经济困难状况的填写", "only where hardship is checked", CHECK)
    if granting and case.means_status is MeansStatus.NOT_MET:
        _refuse(
            RESULT, case.means_status, "符合经济困难条件；不符合的，决定不予法律援助",
            "met: where it is not, aid is refused", CHECK,
        )  # fmt: skip
    if granted and (blank := blank_means(case, test)):
        _refuse(blank, None, *ASKED[blank])


def blank_means(case: Means, test: MeansTest) -> MeansField | None:
    """Return what would have to be known of a case in which aid is granted; nothing where an organ notifies."""
    if case.source in ON_NOTICE or case.service in FREE_FOR_ALL:
        return None
    if test is MeansTest.REQUIRED:
        return None if case.means_status or Material.MEANS in case.materials_owed else RESULT
    borne_out = any(BORNE_OUT_BY.get(category) is test for category in BORNE_OUT_BY if category in case.categories)
    return None if case.means_ground or borne_out else WHY


# fmt: off
ASKED = {
    # what is blank   what to do
    RESULT: (
        f"在案件信息中填写“{RESULT.zh}”，给予法律援助须以此为依据；无须核查的，填写“{WHY.zh}”；先行提供法律援助、"
        f"核查材料待补的，“{OWED.zh}”应含“{Material.MEANS.zh}”",
        f"“{RESULT.en}” filled in among the facts of the case, on which aid rests; where no check is made, "
        f"“{WHY.en}”; where aid comes first, “{Material.MEANS.en}” in “{OWED.en}”",
        CHECK,
    ),
    WHY: (
        f"在案件信息中填写“{WHY.zh}”，给予法律援助须以此为依据；须核查的，“{TEST.zh}”填“{MeansTest.REQUIRED.zh}”，"
        f"并填写“{RESULT.zh}”",
        f"“{WHY.en}” filled in among the facts of the case, on which aid rests; where hardship is checked, "
        f"“{TEST.en}” is “{MeansTest.REQUIRED.en}”, with “{RESULT.en}”",
        cite("legal_aid_law", 32) + cite("legal_aid_law", 42),
    ),
}
# fmt: on


def _refuse(blank: MeansField, value: Term | None, zh: str, en: str, source: Citations) -> None:
    expected = stated(f"{zh}（{cited(source, 'zh')}）", f"{en} ({cited(source, 'en')})")
    raise InvalidFieldError(field=blank.field, value=value and value.value, expected=expected)
