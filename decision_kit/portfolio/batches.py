"""Portfolios in CSV and Parquet files of any size, read and written by Arrow in batches of rows."""

import csv
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from decision_kit import files, portfolio
from decision_kit.errors import InputError
from decision_kit.portfolio import parquet_columns
from decision_kit.portfolio.cells import SEPARATORS

Batches = Iterator[tuple[pa.RecordBatch, float]]
"""Some rows after others, with the share (0-1) of the file that is read by then."""
Write = Callable[[pa.RecordBatch, pa.RecordBatch], None]
"""Writes some rows: what was read of them, and the results."""
ROWS, BYTES = 2**19, 2**26
"""Most rows in a batch, and most bytes as Parquet counts them: fewer rows take time, more take memory."""
BLOCK = 2**24
"""Bytes of a CSV file that are read at once; each row must fit into them."""
LARGEST = 2**24
"""Most rows in a group of a Parquet file whose results are kept until the group is full: half a gigabyte."""
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
            self._file = pq.ParquetFile(source, pre_buffer=False, buffer_size=2**20)
            self.schema = pa.schema(list(self._file.schema_arrow))  # without what pandas and others note in it
        about = self._file.metadata
        groups = [about.row_group(place) for place in range(about.num_row_groups)]
        self.groups, self._rows = [group.num_rows for group in groups], about.num_rows
        size = sum(group.total_byte_size for group in groups)
        self._batch = max(1, min(ROWS, BYTES * self._rows // max(1, size)))

    def batches(self, columns: Sequence[str] | None = None) -> Batches:
        """Read some columns; or all, and then fewer rows at once."""
        done, rows = 0, self._batch if columns else min(self._batch, ROWS // 8)
        for batch in _each(self.source, self._file.iter_batches(max(1, rows), columns=columns)):
            done += batch.num_rows
            yield batch, done / self._rows

    def others(self, columns: Sequence[str]) -> Iterator[None]:
        """Read all columns but some, batch by batch, and keep nothing, so that what is damaged is told."""
        paths = [self._file.schema.column(place).path for place in range(len(self._file.schema))]
        if rest := [path for path in paths if path.split(".")[0] not in columns]:
            with pq.ParquetFile(self.source, pre_buffer=False, buffer_size=2**20) as file:
                pieces = _each(self.source, file.iter_batches(FEW, columns=rest))
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
        for batch in _each(self._source, iter(self._reader)):
            yield batch, self._stream.tell() / self._stream.size()


def read(source: Path) -> ParquetRows | CsvRows:
    """Open a file to read, by the ending of its name."""
    return CsvRows(source) if source.suffix.lower() == ".csv" else ParquetRows(source)


def through(
    rows: ParquetRows | CsvRows, part: Path, suffix: str, columns: Sequence[str], added: pa.Schema
) -> tuple[Batches, AbstractContextManager[Write]]:
    """Choose what is to be read, and how it is written.

    Parameters
    ----------
    rows : ParquetRows or CsvRows
    part : pathlib.Path
        The file to write.
    suffix : str
        What it is to be, ``".csv"`` or ``".parquet"``.
    columns : sequence of str
        Those that the results come from.
    added : pyarrow.Schema
        That of the results.

    Returns
    -------
    tuple of Batches and context manager of Write
    """
    if isinstance(rows, ParquetRows) and suffix == ".parquet" and max(rows.groups, default=0) <= LARGEST:
        return rows.batches(columns), beside(part, rows, columns, added)
    return rows.batches(), anew(part, suffix, pa.schema([*rows.schema, *added]))


def frame(batch: pa.RecordBatch, columns: Sequence[str]) -> pd.DataFrame:
    """Give some columns as pandas reads them, and ``"?"`` for a cell that holds several values, which none may."""

    def read(cell: pa.Array) -> pa.Array:
        if pa.types.is_nested(cell.type):
            return pc.if_else(cell.is_valid(), "?", None)
        small = pa.types.is_integer(cell.type) and cell.type.bit_width <= 16
        return cell.cast(pa.float32()) if small else cell  # pandas would take twice the bytes for empty cells

    whole: pd.DataFrame = pa.table({name: read(batch.column(name)) for name in columns}).to_pandas(split_blocks=True)
    return whole


def results(scored: pd.DataFrame, names: Sequence[str]) -> pa.RecordBatch:
    """Give the columns of results for Arrow, with texts of few kinds as they are and nothing where there is none."""
    batch = pa.RecordBatch.from_pandas(scored[list(names)], preserve_index=False)
    texts = pa.dictionary(pa.int32(), pa.string())
    types = [texts if pa.types.is_dictionary(kind) else kind for kind in batch.schema.types]
    return batch.cast(pa.schema(list(zip(names, types, strict=True))))


@contextmanager
def beside(part: Path, rows: ParquetRows, columns: Sequence[str], added: pa.Schema) -> Iterator[Write]:
    """Put results beside the columns of a Parquet file, which are copied and not written anew.

    Parameters
    ----------
    part : pathlib.Path
        The file to write.
    rows : ParquetRows
        Whose groups are not above ``LARGEST``.
    columns : sequence of str
        Those that are read elsewhere; the others are looked through here.
    added : pyarrow.Schema
        That of the results.

    Yields
    ------
    Write
    """
    kept, left, others = added.empty_table(), deque(rows.groups), rows.others(columns)
    with part.open("w+b") as stream:
        footer = parquet_columns.begin(rows.source, stream)
        place = stream.tell()
        with _parquet(stream, added) as writer:

            def write(_: object, *more: pa.RecordBatch) -> None:
                nonlocal kept
                kept = pa.concat_tables([kept, pa.Table.from_batches(more, added)])
                while left and kept.num_rows >= left[0]:
                    group = left.popleft()
                    writer.write_table(kept.slice(0, group), row_group_size=max(1, group))
                    kept = kept.slice(group)
                next(others, None)

            yield write
            write(None)  # groups without rows may come last
            deque(others, maxlen=0)
        parquet_columns.finish(stream, place, footer)


@contextmanager
def anew(part: Path, suffix: str, schema: pa.Schema) -> Iterator[Write]:
    """Write all columns and the results, into CSV without anything that a spreadsheet would run.

    Parameters
    ----------
    part : pathlib.Path
        The file to write.
    suffix : str
        ``".csv"`` or ``".parquet"``.
    schema : pyarrow.Schema
        That of all columns.

    Yields
    ------
    Write
    """
    if suffix == ".parquet":
        with _parquet(part, schema) as writer:
            yield lambda *both: writer.write_table(_joined(schema, *both))
    else:
        with pa_csv.CSVWriter(part, portfolio.spreadsheet_safe(schema.empty_table()).schema) as writer:
            yield lambda *both: writer.write_table(portfolio.spreadsheet_safe(_joined(schema, *both)))


def _joined(schema: pa.Schema, *both: pa.RecordBatch) -> pa.Table:
    return pa.Table.from_arrays([column for batch in both for column in batch.columns], schema=schema)


def _parquet(where: object, schema: pa.Schema) -> pq.ParquetWriter:
    # Numbers with a fraction hardly repeat, and to look whether they do takes as long as to write them.
    words = [field.name for field in schema if not pa.types.is_floating(field.type)]
    return pq.ParquetWriter(where, schema, store_schema=False, use_dictionary=words)


@contextmanager
def _reading(source: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        told = files.reason(error) if isinstance(error, OSError) and error.strerror else " ".join(str(error).split())
        raise InputError(f"{source}: cannot be read ({told[:300]}); nothing was changed.") from None


def _each(source: Path, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    while True:
        with _reading(source):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


def _header(source: Path) -> tuple[str, list[str]]:
    """Read the header of a CSV file: what stands between its cells, and its columns."""
    try:
        with source.open(encoding="utf-8-sig", newline="") as stream:
            header = stream.readline().rstrip("\r\n")
    except UnicodeDecodeError:
        raise InputError(f"{source}: is not UTF-8 text; save the file as UTF-8.") from None
    separator = max(SEPARATORS, key=header.count)
    names = next(csv.reader([header], delimiter=separator), [])
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{source}: the column {name!r} stands twice; each only once.")
    return separator, names
