"""Scored portfolios written to CSV and Parquet files by Arrow, some rows after others."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from decision_kit.portfolio import formulas, parquet_columns
from decision_kit.portfolio.batches import Batches, CsvRows, ParquetRows

Write = Callable[[pa.RecordBatch, pd.DataFrame], None]
"""Writes some rows: what was read of them, and what they are scored."""
LARGEST = 2**24
"""Most rows in a group of a Parquet file whose results are kept until the group is full: half a gigabyte."""


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
    return rows.batches(), anew(part, suffix, rows.schema, added)


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

            def fill() -> None:
                nonlocal kept
                while left and kept.num_rows >= left[0]:
                    group = left.popleft()
                    writer.write_table(kept.slice(0, group), row_group_size=max(1, group))
                    kept = kept.slice(group)

            def write(_: pa.RecordBatch, scored: pd.DataFrame) -> None:
                nonlocal kept
                kept = pa.concat_tables([kept, pa.Table.from_batches([results(scored, added.names)])])
                fill()
                next(others, None)

            yield write
            fill()  # groups without rows may come last
            deque(others, maxlen=0)
        parquet_columns.finish(stream, place, footer)


@contextmanager
def anew(part: Path, suffix: str, schema: pa.Schema, added: pa.Schema) -> Iterator[Write]:
    """Write all columns and the results, into CSV without anything that a spreadsheet would run.

    Parameters
    ----------
    part : pathlib.Path
        The file to write.
    suffix : str
        ``".csv"`` or ``".parquet"``.
    schema, added : pyarrow.Schema
        That of what is read, and that of the results.

    Yields
    ------
    Write
    """
    whole = pa.schema([*schema, *added])

    def joined(batch: pa.RecordBatch, scored: pd.DataFrame) -> pa.Table:
        return pa.Table.from_arrays([*batch.columns, *results(scored, added.names).columns], schema=whole)

    if suffix == ".parquet":
        with _parquet(part, whole) as writer:
            yield lambda *both: writer.write_table(joined(*both))
    else:
        with pa_csv.CSVWriter(part, formulas.harmless(whole.empty_table()).schema) as writer:
            yield lambda *both: writer.write_table(formulas.harmless(joined(*both)))


def _parquet(where: object, schema: pa.Schema) -> pq.ParquetWriter:
    # Numbers with a fraction hardly repeat, and to look whether they do takes as long as to write them.
    words = [field.name for field in schema if not pa.types.is_floating(field.type)]
    return pq.ParquetWriter(where, schema, store_schema=False, use_dictionary=words)
