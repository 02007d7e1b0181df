"""Portfolios in CSV and Parquet files of any size, read by Arrow in batches of rows."""

import csv
import math
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from decision_kit import files, tables
from decision_kit.errors import InputError

Batches = Iterator[tuple[pa.RecordBatch, float]]
"""Some rows after others, with the share (0-1) of the file that is read by then."""
ROWS, BYTES = 2**19, 2**26
"""Most rows in a batch, and most bytes as Parquet counts them: fewer rows take time, more take memory."""
BLOCK = 2**24
"""Bytes of a CSV file that are read at once; each row must fit into them."""
FEW = 2**13
"""Rows read at once of columns that are only looked through, as their texts may be long."""


class ParquetRows:
    """A Parquet file to read.

    Parameters
    ----------
    source : pathlib.Path

    Attributes
    ----------
    source : pathlib.Path
    schema : pyarrow.Schema
    groups : list of int
        How many rows each group has.

    Raises
    ------
    InputError
        If it cannot be read; here and later.
    """

    def __init__(self, source: Path) -> None:
        self.source = source
        with _reading(source):
            self._file = _opened(source)
            self.schema = pa.schema(list(self._file.schema_arrow))  # without what pandas and others note in it
        about = self._file.metadata
        groups = [about.row_group(place) for place in range(about.num_row_groups)]
        self.groups, self._rows = [group.num_rows for group in groups], about.num_rows
        size = sum(group.total_byte_size for group in groups)
        self._batch = max(1, min(ROWS, BYTES * self._rows // max(1, size)))

    def batches(self, columns: Sequence[str] | None = None) -> Batches:
        """Read some columns; or all, and then fewer rows at once."""
        done, rows = 0, self._batch if columns else min(self._batch, ROWS // 8)
        with _reading(self.source):
            for batch in self._file.iter_batches(rows, columns=columns):
                done += batch.num_rows
                yield batch, done / self._rows

    def others(self, columns: Sequence[str]) -> Iterator[None]:
        """Read all columns but some, batch by batch, and keep nothing, so that what is damaged is told."""
        if rest := [name for name in self.schema.names if name not in columns]:
            with _reading(self.source), _opened(self.source) as file:
                pieces = file.iter_batches(FEW, columns=rest)
                while deque(islice(pieces, -(-self._batch // FEW)), maxlen=1):
                    yield


class CsvRows:
    """A CSV file to read; its cells are texts and stay as they are.

    Parameters
    ----------
    source : pathlib.Path

    Attributes
    ----------
    schema : pyarrow.Schema

    Raises
    ------
    InputError
        If it cannot be read; here and later.
    """

    def __init__(self, source: Path) -> None:
        self._source = source
        with _reading(source):
            separator, names = _header(source)
            self._stream = pa.OSFile(str(source))
            self._reader = pa_csv.open_csv(
                self._stream,
                pa_csv.ReadOptions(skip_rows=1, column_names=names, block_size=BLOCK),
                pa_csv.ParseOptions(delimiter=separator, newlines_in_values=True),
                pa_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=True,
                ),
            )
            self.schema = self._reader.schema

    def batches(self) -> Batches:
        """Read all columns."""
        with _reading(self._source):
            for batch in self._reader:
                yield batch, self._stream.tell() / self._stream.size()


def read(source: Path) -> ParquetRows | CsvRows:
    """Open a file to read, by the ending of its name."""
    return CsvRows(source) if source.suffix.lower() == ".csv" else ParquetRows(source)


def frame(batch: pa.RecordBatch, columns: Sequence[str]) -> pd.DataFrame:
    """Give some columns as pandas reads them; a cell that holds several values, which none may, says so."""

    def for_pandas(cell: pa.Array) -> pa.Array:
        if pa.types.is_nested(cell.type):
            return pc.if_else(cell.is_valid(), "several values", None)
        small = pa.types.is_integer(cell.type) and cell.type.bit_width <= 16
        # Empty cells of whole numbers would cost pandas a copy, of twice the bytes.
        return cell.cast(pa.float32()).fill_null(math.nan) if small else cell

    table = pa.table({name: for_pandas(batch.column(name)) for name in columns})
    whole: pd.DataFrame = table.to_pandas(split_blocks=True, date_as_object=False)
    return whole


@contextmanager
def _reading(source: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        told = files.reason(error) if isinstance(error, OSError) and error.strerror else " ".join(str(error).split())
        raise InputError(f"{source}: cannot be read ({told[:300]}); nothing was changed.") from None


def _opened(source: Path) -> pq.ParquetFile:
    return pq.ParquetFile(source, pre_buffer=False, buffer_size=2**20)


def _header(source: Path) -> tuple[str, list[str]]:
    """Read the header of a CSV file: what stands between its cells, and its columns."""
    try:
        with source.open(encoding="utf-8-sig", newline="") as stream:
            header = stream.readline().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InputError(f"{source}: {files.not_utf8(error.object)}") from None
    if not header.strip():
        raise InputError(f"{source}: is empty.")
    separator = tables.separator(header)
    return separator, next(csv.reader([header], delimiter=separator), [])
