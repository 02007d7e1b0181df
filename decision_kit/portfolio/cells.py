"""The columns of a portfolio: which there must be, which there may be, and what a cell may hold."""

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from decision_kit import tables
from decision_kit.decision import SCOPES
from decision_kit.errors import InputError
from decision_kit.grammar import several
from decision_kit.knowledge import TOP, Knowledge

LEVELS = tables.whole_texts(0, TOP)
"""How a level may be written in a column of text."""
MUST = dict.fromkeys(("yes", "true", "1", "1.0"), True) | dict.fromkeys(("no", "false", "0", "0.0"), False)
"""How a must-have may be written, in small or capital letters."""
NEAR, BEGUN = 0.8, 0.5
"""How alike (0-1, by difflib) a column's name is at least to one that would be read, so that it is told as a slip; and
how alike one that begins with the name of a requirement. Judged by hand."""
BLANKS = " \t\r\n"
"""What does not count at either end of a text."""
FIT, FAILED = "fit_{}", "failed_{}"
"""Names of the columns that there are for each model."""
SCOPE, MUST_HAVE = "{}_scope", "{}_must"
"""Names of the columns that there may be for each requirement."""
BOUNDARY = ("core", "reactions")
"""Names of the columns that say what is on which side of a boundary."""


@dataclass(frozen=True)
class Columns:
    """What each column of a portfolio is for; made by :func:`find`.

    Attributes
    ----------
    levels, scopes, musts : mapping of str to str
        From a requirement to the column of its level, and where there is one of its scope and of its must-have.
    boundary : tuple of str
        The columns that name the core and the reactions, where there are scopes and such columns.
    """

    levels: Mapping[str, str]
    scopes: Mapping[str, str]
    musts: Mapping[str, str]
    boundary: tuple[str, ...]

    @property
    def read(self) -> tuple[str, ...]:
        """All columns whose cells must be as allowed, in the order in which they are told."""
        return (*self.levels.values(), *self.scopes.values(), *self.musts.values())


def results(models: Collection[str]) -> tuple[str, ...]:
    """Name the columns that the scoring adds."""
    fits, failed = ([name.format(model) for model in models] for name in (FIT, FAILED))
    return (*fits, "winner", "margin", "tie", *failed, "fragile", "blank", "not_allowed")


def spelled(names: Iterable[Any], knowledge: Knowledge) -> dict[str, str]:
    """Find the columns that a portfolio may have, however their names are spelled (see ``tables.spelled``)."""
    needs = knowledge.requirements
    return tables.spelled(names, [*needs, *map(SCOPE.format, needs), *map(MUST_HAVE.format, needs), *BOUNDARY])


def find(names: Sequence[Any], knowledge: Knowledge, added: Sequence[str] = ()) -> Columns:
    """Find the columns of a portfolio among those of a dataframe.

    Parameters
    ----------
    names : sequence
        Names of the dataframe's columns.
    knowledge : Knowledge
    added : sequence of str
        Other columns that will be added beside the results.

    Returns
    -------
    Columns

    Raises
    ------
    InputError
        If columns are missing (all are named), or one stands twice or has the name of one that will be added.
    """
    if told := tables.twice(names):
        raise InputError(told)
    there = spelled(names, knowledge)
    if missing := [name for name in knowledge.requirements if name not in there]:
        told = f"{tables.missing(missing)}; a portfolio has one for each requirement, empty where a question was not"
        raise InputError(f"{told} asked. {misspelled(names, knowledge)}".strip())
    levels, scopes, musts = (
        {name: there[form.format(name)] for name in knowledge.requirements if form.format(name) in there}
        for form in ("{}", SCOPE, MUST_HAVE)
    )
    boundary = tuple(there[name] for name in BOUNDARY if name in there) if scopes else ()
    if len(boundary) == 1:
        (other,) = (name for name in BOUNDARY if name not in there)
        told = f"the column {other!r} is missing; scopes count only where the core and the reactions are both named."
        raise InputError(f"{told} {misspelled(names, knowledge)}".strip())
    for name in (*results(knowledge.models), *added):
        if name in names:
            raise InputError(f"the column {name!r} is there already and would be added; rename it or leave it out.")
    return Columns(levels, scopes, musts, boundary)


def misspelled(names: Iterable[Any], knowledge: Knowledge) -> str:
    """Say which columns are not read though their names are nearly those of some that would be; empty where none is.

    Nearly means by :func:`difflib.get_close_matches`, or that the name begins with that of a requirement.
    """
    names = list(names)
    there = spelled(names, knowledge)
    needs = [name for name in knowledge.requirements if name not in there]
    marks = [form.format(name) for form in (SCOPE, MUST_HAVE) for name in knowledge.requirements]
    sides = BOUNDARY if any(name in there for name in marks) else ()  # nothing else reads these
    lacking = [*needs, *(name for name in (*marks, *sides) if name not in there)]
    others = {*there.values(), *results(knowledge.models)}
    meant: dict[str, str] = {}
    for own in (name for name in names if isinstance(name, str) and name not in others):
        plain = own.strip().casefold()
        begun = any(plain.startswith(name) for name in knowledge.requirements)
        for near in difflib.get_close_matches(plain, lacking, 1, BEGUN if begun else NEAR):
            meant[own] = near
    return f"Not read: {several([*meant])}; did you mean {several([*meant.values()])}?" if meant else ""


def level(value: object) -> int | None:
    """Read a level; ``None`` where the cell is empty.

    Raises
    ------
    ValueError
        With what is allowed.
    """
    if isinstance(value, float | np.floating | Decimal):
        value = float(value) + 0.0  # 4.0 for a Decimal of 4.00, and 0.0 for -0.0
    text = "" if _missing(value) else str(value).strip(BLANKS)
    if text not in ("", *LEVELS):
        raise ValueError(f"a whole number from 0 to {TOP}, or an empty cell")
    return LEVELS.get(text)


def scope(value: object) -> str:
    """Read a scope; the whole flow where the cell is empty.

    Raises
    ------
    ValueError
        With what is allowed.
    """
    text = "" if _missing(value) else str(value).strip(BLANKS).lower()
    if text not in ("", *SCOPES):
        raise ValueError(f"{', '.join(SCOPES)}, or an empty cell")
    return text or SCOPES[0]


def must(value: object) -> bool:
    """Read whether a requirement is a must-have; it is not where the cell is empty.

    Raises
    ------
    ValueError
        With what is allowed.
    """
    text = "" if _missing(value) else str(value).strip(BLANKS).lower()
    if text not in ("", *MUST):
        raise ValueError("yes, no, or an empty cell")
    return MUST.get(text, False)


def named(value: object) -> bool:
    """Tell whether a cell names a side of a boundary."""
    return not _missing(value) and bool(str(value).strip(BLANKS))


def _missing(value: Any) -> bool:
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))
