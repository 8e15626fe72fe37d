"""From the request that hands a case in to the stored offer, with a whole city on the roster."""

import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

from sqlmodel import col, select

from benchmarks.board import case_draft, offering_at_once
from benchmarks.establishment import Establishment
from dispatch.demo.client import Client
from dispatch.demo.flow import import_all
from dispatch.demo.seed_centre import open_centre
from dispatch.demo.show import SEED
from dispatch.demo.trials import city_trial
from dispatch.domain.vocabulary import Role, Status
from dispatch.registry.tables import CaseRow, OfferRow

CASES = 200
PAUSE_S = 0.1
LOOK_EVERY_S = 0.002
PATIENCE_S = 300.0


def immediate_path(service: Establishment, folder: Path, cases: int = CASES) -> str:
    """Hand in one case after another and return how long each waited for its offer, as a sentence."""
    now = datetime.now(UTC)
    trial = city_trial(folder, SEED, now)
    policy = offering_at_once(trial.policy.to_document())
    centre_id, tokens = open_centre(service.begin, now, trial.name, trial.areas, policy)
    area = trial.areas[0].code
    with closing(Client(f"http://127.0.0.1:{service.ports[0]}", tokens[Role.MANAGER])) as client:
        import_all(client, trial, lambda _share, _doing: None)
        _await_chains(service, centre_id)
        waits = [_hand_in(service, client, f"now-{number}", area) for number in range(cases)]
    cuts = quantiles(waits, n=20)
    return (
        f"From `POST /v1/cases` to the stored offer, {len(trial.uploads)} files of the sample city loaded, "
        f"{cases} cases: p50 {1000 * cuts[9]:.0f} ms, p95 {1000 * cuts[18]:.0f} ms, most {1000 * max(waits):.0f} ms."
    )


def _hand_in(service: Establishment, client: Client, number: str, area: str) -> float:
    time.sleep(PAUSE_S)
    began = time.perf_counter()
    case = client.post("/v1/cases", case_draft(number, datetime.now(UTC), area))
    while not _offered(service, case["id"]):
        if time.perf_counter() - began > PATIENCE_S:
            raise AssertionError(f"no offer within {PATIENCE_S:.0f} s")
        time.sleep(LOOK_EVERY_S)
    return time.perf_counter() - began


def _offered(service: Establishment, case_id: str) -> bool:
    with service.read() as session:
        return session.exec(select(OfferRow.id).where(OfferRow.case_id == case_id)).first() is not None


def _await_chains(service: Establishment, centre_id: str) -> None:
    """Return when the city's own queue is on its chains, so that it is not measured with the rest."""
    waiting = select(CaseRow.id).where(CaseRow.centre_id == centre_id, col(CaseRow.status) == Status.PENDING)
    end, before = time.monotonic() + PATIENCE_S, -1
    while time.monotonic() < end:
        with service.read() as session:
            left = len(session.exec(waiting).all())
        if left == before:
            return
        before = left
        time.sleep(10)
    raise AssertionError("the city's queue is not on its chains")
