import subprocess
import sys

import pytest


@pytest.mark.parametrize("words", [(), ("",), ("two", "titles")])
def test_draft_without_one_title_is_refused_before_a_server_is_started(words):
    order = [sys.executable, "-m", "testbed.draft_migration", *words]

    refused = subprocess.run(order, capture_output=True, text=True, check=False)

    assert (refused.returncode, refused.stderr.strip()) == (1, 'Say what it does: make migration TITLE="add ..."')
