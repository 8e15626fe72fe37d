"""Hardship: on which ground it is not checked, how a check came out, and what these say together."""

from typing import Protocol

from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.law.citations import Citations, cite, cited
from dispatch.domain.vocabulary import MeansTest, Term


# fmt: off
class MeansStatus(Term):
    """How the check of hardship came out (《法律援助法》第四十一条); None while nobody knows."""

    SHARED  = "shared",  "经信息共享查询，符合经济困难条件", "met, as shared information shows"
    PLEDGED = "pledged", "申请人个人诚信承诺",             "met, by the applicant's pledge of good faith"
    PROVEN  = "proven",  "提交经济困难证明材料，符合条件", "met, as documents prove"
    NOT_MET = "not_met", "经核查，不符合经济困难条件",     "not met"


class MeansGround(Term):
    """Why hardship is not checked (《法律援助法》第四十二条, by item)."""

    NO_FIXED_INCOME = "no_fixed_income", "无固定生活来源的未成年人、老年人、残疾人等特定群体", \
                      "minor, elderly or disabled person without a fixed income (item 1)"
    RELIEF          = "relief",          "社会救助、司法救助或者优抚对象", \
                      "recipient of social or judicial relief or of preferential treatment (item 2)"
    MIGRANT_CLAIM   = "migrant_claim",   "申请支付劳动报酬或者请求工伤事故人身损害赔偿的进城务工人员", \
                      "migrant worker who claims wages or damages for a work injury (item 3)"
    OTHER           = "other",           "法律、法规、规章规定的其他人员", "another ground of law (item 4)"
# fmt: on

EXEMPT: dict[MeansGround, Citations] = {
    ground: cite("legal_aid_law", 42, item=item) for item, ground in enumerate(MeansGround, start=1)
}
CHECK = cite("legal_aid_law", 41)


class Means(Protocol):
    """A case, as far as its recipient's hardship is concerned."""

    @property
    def means_status(self) -> MeansStatus | None: ...
    @property
    def means_ground(self) -> MeansGround | None: ...


def require_means(case: Means, test: MeansTest, *, granting: bool) -> None:
    """
    Refuse what contradicts itself about hardship, and aid for whom the check found not to be in need.

    Parameters
    ----------
    test : MeansTest
        Whether hardship is examined in the case.
    granting : bool
        Whether aid is granted now; what is found out later ends it (《法律援助法》第四十八条第一款第四项).

    Raises
    ------
    InvalidFieldError
        With the field and what it would have to say.
    """
    if case.means_ground and test is not MeansTest.EXEMPT:
        source = EXEMPT[case.means_ground]
        _refuse(
            "means_ground", case.means_ground, "仅免予核查经济困难状况的填写", "only where no check is made", source
        )
    if case.means_status and test is not MeansTest.REQUIRED:
        _refuse(
            "means_status", case.means_status, "仅需核查经济困难状况的填写", "only where hardship is checked", CHECK
        )
    if granting and case.means_status is MeansStatus.NOT_MET:
        _refuse(
            "means_status", case.means_status, "符合经济困难条件；不符合的，决定不予法律援助",
            "met: where it is not, aid is refused", CHECK,
        )  # fmt: skip


def _refuse(field: str, value: Term, zh: str, en: str, source: Citations) -> None:
    expected = stated(f"{zh}（{cited(source, 'zh')}）", f"{en} ({cited(source, 'en')})")
    raise InvalidFieldError(field=field, value=value.value, expected=expected)
