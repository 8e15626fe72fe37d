"""Intake of cases: identified by their number, sealed, put on the clock, and queued for the next run."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from dispatch.casework.matching import enter_queue
from dispatch.commands.cases.amendments import UNASKED, amend_case
from dispatch.commands.cases.completion import completed, contradictions
from dispatch.commands.cases.drafts import CaseDraft
from dispatch.commands.cases.entitlement import grant
from dispatch.commands.cases.filing import (
    Filing,
    all_tied,
    complete_case,
    fingerprint,
    means_test,
    open_case,
    tie_case,
)
from dispatch.commands.cases.lowering import Parted, part, propose
from dispatch.commands.cases.stored import load_documents
from dispatch.commands.funds.applications import FIELD, bound
from dispatch.domain.errors import (
    DispatchError,
    DuplicateNumberError,
    InvalidFieldError,
    SealBrokenError,
    SeatTakenError,
    UnknownReferenceError,
    stated,
)
from dispatch.domain.funds.sources import lottery_group, needs_grant, require_fundable
from dispatch.domain.law.aid_first import AidFirst, Material, require_terms
from dispatch.domain.law.citations import cited
from dispatch.domain.law.means import require_means
from dispatch.domain.law.recipients import Defendant, duties_to_notify
from dispatch.domain.lifecycle import OPEN
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.causes import either
from dispatch.domain.texts import code_key
from dispatch.domain.vocabulary import ON_NOTICE, CaseSource, Status, Term
from dispatch.exchange.cells import CellLookups
from dispatch.exchange.languages import LANGUAGES
from dispatch.exchange.lookups import load_lookups, require_word, require_words
from dispatch.exchange.wording import Wordlist
from dispatch.registry.host import RegisterHost
from dispatch.registry.references import References, known_ties, look_up
from dispatch.registry.roster.merging import unknown_code
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AmendmentRow, CaseRow
from dispatch.registry.transaction import Begin, Transaction

CLOCKS_MAY_DIFFER = timedelta(minutes=5)


# fmt: off
class Fate(Term):
    """What became of a case that was handed in."""

    CREATED   = "created",   "已登记", "created"
    UPDATED   = "updated",   "已更新", "updated"
    UNCHANGED = "unchanged", "无变化", "unchanged"
    REFUSED   = "refused",   "不符合要求", "refused"
# fmt: on


WRITTEN = (Fate.CREATED, Fate.UPDATED)
"""A case that a file grants, or lets be due sooner, starts like one that is new."""


class Submission(NamedTuple):
    """The fate of one draft: its case, or the error that refused it."""

    fate: Fate
    case: CaseRow | None = None
    error: DispatchError | None = None
    parted: Parted | None = None
    """A change of a case that is there, and what of it waits for a second person."""
    made: AmendmentRow | None = None
    waiting: AmendmentRow | None = None
    safeguards: tuple[str, ...] = ()
    """Protections that what waits would lower, by code."""


def submit_case(begin: Begin, seal: Seal, actor: Actor, now: datetime, draft: CaseDraft) -> CaseRow:
    """Register a case and start its clock; the same case handed in again is the one already there."""
    require(actor, Verb.SUBMIT_CASE)
    with begin() as tx:
        [submission] = take_in(tx, seal, actor, now, [draft])
        if submission.case is None:
            raise submission.error or AssertionError("a draft has a case or an error")
        return submission.case


def take_in(
    tx: Transaction,
    seal: Seal,
    actor: Actor,
    now: datetime,
    drafts: Sequence[CaseDraft],
    *,
    amend: bool = False,
    as_filed: bool = True,
    confirmed: AmendmentRow | None = None,
    write: bool = True,
) -> list[Submission]:
    """
    Add the cases to the transaction, in the order given.

    Parameters
    ----------
    amend : bool
        Whether open ones that are there take what has changed; otherwise their number is taken.
    as_filed : bool
        Whether the drafts are what the cases come with; a draft that a case came with does not change it back.
    confirmed : AmendmentRow, optional
        The change a second person has agreed to: it may lower a protection.
    write : bool
        Whether the register changes; otherwise the fates are those that the cases would have.
    """
    host = RegisterHost(tx, actor.centre_id, actor, now)
    lookups = load_lookups(tx.session, actor.centre_id)
    drafts = [completed(_in_words(draft, lookups), lookups.zone) for draft in drafts]
    references = _look_up(tx, seal, actor, drafts)
    ties = known_ties(tx.session, references.cases.values())
    known = references.cases if not as_filed else {
        draft.key: case
        for draft in drafts
        if (case := references.cases.get(draft.key)) and case.fingerprint != fingerprint(seal, draft)
    }  # fmt: skip
    documents = load_documents(tx.session, seal, actor.centre_id, [case.id for case in known.values()])
    filing = Filing(host, seal, actor, references, ties, lookups, documents, as_filed, confirmed)
    fates = _decide(filing, drafts, amend=amend)
    if not write:
        return [_foreseen(filing, draft, fate) for draft, fate in zip(drafts, fates, strict=True)]
    _write(filing, drafts, fates)
    enter_queue(host, (fate.case for fate in fates if fate.case and fate.fate in WRITTEN))
    return fates


class First(NamedTuple):
    """Terms on which aid comes before its papers: the ground, what is owed, and the last day to hand it in."""

    aid_first: AidFirst
    materials_owed: Sequence[Material] = ()
    materials_due_on: date | None = None


def grant_case(
    begin: Begin,
    actor: Actor,
    now: datetime,
    case_id: str,
    granted_at: datetime | None = None,
    first: First | None = None,
) -> CaseRow:
    """Grant aid in a received case and start the clock of its assignment; a granted one is refused.

    With ``first``, aid comes before its papers, and the time to hand them in starts too (《法律援助法》第四十四条).
    """
    require(actor, Verb.GRANT)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        case = host.case(case_id)
        if granted_at and not case.received_at <= granted_at <= now + CLOCKS_MAY_DIFFER:
            raise InvalidFieldError(
                field="granted_at",
                value=granted_at.isoformat(),
                expected=stated("不早于收到时间，且不晚于现在", "between the receipt and now"),
            )
        if first:
            case.aid_first, case.materials_due_on = first.aid_first, first.materials_due_on
            case.materials_owed = [material.value for material in first.materials_owed]
            require_terms(case, (granted_at or now).astimezone(host.office.zone).date())
        require_means(case, case.means_test, granted=True, granting=True)
        grant(host, case, granted_at or now)
        enter_queue(host, [case])
        return case


def _look_up(tx: Transaction, seal: Seal, actor: Actor, drafts: Sequence[CaseDraft]) -> References:
    identities = (draft.recipient.identity for draft in drafts)
    return look_up(
        tx.session,
        actor.centre_id,
        number_keys={key for draft in drafts for key in (draft.key, *(tie.key for tie in draft.relations))},
        practitioner_codes={code_key(code) for draft in drafts for code in draft.wishes},
        identity_keys={seal.identity_key(each.key) for each in identities if each},
    )


def _decide(filing: Filing, drafts: Sequence[CaseDraft], *, amend: bool) -> list[Submission]:
    first: dict[str, CaseDraft] = {}
    fates = []
    for draft in drafts:
        twin = first.setdefault(draft.key, draft)
        fates.append(_fate(filing, draft, twin, amend=amend))
    # A tie may point at a case of the same batch, unless that one is refused, and so on.
    while True:
        there = filing.references.cases.keys() | {
            draft.key for draft, fate in zip(drafts, fates, strict=True) if fate.fate is not Fate.REFUSED
        }
        dangling = [_refuse_dangling(draft, fate, there) for draft, fate in zip(drafts, fates, strict=True)]
        if dangling == fates:
            return fates
        fates = dangling


def _fate(filing: Filing, draft: CaseDraft, twin: CaseDraft, *, amend: bool) -> Submission:
    there = filing.references.cases.get(draft.key)
    try:
        if twin is not draft and twin != draft.model_copy(update={"number": twin.number}):
            raise DuplicateNumberError(number=draft.number)
        if there and filing.states(there, draft) and all_tied(filing, there, draft):
            return Submission(Fate.UNCHANGED, there)
        if there and not (amend and there.status in OPEN):
            raise DuplicateNumberError(number=draft.number)
        if there and not filing.readable(there, draft):
            raise SealBrokenError
        for error in (*_faults(filing, draft), *(_unamendable(filing, there, draft) if there else ())):
            raise error
    except DispatchError as error:
        return Submission(Fate.REFUSED, error=error)
    parted = part(filing, there, draft, _faults) if there and twin is draft else None
    return Submission(_fresh(there, twin is not draft), there, parted=parted)


def _fresh(there: CaseRow | None, repeated: bool) -> Fate:
    if repeated:
        return Fate.UNCHANGED
    return Fate.UPDATED if there else Fate.CREATED


def _unamendable(filing: Filing, there: CaseRow, draft: CaseDraft) -> Iterator[DispatchError]:
    """Yield what keeps a case that is there from saying what a draft says."""
    # A case queued by a notice that is an application after all needs the decision.
    decided = draft.source in ON_NOTICE or draft.granted_at or there.granted_at
    if there.status is not Status.RECEIVED and not decided:
        yield InvalidFieldError(
            field="granted_at", value=None, expected=stated("决定给予法律援助的时间", "when aid was granted")
        )
    changes = filing.changes(there, draft)
    if "wishes" in changes and there.status not in UNASKED:
        expected = stated("征询开始后通过点援接口更改", "changed as wishes once somebody is asked")
        yield InvalidFieldError(field="wishes", value=None, expected=expected)
    if "demand" in changes and draft.demand < len(filing.host.taken([there.id])[there.id]):
        yield SeatTakenError(case_id=there.id, demand=draft.demand)


def _faults(filing: Filing, draft: CaseDraft) -> Iterator[DispatchError]:
    cause = filing.host.policy.catalogue.require(draft.cause, draft.matter)
    if draft.matter not in cause.matters:
        own = either(cause.matters)
        expected = stated(
            f"案由“{cause.zh}”属于{own['zh']}类，本案填为{draft.matter.zh}类；请改正案件类型或者案由",
            f"{own['en']}, to which the cause {cause.code} belongs, or a {draft.matter.en} cause",
        )
        yield InvalidFieldError(field="matter", value=draft.matter.value, expected=expected)
    yield from _strangers(filing, draft)
    yield from contradictions(draft, filing.lookups.zone)
    yield from _unnotified(draft)
    yield from _unentitled(filing, draft)
    yield from _unfunded(filing, draft)
    for field in ("received_at", "granted_at"):
        at = getattr(draft, field)
        if at and at > filing.now + CLOCKS_MAY_DIFFER:
            yield InvalidFieldError(
                field=field, value=at.isoformat(), expected=stated("不晚于现在", "not in the future")
            )


def _unnotified(draft: CaseDraft) -> Iterator[DispatchError]:
    """Yield what is wrong with an optional notice where the law has the organ notify."""
    person = Defendant(draft.categories, draft.recipient.minor, draft.grave, draft.death_review, draft.stage)
    duty = next(duties_to_notify(draft.service, person), None)
    if duty and draft.source is CaseSource.NOTICE_MAY:
        must = CaseSource.NOTICE_MUST
        expected = stated(
            f"{must.zh}：受援人为{duty.zh}（{cited(duty.source, 'zh')}）",
            f"{must.value}: the recipient is {duty.en} ({cited(duty.source, 'en')})",
        )
        yield InvalidFieldError(field="source", value=draft.source.value, expected=expected)


def _unentitled(filing: Filing, draft: CaseDraft) -> Iterator[DispatchError]:
    """Yield what is wrong with aid that is said to come before its papers, or without hardship."""
    granted_on = draft.granted_at.astimezone(filing.host.office.zone).date() if draft.granted_at else None
    there = filing.references.cases.get(draft.key)
    try:
        require_terms(draft, granted_on)
        decided = bool(there and there.granted_at)
        granted = bool(granted_on) or decided
        require_means(draft, means_test(draft), granted=granted, granting=granted and not decided)
    except DispatchError as error:
        yield error


def _unfunded(filing: Filing, draft: CaseDraft) -> Iterator[DispatchError]:
    """Yield what is wrong with the fund that is to pay: it may not pay for such a case, or was decided otherwise."""
    there = filing.references.cases.get(draft.key)
    if there and there.fund_source is not draft.fund_source:
        yield from bound(filing.tx.session, there, draft.fund_source)
    if draft.fund_source and needs_grant(draft.fund_source):
        lineage = filing.host.policy.catalogue.lineage
        group = lottery_group(draft.matter, draft.cause, draft.categories, lineage)
        try:
            require_fundable(draft.fund_source, group, FIELD)
        except DispatchError as error:
            yield error


def _strangers(filing: Filing, draft: CaseDraft) -> Iterator[DispatchError]:
    lists, singles = _wordlists(filing.lookups)
    try:
        for field, words in lists.items():
            require_words(field, getattr(draft, field), words)
        for field, words in singles.items():
            if text := getattr(draft, field):
                require_word(field, text, words)
    except DispatchError as error:
        yield error
    strangers = (code for code in draft.wishes if code_key(code) not in filing.references.practitioners)
    yield from (unknown_code(filing.tx.session, filing.host.centre_id, "wishes", code) for code in strangers)


def _in_words(draft: CaseDraft, lookups: CellLookups) -> CaseDraft:
    """Return the draft with its words by code; what is unknown or unclear stays as written, to be refused."""
    lists, singles = _wordlists(lookups)
    update: dict[str, Any] = {"cause": lookups.causes.find(draft.cause) or draft.cause}
    for field, words in lists.items():
        update[field] = tuple(code for text in getattr(draft, field) for code in words.several(text) or (text,))
    for field, words in singles.items():
        text = getattr(draft, field)
        update[field] = text and (words.find(text) or text)
    return draft.model_copy(update=update)


def _wordlists(lookups: CellLookups) -> tuple[dict[str, Wordlist], dict[str, Wordlist]]:
    """Return the words of the fields that hold several and of those that hold one."""
    areas = lookups.areas
    return {"languages": LANGUAGES, "domicile_areas": areas}, {"area": areas, "court_area": areas}


def _refuse_dangling(draft: CaseDraft, fate: Submission, there: Collection[str]) -> Submission:
    missing = next((tie.number for tie in draft.relations if tie.key not in there), None)
    if missing is None or fate.fate is Fate.REFUSED:
        return fate
    return Submission(Fate.REFUSED, error=UnknownReferenceError(field="relations", value=missing, known=[]))


def _write(filing: Filing, drafts: Sequence[CaseDraft], fates: list[Submission]) -> None:
    cases = dict(filing.references.cases)
    for k, draft in enumerate(drafts):
        if fates[k].fate is Fate.CREATED:
            cases[draft.key] = open_case(filing, draft)
    filing.tx.session.flush()
    for k, draft in enumerate(drafts):
        if fates[k].fate is Fate.REFUSED:
            continue
        case = cases[draft.key]
        if fates[k].fate is Fate.CREATED:
            complete_case(filing, case, draft)
        elif (parted := fates[k].parted) and fates[k].fate is Fate.UPDATED:
            fates[k] = _amend(filing, case, draft, parted)
        tie_case(filing, case, draft, cases)
        fates[k] = fates[k]._replace(case=case)


def _foreseen(filing: Filing, draft: CaseDraft, fate: Submission) -> Submission:
    """Return what would become of a draft."""
    if fate.fate is not Fate.UPDATED or fate.case is None or fate.parted is None:
        return fate
    changed = fate.parted.now and filing.changes(fate.case, fate.parted.now)
    became = Fate.UPDATED if changed or not all_tied(filing, fate.case, draft) else Fate.UNCHANGED
    return fate._replace(fate=became, safeguards=_named(fate.parted) if fate.parted.later else ())


def _named(parted: Parted) -> tuple[str, ...]:
    return tuple(sorted({safeguard.code for safeguard in parted.safeguards}))


def _amend(filing: Filing, case: CaseRow, draft: CaseDraft, parted: Parted) -> Submission:
    """Change at once what may be, and let the rest wait for a second person."""
    tied = all_tied(filing, case, draft)
    made = amend_case(filing, case, parted.now) if parted.now else None
    waiting = propose(filing, case, parted) if parted.later else None
    if filing.as_filed and not waiting:
        case.fingerprint = fingerprint(filing.seal, draft)
    fate = Fate.UPDATED if made or not tied else Fate.UNCHANGED
    return Submission(fate, case, made=made, waiting=waiting, safeguards=tuple(waiting.safeguards) if waiting else ())
