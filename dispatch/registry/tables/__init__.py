"""Every table of the register, importable from one place."""

from dispatch.registry.tables.assignments import AssignmentRow, LedgerRow
from dispatch.registry.tables.cases import (
    CaseEventRow,
    CaseRow,
    PairRow,
    PartyRow,
    RelationRow,
    WishRow,
)
from dispatch.registry.tables.centres import AreaRow, CentreRow, TokenRow, UserRow
from dispatch.registry.tables.institutions import InstitutionRow, SuspensionRow
from dispatch.registry.tables.leases import LeaseRow
from dispatch.registry.tables.policies import AuditRow, PolicyRow
from dispatch.registry.tables.practitioners import (
    AttributesRow,
    LeaveRow,
    PractitionerRow,
)
from dispatch.registry.tables.runs import (
    IdempotencyRow,
    ImportRow,
    JobRow,
    OutboxRow,
    ProposalRow,
    RunRow,
)

__all__ = [
    "AreaRow", "AssignmentRow", "AttributesRow", "AuditRow", "CaseEventRow", "CaseRow", "CentreRow",
    "IdempotencyRow", "ImportRow", "InstitutionRow", "JobRow", "LeaseRow", "LeaveRow", "LedgerRow",
    "OutboxRow", "PairRow", "PartyRow", "PolicyRow", "PractitionerRow", "ProposalRow", "RelationRow", "RunRow",
    "SuspensionRow", "TokenRow", "UserRow", "WishRow",
]  # fmt: skip
