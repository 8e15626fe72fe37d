"""A correcting act: the newest act in the life of a case is undone, and what it had ended is live again."""

from collections.abc import Iterable

from dispatch.casework import clocks
from dispatch.casework.chain import resume_chain
from dispatch.casework.host import Host
from dispatch.casework.records import Assignment, Case, Facts, HistoryEntry
from dispatch.domain.chain import Mark
from dispatch.domain.errors import IllegalTransitionError
from dispatch.domain.ledger import EntryKind, sum_of
from dispatch.domain.lifecycle import CORRECTABLE, Event

UNDONE = frozenset({*CORRECTABLE, Mark.MILESTONE})
"""What a correction undoes: acts that may be corrected, and a milestone that was recorded wrongly."""


def correct(host: Host, case: Case, facts: Facts) -> HistoryEntry:
    """
    Undo the newest act of the case and return what it was; another correction then undoes the one before it.

    Raises
    ------
    IllegalTransitionError
        If the newest act is none that may be corrected, or there is none.
    """
    entry = last_act(host.entries(case))
    if entry is None or entry.event not in UNDONE:
        raise IllegalTransitionError(status=case.status.value, event=Event.CORRECT.value)
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
            acts.pop()
        elif entry.before not in (None, entry.after) or entry.event in UNDONE:
            acts.append(entry)
    return acts


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
