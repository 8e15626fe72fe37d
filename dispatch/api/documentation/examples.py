"""What the documentation shows of every mode: one case, from its wish to its assignment, in whole answers."""

from typing import Any

CASE = "0f8fad5bd9cb469fa16570867728950e"
PERSON = "7c9e6679f3b94b1f8a4c2d5e6f708192"
OTHER = "3d813cbbb47f4c1ea3c1f0d2b4a59687"
FIRM = "16fd2706e8ba4d2b9c0a1b2c3d4e5f60"
POLICY = "9b2d7f0c5a1e4c8b8d3f6a7b8c9d0e1f"
OWED, ADVISED = "上一年少派的轮次 owed from last year", "法院建议 asked for by the court"
OFFICER = "5e6f7a8b9c0d4e1f92a3b4c5d6e7f809"
RUN = "c0ffee00d15ea5e4a11ce0b0bca7f00d"
ASSIGNMENT = "a1b2c3d4e5f64718a9bacbdcedfe0f10"
MORNING, NOON, EVENING = "2026-11-23T01:00:00Z", "2026-11-23T04:00:00Z", "2026-11-23T09:30:00Z"
REFUSED = "Has as many open cases as the cap allows; a closed case or a higher cap would let them pass."
TERMS = {"specialty": 270000, "experience": 0, "distance": 140000, "quality": 105000, "wish": 150000}

# fmt: off
EXAMPLES: dict[str, dict[str, Any]] = {
    # point selection
    "LinkOut": {"id": "6f1d2c3b4a5968778695a4b3c2d1e0f1", "case_id": CASE, "code": "7KQ2M9XWPT4R",
                "token": "lnk_6f1d2c3b4a5968778695a4b3c2d1e0f1_7KQ2M9XWPT4R", "expires_at": "2026-11-30T01:00:00Z"},
    "ChoiceOut": {"practitioner_id": PERSON, "name": "示例律师", "institution": "示例律师事务所", "kind": "lawyer",
                  "practising_since": 2016, "specialties": {"wages": 80}, "languages": ["cmn", "sign"], "quality": 70,
                  "in_words": "执业10年；办理此类案件很有经验。"},
    "LinkStateOut": {"id": "6f1d2c3b4a5968778695a4b3c2d1e0f1", "case_id": CASE, "created_at": MORNING,
                     "expires_at": "2026-11-30T01:00:00Z", "revoked_at": None},
    "WishesIn": {"practitioner_ids": [PERSON, OTHER]},
    "WishOut": {"practitioner_id": OTHER, "rank": None, "place": None, "refusals": [
        {"code": "under_cap", "unknown": False, "text": REFUSED, "source": "本中心自定"}]},
    # the chain, and the offers of continuity, point selection and rotation
    "PlanOut": {"id": "e1d2c3b4a5968778695a4b3c2d1e0f16", "case_id": CASE, "chain": "civil", "step": 0,
                "mode": "point_selection", "state": "open", "began_at": MORNING, "started_at": MORNING,
                "ends_at": "2026-11-24T01:00:00Z", "asks_at": None, "reminded_at": None, "escalated_at": None,
                "ended_at": None},
    "OffersIn": {"case_id": CASE, "practitioner_ids": [PERSON, OTHER]},
    "OfferOut": {"id": "d2c3b4a5968778695a4b3c2d1e0f16e1", "case_id": CASE, "seat": 0, "practitioner_id": PERSON,
                 "mode": "point_selection", "policy_id": POLICY, "state": "accepted", "reason": None,
                 "offered_at": MORNING, "expires_at": EVENING, "answered_at": NOON, "assignment_id": ASSIGNMENT},
    "AnswerIn": {"accept": False, "reason": "conflict"},
    # grab order
    "PostIn": {"ends_at": "2026-11-23T18:00:00+08:00"},
    "PostingOut": {"id": "b4a5968778695a4b3c2d1e0f16e1d2c3", "case_id": CASE, "state": "open", "posted_at": MORNING,
                   "sealed_until": "2026-11-23T01:10:00Z", "ends_at": EVENING},
    "MarkedCardOut": {"case_id": CASE, "matter": "civil",
                      "cause": {"value": "unpaid_wages", "zh": "追索劳动报酬纠纷", "en": "unpaid wages"},
                      "stage": "first_instance", "area": "411402", "place": "梁园区", "effort": 10,
                      "distance_km": 12, "claim_id": None,
                      "due_at": "2026-11-26T15:59:59Z", "posted_at": MORNING,
                      "sealed_until": "2026-11-23T01:10:00Z", "ends_at": EVENING, "refusals": []},
    "ClaimOut": {"id": "a5968778695a4b3c2d1e0f16e1d2c3b4", "case_id": CASE, "practitioner_id": PERSON, "state": "won",
                 "reason": None, "claimed_at": "2026-11-23T01:02:00Z", "settled_at": "2026-11-23T01:02:00Z",
                 "assignment_id": ASSIGNMENT},
    # rotation
    "TurnOut": {"place": 1, "practitioner_id": PERSON, "institution_id": FIRM, "institution": "示例律师事务所",
                "code": "sample-1", "name": "示例律师",
                "by": "person", "asked": 0, "waived": 0, "waived_until": None, "away_now": False,
                "away_throughout": False, "upcoming": 1,
                "turns": 3, "overridden": 0,
                "effort": 24, "share": "1", "entitled": 0.0033, "ahead": -0.4, "institution_entitled": None,
                "institution_ahead": None, "institution_upcoming": None, "owed": 0,
                "waiting_since": MORNING, "next": True, "skipped": [], "reasons": []},
    "OverrideIn": {"practitioner_id": PERSON, "turns": -1, "reason": OWED},
    "OverrideOut": {"id": "8695a4b3c2d1e0f16e1d2c3b4a596877", "practitioner_id": PERSON,
                    "code": "sample-1", "name": "示例律师", "turns": -1, "reason": OWED,
                    "made_by": OFFICER, "at": MORNING},
    "FairnessOut": {"practitioners": 300, "ideal_effort": 21.4, "largest_case": 10, "most_effort": 30,
                    "least_effort": 12, "above": []},
    # designation
    "DesignateIn": {"practitioner_id": PERSON, "reason": ADVISED},
    "DesignationOut": {"id": "968778695a4b3c2d1e0f16e1d2c3b4a5", "case_id": CASE, "practitioner_id": PERSON,
                       "reason": ADVISED, "asks": False, "state": "waiting", "named_by": OFFICER,
                       "named_at": MORNING, "reviewed_by": None, "reviewed_at": None, "assignment_id": None},
    # optimized matching
    "RunIn": {},
    "DrawOut": {"on": "2026-11-24", "commitment": "0d3f6d1c8a5b7e90b1c2d3e4f5a697887766554433221100ffeeddccbbaa9988",
                "committed_at": "2026-10-15T01:00:00Z", "secret": None, "seed": None},
    "RunOut": {"id": RUN, "policy_id": POLICY,
               "policy_digest": "9c8b7a69584736251403f2e1d0cfbead9c8b7a69584736251403f2e1d0cfbead",
               "draw_on": "2026-11-23", "seed": None, "exceptions": [], "docket_at": MORNING,
               "docket_digest": "5b3c1a09f8e7d6c5b4a39281706f5e4d3c2b1a0918273645546372819a0b1c2d", "objective": 665000,
               "bound": 665000, "optimal": True, "summary": {"cases": 1, "assigned": 1, "open": 0}},
    "RepeatsOut": {"earlier": 1, "items": [
        {"id": "96877869a4b3c2d1e0f16e1d2c3b4a57", "docket_at": "2026-11-23T00:30:00Z", "asked_by": OFFICER,
         "earlier": True, "cases": 1, "shared": 1, "proposed": 1, "applied": 0}]},
    "RunChecksOut": {"holds": True, "parts": [
        {"part": "docket", "holds": True, "zh": "数据快照未被更改", "en": "the docket is the one that was stored"}]},
    "RunChangesOut": {"since": "96877869a4b3c2d1e0f16e1d2c3b4a57", "same_seed": True, "policy": [], "facts": [
        {"part": "practitioners", "what": "came", "field": None, "number": 1, "zh": "承办人员新增1",
         "en": "practitioners new: 1"}], "acts": [
        {"login": "clerk", "role": "clerk", "verb": "edit_roster", "number": 1, "zh": "clerk（经办人员）：维护名册1次",
         "en": "clerk (centre clerk): edit the roster (1)"}]},
    "JobOut": {"id": RUN, "kind": "run", "status": "done", "phase": "done", "done_share": 1.0, "cancel_wanted": False,
               "attempt": 1, "problem": None, "result": {"assigned": 1, "optimal": True}, "created_at": MORNING,
               "finished_at": "2026-11-23T01:00:02Z"},
    "ProposalOut": {"id": "78695a4b3c2d1e0f16e1d2c3b4a59687", "case_id": CASE, "seat": 0, "practitioner_id": PERSON,
                    "score": 665000, "slot_price": 0, "terms": TERMS, "alternatives": [], "refusals": {"under_cap": 12},
                    "needs_reason": False, "state": "proposed", "stale_reason": None},
    "ApplyIn": {},
    # policies
    "PublishIn": {"local_rules": [{"field": "checks.grassroots_territory", "document": "湘司发〔2018〕15号",
                                   "article": "第（一）项"}]},
    "SimulationIn": {"policy_id": POLICY, "since": "2026-01-01", "until": "2026-06-30", "seed": 7},
    "AdoptIn": {"axis": "fairness", "level": 22_152},
    # where every mode begins, and what it ends in
    "CaseOut": {"id": CASE, "number": "2026-0001", "status": "pending", "source": "application", "matter": "civil",
                "cause": "wages", "service": "litigation_agency", "stage": "first_instance", "means_test": "required",
                "means_status": "pledged", "means_ground": None, "fund_source": None,
                "area": "411402", "organ": None, "categories": [], "languages": [], "interpreter": False,
                "domicile_areas": ["411402"], "court_area": "411402", "recipient_sex": "male",
                "recipient_is_minor": False, "detained": False, "grave": False, "sexual_assault": False,
                "hearing_on": None, "limitation_ends_on": "2026-12-31", "custody_ends_on": None, "preservation": None,
                "aid_first": None, "materials_owed": [], "materials_due_on": None,
                "death_review": False, "review_court": None, "compulsory_treatment": False, "secret": False,
                "major": False, "demand": 1,
                "relaxed": [],
                "received_at": MORNING, "granted_at": MORNING, "entitled_at": MORNING,
                "due_at": "2026-11-26T15:59:59Z", "due_estimated": False, "archive_number": None,
                "duplicate_of": None, "revision": 2,
                "due_source": {
                    "zh": "《法律援助法》第四十三条第一款；"
                          "《办理法律援助案件程序规定》（司法部令第148号）第二十四条第一款",
                    "en": "Legal Aid Law, art. 43 para. 1; Provisions on Procedures for Handling Legal Aid Cases "
                          "(Ministry of Justice Order No. 148), art. 24 para. 1",
                }},
    "AssignmentOut": {"id": ASSIGNMENT, "case_id": CASE, "seat": 0, "practitioner_id": PERSON, "institution_id": FIRM,
                      "mode": "grab", "policy_id": POLICY, "run_id": None, "decided_by": OFFICER, "reason": None,
                      "assigned_at": MORNING, "accepted_at": NOON, "signed_at": None, "begun_at": None,
                      "ended_at": None, "end_reason": None, "finished_on": None, "outcome": None,
                      "grade": None, "stars": None},
}
# fmt: on
