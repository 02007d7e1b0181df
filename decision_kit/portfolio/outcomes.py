"""What comes of each workflow of a portfolio: one rule and one set of words for command, notebook and report.

The outcomes are the models, each where it alone fits best, and the four of ``WITHOUT``; every workflow has one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from decision_kit.grammar import counted, listed, more
from decision_kit.knowledge import Knowledge

COLUMN = "outcome"
"""The column of written tables that says what came of each row, so that counting it gives what is told of all."""
TIE, FEW, NONE, UNREAD = "tie", "not enough answers", "no answers", "not read"
"""What comes of a workflow where no model alone fits best: several do, too little is answered for a verdict, nothing
is, or a cell is wrong."""
WITHOUT = (TIE, FEW, NONE, UNREAD)
"""All of them, in the order in which they are told."""
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
    whole = counted(sum(counts.values()), "workflow")
    if not judged(counts):
        return f"Of {whole}, none has enough answers for a verdict."
    wins = sorted(knowledge.models, key=lambda model: -counts[model])
    told = [f"{title(wins[0], knowledge)} fits {counts[wins[0]]:,} best"]
    told += [f"{title(model, knowledge)} {counts[model]:,}" for model in wins[1:]]
    return f"Of {whole}, {listed(told)}."


def rest(counts: Mapping[str, int], knowledge: Knowledge, unread: Sequence[tuple[int, str]]) -> list[str]:
    """Say how many have no winner, and why.

    Parameters
    ----------
    counts : mapping of str to int
        How many there are of each outcome.
    knowledge : Knowledge
    unread : sequence of (int, str)
        The first rows with a cell that is not allowed, counted from ``tables.FIRST_ROW`` on, and what
        :func:`refused` says of them.
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


def refused(row: "pd.Series[Any]") -> str:
    """Name the columns of a scored row whose cells are not allowed, with what they hold: ``"order ('high')"``."""
    names = row["not_allowed"].split(", ")
    return ", ".join(f"{name} ({str(row[name]).removesuffix('.0')[:60]!r})" for name in names)


def judged(counts: Mapping[str, int]) -> int:
    """Count those that a model, or several, fit best."""
    return sum(counts.values()) - sum(counts[kind] for kind in (FEW, NONE, UNREAD))


def fragile(number: int, of: int) -> str:
    """Say how many of those with a model that fits best hang on one answer."""
    return (
        f"In {number:,} of {of:,} one step of one answer, a level up or down or another scope, makes another model win."
    )
