"""What assignments cost: worked by hand, and the same as scoring where a system is one decision."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from systems import REQUIREMENTS

from decision_kit import Decision, InputError, Knowledge, evaluate, knowledge, scoring
from decision_kit.boundaries import cut, energy, rules
from decision_kit.boundaries.energy import Energy
from decision_kit.boundaries.system import Link, Part, System

SHIPPED = knowledge.load()
NAMED = {"core": "pay", "reactions": "mail", "date": "2026-11-23"}
ALL = {"orchestration": [True, True], "choreography": [False, False], "hybrid": [True, False]}


def of(system: System, known: Knowledge) -> Energy:
    return energy.of_system(system, known, rules.price(system, rules.of(known)))


def costs(made: Energy, models: str) -> list[Fraction]:
    """Give misfit and crossings, with O for a part that is orchestrated and C for one that is choreographed."""
    return [Fraction(units, made.scale) for units in made.split(np.array([model == "O" for model in models]))]


PAIR = (Part("pay", levels={"order": 4}), Part("mail", levels={"scale": 3}))


@pytest.mark.parametrize(
    ("link", "crossings"),
    [
        (Link("pay", "mail"), Fraction(8 + 4, 4)),
        (Link("mail", "pay"), Fraction(8 + 4, 4)),
        (Link("pay", "mail", 10), Fraction(8 + 4, 4) * Fraction(3, 2)),
        (Link("pay", "mail", kind="awaited"), Fraction(8 + 4, 4) * 2),
        (Link("pay", "mail", 10, "awaited", undone=True), Fraction(8 + 4, 4) * 3),
    ],
)
def test_the_costs_of_a_pair_are_those_worked_by_hand(small: Knowledge, link: Link, crossings: Fraction):
    # weights 8 and 4; order is rated 4 and 0, scale 1 and 3; a line takes a quarter step off each need at its ends
    made = of(System(PAIR, (link,)), small)
    assert costs(made, "OO") == [4 * 3, 0]
    assert costs(made, "CC") == [8 * 4 + 4 * 1, 0]
    assert costs(made, "OC") == [4 * 1, crossings]
    assert costs(made, "CO") == [8 * 4 + 4 * 3, crossings]
    assert made.weight == 12 * made.scale
    assert [Fraction(int(units), made.scale) for units in made.alone()] == [crossings]


def test_what_two_planes_make_worse_is_paid_by_the_side_that_was_better(small: Knowledge):
    # upkeep is rated 2 and 1, and 1 with two planes, less a quarter step
    made = of(System((Part("a", levels={"upkeep": 4}), Part("b")), (Link("a", "b"),)), small)
    assert costs(made, "OC") == [8 * 2, 8 * Fraction(5, 4)]
    assert costs(made, "CO") == [8 * 3, 8 * Fraction(1, 4)]


def test_an_answer_of_0_or_none_costs_nothing_and_no_need_gives_no_fit(small: Knowledge):
    made = of(System((Part("a", levels={"order": 0}), Part("b")), (Link("a", "b"),)), small)
    assert costs(made, "OC") == [0, 0]
    assert made.fit(0) is None


def test_a_part_pays_what_pulls_it_to_the_other_side(small: Knowledge):
    made = of(System((Part("a", critical_path="yes"), Part("b", critical_path="side effect"))), small)
    assert costs(made, "OC") == [0, 0]
    assert costs(made, "CO") == [8, 0]


def test_an_unknown_requirement_or_model_is_told_with_those_allowed(small: Knowledge):
    with pytest.raises(InputError, match="part a: 'ordre' is not a requirement; allowed are order, scale, upkeep"):
        of(System((Part("a", levels={"ordre": 1}),)), small)
    with pytest.raises(InputError, match="part a, model: 'hybrid' is not allowed; allowed is orchestration or chor"):
        of(System((Part("a", model="hybrid"),)), small)


def test_the_ratings_shipped_are_exact_and_what_does_not_fit_is_rounded_and_said(small: Knowledge):
    many = System(tuple(Part(str(at), levels=dict.fromkeys(REQUIREMENTS, 4)) for at in range(2000)))
    assert of(many, SHIPPED).rounding == 0
    odd = Fraction(1, 4) + Fraction(1, 10**18 + 9)
    rounded = of(System(PAIR, (Link("pay", "mail"),)), crossing(small, odd))
    assert 0 < rounded.rounding < Fraction(1, 10**12)
    assert costs(rounded, "OC")[1] == pytest.approx(3, abs=1e-10)
    assert costs(rounded, "CC")[0] == pytest.approx(36, abs=1e-10)
    assert float(Fraction(cut.cheapest(rounded).cost, rounded.scale)) == pytest.approx(7, abs=1e-10)


# -- one decision as a system of two parts -------------------------------------------------------------------------


def crossing(known: Knowledge, cost: Fraction) -> Knowledge:
    price = replace(known.settings["crossing_cost"], value=cost)
    return replace(known, settings=known.settings | {"crossing_cost": price})


HALF = {0: 0, 2: 1, 3: 2, 4: 3}
"""The levels whose weight is half of another's: a need of the whole flow is shared by both parts."""


def agree(answers: dict[str, tuple[int, str]], known: Knowledge) -> tuple[str, ...]:
    """Hold core and reactions as two linked parts to the evaluation of their decision; give the models that are first.

    ``answers`` are levels with their scopes.
    """
    said = {name: dict(zip(("level", "scope"), answer, strict=True)) for name, answer in answers.items()}
    decision = Decision.from_answers("Any", said, **NAMED)
    parts = [
        Part(side, levels={
            name: HALF[level] if scope == "whole" else level
            for name, (level, scope) in answers.items()
            if scope in ("whole", side)
        })
        for side in ("core", "reactions")
    ]  # fmt: skip
    made, scores = of(System(tuple(parts), (Link("core", "reactions"),)), known), scoring.score(decision, known)
    fits = {model: made.fit(sum(made.split(np.array(ALL[model])))) for model in scores.eligible}
    assert fits == {model: scores.fit[model] for model in scores.eligible}
    first = evaluate(decision, known).verdict.first
    assert first == tuple(model for model, fit in fits.items() if fit is not None and fit == max(fits.values()))
    return first


answer = st.one_of(
    st.tuples(st.sampled_from(list(HALF)), st.just("whole")),
    st.tuples(st.integers(0, 4), st.sampled_from(["core", "reactions"])),
)


@settings(max_examples=80)
@given(st.dictionaries(st.sampled_from(REQUIREMENTS), answer))
def test_core_and_reactions_as_two_parts_give_the_verdict_of_their_decision(answers: dict[str, tuple[int, str]]):
    agree(answers, SHIPPED)


@settings(max_examples=150)
@given(
    st.dictionaries(st.sampled_from(["order", "scale", "upkeep"]), answer),
    st.sampled_from([Fraction(0), Fraction(1, 4), Fraction(4, 9), Fraction(2)]),
)
def test_they_do_so_whatever_a_boundary_costs(small: Knowledge, answers: dict[str, tuple[int, str]], cost: Fraction):
    agree(answers, crossing(small, cost))


@pytest.mark.parametrize(
    ("order", "scale", "cost", "first"),
    [
        ((2, "whole"), (3, "whole"), Fraction(1, 4), ("orchestration", "choreography")),
        # the hybrid gains 4 on order, of weight 1, over choreography, and a boundary of 4/9 costs 4 on weights 1 and 8
        ((1, "core"), (4, "reactions"), Fraction(4, 9), ("choreography", "hybrid")),
        # and 2 on scale, of weight 1, over orchestration, where 2/9 costs 2
        ((4, "core"), (1, "reactions"), Fraction(2, 9), ("orchestration", "hybrid")),
    ],
)
def test_they_tie_where_their_decision_ties(
    small: Knowledge, order: tuple[int, str], scale: tuple[int, str], cost: Fraction, first: tuple[str, ...]
):
    assert agree({"order": order, "scale": scale}, crossing(small, cost)) == first
