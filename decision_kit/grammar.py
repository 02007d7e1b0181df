"""Figures, numbers of things and lists as sentences write them."""

from collections.abc import Iterable, Sequence
from fractions import Fraction


def points(share: Fraction | float) -> str:
    """Write a difference of shares (0-1) in points with one decimal, such as ``"5.5 points"``."""
    return f"{float(share) * 100:.1f} points"


def percent(share: Fraction | float) -> str:
    """Write a share (0-1) as a whole percentage, such as ``"71 %"``; only all is 100 %, and only nothing is 0 %."""
    whole = round(float(share) * 100)
    if whole == 100 and share < 1:
        return "over 99 %"
    if whole == 0 and share > 0:
        return "under 1 %"
    return f"{whole} %"


def listed(items: Iterable[str]) -> str:
    """Join items as a sentence does: ``"a and b"``, ``"a, b, and c"`` (titles hold an "and" themselves)."""
    *head, last = items
    return f"{', '.join(head)}{',' * (len(head) > 1)} and {last}" if head else last


def several(items: Sequence[str], most: int = 20) -> str:
    """Join items as a sentence does; of very many the rest is counted."""
    return listed([*items[:most], *([f"{len(items) - most:,} more"] if len(items) > most else [])])


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: ``"1 source"``, ``"12,345 workflows"``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def more(told: Sequence[str], number: int) -> str:
    """Join the first of some, and count the others."""
    return "; ".join(told) + (f"; and {number - len(told):,} more" if number > len(told) else "")
