"""How a chain is walked: the next step for which there is time and someone to ask, or else the manager."""

from datetime import datetime
from typing import Protocol

from dispatch.domain.chain import DIRECT, Because, end_of_step
from dispatch.domain.office import OfficeHours
from dispatch.domain.policy.chain_schema import Chain
from dispatch.domain.policy.schema import Policy


class Way(Protocol):
    """A case on its chain, whoever keeps its records."""

    def enter(self, step: int, ends_at: datetime | None) -> None:
        """Stand at a step; it ends then, or has no time at all."""

    def begin(self, step: int, ends_at: datetime) -> Because | None:
        """Begin the step: ask someone, post the case, call a run; return why nobody can be asked."""

    def skip(self, step: int, because: Because) -> None:
        """Write down that the step is passed over."""

    def call(self, because: Because) -> None:
        """Call the manager: the last step cannot help."""


def take_steps(
    way: Way, chain: Chain, first: int, now: datetime, due_at: datetime, policy: Policy, office: OfficeHours
) -> None:
    """Take the steps from ``first`` on until one has begun; past the last one the manager is called."""
    for step in range(first, len(chain.steps)):
        end = end_of_step(chain, step, now, due_at, policy, office)
        if isinstance(end, Because):
            way.enter(step, None)
            because: Because | None = end
        else:
            way.enter(step, end)
            because = way.begin(step, end)
        if because is None:
            return
        if step == len(chain.steps) - 1:
            way.call(because)
        else:
            way.skip(step, because)


def chain_named(policy: Policy, code: str) -> Chain:
    """Return the chain of the policy with this code."""
    return next((chain for chain in policy.chains if chain.code == code), DIRECT)


def answer_by(now: datetime, step_ends_at: datetime | None, policy: Policy, office: OfficeHours) -> datetime:
    """Return when an offer made now expires: in office hours, but never after its step."""
    end = office.after(now, policy.walk.answer_hours)
    return min(end, step_ends_at) if step_ends_at is not None and step_ends_at > now else end
