"""Records that may be one (疑似重复登记): two of one person merged or told apart, the night's guesses set aside."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from starlette.responses import Response

from dispatch.api.paging import Paging
from dispatch.api.routes.findings import DismissIn, FindingOut, list_findings
from dispatch.api.routes.practitioners import get_practitioner
from dispatch.api.routes.roster.merging import LikenessOut, OtherIn, list_likenesses
from dispatch.commands import housekeeping
from dispatch.commands.roster import merging
from dispatch.commands.roster.wording import houses_named, organs_named
from dispatch.console.frame.page import ConsolePage, Context, LocalizedText, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.names import case_numbers
from dispatch.domain.findings import FindingKind
from dispatch.domain.permissions import Verb

SHOWN = 10
"""Pairs at a time: each is looked up, and there are never more that one person compares at once."""

# fmt: off
SHARED: dict[str, LocalizedText] = {
    "identity_number": ("身份证件号码相同", "one identity number"),
    "code":            ("执业证号相同",     "one licence number"),
    "name":            ("姓名相同",         "one name"),
}
GUESSES = (FindingKind.INSTITUTIONS_ALIKE, FindingKind.ORGANS_ALIKE)
"""What the night only guesses; two records of a person are told apart, or merged, for good."""
# fmt: on


class PersonPair(NamedTuple):
    """Two records that may be of one person, as each is in the roster, and what they share."""

    one: Any
    other: Any
    shared: list[LocalizedText]


class Guess(NamedTuple):
    """Two entries whose names are alike."""

    finding: FindingOut
    names: list[str]


def likenesses_page(visit: Visit) -> Context:
    """Return the pairs of people, and the institutions and organs whose names are alike."""
    found = list_likenesses(visit.actor, visit.read)
    facts = visit.problem.body.get("facts", {}) if visit.problem else {}
    pairs = [_pair(visit, each) for each in found[:SHOWN]]
    ids = {row.attributes.institution_id for pair in pairs for row in pair[:2] if row.attributes}
    return {
        "pairs": pairs,
        "total": len(found),
        "guesses": [guess for kind in GUESSES for guess in _guesses(visit, kind)],
        "houses": houses_named(visit.read, visit.actor, ids),
        "in_common": case_numbers(visit, facts.get("case_ids", ())),
    }


def merge(visit: Visit, form: FilledForm) -> None:
    """Merge one record of a person into the other."""
    kept, other = form.text("kept"), form.text("other_id")
    reason = form.read(OtherIn, f"merge-{kept}-{other}").reason
    merging.merge(*visit.sealed, kept, other, reason, form.revision)


def mark_distinct(visit: Visit, form: FilledForm) -> None:
    """Write down that two records are two people."""
    one, other = form.text("one"), form.text("other_id")
    reason = form.read(OtherIn, f"apart-{one}-{other}").reason
    merging.mark_distinct(visit.begin, visit.actor, visit.now, one, other, reason)


def dismiss(visit: Visit, form: FilledForm) -> None:
    """Set the guesses that were ticked aside, with one reason."""
    given = form.read(DismissIn)
    housekeeping.dismiss_findings(visit.begin, visit.actor, visit.now, given.finding_ids, given.reason)


def _pair(visit: Visit, found: LikenessOut) -> PersonPair:
    one, other = (_person(visit, each.id) for each in (found.one, found.other))
    return PersonPair(one, other, [SHARED[name] for name in found.shared])


def _person(visit: Visit, id: str) -> Any:
    return get_practitioner(id, visit.actor, visit.read, visit.seal, visit.now, Response())


def _guesses(visit: Visit, kind: FindingKind) -> list[Guess]:
    found = list_findings(visit.actor, visit.read, Paging(limit=SHOWN, cursor=None), kind, open=True).items
    named = _named(visit, kind, {id for each in found for id in each.facts["ids"]})
    guesses = [Guess(each, [named[id] for id in each.facts["ids"] if id in named]) for each in found]
    # What was merged by day is closed by night: one entry alone is no likeness.
    return [guess for guess in guesses if len(guess.names) > 1]


def _named(visit: Visit, kind: FindingKind, ids: Collection[str]) -> Mapping[str, str]:
    if kind is FindingKind.ORGANS_ALIKE:
        return organs_named(visit.read, visit.actor, ids)
    return {id: f"{name} {code}" for id, (code, name) in houses_named(visit.read, visit.actor, ids).items()}


# fmt: off
KEEP = (Verb.EDIT_ROSTER,)

PAGES = (
    ConsolePage(
        "/likenesses", "likenesses_page", (Verb.READ_ROSTER,), ("疑似重复登记", "Records that may be one"),
        ("同一人的两条登记，核对后合并；不是同一人的写明理由，不再列出。合并不能撤销，案件、轮次和休假一并转入。",
         "Two records of one person are merged once you have looked; others are told apart with a reason."),
        likenesses_page, "roster/likenesses.html",
        acts={
            "merge": PageAct(merge, ("两条登记已合并。", "The records are one."), KEEP),
            "tell-apart": PageAct(mark_distinct, ("已认定不是同一人。", "They are two people."), KEEP),
            "dismiss": PageAct(dismiss, ("已确认不是重复登记。", "They are set aside."), KEEP),
        },
    ),
)
# fmt: on
