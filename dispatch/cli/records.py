"""What the verbs about centres, users and policies do."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from dispatch.cli.manners import out, say
from dispatch.cli.surroundings import opened
from dispatch.commands import centres
from dispatch.commands.access import create_user
from dispatch.commands.policies import ensure_preset
from dispatch.domain.errors import NotFoundError, UnknownReferenceError
from dispatch.domain.policy import load_preset
from dispatch.domain.vocabulary import CentreLevel, Role, Term
from dispatch.registry.policies import policy_in_force
from dispatch.registry.tables import CentreRow, PolicyRow


def make_centre(code: str, name: str, level: str, preset: str, parent: str | None) -> None:
    """Make a centre and put a policy in force."""
    rank = word_of(CentreLevel, "level", level)
    load_preset(preset)
    with opened() as here:
        above = _id_of(here.read, parent) if parent else None
        centre = centres.create_centre(here.begin, here.now, code, name, rank, parent_id=above)
        policy = ensure_preset(here.begin, None, here.now, centre.id, preset)
    version = policy.version
    out.print(
        say(f"中心 {code}，政策 {policy.name} 第 {version} 版", f"Centre {code}, policy {policy.name} v{version}")
    )


def make_user(login: str, role: str, practitioner: str | None, institution: str | None, centre: str | None) -> None:
    """Make a user; the token is printed alone on its line, and never again."""
    named = word_of(Role, "role", role)
    with opened() as here:
        actor = here.operator(centre)
        _, token = create_user(
            here.begin, None, here.now, actor.centre_id, login, named, practitioner, institution_code=institution
        )
    out.print(token, markup=False, highlight=False, soft_wrap=True)


def policy_rows(centre: str | None) -> Sequence[PolicyRow]:
    """Return every policy version of a centre, the newest first."""
    with opened() as here:
        actor = here.operator(centre)
        own = select(PolicyRow).where(PolicyRow.centre_id == actor.centre_id)
        with here.read() as session:
            return session.exec(own.order_by(col(PolicyRow.version).desc())).all()


def policy_document(version: int | None, preset: str | None, centre: str | None) -> dict[str, Any]:
    """Return a policy: a preset as shipped, a version of a centre, or the one in force."""
    if preset:
        return load_preset(preset).to_document()
    if version is None:
        with opened() as here, here.read() as session:
            return policy_in_force(session, here.operator(centre).centre_id).document
    found = [row for row in policy_rows(centre) if row.version == version]
    if not found:
        raise NotFoundError(what="policy", id=version)
    return found[0].document


def word_of(words: type[Term], field: str, said: str) -> Any:
    """Return the word of an enumeration, or refuse with those there are."""
    if said not in set(words):
        raise UnknownReferenceError(field=field, value=said, known=[word.value for word in words])
    return words(said)  # type: ignore[call-arg]


def _id_of(read: Any, code: str) -> str:
    with read() as session:
        found = session.exec(select(CentreRow.id).where(CentreRow.code == code)).one_or_none()
    if found is None:
        raise NotFoundError(what="centre", id=code)
    return str(found)
