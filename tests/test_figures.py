"""Costs as they are shown: rounded, and yet what stands together adds up."""

import re
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from systems import systems

from decision_kit.boundaries import boundary, figures, pulls
from decision_kit.boundaries import boundary_wording as wording
from decision_kit.boundaries.system import Link, Part, System

costs = st.fractions(0, 2000, max_denominator=420)


def tenths(text: str) -> int:
    """Read a figure back."""
    return round(float(text.replace(",", "")) * 10)


def test_a_difference_is_that_of_the_totals_as_shown():
    before, after = Fraction("329.06"), Fraction("361.74")  # 32.68 apart, 32.6 as shown
    assert (figures.number(before), figures.number(after)) == ("329.1", "361.7")
    assert figures.apart(before, after) == "32.6 more"
    assert figures.apart(after, before) == "32.6 less"
    assert figures.apart(after, after) == "the same"
    assert figures.apart(Fraction(5), Fraction("5.01")) == "under 0.1 more"
    assert figures.number(Fraction(12345, 10)) == "1,234.5"


def test_pieces_that_hold_tenths_are_shown_as_they_are():
    assert list(figures.pieces(Fraction("0.14"), [Fraction("3.1"), Fraction(0), Fraction("-1.2")])) == [
        "3.1",
        "0.0",
        "1.2",
    ]


@given(costs, st.lists(st.fractions(-100, 100, max_denominator=420), max_size=12))
def test_pieces_add_up_to_the_difference_of_both_totals_and_none_is_a_tenth_off(start: Fraction, each: list[Fraction]):
    start += 2000  # totals stay above 0
    shown = list(figures.pieces(start, each))
    signed = [tenths(text) * (1 if piece > 0 else -1) for text, piece in zip(shown, each, strict=True)]
    assert sum(signed) == tenths(figures.number(start + sum(each))) - tenths(figures.number(start))
    assert all(abs(size - piece * 10) < 1 for size, piece in zip(signed, each, strict=True))


def told(text: str) -> int:
    """Read how much more or less something costs."""
    size = re.search(r"([\d,.]+) (more|less)", text)
    if size is None or "under 0.1" in text:
        return 0
    return tenths(size[1]) * (1 if size[2] == "more" else -1)


@settings(deadline=None, max_examples=40)
@given(systems())
def test_all_that_is_said_of_a_boundary_adds_up_as_shown(made: System):
    line = boundary.draw(made)
    total, misfit, crossings, *by_links = map(tenths, re.findall(r"[\d,]+\.\d", wording.cost(line)))
    assert total == misfit + crossings
    own, pays = (sum(map(tenths, column)) for column in zip(*wording.paid(line).values(), strict=True))
    assert (own, pays + sum(by_links)) == (misfit, crossings)
    for whole, said in zip(line.undivided.values(), wording.alternatives(line).split("; "), strict=True):
        assert tenths(figures.number(whole)) == total + told(said)
    for part in made.parts:
        found = pulls.of(line, part.id)
        said = wording.held(line, found)
        here, there = (sum(map(tenths, re.findall(r"\(([\d,.]+)\)", text))) for text in said[2:4])
        assert here - there == told(said[1].partition(" if ")[0])
        if found.line == -line.crossings < 0:
            assert f"a boundary that costs less ({crossings / 10:,.1f})" in said[3]
        flipped = boundary.draw(made.change(part.id, model=line.other(line.assignment[part.id])))
        if not part.model:
            after = tenths(figures.number(flipped.cost))
            assert after == total + told(wording.near(line, found.side))
            assert told(wording.moved(line, flipped)[-1].partition("costs")[2]) == after - total


def test_a_boundary_that_goes_as_a_whole_costs_less_by_what_it_is_said_to_cost():
    pay = Part("pay", "Payment", {"strict_ordering": 2, "audit_visibility": 3})
    mail = Part("mail", "Mails", {"fanout_extensibility": 2, "fault_isolation": 3})
    line = boundary.draw(System((pay, mail), (Link("pay", "mail", None, "listening"),)))
    assert wording.cost(line).endswith(" 2.4 for the boundary.")
    _, more, *speaks, _ = wording.held(line, pulls.of(line, "mail"))  # counted last, the boundary would be 2.3
    assert more == "With Orchestration all would cost 5.7 more if the others stay."
    assert speaks == [
        "For Choreography speak Fault isolation (7.4) and Adding new listeners (0.7).",
        "For Orchestration speaks a boundary that costs less (2.4).",
    ]
