"""A small register to test against: one centre, one clerk, and builders of rows. Append, never change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from dispatch.commands.cases.drafts import CaseDraft
from dispatch.commands.cases.intake import take_in
from dispatch.commands.centres import Area, create_centre
from dispatch.commands.policies.presets import ensure_preset
from dispatch.commands.roster.changes import change_entry
from dispatch.commands.roster.organs import add_organ
from dispatch.commands.roster.registration import DatedEffect
from dispatch.domain.permissions import Actor
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import (
    CentreLevel,
    InstitutionKind,
    ModeName,
    PartyRole,
    PolicyStatus,
    Role,
)
from dispatch.exchange.columns import Kind
from dispatch.registry.roster.entries import HOUSES
from dispatch.registry.seal import Seal
from dispatch.registry.tables import (
    AreaRow,
    AssignmentRow,
    CaseEventRow,
    CentreRow,
    ClockRow,
    InstitutionAttributesRow,
    InstitutionRow,
    PartyRow,
    PolicyRow,
    PractitionerRow,
    UserRow,
)
from dispatch.registry.tables.columns import new_id
from dispatch.registry.transaction import Begin, Read, make_begin, make_engine, make_read
from testbed.rows import LONG_AGO, NOW, PLAIN_FACTS, a_user, attributes_row, case_row, practitioner_row, with_means
from tests.stored import Found, as_written, like, put_stored, read_stored


@dataclass
class Register:
    """An open register with a centre in it."""

    engine: Engine
    begin: Begin
    read: Read
    seal: Seal
    centre: CentreRow
    policy: PolicyRow
    clerk: Actor
    manager: Actor

    def add(self, *rows):
        """Store rows, one flush each, so that the later may point at the earlier; return the last."""
        with self.begin() as tx:
            for row in rows:
                tx.add(row)
                tx.session.flush()
        return rows[-1]

    def all(self, table, *conditions):
        """Return every row of the table that meets the conditions, in the order in which they were written."""
        wanted = select(table).where(*conditions).order_by(text(as_written(self.engine, table)))
        with self.read() as session:
            return session.exec(wanted).all()

    def get(self, table, id):
        """Return the row as it is stored now."""
        with self.read() as session:
            return session.get_one(table, id)

    def an_institution(self, code="firm", **columns):
        """Store a law firm without a cap."""
        plain = {"name": f"firm {code}", "kind": InstitutionKind.LAW_FIRM, "area": "A", "updated_at": NOW, **columns}
        facts = {name: plain.pop(name) for name in HOUSES.facts if name in plain}
        row = InstitutionRow(centre_id=self.centre.id, code=code, **plain)
        about = {"centre_id": self.centre.id, "institution_id": row.id, "from_on": LONG_AGO, "recorded_at": NOW}
        self.add(row, InstitutionAttributesRow(**about, **facts))
        return row

    def a_practitioner(self, code="p1", institution=None, **attributes):
        """Store a lawyer of ten years with nothing unknown and nothing against them."""
        institution = institution or self.the_institution()
        row = practitioner_row(self.centre.id, code)
        self.add(row, attributes_row(row, institution, **attributes))
        return row

    def the_institution(self):
        """Return the first institution, stored if there is none yet."""
        found = self.all(InstitutionRow, InstitutionRow.centre_id == self.centre.id)
        return found[0] if found else self.an_institution()

    def a_listed_organ(self, name="court", *aliases):
        """Enter an organ in the catalogue."""
        return add_organ(self.begin, self.seal, self.clerk, NOW, {"name": name, "aliases": list(aliases)})

    def keep(self, row, changes, if_match=1, actor=None, now=NOW, **effect):
        """Change or correct an entry of the roster; return it as it is then."""
        kind = Kind.PRACTITIONERS if isinstance(row, PractitionerRow) else Kind.INSTITUTIONS
        who = (self.begin, self.seal, actor or self.clerk, now)
        return change_entry(*who, kind, row.id, changes, if_match, DatedEffect(**effect))

    def a_case(self, number="1", **columns):
        """Store a granted unpaid-wages case with three days left."""
        return self.add(case_row(self.centre.id, number, **columns))

    def a_party(self, case, role, name, number=None, **columns):
        """A person with a part in a case, by name and perhaps by identity number."""
        keys = {
            "identity_key": self.seal.identity_key(number) if number else None,
            "name_key": self.seal.name_key(name),
        }
        sealed = self.seal.seal({"name": name, **({"identity_number": number} if number else {})})
        return self.add(
            PartyRow(centre_id=self.centre.id, case_id=case.id, role=role, sealed=sealed, **keys, **columns)
        )

    def a_person(self, case, role=PartyRole.RECIPIENT, **details):
        """Store a person in the case, sealed; of age if nothing else is said."""
        known = {"name": "王小明", "sex": "male", "minor": False, **details}
        sealed, name_key = self.seal.seal(known), self.seal.name_key(known["name"])
        return self.add(
            PartyRow(centre_id=case.centre_id, case_id=case.id, role=role, sealed=sealed, name_key=name_key)
        )

    def a_policy(self, chains=None, **parts):
        """Put in force a policy that differs in these parts; a chain is told as pairs of mode and hours."""
        document = self.policy.document | {
            name: self.policy.document.get(name, {}) | part for name, part in parts.items()
        }
        if chains is not None:
            steps = [{"mode": mode, "hours": hours} for mode, hours in chains]
            document["chains"] = [{"code": "test", "zh": "测试", "en": "test", "steps": steps}]
        policy = Policy.from_document(document)
        with self.begin() as tx:
            tx.session.get_one(PolicyRow, self.policy.id).status = PolicyStatus.SUPERSEDED
            tx.session.flush()
            self.policy = tx.add(
                PolicyRow(
                    centre_id=self.centre.id, version=self.policy.version + 1, name="test", digest=policy.digest(),
                    status=PolicyStatus.PUBLISHED, document=policy.to_document(), created_at=NOW, published_at=NOW,
                )
            )  # fmt: skip
        return policy

    def acting(self, practitioner):
        """Return the practitioner as someone who acts."""
        user = self.add(a_user(self.centre.id, f"user-{practitioner.code}", Role.PRACTITIONER))
        return Actor(user_id=user.id, role=Role.PRACTITIONER, centre_id=self.centre.id, practitioner_id=practitioner.id)

    def secretary(self, institution):
        """Return the institution's secretary as someone who acts."""
        user = self.add(a_user(self.centre.id, f"secretary-{new_id()}", Role.INSTITUTION))
        return Actor(user_id=user.id, role=Role.INSTITUTION, centre_id=self.centre.id, institution_id=institution.id)

    def recipient(self, case):
        """Return the recipient of the case as someone who acts by a link."""
        user = self.add(a_user(self.centre.id, f"link-{case.number}", Role.RECIPIENT))
        return Actor(user_id=user.id, role=Role.RECIPIENT, centre_id=self.centre.id, case_id=case.id)

    def an_organ(self, name):
        """Return a user of the case organ as someone who acts."""
        user = self.add(a_user(self.centre.id, f"organ-{new_id()}", Role.ORGAN, organ=name))
        return Actor(user_id=user.id, role=Role.ORGAN, centre_id=self.centre.id, organ=name)

    def history(self, case):
        """Return what happened to the case, as event and, where there is one, its reason."""
        with self.read() as session:
            rows = session.exec(
                select(CaseEventRow).where(CaseEventRow.case_id == case.id).order_by(CaseEventRow.id)
            ).all()
        return [(row.event, (row.facts or {}).get("because")) if "because" in (row.facts or {}) else row.event
                for row in rows]  # fmt: skip

    def a_stranger(self, role=Role.CLERK):
        """Store another centre and return someone who may act there."""
        centre = self.add(CentreRow(code="elsewhere", name="another centre", level=CentreLevel.CITY, created_at=NOW))
        user = self.add(a_user(centre.id, "stranger", role))
        return Actor(user_id=user.id, role=role, centre_id=centre.id)

    def a_clock(self, case, code, since, **columns):
        """Store a time limit of the case that runs since then; it was due at once if nothing else is said."""
        plain = {"started_at": since, "begun_at": since, "due_at": since}
        return self.add(ClockRow(centre_id=self.centre.id, case_id=case.id, code=code, **{**plain, **columns}))

    def an_assignment(self, case, practitioner, **columns):
        """Store a live assignment of the case's lead seat."""
        plain = {"seat": 0, "mode": ModeName.DESIGNATION, "assigned_at": NOW - timedelta(days=1)}
        institution_id = columns.pop("institution_id", None) or self.the_institution().id
        return self.add(
            AssignmentRow(
                centre_id=self.centre.id,
                case_id=case.id,
                practitioner_id=practitioner.id,
                institution_id=institution_id,
                policy_id=self.policy.id,
                **{**plain, **columns},
            )
        )


def a_draft(number="1", **fields):
    """A granted unpaid-wages case as it is handed in."""
    plain = {
        "matter": "civil",
        "cause": "wages",
        "service": "litigation_agency",
        "stage": "first_instance",
        "area": "A",
        "domicile_areas": ("A",),
        "recipient": {"name": "王小明", "identity_number": "410000199001011236", "sex": "male", "minor": False},
        **PLAIN_FACTS,
        "received_at": NOW - timedelta(days=1),
        "granted_at": NOW,
    }
    return CaseDraft.model_validate(with_means({"number": number, **plain, **fields}))


def submit_cases(begin, seal, actor, now, drafts):
    """Hand several cases in at once, as a file does; return the fate of each."""
    with begin() as tx:
        return take_in(tx, seal, actor, now, drafts)


class Opened(NamedTuple):
    """What opening a register stored, once, by commands."""

    statements: str
    centre: CentreRow
    policy: PolicyRow
    people: tuple[str, str]


OPENED: dict[tuple[str, str], Opened] = {}
"""By the database and the centre's code."""


def open_register(url, code="c"):
    """Return the register at the address, with a centre of one area under the national preset."""
    engine = make_engine(url)
    known = OPENED.get((engine.dialect.name, code))
    if known:
        return _opened_again(engine, known)
    opened = _opened_by_commands(engine, code)
    centre_id, people = opened.centre.id, (opened.clerk.user_id, opened.manager.user_id)
    found = [Found(CentreRow, "id", [centre_id]), Found(AreaRow, "centre_id", [centre_id])]
    found += [Found(PolicyRow, "centre_id", [centre_id]), Found(UserRow, "id", people)]
    # A test may change the register it got.
    kept = Opened(read_stored(engine, found), like(opened.centre, {}), like(opened.policy, {}), people)
    OPENED.setdefault((engine.dialect.name, code), kept)
    return opened


def _opened_by_commands(engine, code):
    begin = make_begin(engine)
    areas = [Area("A", "first county", 34.41, 115.65), Area("B", "second county", 34.45, 116.13)]
    centre = create_centre(begin, NOW, code, "test centre", CentreLevel.CITY, areas)
    policy = ensure_preset(begin, None, NOW, centre.id, "national")
    people = {role: a_user(centre.id, role.value, role) for role in (Role.CLERK, Role.MANAGER)}
    with begin() as tx:
        for user in people.values():
            tx.add(user)
    return _register_of(engine, centre, policy, people[Role.CLERK].id, people[Role.MANAGER].id)


def _opened_again(engine, known):
    """Put the rows of one that commands opened, under ids of its own: nothing anywhere knows the centre yet."""
    old = [known.centre.id, known.policy.id, *known.people, known.centre.draw_root]
    new = {id: "".join(new_id() for _ in range(len(id) // 32)) for id in old}
    put_stored(engine, known.statements, new)
    return _register_of(engine, like(known.centre, new), like(known.policy, new), *map(new.__getitem__, known.people))


def _register_of(engine, centre, policy, clerk_id, manager_id):
    return Register(
        engine, make_begin(engine), make_read(engine), Seal("a secret of the tests", "aes"), centre, policy,
        clerk=Actor(user_id=clerk_id, role=Role.CLERK, centre_id=centre.id),
        manager=Actor(user_id=manager_id, role=Role.MANAGER, centre_id=centre.id),
    )  # fmt: skip


@pytest.fixture
def register(database_url) -> Iterator[Register]:
    """A register on each database in turn."""
    opened = open_register(database_url)
    yield opened
    opened.engine.dispose()
