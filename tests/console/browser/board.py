"""Cases on the board of the town, and who may claim them."""

from datetime import UTC, datetime, timedelta

from sqlmodel import select

from dispatch.commands.access.sessions import open_session
from dispatch.commands.board import KnownRoster, enter, post_case, take_off
from dispatch.domain.errors import DispatchError
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import Matter, Role, Status
from dispatch.registry.tables import CaseRow, PostingRow, UserRow
from testbed.rows import a_user

LAWYER = Role.PRACTITIONER
SOON_MS = 40_000


class Board:
    """Cases put on the board of the town, each for the lawyer of the town and at least one rival."""

    def __init__(self, town):
        self.town = town
        self.lawyer = town.actor(LAWYER).practitioner_id
        self._vain = set()

    def post(self):
        """Post the next case that the lawyer may claim, to who comes first; return it and who else may claim it."""
        town, now = self.town, datetime.now(UTC)
        with town.read() as session:
            granted = select(CaseRow).where(CaseRow.status == Status.PENDING, CaseRow.matter == Matter.CIVIL)
            cases = session.exec(granted.order_by(CaseRow.number)).all()
        for case in (case for case in cases if case.id not in self._vain):
            self._vain.add(case.id)
            try:
                posting = post_case(town.begin, town.clerk, now, case.id, now + timedelta(hours=4))
            except DispatchError:
                continue
            with town.begin() as tx:
                tx.session.get_one(PostingRow, posting.id).sealed_until = now
            able = enter(town.read, now, town.centre_id, 1, KnownRoster()).claimants[case.id]
            if self.lawyer in able and len(able) > 1:
                return case, min(able - {self.lawyer})
            take_off(town.begin, town.clerk, now, case.id)
        raise AssertionError("no case left to post")

    def session(self, practitioner_id):
        """Begin a session of somebody else on the roster."""
        with self.town.begin() as tx:
            return open_session(tx, self._user(tx, practitioner_id), datetime.now(UTC)).secret

    def actor(self, practitioner_id):
        """Return somebody else on the roster."""
        with self.town.begin() as tx:
            user = self._user(tx, practitioner_id)
            return Actor(user.id, user.role, user.centre_id, user.practitioner_id)

    def _user(self, tx, practitioner_id):
        login = f"rival-{practitioner_id[:8]}"
        user = tx.session.exec(select(UserRow).where(UserRow.login == login)).first()
        if user is None:
            user = tx.add(a_user(self.town.centre_id, login, LAWYER))
            user.practitioner_id = practitioner_id
            tx.session.flush()
        return user


def card(page, case):
    """Return the case's card on an open board."""
    return page.locator(f'[data-case="{case.id}"]')


def watch(view):
    """Open the board and wait until it is live."""
    page = view.open("/board")
    page.wait_for_selector("#board-live:has-text('实时更新中')")
    return page
