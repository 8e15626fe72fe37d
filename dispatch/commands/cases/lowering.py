"""A change that lowers a protection of a case waits for a second person; until then what protects more holds."""

from collections.abc import Callable, Collection, Iterator, Mapping
from types import SimpleNamespace
from typing import NamedTuple, cast

from pydantic import ValidationError

from dispatch.commands.cases.drafts import CaseDraft
from dispatch.commands.cases.filing import Filing, columns_of
from dispatch.commands.cases.known import Change, amendment_row, changes_of, document_of, facts_of
from dispatch.domain.chain import Mark
from dispatch.domain.errors import DispatchError
from dispatch.domain.findings import FindingKind, Observation
from dispatch.domain.law.safeguards import Protected, Safeguard, lowered
from dispatch.domain.states import AmendmentState
from dispatch.registry import findings
from dispatch.registry.host import RegisterHost
from dispatch.registry.reads import waiting_amendments
from dispatch.registry.tables import AmendmentRow, CaseRow

Faults = Callable[[Filing, CaseDraft], Iterator[DispatchError]]


class Parted(NamedTuple):
    """A draft in two parts: what is said at once, None where no part can be, and what waits for a second person."""

    now: CaseDraft | None
    later: dict[str, Change]
    safeguards: list[Safeguard]


def part(filing: Filing, case: CaseRow, draft: CaseDraft, faults: Faults) -> Parted:
    """Part a change into what lowers no protection and what does; what only makes sense together waits together."""
    changes = filing.changes(case, draft)
    if not changes:
        return Parted(None, {}, [])
    now, later, safeguards = draft, dict[str, Change](), list[Safeguard]()
    while filing.confirmed is None and (less := lowered(case, _as_case(now))):
        safeguards += less
        fields = {name for safeguard in less for name in safeguard.fields}
        later |= {name: changes[name] for name in fields & changes.keys()}
        partial = _without(filing, draft, later, faults)
        if partial is None or partial == now:
            return Parted(None, changes, safeguards)
        now = partial
    return Parted(now, later, safeguards)


def propose(filing: Filing, case: CaseRow, parted: Parted) -> AmendmentRow:
    """Write down what waits; proposed again it is the same one, and another change of the same facts replaces it."""
    for waiting in waiting_amendments(filing.tx.session, case.id):
        if changes_of(filing.seal, waiting) == parted.later:
            return waiting
    lapse(filing.host, case, parted.later)
    row = filing.tx.add(
        amendment_row(
            filing.seal,
            parted.later,
            centre_id=case.centre_id,
            case_id=case.id,
            case_number=case.number,
            state=AmendmentState.WAITING,
            safeguards=sorted({safeguard.code for safeguard in parted.safeguards}),
            made_by=filing.actor.user_id,
            made_at=filing.now,
        )
    )
    facts: dict[str, object] = {"amendment_id": row.id, "fields": row.fields, "safeguards": row.safeguards}
    filing.host.note(case, Mark.PROPOSE, None, facts)
    seen = Observation(FindingKind.AMENDMENT_WAITING, "amendment", row.id, facts | {"case_id": case.id})
    findings.open_(filing.tx, case.centre_id, seen, filing.now)
    return row


def lapse(host: RegisterHost, case: CaseRow, fields: Collection[str]) -> None:
    """Let what waits about any of these facts be replaced by what is said of them now."""
    host.session.flush()
    for waiting in waiting_amendments(host.session, case.id):
        if not set(fields).isdisjoint(waiting.fields):
            host.end_amendment(waiting, AmendmentState.LAPSED)


def _as_case(draft: CaseDraft) -> Protected:
    return cast("Protected", SimpleNamespace(**columns_of(draft)))


def _without(filing: Filing, draft: CaseDraft, later: Mapping[str, Change], faults: Faults) -> CaseDraft | None:
    """Return the draft with these facts as they are, or None if it would contradict itself."""
    facts = facts_of(draft.model_dump()) | {name: old for name, (old, _) in later.items()}
    apart = {"number": draft.number, "relations": draft.relations}
    try:
        partial = CaseDraft.model_validate(document_of(facts) | apart)
    except ValidationError:
        return None
    return None if next(faults(filing, partial), None) else partial
