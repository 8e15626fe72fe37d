"""The register is sealed anew with another secret or cipher, killed on the way or not; nothing readable is lost."""

import pytest
from sqlalchemy import LargeBinary
from sqlmodel import SQLModel

from dispatch.commands.access.factors import new_recovery_codes, spend_code
from dispatch.commands.doctor import Ailment, examine_key
from dispatch.commands.rekey import SEALED, Rekeying, rekey, unreadable
from dispatch.domain.conflicts.reviews import ReviewOutcome
from dispatch.domain.errors import RekeyUnderwayError, SealBrokenError, WrongKeyError
from dispatch.domain.vocabulary import PartyRole
from dispatch.registry.key import SEEN_WITHIN, Key
from dispatch.registry.seal import Seal
from dispatch.registry.tables import (
    CaseRow,
    CentreRow,
    ConflictReviewRow,
    CredentialRow,
    DeclaredTieRow,
    PartyRow,
    PractitionerRow,
    RosterChangeRow,
    SealRow,
)
from tests.forked import Forked
from tests.rows import NOW

NUMBER = "110105199003074258"
CREDIT = "91411400MA40000001"
NEXT = "the secret that comes next"
SECRET = "a secret of the tests"
PLAIN = {
    "log_leaf.hash",
    "log_leaf.salt",
    "log_leaf.address_salt",
    "log_node.hash",
    "log_tree.frontier",
    "log_head.root",
} | {"template.content", "run.docket", "run.certificate", "simulation.policy_part", "simulation.against_part"}


def key(register, seal, clock=lambda: NOW):
    return Key(seal, register.begin, register.read, clock)


def change(register, keys, notify=lambda table, rows: None):
    return rekey(register.begin, keys, NOW, notify, lambda: None)


def keep(register, person, name="phone"):
    sealed = register.seal.seal({"before": {}, "after": {name: "13800001111"}})
    stands = {"practitioner_id": person.id, "act": "changed", "from_on": NOW.date(), "before": {}, "after": {}}
    register.add(RosterChangeRow(centre_id=register.centre.id, at=NOW, sealed=sealed, **stands))


def a_register(register):
    """A case with a party, a review of that party, and a practitioner whose change is kept."""
    key(register, register.seal).require()
    case, other = register.a_case("1", fingerprint="f" * 64), register.a_case("2")
    party = register.a_party(case, PartyRole.OPPOSING, "王小明", NUMBER)
    person = register.a_practitioner("a")
    with register.begin() as tx:
        row = tx.session.get_one(PractitionerRow, person.id)
        row.sealed = register.seal.seal({"identity_number": NUMBER, "phone": "13800001111"})
        row.identity_key = register.seal.identity_key(NUMBER)
    keep(register, person)
    declared = {"name": "大河建材有限公司", "identity_number": CREDIT, "identity_kind": "other"}
    register.add(
        DeclaredTieRow(
            centre_id=register.centre.id, code="1", practitioner_id=person.id, kind="adviser", recorded_at=NOW,
            sealed=register.seal.seal(declared), name_key=register.seal.name_key(declared["name"]),
            identity_key=register.seal.identity_key(f"other:{CREDIT}"),
        )
    )  # fmt: skip
    register.add(
        ConflictReviewRow(
            centre_id=register.centre.id, case_id=case.id, other_id=other.id, key=party.name_key,
            outcome=next(iter(ReviewOutcome)), sealed=register.seal.seal({"text": "same"}), reviewed_at=NOW,
        )
    )  # fmt: skip


def is_whole(register, seal):
    [party], [person], [review], [kept] = (
        register.all(table) for table in (PartyRow, PractitionerRow, ConflictReviewRow, RosterChangeRow)
    )
    assert seal.open(party.sealed)["name"] == "王小明"
    [tie] = register.all(DeclaredTieRow)
    assert (tie.identity_key, tie.name_key) == (seal.identity_key(f"other:{CREDIT}"), seal.name_key("大河建材有限公司"))
    assert seal.open(tie.sealed)["identity_number"] == CREDIT
    assert (party.identity_key, party.name_key) == (seal.identity_key(NUMBER), seal.name_key("王小明"))
    assert seal.open(person.sealed)["phone"] == seal.open(kept.sealed)["after"]["phone"] == "13800001111"
    assert (person.identity_key, review.key) == (party.identity_key, party.name_key)
    assert seal.open(review.sealed) == {"text": "same"}
    assert all(seal.is_own(row.sealed) for row in (party, person, review, kept))
    assert {row.fingerprint for row in register.all(CaseRow)} == {None}
    key(register, seal).require()


@pytest.mark.parametrize(("secret", "cipher"), [(NEXT, "aes"), (None, "sm"), (NEXT, "sm")])
def test_everything_is_sealed_anew_and_found_by_its_new_hash(register, secret, cipher):
    a_register(register)
    old = register.seal
    new = Seal(secret or SECRET, cipher)

    assert change(register, Rekeying(old, new)) == []

    is_whole(register, new)
    with pytest.raises(WrongKeyError):
        key(register, old).require()
    assert change(register, Rekeying(old, new)) == []


def test_codes_for_the_loss_of_an_authenticator_are_good_afterwards_and_each_once(register):
    key(register, register.seal).require()
    old, new = register.seal, Seal(NEXT, "sm")
    row = CredentialRow(user_id=register.clerk.user_id, changed_at=NOW, totp=old.seal({"totp": "00" * 20}))
    first, second, *_ = new_recovery_codes(row, old)
    register.add(row)

    change(register, Rekeying(old, new))

    kept = register.get(CredentialRow, register.clerk.user_id)
    assert first.replace("-", "").encode() not in kept.recovery
    assert [spend_code(kept, new, code, NOW) for code in (first, first, second.lower())] == [True, False, True]


def test_all_hashes_are_of_one_key_at_any_time_and_what_was_looked_at_by_the_old_one_does_not_stand(register):
    a_register(register)
    new = Rekeying(register.seal, Seal(NEXT, "aes"))
    revision = register.get(CentreRow, register.centre.id).revision

    def found():
        people = (row for table in (PartyRow, PractitionerRow, DeclaredTieRow) for row in register.all(table))
        return [*(row.identity_key for row in people), *(row.key for row in register.all(ConflictReviewRow))]

    before, meanwhile = found(), []
    change(register, new, lambda table, rows: meanwhile.append(found()))

    assert meanwhile == [before] * len(SEALED)
    assert not set(before) & set(found())
    assert register.get(CentreRow, register.centre.id).revision == revision + 1


class KilledError(Exception):
    """Stands for the end of the process between two transactions."""


def test_interrupted_anywhere_it_goes_on_and_nobody_reads_or_writes_meanwhile(register):
    a_register(register)
    new = Rekeying(register.seal, Seal(NEXT, "aes"))

    def dying_at(batch):
        told = iter(range(1, batch))

        def notify(table, rows):
            if next(told, None) is None:
                raise KilledError

        return notify

    running = key(register, register.seal, lambda: clock)
    clock = NOW
    running.require()
    for attempt in range(1, len(SEALED) + 1):
        with pytest.raises(KilledError):
            change(register, new, dying_at(attempt))
        for seal in new:
            with pytest.raises(RekeyUnderwayError):
                key(register, seal).require()
        with pytest.raises(WrongKeyError):
            change(register, Rekeying(register.seal, Seal("a third secret of somebody", "aes")))

    assert running.require() is register.seal, "before it has had time to look again"
    clock = NOW + SEEN_WITHIN
    with pytest.raises(RekeyUnderwayError):
        running.require()
    assert [each.ailment for each in examine_key(register.read, key(register, register.seal))] == [Ailment.REKEY_OPEN]
    assert change(register, new) == []
    is_whole(register, new.new)


def test_what_nobody_can_open_is_named_left_alone_and_stops_nothing(register):
    a_register(register)
    case = register.a_case("3")
    broken = register.add(PartyRow(centre_id=case.centre_id, case_id=case.id, role=PartyRole.OPPOSING, sealed=b"\x01x"))
    new = Seal(NEXT, "aes")

    left = change(register, Rekeying(register.seal, new))

    assert [(each.table, each.id, each.column) for each in left] == [("party", broken.id, "sealed")]
    assert [each.id for each in unreadable(register.read, new)] == [broken.id]
    [named] = examine_key(register.read, key(register, new))
    assert (named.ailment, named.subject, named.facts) == (Ailment.UNREADABLE, "party", {"rows": 1, "ids": broken.id})


def test_every_column_of_bytes_is_sealed_anew_or_holds_nothing_of_a_person():
    sealed = {f"{each.table.__tablename__}.{column}" for each in SEALED for column in each.columns}
    found = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }

    assert found == sealed | PLAIN


def test_command_is_killed_while_it_works_and_run_again(register, tmp_path):
    a_register(register)
    new_secret = tmp_path / "next"
    new_secret.write_text(NEXT)
    url = register.engine.url.render_as_string(hide_password=False)
    environment = {"DATABASE_URL": url, "DISPATCH_SECRET": SECRET}
    asked = (
        "from datetime import timedelta; from pathlib import Path; import dispatch.cli.sealing as sealing; "
        "sealing.SEEN_WITHIN, sealing.STRAGGLERS_S = timedelta(), 0; "
        f"sealing.seal_anew(Path({str(new_secret)!r}), 'sm')"
    )

    first = Forked(asked, env=environment)
    next(line for line in first.lines if line.startswith("party"))
    first.kill()
    first.wait()
    again = Forked(asked, env=environment)
    said = " ".join(again.lines.read().split())

    assert again.wait() == 0, said
    assert "back up first" in said or "请先备份" in said
    assert [row.next_mark for row in register.all(SealRow)] == [None]
    is_whole(register, Seal(NEXT, "sm"))
    with pytest.raises(SealBrokenError):
        register.seal.open(register.all(PartyRow)[0].sealed)
