"""Where the number beside a crossing stands in the picture of a line, so that it can be read."""

from collections.abc import Sequence

import numpy as np

Points = np.ndarray[tuple[int, int], np.dtype[np.float64]]

_LETTER, _TALL = 7, 11
"""In pixels: how wide and how tall a digit is."""
_ALONG = np.linspace(0, 1, 65)


def curve(start: tuple[float, float], end: tuple[float, float]) -> Points:
    """Give points along the curve that leaves its start and reaches its end upright.

    Parameters
    ----------
    start, end : (float, float)
        Places in pixels, the second from the top.

    Returns
    -------
    numpy.ndarray of shape (65, 2)
    """
    half = (start[1] + end[1]) / 2
    corners = np.array([start, (start[0], half), (end[0], half), end])
    one, other = 1 - _ALONG, _ALONG
    weights = np.stack([one**3, 3 * one**2 * other, 3 * one * other**2, other**3], axis=1)  # Bernstein's
    points: Points = weights @ corners
    return points


def beside(crossing: tuple[float, float], letters: int, curves: Sequence[Points]) -> tuple[float, float]:
    """Find where a number beside a crossing is overdrawn the least.

    Parameters
    ----------
    crossing : (float, float)
        The middle of its dot.
    letters : int
        How many the number has.
    curves : sequence of numpy.ndarray of shape (points, 2)
        All that is drawn; made by :func:`curve`.

    Returns
    -------
    (float, float)
        Where its text begins, and its foot: right or left of the dot, above or below; the first of the best.
    """
    (x, y), wide = crossing, _LETTER * letters
    places = [(at, foot) for foot in (y - 5, y + 5 + _TALL) for at in (x + 8, x - 8 - wide)]
    points = np.concatenate(curves)

    def hidden(place: tuple[float, float]) -> int:
        left, foot = place
        within = (points >= (left - 2, foot - _TALL)) & (points <= (left + wide + 2, foot + 1))
        return int(within.all(axis=1).sum())

    return min(places, key=hidden)
