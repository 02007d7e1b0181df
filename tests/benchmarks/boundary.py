"""Measure the cheapest assignment: how its time grows with the system, and beside networkx's minimum cut.

Systems are drawn with five links for each part. All in one run, on one thread; medians with quartiles. Run it on a
machine that does nothing else; it takes about two minutes: ``python tests/benchmarks/boundary.py``.
"""

import os
import platform
import sys
import tempfile
import timeit
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

if __name__ == "__main__":  # and not where pytest looks for doctests
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")  # read on import
    try:
        import networkx as nx
    except ImportError as missing:
        print(f"{missing.name} is missing; this needs the benchmarks extra: pip install -e '.[benchmarks]'")
        sys.exit(2)

import numpy as np

from decision_kit import knowledge
from decision_kit.boundaries import cut, energy, rules, system
from decision_kit.boundaries.energy import CORE, REACTIONS, Energy
from decision_kit.boundaries.system import Link, Part, System

SEED = 1
PER_PART = 5
NEEDS = (("strict_ordering", "audit_visibility", "consistency_compensation"),
         ("fanout_extensibility", "loose_coupling_autonomy", "throughput_scale"))  # fmt: skip
SHAPES = ("anywhere", "nearby", "few hubs")


def drawn(size: int, shape: str) -> System:
    """Draw a system whose links lead anywhere, to one of the next twenty parts, or mostly to a few of them.

    Every second part has needs that ask for orchestration, the others some that ask for choreography; nine links of
    ten stay among parts of one kind, and there the start waits for an answer.
    """
    rng = np.random.default_rng(SEED)
    levels = rng.integers(0, 5, (size, 3)).tolist()
    parts = tuple(
        Part(str(at), levels=dict(zip(NEEDS[at % 2], levels[at], strict=True)), team=str(at // 10))
        for at in range(size)
    )
    starts = rng.integers(0, size, PER_PART * size)
    ends = {
        "anywhere": rng.integers(0, size, len(starts)),
        "nearby": starts + rng.integers(1, 20, len(starts)),
        "few hubs": (rng.pareto(1.2, len(starts)) * 10).astype(int),
    }[shape]
    leave = rng.random(len(starts)) < 0.1
    ends = (ends + ((ends + starts) % 2 != leave)) % size
    calls = 10 ** rng.uniform(-2, 2, len(starts))
    links = {}
    for start, end, crosses, rate in zip(*(column.tolist() for column in (starts, ends, leave, calls)), strict=True):
        if start != end:
            links[start, end] = Link(str(start), str(end), rate, "listening" if crosses else "awaited")
    return System(parts, tuple(links.values()))


def timed(run: Callable[[], object], most: int = 15) -> tuple[float, float, float]:
    """Time a call, about two seconds long or so many times, and give quartile, median and quartile in seconds."""
    once = timeit.timeit(run, number=1)
    spent = [timeit.timeit(run, number=1) for _ in range(max(3, min(most, int(2 / once))))]
    low, mid, high = np.percentile(spent, [25, 50, 75])
    return low, mid, high


def told(seconds: tuple[float, float, float]) -> str:
    """Write a median with its quartiles."""
    unit, per = ("s", 1) if seconds[1] >= 1 else ("ms", 1000)
    low, mid, high = (f"{each * per:.3g}" for each in seconds)
    return f"{mid} {unit} ({low} to {high})"


def by_networkx(costs: Energy) -> int:
    """Build the same cut for networkx, and give its value."""
    graph = nx.DiGraph()

    def join(start: object, end: object, capacity: int) -> None:
        if graph.has_edge(start, end):
            capacity += graph[start][end]["capacity"]
        graph.add_edge(start, end, capacity=capacity)

    for part, ((core, reactions), touched) in enumerate(
        zip(costs.misfit.tolist(), costs.touched.tolist(), strict=True)
    ):
        join("source", part, max(0, reactions - core))
        join(part, "sink", max(0, core - reactions))
        join(part, (part, CORE), touched[CORE])
        join((part, REACTIONS), part, touched[REACTIONS])
    for start, end, extra in zip(costs.starts.tolist(), costs.ends.tolist(), costs.extra.tolist(), strict=True):
        join(start, end, extra[0])
        join(end, start, extra[1])
        for mine, other in ((start, end), (end, start)):
            join((mine, CORE), other, int(costs.touched[mine, CORE]))
            join(other, (mine, REACTIONS), int(costs.touched[mine, REACTIONS]))
    value, _ = nx.minimum_cut(graph, "source", "sink")
    return value + int(costs.misfit.min(axis=1).sum())


def written(made: System, folder: Path) -> tuple[Path, Path]:
    """Write a system as the two tables."""
    names = [need for needs in NEEDS for need in needs]
    rows = [",".join([p.id, p.team, *(str(p.levels.get(name, "")) for name in names)]) for p in made.parts]
    (folder / "parts.csv").write_text("\n".join([",".join(["id", "team", *names]), *rows]), encoding="utf-8")
    rows = [f"{link.start},{link.end},{link.calls_per_second:.6f},{link.kind}" for link in made.links]
    (folder / "links.csv").write_text("\n".join(["from,to,calls_per_second,kind", *rows]), encoding="utf-8")
    return folder / "parts.csv", folder / "links.csv"


def main() -> None:
    """Print the table and its caption."""
    known = knowledge.load()
    used = rules.of(known)
    print("| parts | links | shape | costs of all assignments | cheapest | core | one more cut | networkx |")
    print("|---:|---:|---|---:|---:|---:|---:|---:|")
    for size in (100, 1_000, 10_000, 100_000):
        for shape in SHAPES:
            made = drawn(size, shape)
            costs = energy.of_system(made, known, rules.price(made, used))
            found = cut.cheapest(costs)
            building = timed(lambda made=made: energy.of_system(made, known, rules.price(made, used)))
            cutting = timed(lambda costs=costs: cut.cheapest(costs))
            flipping = timed(lambda found=found: found.flip(0))
            peer = "-"
            if size <= 1_000:
                if by_networkx(costs) != found.cost:
                    raise AssertionError
                theirs = timed(lambda costs=costs: by_networkx(costs), 5)
                peer = f"{told(theirs)}, {theirs[1] / cutting[1]:.0f} times ours"
            share = f"{found.smallest.mean():.0%}"
            cells = [f"{size:,}", f"{len(made.links):,}", shape, told(building), told(cutting), share, told(flipping)]
            print(f"| {' | '.join([*cells, peer])} |", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        tables = written(made, Path(folder))
        reading = timed(lambda: system.load(*tables, known), 3)
    names = ("numpy", "scipy", "networkx")
    print(
        f"\nReading and checking the largest from two CSV files: {told(reading)}. All costs are exact whole numbers; "
        "networkx gives the same. Measured in one run, on one thread of "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {', '.join(f'{n} {version(n)}' for n in names)}."
    )


if __name__ == "__main__":
    main()
