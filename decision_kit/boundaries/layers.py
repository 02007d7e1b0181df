"""Places for the boxes and links of a picture, in rows that the links run down through.

Links are turned where they would run in a circle (Eades, Lin and Smyth, Inf. Process. Lett. 47(6), 1993), boxes come
into the first row below all that lead to them, rows are sorted so that few links cross, and what is linked is put
above each other as far as there is room (Sugiyama, Tagawa and Toda, IEEE Trans. SMC 11(2), 1981; the places within
the rows as the linear programme of Gansner, Koutsofios, North and Vo, IEEE Trans. Software Engineering 19(3), 1993).
"""

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

import numpy as np

MOST = 4
"""So many boxes fit into a row."""
BOX, BEND, GAP = 168, 6, 20
"""Widths, in pixels: of a box, of a link that passes a row of boxes, and between two of them."""
SWEEPS = 12
"""How often the rows are sorted, down and up; more no longer helps pictures of this size."""


class Spot(NamedTuple):
    """A place in a row, 0 on top: a box by its name, or where links of one kind to one box pass that row."""

    row: int
    name: str
    kind: str = ""
    up: bool = False
    box: bool = True


class Piece(NamedTuple):
    """What links of one kind run through from one row to the next, on their way from start to end."""

    start: Spot
    end: Spot
    kind: str


@dataclass(frozen=True)
class Places:
    """Where everything stands; made by :func:`place`.

    Attributes
    ----------
    at : mapping of Spot to float
        The middle of each spot, in pixels from the left.
    pieces : mapping of Piece to tuple of int
        All that links run through from row to row, and the places, in what was given, of the links that run there.
    rows : int
        How many there are.
    above : int
        So many of them hold the boxes above the line.
    width : float
        Of everything, in pixels.
    """

    at: Mapping[Spot, float]
    pieces: Mapping[Piece, tuple[int, ...]]
    rows: int
    above: int
    width: float


def place(names: Collection[str], links: Sequence[tuple[str, str, str]], below: Collection[str]) -> Places:
    """Find places for boxes and links.

    The places depend on names and links, not on the order they are given in.

    Parameters
    ----------
    names : collection of str
        The boxes.
    links : sequence of (str, str, str)
        Start, end and kind of each; links of one kind to one box share their way where they pass a row.
    below : collection of str
        The boxes that stand below the line.
    """
    row: dict[str, int] = {}
    above = 0
    for group in (sorted(set(names) - set(below)), sorted(set(names) & set(below))):
        inside = {(start, end) for start, end, _ in links if start in group and end in group}
        row |= {name: above + at for name, at in _rows(group, inside).items()}
        if group and group[0] not in below:
            above = 1 + max(row.values())
    pieces: dict[Piece, tuple[int, ...]] = {}
    for number, link in enumerate(links):
        for start, end in itertools.pairwise(_way(link, row)):
            piece = Piece(start, end, link[2])
            pieces[piece] = (*pieces.get(piece, ()), number)
    down = sorted({(min(piece.start, piece.end), max(piece.start, piece.end)) for piece in pieces})
    spots = sorted({Spot(at, name) for name, at in row.items()} | {spot for pair in down for spot in pair})
    rows = [list(row) for _, row in itertools.groupby(spots, key=lambda spot: spot.row)]
    at, width = _middles(_order(rows, down), down)
    boxes = sorted((spot.name, x) for spot, x in at.items() if spot.box)
    if sum((2 * place + 1 - len(boxes)) * x for place, (_, x) in enumerate(boxes)) < 0:
        at = {spot: round(width - x, 1) for spot, x in at.items()}  # a small change shall not turn the picture round
    return Places(at, dict(sorted(pieces.items())), len(rows), above, width)


def _sequence(names: Iterable[str], links: Collection[tuple[str, str]]) -> list[str]:
    """Put names in a row so that few links lead backwards: ends last, starts first, and then what has most ways out."""
    left, first, last = set(names), list[str](), list[str]()
    while left:
        out = Counter(start for start, end in links if start in left and end in left)
        into = Counter(end for start, end in links if start in left and end in left)
        ends = sorted(name for name in left if not out[name] and into[name])
        starts = sorted(name for name in left if not into[name])
        if ends and not starts:
            last = [*ends, *last]
        else:
            first += starts or [min(left, key=lambda name: (into[name] - out[name], name))]
        left -= {*first, *last}
    return first + last


def _rows(names: Collection[str], links: Collection[tuple[str, str]]) -> dict[str, int]:
    """Give each box the first row with room below all that lead to it, and then the last one if that is nearer."""
    sequence = _sequence(names, links)
    rank = {name: at for at, name in enumerate(sequence)}
    down = {tuple(sorted(link, key=rank.__getitem__)) for link in links}
    row: dict[str, int] = {}
    held: Counter[int] = Counter()
    linked = {name for link in links for name in link}
    for name in sorted(sequence, key=lambda name: name not in linked):  # what has no link takes the room that is left
        at = max((row[start] + 1 for start, end in down if end == name), default=0)
        row[name] = next(at for at in itertools.count(at) if held[at] < MOST)
        held[row[name]] += 1
    for name in reversed(sequence):
        under = [row[end] - 1 for start, end in down if start == name]
        over = [start for start, end in down if end == name]
        if len(under) > len(over):
            lower = next(at for at in range(min(under), -1, -1) if held[at] < MOST or at == row[name])
            held.subtract([row[name]])
            row[name] = max(lower, row[name])
            held.update([row[name]])
    used = {old: new for new, old in enumerate(sorted(set(row.values())))}
    return {name: used[at] for name, at in row.items()}


def _way(link: tuple[str, str, str], row: Mapping[str, int]) -> tuple[Spot, ...]:
    """Give the spots that a link runs through."""
    start, end, kind = link
    one, other = row[start], row[end]
    step = 1 if other > one else -1
    between = (Spot(at, end, kind, step < 0, box=False) for at in range(one + step, other, step))
    return (Spot(one, start), *between, Spot(other, end))


def _order(rows: list[list[Spot]], pieces: Collection[tuple[Spot, Spot]]) -> list[list[Spot]]:
    """Sort each row by the middle of what its spots are linked to, down and up, and keep the best that was seen."""
    linked: dict[Spot, list[Spot]] = {spot: [] for row in rows for spot in row}
    for one, other in pieces:
        linked[one].append(other)
        linked[other].append(one)
    least, best = _crossings(rows, pieces), [list(row) for row in rows]
    for sweep in range(SWEEPS):
        if not least:
            break
        down = sweep % 2 == 0
        for at in range(len(rows)) if down else range(len(rows) - 1, -1, -1):
            beside = at - 1 if down else at + 1
            if not 0 <= beside < len(rows):
                continue
            rank = {spot: (place + 0.5) / len(rows[beside]) for place, spot in enumerate(rows[beside])}
            own = {spot: (place + 0.5) / len(rows[at]) for place, spot in enumerate(rows[at])}
            wanted = {
                spot: fmean([rank[other] for other in linked[spot] if other in rank] or [own[spot]])
                for spot in rows[at]
            }
            rows[at].sort(key=wanted.__getitem__)
            _swap(rows[at], [piece for piece in pieces if at in (piece[0].row, piece[1].row)], rows)
        found = _crossings(rows, pieces)
        if found < least:
            least, best = found, [list(row) for row in rows]
    return best


def _swap(row: list[Spot], pieces: Collection[tuple[Spot, Spot]], rows: list[list[Spot]]) -> None:
    """Swap neighbours in a row as long as fewer links cross."""
    least = _crossings(rows, pieces)
    for at in range(len(row) - 1):
        row[at], row[at + 1] = row[at + 1], row[at]
        found = _crossings(rows, pieces)
        if found < least:
            least = found
        else:
            row[at], row[at + 1] = row[at + 1], row[at]


def _crossings(rows: Iterable[Iterable[Spot]], pieces: Collection[tuple[Spot, Spot]]) -> int:
    """Count the pairs of links that cross between two rows."""
    rank = {spot: place for row in rows for place, spot in enumerate(row)}
    table = np.array([(one.row, rank[one], rank[other]) for one, other in pieces], dtype=np.int64).reshape(-1, 3)
    row, top, bottom = (column[:, None] - column[None, :] for column in table.T)
    return int(((row == 0) & (top * bottom < 0)).sum()) // 2


def _middles(rows: Sequence[Sequence[Spot]], pieces: Collection[tuple[Spot, Spot]]) -> tuple[dict[Spot, float], float]:
    """Put what is linked above each other, the long ways straight first, with room between all that is in one row."""
    from scipy.optimize import linprog  # noqa: PLC0415 - takes a while to import, and only pictures need it
    from scipy.sparse import coo_array  # noqa: PLC0415

    number = {spot: at for at, spot in enumerate(itertools.chain.from_iterable(rows))}
    wide = {spot: BOX if spot.box else BEND for spot in number}
    width = max(MOST * (BOX + GAP) - GAP, *(sum(wide[spot] + GAP for spot in row) - GAP for row in rows))
    # Of each piece its two ends and how far they lie apart; of each spot also, faintly, how far it is from the middle.
    apart = [(number[one], number[other], 8.0 - 3 * one.box - 3 * other.box) for one, other in pieces]
    spots, sides = len(number), len(apart)
    cells: list[tuple[int, int, float]] = []
    limits: list[float] = []

    def at_most(limit: float, *terms: tuple[int, float]) -> None:
        cells.extend((len(limits), variable, factor) for variable, factor in terms)
        limits.append(limit)

    for at, (one, other, _) in enumerate(apart, start=spots):
        at_most(0, (one, 1), (other, -1), (at, -1))
        at_most(0, (one, -1), (other, 1), (at, -1))
    for spot in range(spots):
        at_most(width / 2, (spot, 1), (spots + sides + spot, -1))
        at_most(-width / 2, (spot, -1), (spots + sides + spot, -1))
    for row in rows:
        for left, right in itertools.pairwise(row):
            at_most(-(wide[left] + wide[right]) / 2 - GAP, (number[left], 1), (number[right], -1))
    rows_of, columns_of, factors = (list(column) for column in zip(*cells, strict=True))
    found = linprog(
        c=[0.0] * spots + [weight for *_, weight in apart] + [0.01] * spots,
        A_ub=coo_array((factors, (rows_of, columns_of)), shape=(len(limits), 2 * spots + sides)).tocsr(),
        b_ub=limits,
        bounds=[(wide[spot] / 2, width - wide[spot] / 2) for spot in number] + [(0, None)] * (sides + spots),
        method="highs",
    )
    middles = dict(zip(number, found.x.tolist(), strict=False))
    left = min(x - wide[spot] / 2 for spot, x in middles.items())
    right = max(x + wide[spot] / 2 for spot, x in middles.items())
    return {spot: round(x - left, 1) for spot, x in middles.items()}, round(right - left, 1)
