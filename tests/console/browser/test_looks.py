"""Every page without a record in its address, on a phone and at a desk, light and dark, is without fault."""

import pytest

from dispatch.console.frame.page import sees
from dispatch.console.pages import PAGES
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import Role
from tests.console.browser.conftest import DESK, PHONE

PLAIN = [page for page in PAGES if "{" not in page.path and page.template]


@pytest.mark.parametrize(("role", "size", "dark"), [
    (None, PHONE, False), (None, DESK, True), (Role.MANAGER, DESK, False), (Role.CLERK, PHONE, True),
    (Role.PRACTITIONER, PHONE, False), (Role.ADMIN, PHONE, False), (Role.AUDITOR, DESK, True),
])  # fmt: skip
def test_pages_are_without_fault(watched, role, size, dark):
    view = watched(role, size, "en" if dark else "zh", dark)
    for page in PLAIN:
        if not page.verbs if role is None else sees(page, Actor("", role, "")):
            view.open(page.path)


def test_unknown_address_says_what_to_do(watched):
    page = watched(Role.CLERK).open("/no-such-page", expected=404)

    assert "请核对网址" in page.text_content("main")
