"""The catalogue of case organs (办案机关目录), by which recusals are judged: entered, renamed, merged, retired."""

from typing import Any

from starlette.responses import Response

from dispatch.api.routes.administration.organs import (
    AliasIn,
    OrganChange,
    OrganIn,
    get_organ,
    list_organs,
    list_unlisted,
)
from dispatch.commands.roster import organs
from dispatch.commands.roster.wording import EntryWords, entry_words
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit, validated
from dispatch.console.pages.names import area_names
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.permissions import Verb
from dispatch.domain.validation import UnfitError
from dispatch.domain.vocabulary import OrganKind
from dispatch.exchange.columns import Kind

SHOWN = 20
ONE_ORGAN = stated("目录中唯一一个机关的全称或者别名", "the name of one organ of the catalogue")


def organs_page(visit: Visit) -> Context:
    """Return the organs that are asked for, and the names in use that the catalogue does not know."""
    kind = next((each for each in OrganKind if each == visit.asked("kind")), None)
    retired = bool(visit.asked("retired"))
    found = list_organs(visit.actor, visit.read, visit.paging(), visit.asked("q") or None, kind, retired)
    unlisted = list_unlisted(visit.actor, visit.read)
    return {
        "found": found,
        "retired": retired,
        "unlisted": unlisted[:SHOWN],
        "more": len(unlisted) > SHOWN,
        **_choices(visit),
    }


def organ_page(visit: Visit) -> Context:
    """Return an organ, and every name it goes by."""
    row = get_organ(visit.part("organ_id"), visit.actor, visit.read, Response())
    return {"row": row, **_choices(visit)}


def add(visit: Visit, form: FilledForm) -> str:
    """Enter an organ with the names it goes by."""
    given = form.nested("organ", model=OrganIn)
    words = entry_words(visit.read, visit.actor, Kind.ORGANS, visit.language)
    known = given | {"aliases": _aliases(words, form.text("organ.aliases"))}
    row = organs.add_organ(*visit.sealed, validated(OrganIn, known, "organ").model_dump())
    return f"/organs/{row.id}"


def change(visit: Visit, form: FilledForm) -> None:
    """Change an organ; the name it had stays one of its names."""
    typed = {name: form.text(f"change.{name}") or None for name in OrganChange.model_fields}
    given = validated(OrganChange, typed, "change")
    organs.change_organ(*visit.sealed, visit.part("organ_id"), given.sent(), form.revision)


def add_alias(visit: Visit, form: FilledForm) -> None:
    """Let the organ go by one more name."""
    organs.add_alias(*visit.sealed, visit.part("organ_id"), form.read(AliasIn, "also").alias)


def remove_alias(visit: Visit, form: FilledForm) -> None:
    """Let the organ go by a name no more."""
    given = form.read(AliasIn)
    organs.remove_alias(visit.begin, visit.actor, visit.now, visit.part("organ_id"), given.alias)


def merge(visit: Visit, form: FilledForm) -> str:
    """Let this entry and another be one, by the other's name; what it was called stays a name of the other."""
    own, name = visit.part("organ_id"), form.text("merge.into")
    into = organs.find_organ(visit.read, visit.actor, name)
    if into is None:
        raise InvalidFieldError(field="into", value=None, expected=ONE_ORGAN)
    organs.merge_organ(visit.begin, visit.actor, visit.now, own, into.id)
    return f"/organs/{into.id}"


def retire(visit: Visit, form: FilledForm) -> None:
    """Take the organ off the list to choose from."""
    organs.retire_organ(visit.begin, visit.actor, visit.now, visit.part("organ_id"), retired=True)


def restore(visit: Visit, form: FilledForm) -> None:
    """Put the organ back on the list."""
    organs.retire_organ(visit.begin, visit.actor, visit.now, visit.part("organ_id"), retired=False)


def _choices(visit: Visit) -> dict[str, Any]:
    return {"kinds": list(OrganKind), "areas": list(area_names(visit).items()), "named": area_names(visit)}


def _aliases(words: EntryWords, text: str) -> list[str]:
    try:
        return words.read("aliases", text) or []
    except UnfitError as unfit:
        expected = stated(unfit.zh, str(unfit))
        raise InvalidFieldError(field="aliases", value=None, expected=expected) from None


# fmt: off
KEEP, CHANGED = (Verb.EDIT_ORGANS,), ("机关登记已变更。", "The organ is changed.")

PAGES = (
    ConsolePage(
        "/organs", "organs_page", (Verb.READ_ROSTER,), ("办案机关目录", "Case organs"),
        ("回避规则按本目录判断两个名称是否同一机关；案件和名册中用到、目录没有的名称列在下面，先登记为机关或者别名。",
         "Recusals ask it whether two names are one organ; names in use that it lacks are listed to be entered."),
        organs_page, "roster/organs.html",
        acts={"add-organ": PageAct(add, ("机关已登记。", "The organ is entered."), KEEP)},
    ),
    ConsolePage(
        "/organs/{organ_id}", "organ_page", (Verb.READ_ROSTER,), ("办案机关", "A case organ"),
        ("机关的名称、类型和别名；变更、合并以后，涉及的案件按新的目录审查。",
         "Its names, kind and area; cases are judged by the catalogue as it stands."),
        organ_page, "roster/organ.html",
        acts={
            "change-organ": PageAct(change, CHANGED, KEEP),
            "add-alias": PageAct(add_alias, ("别名已登记。", "It goes by that name, too."), KEEP),
            "remove-alias": PageAct(remove_alias, ("别名已删除。", "It goes by that name no more."), KEEP),
            "merge-organ": PageAct(merge, ("两个机关已合并。", "They are one."), KEEP),
            "retire-organ": PageAct(retire, ("机关已停用。", "It is off the list."), KEEP),
            "restore-organ": PageAct(restore, ("机关已恢复。", "It is on the list again."), KEEP),
        },
    ),
)
# fmt: on
