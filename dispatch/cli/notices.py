"""What the verbs about working days do."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dispatch.cli.context import CliContext, opened
from dispatch.cli.output import localize, out
from dispatch.commands import calendar
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Actor
from dispatch.registry.census import list_centres
from dispatch.registry.due.calendar import find_notice, list_reckonings, load_days
from dispatch.registry.due.clocks import numbers_of
from dispatch.registry.reads import Slice
from dispatch.registry.tables import CentreRow, ReckoningRow

PER_PAGE = 200


def load_notice(file: Path, title: str, centre: str | None) -> None:
    """Load the sheet into the centre named, or into all of them."""
    content = file.read_bytes()
    _in_each(centre, lambda here, actor: calendar.load_file(here.begin, actor, here.now, title, content))


def undo_notice(year: int, centre: str | None) -> None:
    """Undo the notice in the centre named, or in all that have it."""

    def undo(here: CliContext, actor: Actor) -> calendar.Loaded | None:
        with here.read() as session:
            if centre is None and find_notice(session, actor.centre_id, year) is None:
                return None
        return calendar.undo(here.begin, actor, here.now, year)

    if not _in_each(centre, undo):
        raise NotFoundError(what="calendar_notice", id=str(year))


def show_year(year: int, centre: str | None) -> None:
    """Print the days that are free and those that are worked, and where that is from."""
    with opened() as here:
        actor = here.operator(centre)
        with here.read() as session:
            notice, days = find_notice(session, actor.centre_id, year), load_days(session, actor.centre_id).year(year)
    estimate = localize("尚无放假安排，按法定节假日估算", "no notice yet, estimated by the statutory holidays")
    known = estimate if days.estimated else localize("程序自带的放假安排", "as the program knows it")
    out.print(f"{year}  {notice.title if notice else known}", markup=False)
    for label, listed in ((localize("放假", "free"), days.off), (localize("上班", "worked"), days.made_up)):
        out.print(f"{label}  {', '.join(day.isoformat() for day in sorted(listed)) or '-'}", markup=False)


def list_changes(centre: str | None) -> None:
    """Print one line a limit that moved, the newest first."""
    with opened() as here:
        actor = here.operator(centre)
        with here.read() as session:
            zone = ZoneInfo(session.get_one(CentreRow, actor.centre_id).time_zone)
            lines = [
                f"{numbers[row.case_id]}  {row.code}  {_local(row.was, zone)} → {_local(row.becomes, zone)}"
                for rows in _pages(session, actor.centre_id)
                for numbers in [numbers_of(session, {row.case_id for row in rows})]
                for row in rows
            ]
    for line in lines or [localize("没有变动的期限。", "No time limit has moved.")]:
        out.print(line, markup=False)


def _pages(session: Any, centre_id: str) -> Iterator[list[ReckoningRow]]:
    page = list_reckonings(session, centre_id, Slice(PER_PAGE, None))
    yield page.rows
    while page.last:
        page = list_reckonings(session, centre_id, Slice(PER_PAGE, list(page.last)))
        yield page.rows


def _in_each(centre: str | None, act: Callable[[CliContext, Actor], calendar.Loaded | None]) -> int:
    done = 0
    with opened() as here:
        for code in [centre] if centre else list(_codes(here)):
            if (loaded := act(here, here.operator(code))) is not None:
                done += 1
                out.print(
                    localize(
                        f"{code}：{loaded.year}年放假安排已更新；变动的期限：{loaded.moved}项",
                        f"{code}: {loaded.year} is up to date; time limits moved: {loaded.moved}",
                    ),
                    markup=False,
                )
    return done


def _codes(here: CliContext) -> Iterator[str]:
    with here.read() as session:
        yield from [centre.code for centre in list_centres(session)]


def _local(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
