"""What a portfolio tells: what fits its workflows best, by group, what is fragile, and what runs on another model.

A portfolio (see :mod:`decision_kit.portfolio`) becomes an :class:`Estate`: the scored table with, for each workflow,
its outcome, the fit of what fits best, and the regret of what runs today. All figures are counts or shares (0-1).
"""

from typing import Any

import numpy as np
import pandas as pd

from decision_kit import portfolio, tables
from decision_kit.errors import InputError
from decision_kit.estate.values import (
    ADDED,
    GROUPS,
    MIDDLING,
    NAMES,
    RUNS,
    Counts,
    Estate,
    Workflow,
    is_text,
    said,
    texts,
)
from decision_kit.knowledge import Knowledge
from decision_kit.portfolio import cells, outcomes
from decision_kit.portfolio.cells import FAILED, FIT
from decision_kit.portfolio.outcomes import FEW, NONE, TIE, UNREAD

__all__ = ["MIDDLING", "RUNS", "Counts", "Estate", "Workflow", "is_text", "look", "texts"]


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
    results = cells.find(list(knowledge.requirements), knowledge).results
    rescored = set(results) <= set(frame.columns)
    if rescored:
        frame = frame.drop(columns=[*results, *(name for name in ADDED if name in frame)])
    if frame.empty:
        raise InputError("there is no workflow in it, only a header.")
    for place, name in enumerate(frame.columns):
        if name in frame.columns[:place]:
            raise InputError(f"the column {name!r} stands twice; each only once.")
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
    tie, fragile = outcome == TIE, table["fragile"].to_numpy()
    judged = ~np.isin(outcome, (FEW, NONE, UNREAD))

    runs = _running(table, knowledge)
    code = np.array([list(knowledge.models).index(model) if model else 0 for model in runs])
    rows = np.arange(len(table))
    told = judged & pd.notna(runs)
    compared = told & eligible[rows, code]
    barred = compared & ~candidates[rows, code]
    regret = np.where(compared, np.where(barred, 1.0, best - fits[rows, code]), np.nan)
    composed = np.array([bool(model.composed) for model in knowledge.models.values()])
    facts = {
        "fragile": judged & fragile,
        "misfit": judged & (best < MIDDLING),
        "ruled_out": judged & (failed & eligible).any(axis=1),
        "hopeless": judged & hopeless,
        "scoped": judged & eligible[:, composed].any(axis=1),
        "compared": compared,
        "wrong": regret > 0,
        "firm": (regret > 0) & ~fragile & ~tie,
        "incomparable": told & ~compared,
        "barred": barred,
        "silent": judged & (said(table) == "").to_numpy(),
    }
    table = table.assign(outcome=outcome.astype(object), best_fit=np.where(judged, best, np.nan), regret=regret)
    used = {*own.read, *own.boundary, *own.results, *ADDED, "core", "reactions"}
    words = [str(name) for name in frame.columns if name not in used and is_text(frame[name])]
    naming = next((name for name in (*NAMES, *words) if name in words and name not in (*GROUPS, RUNS)), None)
    groups = [name for name in GROUPS if name in words]
    groups += [name for name in words if name not in (naming, *GROUPS) and not frame[name].is_unique]
    counted = {name: flags.astype(int) for name, flags in facts.items()}
    about = pd.DataFrame({"runs": runs, **counted}, table.index)
    return Estate(knowledge, table, about, naming, tuple(groups), rescored)


def _running(table: pd.DataFrame, knowledge: Knowledge) -> Any:
    """Read what runs today: a model's id or title, in small or capital letters; ``None`` for anything else."""
    known = {word.casefold(): model.id for model in knowledge.models.values() for word in (model.title, model.id)}
    return np.array([known.get(word) for word in said(table).str.casefold()], object)
