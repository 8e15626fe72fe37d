"""The sample city at one moment, the same whenever it is played: whose pages are shown, and what waits for them."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import uvicorn
from sqlmodel import col, select

from dispatch.commands.access.links import create_link
from dispatch.commands.access.sessions import open_session
from dispatch.commands.board import KnownRoster, enter, post_case
from dispatch.commands.designation import designate
from dispatch.commands.documents.stationery import set_letterhead
from dispatch.commands.imports.files import import_file
from dispatch.commands.jobs import JobContext
from dispatch.commands.life import work
from dispatch.commands.life.arrangements import entrust
from dispatch.commands.offers import undertaking
from dispatch.commands.runs.requests import solve_run
from dispatch.commands.wishes import permitted
from dispatch.demo.seed_centre import open_centre
from dispatch.demo.serve import with_every_mode
from dispatch.demo.trials import city_trial
from dispatch.domain.errors import DispatchError
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import Matter, Role, Status
from dispatch.main import create_app
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AttributesRow, CaseRow, PostingRow, PractitionerRow, UserRow, WishRow, columns
from dispatch.registry.transaction import make_begin, make_engine, make_read
from dispatch.settings import Settings
from dispatch.simulation.sample.city import CITY
from testbed.rows import a_user

MORNING = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
"""A Tuesday in China."""

SECRET, SEED, CENTRE = "a secret of the tour", 7, "shili"
SEALED = timedelta(minutes=18)
PORT = 18_017
"""The same each time: the address of a recipient's link is in a picture."""

ON_BOARD, HELD = 5, 2
COURT = "示例市梁园区人民法院"
REASON = "熟悉这类案件，离办案机关近"


class Stage:
    """A register of the city, its clock, and a session for whoever is on."""

    def __init__(self, url: str, folder: Path) -> None:
        self.settings = Settings(database_url=url, redis_url="redis://127.0.0.1:1/0", secret=SECRET, data_dir=folder)
        engine = make_engine(url)
        self.begin, self.read, self.seal = make_begin(engine), make_read(engine), Seal(SECRET, "aes")
        self.now, self.address = MORNING, ""

    def clock(self) -> datetime:
        """Return the moment of the play."""
        return self.now

    def actor(self, role: Role) -> Actor:
        """Return who has the role, with the password just given."""
        with self.read() as session:
            user = session.exec(select(UserRow).where(UserRow.role == role)).one()
        tied = (user.practitioner_id, user.institution_id, user.organ)
        return Actor(user.id, role, user.centre_id, *tied)

    def lawyer(self) -> PractitionerRow:
        """Return the practitioner whose phone is shown."""
        with self.read() as session:
            return session.get_one(PractitionerRow, self.actor(Role.PRACTITIONER).practitioner_id)

    def session(self, role: Role) -> str:
        """Begin a session of who has the role, and return its cookie."""
        with self.begin() as tx:
            user = tx.session.exec(select(UserRow).where(UserRow.role == role)).one()
            return open_session(tx, user, self.now).secret

    def solve(self, run_id: str) -> None:
        """Do what a worker does with a run."""
        solve_run(JobContext(self.begin, self.read, self.clock, "worker"), run_id)

    def find(self, *wanted: Any) -> list[CaseRow]:
        """Return the cases that wait and are so, by number."""
        waiting = select(CaseRow).where(CaseRow.status == Status.PENDING, *wanted)
        with self.read() as session:
            return list(session.exec(waiting.order_by(col(CaseRow.number))))

    def choosable(self) -> CaseRow:
        """Return a case whose recipient has several people to choose from, and has chosen nobody."""
        clerk = self.actor(Role.CLERK)
        for case in self.find(CaseRow.matter == Matter.CIVIL, col(CaseRow.id).not_in(select(WishRow.case_id))):
            if len(permitted(self.read, clerk, self.now, case.id)) > 3:
                return case
        raise AssertionError("no case to choose for")

    def link(self, case: CaseRow) -> Any:
        """Return a link of a recipient, and its code."""
        return create_link(self.begin, self.actor(Role.CLERK), self.now, case.id)


def fill(stage: Stage, folder: Path) -> None:
    """Bring the city in, and let its people begin a day."""
    trial = city_trial(folder, SEED, stage.now, CITY)
    policy = with_every_mode(trial.policy)
    centre_id, _ = open_centre(stage.begin, stage.now, trial.name, trial.areas, policy, CENTRE)
    clerk, manager = stage.actor(Role.CLERK), stage.actor(Role.MANAGER)
    for upload in trial.uploads:
        import_file(stage.begin, stage.seal, clerk, stage.now, upload.kind, upload.path)
    set_letterhead(stage.begin, manager, stage.now, "示", "李主任", "0370-12348")
    lawyer = _post(stage, clerk)
    with stage.begin() as tx:
        tx.add(a_user(centre_id, "lawyer", Role.PRACTITIONER)).practitioner_id = lawyer
        tx.add(a_user(centre_id, "firm", Role.INSTITUTION)).institution_id = _institution_of(stage, lawyer)
        tx.add(a_user(centre_id, "court", Role.ORGAN, organ=COURT))
    _give_work(stage, clerk)


def _post(stage: Stage, clerk: Actor) -> str:
    """Post a few cases, and return who may claim most of them."""
    able: Counter[str] = Counter()
    posted = 0
    for case in stage.find(CaseRow.matter == Matter.CIVIL):
        try:
            post_case(stage.begin, clerk, stage.now, case.id, stage.now + timedelta(hours=4))
        except DispatchError:
            continue
        with stage.begin() as tx:
            posting = tx.session.exec(select(PostingRow).where(PostingRow.case_id == case.id)).one()
            posting.sealed_until = stage.now + SEALED if posted % 2 else stage.now
        able.update(enter(stage.read, stage.now, clerk.centre_id, 1, KnownRoster()).claimants[case.id])
        posted += 1
        if posted == ON_BOARD:
            break
    return max(sorted(able), key=able.__getitem__)


def _institution_of(stage: Stage, practitioner_id: str) -> str:
    with stage.read() as session:
        row = session.exec(select(AttributesRow).where(AttributesRow.practitioner_id == practitioner_id)).first()
    assert row is not None
    return row.institution_id


def _give_work(stage: Stage, clerk: Actor) -> None:
    """Give the lawyer a case to answer and one under way, and the firm one to arrange."""
    lawyer, firm = stage.actor(Role.PRACTITIONER), stage.actor(Role.INSTITUTION)
    assert lawyer.practitioner_id
    assert firm.institution_id
    held: list[str] = []
    for case in stage.find():
        try:
            if len(held) < HELD:
                made = designate(stage.begin, clerk, stage.now, case.id, lawyer.practitioner_id, REASON)
                held.append(made.assignment_id or "")
            else:
                entrust(stage.begin, clerk, stage.now, case.id, firm.institution_id, "轮流指派")
                break
        except DispatchError:
            continue
    undertaking.answer_assignment(stage.begin, lawyer, stage.now, held[0], True)
    work.sign(stage.begin, stage.seal, lawyer, stage.now, held[0])


@contextmanager
def served(stage: Stage) -> Iterator[Stage]:
    """Serve the stage in a thread."""
    app = create_app(stage.settings, clock=stage.clock)
    server = uvicorn.Server(uvicorn.Config(app, port=PORT, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    stage.address = f"http://127.0.0.1:{PORT}"
    yield stage
    server.should_exit = True
    thread.join()


def dice(monkeypatch: Any, act: int = 0) -> None:
    """Let ids come in the same order each time, others in each act: what is sorted by them stays in its place."""
    thrown = random.Random(SEED + act)
    monkeypatch.setattr(columns, "uuid4", lambda: UUID(int=thrown.getrandbits(128), version=4))
