"""How long very many workflows take, as Markdown tables of ratios measured in one run.

A million rows in pandas beside the time to read their array, and beside the Python MCDA libraries called once for
each row; the same in Dask; then the command on Parquet beside DuckDB reading, counting and copying the same file, and
how all grows with the rows. ``python tests/benchmarks/portfolio.py`` makes up to 100 million rows in a temporary
folder (about 10 GB), which takes about a quarter of an hour; ``--rows 1e6`` stops earlier. It needs the extras
``test`` and ``benchmarks``. Times are medians of wall time; where others use the machine too, the processor's time
beside them says more.
"""

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import timeit
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

if __name__ == "__main__":  # and not where pytest looks for doctests
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")  # read on import
    try:
        import dask.dataframe as dd
        import duckdb
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


def timed(run: Callable[[], Any], repeats: int = 11) -> float:
    """Give the median time of some repeats, in seconds, the first not counted."""
    run()
    return statistics.median(timeit.repeat(run, number=1, repeat=repeats))


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
    reading = timed(array.sum)
    heading("a million workflows in memory", "seconds", "times reading", "what it gives")

    def tell(who: str, seconds: float, note: str) -> None:
        row(who, f"{seconds:.3g}", f"{seconds / reading:,.1f}", note)

    tell("NumPy, reading the 13 columns: `array.sum()`", reading, "")
    frame, whole = (pd.DataFrame(dict(zip(REQUIREMENTS, each, strict=True)), copy=False) for each in (array, full))
    ours = timed(lambda: portfolio.score(frame))
    note = "fits, winner, lead, ties, must-haves, what one step turns; cells checked"
    tell(f"{KIT} `portfolio.score`, pandas", ours, note)
    tell("the same with no cell empty", timed(lambda: portfolio.score(whole)), note)
    small = whole.astype("int8")
    tell("the same of `int8`", timed(lambda: portfolio.score(small)), note)
    rng = np.random.default_rng(8)
    scopes = {f"{name}_scope": rng.choice(["core", "reactions", "whole"], MILLION) for name in REQUIREMENTS}
    scoped = pd.concat([frame, pd.DataFrame(scopes)], axis=1)
    tell("the same with 13 columns of scopes", timed(lambda: portfolio.score(scoped), 3), "and the hybrid")
    parts = dd.from_pandas(frame, npartitions=8)
    for scheduler in ("sync", "threads"):
        run = partial(portfolio.score(parts).compute, scheduler=scheduler)
        tell(f"Dask, 8 partitions, scheduler `{scheduler}`", timed(run, 5), f"{timed(run, 5) / ours:.1f} times pandas")

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
        seconds = timed(lambda fit=fit: [fit(each) for each in weights], 3) * MILLION / len(weights)
        tell(f"{who}, row by row", seconds, f"fits; scaled up from {len(weights):,} rows")


def spent(run: Callable[[], Any]) -> tuple[float, float]:
    """Give the wall time and the processor's time of a call, in seconds."""
    begin, used = perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    run()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return perf_counter() - begin, after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime


def command(source: Path, target: Path) -> tuple[float, float, float]:
    """Run the command; give its wall time, its processor's time, and the most memory it took, in GB."""
    begin = perf_counter()
    given = [sys.executable, "-m", "decision_kit.cli", "portfolio", str(source), str(target), "--force"]
    process = subprocess.Popen(given, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise ChildProcessError(f"the command ended with {status}")
    return perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6


def growing(most: int, folder: Path) -> None:
    """Compare files of 10,000 rows and ten times as many up to the most."""
    connection = duckdb.connect()
    cells = ", ".join(
        f"case when hash(i * 31 + {n}) % 10 > 0 then hash(i + {n} * 1000003) % 5 end::tinyint as {name}"
        for n, name in enumerate(REQUIREMENTS)
    )
    counts = ", ".join(f"count({name})" for name in REQUIREMENTS)
    scores = "avg(fit_orchestration), avg(fit_choreography), avg(margin), count(winner), sum(fragile::int), sum(blank)"
    heading(
        "Parquet, rows",
        "DuckDB counts",
        "scored, not written",
        "command",
        "DuckDB copies",
        "pandas",
        "memory of command",
    )
    for rows in (10**power for power in range(4, 9) if 10**power <= most):
        source, target = folder / "in.parquet", folder / "out.parquet"
        connection.sql(f"select i as workflow, {cells} from range({rows}) t(i)").write_parquet(str(source))  # noqa: S608
        there = connection.read_parquet(str(source))
        repeats = 5 if rows <= MILLION else 3
        count = sorted(spent(there.aggregate(counts).fetchall) for _ in range(repeats))[repeats // 2]
        scored = portfolio.score(there)
        score = spent(scored.aggregate(scores).fetchall)
        copy = spent(lambda there=there, target=target: there.write_parquet(str(target)))
        ours = command(source, target)
        memory = "not tried"
        if rows <= 10 * MILLION:
            frame = there.df()
            memory = told(spent(lambda frame=frame: portfolio.score(frame)), count)
            del frame
        row(f"{rows:,}", told(count), *(told(each, count) for each in (score, ours, copy)), memory, f"{ours[2]:.2f} GB")
        target.unlink()
        source.unlink()


def told(seconds: Sequence[float], beside: Sequence[float] | None = None) -> str:
    """Write a wall time with the processor's, and how many times another they are."""
    ratio = "" if beside is None else f", {seconds[0] / beside[0]:.1f} ({seconds[1] / beside[1]:.1f}) times"
    return f"{seconds[0]:.3g} s ({seconds[1]:.3g} s){ratio}"


def main() -> None:
    """Print the tables and what they were measured on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=float, default=1e8, help="most rows (default: 1e8)")
    given = parser.parse_args()
    a_million_in_memory()
    with tempfile.TemporaryDirectory() as folder:
        growing(int(given.rows), Path(folder))
    names = ("numpy", "pandas", "duckdb", "narwhals", "dask", "pyrepo-mcda", "pymcdm", "pyDecision", "scikit-criteria")
    print(
        f"\n{len(REQUIREMENTS)} requirements, one cell in ten empty. In brackets the processor's time, and its ratio. "
        f"The peers get the same weights and ratings, their normalisation off or undone. Measured in one run on "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {', '.join(f'{n} {version(n)}' for n in names)}."
    )


if __name__ == "__main__":
    main()
