"""What codes and ids are called: causes and areas of the centre, numbers of cases, people by what was typed of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dispatch.api.paging import Paging
from dispatch.api.routes.institutions import InstitutionQuery, list_areas, list_institutions
from dispatch.api.routes.practitioners import PractitionerQuery, list_practitioners
from dispatch.api.routes.vocabulary import list_causes
from dispatch.commands.lists import cases
from dispatch.console.frame.page import LocalizedText
from dispatch.console.frame.visit import Visit
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.vocabulary import Matter

FOUND = 10
"""People shown for a name; one who means more writes more of it."""

OF_PERSON, OF_HOUSE = "practitioner_id", "institution_id"
ONE_HOUSE = stated("名册中唯一一家机构的名称或者编号", "the name or the code of one institution of the roster")
ONE_PERSON = stated("名册中唯一一人的姓名或者执业证号", "the name or the licence number of one person of the roster")

Options = list[tuple[str, str | LocalizedText]]
"""What a field offers: each value with what it is called."""


class CodeNames(Mapping[str, LocalizedText]):
    """Names by code; a code of an older policy stands for itself."""

    def __init__(self, names: Mapping[str, LocalizedText]) -> None:
        self._names = names

    def __getitem__(self, code: str) -> LocalizedText:
        return self._names.get(code, (code, code))

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def cause_names(visit: Visit) -> CodeNames:
    """Return the causes of the policy in force by code."""
    return CodeNames({cause.code: (cause.zh, cause.en) for cause in list_causes(visit.actor, visit.read).causes})


def area_names(visit: Visit) -> CodeNames:
    """Return the areas of the centre by code."""
    return CodeNames({area.code: (area.name, area.name) for area in list_areas(visit.actor, visit.read)})


def case_numbers(visit: Visit, ids: Iterable[str | None]) -> dict[str, str]:
    """Return the numbers of a few cases by id."""
    return cases.case_numbers(visit.read, visit.actor, {id for id in ids if id})


def cause_options(visit: Visit, matter: Matter | None = None) -> Options:
    """Return the causes a field offers, by branch of law; chapters and groups are no causes."""
    causes = list_causes(visit.actor, visit.read).causes
    above = {cause.parent for cause in causes}
    return [
        (cause.code, (cause.zh, cause.en)) for cause in causes
        if cause.code not in above and (matter is None or matter in cause.matters)
    ]  # fmt: skip


def people_called(visit: Visit, text: str) -> Sequence[Any]:
    """Return the people of the roster with a licence number or a part of a name."""
    wanted = ({"code": text}, {"name": text}) if text.isascii() else ({"name": text},)
    for each in wanted:
        who = (visit.actor, visit.read, visit.seal, visit.now)
        first = Paging(limit=FOUND, cursor=None)
        found = list_practitioners(*who, first, PractitionerQuery(**each)).items
        if found:
            return found
    return []


def houses_called(visit: Visit, text: str) -> Sequence[Any]:
    """Return the institutions that go by a part of their name, or by their code."""
    first = Paging(limit=FOUND, cursor=None)
    for each in ({"code": text}, {"name": text}):
        if found := list_institutions(visit.actor, visit.read, visit.now, first, InstitutionQuery(**each)).items:
            return found
    return []


def subjects_asked(visit: Visit) -> Sequence[tuple[str, str, str]]:
    """Return the person meant by the `who` of a page: which field names them, the id, and what they are called."""
    chosen = next(((name, id) for name in (OF_PERSON, OF_HOUSE) if (id := _given(visit, name))), None)
    text = _given(visit, "who")
    if not text:
        return []
    people = [(OF_PERSON, each.id, f"{each.name} {each.code}") for each in people_called(visit, text)]
    found = people or [(OF_HOUSE, each.id, f"{each.name} {each.code}") for each in houses_called(visit, text)]
    return [each for each in found if chosen in (None, each[:2])]


def _given(visit: Visit, name: str) -> str:
    return visit.asked(name) or visit.typed.get(name, [""])[0]


def one_person(visit: Visit, text: str, field: str) -> Any:
    """Return the one practitioner who goes by what was typed in a field, or refuse the field."""
    found = people_called(visit, text)
    if len(found) != 1:
        raise InvalidFieldError(field=field, value=None, expected=ONE_PERSON)
    return found[0]


def one_house(visit: Visit, text: str, field: str) -> Any:
    """Return the one institution that goes by what was typed in a field, or refuse the field."""
    found = houses_called(visit, text)
    if len(found) != 1:
        raise InvalidFieldError(field=field, value=None, expected=ONE_HOUSE)
    return found[0]
