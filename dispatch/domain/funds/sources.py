"""Which money pays for a case: the centre's own, unless a fund was applied for and granted."""

from collections.abc import Collection, Mapping

from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.law.citations import Trust, cite
from dispatch.domain.law.recipients import broadened
from dispatch.domain.vocabulary import Category, Matter, Term


# fmt: off
class FundSource(Term):
    """Whose money pays for a case."""

    LOCAL    = "local",    "本级财政法律援助经费", "budget of the centre's own level"
    HIGHER   = "higher",   "上级财政法律援助经费", "budget of a higher level"
    LOTTERY  = "lottery",  "中央专项彩票公益金法律援助项目（“中彩金”）", "the central lottery fund's legal aid project"
    DONATION = "donation", "社会捐赠",             "donation"


class FundingState(Term):
    """What became of an application for a fund."""

    APPLIED  = "applied",  "已申报，待批准", "applied for"
    APPROVED = "approved", "已批准",         "approved"
    REJECTED = "rejected", "未批准",         "not approved"
    VOID     = "void",     "登记有误，已更正", "registered in error"


FAMILY = ("marriage_family", "domestic_violence", "maintenance")
"""Groups of causes that are disputes of family rights."""

LOTTERY = (
    # group                     only causes of these groups
    (Category.MIGRANT_WORKER,   None),
    (Category.DISABLED,         None),
    (Category.ELDERLY,          None),
    (Category.WOMAN,            FAMILY),
    (Category.MINOR,            None),
)
"""The five groups of the central lottery fund's legal aid project."""

LOTTERY_MATTERS = (Matter.CIVIL, Matter.ADMINISTRATIVE)
LOTTERY_SOURCE = cite("lottery_fund_measures", 2, trust=Trust.SECONDARY)
# fmt: on


def lottery_group(
    matter: Matter, cause: str, categories: Collection[Category], lineage: Mapping[str, tuple[str, ...]]
) -> Category | None:
    """Return the first of the five groups the recipient is in, of civil and administrative cases."""
    if matter not in LOTTERY_MATTERS:
        return None
    line, groups = lineage.get(cause, (cause,)), broadened(categories)
    return next(
        (group for group, causes in LOTTERY if group in groups and (causes is None or {*causes} & {*line})), None
    )


def needs_grant(source: FundSource | None) -> bool:
    """Tell whether a fund is applied for and pays only once it has granted that; nobody's money is the centre's own."""
    return source not in (None, FundSource.LOCAL)


def require_fundable(source: FundSource, group: Category | None, field: str = "source") -> None:
    """
    Refuse to apply for a fund that may not pay for such a case, or for the centre's own money.

    Parameters
    ----------
    field : str
        Where the fund was named.

    Raises
    ------
    InvalidFieldError
        With what the case would have to be.
    """
    if source is FundSource.LOCAL:
        expected = stated("本级经费无须申报；其他经费来源", "another fund: the centre's own needs no application")
        raise InvalidFieldError(field=field, value=source.value, expected=expected)
    if source is FundSource.LOTTERY and group is None:
        expected = stated(
            "民事、行政案件，受援人属农民工、残疾人、老年人、妇女（家庭权益纠纷）、未成年人之一；受援人类别在案件登记中填写",
            "a civil or administrative case of a migrant worker, a disabled or elderly person, a woman in a "
            "family-rights dispute, or a minor; categories are filled in at the registration of the case",
        )
        raise InvalidFieldError(field=field, value=source.value, expected=expected)
