"""Who has a part in two cases, so that those who serve the one may not serve the other.

Only keyed hashes are compared. One identity number is one person, whatever the names; one name is perhaps one
person, unless both numbers are known and differ. What a shared person means hangs on their parts: ``GROUNDS``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from dispatch.domain.vocabulary import PartyRole, Term


class Party(NamedTuple):
    """A person in a case. A key is ``None`` where the number is not known, or the name is nobody's."""

    case_id: str
    role: PartyRole
    identity_key: str | None
    name_key: str | None
    organ: str | None = None
    """What the name is compared by where it is that of an organ of the catalogue."""


# fmt: off
class ConflictGround(Term):
    """What it means that a person has a part in two cases."""

    ADVERSE       = "adverse",       "一案的受援人是另一案的对方当事人", \
                    "the client of one case is the opponent in the other"
    CO_DEFENDANTS = "co_defendants", "一案的受援人是另一案的同案犯罪嫌疑人、被告人", \
                    "the client of one case is a co-defendant in the other"
    ACCOMPLICES   = "accomplices",   "两案有同一名同案犯罪嫌疑人、被告人", "both cases have one co-defendant"
    CLOSE         = "close",         "一案的对方当事人是另一案受援人的配偶、监护人或者其他有关人员", \
                    "the opponent of one case is the spouse, guardian or another relation of the other's client"


GROUNDS: Mapping[tuple[PartyRole, PartyRole], ConflictGround] = {
    # the part in the one case, and in the other
    (PartyRole.RECIPIENT,    PartyRole.OPPOSING):     ConflictGround.ADVERSE,
    (PartyRole.RECIPIENT,    PartyRole.CO_DEFENDANT): ConflictGround.CO_DEFENDANTS,
    (PartyRole.CO_DEFENDANT, PartyRole.CO_DEFENDANT): ConflictGround.ACCOMPLICES,
    (PartyRole.SPOUSE,       PartyRole.OPPOSING):     ConflictGround.CLOSE,
    (PartyRole.GUARDIAN,     PartyRole.OPPOSING):     ConflictGround.CLOSE,
    (PartyRole.RELATED,      PartyRole.OPPOSING):     ConflictGround.CLOSE,
}
"""Other parts of one person in two cases keep nobody from either: an employer is sued by many."""

DECISIVE = frozenset({ConflictGround.ADVERSE, ConflictGround.CO_DEFENDANTS})
"""Whether interests clash is plain here once it is the same person; elsewhere a person judges."""
# fmt: on

COUNTERPARTS: Mapping[PartyRole, frozenset[PartyRole]] = {
    role: frozenset(other for pair in GROUNDS for one, other in (pair, pair[::-1]) if one is role) for role in PartyRole
}
"""In which parts a person of each role is looked for in other cases."""


class PartyMatch(NamedTuple):
    """A person with a part in two cases, told once whichever case was asked about.

    ``case_id`` is where they are on the client's side. ``certain`` is that it is one person and that this clashes;
    else somebody has to look.
    """

    ground: ConflictGround
    case_id: str
    other_id: str
    key: str
    same_number: bool

    @property
    def certain(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.same_number and self.ground in DECISIVE

    @property
    def pair(self) -> tuple[str, str]:
        """The two cases in one order."""
        return min(self.case_id, self.other_id), max(self.case_id, self.other_id)


def compare(parties: Iterable[Party], others: Iterable[Party]) -> frozenset[PartyMatch]:
    """Return every match between a party of some cases and one of another case, in time linear in what is found."""
    found: dict[tuple[str, PartyRole], list[Party]] = defaultdict(list)
    for other in set(others):
        for key in _keys(other):
            found[key, other.role].append(other)
    return frozenset(
        match
        for party in set(parties)
        for key in _keys(party)
        for role in COUNTERPARTS[party.role]
        for other in found.get((key, role), ())
        if (match := _match(party, other, key))
    )


def _keys(party: Party) -> Iterator[str]:
    yield from filter(None, (party.identity_key, party.name_key))


def _match(party: Party, other: Party, key: str) -> PartyMatch | None:
    if party.case_id == other.case_id:
        return None
    numbers = {party.identity_key, other.identity_key} - {None}
    same_number = len(numbers) == 1 and party.identity_key == other.identity_key
    # Two numbers are two people; one number is told once, by the number and not by the name as well.
    if len(numbers) > 1 or (same_number and key not in numbers):
        return None
    if (party.role, other.role) not in GROUNDS or (party.role is other.role and other.case_id < party.case_id):
        party, other = other, party
    return PartyMatch(GROUNDS[party.role, other.role], party.case_id, other.case_id, key, same_number)
