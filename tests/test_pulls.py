"""What holds a part: all that speaks for and against its side adds up to what the other side would cost."""

from fractions import Fraction

import numpy as np
import pytest
from conftest import EXAMPLES
from hypothesis import given
from systems import systems

from decision_kit import InputError, knowledge
from decision_kit.boundaries import boundary, pulls, system
from decision_kit.boundaries.boundary import Line
from decision_kit.boundaries.system import System

KNOWN = knowledge.load()


@pytest.fixture(scope="module")
def uber() -> Line:
    tables = (EXAMPLES / f"uber-rides.{name}.csv" for name in ("parts", "links"))
    return boundary.draw(system.load(*tables, KNOWN), KNOWN)


@given(systems())
def test_needs_add_up_to_the_misfit_of_the_other_side_and_with_the_line_to_its_cost_if_no_other_follows(drawn: System):
    line = boundary.draw(drawn, KNOWN)
    now = line.energy.split(line.cut.smallest)
    for at, part in enumerate(drawn.parts):
        found = pulls.of(line, part.id)
        then = line.energy.split(line.cut.smallest ^ (np.arange(len(drawn.parts)) == at))
        misfit, crosses = (Fraction(there - here, line.energy.scale) for here, there in zip(now, then, strict=True))
        needs = [more for _, more in found.needs]
        assert (sum(needs), found.line, found.more) == (misfit, crosses, misfit + crosses)
        assert found.more >= line.flips[part.id]
        assert needs == sorted(needs, reverse=True)


def test_the_ride_flow_is_orchestrated_for_its_order_and_the_ledger_for_its_links(uber: Line):
    told = {side.part.id: pulls.reasons(uber, side) for side in uber.parts}
    assert told["ride"][0][0] == "Strict ordering"
    assert sum(pull for _, pull in told["ledger"]) < 0
    assert "A side effect" in [title for title, _ in told["receipts"]]


def test_the_ride_flow_is_held_by_order_undo_and_its_awaited_links(uber: Line):
    found = pulls.of(uber, "ride")
    assert (found.side.model, uber.other(found.side.model)) == ("orchestration", "choreography")
    assert [title for title, _ in found.needs][:2] == ["Strict ordering", "Undo and consistency"]
    assert found.line > 0
    assert [joint.link.end for joint in found.crossed] == ["notifications", "analytics"]
    assert [joint.link.end for joint in found.instead] == ["pricing", "dispatch", "payment"]


def test_nothing_speaks_against_the_side_of_the_notifications(uber: Line):
    found = pulls.of(uber, "notifications")
    assert found.side.model == "choreography"
    assert min(more for _, more in found.needs) > 0


def test_a_part_that_is_not_there_is_told(uber: Line):
    with pytest.raises(InputError, match="no part has the id 'x'"):
        pulls.of(uber, "x")
