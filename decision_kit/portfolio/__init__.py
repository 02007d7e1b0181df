"""Very many workflows at once: one row each, scored on whichever dataframe holds them.

A portfolio has a column for each requirement, with a level 0-4 or an empty cell for a question not answered. It may
have, for any requirement ``r``, a column ``r_scope`` (``whole``, ``core``, ``reactions`` or empty) and a column
``r_must`` (yes, no or empty; true, false, 1 and 0 will do). Where there are scopes, they count in the rows that name
both sides of a boundary in columns ``core`` and ``reactions``; without these two columns, in the rows where any scope
is ``core`` or ``reactions``. Capitals and outer blanks do not matter in words and in names of columns. All columns are
kept as they are.
"""

import os
from collections.abc import Mapping
from typing import Any

import pandas as pd

from decision_kit import knowledge as knowledge_folder
from decision_kit.decision import Decision
from decision_kit.errors import InputError
from decision_kit.knowledge import Knowledge
from decision_kit.portfolio import cells, kernel
from decision_kit.portfolio.exact import exact

__all__ = ["decision", "score"]

UNNAMED = "the needs marked as such"
"""What a side of a boundary is called where only scopes tell of it."""


def score(frame: Any, knowledge: Knowledge | None = None) -> Any:
    """Score every workflow of a portfolio, with the values that ``evaluate`` gives for each alone.

    In pandas at once; Dask, DuckDB, Polars, PySpark and what else narwhals carries do it where the data is, and what
    is lazy stays lazy: nothing is collected here.

    Parameters
    ----------
    frame : dataframe
        A portfolio (see above) of at least one column for each requirement.
    knowledge : Knowledge or None
        ``None`` for the knowledge shipped with the kit.

    Returns
    -------
    dataframe
        Of the same kind, the same rows and columns and these:

        * ``fit_<model>``: share of the best possible (0-1); none where the model is not eligible or nothing is needed
        * ``winner``: the model that alone fits best; none where several do or nothing is needed
        * ``margin``: its lead in fit over the next candidate (0-1); 0 where several fit best, none where there is no
          other
        * ``tie``: whether several models fit best
        * ``failed_<model>``: how many must-haves rule the model out
        * ``fragile``: whether one step of one answer, a level up or down or another scope, makes another model win
        * ``blank``: how many questions are not answered
        * ``not_allowed``: the columns whose cells hold what is not allowed, with ``", "`` between them, else an empty
          text; a row with any has no results, and ``False`` or 0 where there must be one

    Raises
    ------
    InputError
        If a column is missing, stands twice, or has the name of one that is added; if nothing is known that scores
        such a frame.

    Examples
    --------
    >>> rows = pd.DataFrame({"workflow": ["Orders"], **dict.fromkeys(knowledge_folder.load().requirements)})
    >>> rows["strict_ordering"] = 4
    >>> score(rows)[["workflow", "winner", "blank"]].to_dict("records")
    [{'workflow': 'Orders', 'winner': 'orchestration', 'blank': 12}]
    """
    known = knowledge or knowledge_folder.load()
    if isinstance(frame, pd.DataFrame):
        return kernel.score(frame, cells.find(list(frame.columns), known), exact(known), os.cpu_count() or 1)
    from decision_kit.portfolio import engines  # noqa: PLC0415 - pandas is scored without narwhals

    return engines.score(frame, known)


def decision(row: Mapping[str, Any], knowledge: Knowledge | None = None, name: str = "Workflow") -> Decision:
    """Make a decision from one row of a portfolio, to evaluate it or to open it in the notebook.

    Parameters
    ----------
    row : mapping of str to value
        Such as a row of a dataframe in pandas; columns that it does not have count as empty.
    knowledge : Knowledge or None
        ``None`` for the knowledge shipped with the kit.
    name : str
        What the decision is called.

    Returns
    -------
    Decision

    Raises
    ------
    InputError
        If a cell holds what is not allowed.
    """
    known = knowledge or knowledge_folder.load()
    own = cells.spelled(row, known)

    def read(name: str, check: Any) -> Any:
        column = own.get(name, name)
        try:
            return check(row.get(column))
        except ValueError as allowed:
            raise InputError(f"column {column}: {row[column]!r} is not allowed; allowed is {allowed}.") from None

    scopes = {r: read(cells.SCOPE.format(r), cells.scope) for r in known.requirements}
    named = {side: row.get(own.get(side, side)) for side in cells.BOUNDARY}
    sides = {side: str(text) if cells.named(text) else "" for side, text in named.items()}
    if not own.keys() & named.keys() and any(scope != "whole" for scope in scopes.values()):
        sides = dict.fromkeys(sides, UNNAMED)
    answers = {
        r: {"level": level, "scope": scopes[r], "must": read(cells.MUST_HAVE.format(r), cells.must)}
        for r in known.requirements
        if (level := read(r, cells.level)) is not None
    }
    return Decision.from_answers(name, answers, **sides)
