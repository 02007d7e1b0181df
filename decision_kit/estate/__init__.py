"""What a portfolio tells: what fits its workflows best, by group, what is fragile, and what runs on another model.

A portfolio (see :mod:`decision_kit.portfolio`) becomes an :class:`Estate`: the scored table with, for each workflow,
its outcome, the fit of what fits best, and the regret of what runs today. All figures are counts or shares (0-1).
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from decision_kit import portfolio, tables
from decision_kit.decision import Decision
from decision_kit.errors import InputError
from decision_kit.knowledge import Knowledge
from decision_kit.portfolio import cells, outcomes
from decision_kit.portfolio.cells import FAILED, FIT
from decision_kit.portfolio.outcomes import NOT_JUDGED, RUNS, TIE, WITHOUT

ADDED = (outcomes.COLUMN, "best_fit", "regret")
"""The columns that are added to those of ``portfolio.score``."""
MIDDLING = 0.5
"""The fit of a model rated halfway (2 of 4) on all that is needed; below it nothing fits well."""
NAMES = ("workflow", "name")
"""Columns that name a workflow, the first that is there."""
GROUPS = ("team", "domain")
"""Columns by which workflows are grouped before others, where they are there."""
SMALLEST = {"fragile": ["margin"], "misfit": ["best_fit"]}
"""The columns in which the smallest comes first where such workflows are ranked."""


@dataclass(frozen=True)
class Counts:
    """How many of some workflows are what; each number adds up over groups.

    Attributes
    ----------
    workflows : int
    outcomes : mapping of str to int
        By outcome: the models, and those of ``WITHOUT``, in this order; they add up to ``workflows``.
    fragile : int
        Where one step of one answer turns the winner.
    misfit : int
        Where even the best fit is below ``MIDDLING``.
    ruled_out, hopeless : int
        Where must-haves rule out some model, or all of them.
    scoped : int
        Where a boundary is named, so that a model made of two is compared.
    compared : int
        Where what runs today is known and compared with what fits best.
    wrong : int
        Where another model than the one that runs fits better: the regret is above 0.
    firm : int
        Those of them where one model fits best and no step of one answer turns that.
    incomparable : int
        Where a model made of two runs, but no boundary is named, so that it has no fit.
    silent : int
        Where nothing is said of what runs.
    barred : int
        Where a must-have rules out what runs.
    regret : float
        Sum of the regrets of the others, in shares of fit.
    """

    workflows: int
    outcomes: Mapping[str, int]
    fragile: int
    misfit: int
    ruled_out: int
    hopeless: int
    scoped: int
    compared: int
    wrong: int
    firm: int
    incomparable: int
    silent: int
    barred: int
    regret: float

    @property
    def judged(self) -> int:
        """How many have a model, or several, that fit best."""
        return outcomes.judged(self.outcomes)


@dataclass(frozen=True)
class Workflow:
    """One workflow as lists show it.

    ``row`` counts from ``tables.FIRST_ROW`` on; ``groups`` are its cells in the columns :attr:`Estate.heads`; ``runs``
    is the model that runs, where it is known, and ``barred`` tells whether a must-have rules that out. One without a
    name of its own is called by its row.
    """

    row: int
    name: str
    groups: tuple[str, ...]
    outcome: str
    best: float | None
    margin: float | None
    runs: str | None
    regret: float | None
    barred: bool

    @property
    def titled(self) -> bool:
        """Whether it has a name of its own."""
        return self.name != f"Row {self.row}"


@dataclass(frozen=True)
class Estate:
    """A portfolio with what it tells; made by :func:`look`.

    Attributes
    ----------
    knowledge : Knowledge
    table : pandas.DataFrame
        The scored table with the columns ``ADDED``; the index is the row, counted from ``tables.FIRST_ROW`` on.
    facts : pandas.DataFrame
        For each row: ``runs``, the model that runs or none, and what adds up to the figures of :class:`Counts`.
    naming : str or None
        The column that names the workflows.
    groups : tuple of str
        The columns of text by which workflows can be grouped; those of ``GROUPS`` first.
    rescored : bool
        Whether the table held results of an earlier scoring, which were worked out anew.
    spelled : mapping of str to str
        How the table calls ``current_model``, ``core`` and ``reactions``, where it has them.
    """

    knowledge: Knowledge
    table: pd.DataFrame
    facts: pd.DataFrame
    naming: str | None
    groups: tuple[str, ...]
    rescored: bool
    spelled: Mapping[str, str]

    @property
    def heads(self) -> tuple[str, ...]:
        """The first two columns of groups, which stand beside a workflow; what runs has a place of its own."""
        return tuple(column for column in self.groups if column != self.spelled.get(RUNS))[:2]

    @functools.cached_property
    def counts(self) -> Counts:
        """The figures of all workflows."""
        return self._counts(self.facts.drop(columns="runs").sum())

    @functools.cached_property
    def unknown(self) -> "pd.Series[str]":
        """The words in ``current_model`` that are the name of no model, by row."""
        return outcomes.running(self.table, self.knowledge)[1]

    def by(self, column: str) -> dict[str, Counts]:
        """Count by the texts of a column, the largest group first; cells left empty are one group, ``""``.

        In ``current_model`` a model is one group by its title, however it is written.
        """
        sums = self.facts.drop(columns="runs").groupby(self._texts_of(column).to_numpy(), sort=True).sum()
        sums = sums.sort_values("workflows", ascending=False, kind="stable")
        return {str(text): self._counts(row) for text, row in sums.iterrows()}

    def only(self, chosen: Mapping[str, str], words: str = "") -> "Estate":
        """Keep the workflows whose cells in some columns are as chosen, and in whose texts every word occurs."""
        kept = np.ones(len(self.table), bool)
        for column, text in chosen.items():
            kept &= (self._texts_of(column) == text).to_numpy()
        if words.split():
            sides = (self.spelled.get(side) for side in cells.BOUNDARY)
            columns = [name for name in (self.naming, *self.groups, *sides) if name in self.table]
            told = functools.reduce(lambda one, other: one + "\n" + other, (_texts(self.table[c]) for c in columns))
            for word in words.casefold().split():
                kept &= told.str.casefold().str.contains(word, regex=False).to_numpy()
        return replace(self, table=self.table[kept], facts=self.facts[kept])

    def ranked(self, most: int, kind: str = "") -> list[Workflow]:
        """List workflows, the largest regret first and those that have none last.

        Of a ``kind`` only those of one of the :class:`Counts`: ``"wrong"``; ``"fragile"``, the smallest lead first; or
        ``"misfit"``, the lowest best fit first.
        """
        by = SMALLEST.get(kind, ["regret", "best_fit"])
        figures = self.table.loc[self.facts[kind] if kind else slice(None), by]
        rows = figures.sort_values(by, ascending=kind in SMALLEST, kind="stable").index[:most]
        return [self.one(row) for row in rows.tolist()]

    def one(self, row: int) -> Workflow:
        """Give the workflow of a row.

        Raises
        ------
        InputError
            If there is no such row.
        """
        if row not in self.table.index:
            raise InputError(f"row {row}: is not among the workflows.")
        values: Any = self.table.loc[row]
        facts: Any = self.facts.loc[row]
        texts = (values.get(column) for column in (self.naming, *self.heads))
        name, *groups = ("" if pd.isna(text) else str(text) for text in texts)
        found = (values["best_fit"], values["margin"], values["regret"], facts["runs"])
        best, margin, regret, runs = (None if pd.isna(value) else value for value in found)
        return Workflow(
            row=row,
            name=" ".join(name.split()) or f"Row {row}",
            groups=tuple(groups),
            outcome=values["outcome"],
            best=best,
            margin=margin,
            runs=runs,
            regret=regret,
            barred=bool(facts["barred"]),
        )

    def decision(self, row: int, table: str = "a portfolio") -> Decision:
        """Make a decision of one workflow, to evaluate or to save.

        Its context says where it comes from; ``table`` is what the portfolio is called there.

        Raises
        ------
        InputError
            If there is no such row, or one of its cells holds what is not allowed.
        """
        found = self.one(row)
        try:
            row_of = {str(name): cell for name, cell in self.table.loc[row].items()}
            made = portfolio.decision(row_of, self.knowledge, found.name)
        except InputError as error:
            raise InputError(f"row {row}, {error}") from None
        told = [f"{column}: {text}" for column, text in zip(self.heads, found.groups, strict=True) if text]
        told += [f"runs today on: {self.knowledge.models[found.runs].phrase}"] if found.runs else []
        return replace(made, context=f"Row {row} of {table}. {'; '.join(told)}".strip() + ("." if told else ""))

    def _texts_of(self, column: str) -> "pd.Series[str]":
        if column != self.spelled.get(RUNS):
            return _texts(self.table[column])
        titles = {model.id: model.title for model in self.knowledge.models.values()}
        return self.facts["runs"].map(titles).fillna(self.unknown).fillna("")

    def _counts(self, sums: "pd.Series[Any]") -> Counts:
        kinds = {kind: int(sums[f"outcome {kind}"]) for kind in (*self.knowledge.models, *WITHOUT)}
        whole: dict[str, Any] = {each.name: int(sums[each.name]) for each in fields(Counts) if each.name in sums}
        return Counts(**{**whole, "outcomes": kinds, "regret": float(sums["regret"])})


def look(frame: pd.DataFrame, knowledge: Knowledge) -> Estate:
    """Score a portfolio and say of each workflow what fits, how well, and what running another model costs.

    The best fit is that of the model that fits best among those that no must-have rules out (among all, where
    must-haves rule out all). The **regret** is the best fit less the fit of the model in the column
    ``current_model``, and 1 where a must-have rules that model out, as no fit makes up for it: it is 0 where what runs
    fits best, alone or tied with others, and above 0 everywhere else. There is none where nothing is said of what
    runs, where too little is answered for a verdict, or where a model made of two runs and no boundary is named. It is
    the regret of decision theory (Savage, J. Am. Stat. Assoc. 46(253), 1951), in shares of fit.

    Parameters
    ----------
    frame : pandas.DataFrame
        A portfolio; results of an earlier scoring in it are left out and worked out anew.
    knowledge : Knowledge

    Returns
    -------
    Estate

    Raises
    ------
    InputError
        If a column is missing, stands twice, or has the name of one that is added; if there are no rows.
    """
    results = cells.results(knowledge.models)
    rescored = set(results) <= set(frame.columns)
    if rescored:
        frame = frame.drop(columns=[*results, *(name for name in ADDED if name in frame)])
    if frame.empty:
        raise InputError("there is no workflow in it, only a header.")
    own = cells.find(list(frame.columns), knowledge, ADDED)
    table = portfolio.score(frame.set_axis(pd.RangeIndex(tables.FIRST_ROW, len(frame) + tables.FIRST_ROW)), knowledge)
    fits = table[[FIT.format(model) for model in knowledge.models]].to_numpy()
    failed = table[[FAILED.format(model) for model in knowledge.models]].to_numpy() > 0
    eligible = ~np.isnan(fits)
    candidates = eligible & ~failed
    hopeless = eligible.any(axis=1) & ~candidates.any(axis=1)
    candidates[hopeless] = eligible[hopeless]
    best = np.where(candidates, fits, -np.inf).max(axis=1)

    outcome = outcomes.find(table, knowledge)
    judged, fragile = ~outcome.isin(NOT_JUDGED), table["fragile"].to_numpy()
    runs, unknown = outcomes.running(table, knowledge)
    rows = np.arange(len(table))
    told = judged & (runs >= 0)
    compared = told & eligible[rows, runs]
    barred = compared & ~candidates[rows, runs]
    regret = np.where(compared, np.where(barred, 1.0, best - fits[rows, runs]), np.nan)
    facts = {
        "runs": np.array([*knowledge.models, None], object)[runs],
        "workflows": 1,
        **{f"outcome {kind}": outcome == kind for kind in outcome.categories},
        "fragile": judged & fragile,
        "misfit": judged & (best < MIDDLING),
        "ruled_out": judged & (failed & eligible).any(axis=1),
        "hopeless": judged & hopeless,
        "scoped": judged & outcomes.bounded(table, knowledge),
        "compared": compared,
        "wrong": regret > 0,
        "firm": (regret > 0) & ~fragile & (outcome != TIE),
        "incomparable": told & ~compared,
        "barred": barred,
        "silent": judged & (runs < 0) & ~table.index.isin(unknown.index),
        "regret": np.where(compared & ~barred, regret, 0.0),
    }
    table = table.assign(outcome=outcome.astype(object), best_fit=np.where(judged, best, np.nan), regret=regret)
    spelled = tables.spelled(frame.columns, (RUNS, *cells.BOUNDARY, *NAMES, *GROUPS))
    read = (*own.read, *(spelled.get(side) for side in cells.BOUNDARY))
    words = [str(name) for name in frame.columns if name not in read and _is_text(frame[name])]
    names, groups = ([spelled[n] for n in known if spelled.get(n) in words] for known in (NAMES, GROUPS))
    naming = next((name for name in (*names, *words) if name not in (*groups, spelled.get(RUNS))), None)
    groups += [name for name in words if name not in (naming, *groups) and not frame[name].is_unique]
    return Estate(knowledge, table, pd.DataFrame(facts, table.index), naming, tuple(groups), rescored, spelled)


def _texts(column: "pd.Series[Any]") -> "pd.Series[str]":
    """Give a column as texts, empty where a cell is."""
    return column.astype("str").where(column.notna(), "")


def _is_text(column: "pd.Series[Any]") -> bool:
    """Tell whether a column holds texts, some of which may be missing."""
    return pd.api.types.infer_dtype(column, skipna=True) in ("string", "categorical")
