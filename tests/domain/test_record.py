import pytest

from dispatch.domain.record import Override
from tests.builders import NOW


@pytest.mark.parametrize(("proposed", "against"), [((), False), (("p1", "p2"), False), (("p2",), True)])
def test_designation_is_an_override_if_somebody_else_was_proposed(proposed, against):
    assert Override("d1", "r1", "c1", "p1", proposed, NOW).against is against
