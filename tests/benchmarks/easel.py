"""How the time to show a system in the boundary notebook grows with the system, in the kernel.

All in one run; run it on a machine that does nothing else: ``python tests/benchmarks/easel.py``. It takes a quarter of
a minute. Systems are drawn with five links for each part. Time that grows as the system does gives about 4 times for 4
times the parts, and some constant costs make it less.
"""

import tempfile
from pathlib import Path

from boundary import drawn, timed, told, written

from decision_kit.widgets.boundaries import Easel

SIZES = (1_250, 5_000)


def main() -> None:
    """Print the table."""
    print("| parts | links | opened and shown | times the one above |")
    print("|---:|---:|---:|---:|")
    before = 0.0
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            made = drawn(size, "anywhere")
            (Path(folder) / "systems").mkdir()
            parts, links = written(made, Path(folder))
            parts, links = (path.rename(path.parent / "systems" / f"large.{path.name}") for path in (parts, links))
            shown = Easel(Path(folder))
            _ = shown.mover, shown.why  # what follows the system is there, as in the notebook
            taken = timed(lambda shown=shown, parts=parts: shown.open(parts), 5)
        ratio = f"{taken[1] / before:.1f}" if before else "-"
        print(f"| {size:,} | {len(made.links):,} | {told(taken)} | {ratio} |", flush=True)
        before = taken[1]


if __name__ == "__main__":
    main()
