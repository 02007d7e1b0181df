"""Portfolios in CSV and Parquet files that are larger than memory: read, scored and written in one pass."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
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


@dataclass
class Outcome:
    """What came of a file's workflows, counted while they come by.

    Attributes
    ----------
    knowledge : Knowledge
    outcomes : mapping of str to int
        How many workflows there are of each outcome (see ``outcomes``); together all.
    scoped : int
        In how many of those with a verdict a boundary is named, so that a model made of two is compared.
    fragile : int
        In how many of those with a verdict one step of one answer turns the winner.
    blank : int
        Cells of questions not answered.
    unread : list of (int, str)
        What ``outcomes.unread`` says of the first workflows with a cell that is not allowed.
    unknown : int
        In how many the name of what runs today is that of no model.
    strange : list of (int, str)
        The first of these rows, counted from ``tables.FIRST_ROW`` on, and the names.
    misspelled : str
        What ``cells.misspelled`` says of the columns.
    """

    knowledge: Knowledge
    outcomes: Counter[str] = field(default_factory=Counter)
    scoped: int = 0
    fragile: int = 0
    blank: int = 0
    unread: list[tuple[int, str]] = field(default_factory=list)
    unknown: int = 0
    strange: list[tuple[Hashable, str]] = field(default_factory=list)
    misspelled: str = ""

    @property
    def workflows(self) -> int:
        """How many there are."""
        return self.outcomes.total()

    def add(self, scored: pd.DataFrame) -> None:
        """Count some workflows more."""
        found, words = scored[outcomes.COLUMN], outcomes.running(scored, self.knowledge)[1]
        self.outcomes.update({str(kind): number for kind, number in found.value_counts(sort=False).items()})
        judged = ~found.isin(outcomes.NOT_JUDGED).to_numpy()
        self.scoped += int(np.count_nonzero(outcomes.bounded(scored, self.knowledge) & judged))
        self.fragile += int(np.count_nonzero(scored["fragile"].to_numpy() & judged))
        self.blank += int(scored["blank"].sum())
        self.unread += outcomes.unread(scored, outcomes.TOLD - len(self.unread))
        self.unknown += len(words)
        self.strange += words.head(outcomes.TOLD - len(self.strange)).items()

    def told(self) -> list[str]:
        """Say what came of them."""
        known, counts = self.knowledge, self.outcomes
        told = [outcomes.gist(counts, known), *outcomes.rest(counts, known, self.unread)]
        told += [said] if (said := outcomes.scoped(self.scoped, counts, known)) else []
        told += [outcomes.unknown(self.unknown, self.strange, known)] if self.unknown else []
        told += [self.misspelled] if self.misspelled else []
        fragile = outcomes.fragile(self.fragile, outcomes.judged(counts))
        return [*told, f"{fragile} {self.blank:,} cells are empty."]


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
    needed = (*columns.read, *columns.boundary, *tables.spelled(rows.schema.names, (outcomes.RUNS,)).values())
    outcome = Outcome(knowledge, misspelled=cells.misspelled(rows.schema.names, knowledge))

    def score(batch: Any) -> pd.DataFrame:
        frame = batches.frame(batch, needed)
        frame.index += outcome.workflows + tables.FIRST_ROW
        scored = kernel.score(frame, columns, numbers, os.cpu_count() or 1)
        scored[outcomes.COLUMN] = outcomes.find(scored, knowledge)
        return scored

    results = (*cells.results(knowledge.models), outcomes.COLUMN)
    added = writers.results(score(rows.schema.empty_table()), results).schema
    files.sweep(target)
    try:
        with files.beside(target) as part, _ended_like_interrupted():
            read, writing = writers.through(rows, part, target.suffix.lower(), needed, added)
            with writing as write, ThreadPoolExecutor(1) as pool:
                written: Future[None] | None = None
                for batch, share in read:
                    scored = score(batch)
                    outcome.add(scored)
                    if written:
                        written.result()
                    written = pool.submit(write, batch, scored)  # while the next rows are read and scored
                    progress(share)
                if written:
                    written.result()
    except arrow.ArrowException as error:
        told = " ".join(str(error).split())[:300]
        raise InputError(f"{target}: cannot be written ({told}); nothing was changed.") from None
    return outcome


@contextmanager
def _ended_like_interrupted() -> Iterator[None]:
    """Make a request to end do what Ctrl-C does, so that no half file is left."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
