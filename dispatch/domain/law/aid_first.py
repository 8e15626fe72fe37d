"""Aid first, papers later: on which grounds aid may be granted before the materials are in, and what may be owed."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.law.citations import Citations, cite, cited
from dispatch.domain.vocabulary import Term

LESS_THAN_DAYS = 7
"""《法律援助法》第四十四条第一款第一项."""


# fmt: off
class AidFirst(Term):
    """Why aid comes before its papers (《法律援助法》第四十四条第一款, by item)."""

    LIMITATION   = "limitation",   "距法定时效或者期限届满不足七日，需要及时提起诉讼或者申请仲裁、行政复议", \
                   "less than seven days are left to sue or to apply for arbitration or reconsideration (item 1)"
    PRESERVATION = "preservation", "需要立即申请财产保全、证据保全或者先予执行", \
                   "preservation or advance payment must be applied for at once (item 2)"
    OTHER        = "other",        "法律、法规、规章规定的其他情形", "another ground of law (item 3)"


class Material(Term):
    """What an applicant hands in, and may owe where aid comes first."""

    FORM      = "form",      "法律援助申请表", "application form"
    IDENTITY  = "identity",  "身份证明",       "proof of identity"
    AUTHORITY = "authority", "代理申请人的身份证明、代理权证明", "identity and authority of who applies for another"
    MEANS     = "means",     "经济困难状况说明及证明材料（诚信承诺书）", \
                "statement and proof of hardship, or a pledge of good faith"
    CATEGORY  = "category",  "免予核查或者不受经济困难条件限制的证明材料", "proof of what exempts from the means test"
    CASE      = "case",      "与案件有关的材料", "material about the matter itself"
# fmt: on

SOURCES: dict[AidFirst, Citations] = {
    ground: cite("legal_aid_law", 44, paragraph=1, item=item) for item, ground in enumerate(AidFirst, start=1)
}


TERMS = ("aid_first", "materials_owed", "materials_due_on")
"""Facts of a case whose aid came first: the ground, what is still owed, and the last day to hand it in."""


class Pressed(Protocol):
    """A case with what a ground may rest on, and what was agreed about its materials; None is unknown."""

    @property
    def limitation_ends_on(self) -> date | None: ...
    @property
    def preservation(self) -> bool | None: ...
    @property
    def aid_first(self) -> AidFirst | None: ...
    @property
    def materials_owed(self) -> Sequence[str]: ...
    @property
    def materials_due_on(self) -> date | None: ...


def require_terms(case: Pressed, granted_on: date | None) -> None:
    """
    Refuse terms of aid before its papers that contradict themselves, or that the facts of the case do not bear out.

    Parameters
    ----------
    granted_on : date or None
        The day of the decision to grant aid; None if there is none.

    Raises
    ------
    InvalidFieldError
        With the field that is to be filled in or changed, and what it would have to say.
    """
    if case.aid_first is None:
        for field in ("materials_owed", "materials_due_on"):
            _require(not getattr(case, field), field, _shown(getattr(case, field)), ONLY_FIRST)
        return
    _require(granted_on is not None, "aid_first", case.aid_first.value, DECIDED)
    assert granted_on is not None
    _require(bool(case.materials_owed) <= (case.materials_due_on is not None), "materials_due_on", None, BY_A_DAY)
    late = case.materials_due_on is None or case.materials_due_on >= granted_on
    _require(late, "materials_due_on", _shown(case.materials_due_on), BY_A_DAY)
    if case.aid_first in GROUNDS:
        field, holds, zh, en = GROUNDS[case.aid_first]
        source = SOURCES[case.aid_first]
        expected = stated(f"{zh}（{cited(source, 'zh')}）", f"{en} ({cited(source, 'en')})")
        _require(holds(case, granted_on), field, _shown(getattr(case, field)), expected)


def _near(case: Pressed, on: date) -> bool:
    return case.limitation_ends_on is not None and 0 <= (case.limitation_ends_on - on).days < LESS_THAN_DAYS


# fmt: off
GROUNDS: dict[AidFirst, tuple[str, Callable[[Pressed, date], bool], str, str]] = {
    # ground              the field it rests on, whether that bears it out, and what would
    AidFirst.LIMITATION: ("limitation_ends_on", _near,
                          "以此为由先行提供法律援助的，填写距决定之日不足七日的法定时效（期限）届满日",
                          "a day less than seven days after the decision, for aid that comes first on this ground"),
    AidFirst.PRESERVATION: ("preservation", lambda case, on: case.preservation is True,
                            "以此为由先行提供法律援助的，“需立即申请保全或者先予执行”填“是”",
                            "true, for aid that comes first on this ground"),
}
# fmt: on

ONLY_FIRST = stated(
    "先行提供法律援助的才填写；填写先行提供法律援助的情形（aid_first）",
    "for aid that comes first: say on which ground in aid_first",
)
DECIDED = stated("依申请决定给予法律援助的案件才填写", "for aid that was granted on application")
BY_A_DAY = stated("不早于决定之日的补交期限", "the last day to hand the materials in, not before the decision")


def _require(holds: bool, field: str, value: object, expected: dict[str, str]) -> None:
    if not holds:
        raise InvalidFieldError(field=field, value=value, expected=expected)


def _shown(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
