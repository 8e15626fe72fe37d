"""Overrides: a manager named another than the run proposed; what policies can learn from."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Override:
    """One designation against a run's proposal; ids only."""

    designation_id: str
    run_id: str
    case_id: str
    practitioner_id: str
    proposed: tuple[str, ...]
    """Whom the run proposed, by seat."""
    at: datetime

    @property
    def against(self) -> bool:
        """Whether the run had proposed somebody, and somebody else was named."""
        return bool(self.proposed) and self.practitioner_id not in self.proposed
