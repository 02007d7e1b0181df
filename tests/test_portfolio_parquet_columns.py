"""Columns beside those of a Parquet file: every reader finds both, and the old ones lie there byte for byte."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decision_kit.portfolio import parquet_columns

OLD = pa.table(
    {
        "workflow": ["Orders", None, "Refunds", "é" * 300, ""],
        "steps": [[1, 2], [], None, [None], [3]],
        "owner": [{"team": "red", "since": 1}, None, {"team": None, "since": 2}, {"team": "blue", "since": None}, None],
        "seen": [datetime(2026, 11, day, tzinfo=UTC) for day in range(1, 6)],
        "cost": [Decimal("1.50"), None, Decimal("-2.25"), Decimal("0.00"), Decimal("9.99")],
        "live": [True, False, None, True, True],
        **{f"need {number}": pa.array([number, 1, None, 3, 4], pa.int8()) for number in range(20)},
    }
)
NEW = pa.table({"fit": [0.25, None, 0.5, 0.75, 1.0], "winner": ["a", "b", None, "a", "a"]})
WRITERS: dict[str, Callable[[Path], object]] = {
    "arrow": lambda path: pq.write_table(OLD, path, row_group_size=2),
    "arrow, version 1": lambda path: pq.write_table(OLD, path, row_group_size=2, version="1.0", compression="none"),
    "arrow, all indexes": lambda path: pq.write_table(
        OLD, path, row_group_size=2, write_page_index=True, write_page_checksum=True, data_page_version="2.0"
    ),
    "duckdb": lambda path: duckdb.from_arrow(OLD).write_parquet(str(path), row_group_size=2048),
    "polars": lambda path: pl.from_arrow(OLD).write_parquet(path, row_group_size=2),
}
READERS: dict[str, Callable[[Path], pa.Table]] = {
    "arrow": pq.read_table,
    "duckdb": lambda path: duckdb.read_parquet(str(path)).to_arrow_table(),
    "polars": lambda path: pl.read_parquet(path).to_arrow(),
}


def put_beside(source: Path, target: Path, new: pa.Table) -> None:
    """Put columns beside those of a file, in the groups of rows that it has."""
    about, at = pq.read_metadata(source), 0
    with target.open("w+b") as part:
        footer = parquet_columns.begin(source, part)
        place = part.tell()
        with pq.ParquetWriter(part, new.schema) as writer:
            for group in range(about.num_row_groups):
                rows = about.row_group(group).num_rows
                writer.write_table(new.slice(at, rows))
                at += rows
        parquet_columns.finish(part, place, footer)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("writer", WRITERS)
def test_every_reader_finds_the_old_columns_and_the_new_ones(writer: str, reader: str, tmp_path: Path):
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    WRITERS[writer](source)
    put_beside(source, target, NEW)
    read, before = READERS[reader](target).to_pydict(), READERS[reader](source).to_pydict()
    assert list(read) == [*OLD.column_names, "fit", "winner"]
    assert {name: read[name] for name in before} == before
    assert {name: read[name] for name in NEW.column_names} == NEW.to_pydict()


def test_what_was_there_lies_at_the_same_place_byte_for_byte_and_groups_have_the_bytes_of_both(tmp_path: Path):
    source, target, alone = (tmp_path / f"{name}.parquet" for name in ("in", "out", "new"))
    pq.write_table(OLD, source, row_group_size=2, write_page_index=True)
    put_beside(source, target, NEW)
    pq.write_table(NEW, alone, row_group_size=2)
    old, new, both = map(pq.read_metadata, (source, alone, target))
    last = old.row_group(2).column(old.num_columns - 1)
    end = last.data_page_offset + last.total_compressed_size
    assert target.read_bytes()[:end] == source.read_bytes()[:end]
    assert (both.num_rows, both.num_row_groups, both.num_columns) == (5, 3, old.num_columns + 2)
    for group in range(3):
        sizes = [each.row_group(group).total_byte_size for each in (old, new, both)]
        assert sizes[2] == sizes[0] + sizes[1]
        assert [both.row_group(group).column(place) for place in range(old.num_columns)] == [
            old.row_group(group).column(place) for place in range(old.num_columns)
        ]
        assert both.row_group(group).column(0).has_column_index


def test_what_a_program_noted_of_the_old_columns_alone_is_left_out(tmp_path: Path):
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(OLD.replace_schema_metadata({"org.apache.spark.sql.parquet.row.metadata": "{}"}), source)
    put_beside(source, target, NEW)
    assert pq.read_metadata(source).metadata
    assert not pq.read_metadata(target).metadata


VALUES = st.one_of(
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)),
    st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]))),
    st.lists(st.none() | st.lists(st.none() | st.booleans())),
)


@given(values=VALUES, columns=st.integers(1, 40), group=st.integers(1, 5))
@settings(max_examples=50)
def test_any_values_in_any_number_of_columns_and_groups_come_back(values: list[Any], columns: int, group: int):
    rows = len(values)
    old = pa.table({str(number): pa.array(values) for number in range(columns)})
    new = pa.table({"new": pa.array(range(rows), pa.int64())})
    written, part = io.BytesIO(), io.BytesIO()
    pq.write_table(old, written, row_group_size=group)
    pq.write_table(new, more := io.BytesIO(), row_group_size=group)
    source = written.getvalue()
    length = int.from_bytes(source[-8:-4], "little")
    part.write(source[: -8 - length] + more.getvalue())
    parquet_columns.finish(part, len(source) - 8 - length, source[-8 - length : -8])
    assert pq.read_table(part).to_pydict() == old.to_pydict() | new.to_pydict()
