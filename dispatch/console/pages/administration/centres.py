"""Centres (法律援助中心): one's own and those below it; one made with its administrator, its name and place changed."""

from starlette.responses import Response

from dispatch.api.routes.administration.centres import CentreIn, ChangeCentreIn, list_centres
from dispatch.commands import centres
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.administration.accounts import HANDED, invited
from dispatch.domain.access.lives import INVITED_FOR
from dispatch.domain.permissions import Verb
from dispatch.domain.policy.schema import PRESETS, load_preset
from dispatch.domain.vocabulary import CentreLevel

HERE = "/centres"


def centres_page(visit: Visit) -> Context:
    """Return one's own centre and those below it, by code."""
    found = list_centres(visit.actor, visit.read, visit.paging())
    return {
        "centres": found.items,
        "next": found.next,
        "codes": {each.id: each.code for each in found.items},
        "own": visit.actor.centre_id,
        "levels": list(CentreLevel),
        "presets": [(name, (policy.title_zh, policy.title_en)) for name in PRESETS if (policy := load_preset(name))],
    }


def establish(visit: Visit, form: FilledForm) -> Response:
    """Make a centre below one's own; the invitation of its administrator is shown this once."""
    given = form.read(CentreIn, "new")
    made = centres.establish_centre(
        visit.begin, visit.actor, visit.now, given.code, given.name, given.level, given.preset, given.administrator,
        given.parent_code, invited=True,
    )  # fmt: skip
    handed = invited(visit, made.user.id, made.secret, visit.now + INVITED_FOR)
    return visit.show({**handed, "back": HERE}, HANDED)


def amend(visit: Visit, form: FilledForm) -> None:
    """Change the name, the level or the parent of a centre; what is left empty stays."""
    id = form.text("centre")
    given = form.read(ChangeCentreIn, f"amend-{id}")
    centres.amend_centre(visit.begin, visit.actor, visit.now, id, given.model_dump(exclude_none=True))


# fmt: off
PAGES = (
    ConsolePage(
        HERE, "centres_page", (Verb.MANAGE_CENTRES,), ("法律援助中心", "Centres"),
        ("本中心和下级中心；新建的中心同时有在用的指派方案和管理员，由其管理员登记地区、名册和其他账号。",
         "Yours and those below. A new one has a policy and an administrator, who sees to areas, roster and accounts."),
        centres_page, "administration/centres.html", Menu.ADMINISTRATION,
        acts={
            "establish": PageAct(establish, ("", "")),
            "amend-centre": PageAct(amend, ("修改已保存。", "The change is saved.")),
        },
    ),
)
# fmt: on
