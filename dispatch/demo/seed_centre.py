"""Opens a centre: its areas, its policy, and one user a role; what an administrator does on the first day."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from dispatch.commands.access import create_user
from dispatch.commands.centres import Area, create_centre
from dispatch.commands.policies.presets import install_policy
from dispatch.commands.runs.draws import publish_draws
from dispatch.domain.access.lives import TokenLife
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import CentreLevel, Role
from dispatch.registry.transaction import Begin

TOKENS = "tokens.json"
STAFF = (Role.MANAGER, Role.CLERK, Role.AUDITOR, Role.ADMIN)

A_YEAR = TokenLife().longest

Tokens = dict[str, str]
"""A token by role."""


def open_centre(
    begin: Begin, now: datetime, name: str, areas: Sequence[Area], policy: Policy, code: str | None = None
) -> tuple[str, Tokens]:
    """Open a centre of its own, so that nothing of another trial in the same database is touched."""
    code = code or f"trial-{now:%Y%m%d-%H%M%S-%f}"
    centre = create_centre(begin, now, code, name, CentreLevel.CITY, areas, time_zone=policy.time_zone)
    install_policy(begin, None, now, centre.id, policy)
    publish_draws(begin, centre.id, now)
    return centre.id, {
        role.value: create_user(begin, None, now, centre.id, role.value, role, lasts=A_YEAR)[1] for role in STAFF
    }


def add_practitioner_user(begin: Begin, now: datetime, centre_id: str, code: str) -> Tokens:
    """Let one practitioner in, so that their own pages can be tried too."""
    role = Role.PRACTITIONER
    return {
        role.value: create_user(begin, None, now, centre_id, role.value, role, practitioner_code=code, lasts=A_YEAR)[1]
    }


def keep_tokens(folder: Path, tokens: Tokens) -> None:
    """Keep the tokens for the next start, readable by the owner alone."""
    path = folder / TOKENS
    path.touch(mode=0o600)
    path.write_text(json.dumps(tokens))


def kept_tokens(folder: Path) -> Tokens | None:
    """Return the tokens of an earlier start; None if there was none."""
    path = folder / TOKENS
    return json.loads(path.read_text()) if path.exists() else None
