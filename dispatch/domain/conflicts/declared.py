"""What is declared of a practitioner or an institution once, for all cases: whom they advise, who their relatives are.

A party with the identity number of a declared relative or client, or a client that is an organ of the catalogue,
is the same for certain; the same name alone is perhaps the same, and somebody has to look. Relatives of other degrees,
co-defendants, and relatives who serve at an organ where no law names them, are always for a person to judge.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from dispatch.domain.conflicts.reviews import DISMISSED, ReviewOutcome
from dispatch.domain.docket.ties import Bar, Members
from dispatch.domain.texts.organs import Organs, is_court, organ_key
from dispatch.domain.vocabulary import PairKind, PartyRole, Term


# fmt: off
class TieKind(Term):
    """What is declared."""

    ADVISER           = "adviser",           "担任法律顾问", "legal adviser of a company, an organisation or an organ"
    RELATIVE          = "relative",          "亲属",         "a relative"
    RELATIVE_AT_ORGAN = "relative_at_organ", "亲属任职机关", "a relative who serves at an organ"


class Kinship(Term):
    """How a relative is related; all but the last are near relatives (《民法典》第一千零四十五条第二款)."""

    SPOUSE      = "spouse",      "配偶",               "spouse"
    PARENT      = "parent",      "父母",               "parent"
    CHILD       = "child",       "子女",               "child"
    SIBLING     = "sibling",     "兄弟姐妹",           "brother or sister"
    GRANDPARENT = "grandparent", "祖父母、外祖父母",   "grandparent"
    GRANDCHILD  = "grandchild",  "孙子女、外孙子女",   "grandchild"
    OTHER       = "other",       "其他亲属",           "another relative"
# fmt: on


NEAR = frozenset(Kinship) - {Kinship.OTHER}
OF_JUDGES = frozenset({Kinship.SPOUSE, Kinship.PARENT, Kinship.CHILD})
"""Whose service at a court or a procuratorate keeps somebody from its cases.

Source: 《法官法》第二十四条、《检察官法》第二十五条.
"""

AGAINST = (PartyRole.OPPOSING, PartyRole.CO_DEFENDANT)
"""In which parts a declared relative or client is looked for: against the recipient, or perhaps so."""


class DeclaredTie(NamedTuple):
    """A declaration in force on the day: of a practitioner, or of an institution."""

    id: str
    kind: TieKind
    relation: Kinship | None
    practitioner_id: str | None
    house: str | None
    """The institution it is declared of, or to which the practitioner belongs that day."""
    organ: str | None
    """Where the relative serves; of a client, its name in the catalogue of organs."""

    @property
    def recuses(self) -> bool:
        """Whether the law itself keeps them from the cases of the organ."""
        return self.relation in OF_JUDGES and self.organ is not None and is_court(self.organ)


class TieMatch(NamedTuple):
    """A declared tie to somebody with a part in a case, or without a part to the organ the case is before."""

    tie: DeclaredTie
    case_id: str
    role: PartyRole | None
    same: bool
    """Whether it is surely the person or organisation that was declared."""

    @property
    def certain(self) -> bool:
        """Whether nobody needs to look at it."""
        own = self.tie.practitioner_id is not None
        return own and self.same and self.role is PartyRole.OPPOSING and self.bars_colleagues

    @property
    def bars_colleagues(self) -> bool:
        """Whether others of the institution need the parties' consent once it is settled."""
        return self.role is PartyRole.OPPOSING and (self.tie.kind is TieKind.ADVISER or self.tie.relation in NEAR)


def organ_against(organs: Organs, role: PartyRole, name: str | None) -> str | None:
    """Return the key of a party's name that is of an organ of the catalogue, where declarations are looked for."""
    return organ_key(name) if name and role in AGAINST and organs.find(name) else None


class TieReview(NamedTuple):
    """What somebody found of a match, and whether the parties consent to others of the institution."""

    outcome: ReviewOutcome | None = None
    consented: bool = False


UNSEEN = TieReview()
Reviews = Mapping[tuple[str, str], TieReview]
"""By the case and the declaration."""


def outcomes_of(match: TieMatch) -> tuple[ReviewOutcome, ...]:
    """Return what may be found of a match: what is certain, or the same for certain, is not made undone."""
    settled_of_firm = match.tie.practitioner_id is None and match.same and match.bars_colleagues
    may = {
        ReviewOutcome.CONFLICT: not match.certain,
        ReviewOutcome.DIFFERENT: not match.same,
        ReviewOutcome.NONE: not match.certain and not settled_of_firm,
        ReviewOutcome.CONSENT: match.bars_colleagues,
    }
    return tuple(outcome for outcome, possible in may.items() if possible)


def found_of(match: TieMatch, reviews: Reviews) -> TieReview:
    """Return what was found of a match, so far as it may be found of it as it is now."""
    found, may = reviews.get((match.case_id, match.tie.id), UNSEEN), outcomes_of(match)
    outcome = found.outcome if found.outcome in may else None
    return TieReview(outcome, found.consented and ReviewOutcome.CONSENT in may)


def waits(match: TieMatch, reviews: Reviews) -> bool:
    """Tell whether somebody has to look at a match before anyone it concerns can pass."""
    found = found_of(match, reviews)
    consent_is_enough = match.tie.practitioner_id is None and found.consented
    return not match.certain and found.outcome is None and not consent_is_enough


def strongest(matches: Iterable[TieMatch]) -> list[TieMatch]:
    """Return one match for each case and declaration, the surest, in one order: a case may have two of one name."""
    found: dict[tuple[str, str], TieMatch] = {}
    for match in matches:
        key = (match.case_id, match.tie.id)
        there = found.get(key)
        if there is None or _strength(match) > _strength(there):
            found[key] = match
    return [found[key] for key in sorted(found)]


def bars_of(matches: Iterable[TieMatch], reviews: Reviews, members: Members) -> Iterator[tuple[str, Bar]]:
    """Yield, by the case, whom the declarations keep from it for certain, and of whom that is to be looked at."""
    for match in matches:
        for bar in _bars(match, found_of(match, reviews), members):
            yield match.case_id, bar


def _bars(match: TieMatch, found: TieReview, members: Members) -> Iterator[Bar]:
    if found.outcome in DISMISSED:
        return
    own, confirmed = match.tie.practitioner_id, found.outcome is ReviewOutcome.CONFLICT
    settled = match.certain or confirmed
    if own:
        yield own, PairKind.TIED if settled else PairKind.TIE_UNCLEAR
    if found.consented or (own and not (settled and match.bars_colleagues)):
        return
    colleagues: Collection[str] = members.get(match.tie.house or "", ())
    kind = PairKind.TIED if confirmed and not own else PairKind.TIE_UNCLEAR
    yield from ((member, kind) for member in colleagues if member != own)


def _strength(match: TieMatch) -> tuple[bool, bool, bool]:
    return match.certain, match.role is PartyRole.OPPOSING, match.same
