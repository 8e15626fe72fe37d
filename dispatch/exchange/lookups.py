"""What cells of one centre's files may refer to."""

from zoneinfo import ZoneInfo

from sqlmodel import Session

from dispatch.domain.policy.schema import Policy
from dispatch.exchange.cells import Lookups
from dispatch.exchange.wording import Wordlist
from dispatch.registry.extracts import list_areas
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.tables import CentreRow


def load_lookups(session: Session, centre_id: str) -> Lookups:
    """Return the centre's causes, areas and clock."""
    centre = session.get_one(CentreRow, centre_id)
    areas = [(area["code"], area["name"], area["name"]) for area in list_areas(session, centre_id)]
    return make_lookups(read_policy(policy_in_force(session, centre_id)), areas, centre.time_zone)


def make_lookups(policy: Policy, areas: list[tuple[str, str, str]], time_zone: str) -> Lookups:
    """Return the lookups for a policy and areas given as code, Chinese and English name."""
    return Lookups(
        causes=Wordlist.of((cause.code, cause.zh, cause.en) for cause in policy.causes),
        areas=Wordlist.of(areas),
        zone=ZoneInfo(time_zone),
        matters={cause.code: cause.matter.value for cause in policy.causes},
    )
