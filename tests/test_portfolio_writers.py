"""Scored portfolios in files: whatever the shape of what was read, each row has its own results and no cell is lost."""

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

from decision_kit import InputError, knowledge, portfolio
from decision_kit.portfolio import batches, table_files, writers

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


@pytest.mark.parametrize("largest", [writers.LARGEST, 100], ids=["beside", "anew"])
@pytest.mark.parametrize("rows", [batches.ROWS, 70])
def test_groups_of_any_size_and_other_columns_of_any_type_come_out_in_their_order(
    largest: int, rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(writers, "LARGEST", largest)
    monkeypatch.setattr(batches, "ROWS", rows)
    given = pa.Table.from_pandas(PLAIN.set_index("workflow"))  # pandas notes its index in the file
    given = given.append_column("since", pa.array([date(2020, 1, 1 + row % 28) for row in range(500)]))
    given = given.append_column("notes.all", pa.array([["a", None] * (row % 3) for row in range(500)]))
    in_groups(tmp_path / "in.parquet", given, [1, 0, 33, 150])
    found = table_files.run(tmp_path / "in.parquet", tmp_path / "out.parquet", KNOWN)
    out = pq.read_table(tmp_path / "out.parquet")
    assert found.workflows == 500
    assert out.column_names == [*given.column_names, *RESULTS, "outcome"]
    assert out.select(given.column_names).to_pydict() == given.to_pydict()
    assert plain(out.select(RESULTS).to_pandas()) == plain(portfolio.score(PLAIN))


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
    assert list(read(tmp_path / target)) == [*PLAIN, *RESULTS, "outcome"]


def test_what_csv_cannot_hold_is_told_in_one_sentence(tmp_path: Path):
    given = pa.Table.from_pandas(PLAIN).append_column("notes", pa.array([["a", "b"]] * 500))
    pq.write_table(given, tmp_path / "in.parquet")
    with pytest.raises(InputError, match=r"out\.csv: cannot be written \(.*list.*\); nothing was changed\.$"):
        table_files.run(tmp_path / "in.parquet", tmp_path / "out.csv", KNOWN)
    assert list(tmp_path.iterdir()) == [tmp_path / "in.parquet"]
