"""How fast and how exact the kit is beside NumPy and the Python MCDA libraries, as one Markdown table.

Two tasks beside the others: one plain decision, and how likely each of three alternatives is first under any weights
(100,000 weight vectors for those that draw). And two of the kit's own targets: the readings with three answers open,
and the second task as a ratio to NumPy's draws. All in one run, on one thread. Run it on a machine that does nothing
else; it takes about a minute and a half: ``python tests/benchmarks/confidence.py``.
"""

import itertools
import math
import os
import platform
import statistics
import sys
import timeit
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cache, partial, reduce
from importlib.metadata import version
from typing import Any

if __name__ == "__main__":  # and not where pytest looks for doctests
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")  # read on import
    try:
        import skcriteria
        from pyDecision.algorithm import saw_method
        from pymcdm.methods import WSM
        from pyrepo_mcda.additions import rank_preferences
        from pyrepo_mcda.mcda_methods import SAW
        from skcriteria.agg.simple import WeightedSumModel, wsm
    except ImportError as missing:
        print(f"{missing.name} is missing; this needs the benchmarks extra: pip install -e '.[benchmarks]'")
        sys.exit(2)

import numpy as np

from decision_kit import Decision, evaluate, files, load
from decision_kit.confidence import any_weights, readings
from decision_kit.scoring import score

DRAWS, PART, PATIENCE = 100_000, 5_000, 20.0  # what would take more than 20 s for all draws, does a part of them
KIT, CRITERIA = "**decision-kit**", 13
SEED = 2  # the first where no column is like another, which would help any_weights, and none is all 0

Score = Callable[[Any], Any]
quartiles = partial(statistics.quantiles, n=4, method="inclusive")


def peers(ratings: Any) -> dict[str, tuple[Score, Score]]:
    """Give each peer's weighted sum, always the plain one, as a function of the weights; and what ranks its scores."""
    types, named, highest = np.ones(CRITERIA, int), ["max"] * CRITERIA, ratings.max(axis=0)
    repo, pym, sk = SAW(lambda matrix, _: matrix), WSM(lambda column, **_: column), WeightedSumModel()
    # pyDecision divides each column by its highest rating, which the weights undo; scikit-criteria ranks as it scores.
    saw = partial(saw_method, ratings, named, graph=False, verbose=False)
    matrix = partial(skcriteria.mkdm, ratings, named)  # faster than ``replace``
    return {
        "pyrepo-mcda `SAW`": (lambda weights: repo(ratings, weights, types), rank_preferences),
        "pymcdm `WSM`": (lambda weights: pym(ratings, weights, types, validation=False), pym.rank),
        "pyDecision `saw_method`": (lambda weights: saw(weights * highest)[:, 1], lambda scores: np.argsort(-scores)),
        "scikit-criteria `WeightedSumModel`": (lambda w: sk.evaluate(matrix(weights=w)).e_.score, np.asarray),
    }


def drawn(rng: Any, leaders: Callable[[Any], Any], draws: int = DRAWS) -> Any:
    """Share drawn weightings among three alternatives; exact ties have no weight in continuous draws."""
    return np.bincount(leaders(rng.standard_exponential((draws, CRITERIA))), minlength=3) / draws


def by_numpy(ratings: Any, weights: Any) -> Any:
    """Find the leaders as one would in a notebook."""
    return (weights @ ratings.T).argmax(axis=1)


def one_by_one(weighted_sum: Score, weights: Any) -> list[Any]:
    """Find the leaders by a call for each weight vector, made to add up to 1."""
    return [np.argmax(weighted_sum(each)) for each in weights / weights.sum(axis=1, keepdims=True)]


@cache
def all_positive(leads: tuple[tuple[Fraction, ...], ...]) -> Fraction:
    """Give the share of a simplex where all leads, known at its corners, are positive: cut it where one is 0."""
    if not leads[0]:
        return Fraction(1)
    low, *between, high = sorted(leads)
    if high[0] <= 0:
        return Fraction(0)
    if low[0] >= 0:
        return all_positive(tuple(sorted(lead[1:] for lead in leads)))
    share = high[0] / (high[0] - low[0])
    middle = tuple(h + share * (w - h) for h, w in zip(high, low, strict=True))
    above, below = (all_positive(tuple(sorted((*between, middle, end)))) for end in (high, low))
    return share * above + (1 - share) * below


def exactly(ratings: Any) -> Any:
    """Share all weightings in fractions, independently of the kit."""
    rows = np.vectorize(Fraction)(ratings.astype(int))
    shares = [all_positive(tuple(map(tuple, np.delete(row - rows, k, axis=0).T))) for k, row in enumerate(rows)]
    if sum(shares) != 1:
        raise ArithmeticError(f"the exact shares {shares} do not add up to 1")
    return np.array(shares, dtype=float)


def timed(run: Callable[[], Any], repeats: int = 51) -> list[float]:
    """Give the quartiles of repeated times, in seconds; a repeat of what is short takes at least 2 ms."""
    number = math.ceil(0.002 / min(timeit.repeat(run, number=1, repeat=2)))  # the first time is not like the others
    return quartiles([spent / number for spent in timeit.repeat(run, number=number, repeat=repeats)])


def once_each(run: Callable[[Decision], Any], decisions: Iterable[Decision]) -> list[float]:
    """Give the time of each call in seconds; a second one for the same decision would find what the first has left."""
    return [timeit.timeit(partial(run, decision), number=1) for decision in decisions]


def row(task: str, who: str, timing: Sequence[float], ours: Sequence[float], note: str) -> None:
    """Print a row of the table: the median with its quartiles in a unit that suits, and its ratio to ours."""
    size, unit = next((s, u) for s, u in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")) if timing[1] >= s or s == 1e-6)
    low, mid, high = (f"{t / size:.0f}" if timing[1] >= 100 * size else f"{t / size:#.3g}" for t in timing)
    ratio = timing[1] / ours[1]
    times = f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2g}"
    print(f"| {task} | {who} | {mid} {unit} ({low} to {high}) | {times} | {note} |")


def one_decision(decision: Decision) -> None:
    """Compare the scores of three alternatives under one weight vector, and the winner."""
    scores, ours = score(decision, load()), timed(lambda: score(decision, load()))
    weights = np.array([float(need.weight) for need in scores.contributions])
    weights /= weights.sum()
    ratings = np.array([[float(need.ratings[model]) for need in scores.contributions] for model in scores.eligible])
    row("One plain decision", f"{KIT} `score`", ours, ours, "scores in exact fractions, each answer's part, must-haves")
    changed = [decision.answer(name, level=level) for name in load().requirements for level in range(5)]
    note = f"that, the verdict with its rule, the exact share of readings; {len(changed)} ways of changing one answer"
    row("", f"{KIT} `evaluate`", quartiles(once_each(partial(evaluate, knowledge=load()), changed)), ours, note)
    row("", "NumPy `ratings @ weights`", timed(lambda: np.argmax(ratings @ weights)), ours, "scores as floats")
    for who, (peer, rank) in peers(ratings).items():
        if not np.allclose(peer(weights) / 4, [float(scores.fit[model]) for model in scores.eligible], rtol=1e-12):
            raise ArithmeticError(f"{who} computes something else")
        row("", who, timed(lambda peer=peer, rank=rank: rank(peer(weights))), ours, "scores as floats, and ranks")


def three_open(decision: Decision) -> None:
    """Time the readings for each way of leaving three of thirteen answers open."""
    ways = itertools.combinations(load().requirements, 3)
    left = [reduce(lambda d, requirement: d.answer(requirement, level="not sure"), asked, decision) for asked in ways]
    readings(decision, load())  # the first time is not like the others
    spent = once_each(partial(readings, knowledge=load()), left)
    note = f"exact; all {len(spent)} ways, the slowest {max(spent) * 1000:.1f} ms"
    row("Three of 13 answers open", f"{KIT} `readings`", quartiles(spent), quartiles(spent), note)


def under_any_weights() -> None:
    """Compare the shares of weightings in which each of three alternatives is first."""
    ratings = np.random.default_rng(SEED).integers(0, 5, (3, CRITERIA)).astype(float)
    exact, ours, rng = exactly(ratings), timed(lambda: any_weights(ratings)), np.random.default_rng(SEED)
    note = f"exact: {max(abs(any_weights(ratings).first[k] - exact[k]) for k in range(3)):.0e} from fractions"
    row("First under any weights", f"{KIT} `any_weights`", ours, ours, note)
    ways = {
        "plain NumPy draws": partial(by_numpy, ratings),
        "scikit-criteria's inner `wsm`, all at once": lambda weights: wsm(ratings, weights)[1].argmax(axis=0),
    }
    ways |= {f"{who}, one by one": partial(one_by_one, peer) for who, (peer, _) in peers(ratings).items()}
    for who, leaders in ways.items():
        likely = timeit.timeit(partial(drawn, rng, leaders, 1000), number=1) * DRAWS / 1000
        draws, errors = DRAWS if likely < PATIENCE else PART, []
        run = partial(drawn, rng, leaders, draws)
        timing = timed(
            lambda run=run, errors=errors: errors.append(abs(run() - exact).max()), 51 if likely < 0.5 else 5
        )
        note = f"{np.mean(errors):.2g}" + ("" if draws == DRAWS else f" of {draws:,} draws; the time is scaled up")
        row("", who, [spent * DRAWS / draws for spent in timing], ours, note)


def beside_draws() -> None:
    """Give the time under any weights as a ratio to NumPy's draws, for many tables of ratings."""
    rng, ratios = np.random.default_rng(SEED), []
    for table in rng.integers(0, 5, (101, 3, CRITERIA)).astype(float):
        draws = timed(partial(drawn, rng, partial(by_numpy, table)), 3)[1]
        ratios.append(timed(partial(any_weights, table), 3)[1] / draws)
    low, mid, high = quartiles(ratios)
    note = f"exact; {len(ratios)} tables of ratings, the slowest {max(ratios):.2f}"
    print(f"| | {KIT} `any_weights` over NumPy draws | {mid:.2f} ({low:.2f} to {high:.2f}) | | {note} |")


def main() -> None:
    """Print the table and its caption."""
    decision = Decision.open(files.shipped("data") / "examples" / "order-and-payment.decision.json")
    print("| task | who | median (quartiles) | times ours | error, or what it gives |\n|---|---|---:|---:|---|")
    three_open(decision.answer("throughput_scale", level=3).answer("security_of_plane", level=2))
    one_decision(decision)
    under_any_weights()
    beside_draws()
    names = ("numpy", "pyrepo-mcda", "pymcdm", "pyDecision", "scikit-criteria")
    print(
        f"\n{CRITERIA} criteria. Under any weights: ratings in whole steps 0 to 4, {DRAWS:,} draws; the error is the "
        "largest difference from the exact shares, mean of the repeats. The plain decision is order and payment, same "
        "ratings and weights for all. The peers' normalisation is off or undone; none shares weightings by a weighted "
        "sum itself (pyrepo-mcda's `VIKOR_SMAA` does so by VIKOR). Measured in one run, on one thread of "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {', '.join(f'{n} {version(n)}' for n in names)}."
    )


if __name__ == "__main__":
    main()
