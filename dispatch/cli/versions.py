"""What the verbs about policy versions do."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

from rich.progress import Progress

from dispatch.cli.backtests import show_comparison
from dispatch.cli.context import CliContext, now, opened
from dispatch.cli.files import read_document
from dispatch.cli.output import language, localize, out, refuse
from dispatch.commands.jobs import ENDED, JobContext, cancel_job
from dispatch.commands.policies import drafts, publication
from dispatch.commands.simulations.playing import simulate_policy
from dispatch.commands.simulations.requests import request_simulation, scene_of
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.permissions import Actor
from dispatch.domain.policy.diff import differences, title_of
from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.domain.policy.trial_floor import SOURCES
from dispatch.domain.vocabulary import JobStatus
from dispatch.registry.policies import policy_in_force, read_policy, version_of, versions_of
from dispatch.registry.tables import JobRow, PolicyRow, SimulationRow
from dispatch.simulation.backtest.compare import from_document

LOOK_EVERY_S = 0.2


def policy_rows(centre: str | None) -> Sequence[PolicyRow]:
    """Return every policy version of a centre, the newest first."""
    with opened() as here:
        actor = here.operator(centre)
        with here.read() as session:
            return versions_of(session, actor.centre_id)


def policy_document(version: int | None, preset: str | None, centre: str | None) -> dict[str, Any]:
    """Return a policy: a preset as shipped, a version of a centre, or the one in force."""
    if preset:
        return load_preset(preset).to_document()
    with opened() as here:
        return _version(here, here.operator(centre), version).document


def print_sources(version: int | None, preset: str | None, centre: str | None) -> None:
    """Print each field of a policy with what it rests on."""
    policy = Policy.from_document(policy_document(version, preset, centre))
    for path, source in policy.sources_in_words().items():
        title = title_of(tuple(path.split(".")), language())
        out.print(localize(f"{title}：{source['zh']}", f"{title}: {source['en']}"), markup=False, soft_wrap=True)


def draft_version(file: Path, changes: bool, base: int | None, note: str | None, centre: str | None) -> None:
    """Draft what a file says, or the policy with the changes it names."""
    given = read_document(file)
    with opened() as here:
        actor = here.operator(centre)
        base_id = _version(here, actor, base).id if base is not None else None
        document, patch = (None, given) if changes else (given, None)
        start = drafts.begin_with(here.read, actor, base_id=base_id, document=document, changes=patch)
        row = drafts.draft_policy(here.begin, actor, here.now, **start._asdict(), note=note)
        _print_draft(here, row)


def edit_version(version: int, file: Path, note: str | None, centre: str | None) -> None:
    """Apply the changes in a file to the current draft."""
    changes = read_document(file)
    with opened() as here:
        actor = here.operator(centre)
        seen = _version(here, actor, version)
        row = drafts.edit_draft(here.begin, actor, here.now, seen.id, seen.revision, changes=changes, note=note)
        _print_draft(here, row)


def discard_version(version: int, centre: str | None) -> None:
    """Remove a draft."""
    with opened() as here:
        actor = here.operator(centre)
        seen = _version(here, actor, version)
        drafts.discard_draft(here.begin, actor, here.now, seen.id, seen.revision)


def print_differences(version: int, other: int | None, centre: str | None) -> None:
    """Say what a version says otherwise than another, or than the one in force."""
    with opened() as here:
        actor = here.operator(centre)
        _print_changes(_version(here, actor, other), _version(here, actor, version))


def simulate_version(
    version: int,
    against: int | None,
    days: tuple[date | None, date | None],
    city: dict[str, int] | None,
    seed: int,
    centre: str | None,
) -> None:
    """Back-test a version in this process, or watch the worker that was faster, and show what came of it."""
    with opened() as here:
        actor = here.operator(centre)
        scene = scene_of(here.read, actor, here.now, *days, city)
        policy, rival = _version(here, actor, version), _version(here, actor, against)
        row = request_simulation(here.begin, actor, here.now, policy.id, scene, seed, rival.id)
        job = _watch(here, actor, row)
        if job.status is not JobStatus.DONE:
            refuse(job.status.label(language()), job.problem or {})
        with here.read() as session:
            result = session.get_one(SimulationRow, row.id).result or {}
        show_comparison(from_document(result), result, (_named(policy), _named(rival)))
        _print(_by_id(here, policy.id))


def rebase_version(version: int, centre: str | None) -> None:
    """Carry a draft over to the policy in force."""
    with opened() as here:
        actor = here.operator(centre)
        seen = _version(here, actor, version)
        _print_draft(here, drafts.rebase_draft(here.begin, actor, here.now, seen.id, seen.revision))


def publish_version(version: int, rules: Sequence[str], centre: str | None) -> None:
    """Publish the current draft."""
    with opened() as here:
        actor = here.operator(centre)
        seen = _version(here, actor, version)
        named = [_rule(rule) for rule in rules]
        published = publication.publish_policy(here.begin, actor, here.now, seen.id, seen.revision, named)
        _print(published)
        _print_evidence(published)


def roll_back_to(version: int, reason: str, rules: Sequence[str], centre: str | None) -> None:
    """Put an earlier version in force again."""
    with opened() as here:
        actor = here.operator(centre)
        chosen, named = _version(here, actor, version), [_rule(rule) for rule in rules]
        _print(publication.roll_back(here.begin, actor, here.now, chosen.id, reason, named))


def _watch(here: CliContext, actor: Actor, row: SimulationRow) -> JobRow:
    context = JobContext(here.begin, here.read, now, "command line")
    with ThreadPoolExecutor(1) as pool, Progress(console=out, transient=True) as progress:
        task = progress.add_task(localize("试算", "Back-test"), total=1.0)
        played = pool.submit(simulate_policy, context, row.id)
        try:
            while True:
                with here.read() as session:
                    job = session.get_one(JobRow, row.id)
                progress.update(task, completed=job.done_share)
                if played.done():
                    played.result()
                if job.status in ENDED:
                    return job
                time.sleep(LOOK_EVERY_S)
        except KeyboardInterrupt:
            cancel_job(here.begin, actor, now(), row.id)
            raise


def _version(here: CliContext, actor: Actor, version: int | None) -> PolicyRow:
    with here.read() as session:
        if version is None:
            return policy_in_force(session, actor.centre_id)
        return version_of(session, actor.centre_id, version)


def _named(row: PolicyRow) -> str:
    return localize(f"第{row.version}版 {row.name}", f"version {row.version} {row.name}")


def _by_id(here: CliContext, id: str) -> PolicyRow:
    with here.read() as session:
        return session.get_one(PolicyRow, id)


def _print(row: PolicyRow) -> None:
    status = row.status.label(language())
    out.print(localize(f"第{row.version}版（{row.name}）：{status}", f"Version {row.version} ({row.name}): {status}"))


def _print_evidence(row: PolicyRow) -> None:
    if told := row.evidence:
        zh, en = SOURCES[told["source"]]
        days, size = (told["since"], told["until"]), (told["weeks"], told["cases"], told["people"])
        zh = f"依据的试算：{zh}，{days[0]}至{days[1]}，{size[0]}周、{size[1]}件案件、{size[2]}人"
        en = f"Rests on {en}, {days[0]} to {days[1]}: {size[0]} weeks, {size[1]} cases, {size[2]} people"
        out.print(localize(zh, en))


def _print_draft(here: CliContext, row: PolicyRow) -> None:
    _print(row)
    if row.base_id:
        _print_changes(_by_id(here, row.base_id), row)


def _print_changes(old: PolicyRow, new: PolicyRow) -> None:
    for change in differences(read_policy(old), read_policy(new), publication.rules_of(new)):
        out.print(f"  {change.text[language()]}", highlight=False, markup=False, soft_wrap=True)


def _rule(wording: str) -> dict[str, str]:
    field, _, where = wording.partition("=")
    document, _, article = where.partition("|")
    if not article:
        raise InvalidFieldError(
            field="--local-rule", value=wording, expected=stated("字段=文件|条款", "FIELD=DOCUMENT|ARTICLE")
        )
    return {"field": field.strip(), "document": document.strip(), "article": article.strip()}
