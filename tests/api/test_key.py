"""With the secret of another register the service does not start; one that runs already takes nothing in."""

import pytest
from fastapi.testclient import TestClient

from dispatch.domain.errors import WrongKeyError
from dispatch.main import create_app
from dispatch.registry.tables import PartyRow
from dispatch.settings import Settings
from tests.api.test_cases import a_draft
from tests.rows import NOW


@pytest.fixture
def mistaken(office, database_url, redis_url, tmp_path):
    """The same register, served with another secret."""
    return create_app(
        Settings(
            database_url=database_url, redis_url=redis_url, secret="another secret of the tests", data_dir=tmp_path
        ),
        clock=lambda: NOW,
    )


def test_service_with_a_wrong_key_does_not_start(mistaken):
    with pytest.raises(WrongKeyError), TestClient(mistaken):
        pass


def test_process_that_could_not_ask_when_it_started_takes_nothing_in_with_a_wrong_key(office, mistaken):
    before = len(office.register.all(PartyRow))
    # Not entered, so nothing of the start is done: as where the database was away by then.
    office.client = TestClient(mistaken, raise_server_exceptions=False)

    refused = office.post("/v1/cases", a_draft())
    ready = office.ask("GET", "/health/ready", role=None)

    assert (refused.status_code, refused.json()["code"]) == (503, "wrong-key")
    assert (ready.status_code, ready.json()["down"]) == (503, ["key"])
    assert len(office.register.all(PartyRow)) == before
