"""Filling a table: every cell that is there stays, every empty one is filled."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_kit.errors import InputError
from decision_kit.telemetry import fill

CELLS = st.sampled_from(["", "0", "4", "seven", 'a "quoted", one'])


@given(
    there=st.lists(st.tuples(st.sampled_from(["a", "b", "c", ""]), CELLS, CELLS), unique_by=lambda row: row[0]),
    new=st.lists(st.tuples(st.sampled_from("abcd"), CELLS, CELLS), unique_by=lambda row: row[0]),
)
def test_filling_keeps_every_cell_and_fills_every_empty_one(
    there: list[tuple[str, str, str]], new: list[tuple[str, str, str]]
):
    columns = ("id", "x", "y")
    before = fill.Table(Path("t.csv"), columns, tuple(dict(zip(columns, row, strict=True)) for row in there))
    after = before.fill([dict(zip(columns, row, strict=True)) for row in new], ("id",))
    found, said = {row["id"]: row for row in after.rows}, {row[0]: dict(zip(columns, row, strict=True)) for row in new}
    assert list(found) == [row[0] for row in there] + [row[0] for row in new if row[0] not in {r[0] for r in there}]
    differing = 0
    for name, row in found.items():
        old = next((dict(zip(columns, r, strict=True)) for r in there if r[0] == name), dict.fromkeys(columns, ""))
        for column in columns:
            measured = said.get(name, {}).get(column, "")
            assert row[column] == (old[column] or measured)
            differing += bool(old[column] and measured and old[column] != measured)
    assert len(after.kept) == differing


def test_a_folder_in_the_place_of_a_table_is_refused(tmp_path: Path):
    (tmp_path / "parts.csv").mkdir()
    with pytest.raises(InputError, match=r"parts.csv: cannot be read \(is a directory\)"):
        fill.read(tmp_path / "parts.csv", ("id",), ("id",))


def test_a_table_keeps_its_own_spelling_of_columns_and_words(tmp_path: Path):
    path = tmp_path / "links.csv"
    path.write_text(" From ,To,Kind,level\na,b,Listening,4.0\na,c,,\n", encoding="utf-8")
    new = [{"from": "a", "to": end, "kind": "listening", "level": "4"} for end in "bc"]
    filled = fill.read(path, ("from", "to", "kind", "level"), ("from", "to")).fill(new, ("from", "to", "kind"))
    filled.save()
    assert path.read_text(encoding="utf-8") == " From ,To,Kind,level\na,b,Listening,4.0\na,c,listening,4\n"
    assert filled.kept == ()


def test_a_table_saved_with_semicolons_is_filled_and_keeps_them(tmp_path: Path):
    path = tmp_path / "parts.csv"
    path.write_text("id;note\na;\n", encoding="utf-8")
    fill.read(path, ("id", "note"), ("id",)).fill([{"id": "a", "note": "one, two"}], ("id",)).save()
    assert path.read_text(encoding="utf-8") == "id;note\na;one, two\n"
