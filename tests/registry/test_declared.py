"""What was declared is looked up by key, and a moment of the past knows as much as was declared then."""

from datetime import timedelta

import pytest
from sqlmodel import SQLModel

from dispatch.commands.roster.organs import add_alias, change_organ, remove_alias
from dispatch.domain.conflicts.declared import Kinship, TieKind
from dispatch.domain.conflicts.reviews import ReviewOutcome
from dispatch.domain.vocabulary import PairKind, PartyRole
from dispatch.registry.docket.declared import OF_CASES, OF_ONE, OF_ORGANS, OF_PEOPLE
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.tables import DeclaredTieRow, TieReviewRow
from dispatch.registry.transaction import make_engine
from tests.rows import NOW

WEEK = timedelta(days=7)


def test_moment_of_the_past_knows_what_was_declared_and_found_by_then(register):
    person, case = register.a_practitioner(), register.a_case()
    register.a_party(case, PartyRole.OPPOSING, "王芳")
    tie = register.add(
        DeclaredTieRow(
            centre_id=register.centre.id, code="1", practitioner_id=person.id, kind=TieKind.RELATIVE,
            relation=Kinship.CHILD, name_key=register.seal.name_key("王·芳"), recorded_at=NOW + WEEK,
            removed_at=NOW + 3 * WEEK,
        )
    )  # fmt: skip
    register.add(
        TieReviewRow(
            centre_id=register.centre.id, case_id=case.id, tie_id=tie.id, outcome=ReviewOutcome.CONFLICT, sealed=b"",
            reviewed_at=NOW + 2 * WEEK,
        )
    )  # fmt: skip

    def then(weeks):
        with register.read() as session:
            facts = load_docket(session, register.centre.id, [case.id], NOW + weeks * WEEK, past=True)
        return [pair.kind for pair in facts.pairs]

    assert [then(weeks) for weeks in (1, 2, 3, 4)] == [[], [PairKind.TIE_UNCLEAR], [PairKind.TIED], []]


def test_relatives_at_courts_join_those_of_the_entry_and_leave_what_is_unknown_so(register):
    register.a_listed_organ("商丘市中级人民法院", "商丘中院")
    people = [register.a_practitioner("p1"), register.a_practitioner("p2", relatives_at=None)]
    for person in people:
        register.add(
            DeclaredTieRow(
                centre_id=register.centre.id, code=person.code, practitioner_id=person.id, recorded_at=NOW,
                kind=TieKind.RELATIVE_AT_ORGAN, relation=Kinship.SPOUSE, organ="商丘中院",
            )
        )  # fmt: skip
    with register.read() as session:
        facts = load_docket(session, register.centre.id, [register.a_case().id], NOW)

    key = "商丘中院"
    found = {person.id: person.relatives_at for person in facts.practitioners}
    assert [found[person.id] for person in people] == [(key,), (key, None)]


def test_name_an_organ_gets_later_is_known_in_cases_that_had_it_before_and_no_more_once_it_is_taken_away(register):
    organ, person = register.a_listed_organ("商丘市人力资源和社会保障局"), register.a_practitioner()
    cases = [register.a_case(number) for number in "123"]
    for case, name in zip(cases, ("商丘市 人社局", "商丘市就业局", "王芳"), strict=True):
        register.a_party(case, PartyRole.OPPOSING, name)
    register.a_party(cases[2], PartyRole.SPOUSE, "商丘市人社局")
    register.add(
        DeclaredTieRow(
            centre_id=register.centre.id, code="1", practitioner_id=person.id, kind=TieKind.ADVISER,
            organ=organ.name, name_key=register.seal.name_key(organ.name), recorded_at=NOW,
        )
    )  # fmt: skip

    def tied():
        with register.read() as session:
            facts = load_docket(session, register.centre.id, [case.id for case in cases], NOW)
        return {pair.case_id for pair in facts.pairs if pair.kind is PairKind.TIED}

    assert tied() == set()
    add_alias(register.begin, register.seal, register.clerk, NOW, organ.id, "商丘市人社局")
    change_organ(register.begin, register.seal, register.clerk, NOW, organ.id, {"name": "商丘市就业局"}, 2)
    assert tied() == {cases[0].id, cases[1].id}
    remove_alias(register.begin, register.clerk, NOW, organ.id, "商丘市人社局")
    assert tied() == {cases[1].id}


@pytest.mark.parametrize(
    ("statement", "bound", "indexes"),
    [
        (OF_CASES, {"keys": ["c"]}, {"ix_party_case_id (case_id=?)"}),
        (OF_PEOPLE, {"identity_keys": ["a"], "name_keys": ["b"]},
         {"declared_tie_identity (centre_id=? AND identity_key=?)", "declared_tie_name (centre_id=? AND name_key=?)"}),
        (OF_ORGANS, {}, {"declared_tie_organ (centre_id=? AND kind=? AND organ>?)"}),
        (OF_ONE, {"practitioner_id": "p"}, {"declared_tie_kind (centre_id=? AND kind=? AND practitioner_id=?)"}),
    ],
)  # fmt: skip
def test_every_look_goes_by_a_key(tmp_path, statement, bound, indexes):
    """A centre has as many declarations as people, and a claim asks for them under its lock."""
    engine = make_engine(f"sqlite:///{tmp_path}/register.db")
    SQLModel.metadata.create_all(engine)
    plain = statement.params(centre_id="c", today=NOW.date(), **bound).compile(
        engine, compile_kwargs={"literal_binds": True}
    )
    with engine.connect() as connection:
        plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {plain}")]
    engine.dispose()

    looked = {each.partition("INDEX ")[2] for each in plan if each.startswith(("SEARCH", "SCAN"))}
    assert indexes <= looked
    assert not [each for each in plan if each.startswith("SCAN")]
