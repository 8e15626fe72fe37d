"""The secret: made once however many start at once, never weak, and the same for as long as the register lives."""

import os
from concurrent.futures import ThreadPoolExecutor
from stat import S_IMODE

import pytest

from dispatch.domain.errors import SecretWeakError
from dispatch.settings import Settings

LONG = "k3Jd-9fQ_72hLmZx"


def test_first_start_makes_a_long_secret_that_only_its_owner_reads(tmp_path):
    made = Settings(data_dir=tmp_path / "var").secret

    kept = tmp_path / "var" / "secret"
    assert (kept.read_text(), S_IMODE(kept.stat().st_mode)) == (made, 0o600)
    assert len(made) >= 40
    assert Settings(data_dir=tmp_path / "var").secret == made


def test_processes_that_start_at_once_all_have_the_same_secret(tmp_path):
    folders = [tmp_path / str(number) for number in range(60)]

    with ThreadPoolExecutor(6) as threads:
        rounds = [list(threads.map(lambda _, at=folder: Settings(data_dir=at).secret, range(3))) for folder in folders]

    assert [set(each) for each in rounds] == [{(folder / "secret").read_text()} for folder in folders]
    assert [os.listdir(folder) for folder in folders] == [["secret"]] * 60


@pytest.mark.parametrize(
    "weak", ["", "   ", "x", "a short secret"[:15], "a" * 40, "abcabcabcabcabcabcabc", f"{' ' * 40}x"]
)
def test_weak_secret_is_refused_with_where_it_was_said(weak, monkeypatch, tmp_path):
    monkeypatch.setenv("DISPATCH_SECRET", weak)

    with pytest.raises(SecretWeakError) as refused:
        Settings(data_dir=tmp_path)

    assert refused.value.facts["where"] == "DISPATCH_SECRET"
    assert os.listdir(tmp_path) == []


def test_emptied_file_is_refused_and_not_filled_anew(tmp_path):
    (tmp_path / "secret").touch()

    with pytest.raises(SecretWeakError) as refused:
        Settings(data_dir=tmp_path)

    assert refused.value.facts["where"] == str(tmp_path / "secret")
    assert (tmp_path / "secret").read_text() == ""


def test_line_end_of_a_secret_that_was_given_is_no_part_of_it(monkeypatch, tmp_path):
    monkeypatch.setenv("DISPATCH_SECRET", f"{LONG}\n")

    assert Settings(data_dir=tmp_path).secret == LONG
