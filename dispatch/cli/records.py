"""What the verbs about centres, users and the audit log do."""

from datetime import date, timedelta
from pathlib import Path

from dispatch.cli.context import opened
from dispatch.cli.options import word_of
from dispatch.cli.output import err, localize, out
from dispatch.commands import audit, centres
from dispatch.commands.access import create_user
from dispatch.commands.access.invitations import login_of
from dispatch.commands.access.users import invite
from dispatch.commands.policies.presets import ensure_preset
from dispatch.commands.runs.draws import publish_draws
from dispatch.domain.access.lives import INVITED_FOR
from dispatch.domain.log.words import ActOutcome, OwnVerb
from dispatch.domain.permissions import Verb
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.vocabulary import CentreLevel, Role


def make_centre(code: str, name: str, level: str, preset: str, parent: str | None) -> None:
    """Make a centre and put a policy in force."""
    rank = word_of(CentreLevel, "level", level)
    load_preset(preset)
    with opened() as here:
        centre = centres.create_centre(here.begin, here.now, code, name, rank, parent_code=parent)
        policy = ensure_preset(here.begin, None, here.now, centre.id, preset)
        publish_draws(here.begin, centre.id, here.now)
    version = policy.version
    out.print(
        localize(
            f"中心 {code} 已建立，现行指派方案为 {policy.name} 第{version}版",
            f"Centre {code}, policy {policy.name} v{version}",
        )
    )


def make_user(
    login: str, role: str, ties: tuple[str | None, str | None, str | None], days: int | None, centre: str | None
) -> None:
    """Make a user; the token is printed alone on its line, and never again."""
    named, (practitioner, institution, organ) = word_of(Role, "role", role), ties
    with opened() as here:
        actor = here.operator(centre)
        lasts = here.settings.token_life.of(days)
        _, token = create_user(
            here.begin, None, here.now, actor.centre_id, login, named, practitioner, institution, lasts, organ
        )
    out.print(token, markup=False, highlight=False, soft_wrap=True)


def invite_user(login: str, centre: str | None) -> None:
    """Invite a user to set a password; the invitation is printed alone on its line, and never again."""
    with opened() as here:
        user_id = audit.user_named(here.read, here.operator(centre), login)
        made, whole = invite(here.begin, None, here.now, user_id), login_of(here.read, user_id)
    assert made is not None
    out.print(made.token, markup=False, highlight=False, soft_wrap=True)
    how = localize(
        f"登录名 {whole}；在工作页面的 /console/invitation 填写邀请码，设置密码，{INVITED_FOR.days}日内有效",
        f"Login {whole}; type the invitation at /console/invitation to set a password, within {INVITED_FOR.days} days",
    )
    err.print(how, markup=False, highlight=False, soft_wrap=True)


def write_audit(
    target: Path,
    since: date | None,
    until: date | None,
    login: str | None,
    act: str | None,
    subject_id: str | None,
    outcome: str | None,
    unknown: bool,
    centre: str | None,
) -> None:
    """Write the audit log, or the part that is wanted, to a file."""
    own = act in set(OwnVerb)
    verb = word_of(OwnVerb if own else Verb, "act", act) if act else None
    with opened() as here:
        operator = here.operator(centre)
        wanted = audit.AuditFilter(
            since=None if since is None else audit.midnight(here.read, operator, since),
            until=None if until is None else audit.midnight(here.read, operator, until + timedelta(days=1)),
            actor_id=None if login is None else audit.user_named(here.read, operator, login),
            verb=verb,
            subject_id=subject_id,
            outcome=word_of(ActOutcome, "outcome", outcome) if outcome else None,
            unknown=unknown,
        )
        count = audit.export_audit(here.begin, here.read, operator, here.now, target, wanted)
    out.print(localize(f"已写入 {target}：{count}条", f"Wrote {count} entries to {target}"))
