"""Whatever keyboard wrote a number, a name or an organ: one thing is one thing at every door, drawn at random."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.commands.cases.conflict_check import check_parties
from dispatch.commands.cases.drafts import PersonDraft
from dispatch.commands.cases.intake import submit_case
from dispatch.commands.imports.files import Order, carry_out
from dispatch.commands.wishes import permitted
from dispatch.domain.texts import case_number_key
from dispatch.domain.texts.organs import organ_key
from dispatch.domain.vocabulary import PartyRole
from dispatch.exchange.columns import Kind
from dispatch.registry.lists.cases import CaseFilter, cases
from dispatch.registry.reads import Slice, organs
from dispatch.registry.tables import CaseRow, PractitionerRow
from tests.domain.test_texts import DOTTED, spelt
from tests.exchange.files import a_csv
from tests.rows import NOW, a_draft

NUMBER, NAME, ORGAN = "（2026）援刑字第1号", "古丽米热{}艾比布力", "商丘市(梁园区)人民法院"
IDENTITY = "410000199001011236"
MAX_WRITTEN = 40
"""Letters of an identity number that a form lets in."""

SHORT = [ORGAN, "商丘市（梁园区）法院", "商丘梁园区人民法院", "梁园区法院"]
SOME = settings(max_examples=10, deadline=None)


@pytest.fixture
def database_url(clean_sqlite_url):
    """One database: what is compared is compared before it is asked."""
    return clean_sqlite_url


@pytest.fixture
def known(register):
    """A register that knows one case, one person and one organ."""
    person = register.a_practitioner("14114201510123456")
    with register.begin() as tx:
        tx.session.get_one(PractitionerRow, person.id).name = NAME.format("·")
    register.a_listed_organ(ORGAN)
    opposing = [{"name": NAME.format("·"), "identity_number": IDENTITY}]
    draft = a_draft(NUMBER, opposing=opposing, organ=ORGAN, recipient={"name": "王小明", "minor": False, "sex": "male"})
    register.case = submit_case(register.begin, register.seal, register.clerk, NOW, draft)
    return register


def looked_up(register, what, content):
    order = Order(Kind(what), content, dry_run=True)
    return carry_out(register.begin, register.seal, register.clerk, NOW, order)


def test_number_is_one_case_at_intake_in_a_file_in_a_tie_and_in_a_search(known):
    @SOME
    @given(
        written=spelt(NUMBER)
        | spelt(NUMBER.removesuffix("号"))
        | spelt(NUMBER.replace("第", "第0").replace("号", "號"))
    )
    def holds(written):
        row = {"案件编号": written, "案件类型": "民事", "案由": "追索劳动报酬", "援助形式": "诉讼代理"}
        row |= {"办案阶段": "一审", "受援人姓名": "王小明", "收到时间": "2026-03-06 09:30"}

        report = looked_up(
            known, "cases", a_csv(row, {**row, "案件编号": "C2", "同案案件": written}, {**row, "案件编号": "C3"})
        )
        with known.read() as session:
            found = cases(
                session, known.centre.id, CaseFilter(number_key=case_number_key(written)), Slice(9, None)
            ).rows

        assert (report.refused, report.created, report.updated) == ([], 2, 1)
        assert [case.id for case in found] == [known.case.id]

    holds()


def test_codes_and_identity_numbers_are_one_person_in_a_file_and_in_a_check(known):
    @SOME
    @given(code=spelt("14114201510123456"), number=spelt(IDENTITY).filter(lambda written: len(written) <= MAX_WRITTEN))
    def holds(code, number):
        report = looked_up(
            known, "practitioners", a_csv({"执业证号": code, "姓名": NAME.format("·"), "机构编号": "firm"})
        )
        person = PersonDraft(name="别名", identity_number=number)
        shared = check_parties(known.read, known.seal, known.clerk, [(PartyRole.RECIPIENT, person)])

        assert (report.refused, report.created) == ([], 0)
        assert [each.other_id for each in shared] == [known.case.id]

    holds()


def test_name_is_found_by_a_search_and_by_a_check_of_conflicts(known):
    @SOME
    @given(written=st.sampled_from(["", " ", *DOTTED]).flatmap(lambda dot: spelt(NAME.format(dot))))
    def holds(written):
        chosen = permitted(known.read, known.clerk, NOW, known.case.id, written)
        person = PersonDraft(name=written)
        shared = check_parties(known.read, known.seal, known.clerk, [(PartyRole.RECIPIENT, person)])

        assert [each.practitioner.name for each in chosen] == [NAME.format("·")]
        assert [each.other_id for each in shared] == [known.case.id]

    holds()


def test_organ_is_one_in_the_catalogue_and_in_a_file(known):
    @SOME
    @given(written=spelt(ORGAN), short=st.sampled_from(SHORT).flatmap(spelt))
    def holds(written, short):
        with known.read() as session:
            found = organs(session, known.centre.id, Slice(9, None), short, None, retired=False).rows
        report = looked_up(known, "organs", a_csv({"办案机关": written, "机关类型": "人民法院"}))

        assert [organ.name for organ in found] == [ORGAN], organ_key(short)
        assert (report.refused, report.created) == ([], 0)
        assert known.all(CaseRow)[0].organ == ORGAN

    holds()
