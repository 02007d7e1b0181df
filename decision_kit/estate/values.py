"""What a portfolio tells as plain values: counts, workflows as lists show them, and the table behind both."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from decision_kit import portfolio
from decision_kit.decision import Decision
from decision_kit.errors import InputError
from decision_kit.knowledge import Knowledge
from decision_kit.portfolio import outcomes
from decision_kit.portfolio.outcomes import WITHOUT

RUNS = "current_model"
"""The column that says what a workflow runs on today."""
ADDED = (outcomes.COLUMN, "best_fit", "regret")
"""The columns that are added to those of ``portfolio.score``."""
MIDDLING = 0.5
"""The fit of a model rated halfway (2 of 4) on all that is needed; below it nothing fits well."""
NAMES = ("workflow", "name")
"""Columns that name a workflow, the first that is there."""
GROUPS = ("team", "domain")
"""Columns by which workflows are grouped before others, where they are there."""


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
    """A portfolio with what it tells; made by :func:`decision_kit.estate.look`.

    Attributes
    ----------
    knowledge : Knowledge
    table : pandas.DataFrame
        The scored table with the columns ``ADDED``; the index is the row, counted from ``tables.FIRST_ROW`` on.
    facts : pandas.DataFrame
        For each row: ``runs``, the model that runs or none, and 1 or 0 for what :class:`Counts` counts.
    naming : str or None
        The column that names the workflows.
    groups : tuple of str
        The columns of text by which workflows can be grouped; those of ``GROUPS`` first.
    rescored : bool
        Whether the table held results of an earlier scoring, which were worked out anew.
    """

    knowledge: Knowledge
    table: pd.DataFrame
    facts: pd.DataFrame
    naming: str | None
    groups: tuple[str, ...]
    rescored: bool = False

    @property
    def heads(self) -> tuple[str, ...]:
        """The first two columns of groups, which stand beside a workflow; what runs has a place of its own."""
        return tuple(column for column in self.groups if column != RUNS)[:2]

    @functools.cached_property
    def counts(self) -> Counts:
        """The figures of all workflows."""
        return self._counts(self._figures.sum())

    def by(self, column: str) -> dict[str, Counts]:
        """Count by the texts of a column, the largest group first; cells left empty are one group, ``""``.

        In ``current_model`` a model is one group by its title, however it is written.
        """
        sums = self._figures.groupby(self._texts(column).to_numpy(), sort=True).sum()
        sums = sums.sort_values("workflows", ascending=False, kind="stable")
        return {str(text): self._counts(row) for text, row in sums.iterrows()}

    def only(self, chosen: Mapping[str, str], words: str = "") -> "Estate":
        """Keep the workflows whose cells in some columns are as chosen, and in whose texts every word occurs."""
        kept = np.ones(len(self.table), bool)
        for column, text in chosen.items():
            kept &= (self._texts(column) == text).to_numpy()
        if words.split():
            columns = [name for name in (self.naming, *self.groups, "core", "reactions") if name in self.table]
            told = functools.reduce(lambda one, other: one + "\n" + other, (texts(self.table[c]) for c in columns))
            for word in words.casefold().split():
                kept &= told.str.casefold().str.contains(word, regex=False).to_numpy()
        return replace(self, table=self.table[kept], facts=self.facts[kept])

    def fragile(self, most: int) -> list[Workflow]:
        """List those that one step turns, the smallest lead first."""
        return self._listed(self.table[self.facts["fragile"] == 1].sort_values("margin", kind="stable"), most)

    def misfits(self, most: int) -> list[Workflow]:
        """List those that no model fits well, the lowest best fit first."""
        return self._listed(self.table[self.facts["misfit"] == 1].sort_values("best_fit", kind="stable"), most)

    def wrong(self, most: int) -> list[Workflow]:
        """List those that run on another model than fits best, the largest regret first."""
        rows = self.table[self.facts["wrong"] == 1]
        return self._listed(rows.sort_values(["regret", "best_fit"], ascending=False, kind="stable"), most)

    def ranked(self, most: int) -> list[Workflow]:
        """List all, the largest regret first and those that have none last."""
        return self._listed(self.table.sort_values(["regret", "best_fit"], ascending=False, kind="stable"), most)

    def one(self, row: int) -> Workflow:
        """Give the workflow of a row.

        Raises
        ------
        InputError
            If there is no such row.
        """
        if row not in self.table.index:
            raise InputError(f"row {row}: is not among the workflows.")
        return self._listed(self.table.loc[[row]], 1)[0]

    def unread(self, most: int) -> list[tuple[int, str]]:
        """Tell the rows with cells that are not allowed, in which columns, and what they hold."""
        told = self.table[self.table["not_allowed"] != ""].head(most)
        return [(row, outcomes.refused(told.loc[row])) for row in told.index.tolist()]

    @functools.cached_property
    def unknown(self) -> pd.Series:
        """The words in ``current_model`` that are the name of no model, by row."""
        words = said(self.table)
        return words[(words != "") & self.facts["runs"].isna()]

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
            cells = {str(name): cell for name, cell in self.table.loc[row].items()}
            made = portfolio.decision(cells, self.knowledge, found.name)
        except InputError as error:
            raise InputError(f"row {row}, {error}") from None
        told = [f"{column}: {text}" for column, text in zip(self.heads, found.groups, strict=True) if text]
        told += [f"runs today on: {self.knowledge.models[found.runs].phrase}"] if found.runs else []
        return replace(made, context=f"Row {row} of {table}. {'; '.join(told)}".strip() + ("." if told else ""))

    def _texts(self, column: str) -> "pd.Series[str]":
        if column != RUNS:
            return texts(self.table[column])
        titles = {model.id: model.title for model in self.knowledge.models.values()}
        return self.facts["runs"].map(titles).fillna(said(self.table))

    @functools.cached_property
    def _figures(self) -> pd.DataFrame:
        outcome = self.table["outcome"]
        kinds = {f"outcome {kind}": outcome == kind for kind in (*self.knowledge.models, *WITHOUT)}
        flags = self.facts.drop(columns="runs")
        regret = self.table["regret"].where(self.facts["barred"] == 0, 0.0).fillna(0.0)
        return pd.DataFrame({"workflows": 1, **kinds, **flags, "regret": regret}).astype(float)

    def _counts(self, sums: pd.Series) -> Counts:
        kinds = (*self.knowledge.models, *WITHOUT)
        whole = {name: int(sums[name]) for name in ("workflows", *self.facts.columns.drop("runs"))}
        return Counts(
            **whole, outcomes={kind: int(sums[f"outcome {kind}"]) for kind in kinds}, regret=float(sums["regret"])
        )

    def _listed(self, rows: pd.DataFrame, most: int) -> list[Workflow]:
        rows, facts = rows.head(most), self.facts
        names = texts(rows[self.naming]) if self.naming else pd.Series("", rows.index, dtype="str")
        groups = [texts(rows[column]) for column in self.heads]
        shares = [
            [None if np.isnan(x) else x for x in rows[name].tolist()] for name in ("best_fit", "margin", "regret")
        ]
        return [
            Workflow(
                row=row,
                name=" ".join(names[row].split()) or f"Row {row}",
                groups=tuple(group[row] for group in groups),
                outcome=outcome,
                best=best,
                margin=margin,
                runs=None if pd.isna(facts.loc[row, "runs"]) else str(facts.loc[row, "runs"]),
                regret=regret,
                barred=bool(facts.loc[row, "barred"]),
            )
            for row, outcome, best, margin, regret in zip(rows.index.tolist(), rows["outcome"], *shares, strict=True)
        ]


def is_text(column: "pd.Series[Any]") -> bool:
    """Tell whether a column holds texts, some of which may be missing."""
    return pd.api.types.infer_dtype(column, skipna=True) in ("string", "categorical")


def texts(column: "pd.Series[Any]") -> "pd.Series[str]":
    """Give a column as texts, empty where a cell is."""
    return column.astype("str").where(column.notna(), "")


def said(table: pd.DataFrame) -> pd.Series:
    """Give the words that say what runs today, empty where none does."""
    return texts(table[RUNS]).str.strip() if RUNS in table else pd.Series("", table.index, dtype="str")
