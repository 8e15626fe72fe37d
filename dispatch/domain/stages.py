"""The order of the stages of one matter: what may come before a stage, so that its counsel may follow the matter."""

from collections.abc import Mapping
from functools import cache

from dispatch.domain.vocabulary import Stage

# fmt: off
DIRECTLY_BEFORE: Mapping[Stage, tuple[Stage, ...]] = {
    # stage                the stages it may follow directly
    Stage.INVESTIGATION:   (Stage.CONSULTATION,),
    Stage.ARREST_REVIEW:   (Stage.INVESTIGATION,),
    Stage.PROSECUTION:     (Stage.INVESTIGATION, Stage.ARREST_REVIEW),
    Stage.FIRST_INSTANCE:  (Stage.PROSECUTION, Stage.ARBITRATION, Stage.LAND_ARBITRATION, Stage.RECONSIDERATION,
                            Stage.ADMINISTRATIVE_RULING, Stage.INJURY_FINDING, Stage.PRE_LITIGATION, Stage.MEDIATION,
                            Stage.NON_LITIGATION, Stage.CONSULTATION),
    Stage.SECOND_INSTANCE: (Stage.FIRST_INSTANCE, Stage.REMAND, Stage.ABSENTIA, Stage.CONFISCATION),
    Stage.REMAND:          (Stage.FIRST_INSTANCE, Stage.SECOND_INSTANCE, Stage.RETRIAL, Stage.DEATH_REVIEW),
    Stage.DEATH_REVIEW:    (Stage.SECOND_INSTANCE, Stage.FIRST_INSTANCE, Stage.REMAND),
    Stage.PETITION:        (Stage.SECOND_INSTANCE, Stage.FIRST_INSTANCE, Stage.REMAND),
    Stage.RETRIAL:         (Stage.PETITION, Stage.SECOND_INSTANCE, Stage.FIRST_INSTANCE, Stage.REMAND),
    Stage.ENFORCEMENT:     (Stage.FIRST_INSTANCE, Stage.SECOND_INSTANCE, Stage.RETRIAL, Stage.ARBITRATION,
                            Stage.LAND_ARBITRATION, Stage.MEDIATION),
    Stage.ENFORCEMENT_OBJECTION: (Stage.ENFORCEMENT,),
    Stage.SENTENCE_CHANGE: (Stage.FIRST_INSTANCE, Stage.SECOND_INSTANCE, Stage.RETRIAL),
    Stage.COMPULSORY_TREATMENT: (Stage.INVESTIGATION, Stage.PROSECUTION, Stage.FIRST_INSTANCE),
    Stage.ABSENTIA:        (Stage.INVESTIGATION, Stage.PROSECUTION),
    Stage.CONFISCATION:    (Stage.INVESTIGATION, Stage.PROSECUTION),
    Stage.STATE_COMPENSATION: (Stage.RETRIAL, Stage.SECOND_INSTANCE, Stage.FIRST_INSTANCE, Stage.RECONSIDERATION),
    Stage.PRE_LITIGATION:  (Stage.MEDIATION, Stage.NON_LITIGATION, Stage.CONSULTATION),
    Stage.PRE_ARBITRATION: (Stage.MEDIATION, Stage.NON_LITIGATION, Stage.CONSULTATION),
    Stage.MEDIATION:       (Stage.NON_LITIGATION, Stage.CONSULTATION),
    Stage.INJURY_FINDING:  (Stage.NON_LITIGATION, Stage.CONSULTATION),
    Stage.ADMINISTRATIVE_RULING: (Stage.NON_LITIGATION, Stage.CONSULTATION),
    Stage.LAND_ARBITRATION: (Stage.MEDIATION, Stage.NON_LITIGATION, Stage.CONSULTATION),
    Stage.ARBITRATION:     (Stage.PRE_ARBITRATION, Stage.INJURY_FINDING, Stage.MEDIATION, Stage.NON_LITIGATION,
                            Stage.CONSULTATION),
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


def reviews_death(stage: Stage, stated: bool | None) -> bool:
    """Return whether a death sentence is under review, so that the reviewing court decides who assigns.

    Every case has a stage, and every other stage is not this one: what was not said beside it is not unknown.
    A file says the stage by its code, which is equal to the word and not the same object.
    """
    return bool(stated) or stage == Stage.DEATH_REVIEW


def treats_compulsorily(stage: Stage, stated: bool | None) -> bool:
    """Return whether compulsory treatment is asked for, which has a stage of its own as well."""
    return bool(stated) or stage == Stage.COMPULSORY_TREATMENT


UPWARDS = (Stage.SECOND_INSTANCE, Stage.PETITION, Stage.RETRIAL)
"""Stages before the court above, into which counsel at first instance may follow the case."""
