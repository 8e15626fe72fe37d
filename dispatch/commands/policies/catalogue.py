"""A catalogue from a file: its names are added to those of the policy in force, as a draft to try and publish."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session, col, select

from dispatch.commands.cases.intake import Fate
from dispatch.commands.imports.upserts import Row, Upsert, refused
from dispatch.commands.policies.drafts import OPEN, add_draft
from dispatch.domain.errors import (
    DispatchError,
    DuplicateNumberError,
    InvalidFieldError,
    UnknownReferenceError,
    stated,
)
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.causes import MAX_DEPTH, Cause, either, inherited, line_of, near_words
from dispatch.domain.policy.schema import Policy
from dispatch.domain.validation import expected_of
from dispatch.domain.vocabulary import word_key
from dispatch.registry.policies import load_in_force, policy_in_force, read_policy
from dispatch.registry.tables import PolicyRow
from dispatch.registry.transaction import Transaction


def take_in_causes(tx: Transaction, actor: Actor, now: datetime, rows: Sequence[Row]) -> list[Upsert]:
    """
    Draft a policy with the causes of the rows: a known name keeps its code and its place and learns what is new.

    Sent again, the same rows find the draft that is there.
    """
    require(actor, Verb.EDIT_POLICY)
    tx.lock_centre(actor.centre_id)
    policy = load_in_force(tx.session, actor.centre_id).policy
    merger = _Merger(policy)
    fates = merger.take(rows)
    if any(fate.fate in (Fate.CREATED, Fate.UPDATED) for fate in fates):
        document = policy.to_document() | {
            "causes": [cause.model_dump(mode="json") for cause in merger.causes.values()]
        }
        _ensure_draft(tx, actor, now, Policy.from_document(document))
    return fates


def list_causes(session: Session, centre_id: str) -> list[dict[str, Any]]:
    """Return the causes of the policy in force in the columns in which they come in."""
    catalogue = read_policy(policy_in_force(session, centre_id)).catalogue
    return [
        {
            "name": cause.zh,
            "parent": catalogue.by_code[cause.parent].zh if cause.parent else None,
            "matter": cause.matter,
            "english": cause.en,
            "aliases": list(cause.aliases),
            "also": list(cause.also),
            "code": cause.code,
        }
        for cause in catalogue.by_code.values()
    ]


def code_of(name: str) -> str:
    """Return the code of a name that has none: the same on every machine, and in every file that names it."""
    return f"n_{sha256(word_key(name).encode()).hexdigest()[:12]}"


def _ensure_draft(tx: Transaction, actor: Actor, now: datetime, policy: Policy) -> None:
    same = select(PolicyRow).where(
        PolicyRow.centre_id == actor.centre_id, PolicyRow.digest == policy.digest(), col(PolicyRow.status).in_(OPEN)
    )
    if tx.session.exec(same).first() is None:
        add_draft(tx, actor, now, policy, policy_in_force(tx.session, actor.centre_id), None)


class _Merger:
    """The causes of a policy, and what rows add to them."""

    def __init__(self, policy: Policy) -> None:
        self._known = policy.catalogue
        self.causes = dict(self._known.by_code)
        self._codes = {word_key(cause.zh): cause.code for cause in policy.causes}

    def take(self, rows: Sequence[Row]) -> list[Upsert]:
        """Add every row that has its place in the tree; one whose parent is refused is refused too."""
        errors: dict[int, DispatchError] = {}
        while True:
            self.causes = dict(self._known.by_code)
            drafts = {k: self._draft(row) for k, row in enumerate(rows) if k not in errors}
            codes = self._codes | {word_key(draft["zh"]): draft["code"] for draft in drafts.values()}
            names = {draft["code"]: draft["zh"] for draft in drafts.values()}
            found = {k: error for k, draft in drafts.items() if (error := self._place(draft, codes, names))}
            found = found or self._add(drafts)
            if not found:
                break
            errors |= found
        return [refused(errors[k]) if k in errors else self._fate(drafts[k]) for k in range(len(rows))]

    def _draft(self, row: Row) -> dict[str, Any]:
        name = row["name"]
        code = row.get("code") or self._codes.get(word_key(name)) or code_of(name)
        there = self.causes.get(code)
        aliases = dict.fromkeys([*(there.aliases if there else ()), *(row.get("aliases") or ())])
        if there:
            branches = {"matter": there.matter, "also": there.also, "parent": there.parent}
        else:
            branches = {field: row[field] for field in ("matter", "also", "parent") if row.get(field)}
        return {
            "code": code,
            "zh": there.zh if there and row.get("code") is None else name,
            "en": row.get("english") or (there.en if there else name),
            "aliases": [*aliases],
            **branches,
        }

    def _place(self, draft: dict[str, Any], codes: Mapping[str, str], names: Mapping[str, str]) -> DispatchError | None:
        """Put the code of its parent into a draft, or return why it has no place."""
        key = word_key(draft["zh"])
        if {codes[key], self._codes.get(key, draft["code"])} != {draft["code"]} or names[draft["code"]] != draft["zh"]:
            return DuplicateNumberError(field="code", number=draft["code"])
        parent = draft.get("parent")
        if parent is None:
            return None if draft.get("matter") else InvalidFieldError(field="matter", value=None, expected=NO_BRANCH)
        above = parent if parent in self.causes else codes.get(word_key(parent))
        if above is None:
            near = self._known.nearest(parent)
            known = [cause.code for cause in near]
            return UnknownReferenceError(field="parent", value=parent, known=known, expected=near_words(near))
        draft["parent"] = above
        return None

    def _add(self, drafts: Mapping[int, dict[str, Any]]) -> dict[int, DispatchError]:
        """Add the drafts to the causes; return those that are no causes, or no part of a tree."""
        errors: dict[int, DispatchError] = {}
        document = [cause.model_dump(mode="json") for cause in self._known.by_code.values()]
        whole = {each["code"]: each for each in inherited([*document, *drafts.values()])}
        for k, draft in drafts.items():
            try:
                self.causes[draft["code"]] = Cause.model_validate(whole[draft["code"]])
            except ValidationError as faults:
                [fault, *_] = faults.errors(include_url=False, include_input=False)
                field = COLUMN_OF.get(str(fault["loc"][0]) if fault["loc"] else "aliases", "aliases")
                errors[k] = InvalidFieldError(field=field, value=None, expected=expected_of(fault))
        return errors or {k: error for k, draft in drafts.items() if (error := self._astray(draft["code"]))}

    def _astray(self, code: str) -> DispatchError | None:
        cause, line = self.causes[code], [*line_of(self.causes, code)]
        if self.causes[line[-1]].parent:
            return InvalidFieldError(field="parent", value=None, expected=TOO_DEEP)
        above = self.causes[line[1]] if len(line) > 1 else cause
        if cause.matter not in above.matters:
            return InvalidFieldError(field="matter", value=None, expected=either(above.matters))
        return None

    def _fate(self, draft: dict[str, Any]) -> Upsert:
        cause, there = self.causes[draft["code"]], self._known.by_code.get(draft["code"])
        fate = Fate.CREATED if there is None else Fate.UNCHANGED if cause == there else Fate.UPDATED
        return Upsert(fate, cause.code)


NO_BRANCH = stated("填写案件类型，或者填写上级", "a branch of law, or a cause to be under")
TOO_DEEP = stated(
    f"上级不能是自身或者自身的下级，层级不超过{MAX_DEPTH}级",
    f"neither itself nor one below it, and at most {MAX_DEPTH} deep",
)
COLUMN_OF = {"zh": "name", "en": "english", "code": "code", "matter": "matter", "also": "also", "parent": "parent"}
