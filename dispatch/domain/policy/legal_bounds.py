"""What the law lets a policy say: one row a field. A value outside needs a rule of the place that allows it.

Bounds in ``policy`` are technical: nothing outside them can be computed with, and no rule of a place helps.
These may be drafted and tried, but are not put in force unless the local rule is named.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import eq, ge
from typing import Annotated, Any

from pydantic import Field, ValidationError

from dispatch.domain.errors import InvalidFieldError, OutOfLegalBoundsError, UnknownReferenceError
from dispatch.domain.law.citations import Citations, Trust, cite, cited, in_words, shown
from dispatch.domain.policy.document import LEGIBLE, Document, Seen
from dispatch.domain.policy.fields import FIELDS
from dispatch.domain.policy.schema import Policy
from dispatch.domain.validation import expected_of


@dataclass(frozen=True, slots=True)
class LegalBound:
    """A row of the table: the value keeps the bound if ``kept(value, bound)``."""

    field: str
    kept: Callable[[Any, Any], bool]
    bound: int | bool
    source: Citations
    zh: str
    en: str

    @property
    def basis(self) -> dict[str, str]:
        """What it rests on, in full in both languages."""
        return in_words(self.source)

    def as_dict(self) -> dict[str, Any]:
        """Return the bound as interfaces show it."""
        return {"bound": self.bound, "source": shown(self.source), "zh": self.zh, "en": self.en}


# fmt: off
LEGAL_BOUNDS = {row.field: row for row in (
    LegalBound("thresholds.grave_years", ge, 3,
               cite("legal_aid_law", 26) + cite("case_procedures", 26, paragraph=1),
               "不少于3年刑事辩护经历", "at least 3 years of criminal defence"),
    LegalBound("thresholds.former_office_years", ge, 2, cite("lawyers_law", 41)
               + cite("judges_law", 36, paragraph=1) + cite("procurators_law", 37, paragraph=1),
               "离任不少于2年", "at least 2 years out of office"),
    LegalBound("checks.grassroots_territory", eq, True,
               cite("grassroots_workers", 27, trust=Trust.SECONDARY),
               "须启用；省级规定可以放宽地域", "on, unless the province widens the territory"),
    LegalBound("checks.supreme_review", eq, False, cite("death_review_aid", 1, 4),
               "只由司法部法律援助中心指派", "only the ministry's own centre assigns them"),
)}
# fmt: on


class LocalRule(Document):
    """A rule of the place that allows a field to leave its legal bound."""

    field: str = Field(max_length=80, examples=["checks.grassroots_territory"])
    document: Annotated[str, Seen] = Field(
        min_length=2, max_length=200, pattern=LEGIBLE, examples=["湘司发〔2018〕15号"]
    )
    article: Annotated[str, Seen] = Field(min_length=1, max_length=80, pattern=LEGIBLE, examples=["第（一）项"])


def read_local_rules(rows: Iterable[Mapping[str, Any]]) -> list[LocalRule]:
    """Return the rules named, one for a field that has a legal bound; anything else is refused."""
    rules = {}
    for each in rows:
        try:
            rule = LocalRule.model_validate(dict(each))
        except ValidationError as faults:
            fault = faults.errors(include_url=False, include_input=False)[0]
            name = ".".join(["local_rules", *map(str, fault["loc"])])
            raise InvalidFieldError(field=name, expected=expected_of(fault)) from None
        if rule.field not in LEGAL_BOUNDS:
            raise UnknownReferenceError(field="local_rules.field", value=rule.field, known=list(LEGAL_BOUNDS))
        rules[rule.field] = rule
    return list(rules.values())


def broken_bounds(policy: Policy) -> Iterator[LegalBound]:
    """Yield the legal bounds that the policy does not keep."""
    for row in LEGAL_BOUNDS.values():
        if not row.kept(value_of(policy, row.field), row.bound):
            yield row


def require_lawful(policy: Policy, local_rules: Iterable[LocalRule]) -> None:
    """Refuse a policy that leaves a legal bound without a rule of the place that allows it."""
    allowed = {rule.field for rule in local_rules}
    if broken := [row for row in broken_bounds(policy) if row.field not in allowed]:
        raise OutOfLegalBoundsError(
            fields=[{"field": row.field, "value": value_of(policy, row.field), **_titled(row)} for row in broken],
            do={
                "zh": "请改回法定范围，或者在发布时于 local_rules 注明允许该数值的地方规定（文件、条款）",
                "en": "keep the bound, or name in local_rules the document and article that allow the value here",
            },
        )


def require_current(policy: Policy) -> None:
    """Refuse a policy that rests on what is no longer in force, and name what replaced it."""
    named = [(f"sources.{path}", source) for path, source in policy.sources.items()]
    named += [(f"deadlines.{code}.source", limit.source) for code, limit in policy.deadlines.items()]
    if problems := [
        {"field": field, "value": cited((each,), "zh"), "expected": successor.title("zh")}
        for field, source in named
        for each in source
        if (successor := each.successor)
    ]:
        raise InvalidFieldError(
            **problems[0],
            problems=problems,
            do={
                "zh": "所引文件已被替代，请改引现行文件（GET /v1/instruments）",
                "en": "what is cited was replaced: cite the instrument in force (GET /v1/instruments)",
            },
        )


def value_of(policy: Policy, field: str) -> Any:
    """Return what a policy says in a field."""
    part, _, name = field.partition(".")
    return getattr(getattr(policy, part), name)


def _titled(row: LegalBound) -> dict[str, Any]:
    title, basis = FIELDS[row.field], row.basis
    allowance = {
        "zh": f"{title.zh}：{row.zh}（依据：{basis['zh']}）",
        "en": f"{title.en}: {row.en} (source: {basis['en']})",
    }
    return row.as_dict() | allowance
