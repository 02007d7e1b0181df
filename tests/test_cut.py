"""The cheapest assignment: as found by trying all, to the last digit, with every tie."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from systems import cheapest, drawn, together

from decision_kit.boundaries import cut
from decision_kit.boundaries.energy import CORE, FREE, REACTIONS, Energy

seeds, spreads = st.integers(0, 2**32), st.sampled_from([1, 2, 6, 1000, 10**6, 2**50])


def energies(most: int) -> st.SearchStrategy[Energy]:
    return st.builds(drawn, seeds, st.integers(1, most), st.integers(0, 2 * most), spreads)


@settings(max_examples=300)
@given(st.lists(energies(12), min_size=10, max_size=10))
def test_the_cheapest_assignments_are_those_found_by_trying_all(apart: list[Energy]):
    # ten systems side by side, which do not touch each other, in one cut: thousands take seconds
    both = together(apart)
    found, tried = cut.cheapest(both), [cheapest(energy) for energy in apart]
    assert found.cost == sum(least for least, _ in tried)
    assert (found.misfit, found.crossings) == both.split(found.smallest)
    assert (found.smallest == np.concatenate([all_of_them.all(axis=0) for _, all_of_them in tried])).all()
    assert (found.largest == np.concatenate([all_of_them.any(axis=0) for _, all_of_them in tried])).all()


@settings(max_examples=150)
@given(energies(8))
def test_what_the_other_side_costs_is_that_found_by_trying_all(energy: Energy):
    found = cut.cheapest(energy)
    for part in range(len(energy.misfit)):
        fixed = energy.fixed.copy()
        fixed[part] = REACTIONS if found.smallest[part] else CORE
        assert found.flip(part) == cheapest(energy, fixed)[0] - found.cost
        if energy.fixed[part] == FREE:
            assert found.flip(part) >= 0
            assert (found.flip(part) == 0) == bool(found.smallest[part] != found.largest[part])


def test_all_of_a_system_that_costs_nothing_is_tied():
    nothing = drawn(1, 4, 6, 0)
    free = cut.cheapest(replace(nothing, fixed=np.full(4, FREE)))
    assert (free.cost, free.smallest.any(), free.largest.all()) == (0, False, True)


def test_a_line_touching_a_part_at_many_links_is_paid_once():
    # a core with three listeners: 2 at the core once, 1 at each listener
    star = Energy(
        misfit=np.array([[0, 100], [10, 0], [10, 0], [10, 0]]),
        touched=np.array([[2, 50], [50, 1], [50, 1], [50, 1]]),
        starts=np.array([0, 0, 0]),
        ends=np.array([1, 2, 3]),
        extra=np.zeros((3, 2), dtype=np.int64),
        fixed=np.full(4, FREE),
        weight=1,
        scale=1,
    )
    found = cut.cheapest(star)
    assert found.smallest.tolist() == [True, False, False, False]
    assert (found.misfit, found.crossings) == (0, 2 + 1 + 1 + 1)
    assert [found.flip(part) for part in range(4)] == [100 - 5, 10 - 1, 10 - 1, 10 - 1]
