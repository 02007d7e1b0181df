"""What to build at a crossing, and what speaks for a part's side: out of the data, and true to the costs."""

import shutil
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import EXAMPLES
from hypothesis import given, settings
from systems import systems

from decision_kit import InputError, files, knowledge
from decision_kit.boundaries import boundary, crossings, system
from decision_kit.boundaries.boundary import Line
from decision_kit.boundaries.energy import CORE, REACTIONS
from decision_kit.boundaries.system import Link, Part, System
from decision_kit.knowledge import Knowledge

SHIPPED = knowledge.load()
RIDE = Part("ride", "Ride", {"strict_ordering": 4, "consistency_compensation": 4})
MAIL = Part("mail", "Mails", {"fanout_extensibility": 4, "fault_isolation": 4}, critical_path="side effect")


def drawn(*links: Link, known: Knowledge = SHIPPED) -> Line:
    line = boundary.draw(System((RIDE, MAIL), links), known)
    assert line.assignment == {"ride": "orchestration", "mail": "choreography"}
    return line


@pytest.mark.parametrize(
    ("link", "built"),
    [
        (Link("ride", "mail", kind="listening"), ("out", ["hyb-outbox-out", "hyb-one-correlation-id"])),
        (Link("ride", "mail"), ("out", ["hyb-outbox-out", "hyb-one-correlation-id"])),
        (Link("ride", "mail", kind="awaited"), ("out", ["hyb-core-waits", "hyb-outbox-out", "hyb-one-correlation-id"])),
        (Link("mail", "ride", kind="listening"), ("in", ["hyb-idempotent-in", "hyb-one-correlation-id"])),
    ],
)
def test_what_is_to_be_built_depends_on_the_way_and_on_whether_the_core_waits(link: Link, built: tuple):
    (crossing,) = crossings.of(drawn(link))
    assert (crossing.way, [advice.guidance.id for advice in crossing.advice]) == built
    assert all(SHIPPED.sources[advice.guidance.source] == advice.source for advice in crossing.advice)
    assert [advice.guidance.id for advice in crossing.advice if advice.general] == ["hyb-one-correlation-id"]


def test_advice_that_several_crossings_need_is_listed_once():
    both = (Link("ride", "mail", kind="listening"), Link("mail", "ride", kind="listening"))
    found = crossings.of(drawn(*both))
    assert len(found) == 2
    used = [advice.guidance.id for advice in crossings.used(found)]
    assert sorted(used) == ["hyb-idempotent-in", "hyb-one-correlation-id", "hyb-outbox-out"]


def test_no_crossing_no_advice():
    assert crossings.of(drawn()) == ()
    assert crossings.used(()) == ()


@settings(max_examples=50)
@given(systems())
def test_what_speaks_for_a_side_adds_up_to_what_the_misfit_would_rise_by(made: System):
    line = boundary.draw(made, SHIPPED)
    for at, side in enumerate(line.parts):
        own, other = (CORE, REACTIONS) if side.model == line.made.core else (REACTIONS, CORE)
        rise = int(line.energy.misfit[at, other]) - int(line.energy.misfit[at, own])
        pulls = [pull for _, pull in crossings.reasons(line, side)]
        assert sum(pulls, Fraction(0)) == Fraction(rise, line.energy.scale)
        assert pulls == sorted(pulls, reverse=True)


def test_the_ride_flow_is_orchestrated_for_its_order_and_the_ledger_for_its_links():
    tables = (EXAMPLES / f"uber-rides.{name}.csv" for name in ("parts", "links"))
    line = boundary.draw(system.load(*tables, SHIPPED), SHIPPED)
    told = {side.part.id: crossings.reasons(line, side) for side in line.parts}
    assert told["ride"][0][0] == "Strict ordering"
    assert sum(pull for _, pull in told["ledger"]) < 0
    assert "A side effect" in [title for title, _ in told["receipts"]]


def test_a_folder_of_ones_own_may_say_otherwise_and_a_slip_in_it_is_told(tmp_path: Path):
    folder = tmp_path / "data"
    shutil.copytree(files.shipped("data"), folder)
    (folder / "crossings.csv").write_text("way,kind,guidance\nout,,hyb-known-saga-state\n", encoding="utf-8")
    own = drawn(Link("ride", "mail"), known=knowledge.load(folder))
    assert [advice.guidance.id for advice in crossings.of(own)[0].advice] == ["hyb-known-saga-state"]
    (folder / "crossings.csv").write_text("way,kind,guidance\nup,,hyb-outbox-out\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"crossings\.csv, row 2, column way: 'up' is not allowed"):
        crossings.of(own)


def test_a_folder_without_them_is_advised_by_those_shipped(small: Knowledge):
    pair = System((Part("a", levels={"order": 4}), Part("b", levels={"scale": 4})), (Link("a", "b"),))
    (crossing,) = crossings.of(boundary.draw(pair, small))
    assert crossing.advice[0].source == SHIPPED.sources["zalando2022"]
