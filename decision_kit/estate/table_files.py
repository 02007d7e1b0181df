"""Portfolios in files that a person looks at: read whole up to a limit, and written without harm to spreadsheets."""

import csv
from pathlib import Path
from typing import Any

import pandas as pd

from decision_kit import extras, files, tables
from decision_kit.errors import InputError
from decision_kit.portfolio import formulas

LIMIT = 200_000
"""Most workflows looked at: about three seconds to read, score and count them all."""
ENDINGS = (".csv", ".parquet")
PARQUET = "pyarrow"
"""The package that reads and writes Parquet, which only that needs."""


def read(path: Path) -> pd.DataFrame:
    """Read a table of at most ``LIMIT`` workflows.

    Parameters
    ----------
    path : pathlib.Path
        A file that ends in ``.csv`` or ``.parquet``.

    Returns
    -------
    pandas.DataFrame
        Cells of CSV as texts, without the apostrophe that :func:`write` or the command has put before one.

    Raises
    ------
    InputError
        If it cannot be read, is no such table, or holds more; with its path.
    """
    if path.suffix.lower() not in ENDINGS:
        raise InputError(f"{path}: is neither .csv nor .parquet.")
    try:
        return _read_parquet(path) if path.suffix.lower() == ".parquet" else _read_csv(path)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV or Parquet, by the ending of the name.

    In CSV a text or a column's name that a spreadsheet would run as a formula has an apostrophe before it (see
    :func:`decision_kit.portfolio.formulas.harmless`), which :func:`read` takes away again. All texts are in quotes, so
    that no spreadsheet takes what follows a separator of its own for a new cell.

    Parameters
    ----------
    table : pandas.DataFrame
    path : pathlib.Path
        Replaced if it is there.

    Raises
    ------
    InputError
        If it cannot be written, or is to be Parquet and pyarrow is not there; what was there is untouched.
    """
    if path.suffix.lower() == ".parquet":
        arrow = _arrow()
        with files.beside(path) as part:
            cells = arrow.Table.from_pandas(table, preserve_index=False)
            arrow.parquet.write_table(cells, part, store_schema=False)
    else:
        with files.beside(path) as part:
            formulas.harmless(table).to_csv(part, index=False, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")


def _read_csv(path: Path) -> pd.DataFrame:
    rows: list[list[str]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            first = stream.readline()
            stream.seek(0)
            reader = csv.reader(stream, strict=True, delimiter=tables.separator(first))
            header = [formulas.as_it_was(name) for name in next(reader, [])]
            for cells in reader:
                if cells:
                    rows.append([formulas.as_it_was(cell) if cell[:1] == "'" else cell for cell in cells])
                if len(cells) not in (0, len(header)):
                    raise InputError(f"row {len(rows) + 1} has {len(cells)} cells, the header {len(header)}.")
                if len(rows) > LIMIT:
                    raise _too_many()
    except UnicodeDecodeError as error:
        raise InputError(files.not_utf8(error.object)) from None
    except csv.Error as error:
        raise InputError(f"is not a CSV table after row {len(rows) + 1} ({error}).") from None
    except OSError as error:
        raise InputError(f"cannot be read ({files.reason(error)}).") from None
    if not header:
        raise InputError("is empty.")
    return pd.DataFrame(rows, columns=header, dtype="str")


def _read_parquet(path: Path) -> pd.DataFrame:
    arrow = _arrow()
    try:
        with arrow.parquet.ParquetFile(path) as file:
            if file.metadata.num_rows > LIMIT:
                raise _too_many()
            frame: pd.DataFrame = file.read().to_pandas(ignore_metadata=True, date_as_object=False)
    except (arrow.ArrowException, OSError) as error:
        raise InputError(f"cannot be read ({' '.join(str(error).split())[:200]}).") from None
    return frame


def _arrow() -> Any:
    arrow = extras.need(PARQUET, "a table in Parquet")
    import pyarrow.parquet  # noqa: F401, PLC0415 - a part that is not loaded with the whole

    return arrow


def _too_many() -> InputError:
    return InputError(
        f"has more than {LIMIT:,} workflows; score it with `decision-kit portfolio IN OUT`, and put a sample of "
        "the rows of OUT beside it to look at here."
    )
