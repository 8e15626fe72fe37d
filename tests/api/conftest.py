import pytest

from tests.api.desk import open_desk
from tests.rows import register

__all__ = ["desk", "register"]


@pytest.fixture
def desk(register, redis_url, tmp_path):
    """The application on each database in turn."""
    with open_desk(register, redis_url, tmp_path) as opened:
        yield opened
