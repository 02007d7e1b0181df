"""Files in batches: what is damaged, or no level, is told wherever it stands."""

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import EXAMPLES

from decision_kit import InputError, Knowledge, knowledge
from decision_kit.portfolio import table_files

KNOWN = knowledge.load()
PLAIN = pd.read_csv(EXAMPLES / "portfolio.csv", usecols=["workflow", *KNOWN.requirements])


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
    ("cell", "shown"),
    [
        ([4], "'several values'"),
        ({"level": 4}, "'several values'"),
        (True, "'True'"),
        (date(2026, 11, 23), "'2026-11-23 00:00:00'"),
        (b"4", "\"b'4'\""),
        (7, "'7'"),
        (2.5, "'2.5'"),
    ],
    ids=lambda cell: type(cell).__name__,
)
def test_what_is_no_level_is_told_by_row_and_column(cell: object, shown: str, tmp_path: Path, small: Knowledge):
    pq.write_table(pa.table({"order": [cell, None], "scale": [1, 1], "upkeep": [None, 2]}), tmp_path / "in.parquet")
    found = table_files.run(tmp_path / "in.parquet", tmp_path / "out.parquet", small)
    assert found.unread == [(2, f"order ({shown})")]


def test_a_csv_file_that_is_not_utf_8_further_on_is_told(tmp_path: Path):
    PLAIN.to_csv(tmp_path / "in.csv", index=False)
    with (tmp_path / "in.csv").open("ab") as stream:
        stream.write(b"caf\xe9" + b"," * len(KNOWN.requirements))
    with pytest.raises(InputError, match="invalid UTF8 data"):
        table_files.run(tmp_path / "in.csv", tmp_path / "out.csv", KNOWN)
