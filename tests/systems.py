"""Systems drawn at random for the tests, and the cheapest assignment found by trying all of them."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from decision_kit import knowledge
from decision_kit.boundaries.energy import CORE, FREE, REACTIONS, Energy
from decision_kit.boundaries.system import Link, Part, System

REQUIREMENTS = list(knowledge.load().requirements)

parts = st.builds(
    Part,
    id=st.just("x"),
    levels=st.dictionaries(st.sampled_from(REQUIREMENTS), st.integers(0, 4), max_size=4),
    team=st.sampled_from(["", "one", "other"]),
    context=st.sampled_from(["", "here", "there"]),
    critical_path=st.sampled_from(["", "yes", "no", "side effect"]),
    model=st.sampled_from(["", "", "", "orchestration", "choreography"]),
)
kinds = st.sampled_from(["", "awaited", "listening"])
rates = st.sampled_from([None, 0.0, 0.5, 1.0, 30.0, 1e6])
undone = st.sampled_from([None, True, False])


@st.composite
def systems(draw: st.DrawFn, most: int = 6) -> System:
    """Draw a system of up to so many parts, named p0, p1 and so on."""
    made = [
        Part(**_fields(part) | {"id": f"p{at}"})
        for at, part in enumerate(draw(st.lists(parts, min_size=1, max_size=most)))
    ]
    pairs = [(a.id, b.id, kind) for a, b in itertools.permutations(made, 2) for kind in ("", "awaited", "listening")]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2 * most)) if pairs else []
    return System(tuple(made), tuple(Link(a, b, draw(rates), kind, draw(undone)) for a, b, kind in chosen))


def _fields(part: Part) -> dict[str, object]:
    return {name: getattr(part, name) for name in Part.__slots__}


def drawn(seed: int, size: int, links: int, spread: int) -> Energy:
    """Draw costs: whole numbers up to the spread, so that a small one gives many ties and a huge one many digits."""
    rng = np.random.default_rng(seed)
    pairs = rng.permuted(np.array(list(itertools.permutations(range(size), 2)), dtype=np.int64).reshape(-1, 2), axis=0)
    return Energy(
        misfit=rng.integers(0, spread + 1, (size, 2)),
        touched=rng.integers(0, spread // 3 + 1, (size, 2)),
        starts=pairs[:links, 0],
        ends=pairs[:links, 1],
        extra=rng.integers(0, spread // 3 + 1, (len(pairs[:links]), 2)),
        fixed=rng.choice([FREE, FREE, FREE, CORE, REACTIONS], size),
        weight=1,
        scale=1,
    )


def together(energies: Sequence[Energy]) -> Energy:
    """Put systems of the same weight and scale side by side into one."""
    names = ("misfit", "touched", "starts", "ends", "extra", "fixed")
    joined = {name: np.concatenate([getattr(energy, name) for energy in energies]) for name in names}
    firsts = np.cumsum([0, *(len(energy.misfit) for energy in energies[:-1])])
    moved = np.repeat(firsts, [len(energy.starts) for energy in energies])
    return replace(energies[0], **joined | {"starts": joined["starts"] + moved, "ends": joined["ends"] + moved})


def cheapest(energy: Energy, fixed: Iterable[int] | None = None) -> tuple[int, np.ndarray]:
    """Try all assignments, and give the least cost with all that have it, of shape (assignments, parts)."""
    fixed = np.array(list(energy.fixed if fixed is None else fixed))
    size = len(fixed)
    core = np.array(list(itertools.product([True, False], repeat=size)))
    core = core[((fixed == FREE) | (core == (fixed == CORE))).all(axis=1)]
    cost = np.where(core, energy.misfit[:, CORE], energy.misfit[:, REACTIONS]).sum(axis=1)
    touched = np.zeros_like(core)
    for start, end, extra in zip(energy.starts, energy.ends, energy.extra, strict=True):
        crossed = core[:, start] != core[:, end]
        touched[:, start] |= crossed
        touched[:, end] |= crossed
        cost = cost + np.where(crossed, np.where(core[:, start], extra[0], extra[1]), 0)
    cost = cost + (touched * np.where(core, energy.touched[:, CORE], energy.touched[:, REACTIONS])).sum(axis=1)
    return int(cost.min()), core[cost == cost.min()]
