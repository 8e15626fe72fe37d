"""Every table of the register, importable from one place."""

from dispatch.registry.tables.appraisals import AppraisalRow, DayRow
from dispatch.registry.tables.assignments import AdjustmentRow, AssignmentRow, BoundRow, LedgerRow
from dispatch.registry.tables.board import AbandonmentRow, ClaimRow, PostingRow
from dispatch.registry.tables.calendar import NoticeRow, ReckoningRow
from dispatch.registry.tables.cases import (
    CaseEventRow,
    CaseRow,
    ConflictReviewRow,
    PairRow,
    PartyRow,
    RelationRow,
    WishRow,
)
from dispatch.registry.tables.centres import (
    AreaRow,
    CentreRow,
    ConfirmationRow,
    CredentialRow,
    GuessRow,
    IdentityRow,
    TokenRow,
    UserRow,
)
from dispatch.registry.tables.complaints import ComplaintRow
from dispatch.registry.tables.documents import ArchiveRow, DocumentRow, LetterheadRow, TemplateRow
from dispatch.registry.tables.findings import FindingRow
from dispatch.registry.tables.funds import FundingRow, SettlementRow, SubsidyTableRow
from dispatch.registry.tables.institutions import AbsenceRow, InstitutionAttributesRow, InstitutionRow
from dispatch.registry.tables.leases import LeaseRow
from dispatch.registry.tables.life import AmendmentRow, ClockRow, PaperRow
from dispatch.registry.tables.log.audit import AuditRow
from dispatch.registry.tables.log.tree import LogFloorRow, LogHeadRow, LogLeafRow, LogNodeRow, LogTreeRow
from dispatch.registry.tables.offers import DesignationRow, LinkRow, OfferRow, PlanRow
from dispatch.registry.tables.organs import OrganNameRow, OrganRow
from dispatch.registry.tables.policies import PolicyRow, SimulationRow
from dispatch.registry.tables.practitioners import (
    AttributesRow,
    PractitionerRow,
)
from dispatch.registry.tables.replacements import ArrangementRow, ReplacementRow
from dispatch.registry.tables.roster import (
    AssessmentRow,
    DeclaredTieRow,
    DistinctRow,
    RosterChangeRow,
    SpecialtyRow,
    TieReviewRow,
)
from dispatch.registry.tables.runs import (
    DrawRow,
    IdempotencyRow,
    ImportRow,
    JobRow,
    OutboxRow,
    ProposalRow,
    RunRow,
)
from dispatch.registry.tables.seals import SealRow
from dispatch.registry.tables.webhooks import DeliveryRow, WebhookRow

__all__ = [
    "AbandonmentRow", "AbsenceRow", "AdjustmentRow", "AmendmentRow", "AppraisalRow", "ArchiveRow", "AreaRow",
    "ArrangementRow", "AssessmentRow", "AssignmentRow", "AttributesRow", "AuditRow", "BoundRow", "CaseEventRow",
    "CaseRow", "CentreRow", "ClaimRow", "ClockRow", "ComplaintRow", "ConfirmationRow", "ConflictReviewRow",
    "CredentialRow",
    "DayRow", "DeclaredTieRow", "DeliveryRow",
    "DesignationRow", "DistinctRow", "DocumentRow", "DrawRow", "FindingRow", "FundingRow", "GuessRow",
    "IdempotencyRow", "IdentityRow", "ImportRow",
    "InstitutionAttributesRow", "InstitutionRow", "JobRow", "LeaseRow", "LedgerRow", "LetterheadRow", "LinkRow",
    "LogFloorRow", "LogHeadRow", "LogLeafRow", "LogNodeRow", "LogTreeRow",
    "NoticeRow",
    "OfferRow", "OrganNameRow", "OrganRow", "OutboxRow", "PairRow", "PaperRow", "PartyRow", "PlanRow", "PolicyRow",
    "PostingRow", "PractitionerRow", "ProposalRow", "ReckoningRow", "RelationRow", "ReplacementRow",
    "RosterChangeRow", "RunRow", "SealRow", "SettlementRow", "SimulationRow", "SpecialtyRow", "SubsidyTableRow",
    "TemplateRow", "TieReviewRow", "TokenRow", "UserRow", "WebhookRow", "WishRow",
]  # fmt: skip
