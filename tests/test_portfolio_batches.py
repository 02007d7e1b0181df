"""Files in batches: whatever their shape, each row gets its own results, and no cell is lost or passed over."""

import itertools
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import EXAMPLES

from decision_kit import InputError, Knowledge, knowledge, portfolio
from decision_kit.portfolio import batches, table_files

KNOWN = knowledge.load()
PLAIN = pd.read_csv(EXAMPLES / "portfolio.csv", usecols=["workflow", *KNOWN.requirements])
RESULTS = list(portfolio.score(PLAIN).columns[len(PLAIN.columns) :])


def in_groups(path: Path, table: pa.Table, sizes: list[int]) -> None:
    """Write groups of the sizes given, one after another until all rows are written."""
    with pq.ParquetWriter(path, table.schema) as writer:
        at = 0
        for size in itertools.cycle(sizes):
            writer.write_table(table.slice(at, size), row_group_size=max(1, size))
            at += size
            if at >= table.num_rows:
                return


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in frame[RESULTS].astype(object).to_dict("records")
    ]


@pytest.mark.parametrize("largest", [batches.LARGEST, 100], ids=["beside", "anew"])
@pytest.mark.parametrize("rows", [batches.ROWS, 70])
def test_groups_of_any_size_and_other_columns_of_any_type_come_out_in_their_order(
    largest: int, rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(batches, "LARGEST", largest)
    monkeypatch.setattr(batches, "ROWS", rows)
    given = pa.Table.from_pandas(PLAIN.set_index("workflow"))  # pandas notes its index in the file
    given = given.append_column("since", pa.array([date(2020, 1, 1 + row % 28) for row in range(500)]))
    given = given.append_column("notes.all", pa.array([["a", None] * (row % 3) for row in range(500)]))
    in_groups(tmp_path / "in.parquet", given, [1, 0, 33, 150])
    found = table_files.run(tmp_path / "in.parquet", tmp_path / "out.parquet", KNOWN)
    out = pq.read_table(tmp_path / "out.parquet")
    assert found.workflows == 500
    assert out.column_names == [*given.column_names, *RESULTS]
    assert out.select(given.column_names).to_pydict() == given.to_pydict()
    assert plain(out.select(RESULTS).to_pandas()) == plain(portfolio.score(PLAIN))


def test_a_damaged_column_that_no_result_comes_from_is_told_too(tmp_path: Path):
    table = pa.table({"workflow": [f"workflow {row} with a name of its own" for row in range(5000)]})
    for name in KNOWN.requirements:
        table = table.append_column(name, pa.array([row % 5 for row in range(5000)], pa.int8()))
    pq.write_table(table, tmp_path / "in.parquet", use_dictionary=False)
    column = pq.read_metadata(tmp_path / "in.parquet").row_group(0).column(0)
    content = bytearray((tmp_path / "in.parquet").read_bytes())
    middle = column.data_page_offset + column.total_compressed_size // 2
    content[middle : middle + 2000] = bytes(2000)
    (tmp_path / "in.parquet").write_bytes(content)
    with pytest.raises(InputError, match=r"in\.parquet: cannot be read .*; nothing was changed\.$"):
        table_files.run(tmp_path / "in.parquet", tmp_path / "out.parquet", KNOWN)
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize(
    "cell", [[4], {"level": 4}, True, date(2026, 11, 23), b"4"], ids=lambda cell: type(cell).__name__
)
def test_what_is_no_level_is_told_by_row_and_column(cell: object, tmp_path: Path, small: Knowledge):
    pq.write_table(pa.table({"order": [cell, None], "scale": [1, 1], "upkeep": [None, 2]}), tmp_path / "in.parquet")
    found = table_files.run(tmp_path / "in.parquet", tmp_path / "out.parquet", small)
    assert (found.not_allowed, found.examples) == (1, ((1, "order"),))


@pytest.mark.parametrize("target", ["out.csv", "out.parquet"])
@pytest.mark.parametrize(
    "write", [lambda path: PLAIN.head(0).to_parquet(path), lambda path: PLAIN.head(0).to_csv(path, index=False)],
    ids=["in.parquet", "in.csv"],
)  # fmt: skip
def test_a_file_without_rows_comes_out_with_all_columns(
    write: Callable[[Path], object], target: str, tmp_path: Path, request: pytest.FixtureRequest
):
    given = tmp_path / request.node.callspec.id.split("-")[0]
    write(given)
    assert table_files.run(given, tmp_path / target, KNOWN).workflows == 0
    read = pd.read_csv if target.endswith("csv") else pd.read_parquet
    assert list(read(tmp_path / target)) == [*PLAIN, *RESULTS]


def test_a_csv_file_that_is_not_utf_8_further_on_is_told(tmp_path: Path):
    PLAIN.to_csv(tmp_path / "in.csv", index=False)
    with (tmp_path / "in.csv").open("ab") as stream:
        stream.write(b"caf\xe9" + b"," * len(KNOWN.requirements))
    with pytest.raises(InputError, match="invalid UTF8 data"):
        table_files.run(tmp_path / "in.csv", tmp_path / "out.csv", KNOWN)
