"""A policy is put in force tried, by a second person, within the law, from what is in force, and once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dispatch.commands.policies.drafts import edit_draft, rebase_draft
from dispatch.commands.policies.publication import publish_policy, roll_back
from dispatch.domain.errors import (
    BacktestMissingError,
    DispatchError,
    DraftStaleError,
    ForbiddenError,
    InvalidFieldError,
    NotDraftError,
    NotRepeatableError,
    OutOfLegalBoundsError,
    ReasonRequiredError,
    SecondPersonError,
    StaleError,
)
from dispatch.domain.vocabulary import PolicyStatus
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.tables import AuditRow, PolicyRow, UserRow
from tests.commands.policies.history import a_draft, another_manager, tried
from tests.rows import NOW

FEWER = {"caps": {"open_cases": 5}}
RULE = {"field": "thresholds.grave_years", "document": "某省条例", "article": "第九条"}


@pytest.fixture
def colleague(register):
    return another_manager(register)


def publish(register, draft, actor, local_rules=(), if_match=None):
    return publish_policy(register.begin, actor, NOW, draft.id, if_match or draft.revision, local_rules)


def in_force(register):
    with register.read() as session:
        return policy_in_force(session, register.centre.id)


def test_tried_draft_is_published_by_a_second_person(register, colleague):
    draft = tried(register, a_draft(register, **FEWER))

    published = publish(register, draft, colleague)

    assert in_force(register).id == published.id == draft.id
    assert (published.status, published.published_by) == (PolicyStatus.PUBLISHED, colleague.user_id)
    assert published.simulation_id == draft.simulation_id
    assert register.get(PolicyRow, register.policy.id).status is PolicyStatus.SUPERSEDED
    assert register.all(AuditRow)[-1].verb == "publish_policy"


def test_whoever_wrote_it_or_changed_it_last_does_not_publish_it(register, colleague):
    draft = a_draft(register, **FEWER)
    draft = edit_draft(register.begin, colleague, NOW, draft.id, 1, changes={"caps": {"open_cases": 6}})
    draft = tried(register, draft)

    for author in (register.manager, colleague):
        with pytest.raises(SecondPersonError) as refused:
            publish(register, draft, author)

    known = {row.id: row.login for row in register.all(UserRow)}
    assert refused.value.facts["written_by"] == sorted(known[each.user_id] for each in (register.manager, colleague))
    assert refused.value.facts["do"]["en"].endswith("the operator at the command line is another user too")
    assert publish(register, draft, another_manager(register, "third")).status is PolicyStatus.PUBLISHED


def test_draft_that_rests_on_a_replaced_instrument_is_refused_with_its_successor(register, colleague):
    old = [{"instrument": "case_procedures_2012", "article": 24}]
    draft = tried(register, a_draft(register, sources={"caps.open_cases": old}))

    with pytest.raises(InvalidFieldError) as refused:
        publish(register, draft, colleague)

    reported = refused.value.facts
    assert reported["field"] == "sources.caps.open_cases"
    assert reported["value"] == "《办理法律援助案件程序规定》（司法部令第124号）第二十四条"
    assert reported["expected"] == "《办理法律援助案件程序规定》（司法部令第148号）"
    assert in_force(register).id == register.policy.id


def test_draft_that_was_never_tried_is_refused_with_what_it_would_change(register, colleague):
    draft = a_draft(register, **FEWER)

    with pytest.raises(BacktestMissingError) as refused:
        publish(register, draft, colleague)

    assert [change["en"] for change in refused.value.facts["changes"]] == [
        "caps › open cases: 8 cases → 5 cases (source: the centre's own choice)"
    ]
    assert in_force(register).id == register.policy.id


def test_draft_that_was_changed_after_it_was_tried_is_refused(register, colleague):
    draft = tried(register, a_draft(register, **FEWER))
    draft = edit_draft(register.begin, register.manager, NOW, draft.id, 1, changes={"caps": {"open_cases": 6}})

    with pytest.raises(BacktestMissingError):
        publish(register, draft, colleague)


def test_stale_draft_is_refused_and_published_once_it_is_carried_over(register, colleague):
    stale = tried(register, a_draft(register, **FEWER))
    winner = tried(register, a_draft(register, checks={"area": True}))
    publish(register, winner, colleague)

    with pytest.raises(DraftStaleError) as refused:
        publish(register, stale, colleague)

    assert refused.value.facts["in_force_id"] == winner.id
    assert "rebase" in refused.value.facts["do"]["en"]
    rebased = tried(register, rebase_draft(register.begin, register.manager, NOW, stale.id, stale.revision))
    published = publish(register, rebased, colleague)
    assert (read_policy(published).caps.open_cases, read_policy(published).checks.area) == (5, True)


def test_value_outside_the_law_is_published_only_with_the_rule_that_allows_it(register, colleague):
    draft = tried(register, a_draft(register, thresholds={"grave_years": 2}))

    with pytest.raises(OutOfLegalBoundsError) as refused:
        publish(register, draft, colleague)
    published = publish(register, draft, colleague, [RULE])

    assert refused.value.facts["fields"][0]["field"] == "thresholds.grave_years"
    assert published.local_rules == [RULE]


def test_revision_nobody_has_seen_is_not_published(register, colleague):
    draft = tried(register, a_draft(register, **FEWER))

    with pytest.raises(StaleError):
        publish(register, draft, colleague, if_match=7)


def test_published_version_is_not_published_again(register, colleague):
    draft = tried(register, a_draft(register, **FEWER))
    publish(register, draft, colleague)

    with pytest.raises(NotDraftError):
        publish(register, draft, colleague)


def test_clerk_publishes_and_rolls_back_nothing(register):
    draft = a_draft(register)

    with pytest.raises(ForbiddenError):
        publish(register, draft, register.clerk)
    with pytest.raises(ForbiddenError):
        roll_back(register.begin, register.clerk, NOW, register.policy.id, "why")


def test_of_two_publishers_at_once_one_wins(register, colleague):
    drafts = [tried(register, a_draft(register, caps={"open_cases": cap})) for cap in (5, 6)]

    outcomes = at_once([lambda draft=draft: publish(register, draft, colleague) for draft in (*drafts, *drafts)])

    won = [outcome for outcome in outcomes if isinstance(outcome, PolicyRow)]
    assert [row.id for row in won] == [in_force(register).id]
    assert {type(outcome) for outcome in outcomes} == {PolicyRow, DraftStaleError, NotDraftError}


def test_edit_at_the_moment_of_publication_comes_before_it_or_not_at_all(register, colleague):
    draft = tried(register, a_draft(register, **FEWER))
    change = {"caps": {"open_cases": 9}}

    published, edited = at_once(
        [
            lambda: publish(register, draft, colleague),
            lambda: edit_draft(register.begin, register.manager, NOW, draft.id, 1, changes=change),
        ]
    )

    stored = register.get(PolicyRow, draft.id)
    if isinstance(published, PolicyRow):
        assert isinstance(edited, NotDraftError)
        assert (stored.status, stored.document["caps"]["open_cases"]) == (PolicyStatus.PUBLISHED, 5)
    else:
        assert isinstance(published, StaleError)
        assert (stored.status, stored.document["caps"]["open_cases"]) == (PolicyStatus.DRAFT, 9)


def test_rollback_puts_an_earlier_version_in_force_as_a_new_one(register, colleague):
    draft = tried(register, a_draft(register, **FEWER))
    publish(register, draft, colleague)

    repeated = roll_back(register.begin, colleague, NOW, register.policy.id, "too few cases each")

    assert (repeated.version, repeated.repeats_id, repeated.base_id) == (3, register.policy.id, draft.id)
    assert (repeated.digest, repeated.note) == (register.policy.digest, "too few cases each")
    assert in_force(register).id == repeated.id
    assert [row.status for row in register.all(PolicyRow, PolicyRow.version < 3)] == [PolicyStatus.SUPERSEDED] * 2
    assert roll_back(register.begin, colleague, NOW, register.policy.id, "again").id == repeated.id


def test_rollback_to_a_repeated_version_names_the_first_of_them(register, colleague):
    draft = tried(register, a_draft(register, **FEWER))
    publish(register, draft, colleague)
    first = roll_back(register.begin, colleague, NOW, register.policy.id, "back")
    roll_back(register.begin, colleague, NOW, draft.id, "forth")

    again = roll_back(register.begin, register.manager, NOW, first.id, "back once more")

    assert again.repeats_id == register.policy.id


def test_rollback_by_whoever_wrote_the_version_is_refused(register, colleague):
    draft = tried(register, a_draft(register, **FEWER))
    publish(register, draft, colleague)
    roll_back(register.begin, colleague, NOW, register.policy.id, "back")

    with pytest.raises(SecondPersonError):
        roll_back(register.begin, register.manager, NOW, draft.id, "mine was better")


def test_rollback_keeps_the_local_rules_of_the_version(register, colleague):
    draft = tried(register, a_draft(register, thresholds={"grave_years": 2}))
    publish(register, draft, colleague, [RULE])
    roll_back(register.begin, colleague, NOW, register.policy.id, "back")

    assert roll_back(register.begin, colleague, NOW, draft.id, "forth").local_rules == [RULE]


def test_rollback_needs_a_reason_and_a_version_that_was_in_force(register, colleague):
    draft = a_draft(register, **FEWER)

    with pytest.raises(NotRepeatableError):
        roll_back(register.begin, colleague, NOW, draft.id, "why not")
    with pytest.raises(ReasonRequiredError):
        roll_back(register.begin, colleague, NOW, register.policy.id, " ")


def at_once(attempts):
    """What came of each attempt, a refusal included, all begun together."""

    def outcome(attempt):
        try:
            return attempt()
        except DispatchError as refused:
            return refused

    with ThreadPoolExecutor(len(attempts)) as pool:
        return list(pool.map(outcome, attempts))
