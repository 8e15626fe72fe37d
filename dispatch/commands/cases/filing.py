"""Writes one checked draft into the register."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from dispatch.casework import clocks
from dispatch.commands.cases.drafts import PARTIES, CaseDraft
from dispatch.commands.cases.entitlement import grant, set_due, take_notice
from dispatch.commands.cases.known import Change, changes_between, facts_of
from dispatch.commands.cases.parties import identity_key, party_row
from dispatch.commands.cases.stored import Document
from dispatch.domain.law.means import means_test_of
from dispatch.domain.law.urgency import DATES
from dispatch.domain.permissions import Actor
from dispatch.domain.stages import earlier_stages
from dispatch.domain.texts import case_number_order, code_key
from dispatch.domain.vocabulary import ON_NOTICE, MeansTest, PartyRole, RelationKind, Status
from dispatch.domain.webhooks import RECEIVE
from dispatch.exchange.cells import CellLookups
from dispatch.registry.host import RegisterHost
from dispatch.registry.references import Person, References, Tie, tie_of
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AmendmentRow, CaseRow, RelationRow, WishRow
from dispatch.registry.transaction import Transaction

# fmt: off
STATED = (
    "matter", "cause", "service", "source", "stage", "area", "organ", "court_area", "interpreter", "grave",
    "sexual_assault", "death_review", "review_court", "compulsory_treatment", "secret", "major", "demand", *DATES,
    "aid_first", "materials_due_on", "fund_source",
)
# fmt: on


class Filing(NamedTuple):
    """What every draft of one batch is written with."""

    host: RegisterHost
    seal: Seal
    actor: Actor
    references: References
    ties: set[tuple[RelationKind, str, str]]
    lookups: CellLookups
    documents: Mapping[str, Document]
    """What the cases say now that came with something else than the drafts, by the key of their number."""
    as_filed: bool = True
    """Whether the drafts are what the cases come with; a case that came with the same is not changed back."""
    confirmed: AmendmentRow | None = None
    """The change that a second person has just agreed to."""

    def readable(self, case: CaseRow, draft: CaseDraft) -> bool:
        """Tell whether it is known what a case says; where its people cannot be read, nothing can be compared."""
        return draft.key in self.documents or case.fingerprint == fingerprint(self.seal, draft)

    def states(self, case: CaseRow, draft: CaseDraft) -> bool:
        """Tell whether a case came with what a draft says, or says it now."""
        came = self.as_filed and case.fingerprint == fingerprint(self.seal, draft)
        return came or (draft.key in self.documents and not self.changes(case, draft))

    def changes(self, case: CaseRow, draft: CaseDraft) -> dict[str, Change]:
        """Return what a draft says otherwise than the case, which keeps the decision it has.

        A case that came with the very draft is not changed back by it.
        """
        if draft.key not in self.documents:
            return {}
        kept = case.granted_at if draft.source not in ON_NOTICE and not draft.granted_at else draft.granted_at
        said = settled(draft).model_copy(update={"granted_at": kept})
        return changes_between(facts_of(self.documents[draft.key]), facts_of(said.model_dump()))

    @property
    def tx(self) -> Transaction:
        """The transaction of the batch."""
        return self.host.tx

    @property
    def now(self) -> datetime:
        """The moment of the batch."""
        return self.host.now

    def identity_key(self, draft: CaseDraft) -> str | None:
        """Return the keyed hash of the recipient's number, if there is one."""
        return identity_key(self.seal, draft.recipient)


def fingerprint(seal: Seal, draft: CaseDraft) -> str:
    """Return a key that equal drafts share, whether they spell out defaults or not."""
    # A tie may be stated from either side, so ties are compared with those the register knows.
    apart = {"number": draft.key, "relations": ()}
    return seal.fingerprint(settled(draft).model_copy(update=apart).model_dump_json())


def settled(draft: CaseDraft) -> CaseDraft:
    """Return the draft with what its other facts decide."""
    return draft.model_copy(update={"means_test": means_test(draft)})


def open_case(filing: Filing, draft: CaseDraft) -> CaseRow:
    """Add the case alone; people, wishes and ties need it in its place first."""
    person = _person(filing, draft)
    case = CaseRow(
        **columns_of(draft),
        fingerprint=fingerprint(filing.seal, draft),
        centre_id=filing.actor.centre_id,
        number=draft.number,
        number_key=draft.key,
        number_order=case_number_order(draft.number),
        status=Status.RECEIVED,
        received_at=draft.received_at,
        dates_known_at=filing.now,
        created_by=filing.actor.user_id,
        updated_at=filing.now,
        duplicate_of=filing.references.persons.get(person) if person else None,
        lot_of=filing.references.lot_ids.get(person) if person else None,
    )
    filing.host.add_case(case)
    if person:
        # The same once more in one file is told as well.
        for known in (filing.references.lot_ids, filing.references.persons):
            known.setdefault(person, case.id)
    set_due(filing.host, case)
    return case


def complete_case(filing: Filing, case: CaseRow, draft: CaseDraft) -> None:
    """Add the people and wishes of a new case, and put it on the clock if aid is granted or a notice asks for it."""
    filing.tx.record(case, RECEIVE, filing.actor, filing.now)
    clocks.follow(filing.host, case, RECEIVE, at=case.received_at)
    add_people(filing, case, draft)
    add_wishes(filing, case, draft)
    entitle(filing, case, draft)


def tie_case(filing: Filing, case: CaseRow, draft: CaseDraft, cases: Mapping[str, CaseRow]) -> None:
    """Add the ties that are not known yet; a tie between equals is stored one way round.

    A case that states none is tied to the nearest earlier stage of the same person's matter.
    """
    stated = [tie_of(relation.kind, case.id, cases[relation.key].id) for relation in draft.relations]
    for tie in stated or _stage_before(filing, case, draft):
        if tie not in filing.ties:
            filing.ties.add(tie)
            kind, case_id, other_id = tie
            late = filing.now if case.revision > 1 else None
            filing.tx.add(
                RelationRow(centre_id=case.centre_id, case_id=case_id, other_id=other_id, kind=kind, recorded_at=late)
            )


def all_tied(filing: Filing, case: CaseRow, draft: CaseDraft) -> bool:
    """Return whether the register knows every tie of the draft already."""
    others = ((relation.kind, filing.references.cases.get(relation.key)) for relation in draft.relations)
    return all(other is not None and tie_of(kind, case.id, other.id) in filing.ties for kind, other in others)


def entitle(filing: Filing, case: CaseRow, draft: CaseDraft) -> None:
    """Take a received case for a notice, or grant aid in it, if the draft says so."""
    if case.status is not Status.RECEIVED:
        return
    if case.source in ON_NOTICE:
        take_notice(filing.host, case)
    elif draft.granted_at:
        grant(filing.host, case, draft.granted_at)


def means_test(draft: CaseDraft) -> MeansTest:
    """Return whether hardship is examined, where it was not said by what else was."""
    return draft.means_test or means_test_of(draft.source, draft.service, draft.categories, draft.means_ground)


def columns_of(draft: CaseDraft) -> dict[str, Any]:
    """Return what a case without its people holds of a draft, by column."""
    return {name: getattr(draft, name) for name in STATED} | {
        "means_test": means_test(draft),
        "means_status": draft.means_status,
        "means_ground": draft.means_ground,
        "categories": [category.value for category in draft.categories],
        "languages": list(draft.languages),
        "materials_owed": [material.value for material in draft.materials_owed],
        "domicile_areas": list(draft.domicile_areas),
        "recipient_sex": draft.recipient.sex,
        "recipient_is_minor": draft.recipient.minor,
        "detained": draft.detained,
    }


def _stage_before(filing: Filing, case: CaseRow, draft: CaseDraft) -> list[Tie]:
    """Return the tie to the nearest earlier stage of the same person's matter, if the register has one."""
    key = filing.identity_key(draft)
    known = (
        filing.references.persons.get((key, draft.matter, draft.cause, each)) for each in earlier_stages(draft.stage)
    )
    nearest = next((id for id in known if key and id and id != case.id), None)
    return [(RelationKind.EARLIER_STAGE, case.id, nearest)] if nearest else []


def _person(filing: Filing, draft: CaseDraft) -> Person | None:
    """Return by what the same person with the same matter is known; None without an identity number."""
    key = filing.identity_key(draft)
    return (key, draft.matter, draft.cause, draft.stage) if key else None


def add_people(filing: Filing, case: CaseRow, draft: CaseDraft) -> None:
    """Add the people of a case, sealed."""
    filing.tx.add(
        party_row(filing.seal, filing.references.organs, case, PartyRole.RECIPIENT, draft.recipient, story=draft.story)
    )
    for field, role in PARTIES.items():
        for person in getattr(draft, field):
            filing.tx.add(party_row(filing.seal, filing.references.organs, case, role, person))


def add_wishes(filing: Filing, case: CaseRow, draft: CaseDraft) -> None:
    """Add whom the recipient named."""
    for rank, code in enumerate(draft.wishes, start=1):
        filing.tx.add(
            WishRow(
                centre_id=case.centre_id,
                case_id=case.id,
                practitioner_id=filing.references.practitioners[code_key(code)],
                rank=rank,
            )
        )
