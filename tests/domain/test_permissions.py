"""Who may do what: the table is whole, and what is not in it is refused."""

from itertools import product

import pytest

from dispatch.domain.errors import ForbiddenError
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.vocabulary import Role

READING = {verb for verb in Verb if verb.value.startswith("read_")} | {Verb.VERIFY, Verb.EXPORT, Verb.SIGN_IN}


def actor(role):
    return Actor(user_id="u1", role=role, centre_id="c1")


@pytest.mark.parametrize(("role", "verb"), list(product(Role, Verb)))
def test_actor_passes_exactly_with_the_verbs_of_the_role(role, verb):
    if verb in PERMISSIONS[role]:
        require(actor(role), verb)
        return

    with pytest.raises(ForbiddenError) as refused:
        require(actor(role), verb)

    assert refused.value.facts == {"verb": verb.value, "role": role.value}


def test_every_role_has_its_row():
    assert set(PERMISSIONS) == set(Role)


def test_every_verb_belongs_to_someone():
    assert frozenset().union(*PERMISSIONS.values()) == set(Verb)


def test_manager_does_everything_a_clerk_does():
    assert PERMISSIONS[Role.CLERK] < PERMISSIONS[Role.MANAGER]


def test_auditor_changes_nothing():
    assert PERMISSIONS[Role.AUDITOR] <= READING


def test_administrator_sees_no_case():
    about_cases = {Verb.READ_CASE, Verb.READ_OWN_CASE, Verb.READ_CANDIDATES, Verb.READ_ASSIGNMENTS, Verb.READ_RUN}

    assert not PERMISSIONS[Role.ADMIN] & about_cases


def test_only_a_manager_publishes_a_policy():
    assert [role for role in Role if Verb.PUBLISH_POLICY in PERMISSIONS[role]] == [Role.MANAGER]
