"""Withdrawing pointless questions: to people absent or excluded by now, asked before that day or fact came."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import time

from dispatch.casework import arrangement, offers
from dispatch.casework.chain import resume_chain
from dispatch.casework.host import Host
from dispatch.casework.reach import Attendance
from dispatch.casework.records import Case, Offer
from dispatch.domain.docket.docket import NOBODY
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.eligibility.table import RULES_BY_CODE, WORKLOAD
from dispatch.domain.lifecycle import UNDECIDED

NIGHT_FROM = time(2)
"""Local time from which the work of a night may begin; a service that was down makes it up when it is back."""

OF_THE_CASE = frozenset(code for code, rule in RULES_BY_CODE.items() if rule.reads or rule.pair)
"""What hangs on the facts and the people of the case."""

NOT_OF_LOAD = frozenset(RULES_BY_CODE) - {*WORKLOAD}


def ask_on(host: Host) -> int:
    """Take back what is asked of somebody absent by now, and ask the next; return how many cases moved."""
    asked, entrusted = host.asked_absent(), host.entrusted_absent()
    moved = _ask_others(host, asked, lambda case, offer: offer.practitioner_id in asked[case.id])
    for case_id in sorted(entrusted):
        case = host.case(case_id)
        arrangement.recall(host, case)
        resume_chain(host, case)
    return moved + len(entrusted)


def ask_instead(host: Host, person: PractitionerFacts, case_ids: Collection[str]) -> int:
    """Take back what is asked of somebody whose hours leave no time to answer any more, and ask the next.

    For hours reported after the question: those known before were looked at when it was asked.
    """

    def late(_: Case, offer: Offer) -> bool:
        at = offer.expires_at
        return offer.practitioner_id == person.id and not Attendance(host, at).can_answer(person, at)

    return _ask_others(host, case_ids, late)


def ask_fit(host: Host, asked: Mapping[str, Collection[str]], codes: Collection[str] | None = None) -> int:
    """Take back what is asked, by case, of people whom one of these rules excludes by now, and ask the next.

    Without ``codes`` any rule counts: a yes would be refused.
    """

    def unfit(case: Case, offer: Offer) -> bool:
        return offer.practitioner_id in asked[case.id] and _is_excluded(host, case, offer.practitioner_id, codes)

    return _ask_others(host, asked, unfit)


def ask_by_night(host: Host) -> int:
    """Ask others than those whom a day that has come excludes: an assessment ran out, or what was dated ahead holds.

    People who are full only for now may still answer: their other cases may end before. Return how many cases moved.
    """
    asked = host.asked()
    if not asked:
        return 0
    docket, eligibility = host.docket(sorted(asked), *UNDECIDED)
    unfit: dict[str, set[str]] = defaultdict(set)
    for i in range(docket.n):
        case_id = docket.case_at(i).id
        for id in asked[case_id]:
            column = docket.column_of(id)
            if column != NOBODY and any(each.code in NOT_OF_LOAD for each in eligibility.why(i, column)):
                unfit[case_id].add(id)
    return _ask_others(host, unfit, lambda case, offer: offer.practitioner_id in unfit[case.id])


def ask_anew(host: Host, case: Case) -> None:
    """Withdraw the questions to people excluded by a new fact of the case, and ask the next: they read it no more.

    An institution that is to arrange it is asked while one of its people may take it, even if none has time just now.
    """
    arrangement.recall_vain(host, case, OF_THE_CASE)
    if asked := host.pending_offers(case.id):
        ask_fit(host, {case.id: {offer.practitioner_id for offer in asked}})


def _ask_others(host: Host, case_ids: Collection[str], vain: Callable[[Case, Offer], bool]) -> int:
    """Take back the questions that have become vain, ask the next, and return of how many cases."""
    moved = 0
    for case in map(host.case, sorted(case_ids)):
        if found := [offer for offer in host.pending_offers(case.id) if vain(case, offer)]:
            offers.withdraw(host, case, found)
            resume_chain(host, case)
            moved += 1
    return moved


def _is_excluded(host: Host, case: Case, practitioner_id: str, codes: Collection[str] | None) -> bool:
    docket, eligibility = host.docket([case.id], case.status, alone=practitioner_id)
    column = docket.column_of(practitioner_id)
    # A case without an open seat is in no docket: what is asked of it ends with the seat.
    judged = docket.facts.cases and column != NOBODY
    return bool(judged) and any(codes is None or each.code in codes for each in eligibility.why(0, column))
