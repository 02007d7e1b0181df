"""Tables of workflows in files: read whole or refused in one sentence; written so that a spreadsheet runs nothing."""

import csv
import sys
from pathlib import Path

import hostile
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_estate import KNOWN, TABLE

from decision_kit import InputError, estate
from decision_kit.estate import table_files
from decision_kit.portfolio import formulas

FORMULAS = tuple("=+-@\t\r\n\0")
TEXTS = [*hostile.TEXTS, *(f"'{text}" for text in hostile.TEXTS), "''=1", "'", "\n=1", "\0=1", "-1.5", "'-1.5"]


def cells_of(path: Path) -> list[str]:
    """Read every cell as a spreadsheet would."""
    with path.open(encoding="utf-8", newline="") as stream:
        return [cell for row in csv.reader(stream) for cell in row]


def test_hostile_texts_run_nothing_in_a_spreadsheet_and_come_back_equal(tmp_path: Path):
    table = pd.DataFrame({"workflow": TEXTS, "=SUM(A1)": TEXTS[::-1], "'@team": "x"}, dtype="str")
    path = tmp_path / "hostile.csv"
    table_files.write(table, path)
    harmful = [cell for cell in cells_of(path) if cell.startswith(FORMULAS)]
    assert set(harmful) == {"+1", "-1", "-1.5"}  # plain numbers
    assert pd.Series(harmful).str.contains(formulas.NUMBER).all()
    pd.testing.assert_frame_equal(table_files.read(path), table)


def test_every_text_is_in_quotes_so_that_another_separator_begins_no_cell(tmp_path: Path):
    path = tmp_path / "quoted.csv"
    table_files.write(pd.DataFrame({"workflow": ["a;=1+1"], "fit": [0.5]}), path)
    assert path.read_text(encoding="utf-8") == '"workflow","fit"\n"a;=1+1",0.5\n'


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
@settings(max_examples=50)
def test_any_text_comes_back_equal(tmp_path_factory: pytest.TempPathFactory, texts: list[str]):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    table = pd.DataFrame({"row": "x", "workflow": texts}, dtype="str")
    table_files.write(table, path)
    pd.testing.assert_frame_equal(table_files.read(path), table)


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_a_scored_table_written_and_read_says_the_same(tmp_path: Path, ending: str):
    told = estate.look(TABLE, KNOWN)
    path = tmp_path / f"scored{ending}"
    table_files.write(told.table, path)
    again = estate.look(table_files.read(path), KNOWN)
    assert again.rescored
    assert again.counts == told.counts
    assert (again.naming, again.groups, again.unknown.to_dict()) == (told.naming, told.groups, told.unknown.to_dict())


def test_parquet_with_empty_cells_and_numbers_is_read(tmp_path: Path):
    path = tmp_path / "numbers.parquet"
    rows = {"workflow": ["Orders", None], "order": [4, 0], "team": [None, "red"], "scale": [1.0, None]}
    pd.DataFrame(rows).to_parquet(path, index=False)
    told = estate.look(table_files.read(path).assign(upkeep=None), KNOWN)
    assert list(told.table["outcome"]) == ["orchestration", "not enough answers"]
    assert [w.name for w in told.ranked(2)] == ["Orders", "Row 3"]


def test_another_separator_is_found(tmp_path: Path):
    (tmp_path / "semicolons.csv").write_text("workflow;order;scale\n\nOrders;4;1\n", encoding="utf-8-sig")
    assert table_files.read(tmp_path / "semicolons.csv").to_dict("records") == [
        {"workflow": "Orders", "order": "4", "scale": "1"}
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.txt", b"", "is neither .csv nor .parquet"),
        ("x.csv", b"", "is empty"),
        ("x.csv", b"a,b\n1,2\n3\n", "row 3 has 1 cells, the header 2"),
        ("x.csv", b"a,b\n1,\xff\n", "is not UTF-8 text"),
        (
            "x.csv",
            "a,b\n1,2\n".encode("utf-16"),
            "is UTF-16, as Excel and PowerShell may write it; save the file as UTF-8.",
        ),
        ("x.csv", b'a,b\n1,"x"y\n', "is not a CSV table after row 1"),
        ("x.parquet", b"no parquet", "cannot be read"),
        ("x.csv", None, "cannot be read (no such file or directory)"),
        (
            "x.csv",
            b"a\n" + b"1\n" * (table_files.LIMIT + 1),
            "has more than 200,000 workflows; score it with `decision-kit",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_one_sentence(
    tmp_path: Path, name: str, content: bytes | None, said: str
):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as error:
        table_files.read(path)
    assert str(error.value).startswith(f"{path}: ")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_too_much_parquet_is_refused_before_it_is_read(tmp_path: Path):
    path = tmp_path / "many.parquet"
    pd.DataFrame({"one": range(table_files.LIMIT + 1)}).to_parquet(path)
    with pytest.raises(InputError, match="has more than 200,000 workflows"):
        table_files.read(path)


def test_without_pyarrow_parquet_says_what_to_install_and_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    path = tmp_path / "scored.parquet"
    path.write_bytes(b"before")
    with pytest.raises(InputError, match=r"a table in Parquet needs pyarrow, .*python.* -m pip install pyarrow"):
        table_files.write(TABLE, path)
    assert path.read_bytes() == b"before"
