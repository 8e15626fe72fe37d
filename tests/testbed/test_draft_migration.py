import runpy
import sys

import pytest

from testbed import postgres


@pytest.mark.parametrize("words", [(), ("",), ("two", "titles")])
def test_draft_without_one_title_is_refused_before_a_server_is_started(words, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["draft_migration", *words])
    monkeypatch.setattr(postgres, "running", lambda: pytest.fail("a server is started"))

    with pytest.raises(SystemExit, match=r'^Say what it does: make migration TITLE="add \.\.\."$'):
        runpy.run_module("testbed.draft_migration", run_name="__main__")
