"""What cells of one centre's files may refer to: its causes and areas."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self
from zoneinfo import ZoneInfo

from sqlmodel import Session

from dispatch.domain.policy.causes import Catalogue
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import Matter, word_key
from dispatch.exchange.cells import CellLookups
from dispatch.exchange.wording import Label, Wordlist
from dispatch.registry.extracts import list_areas
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.tables import CentreRow


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

    def find(self, text: str) -> str | None:
        """Return the code of the one cause a text means, or of a word beside them, or None."""
        cause = self.catalogue.find(text)
        return cause.code if cause else self.codes.get(word_key(text))

    def nearest(self, text: str) -> list[Label]:
        """Return the causes someone may have meant."""
        return [self.by_code[cause.code] for cause in self.catalogue.nearest(text)]


def load_lookups(session: Session, centre_id: str) -> CellLookups:
    """Return the centre's causes, areas and clock."""
    centre = session.get_one(CentreRow, centre_id)
    areas = [(area["code"], area["name"], area["name"]) for area in list_areas(session, centre_id)]
    return make_lookups(read_policy(policy_in_force(session, centre_id)), areas, centre.time_zone)


def make_lookups(policy: Policy, areas: list[tuple[str, str, str]], time_zone: str) -> CellLookups:
    """Return the lookups for a policy and areas given as code, Chinese and English name."""
    catalogue = policy.catalogue
    return CellLookups(
        causes=CauseWords.among(catalogue),
        specialties=CauseWords.among(catalogue, ((matter.value, matter.zh, matter.en) for matter in Matter)),
        areas=Wordlist.of(areas),
        zone=ZoneInfo(time_zone),
        matters={cause.code: cause.matter.value for cause in policy.causes},
    )
