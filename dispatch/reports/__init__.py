"""Reports: rows of one table, each a pure function from the lines of a period to cells."""

from dispatch.reports import asking, balance, equity, people, queue
from dispatch.reports.shape import Report

REPORTS: dict[str, Report] = {
    report.code: report for part in (queue, balance, equity, asking, people) for report in part.REPORTS
}
"""Every report by its code."""
