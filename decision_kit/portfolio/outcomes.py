"""What comes of each workflow of a portfolio: one rule and one set of words for command, notebook and report.

The outcomes are the models, each where it alone fits best, and the four of ``WITHOUT``; every workflow has one.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from decision_kit import tables
from decision_kit.grammar import counted, listed, more
from decision_kit.knowledge import Knowledge
from decision_kit.portfolio import cells

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMN = "outcome"
"""The column of written tables that says what came of each row, so that counting it gives what is told of all."""
TIE, FEW, NONE, UNREAD = "tie", "not enough answers", "no answers", "not read"
"""What comes of a workflow where no model alone fits best: several do, too little is answered for a verdict, nothing
is, or a cell is wrong."""
WITHOUT = (TIE, FEW, NONE, UNREAD)
"""All of them, in the order in which they are told."""
TURNED = "one step of one answer, a level up or down or another scope, makes another model win."
"""What fragile means."""
NOT_JUDGED = (FEW, NONE, UNREAD)
"""Those where nothing fits best."""
RUNS = "current_model"
"""The column that says what a workflow runs on today."""
TOLD = 5
"""Most rows with something wrong that are told; all are counted."""


def find(scored: pd.DataFrame, knowledge: Knowledge) -> "pd.Categorical[Any]":
    """Say what comes of each workflow.

    Parameters
    ----------
    scored : pandas.DataFrame
        As ``portfolio.score`` gives it in pandas.
    knowledge : Knowledge

    Returns
    -------
    pandas.Categorical
        One outcome for each row; its categories are all that there are, in the order in which they are told.
    """
    models, asked = list(knowledge.models), len(knowledge.requirements)
    blank = scored["blank"].to_numpy()
    found = scored["winner"].cat.set_categories(models).cat.codes.to_numpy(copy=True)  # -1 where there is none
    few = (blank > asked - knowledge.enough) | ((found < 0) & ~scored["tie"].to_numpy())
    rules = {TIE: scored["tie"], FEW: few, NONE: blank == asked, UNREAD: scored["not_allowed"] != ""}
    for kind, rows in rules.items():  # a later rule overrules an earlier one
        found[np.asarray(rows)] = len(models) + WITHOUT.index(kind)
    return pd.Categorical.from_codes(found, categories=pd.Index([*models, *WITHOUT], dtype="str"))


def running(frame: pd.DataFrame, knowledge: Knowledge) -> "tuple[NDArray[np.intp], pd.Series[str]]":
    """Read what each workflow runs on today: a model's id or title, in small or capital letters.

    Returns
    -------
    tuple of numpy.ndarray and pandas.Series
        For each row the place of the model in the knowledge, and -1 where none is known; and, where a word is the name
        of none, that word, by row.
    """
    column = tables.spelled(frame.columns, (RUNS,)).get(RUNS)
    if column is None:
        return np.full(len(frame), -1), pd.Series(index=frame.index[:0], dtype="str")
    names = [(name, place) for place, m in enumerate(knowledge.models.values()) for name in (m.title, m.id)]
    known = {name.casefold(): place for name, place in names}
    codes, different = pd.factorize(frame[column].astype("str").where(frame[column].notna()))
    words = np.array([*different.str.strip(), ""], object)  # the last where a cell is empty
    found = np.array([known.get(word.casefold(), -1) for word in words])[codes]
    rows = np.flatnonzero((found < 0) & (words != "")[codes])
    return found, pd.Series(words[codes[rows]], frame.index[rows], dtype="str")


def bounded(scored: pd.DataFrame, knowledge: Knowledge) -> "NDArray[np.bool_]":
    """Tell for each workflow whether a boundary is named, so that a model made of two is compared."""
    fits = [cells.FIT.format(model.id) for model in knowledge.models.values() if model.composed]
    compared = np.zeros(len(scored), bool)
    for fit in fits:
        compared |= ~np.isnan(scored[fit].to_numpy())
    return compared


def title(kind: str, knowledge: Knowledge) -> str:
    """Name an outcome."""
    return knowledge.models[kind].title if kind in knowledge.models else kind.capitalize()


def gist(counts: Mapping[str, int], knowledge: Knowledge) -> str:
    """Say what fits how many workflows best.

    Parameters
    ----------
    counts : mapping of str to int
        How many there are of each outcome.
    knowledge : Knowledge
    """
    workflows = sum(counts.values())
    whole, unread = counted(workflows, "workflow"), counts[UNREAD]
    if unread and unread == workflows:
        return f"Of {whole}, none could be read."
    if not judged(counts):
        others = f"{unread:,} could not be read, and none of the others" if unread else "none"
        return f"Of {whole}, {others} has enough answers for a verdict."
    wins = sorted(knowledge.models, key=lambda model: -counts[model])
    told = [f"{title(wins[0], knowledge)} fits {counts[wins[0]]:,} best"]
    told += [f"{title(model, knowledge)} {counts[model]:,}" for model in wins[1:]]
    return f"Of {whole}, {listed(told)}."


def scoped(number: int, counts: Mapping[str, int], knowledge: Knowledge) -> str:
    """Say where a model made of two could be compared at all; empty where none is known or nothing has a verdict.

    Parameters
    ----------
    number : int
        In how many workflows with a verdict that is so.
    counts : mapping of str to int
        How many there are of each outcome.
    knowledge : Knowledge
    """
    composed = [model for model in knowledge.models.values() if model.composed]
    if not composed or not judged(counts):
        return ""
    wins, titles = sum(counts[model.id] for model in composed), listed(model.title for model in composed)
    return f"A boundary is named in {number:,}; only there {titles} is compared, and wins {wins:,}."


def rest(counts: Mapping[str, int], knowledge: Knowledge, unread: Sequence[tuple[int, str]]) -> list[str]:
    """Say how many have no winner, and why.

    Parameters
    ----------
    counts : mapping of str to int
        How many there are of each outcome.
    knowledge : Knowledge
    unread : sequence of (int, str)
        What :func:`unread` says of the first rows with a cell that is not allowed.
    """
    rows = [f"row {row}, column {columns}" for row, columns in unread]
    why = {
        TIE: "several models fit best, exactly alike",
        FEW: f"fewer than {knowledge.enough} of {len(knowledge.requirements)} questions have a level, or nothing is "
        "needed",
        NONE: "no question has a level",
        UNREAD: f"a cell holds what is not allowed: {more(rows, counts[UNREAD])} (the header is row 1)",
    }
    return [f"{title(kind, knowledge)}: {counts[kind]:,}, where {text}." for kind, text in why.items() if counts[kind]]


def unread(scored: pd.DataFrame, most: int = TOLD) -> list[tuple[int, str]]:
    """Name the first rows with cells that are not allowed, and their columns with what they hold: ``order ('high')``.

    The frame's index are the rows, counted from ``tables.FIRST_ROW`` on.
    """
    told = []
    for row in scored.index[scored["not_allowed"] != ""][:most].tolist():
        values: Any = scored.loc[row]
        columns = values["not_allowed"].split(", ")
        told.append((row, ", ".join(f"{name} ({_shown(values[name])})" for name in columns)))
    return told


def unknown(number: int, first: Iterable[tuple[Hashable, str]], knowledge: Knowledge) -> str:
    """Say where what runs today is the name of no model.

    Parameters
    ----------
    number : int
        In how many workflows that is so.
    first : iterable of (int, str)
        The first rows, counted from ``tables.FIRST_ROW`` on, and the words in them.
    knowledge : Knowledge
    """
    rows = [f"row {row} ({_shown(word)})" for row, word in first]
    return f"In {number:,} the column {RUNS} names no model (allowed are {allowed(knowledge)}): {more(rows, number)}."


def allowed(knowledge: Knowledge) -> str:
    """List what may stand in the column that says what runs."""
    return listed(model.title.lower() for model in knowledge.models.values())


def judged(counts: Mapping[str, int]) -> int:
    """Count those that a model, or several, fit best."""
    return sum(counts.values()) - sum(counts[kind] for kind in NOT_JUDGED)


def fragile(number: int, of: int) -> str:
    """Say how many of those with a model that fits best hang on one answer."""
    return f"In {number:,} of {of:,} {TURNED}"


def _shown(cell: object) -> str:
    return repr(str(cell).removesuffix(".0")[:60])
