"""Portfolios in CSV and Parquet files that are larger than memory: read, scored and written in one pass."""

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from decision_kit import extras, files, tables
from decision_kit.errors import InputError
from decision_kit.knowledge import Knowledge
from decision_kit.portfolio import cells, kernel, outcomes
from decision_kit.portfolio.exact import exact


@dataclass(frozen=True)
class Outcome:
    """What came of a file.

    Attributes
    ----------
    outcomes : mapping of str to int
        How many workflows there are of each outcome (see ``outcomes``); together all.
    fragile : int
        In how many of those with a verdict one step of one answer turns the winner.
    blank : int
        Cells of questions not answered.
    unread : tuple of (int, str)
        The first workflows with a cell that is not allowed: the row, counted from ``tables.FIRST_ROW`` on, and the
        columns with what they hold.
    """

    outcomes: Mapping[str, int]
    fragile: int
    blank: int
    unread: tuple[tuple[int, str], ...]

    @property
    def workflows(self) -> int:
        """How many there are."""
        return sum(self.outcomes.values())


def run(
    source: Path,
    target: Path,
    knowledge: Knowledge,
    *,
    force: bool = False,
    progress: Callable[[float], object] = lambda _: None,
) -> Outcome:
    """Score a file of workflows into another, with the columns of ``portfolio.score`` and ``outcomes.COLUMN``.

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
    arrow = extras.need("pyarrow", "a portfolio in files")
    from decision_kit.portfolio import batches, writers  # noqa: PLC0415 - Arrow is an extra

    for path in (source, target):
        if path.suffix.lower() not in (".csv", ".parquet"):
            raise InputError(f"{path}: is neither .csv nor .parquet.")
    if target.exists() and not force:
        raise InputError(f"{target}: is there already; --force replaces it.")
    if target.exists() and source.exists() and target.samefile(source):
        raise InputError(f"{target}: is the file to read; name another to write.")
    rows, numbers = batches.read(source), exact(knowledge)
    try:
        columns = cells.find(rows.schema.names, knowledge, (outcomes.COLUMN,))
    except InputError as error:
        raise InputError(f"{source}: {error}") from None
    needed = (*columns.read, *columns.boundary)

    def score(batch: Any) -> pd.DataFrame:
        scored = kernel.score(batches.frame(batch, needed), columns, numbers, os.cpu_count() or 1)
        scored[outcomes.COLUMN] = outcomes.find(scored, knowledge)
        return scored

    results = (*columns.results, outcomes.COLUMN)
    added = writers.results(score(rows.schema.empty_table()), results).schema
    counts = _Counts(knowledge)
    files.sweep(target)
    try:
        with files.beside(target) as part, _ended_like_interrupted():
            read, writing = writers.through(rows, part, target.suffix.lower(), needed, added)
            with writing as write, ThreadPoolExecutor(1) as pool:
                written: Future[None] | None = None
                for batch, share in read:
                    scored = score(batch)
                    counts.add(scored)
                    if written:
                        written.result()
                    written = pool.submit(write, batch, scored)  # while the next rows are read and scored
                    progress(share)
                if written:
                    written.result()
    except arrow.ArrowException as error:
        told = " ".join(str(error).split())[:300]
        raise InputError(f"{target}: cannot be written ({told}); nothing was changed.") from None
    return counts.outcome()


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


@dataclass
class _Counts:
    """What is counted while rows come by."""

    knowledge: Knowledge
    rows: int = 0
    sums: Counter[str] = field(default_factory=Counter)
    unread: list[tuple[int, str]] = field(default_factory=list)

    def add(self, scored: pd.DataFrame) -> None:
        """Count some rows more."""
        found = scored[outcomes.COLUMN].array
        numbers = np.bincount(found.codes, minlength=len(found.categories))
        self.sums.update(dict(zip(found.categories, numbers.tolist(), strict=True)))
        self.sums["fragile"] += int((scored["fragile"].to_numpy() & (found.codes < len(self.knowledge.models))).sum())
        self.sums["blank"] += int(scored["blank"].sum())
        for row in np.flatnonzero(found == outcomes.UNREAD)[: outcomes.TOLD - len(self.unread)]:
            self.unread.append((self.rows + int(row) + tables.FIRST_ROW, outcomes.refused(scored.iloc[row])))
        self.rows += len(scored)

    def outcome(self) -> Outcome:
        """Give what came of all."""
        return Outcome(
            outcomes={kind: self.sums[kind] for kind in (*self.knowledge.models, *outcomes.WITHOUT)},
            fragile=self.sums["fragile"],
            blank=self.sums["blank"],
            unread=tuple(self.unread),
        )
