"""What a browser meets: a page at the root, a documentation that asks nobody else, and answers that bind it."""

import base64
import hashlib
import re

import pytest

from dispatch.api.pages import HEADERS


@pytest.fixture
def database_url(clean_sqlite_url):
    return clean_sqlite_url


def seen(office, path):
    answer = office.get(path, role=None)
    assert answer.status_code == 200
    return answer


def test_root_says_what_runs_here_in_both_languages_and_leads_on(office):
    page = seen(office, "/").text

    assert "法律援助案件指派服务" in page
    assert "Legal-aid case dispatch" in page
    for target in re.findall(r'href="(.*?)"', page):
        # The console is for this machine or https.
        seen(office, f"http://127.0.0.1/{target}")


def test_documentation_asks_no_foreign_host_and_runs_its_own_script_alone(office):
    page = seen(office, "/docs")
    rules = page.headers["content-security-policy"]

    addresses = re.findall(r'(?:src|href)="(.*?)"', page.text)
    assert len(addresses) == 3
    for address in [*addresses, "openapi.json"]:
        assert ":" not in address
        seen(office, f"/{address}")
    [script] = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    assert f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" in rules
    assert "'unsafe-inline'" not in rules.split("style-src")[0]


@pytest.mark.parametrize(
    "path", ["/v1/cases", "/v1/none", "/health/live", "/openapi.json", "/docs", "/docs-assets/none"]
)
def test_every_answer_binds_the_browser_to_this_origin(office, path):
    answer = office.get(path, role=None)

    assert [name for name in HEADERS if name not in answer.headers] == []
