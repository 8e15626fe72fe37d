"""The long manuals are run as they stand in their pages (`make manuals`): some forty commands, each a process."""

from tests.test_pages import MANUAL, blocks, invitation, paste

__all__ = ["invitation"]


def test_manual_of_the_manager_works_as_written(invitation, tmp_path):
    reported = paste(invitation, blocks(MANUAL / "manager.md"), tmp_path, language="")

    assert [word for word in ("manager", "waiting", "approved", "published", "核验通过") if word not in reported] == []


def test_manual_of_the_operator_works_on_an_empty_machine(tmp_path, monkeypatch):
    for name in ("DATABASE_URL", "REDIS_URL", "DISPATCH_DATA_DIR", "DISPATCH_SECRET"):
        monkeypatch.delenv(name, raising=False)
    reported = paste("export REDIS_URL=redis://127.0.0.1:9", blocks(MANUAL / "operator.md"), tmp_path, language="")

    assert reported.count("已导入。") == 4
    assert "请按提示处理" in reported
    assert "已写入 reports.xlsx" in reported
