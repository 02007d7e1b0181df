"""How sure the answer is: the exact share of readings, and of weightings, under which each model comes first.

A *reading* draws one level for every question from what its answer leaves open, and one whole-step rating for
every model and requirement from the sources' votes (with the knowledge's prior), all independent of each other.
A *weighting* gives every requirement a weight, all weightings that add up to 1 being equally likely.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from decision_kit import scoring
from decision_kit.decision import Answer, Decision
from decision_kit.knowledge import TOP, Knowledge

MOST_POINTS = (60_000, 1_000_000)
"""Most combinations of what is open that are looked up on the grid of the rest: if possible, and at all."""
MOST_CELLS = 500_000
"""Most points of a grid on which readings are added up exactly; beyond them readings are sampled."""
MOST_COLUMNS = 16
"""Most distinct columns for which :func:`any_weights` is exact with three models."""
SCRAMBLES, POINTS = 16, 2**10
"""Independent scramblings, and Sobol points in each, where exactness does not carry."""

if TYPE_CHECKING:  # at run time these would be a seventh of the package's import
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Law = tuple[Whole, Whole, Floats]
    """Points of the plane (x and y) with their probabilities, all of shape (n,)."""


_LEADS = np.arange(-TOP, TOP + 1)
"""The leads that one whole-step rating can have over another."""

# The C library of Linux keeps as much freed memory as the largest piece freed so far, and takes all else anew from the
# system each time, page by page: a quarter of an evaluation. One large piece, never written to, makes it keep grids.
np.empty(4 * MOST_CELLS)


@dataclass(frozen=True)
class Confidence:
    """Shares of readings or weightings.

    Attributes
    ----------
    first : mapping
        For each model the share (0-1) in which it alone comes first; keyed by the model's id, or by its row.
    tie : float
        The share in which two or more come first together.
    method : str
        ``"exact"``, or how it was sampled.
    error : float or None
        The largest standard error of the shares where they were sampled.
    """

    first: Mapping[Any, float]
    tie: float
    method: str
    error: float | None = None

    @classmethod
    def of(cls, first: Mapping[Any, float], tie: float | None = None, error: float | None = None) -> Confidence:
        """Name the method of these shares by their error; unless ``tie`` is given, it is what they leave."""
        method = "exact" if error is None else f"{SCRAMBLES} x {POINTS:,} scrambled Sobol points"
        return cls(first, max(0.0, 1 - math.fsum(first.values())) if tie is None else tie, method, error)

    @property
    def often(self) -> Any:
        """What comes first in the most readings or weightings; ``None`` where several do."""
        return scoring.alone(self.first)


@dataclass(frozen=True)
class _Need:
    """What one requirement can be in a reading.

    ``weights`` are the whole-number weights of its open levels, each equally likely.
    """

    requirement: str
    weights: tuple[int, ...]
    scope: str
    two_planes: bool


def readings(decision: Decision, knowledge: Knowledge, candidates: Sequence[str] | None = None) -> Confidence:
    """Share the readings of a decision among the models that can be recommended.

    For two models the law of their difference lives on a line. For two and the one made of both, let ``d`` be
    the lead of the first over the second on a need of weight ``w``, and ``c`` the crossing cost: (first less made,
    made less second) moves by ``(wc, w(d-c))`` on a need of the core, by ``(w(d+c), -wc)`` on one of the
    reactions, by ``(w(d/2+c), w(d/2-c))`` on one of the whole flow, and by ``(w(max(d,0)+c), w(min(d,0)-c))`` on
    what two planes make worse. All of it lies on a grid of whole numbers. What is known is added up there, the
    probabilities beyond each of its points are tabled, and the combinations of what is open are looked up in the
    tables, so that the joint law of both need not be formed.

    Parameters
    ----------
    candidates : sequence of str, optional
        The models that can be recommended, where they are known already.

    Returns
    -------
    Confidence
        Models that are not candidates (see :class:`decision_kit.scoring.Scores`) have the share 0. Exact to about
        1e-15 for two models, and for two with the one made of them; sampled for others, and where more
        is open than ``MOST_POINTS`` and ``MOST_CELLS`` hold.

    Raises
    ------
    InputError
        If an answer names a requirement that the knowledge does not have.
    """
    candidates = tuple(candidates or scoring.score(decision, knowledge).candidates)
    none = dict.fromkeys(knowledge.models, 0.0)
    if len(candidates) == 1:
        return Confidence.of(none | {candidates[0]: 1.0})
    # On this grid every weight, half of it and its crossing cost are whole numbers, so that ties are exact.
    cost = knowledge.number("crossing_cost")
    steps = {weight for table in knowledge.level_weights.values() for weight in table}
    grid = math.lcm(*(weight.denominator for weight in steps)) * math.lcm(2, cost.denominator)
    needs = _needs(decision, knowledge, grid)
    shares, error = _exactly(candidates, needs, knowledge), None
    if shares is None:
        shares, error = _sampled_readings(candidates, needs, knowledge)
    return Confidence.of(none | dict(zip(candidates, shares, strict=True)), error=error)


def any_weights(ratings: ArrayLike) -> Confidence:
    """Share all weightings among the models: how likely each would win whatever one finds important.

    For two models, with the positive differences ``a`` of their ratings and the magnitudes ``b`` of the negative ones,
    the share of the first is ``f(p, q) = a_p / (a_p + b_q) f(p, q-1) + b_q / (a_p + b_q) f(p-1, q)`` with
    ``f(p, 0) = 1`` and ``f(0, q) = 0``: weightings uniform on the simplex are exponential variables over their sum,
    and of two exponential variables one is used up first with these odds. For three, let ``p_j`` be the lead of the
    first over the second and over the third on requirement j: for any c with ``sum c_j p_j = 0`` and
    ``sum c_j = 1``, the law of the weighted sum of all p is the mixture, by c, of its laws with one ``p_j`` left out.
    Triples around the origin give such c of positive terms; what is left in the end lies in a half-plane, where
    the shares of two models tell the rest.

    Parameters
    ----------
    ratings : array_like, shape (models, requirements)
        At least two models.

    Returns
    -------
    Confidence
        Keyed by row. Exact to about 1e-15 for two models, and for three with at most ``MOST_COLUMNS`` distinct
        columns; else by scrambled Sobol points, with their standard error. Models rated alike tie wherever they lead.

    Raises
    ------
    ValueError
        If the array has not two dimensions, fewer than two rows, no column, or holds what is not a finite number.

    Examples
    --------
    >>> any_weights([[4, 0], [1, 1]]).first
    {0: 0.75, 1: 0.25}
    """
    rows = np.asarray(ratings, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[0] < 2 or rows.shape[1] < 1:
        raise ValueError(f"ratings need two or more models by one or more requirements, not the shape {rows.shape}.")
    if not np.isfinite(rows).all():
        raise ValueError("ratings must be finite numbers.")
    distinct, twin = np.unique(rows, axis=0, return_inverse=True)
    twins = Counter(twin.ravel().tolist())
    leads = distinct[0] - distinct[1:]
    columns = [tuple(column) for column in leads.T.tolist() if any(column)]
    error = None
    if len(distinct) == 1:
        shares = [1.0]
    elif len(distinct) == 2:
        shares = [_beats(leads[0].tolist()), _beats((-leads[0]).tolist())]
    elif len(distinct) == 3 and len(set(columns)) <= MOST_COLUMNS:
        shares = _three(columns)
    else:
        # Exponential variables over their sum are uniform weights; the sum does not change who is first.
        shares, error = scrambled(lambda uniform: first_alone(distinct @ -np.log1p(-uniform).T), distinct.shape[1])
    first = {row: shares[kind] if twins[kind] == 1 else 0.0 for row, kind in enumerate(twin.ravel().tolist())}
    tie = math.fsum(share for kind, share in enumerate(shares) if twins[kind] > 1)
    return Confidence.of(first, tie, error)


# -- readings ------------------------------------------------------------------------------------------------------


def _rating_law(knowledge: Knowledge, model: str, requirement: str) -> Floats:
    """Give the law of one rating 0-4, shape (5,): the sources' votes, with the prior on each step."""
    law = np.full(TOP + 1, float(knowledge.number("prior")))
    for vote in knowledge.votes[model, requirement]:
        law[vote.rating + 2] += 1
    return np.asarray(law / law.sum(), dtype=np.float64)


def _needs(decision: Decision, knowledge: Knowledge, grid: int) -> tuple[_Need, ...]:
    given = {answer.requirement: answer for answer in scoring.answered(decision, knowledge)}
    needs = []
    for requirement in knowledge.requirements.values():
        answer = given.get(requirement.id, Answer(requirement.id))
        weights = tuple(int(knowledge.level_weights[requirement.id][level] * grid) for level in answer.levels)
        if any(weights):
            needs.append(_Need(requirement.id, weights, answer.scope, requirement.two_planes))
    return tuple(needs)


@functools.lru_cache(maxsize=1000)
def _exactly(candidates: tuple[str, ...], needs: tuple[_Need, ...], knowledge: Knowledge) -> Sequence[float] | None:
    """Give the candidates' shares, or nothing where exactness does not carry."""
    made = next((knowledge.models[model] for model in candidates if knowledge.models[model].composed), None)
    one, two = (made.core, made.reactions) if made else candidates[:2]
    if not set(candidates) <= {one, two, made.id if made else one}:
        return None
    ways = [_moves(need, knowledge, one, two) for need in needs]
    if len(candidates) == 2:
        # Of (one less made, made less two) the difference of any two models is one, the other, or the sum.
        line = _added_up([((one in candidates) * x + (two in candidates) * y, 0 * x, p) for x, y, p in ways])
        if line is None:
            return None
        places = line.left + line.step * np.arange(len(line.mass))
        ahead, behind = float(line.mass[places > 0].sum()), float(line.mass[places < 0].sum())
        return (ahead, behind) if candidates[0] == one or candidates[1] == two else (behind, ahead)
    ways.sort(key=lambda way: len(way[2]))
    found = next((pair for most in MOST_POINTS if (pair := _split(ways, most))), None)
    if found is None:
        return None
    grid, (x, y, p) = found
    shares = {
        one: _both_positive(grid.skewed(), x, x + y, p),
        two: _both_positive(grid.mirrored().flipped().mirrored().skewed(), -y, -x - y, p),
        made.id if made else "": _both_positive(grid.mirrored(), -x, y, p),
    }
    return tuple(shares[model] for model in candidates)


def _lead(knowledge: Knowledge, requirement: str, one: str, two: str) -> Floats:
    """Give the law of one model's rating less another's, from -4 to 4; shape (9,)."""
    return np.convolve(_rating_law(knowledge, one, requirement), _rating_law(knowledge, two, requirement)[::-1])


@functools.lru_cache(maxsize=1000)
def _moves(need: _Need, knowledge: Knowledge, one: str, two: str) -> Law:
    """List how a need moves (one less made, made less two), for each of its weights and leads."""
    d, lead = _LEADS, _lead(knowledge, need.requirement, one, two)
    cost = knowledge.number("crossing_cost")
    laws = []
    for weight in need.weights:
        crossing = int(weight * cost)
        if need.two_planes:
            x, y = weight * np.maximum(d, 0), weight * np.minimum(d, 0)
        elif need.scope == "core":
            x, y = 0 * d, weight * d
        elif need.scope == "reactions":
            x, y = weight * d, 0 * d
        else:
            x, y = weight * d // 2, weight * d // 2
        laws.append((x + crossing, y - crossing, lead / len(need.weights)))
    x, y, p = (np.concatenate(part) for part in zip(*laws, strict=True))
    return _merged(x, y, p)


def _split(ways: Sequence[Law], most: int) -> tuple[_Grid, Law] | None:
    """Add up most of what is open as points, and the rest, fewest points first, on a grid; nothing if too large.

    What is known lies on a coarse grid that open questions would make fine, as each level has its own crossing.
    """
    points: Law = (np.zeros(1, np.int64), np.zeros(1, np.int64), np.ones(1))
    rest = list(ways)
    while rest and len(rest[-1][2]) > len(_LEADS):
        points = _merged(*points)
        if len(points[2]) * len(rest[-1][2]) > most:
            break
        points = _sum(points, rest.pop())
    grid = _added_up(rest)
    return (grid, points) if grid else None


def _merged(x: Whole, y: Whole, p: Floats) -> Law:
    """Add up the probabilities of equal points."""
    low, height = y.min(), y.max() - y.min() + 1
    points, place = np.unique(x * height + (y - low), return_inverse=True)
    mass = np.asarray(np.bincount(place, weights=p), dtype=np.float64)
    return points // height, points % height + low, mass


def _sum(law: Law, other: Law) -> Law:
    """Give the law of the sum of two independent points."""
    x, y = (np.add.outer(one, another).ravel() for one, another in zip(law[:2], other[:2], strict=True))
    return x, y, np.multiply.outer(law[2], other[2]).ravel()


@dataclass(frozen=True)
class _Grid:
    """Probabilities of the points ``(left + i * step, low + j * step)``; ``mass`` has the shape (i, j)."""

    left: int
    low: int
    step: int
    mass: Floats

    def flipped(self) -> _Grid:
        """Swap x and y."""
        return _Grid(self.low, self.left, self.step, self.mass.T)

    def mirrored(self) -> _Grid:
        """Turn x into -x."""
        return _Grid(-self.left - self.step * (len(self.mass) - 1), self.low, self.step, self.mass[::-1])

    def skewed(self) -> _Grid:
        """Turn y into x + y: row i moves i places along."""
        rows, columns = self.mass.shape
        width = rows + columns - 1
        moved = np.pad(self.mass, ((0, 0), (0, rows))).ravel()[: rows * width].reshape(rows, width)
        return _Grid(self.left, self.left + self.low, self.step, moved)


def _added_up(laws: Sequence[Law]) -> _Grid | None:
    """Give the law of the sum of independent points on a grid, or nothing where the grid would be too large."""
    ends = [(int(x.min()), int(y.min())) for x, y, _ in laws]
    step = math.gcd(*(int(np.gcd.reduce(v - v[0])) for x, y, _ in laws for v in (x, y))) or 1
    moves = [((x - left) // step, (y - low) // step, p) for (x, y, p), (left, low) in zip(laws, ends, strict=True)]
    rows, width = (1 + sum(int(move[axis].max()) for move in moves) for axis in (0, 1))
    if rows * width > MOST_CELLS:
        return None
    # A row follows the other as wide as it will be in the end, so that each move is one shift along a line. What moves
    # along one axis only goes first, so that most of the work is done on a short line.
    line, share_of = np.ones(1), np.empty(rows * width)
    for across, along, p in sorted(moves, key=lambda move: (1 + move[0].max()) * (1 + move[1].max())):
        shifts, length = across * width + along, len(line)
        longer = np.zeros(length + int(shifts.max()))
        for shift, share in zip(shifts.tolist(), p.tolist(), strict=True):
            longer[shift : shift + length] += np.multiply(line, share, out=share_of[:length])
        line = longer
    mass = np.zeros(rows * width)
    mass[: len(line)] = line
    return _Grid(sum(left for left, _ in ends), sum(low for _, low in ends), step, mass.reshape(rows, width))


def _both_positive(grid: _Grid, x: Whole, y: Whole, p: Floats) -> float:
    """Give the probability that a point of the grid and one of these add up to both coordinates above 0."""
    rows, columns = grid.mass.shape
    i = np.clip((-x - grid.left) // grid.step + 1, 0, rows)
    j = np.clip((-y - grid.low) // grid.step + 1, 0, columns)
    # Only the rows that a point asks for are told apart: they are few, and the grid has many.
    starts, asked = np.unique(i, return_inverse=True)
    beyond = np.zeros((len(starts) + 1, columns + 1))
    tails = beyond[-2::-1, -2::-1]
    within = starts[starts < rows]
    tails[len(starts) - len(within) :] = np.add.reduceat(grid.mass, within, axis=0)[::-1, ::-1] if len(within) else 0
    np.cumsum(tails, axis=0, out=tails)
    np.cumsum(tails, axis=1, out=tails)
    return float(p @ beyond[asked, j])


def _sampled_readings(
    candidates: Sequence[str], needs: Sequence[_Need], knowledge: Knowledge
) -> tuple[list[float], float]:
    models, cost = scoring.pure(knowledge), knowledge.number("crossing_cost")
    ends = {
        (model, need): np.cumsum(_rating_law(knowledge, model, need.requirement))[:-1]
        for model in models
        for need in needs
    }

    def shares_of(uniform: Floats) -> Floats:
        scores = np.zeros((len(candidates), len(uniform)), np.int64)
        columns = iter(uniform.T)
        for need in needs:
            weight = np.array(need.weights)[(next(columns) * len(need.weights)).astype(int)]
            drawn = {model: np.searchsorted(ends[model, need], next(columns)) for model in models}
            for row, model in enumerate(candidates):
                made = knowledge.models[model]
                if not made.composed:
                    scores[row] += weight * drawn[model]
                    continue
                core, reactions = drawn[made.core], drawn[made.reactions]
                if need.two_planes:
                    twice = 2 * np.minimum(core, reactions)
                else:
                    twice = {"core": 2 * core, "reactions": 2 * reactions}.get(need.scope, core + reactions)
                scores[row] += weight * twice // 2 - weight * cost.numerator // cost.denominator
        return first_alone(scores)

    return scrambled(shares_of, len(needs) * (1 + len(models)))


# -- weightings ----------------------------------------------------------------------------------------------------


def _beats(differences: Sequence[float]) -> float:
    """Give the probability that exponential variables times these differences add up to more than 0."""
    row = [1.0] + [0.0] * sum(d < 0 for d in differences)
    against = [-d for d in differences if d < 0]
    ahead = [d for d in differences if d > 0]
    if not ahead:
        return 0.0
    # Row p of f is made from row p - 1; before the first, f(0, 0) does not count, as something is left.
    for p, a in enumerate(ahead):
        row[0] = 1.0
        for q, b in enumerate(against):
            from_below = row[q + 1] if p else 0.0
            row[q + 1] = a / (a + b) * row[q] + b / (a + b) * from_below
    return row[-1]


def _three(columns: Iterable[tuple[float, float]]) -> list[float]:
    """Share the weightings among three models, none of which is rated like another.

    ``columns`` hold the leads of the first model over the second and over the third.
    """
    counts = Counter(columns)
    points = sorted(counts, key=lambda point: math.atan2(point[1], point[0]))

    @functools.cache
    def law(left: tuple[int, ...]) -> tuple[float, float, float]:
        there = [place for place, count in enumerate(left) if count]
        mixture = _around_origin([points[place] for place in there])
        if mixture is None:
            return _in_half_plane([point for point, count in zip(points, left, strict=True) for _ in range(count)])
        shares = [0.0, 0.0, 0.0]
        for place, share in mixture:
            less = list(left)
            less[there[place]] -= 1
            for model, of_less in enumerate(law(tuple(less))):
                shares[model] += share * of_less
        return shares[0], shares[1], shares[2]

    return list(law(tuple(counts[point] for point in points)))


def _around_origin(points: Sequence[tuple[float, float]]) -> list[tuple[int, float]] | None:
    """Find two or three points, sorted by angle, with shares by which they add up to the origin."""
    first = points[0]
    # The last point less than half a turn ahead of the first, and the next one after it.
    ahead = [place for place, point in enumerate(points) if _cross(first, point) > 0]
    behind = [place for place, point in enumerate(points) if _cross(first, point) < 0]
    opposite = next((place for place, p in enumerate(points) if _cross(first, p) == 0 and _dot(first, p) < 0), None)
    if opposite is not None:
        one, other = math.hypot(*first), math.hypot(*points[opposite])
        return [(0, other / (one + other)), (opposite, one / (one + other))]
    if ahead and behind:
        second, third = max(ahead), min(behind)
        shares = [
            _cross(points[second], points[third]),
            _cross(points[third], first),
            _cross(first, points[second]),
        ]
        if shares[0] >= 0:
            total = math.fsum(shares)
            return [(place, share / total) for place, share in zip((0, second, third), shares, strict=True) if share]
    return None


def _in_half_plane(points: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """Share the weightings among three models where all leads lie in less than half a turn."""
    # Seen from the first point, all others lie within half a turn to either side.
    turn = sorted(points, key=lambda point: math.atan2(_cross(points[0], point), _dot(points[0], point)))
    ends = (turn[0], turn[-1])
    forms: list[tuple[Callable[[tuple[float, float]], float], ...]] = [
        (lambda p: p[0], lambda p: p[1]),
        (lambda p: -p[0], lambda p: p[1] - p[0]),
        (lambda p: -p[1], lambda p: p[0] - p[1]),
    ]
    shares = []
    for one, other in forms:
        beats = [_beats([form(point) for point in points]) for form in (one, other)]
        # Each win fills the cone from one of its ends: from the same end one holds the other, else they overlap.
        nested = any(one(end) > 0 and other(end) > 0 for end in ends)
        shares.append(min(beats) if nested else max(0.0, sum(beats) - 1))
    return shares[0], shares[1], shares[2]


def _cross(one: tuple[float, float], other: tuple[float, float]) -> float:
    return one[0] * other[1] - one[1] * other[0]


def _dot(one: tuple[float, float], other: tuple[float, float]) -> float:
    return one[0] * other[0] + one[1] * other[1]


# -- sampling ------------------------------------------------------------------------------------------------------


def first_alone(scores: Floats | Whole) -> Floats:
    """Give the shares of columns in which each row alone is highest.

    Parameters
    ----------
    scores : numpy.ndarray, shape (models, draws)

    Returns
    -------
    numpy.ndarray, shape (models,)
    """
    highest = scores == scores.max(axis=0)
    return np.asarray((highest & (highest.sum(axis=0) == 1)).mean(axis=1))


def scrambled(shares_of: Callable[[Floats], Floats], dimensions: int) -> tuple[list[float], float]:
    """Average shares over scrambled Sobol points, with their standard error (Owen, J. Complexity 14, 1998).

    Parameters
    ----------
    shares_of : callable
        Takes points of the unit cube, shape (points, dimensions), and gives shares, shape (models,).
    dimensions : int

    Returns
    -------
    (list of float, float)
        The shares, and the largest of their standard errors.
    """
    from scipy.stats import qmc  # noqa: PLC0415 - takes a while to import, and is seldom needed

    shares = np.array([shares_of(qmc.Sobol(dimensions, seed=scramble).random(POINTS)) for scramble in range(SCRAMBLES)])
    error = float((shares.std(axis=0, ddof=1) / math.sqrt(SCRAMBLES)).max())
    return shares.mean(axis=0).tolist(), error
