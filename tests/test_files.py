"""Files: replaced whole or not at all, and never overwritten where they must be new."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_kit import InputError, files


def test_replacing_a_file_leaves_nothing_else_behind_and_keeps_its_rights(tmp_path: Path):
    path = tmp_path / "new" / "orders.json"
    files.replace(path, "one")
    path.chmod(0o640)
    files.replace(path, "two")
    assert path.read_text(encoding="utf-8") == "two"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_in_the_way_is_told_and_stays(tmp_path: Path):
    (tmp_path / "orders.json").mkdir()
    with pytest.raises(InputError, match=r"orders\.json: cannot be written"):
        files.replace(tmp_path / "orders.json", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["orders.json"]


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path):
    files.write_new(tmp_path / "0001-a.md", "first")
    with pytest.raises(InputError, match="is there already and is never overwritten"):
        files.write_new(tmp_path / "0001-a.md", "second")
    assert (tmp_path / "0001-a.md").read_text(encoding="utf-8") == "first"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str):
    path = tmp_path_factory.mktemp("files") / "text"
    files.replace(path, text)
    assert files.read_text(path) == text.removeprefix("\ufeff")
