"""The manager's table: what became of the day, line by line."""

from collections.abc import Iterator, Mapping

from rich.table import Table

from dispatch.demo.figures import DemoFigures
from dispatch.demo.flow import TrialOutcome
from dispatch.demo.trials import Gaps
from dispatch.demo.words import Line, Phase, reason_text

Lines = Iterator[tuple[str, str]]


def manager_table(outcome: TrialOutcome, language: str) -> Table:
    """Return the table of an outcome."""
    table = Table(title=Line.TITLE.label(language), show_header=False, title_justify="left")
    table.add_column(overflow="fold", ratio=3)
    table.add_column(overflow="fold", ratio=5)
    sections = [
        matching(outcome.figures, language),
        fairness(outcome.figures, language),
        deadlines(outcome.figures, language),
        proof(outcome, language),
        *([gaps(outcome.gaps, outcome.refused_as_unknown, language)] if outcome.gaps else []),
        phases(outcome.figures, language),
    ]
    for section in sections:
        for label, value in section:
            table.add_row(label, value)
        table.add_section()
    return table


def matching(figures: DemoFigures, language: str) -> Lines:
    """Yield who was assigned, and why others were not."""
    yield Line.CASES.label(language), f"{figures.cases:,} ({figures.seats:,})"
    yield Line.ASSIGNED.label(language), f"{figures.assigned:,} ({share(figures.assigned, figures.seats)})"
    yield Line.OPEN.label(language), f"{figures.open:,}"
    for reason, count in sorted(figures.open_because.items(), key=lambda item: -item[1]):
        yield Line.BECAUSE.label(language), f"{count}\u00a0×\u00a0{reason_text(reason, language)}"
    if figures.wished:
        allowed = figures.first_wishes_allowed
        yield (
            Line.WISHES.label(language),
            f"{figures.first_wishes} / {allowed} ({share(figures.first_wishes, allowed)})",
        )
        yield Line.BARRED_WISHES.label(language), f"{figures.wished - allowed} / {figures.wished}"
    yield Line.SCORE.label(language), f"{100 * figures.mean_score:.1f} / 100"


def fairness(figures: DemoFigures, language: str) -> Lines:
    """Yield how the load is spread over everyone on the list."""
    yield Line.TOOK.label(language), f"{figures.took_a_case:,} / {figures.active:,}"
    ratio = f"{figures.max_load / figures.mean_load:.1f}×" if figures.mean_load else "–"
    yield Line.LOAD.label(language), f"{figures.mean_load:.2f} / {figures.max_load} ({ratio})"
    yield Line.GINI.label(language), f"{figures.gini:.2f}"


def deadlines(figures: DemoFigures, language: str) -> Lines:
    """Yield the state of the deadlines."""
    for line, count in (
        (Line.IN_TIME, figures.in_time),
        (Line.WAITING, figures.waiting),
        (Line.AT_RISK, figures.at_risk),
        (Line.MISSED, figures.missed),
    ):
        yield line.label(language), f"{count:,}"


def proof(outcome: TrialOutcome, language: str) -> Lines:
    """Yield what was proven."""
    figures = outcome.figures
    yield Line.OBJECTIVE.label(language), f"{figures.bound - figures.objective:,}"
    yield Line.PROOF.label(language), Line.VERIFIED.label(language)


def gaps(found: Gaps, refused: Mapping[str, int], language: str) -> Lines:
    """Yield what the register leaves empty and what came of it."""
    yield Line.UNLOCATED.label(language), f"{found.unlocated:,}"
    yield Line.REFUSED.label(language), f"{refused.get('within_reach', 0):,}"
    yield Line.UNSPECIFIED.label(language), f"{found.unspecified:,}"
    yield Line.REFUSED.label(language), f"{refused.get('specialised', 0):,}"
    yield Line.TOUCHED.label(language), f"{found.touched:,}"


def phases(figures: DemoFigures, language: str) -> Lines:
    """Yield what each step took."""
    for name, seconds in figures.phases.items():
        yield Phase(name).label(language), f"{seconds:.1f} s"
    yield Line.TOTAL.label(language), f"{sum(figures.phases.values()):.1f} s"


def share(part: int, whole: int) -> str:
    """Return a part of a whole in percent."""
    return f"{100 * part / whole:.1f} %" if whole else "–"
