"""Portfolios in pandas: scored in chunks of rows that stay in the processor's cache.

Where there are no scopes and two models to compare, the fast ``lookup`` does it; all else goes through ``rule``.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from decision_kit.decision import SCOPES
from decision_kit.knowledge import TOP
from decision_kit.portfolio import cells, rule
from decision_kit.portfolio.cells import Columns
from decision_kit.portfolio.exact import NOWHERE, Exact
from decision_kit.portfolio.lookup import BLANK, Lookup
from decision_kit.portfolio.rule import Found

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

_lookup = functools.lru_cache(maxsize=4)(Lookup)
CHUNK = 50_000
"""Rows in a chunk: few enough for the cache, and so many that calling NumPy and waiting for a thread cost little."""


def score(frame: pd.DataFrame, columns: Columns, exact: Exact, threads: int) -> pd.DataFrame:
    """Score a portfolio in pandas.

    Parameters
    ----------
    frame : pandas.DataFrame
    columns : Columns
        Those of the frame.
    exact : Exact
    threads : int
        How many work at once.

    Returns
    -------
    pandas.DataFrame
        As told in :func:`decision_kit.portfolio.score`.
    """
    wrong: dict[str, list[Array]] = {name: [] for name in columns.read}

    def read(name: str, check: Callable[[object], float]) -> "Array":
        values, places = _read(frame[name], check)
        wrong[name].append(places)
        return values

    levels = [_levels(frame[name]) for name in columns.levels.values()]
    scopes = {r: read(name, lambda cell: SCOPES.index(cells.scope(cell))) for r, name in columns.scopes.items()}
    musts = {r: read(name, lambda cell: float(cells.must(cell))) for r, name in columns.musts.items()}
    boundary = [_read(frame[name], lambda cell: float(cells.named(cell)))[0] for name in columns.boundary]
    named = np.broadcast_to(0.0, len(frame))
    if scopes:
        named = boundary[0] * boundary[1] if boundary else 1.0 * np.any([s > 0 for s in scopes.values()], axis=0)

    results = _Results(len(frame), exact)
    lookup = None if scopes or len(exact.pure) > 2 else _lookup(exact)

    size = CHUNK if lookup else CHUNK // 4  # the rule has more at hand at once

    def fill(start: int) -> None:
        part = slice(start, start + size)
        codes, blank, odd = _codes([each[part] for each in levels])
        for name, places in zip(columns.levels.values(), odd, strict=False):
            wrong[name].append(start + places)
        chunk = Chunk(
            dict(zip(columns.levels, codes, strict=True)),
            {r: scope[part] for r, scope in scopes.items()},
            {r: must[part] for r, must in musts.items()},
            named[part],
        )
        with np.errstate(invalid="ignore", divide="ignore"):  # nothing needed gives 0 / 0, which is no fit
            results.fill(part, lookup.find(chunk, codes) if lookup else rule.find(chunk, exact), blank)

    starts = iter(range(0, len(frame), size))  # whoever is free takes the next, without being woken for each

    def work() -> None:
        for start in starts:
            fill(start)

    with ThreadPoolExecutor(threads) as pool:
        others = [pool.submit(work) for _ in range(threads - 1)]
        work()  # in this thread too
        for other in others:
            other.result()
    places = {name: np.concatenate(found) for name, found in wrong.items() if sum(map(len, found))}
    return pd.concat([frame, results.frame(frame.index, places)], axis=1)


class Chunk:
    """Some rows, as the rule reads them (see :class:`decision_kit.portfolio.rule.Carrier`)."""

    def __init__(
        self,
        codes: Mapping[str, "Array"],
        scopes: Mapping[str, "Array"],
        musts: Mapping[str, "Array"],
        named: "Array",
    ) -> None:
        self.codes, self.scoped = codes, bool(scopes)
        self.named = named
        self.of = {
            f"{r} {side}": (scope == SCOPES.index(side)) * named for r, scope in scopes.items() for side in rule.SIDES
        }
        self.musts = {r: must * (codes[r] != BLANK) for r, must in musts.items()}

    def by_level(self, requirement: str, levels: Sequence[float]) -> Any:
        """Give the number that stands for each row's level."""
        return np.array([*levels, 0.0]).take(self.codes[requirement])

    def when(self, condition: Any, then: Any, otherwise: Any) -> Any:
        """Give one of two."""
        return np.where(condition, then, otherwise)

    def largest(self, values: Sequence[Any]) -> Any:
        """Give the largest."""
        return reduce(np.maximum, values)

    def keep(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Keep what is worked out already."""
        return dict(values)


class _Results:
    """The columns to add, filled part by part."""

    def __init__(self, rows: int, exact: Exact) -> None:
        self.exact = exact
        *fits, self.margin = np.empty((len(exact.models) + 1, rows))  # together, as the system then gives larger pages
        self.fit = dict(zip(exact.models, fits, strict=True))
        self.winner = np.empty(rows, np.int8)
        self.tie, self.fragile = np.empty(rows, bool), np.empty(rows, bool)
        self.failed = {model: np.zeros(rows, np.int16) for model in exact.models}
        self.blank = np.empty(rows, np.int16)

    def fill(self, part: slice, found: Found, blank: "Array") -> None:
        """Set what was found for some rows."""
        best = found.weight * self.exact.best
        for model in self.exact.models:
            if ("total", model) in found.state:
                np.divide(found.state["total", model], best, out=self.fit[model][part])
            else:
                self.fit[model][part] = np.nan
            if ("failed", model) in found.state:
                self.failed[model][part] = found.state["failed", model] * found.eligible.get(model, 1)
        for model, can in found.eligible.items():
            self.fit[model][part][~can] = np.nan
        winner = self.winner[part]
        winner[:] = -1
        for model, comes_first in found.first.items():
            winner += comes_first.view(np.int8) * np.int8(self.exact.models.index(model) + 1)
        np.divide(found.lead, best, out=self.margin[part])
        if any(kind != "total" for kind, _ in found.state):
            self.margin[part][found.lead >= -NOWHERE / 2] = np.nan
        self.tie[part], self.fragile[part] = found.tie, found.fragile
        self.blank[part] = blank

    def frame(self, index: pd.Index, wrong: Mapping[str, "Array"]) -> pd.DataFrame:
        """Give the columns, without results for the rows that have a cell that is not allowed."""
        told, names = np.zeros(len(index), np.int32 if wrong else np.int8), [""]
        for name, rows in wrong.items():
            # Cells are met column by column: each set of names met so far goes on to the one with this name added.
            before, new = np.unique(told[rows], return_inverse=True)
            told[rows] = (len(names) + new).astype(np.int32)
            names += [f"{names[each]}, {name}".removeprefix(", ") for each in before]
        used, codes = np.zeros(1, int), told
        if wrong:
            bad = np.flatnonzero(told)
            for values in (*self.fit.values(), self.margin):
                values[bad] = np.nan
            for flags in (self.tie, self.fragile, *self.failed.values()):
                flags[bad] = 0
            self.winner[bad] = -1
            used, codes = np.unique(told, return_inverse=True)
        winner = _categories(self.winner, self.exact.models)
        not_allowed = _categories(codes, [names[each] for each in used])
        columns = [*self.fit.values(), winner, self.margin, self.tie, *self.failed.values(), self.fragile, self.blank]
        results = zip(cells.results(self.exact.models), [*columns, not_allowed], strict=True)
        return pd.DataFrame(dict(results), index=index, copy=False)


def _categories(codes: "Array", texts: Sequence[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(texts), dtype="str"), validate=False)


def _levels(series: pd.Series) -> "Array":
    if not pd.api.types.is_numeric_dtype(series.dtype) or pd.api.types.is_bool_dtype(series.dtype):
        return _read(series, _level)[0]
    if isinstance(series.dtype, np.dtype):
        return series.to_numpy()
    return series.to_numpy(dtype=np.float64, na_value=np.nan)


def _level(cell: object) -> float:
    found = cells.level(cell)
    return np.nan if found is None else float(found)


def _read(series: pd.Series, check: Callable[[object], float]) -> tuple["Array", "Array"]:
    """Read the cells of a column that does not hold numbers; and tell which rows hold what is not allowed.

    What is not allowed is given as -1 where it stands for a level, which no level is, else like an empty cell.
    """
    try:
        codes, different = pd.factorize(series)
    except TypeError:  # a cell holds several values
        codes, different = pd.factorize(series.astype("str").where(series.notna()))
    values, wrong = [], []
    for cell in different:
        try:
            values.append(check(cell))
            wrong.append(False)
        except ValueError:
            values.append(-1.0 if check is _level else check(None))
            wrong.append(True)
    return np.array([*values, check(None)])[codes], np.flatnonzero(np.array([*wrong, False])[codes])


def _codes(levels: Sequence["Array"]) -> tuple["Array", "Array", list["Array"]]:
    """Give the code of each cell by requirement and row, how many are blank in each row, and where any is not allowed.

    The last is by requirement, and empty where all are. All columns go through each step at once: threads wait for
    each other between the steps.
    """
    values = np.concatenate(levels).reshape(len(levels), -1)
    signed, differ, empty = room = np.empty((3, *values.shape), np.int8)
    codes = signed.view(np.uint8)
    with np.errstate(invalid="ignore"):
        np.copyto(signed, values, casting="unsafe")
        np.not_equal(values, signed, out=differ.view(bool))
        np.isnan(values, out=empty.view(bool))
    different, blanks = np.add.reduce(room[1:], axis=1, dtype=np.min_scalar_type(-len(levels)))
    # An empty cell differs from whatever became of it; if no other does, all others are whole.
    if np.array_equal(different, blanks) and codes.max(initial=0) <= TOP:
        empty *= BLANK
        signed += empty
        return codes, blanks, []
    fine = np.isin(values, range(TOP + 1))
    codes[:] = np.where(fine, values, BLANK)
    return codes, blanks, [np.flatnonzero(places) for places in ~fine & ~np.isnan(values)]
