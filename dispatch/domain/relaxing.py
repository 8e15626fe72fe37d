"""What must be relaxed for a case nobody may or will take: no more than is needed, and in the policy's order."""

from dataclasses import replace

from dispatch.domain.docket import Docket
from dispatch.domain.eligibility import eligible
from dispatch.domain.relaxation import Soft, bits_of


def to_relax(docket: Docket, i: int = 0) -> tuple[Soft, ...]:
    """Return the rules to relax next so that someone may take row `i`; none if even all of them let nobody in."""
    rest = [soft for soft in docket.policy.relaxation if soft not in docket.case_at(i).relaxed]
    for count in range(1, len(rest) + 1):
        eased = docket.case.relaxed | bits_of(rest[:count])
        if eligible(replace(docket, case=replace(docket.case, relaxed=eased))).row(i).any():
            return tuple(rest[:count])
    return ()
