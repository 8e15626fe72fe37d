"""What a look at the board finds: entries in order, public cards, and who may claim what is new."""

from datetime import timedelta

import pytest

from dispatch.commands.access import create_user, digest_of, issue_token, revoke_user, still_good
from dispatch.commands.board import KnownRoster, claim, enter, follow, marks_for, post_case, resolve_windows, take_off
from dispatch.domain.board import Quota
from dispatch.domain.docket import roster
from dispatch.domain.docket.absence import AbsenceKind, AbsenceState
from dispatch.domain.docket.columns import practitioner_columns
from dispatch.domain.errors import IllegalTransitionError
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor
from dispatch.domain.states import Happening
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import AbsenceRow, CaseEventRow, CaseRow, ClaimRow
from dispatch.registry.transaction import make_begin
from tests.rows import NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture
def first_come(register):
    register.a_policy(grab={"window_minutes": 0})
    return register


def posted(register, number="1", **columns):
    case = register.a_case(number, **columns)
    post_case(register.begin, register.clerk, NOW, case.id)
    return case


def reported(look):
    return [(notice.happening, notice.case_id) for notice in look.notices]


def look_after(register, seen, now=NOW, known=None):
    return follow(register.read, now, register.centre.id, seen, known or KnownRoster())


def first_look(register, most=10, known=None):
    return enter(register.read, NOW, register.centre.id, most, known or KnownRoster())


def test_look_finds_what_happened_since_and_who_may_claim_it(first_come):
    register = first_come
    able, _ = register.a_practitioner("able"), register.a_practitioner("full", capacity=0)
    before = first_look(register, 10)
    taken, standing = posted(register, "1"), posted(register, "2")
    claim(register.begin, register.read, register.acting(able), NOW, taken.id)

    look = look_after(register, before.seen)

    assert reported(look) == [
        (Happening.POSTED, taken.id), (Happening.POSTED, standing.id), (Happening.TAKEN, taken.id),
    ]  # fmt: skip
    assert [notice.card is not None for notice in look.notices] == [True, True, False]
    assert look.claimants == {taken.id: frozenset(), standing.id: frozenset({able.id})}
    assert look_after(register, look.seen) == (look.seen, [], {})


def test_first_look_knows_the_last_entries_and_the_standing_cards(first_come):
    register, able = first_come, first_come.a_practitioner("able")
    gone, standing = posted(register, "1"), posted(register, "2")
    take_off(register.begin, register.clerk, NOW, gone.id)

    look = first_look(register, 2)

    assert reported(look) == [(Happening.POSTED, standing.id), (Happening.WITHDRAWN, gone.id)]
    assert look.claimants == {standing.id: frozenset({able.id})}
    assert enter(register.read, NOW, register.a_stranger().centre_id, 2, KnownRoster()) == (0, [], {})


def test_who_watches_for_long_judges_by_what_is_so_now(first_come):
    register, known = first_come, KnownRoster()
    people = {code: register.a_practitioner(code, capacity=None) for code in ("busy", "barred", "able")}
    seen = first_look(register, known=known).seen

    def may_claim(number):
        case = posted(register, number)
        who = look_after(register, seen, known=known).claimants[case.id]
        return {code for code, person in people.items() if person.id in who}

    register.an_assignment(register.a_case("held"), people["busy"])
    assert may_claim("1") == {"busy", "barred", "able"}
    register.a_policy(grab={"window_minutes": 0}, caps={"open_cases": 1})
    assert may_claim("2") == {"barred", "able"}
    register.add(
        AbsenceRow(
            kind=AbsenceKind.SUSPENSION, state=AbsenceState.IN_FORCE, centre_id=register.centre.id,
            practitioner_id=people["barred"].id, from_on=NOW.date(), reason="inquiry", created_at=NOW,
        )
    )  # fmt: skip
    assert may_claim("3") == {"able"}
    people["later"] = register.a_practitioner("later")
    assert may_claim("4") == {"able", "later"}


def test_roster_is_made_anew_only_if_it_has_changed(first_come, monkeypatch):
    register, known, made = first_come, KnownRoster(), []
    register.a_practitioner("able")
    monkeypatch.setattr(roster, "practitioner_columns", lambda *all: made.append(all) or practitioner_columns(*all))
    seen = first_look(register, known=known).seen

    for n in (1, 2):
        posted(register, str(n))
        look_after(register, seen, NOW + timedelta(seconds=n), known)
    assert len(made) == 1
    register.a_practitioner("later")
    look_after(register, seen, known=known)
    assert len(made) == 2


def test_end_of_a_sealed_window_is_told_once(register):
    register.a_policy(grab={"window_minutes": 10})
    case = posted(register)
    seen = first_look(register, 1).seen

    moved = [resolve_windows(register.begin, register.read, NOW + n * MINUTE) for n in (9, 10, 11)]

    assert moved == [0, 1, 0]
    assert reported(look_after(register, seen)) == [(Happening.OPENED, case.id)]
    assert register.history(case) == ["post", "unseal"]


def test_board_is_stirred_after_the_commit_and_never_by_what_was_undone(register):
    changed_boards = []

    def note(centres):
        changed_boards.append((sorted(centres), len(register.all(CaseEventRow, CaseEventRow.event == "post"))))

    begin = make_begin(register.engine, notify_boards=note)
    case = register.a_case()
    post_case(begin, register.clerk, NOW, case.id)

    def take_off_twice():
        with begin() as tx:
            there = tx.lock(CaseRow, case.id)
            tx.advance(there, Event.UNPOST, register.clerk, NOW)
            tx.advance(there, Event.UNPOST, register.clerk, NOW)

    with pytest.raises(IllegalTransitionError):
        take_off_twice()

    assert changed_boards == [([register.centre.id], 1)]


def test_practitioner_is_told_what_stands_against_a_claim(first_come):
    register, case = first_come, posted(first_come)
    able, full = register.a_practitioner("able"), register.a_practitioner("full", capacity=0)

    def marks(who):
        with register.read() as session:
            found = marks_for(session, register.centre.id, who, NOW, [case.id])
        return found.quota, [refusal.code for refusal in found.refusals[case.id]]

    assert marks(able.id) == (None, [])
    assert marks(full.id) == (None, ["under_cap"])
    assert marks("nobody") == (None, ["listed"])


def test_quota_stands_against_every_claim(register):
    register.a_policy(grab={"window_minutes": 10, "open_claims": 1, "epsilon": 0})
    weak = register.a_practitioner("weak", specialties={"wages": 10})
    register.a_practitioner("best", specialties={"wages": 99})
    first, second = posted(register, "1"), posted(register, "2")
    claim(register.begin, register.read, register.acting(weak), NOW, first.id)

    with register.read() as session:
        found = marks_for(session, register.centre.id, weak.id, NOW, [second.id])

    assert len(register.all(ClaimRow)) == 1
    assert (found.quota, found.refusals) == (Quota.OPEN_CLAIMS, {second.id: ()})


def test_access_that_ended_is_found_among_many(register):
    admin = Actor(register.clerk.user_id, Role.ADMIN, register.centre.id)
    made = [create_user(register.begin, None, NOW, register.centre.id, login, Role.CLERK) for login in "abc"]
    brief = issue_token(register.begin, None, NOW, made[0][0].id, timedelta(minutes=5))
    digests = {login: digest_of(token) for login, (_, token) in zip("abc", made, strict=True)}
    revoke_user(register.begin, admin, NOW, made[1][0].id)

    def good(now):
        return still_good(register.read, [*digests.values(), digest_of(brief), "unknown"], now)

    assert good(NOW) == {digests["a"], digests["c"], digest_of(brief)}
    assert good(NOW + 5 * MINUTE) == {digests["a"], digests["c"]}


def test_practitioner_is_told_how_far_every_area_is_whatever_is_on_the_board(first_come):
    near, lost = first_come.a_practitioner("near"), first_come.a_practitioner("lost", latitude=None, longitude=None)

    with first_come.read() as session:
        found, unknown = (marks_for(session, first_come.centre.id, who.id, NOW, []) for who in (near, lost))

    assert found.distance_km.keys() == {"A", "B"}
    assert unknown.distance_km == {}
