"""How cases hang together, and whom that bars."""

from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.docket.ties import DerivedKind, Held, Houses, Ties, in_order, seats_taken
from dispatch.domain.vocabulary import Matter, PairKind, RelationKind
from tests.builders import a_case, a_pair

CO_DEFENDANTS, OPPOSING, EARLIER = (
    RelationKind.CO_DEFENDANTS, RelationKind.OPPOSING_SIDES, RelationKind.EARLIER_STAGE,
)  # fmt: skip
FIRM = {"firm": ["p1", "p2", "p3"]}


def ties(*relations):
    return Ties.of(relations)


def held(practitioner="p1", institution="firm", *, live=True, undertaken=True, duty=False):
    return Held(practitioner, institution, live, undertaken, duty)


def barred(found, case, holders, lone_areas=(), **known):
    """Who is barred from the case, and as what."""
    facts = found.implied(a_case(case, **known), holders, Houses(FIRM, lone_areas))
    return {(fact.practitioner_id, fact.kind) for fact in facts}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_joint_group_is_everyone_a_chain_of_co_defendants_reaches(pairs):
    found = ties(*((CO_DEFENDANTS, f"c{one}", f"c{other}") for one, other in pairs))

    for case in {number for pair in pairs for number in pair}:
        reached = {case}
        for _ in pairs:
            reached |= {number for pair in pairs if reached & set(pair) for number in pair}
        assert found.joint[f"c{case}"] == {f"c{number}" for number in reached}
        assert found.joint_group(f"c{case}") == f"c{min(reached)}"


def test_case_tried_alone_has_no_joint_group():
    assert ties().joint_group("c1") is None


def test_every_case_that_matters_is_touched_and_the_earlier_stage_only_from_the_later():
    found = ties((CO_DEFENDANTS, "c1", "c2"), (OPPOSING, "c3", "c1"), (EARLIER, "c1", "c4"))

    assert set(found.touching("c1")) == {"c2", "c3", "c4"}
    assert set(found.touching("c3")) == {"c1"}
    assert set(found.touching("c4")) == set()


def test_earlier_counsel_is_who_acted_each_once_in_the_order_of_cases():
    found = ties((EARLIER, "c9", "c2"), (EARLIER, "c9", "c1"))
    holders = {"c1": [held("p3", undertaken=False), held("p2")], "c2": [held("p1"), held("p2")]}

    assert found.earlier_counsel("c9", holders) == ("p2", "p1")
    assert found.earlier_counsel("c1", holders) == ()


def test_who_has_a_seat_may_not_take_another_and_who_lost_one_may_not_come_back():
    holders = {"c1": [held("p1"), held("p2", live=False, undertaken=False)], "c3": [held("p1", live=False)]}

    assert barred(ties(), "c1", holders) == {("p1", PairKind.SEATED), ("p2", PairKind.REFUSED)}
    assert seats_taken("c1", holders) == 1
    assert seats_taken("c3", holders) == 1, "a seat that was carried through is not filled again"
    assert seats_taken("c2", holders) == 0


def test_counsel_of_a_co_defendant_is_barred_alone():
    found = ties((CO_DEFENDANTS, "c1", "c2"))

    assert barred(found, "c1", {"c2": [held("p1")]}) == {("p1", PairKind.CO_DEFENCE)}


def test_duty_lawyer_is_told_of_only_after_helping_several_suspects_of_the_crime():
    """The rule of Jiangsu: 为共同犯罪的多个犯罪嫌疑人、被告人提供过法律帮助."""
    found = ties((CO_DEFENDANTS, "c1", "c2"), (CO_DEFENDANTS, "c1", "c3"), (EARLIER, "c1", "c4"))
    helped = [held(duty=True)]

    assert barred(found, "c1", {"c2": helped}) == set()
    assert barred(found, "c1", {"c2": [*helped, *helped]}) == set()
    assert barred(found, "c1", {"c2": helped, "c3": [held(duty=True, undertaken=False)]}) == set()
    assert barred(found, "c1", {"c2": helped, "c3": helped}) == {("p1", PairKind.DUTY_HELP)}
    assert barred(found, "c1", {"c2": helped, "c4": helped}) == {("p1", PairKind.DUTY_HELP)}


def test_counsel_of_the_other_side_is_barred_with_the_whole_firm():
    found = ties((OPPOSING, "c1", "c2"))
    whole_firm = {("p1", PairKind.ADVERSE), ("p2", PairKind.OPPOSITE), ("p3", PairKind.OPPOSITE)}

    assert barred(found, "c1", {"c2": [held("p1")]}) == whole_firm
    assert barred(found, "c2", {"c1": [held("p1")]}) == whole_firm
    assert barred(found, "c1", {"c2": [held("moved", "gone")]}) == {("moved", PairKind.ADVERSE)}


def test_who_never_acted_for_others_is_not_barred_by_them():
    found = ties((CO_DEFENDANTS, "c1", "c2"), (OPPOSING, "c1", "c3"))
    asked = held(undertaken=False)

    assert barred(found, "c1", {"c2": [asked], "c3": [asked]}) == set()


def test_facts_stand_once_and_in_one_order():
    first, second = a_pair(PairKind.SEATED, "c1", "p2"), a_pair(PairKind.REFUSED, "c2", "p1")

    assert in_order([second, first, second]) == (first, second) == in_order([first, second])


def test_who_accepted_a_case_and_lost_it_is_barred_from_the_other_side_with_their_institution():
    found = ties((OPPOSING, "c1", "c2"))
    seen = Held("p1", "firm", live=False, undertaken=False, opened=True)
    unseen = Held("p1", "firm", live=False, undertaken=False)

    assert barred(found, "c1", {"c2": [seen]}) == {
        ("p1", PairKind.ADVERSE), ("p2", PairKind.OPPOSITE), ("p3", PairKind.OPPOSITE),
    }  # fmt: skip
    assert barred(found, "c1", {"c2": [unseen]}) == set()


def test_who_takes_the_other_side_along_to_a_firm_bars_its_people_as_well_while_the_case_is_open():
    """律师执业行为规范第五十一条第五项: one firm acts for both sides at once, whichever firm the case was given to."""
    found = ties((OPPOSING, "c1", "c2"))
    moved = held("newcomer", "former")._replace(moved_to="firm")

    assert barred(found, "c1", {"c2": [moved]}) == {
        ("newcomer", PairKind.ADVERSE), *((id, PairKind.OPPOSITE) for id in FIRM["firm"]),
    }  # fmt: skip
    assert barred(found, "c1", {"c2": [moved._replace(live=False)]}) == {("newcomer", PairKind.ADVERSE)}


def test_in_a_county_with_one_law_firm_the_parties_to_a_criminal_case_may_agree_to_its_colleagues():
    """律师执业行为规范第五十一条第四项: 该县区域内只有一家律师事务所且事先征得当事人同意的除外."""
    found, holders = ties((OPPOSING, "c1", "c2")), {"c2": [held("p1")]}
    agreed = ties((OPPOSING, "c1", "c2"), (DerivedKind.CONSENTED, "c1", "c2"))
    own, county = ("p1", PairKind.ADVERSE), {"matter": Matter.CRIMINAL, "area": "A"}

    assert barred(found, "c1", holders, ("A",), **county) == {own, ("p2", PairKind.UNCLEAR), ("p3", PairKind.UNCLEAR)}
    assert barred(agreed, "c1", holders, ("A",), **county) == {own}
    for known, lone in ((county | {"area": "B"}, ("A",)), ({"matter": Matter.CIVIL, "area": "A"}, ("A",))):
        assert ("p2", PairKind.OPPOSITE) in barred(agreed, "c1", holders, lone, **known)


def test_who_acts_against_a_client_elsewhere_is_barred_alone_and_colleagues_until_the_clients_consent():
    """律师执业行为规范第五十二条第三、四项."""
    found = ties((DerivedKind.ADVERSE, "c1", "c2"))
    agreed = ties((DerivedKind.ADVERSE, "c1", "c2"), (DerivedKind.CONSENTED, "c1", "c2"))
    own, ended = ("p1", PairKind.ADVERSE), Held("p1", "firm", live=False, undertaken=False, opened=True)

    assert barred(found, "c1", {"c2": [held("p1")]}) == {own, ("p2", PairKind.UNCLEAR), ("p3", PairKind.UNCLEAR)}
    assert barred(agreed, "c1", {"c2": [held("p1")]}) == {own}
    assert barred(found, "c1", {"c2": [ended]}) == {own}, "what ended after it was accepted still counts"
    assert barred(found, "c2", {"c1": [ended]}) == {own}


def test_what_is_unclear_keeps_out_who_knows_the_file_and_of_both_sides_the_firm():
    one, both = ties((DerivedKind.UNCLEAR, "c1", "c2")), ties((DerivedKind.UNCLEAR_SIDES, "c1", "c2"))

    assert barred(one, "c1", {"c2": [held("p1")]}) == {("p1", PairKind.UNCLEAR)}
    assert barred(both, "c1", {"c2": [held("p1")]}) == {(id, PairKind.UNCLEAR) for id in FIRM["firm"]}


def test_counsel_of_an_earlier_stage_is_not_barred_by_the_co_defendants_of_their_own_client():
    found = ties((EARLIER, "a2", "a1"), (CO_DEFENDANTS, "a1", "b1"), (CO_DEFENDANTS, "a2", "b1"))

    assert barred(found, "a2", {"a1": [held("p1")], "b1": [held("p2")]}) == {("p2", PairKind.CO_DEFENCE)}


def test_cases_that_clash_or_may_clash_are_kept_apart_where_they_are_decided_together():
    kinds = (OPPOSING, DerivedKind.ADVERSE, DerivedKind.UNCLEAR, DerivedKind.UNCLEAR_SIDES)
    found = ties(
        *((kind, "c1", f"c{number}") for number, kind in enumerate(kinds, start=2)), (CO_DEFENDANTS, "c1", "c9")
    )

    assert found.apart("c1") == {"c2", "c3", "c4", "c5"}
    assert all(found.apart(f"c{number}") == {"c1"} for number in range(2, 6))
