"""Sensitivity: the flips found do flip, no smaller set does, and nothing is called open that is not."""

import itertools
from dataclasses import replace

import pytest
from conftest import SMALL
from hypothesis import given, settings
from hypothesis import strategies as st

from decision_kit import Decision, Knowledge, knowledge, scoring, sensitivity

KNOWN = knowledge.load(SMALL)
NAMED = {"core": "pay", "reactions": "mail", "date": "2026-11-23"}


def brute_force(decision: Decision, known: Knowledge, farthest: int) -> tuple[int | None, set[frozenset[tuple]]]:
    """Try every combination of levels and scopes of the single-level answers, nearest first."""
    now = sensitivity.first_alone(scoring.score(decision, known))
    moved = [answer for answer in decision.answers if isinstance(answer.level, int)]
    scopes = ("whole", "core", "reactions") if decision.scoped else ("whole",)
    found: dict[int, set[frozenset[tuple]]] = {}
    for choice in itertools.product(itertools.product(range(5), scopes), repeat=len(moved)):
        steps = sum(abs(a.level - level) + (a.scope != scope) for a, (level, scope) in zip(moved, choice, strict=True))
        if 0 < steps <= farthest:
            changed = decision
            for answer, (level, scope) in zip(moved, choice, strict=True):
                changed = changed.answer(answer.requirement, level=level, scope=scope)
            winner = sensitivity.first_alone(scoring.score(changed, known))
            if winner not in (None, now):
                key = [(a.requirement, *c) for a, c in zip(moved, choice, strict=True) if (a.level, a.scope) != c]
                found.setdefault(steps, set()).add(frozenset(key))
    return (min(found), found[min(found)]) if found and now else (None, set())


levels = st.one_of(st.integers(0, 4), st.just("not sure"), st.sampled_from([[0, 2], [3, 4]]))
answers = st.dictionaries(
    st.sampled_from(["order", "scale", "upkeep"]),
    st.fixed_dictionaries(
        {"level": levels, "scope": st.sampled_from(["whole", "core", "reactions"]), "must": st.booleans()}
    ),
    min_size=1,
)


@given(answers, st.booleans())
@settings(max_examples=60)
def test_the_smallest_sets_are_those_of_brute_force(given_answers: dict[str, object], scoped: bool):
    if not scoped:
        given_answers = {key: {**answer, "scope": "whole"} for key, answer in given_answers.items()}
    decision = Decision.from_answers("Any", given_answers, **(NAMED if scoped else {"date": "2026-11-23"}))
    steps, sets = brute_force(decision, KNOWN, sensitivity.FARTHEST)
    found = sensitivity.flips(decision, KNOWN)
    assert (found.steps, found.count) == (steps, len(sets))
    shown = {frozenset((a.requirement, a.level, a.scope) for a in flip.changes) for flip in found.sets}
    assert shown <= sets
    assert len(shown) == min(len(sets), sensitivity.MOST_SETS)


def test_the_model_named_is_the_one_that_then_comes_first(order_and_payment: Decision):
    shipped = knowledge.load()
    found = sensitivity.flips(order_and_payment, shipped)
    assert found.steps == 1
    for flip in found.sets:
        changed = order_and_payment
        for answer in flip.changes:
            changed = changed.answer(answer.requirement, level=answer.level, scope=answer.scope)
        assert sensitivity.first_alone(scoring.score(changed, shipped)) == flip.model != "hybrid"


def test_a_tie_has_no_flips_as_no_model_comes_first(small: Knowledge):
    tie = Decision.from_answers("Tie", {"order": 2, "scale": 3})
    assert sensitivity.flips(tie, small) == sensitivity.Flips(None, (), 0)


def test_the_winner_by_level_is_worked_by_hand(small: Knowledge):
    # order at 2 speaks 8 for orchestration; scale speaks 2 steps of weight 0, 1, 2, 4, 8 for choreography: a tie at 3
    decision = Decision.from_answers("Levels", {"order": 2, "scale": 0})
    assert sensitivity.by_level(decision, small)["scale"] == (
        "orchestration", "orchestration", "orchestration", None, "choreography"
    )  # fmt: skip


def test_the_question_to_ask_next_is_an_open_one_that_moves_the_shares(small: Knowledge):
    decision = Decision.from_answers("Open", {"order": 2, "scale": "not sure", "upkeep": 0})
    requirement, rise = sensitivity.ask_next(decision, small)
    assert requirement == "scale"
    assert 0 < rise < 1
    assert sensitivity.ask_next(decision.answer("scale", level=1), small) is None


@pytest.mark.parametrize("factor", [2, 7])
def test_multiplying_the_weight_table_changes_no_flip(factor: int, order_and_payment: Decision):
    shipped = knowledge.load()
    heavier = replace(shipped, weights=tuple(replace(step, weight=step.weight * factor) for step in shipped.weights))
    assert sensitivity.flips(order_and_payment, heavier) == sensitivity.flips(order_and_payment, shipped)
