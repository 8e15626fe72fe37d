"""A county of thirty cases and a hundred practitioners on one real server, for all browser tests of a process."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from sqlmodel import select

from dispatch.commands.access.sessions import open_session
from dispatch.commands.imports.files import import_file
from dispatch.demo.seed_centre import open_centre
from dispatch.demo.serve import with_every_mode
from dispatch.demo.trials import city_trial
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import Role
from dispatch.main import create_app
from dispatch.registry.seal import Seal
from dispatch.registry.tables import InstitutionRow, PractitionerRow, UserRow
from dispatch.registry.transaction import make_begin, make_engine, make_read
from dispatch.settings import Settings
from dispatch.simulation.sample.city import COUNTY
from testbed.rows import a_user

SECRET, SEED = "a secret of the tests", 7


class Town:
    """The county's register, and how to come in."""

    def __init__(self, url: str, folder: Path, redis_url: str = "redis://127.0.0.1:1/0") -> None:
        self.settings = Settings(database_url=url, redis_url=redis_url, secret=SECRET, data_dir=folder)
        engine = make_engine(url)
        self.begin, self.read, self.seal = make_begin(engine), make_read(engine), Seal(SECRET)
        self.address = ""
        self._fill(folder)

    def _fill(self, folder: Path) -> None:
        now = datetime.now(UTC)
        trial = city_trial(folder, SEED, now, COUNTY)
        self.centre_code, policy = "town", with_every_mode(trial.policy)
        self.centre_id, _ = open_centre(self.begin, now, trial.name, trial.areas, policy, self.centre_code)
        self._know()
        self.clerk = self.actor(Role.CLERK)
        for upload in trial.uploads:
            import_file(self.begin, self.seal, self.clerk, now, upload.kind, upload.path)
        with self.begin() as tx:
            house = tx.session.exec(select(InstitutionRow)).first()
            person = tx.session.exec(select(PractitionerRow)).first()
            assert house is not None
            assert person is not None
            tx.add(a_user(self.centre_id, "practitioner", Role.PRACTITIONER)).practitioner_id = person.id
            tx.add(a_user(self.centre_id, "institution", Role.INSTITUTION)).institution_id = house.id
            tx.add(a_user(self.centre_id, "organ", Role.ORGAN, organ="梁园区人民法院"))
        self._know()

    def _know(self) -> None:
        # Others of a role may come later: these are the town's own.
        with self.read() as session:
            self.users = {user.role: user.id for user in session.exec(select(UserRow))}

    def actor(self, role: Role) -> Actor:
        """Return who has the role."""
        with self.read() as session:
            user = session.get_one(UserRow, self.users[role])
        return Actor(user.id, role, user.centre_id, user.practitioner_id, user.institution_id, user.organ)

    def session(self, role: Role) -> str:
        """Begin a session of who has the role, and return its cookie."""
        with self.begin() as tx:
            user = tx.session.get_one(UserRow, self.users[role])
            return open_session(tx, user, datetime.now(UTC)).secret


@contextmanager
def served(town: Town) -> Iterator[str]:
    """Serve the town in a thread; the address is given, and kept by the town."""
    config = uvicorn.Config(create_app(town.settings), port=0, log_level="error", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    town.address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield town.address
    server.should_exit = True
    thread.join()


def made(template: Path, folder: Path) -> Town:
    """Return a town on a copy of an empty register."""
    place = folder / "register.db"
    shutil.copy(template, place)
    return Town(f"sqlite:///{place}", folder)
