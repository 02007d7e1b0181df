"""Costs as they are shown, in tenths, so that all that is shown together adds up.

Every difference is that of the two totals as shown, and what a total is made of is rounded on the way to it: none is
further than a tenth from what it is.
"""

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction


def number(cost: Fraction) -> str:
    """Write a cost or a total, rounded to a tenth."""
    return _written(_tenths(cost))


def apart(before: Fraction, after: Fraction) -> str:
    """Say by how much one total is higher or lower than another, as both are shown."""
    if before == after:
        return "the same"
    by = _tenths(after) - _tenths(before)
    return f"{_written(abs(by)) if by else 'under 0.1'} {'more' if after > before else 'less'}"


def pieces(start: Fraction, each: Iterable[Fraction]) -> Iterator[str]:
    """Write what leads from one total to another, step by step, without a sign.

    Parameters
    ----------
    start : fractions.Fraction
        The total to begin at.
    each : iterable of fractions.Fraction
        What is added to it; below 0 what is taken away.

    Yields
    ------
    str
        With their signs they add up to the difference of both totals as shown.
    """
    total = start
    for piece in each:
        yield _written(abs(_tenths(total + piece) - _tenths(total)))
        total += piece


def _tenths(cost: Fraction) -> int:
    return math.floor(cost * 10 + Fraction(1, 2))


def _written(tenths: int) -> str:
    return f"{tenths / 10:,.1f}"
