"""What to build at a crossing: out of the data."""

import shutil
from pathlib import Path

import pytest

from decision_kit import InputError, files, knowledge
from decision_kit.boundaries import boundary, crossings
from decision_kit.boundaries.boundary import Line
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
        (Link("ride", "mail", kind="listening"), ["hyb-outbox-out", "hyb-one-correlation-id"]),
        (Link("ride", "mail"), ["hyb-outbox-out", "hyb-one-correlation-id"]),
        (Link("ride", "mail", kind="awaited"), ["hyb-core-waits", "hyb-outbox-out", "hyb-one-correlation-id"]),
        (Link("mail", "ride", kind="listening"), ["hyb-idempotent-in", "hyb-one-correlation-id"]),
    ],
)
def test_what_is_to_be_built_depends_on_the_way_and_on_whether_the_core_waits(link: Link, built: list):
    (crossing,) = crossings.of(drawn(link))
    assert [advice.guidance.id for advice in crossing.advice] == built
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
