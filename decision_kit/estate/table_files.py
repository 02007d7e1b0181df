"""Portfolios in files that a person looks at: read whole up to a limit, and written without harm to spreadsheets."""

import csv
import re
from pathlib import Path
from typing import Any

import pandas as pd

from decision_kit import extras, files, portfolio
from decision_kit.errors import InputError
from decision_kit.estate import is_text, texts
from decision_kit.portfolio.table_files import SEPARATORS

LIMIT = 200_000
"""Most workflows looked at: about three seconds to read, score and count them all."""
ENDINGS = (".csv", ".parquet")
PARQUET = "duckdb"
"""The package that reads and writes Parquet, which only that needs."""
UNSAFE = r"=+\-@\t\r\n\0"
"""What may begin a formula in a spreadsheet: OWASP's list (CSV injection; ASVS 5.0, 1.2.10), and a line feed."""


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

    In CSV a text or a column's name that a spreadsheet would run as a formula has an apostrophe before it, and one
    that begins with apostrophes before such a character has one more, so that :func:`read` gives each back as it was:
    it takes one away. Plain numbers such as ``-1.5`` are left alone. All texts are in quotes, so that no spreadsheet
    takes what follows a separator of its own for a new cell.

    Parameters
    ----------
    table : pandas.DataFrame
    path : pathlib.Path
        Replaced if it is there.

    Raises
    ------
    InputError
        If it cannot be written, or is to be Parquet and DuckDB is not there; what was there is untouched.
    """
    if path.suffix.lower() == ".parquet":
        duckdb = _duckdb()
        with files.beside(path) as part, duckdb.connect() as connection:
            connection.from_df(table).write_parquet(str(part))
    else:
        with files.beside(path) as part:
            safe(table).to_csv(part, index=False, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")


def safe(table: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before texts that a spreadsheet would run as a formula; see :func:`write`."""
    # The command's rule knows no difference between an apostrophe of its own and one that was there.
    more = re.compile(rf"^(?='+[{UNSAFE}]|[\n\0])")
    changed = table.rename(columns=lambda name: more.sub("'", str(name)))
    for name in changed:
        if is_text(changed[name]):
            cells = texts(changed[name])
            some = cells.str.startswith(("'", "\n", "\0"))  # a regular expression on all takes seconds
            if some.any():
                changed[name] = cells.mask(some, cells[some].str.replace(more, "'", regex=True))
    return portfolio.spreadsheet_safe(changed)  # type: ignore[no-any-return]


def _unsafe(text: str) -> str:
    """Take back what :func:`safe` did to a text."""
    return text[1:] if text.startswith("'") and re.match(rf"'+[{UNSAFE}]", text) else text


def _read_csv(path: Path) -> pd.DataFrame:
    rows: list[list[str]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            first = stream.readline()
            stream.seek(0)
            reader = csv.reader(stream, strict=True, delimiter=max(SEPARATORS, key=first.count))
            header = [_unsafe(name) for name in next(reader, [])]
            for cells in reader:
                if cells:
                    rows.append([_unsafe(cell) if cell[:1] == "'" else cell for cell in cells])
                if len(cells) not in (0, len(header)):
                    raise InputError(f"row {len(rows)} has {len(cells)} cells, the header {len(header)}.")
                if len(rows) > LIMIT:
                    raise _too_many()
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text; save the file as UTF-8.") from None
    except csv.Error as error:
        raise InputError(f"is not a CSV table after row {len(rows)} ({error}).") from None
    except OSError as error:
        raise InputError(f"cannot be read ({files.reason(error)}).") from None
    if not header:
        raise InputError("is empty.")
    return pd.DataFrame(rows, columns=header, dtype="str")


def _read_parquet(path: Path) -> pd.DataFrame:
    duckdb = _duckdb()
    with duckdb.connect() as connection:
        try:
            relation = connection.read_parquet(str(path))
            ((number,),) = relation.aggregate("count(*)").fetchall()
            if number > LIMIT:
                raise _too_many()
            frame: pd.DataFrame = relation.df()
        except duckdb.Error as error:
            raise InputError(f"cannot be read ({' '.join(str(error).split())[:200]}).") from None
    return frame


def _duckdb() -> Any:
    return extras.need(PARQUET, "a table in Parquet")


def _too_many() -> InputError:
    return InputError(
        f"has more than {LIMIT:,} workflows; score it with `decision-kit portfolio IN OUT`, and put a sample of "
        "the rows of OUT beside it to look at here."
    )
