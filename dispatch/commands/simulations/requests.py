"""Back-tests as long work: asked for by a manager, played by workers, kept with what they compared."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlmodel import col, func, select

from dispatch.commands.simulations.stage import require_span, span_of
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.office import OfficeHours
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.schema import Policy
from dispatch.domain.policy.trial_floor import NEW_CENTRE
from dispatch.domain.vocabulary import JobKind
from dispatch.registry import reads
from dispatch.registry.audit import note as audit
from dispatch.registry.jobs.requests import open_job
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.reads import Rows, Slice, get
from dispatch.registry.tables import CaseRow, CentreRow, JobRow, PolicyRow, SimulationRow
from dispatch.registry.transaction import Begin, Read, Transaction
from dispatch.simulation.sample.year import Year, working_days

SIMULATE, REPLAY = "workers.jobs.simulate_policy", "workers.jobs.replay_against"
QUEUE = "simulations"
MAX_SEED = 2**63 - 1


A_YEAR = timedelta(days=364)


class Scene(NamedTuple):
    """What both policies are tried on: days of the centre's own past, or of a sample city of this size."""

    since: date
    until: date
    city: dict[str, int] | None = None

    @property
    def year(self) -> Year:
        """The sample city, everyone in it on the list."""
        people = (self.city or {})["practitioners"]
        days = (self.until - self.since).days + 1
        return Year(cases=(self.city or {})["cases"], practitioners=people, active=people, days=days)


def scene_of(
    read: Read, actor: Actor, now: datetime, since: date | None, until: date | None, city: dict[str, int] | None
) -> Scene:
    """Return the days asked for: up to today and a year before, where the request leaves them out."""
    with read() as session:
        zone = ZoneInfo(session.get_one(CentreRow, actor.centre_id).time_zone)
    until = until or now.astimezone(zone).date()
    require_span(until, until)
    return Scene(since or until - A_YEAR, until, city)


def request_simulation(
    begin: Begin, actor: Actor, now: datetime, policy_id: str, scene: Scene, seed: int, against_id: str | None = None
) -> SimulationRow:
    """Queue a back-test of the current content of a version against another, by default the one in force."""
    require(actor, Verb.SIMULATE)
    require_span(scene.since, scene.until)
    if not 0 <= seed <= MAX_SEED:
        raise InvalidFieldError(field="seed", value=seed, expected=stated(f"0至{MAX_SEED}", f"0 to {MAX_SEED}"))
    with begin() as tx:
        policy = get(tx.session, PolicyRow, actor.centre_id, policy_id)
        against = (
            get(tx.session, PolicyRow, actor.centre_id, against_id)
            if against_id
            else policy_in_force(tx.session, actor.centre_id)
        )
        if scene.city is None:
            _require_cases(tx, actor.centre_id, read_policy(against), scene)
        else:
            working_days(OfficeHours.of(read_policy(against)).days, scene.since, scene.year.days)
        jobs = [open_job(tx, kind, actor, actor.centre_id, now) for kind in (JobKind.SIMULATION, JobKind.REPLAY)]
        tx.session.flush()
        row = tx.add(
            SimulationRow(
                id=jobs[0].id,
                centre_id=actor.centre_id,
                partner_id=jobs[1].id,
                **_side("policy", policy),
                **_side("against", against),
                **scene._asdict(),
                seed=seed,
                created_at=now,
            )
        )
        tx.session.flush()
        audit(tx, actor, Verb.SIMULATE, "policy", policy.id, now)
        for job, name in zip(jobs, (SIMULATE, REPLAY), strict=True):
            tx.enqueue(name, job.id, QUEUE, now, actor.centre_id)
        return row


def _side(side: str, row: PolicyRow) -> dict[str, Any]:
    return {f"{side}_id": row.id, f"{side}_digest": row.digest, f"{side}_document": row.document}


def _require_cases(tx: Transaction, centre_id: str, policy: Policy, scene: Scene) -> None:
    span = span_of(centre_id, policy, scene.since, scene.until)
    granted = select(func.count()).where(
        CaseRow.centre_id == centre_id, col(CaseRow.entitled_at) >= span.since, col(CaseRow.entitled_at) < span.until
    )
    if not tx.session.exec(granted).one():
        raise InvalidFieldError(
            field="since",
            value=scene.since.isoformat(),
            expected=stated(
                "本中心有案件（已决定给予法律援助）的一段时期", "a period in which this centre granted cases"
            ),
            do=NEW_CENTRE,
        )


class TrialLine(NamedTuple):
    """A back-test and its job."""

    row: SimulationRow
    job: JobRow


def recent_trials(read: Read, actor: Actor, part: Slice, policy_id: str) -> Rows:
    """Return the back-tests of a version, the newest first, without what came of them."""
    require(actor, Verb.READ_POLICY)
    with read() as session:
        found = reads.simulations(session, actor.centre_id, part, policy_id, newest_first=True)
        jobs = session.exec(select(JobRow).where(col(JobRow.id).in_([row.id for row in found.rows])))
        known = {job.id: job for job in jobs}
        return found._replace(rows=[TrialLine(row, known[row.id]) for row in found.rows])
