"""A county of sixty cases and a hundred practitioners behind two API processes, for all browser tests of a process."""

import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlmodel import select

from dispatch.commands.access.sessions import open_session
from dispatch.commands.imports.files import import_file
from dispatch.demo.seed_centre import open_centre
from dispatch.demo.serve import with_every_mode
from dispatch.demo.trials import city_trial
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import Role
from dispatch.embedded import redis
from dispatch.embedded.processes import free_port, leash
from dispatch.registry.jobs.queues import open_redis, publish_boards
from dispatch.registry.seal import Seal
from dispatch.registry.tables import InstitutionRow, PractitionerRow, UserRow
from dispatch.registry.transaction import make_begin, make_engine, make_read
from dispatch.settings import Settings
from dispatch.simulation.sample.city import Size
from testbed.blows import kill_redis, redis_again
from testbed.rows import a_user
from tests.console.browser import api
from tests.workers.processes import children_of, cut_power, send, wait_until

SECRET, SEED, LOOPBACK = "a secret of the tests", 7, "127.0.0.1"
SIZE = Size(cases=60, practitioners=100, active=60)
"""Every test takes cases away; there is enough for all of them, whichever come first."""

PROCESSES = 2
LEASE_S = "2"
"""An ended session is noticed once in it, and what Redis did not tell a quarter of it late."""


class Town:
    """The county's register, and how to come in."""

    def __init__(self, settings: Settings, ports: list[int], launcher: int, stack: ExitStack) -> None:
        self.settings, self._ports, self._launcher, self._stack = settings, ports, launcher, stack
        self.addresses = [f"http://{LOOPBACK}:{port}" for port in ports]
        self._turn = itertools.cycle(self.addresses)
        engine = make_engine(settings.database_url)
        notify = partial(publish_boards, open_redis(settings.redis_url))
        self.begin, self.read = make_begin(engine, notify_boards=notify), make_read(engine)
        self.seal = Seal(SECRET, "aes")
        self._fill(settings.data_dir)

    @property
    def address(self) -> str:
        """Return one of the addresses; cookies are the same at each."""
        return self.addresses[0]

    def next_address(self) -> str:
        """Return the addresses in turn, so that whoever comes next is served by another process."""
        return next(self._turn)

    def wait(self) -> None:
        """Return when every process answers."""
        for port in self._ports:
            wait_until(partial(_answers, port), f"the API answers at {port}", every_s=0.02)

    @contextmanager
    def without_api(self) -> Iterator[None]:
        """Cut the power of every API process; at the end of the block they are there again."""
        for pid in children_of(self._launcher):
            send(pid, signal.SIGKILL)
        yield
        self.wait()

    @contextmanager
    def without_redis(self) -> Iterator[None]:
        """Cut the power of Redis for the length of the block; afterwards it is started where it was."""
        folder = self.settings.data_dir / "redis"
        kill_redis(folder)
        yield
        self._stack.enter_context(redis_again(folder))

    def _fill(self, folder: Path) -> None:
        now = datetime.now(UTC)
        trial = city_trial(folder, SEED, now, SIZE)
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
def served(template: Path, folder: Path) -> Iterator[Town]:
    """Give a town on a copy of an empty register, served by processes of their own and a Redis of its own."""
    place = folder / "register.db"
    shutil.copy(template, place)
    ports = [free_port() for _ in range(PROCESSES)]
    with ExitStack() as stack, redis.running(folder / "redis") as redis_url:
        settings = Settings(database_url=f"sqlite:///{place}", redis_url=redis_url, secret=SECRET, data_dir=folder)
        launcher = stack.enter_context(_apis(settings, ports))
        # They start while the county is brought in.
        town = Town(settings, ports, launcher, stack)
        town.wait()
        yield town


@contextmanager
def _apis(settings: Settings, ports: list[int]) -> Iterator[int]:
    """Keep an API process on each port running; give the process that does so."""
    environment = {
        "DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url, "DISPATCH_SECRET": SECRET,
        "DISPATCH_DATA_DIR": str(settings.data_dir), "DISPATCH_LEASE_S": LEASE_S, "DISPATCH_REFUSALS_PER_MINUTE": "0",
    }  # fmt: skip
    order = [sys.executable, api.__file__, *map(str, ports)]
    with (settings.data_dir / "api.log").open("wb") as log:
        process = subprocess.Popen(order, env={**os.environ, **environment}, stdout=log, stderr=log)
    try:
        with leash(process.pid):
            yield process.pid
    finally:
        cut_power(process)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0
