"""The cheapest assignment: a minimum cut between two ends, one for each model.

A part lies on the side of the source where it has the model of the core. The source is joined to a part by what the
part saves there, a part to the sink likewise, and two linked parts by what their link pays, so that what a cut takes
apart is what the assignment pays (Greig, Porteous and Seheult, J. R. Statist. Soc. B 51(2), 1989). Two nodes beside
each part, joined to all its neighbours, pay what it pays once for any line that touches it.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from decision_kit.boundaries.energy import CORE, FREE, REACTIONS, Energy
from decision_kit.boundaries.system import Bools, Ints

BITS = 29
"""Bits of a flow that are solved at once: scipy's maximum flow adds up in 32 bits."""


@dataclass(frozen=True)
class Cut:
    """The cheapest assignments; made by :func:`cheapest`.

    Attributes
    ----------
    smallest, largest : numpy.ndarray of shape (parts,)
        Whether each part is core in the cheapest assignment with the fewest core parts, and in that with the most.
        Where they differ, there are several: each part between them is core in one and reactions in another.
    misfit, crossings : int
        What the cheapest assignment costs, in units of the energy, taken where the core is smallest.
    """

    energy: Energy
    smallest: Bools
    largest: Bools
    misfit: int
    crossings: int
    residual: csr_array

    @property
    def cost(self) -> int:
        """The least cost."""
        return self.misfit + self.crossings

    def flip(self, part: int) -> int:
        """Say by how much the least cost rises where one part has to lie on the other side.

        Parameters
        ----------
        part : int
            Its place.

        Returns
        -------
        int
            In units of the energy; 0 where it could as well lie there. Below 0 only for a part that is fixed by hand,
            by what fixing it costs.
        """
        energy, other = self.energy, REACTIONS if self.smallest[part] else CORE
        if energy.fixed[part] != FREE:
            fixed = energy.fixed.copy()
            fixed[part] = other
            return cheapest(replace(energy, fixed=fixed)).cost - self.cost
        # The flow of the cheapest cut stays possible when one part is tied to the other end: only add to it.
        source, sink = _terminals(energy)
        tie = (source, part) if other == CORE else (part, sink)
        tied = csr_array((_ties(energy)[[part]], ([tie[0]], [tie[1]])), shape=self.residual.shape)
        return _push(self.residual + tied, source, sink)[0]


def cheapest(energy: Energy) -> Cut:
    """Find the cheapest assignments.

    Returns
    -------
    Cut
        Exact.
    """
    graph = _graph(energy)
    graph.eliminate_zeros()  # to scipy a link of price 0 would still be a way
    source, sink = _terminals(energy)
    _, residual = _push(graph, source, sink)
    parts = slice(len(energy.misfit))
    smallest = _reached(residual, source)[parts]
    largest = ~_reached(csr_array(residual.T), sink)[parts]
    misfit, crossings = energy.split(smallest)
    return Cut(energy, smallest, largest, misfit, crossings, residual)


def _graph(energy: Energy) -> csr_array:
    """Build the graph: the parts, beside them the nodes for a line at a core part and at a reacting one, two ends."""
    parts, (source, sink) = len(energy.misfit), _terminals(energy)
    gain, ties = energy.misfit[:, REACTIONS] - energy.misfit[:, CORE], _ties(energy)
    core, reactions = energy.touched.T
    part, at_core, reacting = (np.arange(parts) + parts * group for group in range(3))
    mine, other = np.concatenate([energy.starts, energy.ends]), np.concatenate([energy.ends, energy.starts])
    edges = [
        (np.full(parts, source), part, np.where(energy.fixed == CORE, ties, np.maximum(gain, 0))),
        (part, np.full(parts, sink), np.where(energy.fixed == REACTIONS, ties, np.maximum(-gain, 0))),
        (energy.starts, energy.ends, energy.extra[:, 0]),
        (energy.ends, energy.starts, energy.extra[:, 1]),
        # A core part pays once if any neighbour reacts, a reacting one if any is core.
        (part, at_core, core),
        (at_core[mine], other, core[mine]),
        (other, reacting[mine], reactions[mine]),
        (reacting, part, reactions),
    ]
    rows, columns, capacities = (np.concatenate(each) for each in zip(*edges, strict=True))
    return csr_array((capacities, (rows, columns)), shape=(sink + 1, sink + 1))


def _terminals(energy: Energy) -> tuple[int, int]:
    return 3 * len(energy.misfit), 3 * len(energy.misfit) + 1


def _ties(energy: Energy) -> Ints:
    """Give for each part a capacity that no cheapest cut takes apart: more than all that could hang on it."""
    touched = energy.touched.sum(axis=1)
    ties: Ints = np.abs(energy.misfit[:, REACTIONS] - energy.misfit[:, CORE]) + touched + 1
    for mine, other in ((energy.starts, energy.ends), (energy.ends, energy.starts)):
        np.add.at(ties, mine, energy.extra.sum(axis=1) + touched[other])
    return ties


def _push(residual: csr_array, source: int, sink: int) -> tuple[int, csr_array]:
    """Push as much as goes through what is left of the capacities.

    scipy's Dinic works in 32 bits, so the leading bits of the capacities are solved first and the others on what is
    left (capacity scaling, Gabow, J. Comput. Syst. Sci. 31(2), 1985). That makes the flow exact.

    Returns
    -------
    (int, scipy.sparse.csr_array)
        The flow added, and the capacities left.
    """
    pushed = 0
    bound = min(int(residual[[source], :].sum()), int(residual[:, [sink]].sum()))
    while bound:
        shift = max(0, bound.bit_length() - BITS)
        capacities = np.minimum(residual.data >> shift, 2**BITS).astype(np.int32)
        scaled = csr_array((capacities, residual.indices, residual.indptr), shape=residual.shape)
        found = maximum_flow(scaled, source, sink)
        pushed += int(found.flow_value) << shift
        residual = csr_array(residual - csr_array(found.flow).astype(np.int64) * 2**shift)
        residual.eliminate_zeros()
        bound = _left(residual, source, shift) if shift else 0
    return pushed, residual


def _left(residual: csr_array, source: int, shift: int) -> int:
    """Give what is left of the cut that the leading bits have found: no more than that can still be pushed."""
    leading = csr_array((residual.data >> shift, residual.indices, residual.indptr), shape=residual.shape, copy=True)
    leading.eliminate_zeros()
    reached = _reached(leading, source)
    rows = np.repeat(reached, np.diff(residual.indptr))
    return int(residual.data[rows & ~reached[residual.indices]].sum())


def _reached(residual: csr_array, start: int) -> Bools:
    reached = np.zeros(residual.shape[0], dtype=np.bool_)
    reached[breadth_first_order(residual, start, return_predecessors=False)] = True
    return reached
