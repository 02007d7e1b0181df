"""Portfolios in CSV and Parquet files that are larger than memory: read, scored and written by DuckDB in one pass."""

import csv
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from decision_kit import extras, files, portfolio, tables
from decision_kit.errors import InputError
from decision_kit.knowledge import Knowledge

MEMORY = "1400MB"
"""What DuckDB may use, so that the process with Python and all stays below 2 GB."""
TOLD = 5
"""Most rows with a cell that is not allowed that are told; all are counted."""
PAUSE = 0.2
"""Seconds between two looks at how far it is."""


@dataclass(frozen=True)
class Outcome:
    """What came of a file.

    Attributes
    ----------
    workflows : int
    winners : mapping of str to int
        How many each model wins.
    ties, fragile : int
        In how many several models fit best, or one step turns the winner.
    blank : int
        Cells of questions not answered.
    not_allowed : int
        Workflows without a result, as a cell holds what is not allowed.
    examples : tuple of (int, str)
        The first of them: the row, counted from ``tables.FIRST_ROW`` on, and the columns.
    """

    workflows: int
    winners: Mapping[str, int]
    ties: int
    fragile: int
    blank: int
    not_allowed: int
    examples: tuple[tuple[int, str], ...]


def run(
    source: Path,
    target: Path,
    knowledge: Knowledge,
    *,
    force: bool = False,
    progress: Callable[[float], object] = lambda _: None,
) -> Outcome:
    """Score a file of workflows into another.

    Parameters
    ----------
    source, target : pathlib.Path
        Files that end in ``.csv`` or ``.parquet``.
    knowledge : Knowledge
    force : bool
        Whether a target that is there may be replaced.
    progress : callable
        Told now and then which share (0-1) is done.

    Returns
    -------
    Outcome

    Raises
    ------
    InputError
        If a file cannot be read or written or a column is missing; a target that was there is untouched.
    KeyboardInterrupt
        If it was interrupted or asked to end; likewise.
    """
    duckdb = extras.need("duckdb", "a portfolio in files")
    for path in (source, target):
        if path.suffix.lower() not in (".csv", ".parquet"):
            raise InputError(f"{path}: is neither .csv nor .parquet.")
    if target.exists() and not force:
        raise InputError(f"{target}: is there already; --force replaces it.")
    if target.exists() and source.exists() and target.samefile(source):
        raise InputError(f"{target}: is the file to read; name another to write.")
    with (
        tempfile.TemporaryDirectory() as spill,
        duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": spill}) as connection,
        files.beside(target) as part,
    ):
        try:
            scored = portfolio.score(_read(connection, source, source.suffix), knowledge)
        except duckdb.Error as error:
            raise InputError(f"{source}: cannot be read ({_told(error)}); nothing was changed.") from None
        except InputError as error:
            raise InputError(f"{source}: {error}") from None
        try:
            _wait(connection, lambda: _write(scored, part, target.suffix), progress)
            return _outcome(_read(connection, part, target.suffix))
        except duckdb.Error as error:
            raise InputError(f"{source} to {target}: stopped ({_told(error)}); nothing was changed.") from None


def _told(error: Exception) -> str:
    """Give the first sentence of what DuckDB says, on one line."""
    return " ".join(str(error).split("\n\n", maxsplit=1)[0].split())[:300]


def _read(connection: Any, source: Path, suffix: str) -> Any:
    """Open a file; the cells of a CSV file are texts and stay as they are."""
    if suffix.lower() == ".parquet":
        return connection.read_parquet(str(source))
    separator, names = _header(source)
    return connection.read_csv(
        str(source),
        auto_detect=False,  # one bad row can make it guess that the rows begin elsewhere or are separated otherwise
        delimiter=separator,
        quotechar='"',
        escapechar='"',
        header=True,
        columns=dict.fromkeys(names, "VARCHAR"),
    )


def _header(source: Path) -> tuple[str, list[str]]:
    """Read the header of a CSV file: what stands between its cells, and its columns."""
    try:
        with source.open(encoding="utf-8-sig", newline="") as stream:
            header = stream.readline().rstrip("\r\n")
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text; save the file as UTF-8.") from None
    except OSError as error:
        raise InputError(f"cannot be read ({files.reason(error)}).") from None
    separator = tables.separator(header)
    names = next(csv.reader([header], delimiter=separator), [])
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"the column {name!r} stands twice; each only once.")
    return separator, names


def _write(scored: Any, part: Path, suffix: str) -> None:
    if suffix.lower() == ".parquet":
        scored.write_parquet(str(part))
    else:
        portfolio.spreadsheet_safe(scored).write_csv(str(part))


def _wait(connection: Any, work: Callable[[], None], progress: Callable[[float], object]) -> None:
    """Let a thread work, tell how far it is, and end it when this one is interrupted."""
    failed: list[BaseException] = []

    def try_to() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again below
            failed.append(error)

    thread = threading.Thread(target=try_to)
    with _ended_like_interrupted():
        thread.start()
        try:
            while thread.is_alive():
                thread.join(PAUSE)
                progress(max(0.0, connection.query_progress()) / 100)
        finally:
            while thread.is_alive():
                connection.interrupt()
                thread.join(PAUSE)
    if failed:
        raise failed[0]


@contextmanager
def _ended_like_interrupted() -> Iterator[None]:
    """Make a request to end do what Ctrl-C does, so that no half file is left."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _outcome(rows: Any) -> Outcome:
    counts = rows.aggregate(
        "winner, count(*), count(*) filter (tie::boolean), count(*) filter (fragile::boolean), sum(blank::integer), "
        "count(*) filter (not_allowed <> '')"
    ).fetchall()
    wrong = (
        rows.project(f"row_number() over () + {tables.FIRST_ROW - 1} as row, not_allowed")
        .filter("not_allowed <> ''")
        .limit(TOLD)
    )
    return Outcome(
        workflows=sum(row[1] for row in counts),
        winners={row[0]: row[1] for row in counts if row[0]},
        ties=sum(row[2] for row in counts),
        fragile=sum(row[3] for row in counts),
        blank=int(sum(row[4] for row in counts)),
        not_allowed=sum(row[5] for row in counts),
        examples=tuple(wrong.fetchall()),
    )
