"""The order of the stages of one matter: what may come before a stage, so that its counsel may follow the matter."""

from collections.abc import Mapping
from functools import cache

from dispatch.domain.vocabulary import Stage

# fmt: off
DIRECTLY_BEFORE: Mapping[Stage, tuple[Stage, ...]] = {
    # stage                the stages it may follow directly
    Stage.INVESTIGATION:   (Stage.CONSULTATION,),
    Stage.PROSECUTION:     (Stage.INVESTIGATION,),
    Stage.FIRST_INSTANCE:  (Stage.PROSECUTION, Stage.ARBITRATION, Stage.RECONSIDERATION, Stage.NON_LITIGATION,
                            Stage.CONSULTATION),
    Stage.SECOND_INSTANCE: (Stage.FIRST_INSTANCE,),
    Stage.DEATH_REVIEW:    (Stage.SECOND_INSTANCE, Stage.FIRST_INSTANCE),
    Stage.RETRIAL:         (Stage.SECOND_INSTANCE, Stage.FIRST_INSTANCE),
    Stage.ENFORCEMENT:     (Stage.FIRST_INSTANCE, Stage.SECOND_INSTANCE, Stage.RETRIAL, Stage.ARBITRATION),
    Stage.ARBITRATION:     (Stage.NON_LITIGATION, Stage.CONSULTATION),
    Stage.RECONSIDERATION: (Stage.NON_LITIGATION, Stage.CONSULTATION),
    Stage.NON_LITIGATION:  (Stage.CONSULTATION,),
    Stage.CONSULTATION:    (),
}
# fmt: on


@cache
def earlier_stages(stage: Stage) -> tuple[Stage, ...]:
    """Return every stage that may have come before, the nearest first."""
    found: dict[Stage, None] = {}
    edge = list(DIRECTLY_BEFORE.get(stage, ()))
    while edge:
        found |= dict.fromkeys(edge)
        edge = [earlier for each in edge for earlier in DIRECTLY_BEFORE.get(each, ()) if earlier not in found]
    return tuple(found)


def follows(later: Stage, earlier: Stage) -> bool:
    """Tell whether one stage may come after the other in one matter."""
    return earlier in earlier_stages(later)
