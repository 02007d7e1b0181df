"""Portfolios on any engine that narwhals carries, as expressions that run where the data is.

Nothing is collected: what is lazy stays lazy. A level is taken apart into 1 or 0 for "at least 1", "at least 2" and so
on, as engines add and multiply columns several times faster than they branch.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add, or_
from typing import Any

import narwhals as nw
import pandas as pd

from decision_kit.decision import SCOPES
from decision_kit.errors import InputError
from decision_kit.knowledge import TOP, Knowledge
from decision_kit.portfolio import cells, kernel, rule
from decision_kit.portfolio.cells import BLANKS, LEVELS, MUST, Columns
from decision_kit.portfolio.exact import NOWHERE, Exact, exact
from decision_kit.portfolio.rule import Found

OURS = "decision-kit"
"""What names of columns begin with that are needed on the way and are not in the result."""
TEXTS = (nw.String, nw.Categorical, nw.Enum)
"""The types of columns of text."""


def score(frame: Any, knowledge: Knowledge) -> Any:
    """Score a portfolio on the engine that holds it.

    Parameters
    ----------
    frame : dataframe, relation or query
        Of Dask, or of an engine that narwhals carries.
    knowledge : Knowledge

    Returns
    -------
    dataframe, relation or query
        Of the same engine, as told in :func:`decision_kit.portfolio.score`.

    Raises
    ------
    InputError
        If no engine is known for it, or a column is missing.
    """
    if nw.dependencies.is_dask_dataframe(frame):
        given = cells.find(list(frame.columns), knowledge), exact(knowledge)
        # The partitions, which are frames in pandas, are scored where they lie; narwhals is to leave Dask to others.
        meta = _partition(frame._meta, *given)  # noqa: SLF001
        return frame.map_partitions(_partition, *given, meta=meta)  # type: ignore[no-untyped-call]
    try:
        rows = nw.from_native(frame)
    except TypeError:
        raise InputError(
            f"a {type(frame).__name__} is not a dataframe that can be scored; pandas, Dask, and what narwhals carries "
            "(Polars, DuckDB, PySpark and others) can."
        ) from None
    numbers = exact(knowledge)
    here = Rows(rows, cells.find(rows.collect_schema().names(), knowledge))
    return here.results(rule.find(here, numbers), numbers).to_native()


def _partition(frame: pd.DataFrame, columns: Columns, numbers: Exact) -> pd.DataFrame:
    scored = kernel.score(frame, columns, numbers, threads=1)  # Dask has threads of its own
    # Which texts there are differs from partition to partition, and categories must not.
    told = scored["not_allowed"].cat
    return scored.assign(not_allowed=told.categories.take(told.codes.to_numpy()))  # faster than to cast it


class Rows:
    """All rows, as the rule reads them (see :class:`decision_kit.portfolio.rule.Carrier`)."""

    def __init__(self, frame: Any, columns: Columns) -> None:
        self._frame, self._kept = frame, 0
        self.scoped = bool(columns.scopes)
        types = frame.collect_schema()
        self._names = list(types.names())
        texts = self.keep({n: _text(n, types[n]).str.to_lowercase() for n in columns.scopes.values()})
        sides = self.keep({n: _text(n, types[n]) for n in columns.boundary})
        musts = self.keep({n: _must(n, types[n]) for n in columns.musts.values()})
        levels = self.keep({n: _level(c, types[c]) for n, c in columns.levels.items()})
        self._blank = self.keep({n: _one(level.is_null()) for n, level in levels.items()})
        levels = self.keep({n: level.fill_null(-1.0) for n, level in levels.items()})
        at_least = self.keep({f"{n} {k}": _one(x >= float(k)) for n, x in levels.items() for k in range(1, TOP + 1)})
        self._at_least = {n: [at_least[f"{n} {k}"] for k in range(1, TOP + 1)] for n in levels}

        if columns.boundary:
            named = reduce(lambda one, other: one & other, (side != "" for side in sides.values()))
        else:
            named = reduce(or_, (texts[n].is_in(SCOPES[1:]) for n in columns.scopes.values()), nw.lit(value=False))
        self.named = self.keep({"named": _one(named)})["named"] if self.scoped else 0.0
        self.of = self.keep(
            {
                f"{n} {side}": _one(texts[c] == side) * self.named
                for n, c in columns.scopes.items()
                for side in rule.SIDES
            }
        )
        self.musts = self.keep({n: _one(musts[c] == 1.0) * (1.0 - self._blank[n]) for n, c in columns.musts.items()})
        # Added up again, the parts of a level are that level, and of a cell left empty -1; of nothing else.
        wrong = {
            columns.levels[n]: level != reduce(add, self._at_least[n], -self._blank[n]) for n, level in levels.items()
        }
        wrong |= {n: ~texts[n].is_in(["", *SCOPES]) for n in columns.scopes.values()}
        wrong |= {n: musts[n] > 1.0 for n in columns.musts.values()}
        self._wrong = self.keep(wrong)
        self._fine = self.keep({"fine": ~reduce(or_, self._wrong.values())})["fine"]

    def by_level(self, requirement: str, levels: Sequence[float]) -> Any:
        """Give the number that stands for each row's level."""
        rises = [float(levels[k] - levels[k - 1]) for k in range(1, TOP + 1)]
        parts = [part * rise for part, rise in zip(self._at_least[requirement], rises, strict=True) if rise]
        lowest = [(1.0 - self._blank[requirement]) * float(levels[0])] if levels[0] or not parts else []
        return reduce(add, lowest + parts)

    def when(self, condition: Any, then: Any, otherwise: Any) -> Any:
        """Give one of two."""
        return nw.when(condition).then(then).otherwise(otherwise)

    def largest(self, values: Sequence[Any]) -> Any:
        """Give the largest."""
        return nw.max_horizontal(*values)

    def keep(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Add columns, so that an engine works them out once."""
        self._kept += 1
        names = {key: f"{OURS} {self._kept} {key}" for key in values}
        if values:
            self._frame = self._frame.with_columns(**{names[key]: value for key, value in values.items()})
        return {key: nw.col(name) for key, name in names.items()}

    def results(self, found: Found, numbers: Exact) -> Any:
        """Give the frame with the results, and with no result where a cell is not allowed."""
        best, needed = found.weight * float(numbers.best), self._fine & (found.weight > 0)
        fits, failed = [], []
        for model in numbers.models:
            total, count = found.state.get(("total", model)), found.state.get(("failed", model), nw.lit(0.0))
            can = found.eligible.get(model, self._fine)
            fits.append(nw.lit(None, nw.Float64) if total is None else nw.when(needed & can).then(total / best))
            failed.append(nw.when(self._fine & can).then(count).otherwise(0.0).cast(nw.Int16))
        winner: Any = nw.lit(None, nw.String)
        for model, comes_first in found.first.items():
            winner = nw.when(self._fine & comes_first).then(nw.lit(model)).otherwise(winner)
        margin = nw.when(needed & (found.lead < -NOWHERE / 2)).then(found.lead / best)
        tie, fragile = self._fine & found.tie, self._fine & found.fragile
        blank = reduce(add, self._blank.values()).cast(nw.Int16)
        names = [nw.when(wrong).then(nw.lit(name)) for name, wrong in self._wrong.items()]
        told = nw.concat_str(names, separator=", ", ignore_nulls=True)
        not_allowed = nw.when(self._fine).then(nw.lit("")).otherwise(told)
        values = [*fits, winner, margin, tie, *failed, fragile, blank, not_allowed]
        results = zip(cells.results(numbers.models), values, strict=True)
        return self._frame.select(*self._names, **dict(results))


def _one(condition: Any) -> Any:
    """Give 1 where a condition holds, else 0."""
    return condition.cast(nw.Float64)


def _cell(name: str, kind: Any) -> Any:
    """Read a cell, nothing where it is empty."""
    return nw.col(name).fill_nan(None) if kind.is_float() else nw.col(name)


def _text(name: str, kind: Any) -> Any:
    """Read a text, empty where the cell is; what is no text is read as ``"?"``."""
    if kind in TEXTS:
        return nw.col(name).cast(nw.String).fill_null("").str.strip_chars(BLANKS)
    return nw.when(_cell(name, kind).is_null()).then(nw.lit("")).otherwise(nw.lit("?"))


def _level(name: str, kind: Any) -> Any:
    """Read a level, nothing where the cell is empty, and what is no number as -2."""
    if kind.is_numeric():
        return _cell(name, kind).cast(nw.Float64)
    text, read = _text(name, kind), nw.lit(-2.0)
    for level in range(TOP + 1):
        read = (
            nw.when(text.is_in([t for t, known in LEVELS.items() if known == level])).then(float(level)).otherwise(read)
        )
    return nw.when(text != "").then(read)


def _must(name: str, kind: Any) -> Any:
    """Read a must-have as 1 or 0, and what is not allowed as 2."""
    if kind == nw.Boolean:
        return _one(nw.col(name).fill_null(value=False))
    if kind.is_numeric():
        cell = _cell(name, kind).cast(nw.Float64).fill_null(0.0)
        return nw.when(cell.is_in([0.0, 1.0])).then(cell).otherwise(2.0)
    text = _text(name, kind).str.to_lowercase()
    yes, no = ([t for t, known in MUST.items() if known is must] for must in (True, False))
    return nw.when(text.is_in(yes)).then(1.0).otherwise(nw.when(text.is_in(["", *no])).then(0.0).otherwise(2.0))
