"""What the verbs about centres and users do."""

from typing import Any

from sqlmodel import select

from dispatch.cli.context import opened
from dispatch.cli.output import localize, out
from dispatch.commands import centres
from dispatch.commands.access import create_user
from dispatch.commands.policies.presets import ensure_preset
from dispatch.domain.errors import NotFoundError, UnknownReferenceError
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.vocabulary import CentreLevel, Role, Term
from dispatch.registry.tables import CentreRow


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
        localize(
            f"中心 {code} 已建立，现行指派方案为 {policy.name} 第{version}版",
            f"Centre {code}, policy {policy.name} v{version}",
        )
    )


def make_user(
    login: str, role: str, practitioner: str | None, institution: str | None, organ: str | None, centre: str | None
) -> None:
    """Make a user; the token is printed alone on its line, and never again."""
    named = word_of(Role, "role", role)
    with opened() as here:
        actor = here.operator(centre)
        _, token = create_user(
            here.begin, None, here.now, actor.centre_id, login, named, practitioner, institution, organ=organ
        )
    out.print(token, markup=False, highlight=False, soft_wrap=True)


def word_of(words: type[Term], field: str, wording: str) -> Any:
    """Return the word of an enumeration, or refuse with those there are."""
    if wording not in set(words):
        raise UnknownReferenceError(field=field, value=wording, known=[word.value for word in words])
    return words(wording)  # type: ignore[call-arg]


def _id_of(read: Any, code: str) -> str:
    with read() as session:
        found = session.exec(select(CentreRow.id).where(CentreRow.code == code)).one_or_none()
    if found is None:
        raise NotFoundError(what="centre", id=code)
    return str(found)
