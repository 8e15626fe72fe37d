"""A centre with a full board: lawyers who may take anything, each with a token, and cases on the board."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from sqlmodel import SQLModel

from dispatch.commands.centres import Area, create_centre
from dispatch.commands.policies.presets import install_policy
from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.domain.states import PostingState
from dispatch.domain.vocabulary import CentreLevel, InstitutionKind, Role, Status
from dispatch.registry.tables import (
    AttributesRow,
    CaseRow,
    InstitutionAttributesRow,
    InstitutionRow,
    PostingRow,
    PractitionerRow,
    TokenRow,
    UserRow,
)
from dispatch.registry.transaction import Begin
from testbed.rows import LONG_AGO, PLAIN_FACTS, attributes_row, case_row, practitioner_row

HOUSES = 20
TOKEN = "lad_"
AREAS = (Area("A", "first county", 34.41, 115.65),)
STAYS = timedelta(days=2)
"""How long a case stays on the board; it is due a day later."""


class Lawyer(NamedTuple):
    """Someone who may claim, and the token they claim with."""

    id: str
    token: str


class Board(NamedTuple):
    """Who may claim what; ``manager`` and ``clerk`` are their tokens."""

    centre_id: str
    lawyers: list[Lawyer]
    case_ids: list[str]
    manager: str
    clerk: str


def open_board(
    begin: Begin,
    now: datetime,
    code: str,
    lawyers: int,
    cases: int,
    *,
    capacities: Sequence[int] = (5,),
    windows: Sequence[timedelta] = (timedelta(),),
    grab: Mapping[str, object] | None = None,
    at_once: bool = False,
) -> Board:
    """
    Open a centre of its own.

    Parameters
    ----------
    code : str
        Its name; one that is new gives a new centre.
    capacities, windows : sequence
        Caps of the lawyers and lengths of the sealed windows, dealt out in turn.
    grab : mapping, optional
        What differs in this section of the policy; the first eligible claim wins unless it says else.
    at_once : bool, optional
        Whether granted cases are offered in turn at once.
    """
    centre = create_centre(begin, now, code, code, CentreLevel.CITY, AREAS)
    install_policy(begin, None, now, centre.id, board_policy(grab or {}, at_once=at_once))
    houses = [
        InstitutionRow(centre_id=centre.id, code=f"f{n}", name=f"firm {n}", updated_at=now) for n in range(HOUSES)
    ]
    firms = [
        InstitutionAttributesRow(
            centre_id=centre.id, institution_id=row.id, from_on=LONG_AGO, recorded_at=now,
            kind=InstitutionKind.LAW_FIRM, area="A",
        ) for row in houses
    ]  # fmt: skip
    people = [practitioner_row(centre.id, f"p{n:05}", updated_at=now) for n in range(lawyers)]
    queue = [_posted(centre.id, f"c{n:05}", now) for n in range(cases)]
    users = [_user(centre.id, row.code, Role.PRACTITIONER, now, row.id) for row in people]
    staff = [_user(centre.id, role.value, role, now) for role in (Role.MANAGER, Role.CLERK)]
    _store(begin, houses, people, queue)
    _store(begin, firms)
    _store(begin, (_lawyer(n, row, houses, capacities) for n, row in enumerate(people)))
    _store(begin, users, staff)
    _store(begin, (_token(user, now) for user in [*users, *staff]))
    _store(begin, (_posting(centre.id, case.id, now, windows[n % len(windows)]) for n, case in enumerate(queue)))
    admitted = [Lawyer(row.id, token_of(user.id)) for row, user in zip(people, users, strict=True)]
    return Board(centre.id, admitted, [case.id for case in queue], *(token_of(user.id) for user in staff))


def board_policy(grab: Mapping[str, object], *, at_once: bool) -> Policy:
    """Return the national preset with another grab section; with ``at_once``, granted cases are offered in turn."""
    document = load_preset("national").to_document()
    document["grab"] |= {"window_minutes": 0, **grab}
    return offering_at_once(document) if at_once else Policy.from_document(document)


def offering_at_once(document: dict[str, Any]) -> Policy:
    """Return the policy with a chain that asks the next in turn as soon as a case is granted."""
    steps = [{"mode": mode, "hours": hours} for mode, hours in (("continuity", 4), ("rotation", None))]
    chain = {"code": "at_once", "zh": "即时", "en": "at once", "steps": steps}
    return Policy.from_document(document | {"walk": document["walk"] | {"start_on_grant": True}, "chains": [chain]})


def case_draft(number: str, now: datetime, area: str = "A") -> dict[str, object]:
    """Return a granted unpaid-wages case as it is handed in over HTTP."""
    at = now.isoformat()
    return {
        "number": number,
        "matter": "civil",
        "cause": "wages",
        "service": "litigation_agency",
        "stage": "first_instance",
        "area": area,
        "domicile_areas": [area],
        "recipient": {"name": "somebody", "sex": "male", "minor": False},
        **PLAIN_FACTS,
        "means_status": "proven",
        "received_at": at,
        "granted_at": at,
    }


def token_of(user_id: str) -> str:
    """Return the token of a user of a benchmark, where nothing is secret."""
    return f"{TOKEN}{user_id}"


def user_of(lawyer: Lawyer) -> str:
    """Return the user whose token it is."""
    return lawyer.token.removeprefix(TOKEN)


def _posted(centre_id: str, number: str, now: datetime) -> CaseRow:
    dates = {
        "received_at": now,
        "granted_at": now,
        "entitled_at": now,
        "due_at": now + STAYS + timedelta(days=1),
        "updated_at": now,
    }
    return case_row(centre_id, number, status=Status.POSTED, **dates)


def _lawyer(n: int, row: PractitionerRow, houses: Sequence[InstitutionRow], capacities: Sequence[int]) -> AttributesRow:
    # Told apart by quality, so that under seal the best wins.
    return attributes_row(row, houses[n % HOUSES], capacity=capacities[n % len(capacities)], quality=n % 100)


def _posting(centre_id: str, case_id: str, now: datetime, window: timedelta) -> PostingRow:
    return PostingRow(
        centre_id=centre_id, case_id=case_id, state=PostingState.OPEN,
        posted_at=now, sealed_until=now + window, ends_at=now + STAYS,
    )  # fmt: skip


def _user(centre_id: str, login: str, role: Role, now: datetime, practitioner_id: str | None = None) -> UserRow:
    return UserRow(centre_id=centre_id, login=login, role=role, practitioner_id=practitioner_id, created_at=now)


def _token(user: UserRow, now: datetime) -> TokenRow:
    return TokenRow(
        user_id=user.id,
        digest=sha256(token_of(user.id).encode()).hexdigest(),
        created_at=now,
        expires_at=now + timedelta(days=90),
    )


def _store(begin: Begin, *groups: Iterable[SQLModel]) -> None:
    with begin() as tx:
        for rows in groups:
            tx.session.add_all(rows)
            tx.session.flush()
