"""What cells of one centre's files may refer to: its causes and areas."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self
from zoneinfo import ZoneInfo

from sqlmodel import Session

from dispatch.domain.errors import InvalidFieldError, UnknownReferenceError, stated
from dispatch.domain.policy.causes import Catalogue
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import Matter
from dispatch.exchange.cells import CellLookups
from dispatch.exchange.places import area_words
from dispatch.exchange.wording import Label, Wordlist
from dispatch.registry.extracts import list_areas, list_used_causes
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.tables import CentreRow

KNOWN_SHOWN = 20


@dataclass(frozen=True, slots=True)
class CauseWords(Wordlist):
    """The causes of a policy by every name they go by, and words beside them."""

    catalogue: Catalogue = field(kw_only=True)

    @classmethod
    def among(cls, catalogue: Catalogue, beside: Iterable[Label] = ()) -> Self:
        """Return the words of a catalogue, and those beside it."""
        causes = tuple((cause.code, cause.zh, cause.en) for cause in catalogue.by_code.values())
        others = Wordlist.of(beside)
        labels = (*others.labels, *causes)
        return cls(others.codes, labels, {label[0]: label for label in labels}, catalogue=catalogue)

    def meant(self, text: str) -> tuple[str, ...]:
        """Return the causes a text may mean, else the word beside them."""
        return tuple(cause.code for cause in self.catalogue.meant(text)) or Wordlist.meant(self, text)

    def nearest(self, text: str) -> list[Label]:
        """Return the causes someone may have meant."""
        return [self.by_code[cause.code] for cause in self.catalogue.nearest(text)]


def require_word(field: str, text: str, words: Wordlist) -> str:
    """Return the code of the one word a text means, or refuse it with what it may mean."""
    return _require(field, text, words, words.meant(text))[0]


def require_words(field: str, texts: Iterable[str], words: Wordlist) -> list[str]:
    """Return the codes of the words in a list, of which one may stand for many; each only once."""
    found = [code for text in texts for code in _require(field, text, words, words.several(text), many=True)]
    if len(set(found)) < len(found):
        raise InvalidFieldError(field=field, value=None, expected=stated("每项只列一次", "each of them once"))
    return found


def _require(field: str, text: str, words: Wordlist, found: tuple[str, ...], *, many: bool = False) -> tuple[str, ...]:
    if found and (many or len(found) == 1):
        return found
    near = (words.nearest(text) or words.labels)[:KNOWN_SHOWN]
    zh = (words.choice(label) if words.meant(text) else label[1] for label in near)
    expected = stated("、".join(zh), ", ".join(code for code, _, _ in near))
    raise UnknownReferenceError(field=field, value=text, known=[code for code, _, _ in near], expected=expected)


def load_lookups(session: Session, centre_id: str, *, retired: bool = False) -> CellLookups:
    """Return the centre's causes, areas and clock; with ``retired`` also causes of older policies still in use."""
    centre = session.get_one(CentreRow, centre_id)
    areas = [(area["code"], area["name"], area["name"]) for area in list_areas(session, centre_id)]
    policy = read_policy(policy_in_force(session, centre_id))
    used = list_used_causes(session, centre_id) - policy.catalogue.by_code.keys() - set(Matter) if retired else set()
    return make_lookups(policy, areas, centre.time_zone, sorted(used))


def make_lookups(policy: Policy, areas: list[Label], time_zone: str, retired: Iterable[str] = ()) -> CellLookups:
    """Return the lookups for a policy and areas; causes of older policies go by their codes."""
    catalogue, older = policy.catalogue, [(code, code, code) for code in retired]
    return CellLookups(
        causes=CauseWords.among(catalogue, older),
        specialties=CauseWords.among(catalogue, (*((word.value, word.zh, word.en) for word in Matter), *older)),
        areas=area_words(tuple(areas)),
        zone=ZoneInfo(time_zone),
        matters={cause.code: cause.matter.value for cause in policy.causes},
    )
