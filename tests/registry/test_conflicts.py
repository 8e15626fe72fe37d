"""Parties of other cases keep their counsel out, as far as numbers and names tell: for whatever was ever accepted."""

from datetime import timedelta

import pytest
from sqlmodel import SQLModel

from dispatch.domain.conflicts.reviews import ReviewOutcome
from dispatch.domain.docket.ties import DerivedKind, Ties
from dispatch.domain.states import EndReason
from dispatch.domain.vocabulary import PairKind, PartyRole, RelationKind, Status
from dispatch.registry.docket.conflicts import asked, load_ties
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.period.history import Span, load_period
from dispatch.registry.tables import ConflictReviewRow, RelationRow
from dispatch.registry.transaction import make_engine
from testbed.planted_ties import load_all_relations
from tests.rows import NOW

CLIENT, OPPONENT, CO_DEFENDANT = PartyRole.RECIPIENT, PartyRole.OPPOSING, PartyRole.CO_DEFENDANT


def bars(register, case, **how):
    with register.read() as session:
        facts = load_docket(session, register.centre.id, [case.id], NOW, **how)
    return {(pair.practitioner_id, pair.kind) for pair in facts.pairs}


def reviewed(register, one, other, key, outcome, at=NOW):
    first, second = sorted((one.id, other.id))
    register.add(
        ConflictReviewRow(
            centre_id=register.centre.id, case_id=first, other_id=second, key=key or "", outcome=outcome,
            sealed=register.seal.seal({}), reviewed_at=at,
        )
    )  # fmt: skip


@pytest.fixture
def held(register):
    """A case of 王芳 somebody of a firm accepted and gave back, and one that waits; a colleague, and a stranger."""
    firm, other = register.an_institution("firm"), register.an_institution("other", area="B")
    counsel, colleague = register.a_practitioner("p1", firm), register.a_practitioner("p2", firm)
    register.a_practitioner("p3", other)
    before, now = register.a_case("1", status=Status.ASSIGNED), register.a_case("2")
    register.a_party(before, CLIENT, "王芳", "41000019900101123X")
    given_back = {"accepted_at": NOW, "ended_at": NOW, "end_reason": EndReason.ABANDONED}
    register.an_assignment(before, counsel, institution_id=firm.id, **given_back)
    return before, now, counsel, colleague


def test_who_once_accepted_a_case_never_acts_against_its_client(register, held):
    _, now, counsel, _ = held
    register.a_party(now, OPPONENT, "另一个名字", "41000019900101123x")

    assert bars(register, now) == bars(register, now, practitioner_id=counsel.id) == {(counsel.id, PairKind.ADVERSE)}


def test_spelling_of_a_name_makes_a_doubt_that_a_person_settles_once(register, held):
    before, now, counsel, _ = held
    party = register.a_party(now, OPPONENT, " 王·芳 ")

    assert bars(register, now) == {(counsel.id, PairKind.UNCLEAR)}
    reviewed(register, now, before, party.name_key, ReviewOutcome.DIFFERENT)
    assert bars(register, now) == set()


def test_name_that_is_nobodys_raises_no_doubt(register, held):
    before, now, *_ = held
    for name in ("不详", "王某", "王×"):
        register.a_party(before, CLIENT, name)
        register.a_party(now, OPPONENT, name)

    assert bars(register, now) == set()


def test_both_sides_bar_the_firm_while_one_of_them_holds_the_other(register, held):
    before, now, counsel, colleague = held
    register.a_party(now, OPPONENT, "王芳", "41000019900101123X")
    register.a_party(now, CLIENT, "李雷", "410000198501011239")
    register.a_party(before, OPPONENT, "李雷", "410000198501011239")

    assert bars(register, now) == {(counsel.id, PairKind.ADVERSE), (colleague.id, PairKind.OPPOSITE)}
    with register.read() as session:
        assert load_ties(session, register.centre.id, [now.id]).opposing == {now.id: {before.id}, before.id: {now.id}}


def test_co_defendants_hold_together_across_cases_that_nobody_tied(register):
    first, middle, last = (register.a_case(number) for number in "123")
    for case, other in ((first, "乙"), (middle, "丙")):
        register.a_party(case, CO_DEFENDANT, other, f"4100001990010112{ord(other) % 90 + 10}")
    for case, name in ((middle, "乙"), (last, "丙")):
        register.a_party(case, CLIENT, name, f"4100001990010112{ord(name) % 90 + 10}")

    with register.read() as session:
        [one, *rest] = load_docket(session, register.centre.id, None, NOW).cases
        assert one.joint_group
        assert {case.joint_group for case in rest} == {one.joint_group}
        assert load_ties(session, register.centre.id, [first.id]).joint_group(first.id) == one.joint_group


def test_period_has_the_ties_that_each_decision_finds(register, held):
    before, now, *_ = held
    register.a_party(now, OPPONENT, "王芳")
    register.add(
        RelationRow(centre_id=register.centre.id, case_id=now.id, other_id=before.id, kind=RelationKind.EARLIER_STAGE)
    )
    with register.read() as session:
        every = load_all_relations(session, register.centre.id)
        alone = load_ties(session, register.centre.id, [now.id])

    pair = tuple(sorted((before.id, now.id)))
    assert set(every) == {(RelationKind.EARLIER_STAGE, now.id, before.id), (DerivedKind.UNCLEAR, *pair)}
    assert Ties.of(every) == alone


def test_decision_of_before_sees_no_party_and_no_review_of_later(register, held):
    """A back-test, and what is asked of a past moment, know as much as was known then."""
    before, now, counsel, _ = held
    week = timedelta(days=7)
    party = register.a_party(now, OPPONENT, "王芳", recorded_at=NOW + week)
    reviewed(register, now, before, party.name_key, ReviewOutcome.DIFFERENT, NOW + 2 * week)
    doubt = (DerivedKind.UNCLEAR, *sorted((before.id, now.id)))

    def then(at):
        with register.read() as session:
            facts = load_docket(session, register.centre.id, [now.id], at, past=True)
        return {(pair.practitioner_id, pair.kind) for pair in facts.pairs}

    assert [then(NOW + days * week) for days in (1, 2, 3)] == [set(), {(counsel.id, PairKind.UNCLEAR)}, set()]
    assert bars(register, now) == set()
    with register.read() as session:
        period = load_period(session, Span(register.centre.id, NOW, NOW + 3 * week))
    assert period.relations == ()
    assert [(each.at, each.found, each.dropped) for each in period.learned] == [
        (NOW + week, (doubt,), ()), (NOW + 2 * week, (), (doubt,)),
    ]  # fmt: skip


def test_in_a_county_with_one_law_firm_only_written_consent_lets_a_colleague_in(register, held):
    before, now, counsel, colleague = held
    for case, mine, theirs in ((before, "王芳", "李雷"), (now, "李雷", "王芳")):
        for role, name in ((CLIENT, mine), (OPPONENT, theirs)):
            register.a_party(case, role, name, "41000019900101123X" if name == "王芳" else "410000198501011239")
    with register.begin() as tx:
        for case in (before, now):
            tx.session.merge(case).matter = "criminal"

    own = (counsel.id, PairKind.ADVERSE)
    assert bars(register, now) == {own, (colleague.id, PairKind.UNCLEAR)}
    reviewed(register, now, before, None, ReviewOutcome.CONSENT)
    assert bars(register, now) == {own}


def test_every_look_goes_by_the_key_and_the_part(tmp_path):
    """One employer is sued in thousands of cases; to look for its own counsel is to walk none of them."""
    bound = {"centre_id": "c", "opposing_identity_key": ["a"], "opposing_name_key": ["b"]}
    statement = asked(frozenset({(OPPONENT, "identity_key"), (OPPONENT, "name_key")})).params(**bound)
    engine = make_engine(f"sqlite:///{tmp_path}/register.db")
    SQLModel.metadata.create_all(engine)
    plain = statement.compile(engine, compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {plain}")]
    engine.dispose()

    assert {each.partition("INDEX ")[2] for each in plan if each.startswith(("SEARCH", "SCAN"))} == {
        "party_identity (centre_id=? AND identity_key=? AND role=?)",
        "party_name (centre_id=? AND name_key=? AND role=?)",
    }
