"""Complaints over HTTP: by the recipient's link, decided by the manager, counted where candidates are ranked."""

from dispatch.domain.vocabulary import Role
from tests.api.test_life import Town, town

__all__ = ["town"]


def test_recipient_complains_by_link_and_the_manager_concludes_and_answers(town: Town):
    case_id = town.a_case()
    link, assignment_id = town.link(case_id), town.taken(case_id)
    made = town.done(link, f"/cases/{case_id}/complaints",
                     {"ground": "charged", "text": "asked for 500 yuan", "assignment_id": assignment_id})  # fmt: skip
    where = f"/complaints/{made['id']}"
    early = town.ask(Role.MANAGER, f"{where}/answer", {"text": "told"})
    town.done(Role.MANAGER, f"{where}/acceptance", {"accept": True, "text": "to be inquired"})
    town.done(Role.MANAGER, f"{where}/conclusion", {"uphold": True, "text": "the receipt was found"})
    town.done(Role.MANAGER, f"{where}/answer", {"text": "told by telephone"})

    assert (early.status_code, early.json()["code"]) == (409, "step-out-of-order")
    assert town.ask(town.hers, f"/cases/{case_id}/complaints", method="GET").status_code == 403
    assert town.ask(Role.CLERK, f"{where}/acceptance", {"accept": True, "text": "no"}).status_code == 403
    [seen] = town.done(link, f"/cases/{case_id}/complaints", method="GET")
    assert (seen["state"], seen["practitioner_id"], bool(seen["answered_at"])) == ("upheld", town.lawyer.id, True)
    [listed] = town.done(Role.MANAGER, "/complaints?state=upheld", method="GET")["items"]
    assert listed["id"] == made["id"]
    undone = town.done(Role.MANAGER, f"{where}/corrections", {"reason": "the letter came back"})
    assert (undone["state"], undone["answered_at"]) == ("upheld", None)


def test_candidates_name_the_grades_and_complaints_that_counted(town: Town):
    case_id = town.a_case()

    [first, *_] = town.done(Role.CLERK, f"/cases/{case_id}/candidates", method="GET")

    assert first["quality"] == {"level": 70, "before": 70, "grades": [], "complaints": []}
