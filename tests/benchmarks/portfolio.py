"""How long very many workflows take, as Markdown tables of ratios measured in one run.

A million rows in pandas beside the time to read their array, and beside the Python MCDA libraries called once for
each row; the same in Dask; then the command on Parquet beside DuckDB reading, counting and copying the same file, and
how all grows with the rows. ``python tests/benchmarks/portfolio.py`` makes up to 100 million rows in a temporary
folder (about 10 GB), which takes about a quarter of an hour; ``--rows 1e6`` stops earlier, ``--picture FILE`` draws the
growth. It needs the extras ``test`` and ``benchmarks``. Times are wall times, and in brackets the processor's; where
others use the machine too, these say more.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

if __name__ == "__main__":  # and not where pytest looks for doctests
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")  # read on import
    try:
        import dask.dataframe as dd
        import duckdb
        import matplotlib.pyplot as plt
        import skcriteria
        from pyDecision.algorithm import saw_method
        from pymcdm.methods import WSM
        from pyrepo_mcda.mcda_methods import SAW
        from skcriteria.agg.simple import WeightedSumModel
    except ImportError as missing:
        print(f"{missing.name} is missing; this needs extras: pip install -e '.[test,benchmarks]'")
        sys.exit(2)

import numpy as np
import pandas as pd

from decision_kit import load, portfolio
from decision_kit.portfolio import cells, kernel
from decision_kit.portfolio.exact import exact

Curves = dict[str, dict[int, float]]
MEMORY = "memory of the command"
MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""
"""Runs a command from a small process of its own: Linux counts the memory of the one that starts it too."""
MILLION, PART = 1_000_000, 1_000
KIT = "**decision-kit**"
REQUIREMENTS = list(load().requirements)
PURE = [model.id for model in load().models.values() if not model.composed]


def levels(rows: int, blank: float = 0.1) -> Any:
    """Draw levels 0-4 for each requirement and row, a share of them left empty."""
    rng = np.random.default_rng(7)
    drawn = rng.integers(0, 5, (len(REQUIREMENTS), rows)).astype(float)
    drawn[rng.random(drawn.shape) < blank] = np.nan
    return drawn


def spent(run: Callable[[], Any], repeats: int = 1) -> tuple[float, float]:
    """Give the wall time and the processor's time of a call in seconds, of the median one of some repeats."""

    def once() -> tuple[float, float]:
        begin, used = perf_counter(), process_time()
        run()
        return perf_counter() - begin, process_time() - used

    if repeats > 1:
        run()
    return sorted(once() for _ in range(repeats))[repeats // 2]


def told(seconds: Sequence[float], beside: Sequence[float] | None = None) -> str:
    """Write a wall time with the processor's, and how many times another they are."""
    ratio = "" if beside is None else f", {seconds[0] / beside[0]:,.1f} ({seconds[1] / beside[1]:,.1f}) times"
    return f"{seconds[0]:.3g} s ({seconds[1]:.3g} s){ratio}"


def row(*cells: str) -> None:
    """Print a row of a table."""
    print(f"| {' | '.join(cells)} |", flush=True)


def heading(*cells: str) -> None:
    """Print the first rows of a table."""
    print()
    row(*cells)
    row(*("---" if not place else "---:" for place, _ in enumerate(cells)))


def peers(ratings: Any) -> dict[str, Callable[[Any], Any]]:
    """Give each peer's weighted sum of two models as a function of one workflow's weights."""
    types, named = np.ones(len(REQUIREMENTS), int), ["max"] * len(REQUIREMENTS)
    repo, pym, sk = SAW(lambda matrix, _: matrix), WSM(lambda column, **_: column), WeightedSumModel()
    highest = ratings.max(axis=0)  # pyDecision divides each column by it, which the weights undo
    saw = partial(saw_method, ratings, named, graph=False, verbose=False)
    return {
        "pyrepo-mcda `SAW`": lambda weights: repo(ratings, weights, types),
        "pymcdm `WSM`": lambda weights: pym(ratings, weights, types, validation=False),
        "pyDecision `saw_method`": lambda weights: saw(weights * highest)[:, 1],
        "scikit-criteria `WeightedSumModel`": lambda w: (
            sk.evaluate(skcriteria.mkdm(ratings, named, weights=w)).e_.score
        ),
    }


def a_million_in_memory() -> None:
    """Compare the scoring of a million rows with reading them, with the peers, and with Dask."""
    full, array = levels(MILLION, 0.0), levels(MILLION)
    reading = spent(array.sum, 11)
    heading("a million workflows in memory", "time, times reading", "what it gives")

    def tell(who: str, seconds: Sequence[float], note: str = "the same") -> None:
        row(who, told(seconds, reading), note)

    tell("NumPy, reading the 13 columns: `array.sum()`", reading, "")
    frame, whole = (pd.DataFrame(dict(zip(REQUIREMENTS, each, strict=True)), copy=False) for each in (array, full))
    plain = partial(kernel.score, frame, cells.find(REQUIREMENTS, load()), exact(load()), threads=1)
    alone = spent(plain, 11)
    note = "fits, winner, lead, ties, must-haves, what one step turns; cells checked"
    tell(f"{KIT} `portfolio.score`, pandas", spent(lambda: portfolio.score(frame), 11), note)
    tell("on one thread", alone)
    tell("no cell empty", spent(lambda: portfolio.score(whole), 11))
    small = whole.astype("int8")
    tell("no cell empty, `int8`", spent(lambda: portfolio.score(small), 11))
    rng = np.random.default_rng(8)
    scopes = {f"{name}_scope": rng.choice(["core", "reactions", "whole"], MILLION) for name in REQUIREMENTS}
    scoped = pd.concat([frame, pd.DataFrame(scopes)], axis=1)
    tell("13 columns of scopes more", spent(lambda: portfolio.score(scoped), 3), "the same, and the hybrid")
    parts = dd.from_pandas(frame, npartitions=8)
    for scheduler in ("sync", "threads"):
        dask = spent(partial(portfolio.score(parts).compute, scheduler=scheduler), 5)
        ratio = f"{dask[1] / alone[1]:.1f} times the processor's time of pandas on one thread"
        tell(f"Dask, 8 partitions, scheduler `{scheduler}`", dask, ratio)

    steps = np.array([[*map(float, load().level_weights[name]), 0.0] for name in REQUIREMENTS])
    ratings = np.array([[float(load().mean_ratings[model, name]) for name in REQUIREMENTS] for model in PURE])
    codes = np.nan_to_num(array[:, :PART], nan=5).astype(int)
    weights = np.take_along_axis(steps, codes, axis=1).T
    weights = weights[weights.any(axis=1)]
    weights /= weights.sum(axis=1, keepdims=True)
    fits = portfolio.score(frame.head(PART))[[f"fit_{model}" for model in PURE]].to_numpy()
    for who, fit in peers(ratings).items():
        if not np.allclose(fit(weights[0]) / 4, fits[0], rtol=1e-12):
            raise ArithmeticError(f"{who} computes something else")
        part = spent(lambda fit=fit: [fit(each) for each in weights], 3)
        seconds = [each * MILLION / len(weights) for each in part]
        tell(f"{who}, row by row", seconds, f"fits; scaled up from {len(weights):,} rows")


def command(source: Path, target: Path) -> tuple[float, float, float]:
    """Run the command; give its wall time, its processor's time, and the most memory it took, in GB."""
    begin = perf_counter()
    ours = ["-m", "decision_kit.cli", "portfolio", str(source), str(target), "--force"]
    done = subprocess.run([sys.executable, "-c", MEASURED, sys.executable, *ours], capture_output=True, check=True)
    used, memory = map(float, done.stdout.split())
    return perf_counter() - begin, used, memory / 1e6


def growing(most: int, folder: Path) -> Curves:
    """Compare files of 10,000 rows and ten times as many up to the most; give seconds by what is done and rows."""
    curves: Curves = {}
    connection = duckdb.connect()
    columns = ", ".join(
        f"case when hash(i * 31 + {n}) % 10 > 0 then hash(i + {n} * 1000003) % 5 end::tinyint as {name}"
        for n, name in enumerate(REQUIREMENTS)
    )
    counts = ", ".join(f"count({name})" for name in REQUIREMENTS)
    scores = "avg(fit_orchestration), avg(fit_choreography), avg(margin), count(winner), sum(fragile::int), sum(blank)"
    does = (
        "DuckDB counts",
        "DuckDB copies",
        "DuckDB copies the result",
        "DuckDB scores, writes nothing",
        "command",
        "pandas",
    )
    heading("Parquet, rows", *does, "memory of command")
    for rows in (10**power for power in range(4, 9) if 10**power <= most):
        source, target, again = (folder / f"{name}.parquet" for name in ("in", "out", "again"))
        connection.sql(f"select i as workflow, {columns} from range({rows}) t(i)").write_parquet(str(source))  # noqa: S608
        there = connection.read_parquet(str(source))
        count = spent(there.aggregate(counts).fetchall, 5)
        copy = spent(lambda there=there, again=again: there.write_parquet(str(again)))
        score = spent(portfolio.score(there).aggregate(scores).fetchall)
        ours = command(source, target)
        result = connection.read_parquet(str(target))
        rewrite = spent(lambda result=result, again=again: result.write_parquet(str(again)))
        times = [count, copy, rewrite, score, ours[:2]]
        if rows <= 10 * MILLION:
            frame = there.df()
            times.append(spent(lambda frame=frame: portfolio.score(frame)))
            del frame
        row(f"{rows:,}", *(told(each, count) for each in times), *["not tried"][len(times) - 5 :], f"{ours[2]:.2f} GB")
        for name, value in (*zip(does, (wall for wall, _ in times), strict=False), (MEMORY, ours[2])):
            curves.setdefault(name, {})[rows] = value
        for file in (source, target, again):
            file.unlink()
    return curves


def draw(curves: Curves, picture: Path) -> None:
    """Draw how time and memory grow with the rows."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for name, curve in curves.items():
        (right if name == MEMORY else left).plot(list(curve), list(curve.values()), marker="o", label=name)
    for axes, title in ((left, "seconds"), (right, f"{MEMORY}, GB")):
        axes.set(xscale="log", xlabel="workflows", title=title)
        axes.grid(alpha=0.3)
    left.set_yscale("log")
    figure.legend(loc="outside lower center", ncols=3)
    right.set_ylim(0, 2)
    figure.savefig(picture)


def main() -> None:
    """Print the tables and what they were measured on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=float, default=1e8, help="most rows (default: 1e8)")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the growth into this .svg or .png file")
    given = parser.parse_args()
    a_million_in_memory()
    with tempfile.TemporaryDirectory() as folder:
        curves = growing(int(given.rows), Path(folder))
    if given.picture:
        draw(curves, given.picture)
    names = ("numpy", "pandas", "duckdb", "narwhals", "dask", "pyrepo-mcda", "pymcdm", "pyDecision", "scikit-criteria")
    print(
        f"\n{len(REQUIREMENTS)} requirements, one cell in ten empty. In brackets the processor's time, and its ratio. "
        f"The peers get the same weights and ratings, their normalisation off or undone. Measured in one run on "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {', '.join(f'{n} {version(n)}' for n in names)}."
    )


if __name__ == "__main__":
    main()
