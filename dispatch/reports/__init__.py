"""Reports: rows of one table, each a pure function from the lines of a period to cells."""

from dispatch.reports import answers, balance, equity, funds, people, queue
from dispatch.reports.shape import Report

REPORTS: dict[str, Report] = {
    report.code: report for part in (queue, balance, equity, answers, funds, people) for report in part.REPORTS
}
"""Every report by its code."""

# fmt: off
SETS: dict[str, tuple[str, ...]] = {
    "all":   tuple(REPORTS),
    "month": ("queue", "deadlines", "timeliness", "time_to_assign", "wishes", "load", "hindsight", "quality",
              "quality_categories", "equity", "parity", "acceptance", "reasons", "grab", "scarcity_causes",
              "scarcity_counties",
              "grades", "complaints", "subsidy_grades", "funds", "lottery_groups"),
}
# fmt: on
"""Several reports under one code; for a month the last completed one, unless days are given."""
