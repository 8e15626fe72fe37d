"""The long manuals are run as they stand in their pages (`make manuals`): some forty commands, each a process."""

import pytest

from tests.test_pages import MANUAL, blocks, city, invitation, paste

__all__ = ["city", "invitation"]

PATIENCE_S = 1200
"""A command takes two seconds on an idle machine and eight on a busy one; starting it is nearly all of that."""

pytestmark = pytest.mark.timeout(2 * PATIENCE_S)


# First, while no service of the other test takes its share of the machine.
def test_manual_of_the_operator_works_on_an_empty_machine(tmp_path, monkeypatch):
    for name in ("DATABASE_URL", "REDIS_URL", "DISPATCH_DATA_DIR", "DISPATCH_SECRET"):
        monkeypatch.delenv(name, raising=False)
    reported = run("operator", "export REDIS_URL=redis://127.0.0.1:9", tmp_path)

    assert reported.count("已导入。") == 4
    assert "请按提示处理" in reported
    assert "已写入 reports.xlsx" in reported


def test_manual_of_the_manager_works_as_written(invitation, tmp_path):
    reported = run("manager", invitation, tmp_path)

    assert [word for word in ("manager", "waiting", "approved", "published", "核验通过") if word not in reported] == []


def run(page, invitation, folder):
    return paste(invitation, blocks(MANUAL / f"{page}.md"), folder, language="", patience_s=PATIENCE_S)
