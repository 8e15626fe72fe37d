"""Every hard rule by its code: what passes, what is refused, and what is unknown and so refused."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from dispatch.domain.docket.facts import FormerOffice
from dispatch.domain.eligibility.table import RULES, RULES_BY_CODE, Refusal, View, eligible, refusal_text
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.vocabulary import (
    CaseSource,
    InstitutionKind,
    Matter,
    PairKind,
    PractitionerKind,
    ReviewCourt,
    Service,
    Sex,
    Stage,
)
from tests.builders import NOW, a_case, a_defence, a_docket, a_pair, a_policy, a_practitioner, an_area, an_institution

K = PractitionerKind
TODAY = NOW.date()


def a_review(court, **facts):
    """A death sentence under review, on notice of the court."""
    return a_defence(**{"stage": Stage.DEATH_REVIEW, "review_court": court, **facts})


A_DUTY_HELP = a_defence(service=Service.DUTY_HELP)
A_GIRL = {"recipient_is_minor": True, "recipient_sex": Sex.FEMALE}
FAR = {"latitude": 36.0, "longitude": 115.65}
NEAR = {"latitude": 34.45, "longitude": 115.65}


def years_ago(years, days=0):
    return date(TODAY.year - years, TODAY.month, TODAY.day) + timedelta(days=days)


def verdict(code, case=None, who=None, policy=None, **facts):
    """Say what the rule makes of one pair: yes, no or unknown."""
    docket = a_docket([case or a_case()], [who or a_practitioner()], policy, **facts)
    refused = {refusal.code: refusal.unknown for refusal in eligible(docket).why(0, 0)}
    return {None: "yes", False: "no", True: "unknown"}[refused.get(code)]


def of_kind(kind, **facts):
    return a_practitioner(kind=kind, **facts)


def recorded(code, kind, case=None, policy=None):
    return verdict(code, case, policy=policy, pairs=(a_pair(kind),))


def test_plain_pair_passes_every_rule():
    assert eligible(a_docket()).why(0, 0) == ()


# qualification and form of service
def test_lawyer_for_defence_keeps_defence_for_practising_lawyers():
    assert verdict("lawyer_for_defence", a_defence()) == "yes"
    assert verdict("lawyer_for_defence", a_defence(), of_kind(K.CENTRE_LAWYER)) == "yes"
    assert verdict("lawyer_for_defence", a_defence(), of_kind(K.CENTRE_STAFF)) == "no"
    assert verdict("lawyer_for_defence", a_defence(), of_kind(None)) == "unknown"
    assert verdict("lawyer_for_defence", a_case(), of_kind(None)) == "yes"


def test_lawyer_for_defence_lets_only_lawyers_act_during_investigation():
    agency = a_defence(service=Service.CRIMINAL_AGENCY, stage=Stage.INVESTIGATION)
    advice = a_defence(service=Service.CONSULTATION, stage=Stage.INVESTIGATION)

    assert verdict("lawyer_for_defence", agency, of_kind(K.CENTRE_STAFF)) == "no"
    assert verdict("lawyer_for_defence", replace(agency, stage=Stage.ARREST_REVIEW), of_kind(K.CENTRE_STAFF)) == "no"
    assert verdict("lawyer_for_defence", advice, of_kind(K.CENTRE_STAFF)) == "yes"


def test_lawyer_for_defence_counts_military_lawyers_and_no_staff_of_organisations():
    assert verdict("lawyer_for_defence", a_defence(), of_kind(K.MILITARY_LAWYER)) == "yes"
    assert verdict("lawyer_for_defence", a_defence(), of_kind(K.ORGANISATION_STAFF)) == "no"


def test_compulsory_treatment_lawyer_knows_a_case_by_its_stage_too():
    case = a_defence(service=Service.CRIMINAL_AGENCY, stage=Stage.COMPULSORY_TREATMENT)

    assert verdict("compulsory_treatment_lawyer", case, of_kind(K.ORGANISATION_STAFF)) == "no"
    assert verdict("compulsory_treatment_lawyer", case) == "yes"


@pytest.mark.parametrize("service", [Service.PETITION, Service.ENFORCEMENT, Service.STATE_COMPENSATION])
def test_former_office_years_bar_every_agency_before_a_court(service):
    recent = a_practitioner(former_offices=(FormerOffice(organ="other court", left_on=years_ago(1)),))

    assert verdict("former_office_years", a_case(service=service), recent) == "no"
    assert verdict("former_office_years", a_case(service=Service.MEDIATION), recent) == "yes"


def test_staff_qualified_asks_centre_staff_for_a_legal_qualification():
    staff = K.CENTRE_STAFF

    assert verdict("staff_qualified", who=of_kind(staff)) == "yes"
    assert verdict("staff_qualified", who=of_kind(staff, legal_qualification=False)) == "no"
    assert verdict("staff_qualified", who=of_kind(staff, legal_qualification=None)) == "unknown"
    assert verdict("staff_qualified", who=a_practitioner(legal_qualification=None)) == "yes"


def test_volunteer_certified_keeps_volunteers_without_certificate_out_of_criminal_work():
    assert verdict("volunteer_certified", a_defence(), of_kind(K.VOLUNTEER_LAWYER)) == "yes"
    assert verdict("volunteer_certified", a_defence(), of_kind(K.VOLUNTEER)) == "no"
    assert verdict("volunteer_certified", a_defence(), of_kind(None)) == "unknown"


def test_grave_years_asks_for_years_of_criminal_defence():
    grave = a_defence(grave=True)

    assert verdict("grave_years", grave, a_practitioner(criminal_defence_since=years_ago(3))) == "yes"
    assert verdict("grave_years", grave, a_practitioner(criminal_defence_since=years_ago(3, days=1))) == "no"
    assert verdict("grave_years", grave, a_practitioner(criminal_defence_since=None)) == "unknown"


def test_grave_years_does_not_accept_years_of_other_practice():
    civil_lawyer = a_practitioner(practising_since=years_ago(20), criminal_defence_since=years_ago(1))

    assert verdict("grave_years", a_defence(grave=True), civil_lawyer) == "no"


def test_grave_years_treats_a_case_of_unknown_gravity_with_care():
    unclear = a_defence(grave=None)

    assert verdict("grave_years", unclear, a_practitioner(criminal_defence_since=years_ago(5))) == "yes"
    assert verdict("grave_years", unclear, a_practitioner(criminal_defence_since=years_ago(1))) == "unknown"


def test_grave_years_follows_the_stricter_place():
    hangzhou, four_years = a_policy(thresholds={"grave_years": 5}), a_practitioner(criminal_defence_since=years_ago(4))

    assert verdict("grave_years", a_defence(grave=True), four_years, hangzhou) == "no"


def test_death_review_transfer_sends_the_supreme_courts_cases_to_the_ministry():
    """法〔2021〕348号第一条、第四条: only what the Supreme People's Court reviews; which court, must be known."""
    code = "death_review_transfer"

    assert verdict(code, a_review(ReviewCourt.SUPREME)) == "no"
    assert verdict(code, a_review(ReviewCourt.HIGH)) == "yes"
    assert verdict(code, a_review(None)) == "unknown"
    assert verdict(code, a_defence(stage=Stage.DEATH_REVIEW)) == "unknown"
    assert verdict(code, a_defence()) == "yes"


def test_death_review_transfer_yields_at_the_centre_of_the_ministry():
    ministry = a_policy(checks={"supreme_review": True})

    assert verdict("death_review_transfer", a_review(ReviewCourt.SUPREME), policy=ministry) == "yes"


@pytest.mark.parametrize("source", [CaseSource.APPLICATION, CaseSource.TRANSFER])
def test_death_review_notified_asks_for_the_notice_of_the_high_court(source):
    """《最高人民法院关于适用〈中华人民共和国刑事诉讼法〉的解释》第四十七条第二款、《法律援助法》第三十六条."""
    code = "death_review_notified"

    assert verdict(code, a_review(ReviewCourt.HIGH)) == "yes"
    assert verdict(code, a_review(ReviewCourt.HIGH, source=source)) == "no"
    assert verdict(code, a_review(None, source=source)) == "unknown"
    assert verdict(code, a_review(ReviewCourt.SUPREME, source=source)) == "yes"
    assert verdict(code, a_defence(source=source)) == "yes"


def test_case_a_high_court_reviews_asks_for_years_of_criminal_defence():
    """《办理法律援助案件程序规定》第二十六条第一款 holds for the reviews that are assigned here."""
    novice = a_practitioner(criminal_defence_since=years_ago(3, days=1))

    assert verdict("grave_years", a_review(ReviewCourt.HIGH), novice) == "no"
    assert eligible(a_docket([a_review(ReviewCourt.HIGH)])).why(0, 0) == ()


def test_minor_lawyer_serves_minors_by_lawyers_in_every_branch():
    minor = a_case(recipient_is_minor=True)

    assert verdict("minor_lawyer", minor) == "yes"
    assert verdict("minor_lawyer", minor, of_kind(K.GRASSROOTS_WORKER)) == "no"
    assert verdict("minor_lawyer", minor, of_kind(None)) == "unknown"
    assert verdict("minor_lawyer", a_case(recipient_is_minor=None), of_kind(K.GRASSROOTS_WORKER)) == "unknown"


def test_minor_trained_asks_for_training():
    minor = a_case(recipient_is_minor=True)

    assert verdict("minor_trained", minor) == "yes"
    assert verdict("minor_trained", minor, a_practitioner(minor_trained=False)) == "no"
    assert verdict("minor_trained", minor, a_practitioner(minor_trained=None)) == "unknown"


def test_minor_trained_is_the_centres_own_proof():
    """《办理法律援助案件程序规定》第二十六条第二款 and 《未成年人保护法》第一百零四条 name no training."""
    minor, untrained = a_case(recipient_is_minor=True), a_practitioner(minor_trained=False)
    advice = a_case(recipient_is_minor=True, service=Service.CONSULTATION)

    assert verdict("minor_trained", advice, untrained) == "yes"
    assert verdict("minor_trained", minor, untrained, a_policy(checks={"minor_trained": False})) == "yes"
    assert refusal_text("minor_trained", "zh").startswith("按本中心规定")


def test_girl_woman_gives_a_girls_case_to_a_woman_while_one_is_feasible():
    case = a_defence(service=Service.CRIMINAL_AGENCY, sexual_assault=True, **A_GIRL)
    people = [a_practitioner("p1"), a_practitioner("p2", sex=Sex.FEMALE), a_practitioner("p3", sex=None)]

    found = eligible(a_docket([case], people))

    assert found.row(0).tolist() == [False, True, False]
    assert not found.needs_reason.any()
    assert [refusal.unknown for refusal in found.why(0, 2)] == [True]


def test_girl_woman_yields_with_a_reason_where_no_woman_is_feasible():
    case = a_case(sexual_assault=True, **A_GIRL)
    people = [a_practitioner("p1"), a_practitioner("p2", sex=Sex.FEMALE, on_leave=True)]

    found = eligible(a_docket([case, a_case("c2")], people))

    assert found.row(0).tolist() == [True, False]
    assert found.needs_reason.tolist() == [True, False]


def test_girl_woman_never_yields_on_an_unknown_fact():
    case = a_case(sexual_assault=None, **A_GIRL)

    found = eligible(a_docket([case]))

    assert found.why(0, 0)[0].unknown
    assert not found.needs_reason.any()


def test_girl_woman_yields_for_a_case_whose_only_woman_has_a_conflict():
    cases = [a_case("c1", sexual_assault=True, **A_GIRL), a_case("c2", sexual_assault=True, **A_GIRL)]
    people = [a_practitioner("p1"), a_practitioner("p2", sex=Sex.FEMALE)]

    found = eligible(a_docket(cases, people, pairs=(a_pair(PairKind.CONFLICT, "c1", "p2"),)))

    assert found.mask().tolist() == [[True, False], [False, True]]


def test_grassroots_not_criminal_keeps_workers_out_of_every_criminal_service():
    worker = of_kind(K.GRASSROOTS_WORKER)

    assert verdict("grassroots_not_criminal", a_case(), worker) == "yes"
    assert verdict("grassroots_not_criminal", a_defence(), worker) == "no"
    assert verdict("grassroots_not_criminal", a_defence(service=Service.CRIMINAL_AGENCY), worker) == "no"
    assert verdict("grassroots_not_criminal", a_defence(), of_kind(None)) == "unknown"


def test_grassroots_territory_asks_for_a_party_or_the_basic_court_in_the_area_served():
    """《基层法律服务工作者管理办法》（司法部令第138号）第二十七条: either of the two is enough."""
    worker = of_kind(K.GRASSROOTS_WORKER)

    def asked(domiciles, court):
        return verdict("grassroots_territory", a_case(domicile_areas=domiciles, court_area=court), worker)

    assert asked(("B", "A"), None) == "yes"
    assert asked(("B",), "A") == "yes"
    assert asked((), "A") == "yes"
    assert asked(("B",), "B") == "no"
    assert asked(("B",), None) == "unknown"
    assert asked((), "B") == "unknown"


@pytest.mark.parametrize("stage", [Stage.SECOND_INSTANCE, Stage.PETITION, Stage.RETRIAL])
def test_grassroots_territory_lets_a_worker_follow_the_case_upwards(stage):
    """《基层法律服务工作者管理办法》第二十七条: upwards by the court only for whom the party had before."""
    worker = of_kind(K.GRASSROOTS_WORKER)

    def asked(**facts):
        return verdict("grassroots_territory", a_case(stage=stage, domicile_areas=("B",), **facts), worker)

    assert asked(court_area="A", earlier_counsel=("p9", "p1")) == "yes"
    assert asked(court_area="A", earlier_counsel=("p9",)) == "no"
    assert asked(court_area="A") == "no"
    assert asked(court_area="B", earlier_counsel=("p1",)) == "no"


def test_grassroots_territory_asks_nothing_of_lawyers_nor_out_of_court():
    far = {"domicile_areas": ("B",), "court_area": "B"}
    worker = of_kind(K.GRASSROOTS_WORKER)

    assert verdict("grassroots_territory", a_case(), of_kind(K.GRASSROOTS_WORKER, areas=None)) == "unknown"
    assert verdict("grassroots_territory", a_case(**far), a_practitioner()) == "yes"
    assert verdict("grassroots_territory", a_case(**far, service=Service.LABOUR), worker) == "yes"


def test_grassroots_territory_is_widened_by_the_policy():
    wide = a_policy(checks={"grassroots_territory": False})

    assert verdict("grassroots_territory", a_case(domicile_areas=("B",)), of_kind(K.GRASSROOTS_WORKER), wide) == "yes"


@pytest.mark.parametrize("service", [Service.CONSULTATION, Service.DRAFTING])
@pytest.mark.parametrize("code", ["volunteer_services", "volunteers_light", "volunteer_certified"])
def test_every_volunteer_gives_advice_and_drafts_in_every_branch(code, service):
    """《法律援助法》第十七条第二款."""
    assert verdict(code, a_case(service=service), of_kind(K.VOLUNTEER)) == "yes"
    assert verdict(code, a_defence(service=service), of_kind(K.VOLUNTEER)) == "yes"


def test_volunteer_services_binds_those_whom_a_university_organises():
    """《法律援助法》第十七条第二款 speaks of teachers and students, not of every volunteer."""
    volunteer = of_kind(K.VOLUNTEER)

    def at(kind, who=volunteer):
        return verdict("volunteer_services", who=who, institutions=(an_institution(kind=kind),))

    assert at(InstitutionKind.UNIVERSITY) == "no"
    assert at(InstitutionKind.SOCIAL_ORG) == "yes"
    assert at(None) == "unknown"
    assert at(InstitutionKind.UNIVERSITY, of_kind(K.VOLUNTEER_LAWYER)) == "yes"
    assert at(InstitutionKind.UNIVERSITY, of_kind(None)) == "unknown"


def test_volunteers_light_is_a_rule_of_the_centre():
    """《法律援助法》第十七条 leaves the other volunteers to what the centre decides."""
    volunteer, open_centre = of_kind(K.VOLUNTEER), a_policy(checks={"volunteers_light": False})

    assert verdict("volunteers_light", who=volunteer) == "no"
    assert verdict("volunteers_light", who=of_kind(None)) == "unknown"
    assert verdict("volunteers_light", who=volunteer, policy=open_centre) == "yes"
    assert refusal_text("volunteers_light", "zh").startswith("按本中心规定")


def test_compulsory_treatment_lawyer_asks_for_a_lawyer():
    case = a_case(matter=Matter.CRIMINAL, service=Service.CRIMINAL_AGENCY, compulsory_treatment=True)

    assert verdict("compulsory_treatment_lawyer", case) == "yes"
    assert verdict("compulsory_treatment_lawyer", case, of_kind(K.CENTRE_STAFF)) == "no"
    assert verdict("compulsory_treatment_lawyer", case, of_kind(None)) == "unknown"


def test_duty_help_lawyer_keeps_duty_help_for_lawyers():
    assert verdict("duty_help_lawyer", A_DUTY_HELP) == "yes"
    assert verdict("duty_help_lawyer", A_DUTY_HELP, of_kind(K.CENTRE_STAFF)) == "no"
    assert verdict("duty_help_lawyer", A_DUTY_HELP, of_kind(None)) == "unknown"


def test_duty_years_are_asked_only_where_the_place_has_them():
    jiangsu = a_policy(thresholds={"duty_years": 3})
    young, unclear = a_practitioner(practising_since=years_ago(2)), a_practitioner(practising_since=None)

    assert verdict("duty_years", A_DUTY_HELP, a_practitioner(practising_since=years_ago(3)), jiangsu) == "yes"
    assert verdict("duty_years", A_DUTY_HELP, young, jiangsu) == "no"
    assert verdict("duty_years", A_DUTY_HELP, unclear, jiangsu) == "unknown"
    assert verdict("duty_years", A_DUTY_HELP, young) == "yes"


a_ministry = an_institution(kind=InstitutionKind.SOCIAL_ORG)


@pytest.mark.parametrize("kind", [K.GOVERNMENT_LAWYER, K.COMPANY_LAWYER])
def test_takes_outside_cases_leaves_out_government_and_company_lawyers(kind):
    assert verdict("takes_outside_cases") == "yes"
    assert verdict("takes_outside_cases", who=of_kind(kind), institutions=(a_ministry,)) == "no"
    assert verdict("takes_outside_cases", who=of_kind(None)) == "unknown"


@pytest.mark.parametrize("kind", [InstitutionKind.JUSTICE_BUREAU, InstitutionKind.LEGAL_AID_CENTRE])
def test_takes_outside_cases_lets_government_lawyers_of_the_own_bureau_act(kind):
    """《公职律师管理办法》（司发通〔2018〕131号）: the cases of the centre are those of their own unit."""
    home = (an_institution(kind=kind),)
    lawyer = of_kind(K.GOVERNMENT_LAWYER)

    assert verdict("takes_outside_cases", who=lawyer, institutions=home) == "yes"
    assert verdict("takes_outside_cases", who=of_kind(K.COMPANY_LAWYER), institutions=home) == "no"
    assert verdict("takes_outside_cases", who=lawyer, institutions=(an_institution(kind=None),)) == "unknown"


# status
def test_assessment_on_record_asks_for_the_annual_assessment_in_force_that_day():
    """《律师法》第十三条: a certificate has no last day of its own; its annual assessment does."""
    assert verdict("assessment_on_record", who=a_practitioner(assessment_valid_to=TODAY)) == "yes"
    assert verdict("assessment_on_record", who=a_practitioner(assessment_valid_to=TODAY - timedelta(days=1))) == "no"
    assert verdict("assessment_on_record", who=a_practitioner(assessment_valid_to=None)) == "unknown"
    assert verdict("assessment_on_record", who=of_kind(K.VOLUNTEER, assessment_valid_to=None)) == "yes"


def test_not_suspended_refuses_during_a_suspension():
    assert verdict("not_suspended") == "yes"
    assert verdict("not_suspended", who=a_practitioner(suspended=True)) == "no"


def test_institution_active_refuses_people_of_a_suspended_institution():
    assert verdict("institution_active") == "yes"
    assert verdict("institution_active", who=a_practitioner(institution_suspended=True)) == "no"


# conflict and recusal
def test_no_co_defence_refuses_a_second_defendant():
    assert recorded("no_co_defence", PairKind.CO_DEFENCE, a_defence()) == "no"
    assert recorded("no_co_defence", PairKind.CO_DEFENCE, a_case()) == "yes"
    assert verdict("no_co_defence", a_defence()) == "yes"


@pytest.mark.parametrize("stage", [Stage.INVESTIGATION, Stage.PROSECUTION, Stage.FIRST_INSTANCE])
def test_no_co_defence_holds_for_suspects_as_for_defendants(stage):
    """《最高人民法院关于适用〈中华人民共和国刑事诉讼法〉的解释》第四十三条第二款."""
    assert recorded("no_co_defence", PairKind.CO_DEFENCE, a_defence(stage=stage)) == "no"


def test_no_duty_help_before_refuses_helpers_of_several_suspects_where_the_place_says_so():
    """A rule of some provinces, not of the law: off in the presets."""
    jiangsu = a_policy(checks={"duty_helpers": True})

    assert recorded("no_duty_help_before", PairKind.DUTY_HELP, a_defence(), jiangsu) == "no"
    assert recorded("no_duty_help_before", PairKind.DUTY_HELP, a_case(), jiangsu) == "yes"
    assert recorded("no_duty_help_before", PairKind.DUTY_HELP, a_defence()) == "yes"
    assert recorded("no_duty_help_before", PairKind.DUTY_HELP, a_defence(), load_preset("shangqiu")) == "yes"


def test_no_conflict_refuses_who_must_recuse():
    assert verdict("no_conflict") == "yes"
    assert recorded("no_conflict", PairKind.CONFLICT) == "no"


def test_not_adverse_refuses_who_acts_or_acted_for_or_against_a_party():
    assert verdict("not_adverse") == "yes"
    assert recorded("not_adverse", PairKind.ADVERSE) == "no"


def test_conflict_reviewed_refuses_as_unknown_until_somebody_has_looked():
    assert verdict("conflict_reviewed") == "yes"
    assert recorded("conflict_reviewed", PairKind.UNCLEAR) == "unknown"

    found = eligible(a_docket([a_case("c1")], [a_practitioner("p1")], pairs=(a_pair(PairKind.UNCLEAR, "c1", "p1"),)))
    unclear = Refusal("conflict_reviewed", unknown=True)
    assert found.why(0, 0) == found.why_row(0)[0] == (unclear,)
    assert found.nearest_refusal(0) == unclear
    assert not found.row(0).any()


def test_no_declared_tie_refuses_whose_client_or_relative_is_the_opponent():
    assert verdict("no_declared_tie") == "yes"
    assert recorded("no_declared_tie", PairKind.TIED) == "no"


def test_declared_tie_reviewed_refuses_as_unknown_until_somebody_has_looked():
    assert verdict("declared_tie_reviewed") == "yes"
    assert recorded("declared_tie_reviewed", PairKind.TIE_UNCLEAR) == "unknown"


def test_not_opposite_refuses_people_of_the_other_sides_institution():
    assert verdict("not_opposite") == "yes"
    assert recorded("not_opposite", PairKind.OPPOSITE) == "no"


def test_not_removed_refuses_whom_the_court_does_not_let_go_on():
    """《最高人民法院关于适用〈中华人民共和国刑事诉讼法〉的解释》第三百一十条第三款: as defender or agent."""
    assert verdict("not_removed") == "yes"
    assert recorded("not_removed", PairKind.REMOVED) == "no"
    assert recorded("not_removed", PairKind.REMOVED, a_defence()) == "no"
    assert recorded("not_removed", PairKind.REMOVED, a_case(service=Service.CONSULTATION)) == "yes"


def test_not_refused_before_refuses_who_declined_or_was_replaced():
    assert verdict("not_refused_before") == "yes"
    assert recorded("not_refused_before", PairKind.REFUSED) == "no"


def test_one_seat_each_refuses_the_holder_of_the_other_seat():
    assert verdict("one_seat_each") == "yes"
    assert recorded("one_seat_each", PairKind.SEATED) == "no"


def test_recorded_fact_about_another_pair_refuses_nobody_here():
    elsewhere = (a_pair(PairKind.CONFLICT, "c9", "p1"), a_pair(PairKind.CONFLICT, "c1", "p9"))

    assert verdict("no_conflict", pairs=elsewhere) == "yes"


def test_former_office_years_keeps_former_judges_out_for_two_years():
    def former(left_on, case=None):
        office = FormerOffice(organ="x", left_on=left_on)
        return verdict("former_office_years", case, a_practitioner(former_offices=(office,)))

    assert former(years_ago(2)) == "yes"
    assert former(years_ago(2, days=1)) == "no"
    assert former(None) == "unknown"
    assert former(years_ago(1), a_case(service=Service.CONSULTATION)) == "yes"
    assert verdict("former_office_years", who=a_practitioner(former_offices=None)) == "unknown"


def test_former_organ_is_closed_to_its_former_judges_for_ever():
    def former(organ, case=None):
        office = FormerOffice(organ=organ, left_on=years_ago(20))
        return verdict("former_organ", case, a_practitioner(former_offices=(office,)))

    assert former("other") == "yes"
    assert former("court") == "no"
    assert former(None) == "unknown"
    assert former("court", a_case(organ=None)) == "unknown"
    assert verdict("former_organ", a_case(organ=None)) == "yes"
    assert verdict("former_organ", who=a_practitioner(former_offices=None)) == "unknown"


@pytest.mark.parametrize(
    "written", ["某市（某区）人民法院", "某市某区 人民法院", "某市(某区)人民法院", "某市某区人民法院\u3000"]
)
def test_organ_in_another_spelling_is_the_same_organ(written):
    case = a_case(organ="某市某区人民法院")
    former = a_practitioner(former_offices=(FormerOffice(organ=written, left_on=years_ago(20)),))

    assert verdict("former_organ", case, former) == "no"
    assert verdict("no_relative_at_organ", case, a_practitioner(relatives_at=(written,))) == "no"


def test_no_relative_at_organ_refuses_relatives_of_its_staff():
    """《最高人民法院关于适用〈中华人民共和国刑事诉讼法〉的解释》第四十一条: spouse, parents, children."""
    at_court = a_practitioner(relatives_at=("court",))

    assert verdict("no_relative_at_organ", a_case(service=Service.CONSULTATION), at_court) == "yes"
    assert verdict("no_relative_at_organ", who=a_practitioner(relatives_at=("other",))) == "yes"
    assert verdict("no_relative_at_organ", who=a_practitioner(relatives_at=("court",))) == "no"
    assert verdict("no_relative_at_organ", who=a_practitioner(relatives_at=None)) == "unknown"


# what the centre asks
def test_listed_asks_for_a_place_on_the_list():
    assert verdict("listed") == "yes"
    assert verdict("listed", who=a_practitioner(listed=False)) == "no"


def test_not_on_leave_refuses_during_leave():
    assert verdict("not_on_leave") == "yes"
    assert verdict("not_on_leave", who=a_practitioner(on_leave=True)) == "no"


def test_under_cap_refuses_a_full_desk():
    assert verdict("under_cap", who=a_practitioner(load=4)) == "yes"
    assert verdict("under_cap", who=a_practitioner(load=5)) == "no"
    assert verdict("under_cap", who=a_practitioner(capacity=None, load=8)) == "no"
    assert verdict("under_cap", who=a_practitioner(capacity=0)) == "no"


def test_under_month_cap_refuses_a_full_month():
    monthly = a_policy(caps={"per_month": 4})

    assert verdict("under_month_cap", who=a_practitioner(month_count=99)) == "yes"
    assert verdict("under_month_cap", who=a_practitioner(month_count=4), policy=monthly) == "no"
    assert verdict("under_month_cap", who=a_practitioner(month_count=4, monthly_capacity=5), policy=monthly) == "yes"


def test_institution_has_room_refuses_people_of_a_full_institution():
    assert verdict("institution_has_room", institutions=(an_institution(room=1),)) == "yes"
    assert verdict("institution_has_room", institutions=(an_institution(room=0),)) == "no"


def test_assessment_passed_is_asked_where_the_policy_asks_it():
    strict = a_policy(checks={"assessment": True})

    assert verdict("assessment_passed", policy=strict) == "yes"
    assert verdict("assessment_passed", who=a_practitioner(assessment_passed=False), policy=strict) == "no"
    assert verdict("assessment_passed", who=a_practitioner(assessment_passed=None), policy=strict) == "unknown"
    assert verdict("assessment_passed", who=a_practitioner(assessment_passed=None)) == "yes"


def test_serves_area_is_asked_where_the_policy_asks_it():
    strict = a_policy(checks={"area": True})

    assert verdict("serves_area", policy=strict) == "yes"
    assert verdict("serves_area", a_case(area="B"), policy=strict) == "no"
    assert verdict("serves_area", a_case(area=None), policy=strict) == "unknown"
    assert verdict("serves_area", who=a_practitioner(areas=None), policy=strict) == "unknown"
    assert verdict("serves_area", a_case(area="B")) == "yes"


def test_within_reach_measures_the_way_to_the_case():
    near_only = a_policy(thresholds={"reach_km": 30})
    areas = (an_area(),)

    assert verdict("within_reach", who=a_practitioner(**NEAR), policy=near_only, areas=areas) == "yes"
    assert verdict("within_reach", who=a_practitioner(**FAR), policy=near_only, areas=areas) == "no"
    assert verdict("within_reach", policy=near_only, areas=areas) == "unknown"
    assert verdict("within_reach", who=a_practitioner(**NEAR), policy=near_only) == "unknown"
    assert verdict("within_reach", a_case(area=None), a_practitioner(**NEAR), near_only, areas=areas) == "unknown"
    assert verdict("within_reach", who=a_practitioner(**FAR), areas=areas) == "yes"


def test_speaks_language_asks_for_every_language_needed():
    signing = a_case(languages=("sign", "yi"))

    assert verdict("speaks_language", signing, a_practitioner(languages=("yi", "sign"))) == "yes"
    assert verdict("speaks_language", signing, a_practitioner(languages=("sign",))) == "no"
    assert verdict("speaks_language", signing, a_practitioner(languages=None)) == "unknown"
    assert verdict("speaks_language", who=a_practitioner(languages=None)) == "yes"
    assert verdict("speaks_language", signing, policy=a_policy(checks={"language": False})) == "yes"


def test_specialised_asks_for_the_level_of_the_policy():
    experts = a_policy(thresholds={"specialty_floor": 70})
    known = a_policy(thresholds={"specialty_floor": 0})

    assert verdict("specialised", policy=experts) == "yes"
    assert verdict("specialised", a_defence(), policy=experts) == "no"
    assert verdict("specialised", who=a_practitioner(specialties=None), policy=experts) == "unknown"
    assert verdict("specialised", who=a_practitioner(specialties={}), policy=known) == "yes"
    assert verdict("specialised", who=a_practitioner(specialties=None), policy=known) == "unknown"
    assert verdict("specialised", who=a_practitioner(specialties=None)) == "yes"


# the table and its reading
@pytest.mark.parametrize("rule", RULES, ids=RULES_BY_CODE)
def test_every_rule_has_a_source_and_two_refusals(rule):
    assert rule.source
    assert rule.refusal("zh") != rule.refusal("en")


def test_codes_of_rules_differ():
    assert len(RULES_BY_CODE) == len(RULES)


def test_refusal_for_a_missing_fact_says_so():
    assert refusal_text("listed", "en") == RULES_BY_CODE["listed"].en
    assert refusal_text("listed", "en", unknown=True).startswith("Unknown")
    assert refusal_text("listed", "zh", unknown=True).startswith("登记信息不全：")


def a_mixed_docket():
    signing = a_case("c3", area="B", languages=("sign",))
    cases = [a_case("c1", demand=2), a_defence("c2", grave=True), signing, a_case("c4")]
    people = [
        a_practitioner("p1"),
        a_practitioner("p2", kind=K.GRASSROOTS_WORKER),
        a_practitioner("p3", criminal_defence_since=None),
        a_practitioner("p4", on_leave=True, languages=("sign",)),
    ]
    return a_docket(cases, people, pairs=(a_pair(PairKind.CONFLICT, "c1", "p2"), a_pair(PairKind.REFUSED, "c1", "p2")))


def test_row_mask_pairs_and_reasons_tell_the_same():
    docket = a_mixed_docket()
    found = eligible(docket)
    rows, cols = np.divmod(np.arange(docket.n * docket.m), docket.m)

    mask = found.mask()

    assert mask.tolist() == [found.row(i).tolist() for i in range(docket.n)]
    assert mask.tolist() == [[not found.why(i, j) for j in range(docket.m)] for i in range(docket.n)]
    assert mask.reshape(-1).tolist() == found.allows(rows, cols).tolist()
    assert [found.why_row(i) for i in range(docket.n)] == [
        [found.why(i, j) for j in range(docket.m)] for i in range(docket.n)
    ]


def test_refusals_are_counted_by_rule():
    found = eligible(a_mixed_docket())

    assert found.refusals(0) == {"no_conflict": 1, "not_on_leave": 1, "not_refused_before": 1}
    assert found.refusals(2) == {
        "lawyer_for_defence": 1, "grave_years": 1, "grassroots_not_criminal": 1, "not_on_leave": 1,
    }  # fmt: skip
    assert [each.code for reported in found.why_row(2) for each in reported if each.unknown] == ["grave_years"]


def test_nearest_refusal_is_the_one_rule_that_bars_most_of_the_nearest_people():
    people = [a_practitioner("p1", on_leave=True), a_practitioner("p2", on_leave=True, suspended=True),
              a_practitioner("p3", assessment_valid_to=None), a_practitioner("p4", on_leave=True)]  # fmt: skip

    assert eligible(a_docket(practitioners=people)).nearest_refusal(0) == Refusal("not_on_leave", unknown=False)
    assert eligible(a_docket()).nearest_refusal(0) is None
    assert eligible(a_docket(practitioners=[])).nearest_refusal(0) is None


def test_cases_alike_in_what_rules_read_share_a_class():
    found = eligible(a_mixed_docket())

    assert found.class_of[0] == found.class_of[1] == found.class_of[4]
    assert len(found.allowed) == 3


def test_rule_tells_where_it_holds_and_where_it_knows():
    docket = a_docket(practitioners=[a_practitioner(), a_practitioner("p2", assessment_valid_to=None)])
    rule = RULES_BY_CODE["assessment_on_record"]

    view = View(docket.case, docket.practitioner, docket.lookups, docket.policy)

    assert rule.allowed(view).tolist() == [[True, False]]
    assert rule.known(view).tolist() == [[True, False]]


@pytest.mark.parametrize(("cases", "people"), [([], None), (None, []), ([], [])])
def test_empty_docket_has_an_empty_eligibility(cases, people):
    docket = a_docket(cases, people)

    found = eligible(docket)

    assert found.mask().shape == (docket.n, docket.m)
    assert found.assignable.shape == (docket.m,)
