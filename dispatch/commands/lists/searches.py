"""What may be asked of a list: the same of the API, of an export and of the command line, in the words of an office."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlmodel import Session, or_, select

from dispatch.commands.cases.drafts import Instant
from dispatch.domain.errors import InvalidFieldError, UnknownReferenceError, stated
from dispatch.domain.texts import case_number_key, case_number_order, code_key, name_key
from dispatch.domain.texts.identity import identify
from dispatch.domain.texts.typed import CaseNumber, IdentityNumber, LongTitle, Name, Number, Word
from dispatch.domain.validation import UnfitError, expected_of
from dispatch.domain.vocabulary import CaseSource, IdentityKind, InstitutionKind, Matter, PractitionerKind, Status
from dispatch.exchange.columns import Kind
from dispatch.exchange.lookups import load_lookups, require_word
from dispatch.registry.lists.cases import CaseFilter, CaseOrder, PersonKey
from dispatch.registry.lists.roster import InstitutionFilter, PractitionerFilter
from dispatch.registry.policies import load_in_force
from dispatch.registry.seal import Seal
from dispatch.registry.tables import InstitutionRow, PractitionerRow

WHOLE_NUMBER = ("号", "號")
"""What ends a case number: nothing begins with it but the number itself."""


class Search(BaseModel):
    """What a list is narrowed by; what is left out narrows nothing, and what nobody knows is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @classmethod
    def of_words(cls, words: Iterable[str]) -> Self:
        """Return a search as a command line has it, ``name=value`` each; a list is named several times."""
        asked: dict[str, Any] = {}
        for word in words:
            name, _, value = word.partition("=")
            if name in cls.model_fields and get_origin(cls.model_fields[name].annotation) is tuple:
                asked[name] = (*asked.get(name, ()), value)
            elif name in asked:
                raise InvalidFieldError(field=name, value=None, expected=stated("只填一次", "given once"))
            else:
                asked[name] = value
        try:
            return cls.model_validate(asked)
        except ValidationError as invalid:
            fault = invalid.errors()[0]
            known = ", ".join(cls.model_fields)
            strange = fault["type"] == "extra_forbidden"
            expected = stated(f"可用的条件：{known}", f"one of {known}") if strange else expected_of(fault)
            raise InvalidFieldError(field=str(fault["loc"][0])[:MAX_SHOWN], value=None, expected=expected) from None


class CaseSearch(Search):
    """Which cases."""

    number: CaseNumber | None = None
    """The whole number, in any spelling. 案件编号。"""
    number_prefix: CaseNumber | None = None
    """How the number begins, in any spelling. 案件编号开头。"""
    status: tuple[Status, ...] = ()
    """One or more. 案件状态，可填多个。"""
    matter: Matter | None = None
    area: Word | None = None
    """Code or name. 地区代码或者名称。"""
    source: CaseSource | None = None
    archive_number: CaseNumber | None = None
    """The whole number of the file, in any spelling. 案卷号。"""
    due_from: Instant | None = None
    """Due at this moment or later. 期限不早于。"""
    due_before: Instant | None = None
    """Due before this moment. 期限早于。"""
    practitioner: Number | None = None
    """Who has a seat of it or carried it through: id or licence number. 承办人员，填执业证号或者标识。"""
    institution: Number | None = None
    """Whose person does so, or that is to name one: id or code. 承办机构，填机构编号或者标识。"""

    def filter(self, session: Session, centre_id: str) -> CaseFilter:
        """Return what is asked for, in codes."""
        area = self.area and require_word("area", self.area, load_lookups(session, centre_id).areas)
        whole, prefix = _number(self.number), self.number_prefix and case_number_order(self.number_prefix)
        if self.number_prefix and self.number_prefix.endswith(WHOLE_NUMBER):
            named = _number(self.number_prefix)
            whole, prefix = (named, None) if whole in (None, named) else (whole, prefix)
        return CaseFilter(
            number_key=whole,
            number_prefix=prefix,
            archive_key=_number(self.archive_number),
            area=area,
            practitioner_id=_found(session, PractitionerRow, centre_id, "practitioner", self.practitioner),
            institution_id=_found(session, InstitutionRow, centre_id, "institution", self.institution),
            **{name: getattr(self, name) for name in AS_ASKED},
        )


class OrderedCaseSearch(CaseSearch):
    """Which cases, and in which order."""

    sort: CaseOrder = CaseOrder.NUMBER
    """By number, or by deadline with the cases without one at the end. 排序。"""
    descending: bool = False
    """The other way round. 倒序。"""


class RecipientSearch(OrderedCaseSearch):
    """Which cases, of a recipient by name or number as well; both are sealed, so they are looked for whole."""

    recipient_name: Name | None = None
    """The whole name, in any spelling. 受援人姓名（全名）。"""
    recipient_number: IdentityNumber | None = None
    """Recognised as a resident identity number, or any other document's. 受援人证件号码。"""

    def keys(self, seal: Seal) -> tuple[PersonKey, ...]:
        """Return the keyed hashes by which the recipient is found."""
        keys: list[PersonKey] = []
        if self.recipient_name:
            key = seal.name_key(self.recipient_name)
            if key is None:
                expected = stated("完整的姓名", "a whole name, without parts left out")
                raise InvalidFieldError(field="recipient_name", value=None, expected=expected)
            keys.append(("name_key", (key,)))
        if self.recipient_number:
            keys.append(("identity_key", tuple(map(seal.identity_key, _documents(self.recipient_number)))))
        return tuple(keys)


class PractitionerSearch(Search):
    """Which practitioners, as registered on the day that is asked about."""

    name: Word | None = None
    """A part of the name, with any dots and blanks or none. 姓名或者其中一部分。"""
    code: Number | None = None
    """The whole licence number. 执业证号。"""
    code_prefix: Number | None = None
    """How the licence number begins. 执业证号开头。"""
    institution: Number | None = None
    """Id or code. 承办机构，填机构编号或者标识。"""
    kind: PractitionerKind | None = None
    listed: bool | None = None
    """在册。"""
    area: Word | None = None
    """Serves it: code or name. 服务地区。"""
    specialty: Word | None = None
    """Has a level in it, or in a group above: cause, group or branch of law. 专业特长。"""

    def filter(self, session: Session, centre_id: str) -> PractitionerFilter:
        """Return what is asked for, in codes."""
        lookups = load_lookups(session, centre_id, retired=True) if self.area or self.specialty else None
        line: tuple[str, ...] = ()
        if lookups and self.specialty:
            cause = require_word("specialty", self.specialty, lookups.specialties)
            catalogue = load_in_force(session, centre_id).policy.catalogue
            branch = (catalogue.by_code[cause].matter.value,) if cause in catalogue.by_code else ()
            line = (*catalogue.lineage.get(cause, (cause,)), *branch)
        return PractitionerFilter(
            name_key=name_key(self.name or ""),
            code=self.code,
            code_prefix=self.code_prefix,
            institution_id=_found(session, InstitutionRow, centre_id, "institution", self.institution),
            kind=self.kind,
            listed=self.listed,
            area=require_word("area", self.area, lookups.areas) if lookups and self.area else None,
            specialty=line,
        )


class InstitutionSearch(Search):
    """Which institutions, as registered on the day that is asked about."""

    name: LongTitle | None = None
    """A part of the name. 机构名称或者其中一部分。"""
    code: Number | None = None
    """The whole code. 机构编号。"""
    code_prefix: Number | None = None
    """How the licence number or unified credit code begins. 执业许可证号、统一社会信用代码开头。"""
    kind: InstitutionKind | None = None
    area: Word | None = None
    """Lies in it: code or name. 所在地区。"""

    def filter(self, session: Session, centre_id: str) -> InstitutionFilter:
        """Return what is asked for, in codes."""
        area = self.area and require_word("area", self.area, load_lookups(session, centre_id).areas)
        return InstitutionFilter(name_key(self.name or ""), self.code, self.code_prefix, self.kind, area)


SEARCHES: Mapping[str, type[Search]] = {
    Kind.CASES: CaseSearch,
    Kind.PRACTITIONERS: PractitionerSearch,
    Kind.INSTITUTIONS: InstitutionSearch,
}
"""What may be asked of a list that is exported."""


def search_of(what: str, words: Sequence[str]) -> Search | None:
    """Return what an export is narrowed by, or nothing; a list that cannot be narrowed says so."""
    if not words:
        return None
    if what not in SEARCHES:
        known = ", ".join(SEARCHES)
        expected = stated(f"只有这些种类可以按条件导出：{known}", f"only these can be narrowed: {known}")
        raise InvalidFieldError(field="what", value=what, expected=expected)
    return SEARCHES[what].of_words(words)


MAX_SHOWN = 40
"""Letters of an unknown name that are repeated to the sender."""

AS_ASKED = ("status", "matter", "source", "due_from", "due_before")


def _number(text: str | None) -> str | None:
    return case_number_key(text) if text else None


def _found(session: Session, table: Any, centre_id: str, field: str, wanted: str | None) -> str | None:
    """Return the id of the entry that is named by its id or code, or refuse what names none.

    A record that was merged names the one it went into, which has its cases.
    """
    if wanted is None:
        return None
    said = or_(table.id == wanted, table.code_key == code_key(wanted))
    found = session.exec(select(table).where(table.centre_id == centre_id, said)).first()
    if found is None:
        raise UnknownReferenceError(field=field, value=wanted, known=[])
    id: str = getattr(found, "merged_into", None) or found.id
    return id


def _documents(number: str) -> Iterator[str]:
    """Yield what the spellings of a number share, by each kind of document that may have it."""
    for kind in IdentityKind:
        try:
            yield identify(number, kind).key
        except UnfitError:
            continue
