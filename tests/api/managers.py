"""Two managers at work on the policies of one centre, over HTTP."""

from dispatch.commands.access import create_user
from dispatch.commands.simulations.playing import simulate_policy
from dispatch.domain.vocabulary import Role
from tests.commands.policies.history import as_if_long, job_context
from tests.rows import NOW

CITY = {"since": "2026-03-02", "until": "2026-03-13", "sample": True, "city": {"cases": 4, "practitioners": 3}}


class Managers:
    """Two managers at work on the policies of one centre."""

    def __init__(self, office):
        self.office, begin, centre = office, office.register.begin, office.register.centre.id
        _, self.second = create_user(begin, None, NOW, centre, "second", Role.MANAGER)

    def ask(self, method, path, json=None, revision=None, second=False, role=Role.MANAGER):
        headers = {"If-Match": f'"{revision}"'} if revision else {}
        if second:
            headers["Authorization"] = f"Bearer {self.second}"
        return self.office.ask(method, f"/v1{path}", role=None if second else role, headers=headers, json=json)

    def draft(self, **changes):
        return self.ask("POST", "/policies", {"changes": changes}).json()

    def tried(self, policy_id):
        asked = self.ask("POST", "/simulations", {"policy_id": policy_id, **CITY}).json()
        simulate_policy(job_context(self.office.register), asked["simulation"]["id"])
        as_if_long(self.office.register, asked["simulation"]["id"])
        return asked["simulation"]["id"]
