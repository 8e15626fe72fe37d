"""A correcting act: the newest act in the life of a case is undone, and what it had ended is live again."""

from collections.abc import Iterable, Sequence

from dispatch.casework import clocks
from dispatch.casework.arrangement import recall
from dispatch.casework.chain import resume_chain
from dispatch.casework.host import Host
from dispatch.casework.records import Assignment, Case, Facts, HistoryEntry
from dispatch.casework.undertaking import release
from dispatch.domain.chain import Mark
from dispatch.domain.errors import IllegalTransitionError
from dispatch.domain.ledger import EntryKind, sum_of
from dispatch.domain.lifecycle import CORRECTABLE, Event
from dispatch.domain.states import EndReason, GivingBack, PlanState

UNDONE = frozenset({*CORRECTABLE, Mark.MILESTONE})
"""What a correction undoes: acts that may be corrected, and a milestone that was recorded wrongly."""

FOLLOWS = frozenset({Event.ASSIGN, Event.ENTRUST, Event.OFFER, Event.POST, Event.UNPOST, Event.RECALL})
"""What follows from a replacement automatically, before anybody has answered."""


def correct(host: Host, case: Case, facts: Facts) -> HistoryEntry:
    """
    Undo the newest act of the case and return what it was; another correction then undoes the one before it.

    Raises
    ------
    IllegalTransitionError
        If the newest act is none that may be corrected, or there is none; or if somebody has answered to what
        followed from a replacement.
    """
    entry = undoable(acts_of(host.entries(case)))
    if entry is None:
        raise IllegalTransitionError(status=case.status.value, event=Event.CORRECT.value)
    if is_replacement(entry):
        _take_back_what_followed(host, case, host.assignment(str(entry.facts["assignment_id"])))
    restore(host, case, entry)
    recorded: Facts = facts | {"corrects": entry.event}
    if entry.before is not entry.after:
        host.advance(case, Event.CORRECT, None, recorded, before=entry.before)
    else:
        host.touch(case)
        host.note(case, Event.CORRECT, None, recorded)
    clocks.follow(host, case, Event.CORRECT)
    resume_chain(host, case)
    return entry


def last_act(history: Iterable[HistoryEntry]) -> HistoryEntry | None:
    """Return the newest of them."""
    acts = acts_of(history)
    return acts[-1] if acts else None


def acts_of(history: Iterable[HistoryEntry]) -> list[HistoryEntry]:
    """Return the entries that moved the case or may be corrected, leaving out what was corrected already."""
    acts: list[HistoryEntry] = []
    for entry in history:
        if entry.event == Event.CORRECT:
            _drop(acts, entry)
        elif (
            entry.before not in (None, entry.after) or entry.event in UNDONE - {Event.REPLACE} or is_replacement(entry)
        ):
            acts.append(entry)
    return acts


def undoable(acts: Sequence[HistoryEntry]) -> HistoryEntry | None:
    """Return the newest act, if it may be undone; a replacement that was decided, also with what followed from it."""
    for entry in reversed(acts):
        if is_replacement(entry):
            return entry
        if entry.event in UNDONE - {Event.REPLACE}:
            return entry if entry is acts[-1] else None
        if entry.event not in FOLLOWS:
            return None
    return None


def is_replacement(entry: HistoryEntry) -> bool:
    """Tell whether a practitioner was taken off a case by a decision."""
    return entry.event == Event.REPLACE and "ground" in entry.facts


def _drop(acts: list[HistoryEntry], correction: HistoryEntry) -> None:
    """Leave out what was corrected: the newest act, or a replacement and what followed from it."""
    whole = correction.facts.get("corrects") == Event.REPLACE
    while acts:
        if is_replacement(acts.pop()) or not whole:
            return


def _take_back_what_followed(host: Host, case: Case, assignment: Assignment) -> None:
    """Let nobody be asked or named in the place of who is taken back; one who has accepted stays."""
    successor = next((each for each in host.live(case.id) if each.seat == assignment.seat), None)
    if successor and successor.accepted_at:
        raise IllegalTransitionError(status=case.status.value, event=Event.CORRECT.value)
    recall(host, case)
    host.end_plan(case.id, PlanState.STOPPED)
    if successor:
        release(host, case, successor, EndReason.REPLACED, GivingBack.OTHER)


def restore(host: Host, case: Case, entry: HistoryEntry) -> None:
    """Let what the entry ended be live again: assignments with their turns, and time limits."""
    if entry.event == Event.SIGN:
        host.unsign_assignment(host.assignment(str(entry.facts["assignment_id"])))
    if entry.event == Event.UNDERTAKE:
        host.unbegin_assignment(host.assignment(str(entry.facts["assignment_id"])))
    if entry.event == Event.EVALUATE:
        host.grade_assignment(host.assignment(str(entry.facts["assignment_id"])), None)
    for assignment_id in entry.ids("assignment_ids"):
        assignment = host.assignment(assignment_id)
        host.reopen_assignment(assignment)
        _restore_turn(host, assignment)
    clocks.annul(host, case, entry.ids("begun_clock_ids"))
    clocks.resume(host, case, entry.ids("clock_ids"))


def _restore_turn(host: Host, assignment: Assignment) -> None:
    credits = host.credits_of(assignment)
    if credits and not sum_of(credit.entry for credit in credits).turns:
        turn = credits[0]
        host.add_credits([turn._replace(entry=turn.entry.again_as(EntryKind.RESTORATION))])
