"""A centre and its policy are there once, however often they are asked for."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from dispatch.commands.centres import Area, create_centre
from dispatch.commands.policies.presets import ensure_preset, install_policy
from dispatch.domain.errors import (
    ForbiddenError,
    NotFoundError,
    OutOfLegalBoundsError,
    PolicyInForceError,
    UnknownReferenceError,
)
from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.domain.vocabulary import CentreLevel, PolicyStatus
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.tables import AreaRow, CentreRow, PolicyRow
from tests.rows import NOW


def a_policy(name):
    return Policy.from_document(load_preset("national").to_document() | {"name": name})


def test_centre_is_made_once_and_gains_new_areas(register):
    areas = [Area("A", "first county"), Area("C", "third county")]

    centre = create_centre(register.begin, NOW, "c", "another name", CentreLevel.CITY, areas)

    assert (centre.id, centre.name) == (register.centre.id, "test centre")
    assert sorted(area.code for area in register.all(AreaRow)) == ["A", "B", "C"]


def test_what_was_looked_at_does_not_stand_once_the_centre_has_gained_an_area(register):
    def revision():
        return register.get(CentreRow, register.centre.id).revision

    before = revision()
    create_centre(register.begin, NOW, "c", "test centre", CentreLevel.CITY, [Area("C", "third county")])

    assert revision() == before + 1


def test_preset_is_put_in_force_once(register):
    again = ensure_preset(register.begin, None, NOW, register.centre.id, "shangqiu")

    assert again.id == register.policy.id
    assert read_policy(again) == load_preset("national")


def test_centre_with_a_policy_keeps_it_until_a_draft_is_published(register):
    with pytest.raises(PolicyInForceError):
        install_policy(register.begin, register.manager, NOW, register.centre.id, a_policy("second"))

    with register.read() as session:
        assert policy_in_force(session, register.centre.id).id == register.policy.id


def test_same_policy_again_changes_nothing(register):
    again = install_policy(register.begin, register.manager, NOW, register.centre.id, load_preset("national"))

    assert again.id == register.policy.id


def test_rival_first_policies_leave_one_in_force(register):
    centre = create_centre(register.begin, NOW, "new", "new centre", CentreLevel.CITY)

    def install(number):
        with suppress(PolicyInForceError):
            return install_policy(register.begin, None, NOW, centre.id, a_policy(f"rival {number}"))

    with ThreadPoolExecutor(8) as pool:
        installed = [row for row in pool.map(install, range(8)) if row]

    in_force = register.all(PolicyRow, PolicyRow.centre_id == centre.id)
    assert [row.id for row in in_force] == [row.id for row in installed]
    assert [(row.version, row.status) for row in in_force] == [(1, PolicyStatus.PUBLISHED)]


def test_first_policy_keeps_the_legal_bounds_too(register):
    centre = create_centre(register.begin, NOW, "new", "new centre", CentreLevel.CITY)
    document = load_preset("national").to_document()
    lax = Policy.from_document(document | {"checks": document["checks"] | {"supreme_review": True}})

    with pytest.raises(OutOfLegalBoundsError):
        install_policy(register.begin, None, NOW, centre.id, lax)


def test_clerk_cannot_publish(register):
    with pytest.raises(ForbiddenError):
        install_policy(register.begin, register.clerk, NOW, register.centre.id, a_policy("mine"))


def test_unknown_preset_or_centre_is_refused(register):
    with pytest.raises(UnknownReferenceError):
        ensure_preset(register.begin, None, NOW, register.centre.id, "atlantis")
    with pytest.raises(NotFoundError):
        ensure_preset(register.begin, None, NOW, "nowhere", "national")
    assert len(register.all(CentreRow)) == 1
