"""What the tests of policies share: drafts, small back-tests, and a second manager."""

from datetime import date

import pytest

from dispatch.commands.jobs import JobContext
from dispatch.commands.policies.drafts import draft_policy
from dispatch.commands.simulations import playing
from dispatch.commands.simulations.playing import simulate_policy
from dispatch.commands.simulations.requests import Scene, request_simulation
from dispatch.commands.simulations.stage import play_part
from dispatch.domain.permissions import Actor
from dispatch.domain.policy.merge import apply_patch
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import PolicyRow, SimulationRow
from tests.rows import NOW, a_user

CITY = Scene(date(2026, 3, 2), date(2026, 3, 13), {"cases": 4, "practitioners": 3})


def a_draft(register, actor=None, base_id=None, **changes):
    """A draft of the centre's policy with these changes."""
    document = apply_patch(register.policy.document, changes)
    return draft_policy(
        register.begin, actor or register.manager, NOW, document=document, base_id=base_id, note="try it"
    )


def tried(register, draft, scene=CITY):
    """The draft after a back-test of it."""
    row = request_simulation(register.begin, register.manager, NOW, draft.id, scene, seed=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(playing, "play_part", play_once)
        simulate_policy(job_context(register), row.id)
    as_if_long(register, row.id)
    return register.get(PolicyRow, draft.id)


_played: dict[tuple[object, ...], object] = {}


def play_once(stage, policy, yardstick, notify):
    """The part of a policy in a small back-test; what comes of the same past under the same policies is known."""
    asked = stage.past, policy.digest(), yardstick.digest()
    if asked not in _played:
        _played[asked] = play_part(stage, policy, yardstick, notify)
    return _played[asked]


def as_if_long(register, simulation_id):
    """Let a short back-test, which the tests have time for, rest on as much as a publication asks for."""
    with register.begin() as tx:
        row = tx.session.get_one(SimulationRow, simulation_id)
        row.result = row.result | {"weeks": 52, "cases": 400, "people": 60}


def job_context(register, worker="first", now=NOW):
    return JobContext(register.begin, register.read, lambda: now, worker)


def another_manager(register, login="second"):
    user = register.add(a_user(register.centre.id, login, Role.MANAGER))
    return Actor(user_id=user.id, role=Role.MANAGER, centre_id=register.centre.id)
