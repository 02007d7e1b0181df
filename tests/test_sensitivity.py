"""Sensitivity: the flips found do flip, no smaller set does, and nothing is called open that is not."""

import csv
import itertools
import math
import operator
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from conftest import SMALL
from hypothesis import given, settings
from hypothesis import strategies as st

from decision_kit import Decision, Knowledge, confidence, knowledge, scoring, sensitivity, sensitivity_wording
from decision_kit.knowledge import Rating
from decision_kit.scoring import Scores

KNOWN = knowledge.load(SMALL)
SHIPPED = knowledge.load()
NAMED = {"core": "pay", "reactions": "mail", "date": "2026-11-23"}


def brute_force(decision: Decision, known: Knowledge, farthest: int) -> tuple[int | None, set[frozenset[tuple]]]:
    """Try every combination of levels and scopes of the single-level answers, nearest first."""
    now = scoring.score(decision, known).first
    moved = [answer for answer in decision.answers if isinstance(answer.level, int)]
    scopes = ("whole", "core", "reactions") if decision.scoped else ("whole",)
    found: dict[int, set[frozenset[tuple]]] = {}
    for choice in itertools.product(itertools.product(range(5), scopes), repeat=len(moved)):
        steps = sum(abs(a.level - level) + (a.scope != scope) for a, (level, scope) in zip(moved, choice, strict=True))
        if 0 < steps <= farthest:
            changed = decision
            for answer, (level, scope) in zip(moved, choice, strict=True):
                changed = changed.answer(answer.requirement, level=level, scope=scope)
            winner = scoring.score(changed, known).first
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
        assert scoring.score(changed, shipped).first == flip.model != "hybrid"


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
    question = sensitivity.ask_next(sensitivity.open_questions(decision, small))
    assert question.requirement == "scale"
    assert 0 < question.rise < 1
    known = decision.answer("scale", level=1)
    assert sensitivity.ask_next(sensitivity.open_questions(known, small)) is None


@pytest.mark.parametrize("factor", [2, 7])
def test_multiplying_the_weight_table_changes_no_flip(factor: int, order_and_payment: Decision):
    shipped = knowledge.load()
    heavier = replace(shipped, weights=tuple(replace(step, weight=step.weight * factor) for step in shipped.weights))
    assert sensitivity.flips(order_and_payment, heavier) == sensitivity.flips(order_and_payment, shipped)


# -- what a folder can say at all ----------------------------------------------------------------------------------

EDOC = list(csv.DictReader((SMALL.parent / "edoc2021.csv").read_text(encoding="utf-8").splitlines()))
"""The scoring tables of Megargel, Poskitt and Shankararaman (EDOC 2021): priority times ability, three cases."""
FACTORS = [row["factor"] for row in EDOC if row["case"] == "Netflix"]


def edoc() -> Knowledge:
    """Read the abilities (1-5) as ratings (-2 to 2) and the priorities (1-5) as the weights of five levels."""
    template = KNOWN.requirements["order"]
    abilities = [row for row in EDOC if row["case"] == "Netflix"]
    return replace(
        KNOWN,
        requirements={factor: replace(template, id=factor, belongs_to="") for factor in FACTORS},
        models={model: KNOWN.models[model] for model in ("orchestration", "choreography")},
        weights=tuple(replace(step, weight=Fraction(step.level + 1)) for step in KNOWN.weights),
        ratings=tuple(
            Rating("one", row["factor"], model, int(row[f"ability_{model}_1_5"]) - 3, "", "")
            for row in abilities
            for model in ("orchestration", "choreography")
        ),
    )


def totals(scores: Scores) -> dict[str, Fraction]:
    """Add up priority times ability, which is a rating and 1."""
    return {model: sum(c.weight * (c.ratings[model] + 1) for c in scores.contributions) for model in scores.eligible}


def by_the_papers_rule(total: Mapping[str, Fraction | int]) -> str:
    """Name the higher total, or a hybrid where the two are within ten points."""
    if abs(total["orchestration"] - total["choreography"]) <= 10:
        return "hybrid"
    return max(total, key=lambda model: total[model])


@pytest.mark.parametrize(
    ("case", "choreography", "orchestration", "verdict"),
    [("Danske Bank", 61, 49, "choreography"), ("LGB Bank", 61, 99, "orchestration"), ("Netflix", 76, 81, "hybrid")],
)
def test_the_totals_and_verdicts_of_edoc_2021_are_reproduced(
    case: str, choreography: int, orchestration: int, verdict: str
):
    levels = {row["factor"]: int(row["priority_1_5"]) - 1 for row in EDOC if row["case"] == case}
    total = totals(scoring.score(Decision.from_answers(case, levels, date="2021-10-25"), edoc()))
    assert total == {"choreography": choreography, "orchestration": orchestration}
    assert by_the_papers_rule(total) == verdict


def test_the_shares_per_verdict_over_all_priorities_of_edoc_2021_are_those_of_enumeration():
    abilities = {
        model: [int(row[f"ability_{model}_1_5"]) for row in EDOC if row["case"] == "Netflix"]
        for model in ("orchestration", "choreography")
    }
    counts: Counter[str] = Counter()
    ruled: Counter[str] = Counter()
    for priorities in itertools.product(range(1, 6), repeat=len(FACTORS)):
        total = {model: sum(map(operator.mul, priorities, row)) for model, row in abilities.items()}
        lead = total["orchestration"] - total["choreography"]
        counts["orchestration" if lead > 0 else "choreography" if lead < 0 else "tie"] += 1
        ruled[by_the_papers_rule(total)] += 1
    assert ruled["choreography"] == 6  # a table can be rigged without anyone noticing
    assert sum(ruled.values()) == 5**6 == 15_625
    found = sensitivity.reachable(edoc())
    assert found.scoped is None
    assert found.whole.method == "exact"
    assert {model: share * 15_625 for model, share in found.whole.first.items()} == {
        model: pytest.approx(counts[model], abs=1e-9) for model in ("orchestration", "choreography")
    }
    assert found.whole.tie * 15_625 == pytest.approx(counts["tie"], abs=1e-9)


def test_a_folder_that_can_hardly_put_a_model_first_is_warned_of():
    ratings = tuple(replace(rating, rating=2 if rating.model == "orchestration" else -2) for rating in KNOWN.ratings)
    rigged = replace(KNOWN, ratings=ratings)
    found = sensitivity.reachable(rigged)
    assert found.whole.first["choreography"] == 0
    assert set(found.hardly_ever()) == {"choreography", "hybrid"}
    assert "hardly any answers would let Choreography (0.00% of all answers)" in sensitivity_wording.reach(
        found, rigged
    )


def test_the_shipped_knowledge_can_put_every_model_first():
    found = sensitivity.reachable(SHIPPED)
    assert found.whole.method == "exact"
    assert found.scoped.method == "16 x 1,024 scrambled Sobol points"
    assert found.hardly_ever() == {}
    assert sensitivity_wording.reach(found, SHIPPED) == ""


def test_sampled_reach_is_that_of_seeded_draws():
    rng = np.random.default_rng(5)
    known, wins, draws = KNOWN, Counter(), 4000
    for _ in range(draws):
        answers = {
            requirement: {"level": int(rng.integers(5)), "scope": str(rng.choice(["whole", "core", "reactions"]))}
            for requirement in known.requirements
        }
        scores = scoring.score(Decision.from_answers("Any", answers, **NAMED), known)
        wins[replace(scores, candidates=scores.eligible).first] += 1
    found = sensitivity.reachable(known).scoped
    for model, share in found.first.items():
        assert abs(wins[model] / draws - share) < 4 * math.sqrt(share * (1 - share) / draws) + 4 * found.error


@given(answers, st.booleans())
@settings(max_examples=60)
def test_what_open_questions_could_put_ahead_is_what_some_answers_to_them_do(given_answers: dict, scoped: bool):
    decision = Decision.from_answers("Any", given_answers, **(NAMED if scoped else {"date": "2026-11-23"}))
    now = scoring.score(decision, KNOWN)
    open_ = [requirement for requirement in KNOWN.requirements if not decision.answer_to(requirement).given]
    scopes = ("whole", "core", "reactions") if scoped else ("whole",)
    ahead = set()
    for choice in itertools.product(itertools.product(range(5), scopes), repeat=len(open_)):
        answered = decision
        for requirement, (level, scope) in zip(open_, choice, strict=True):
            answered = answered.answer(requirement, level=level, scope=scope)
        fit = scoring.score(answered, KNOWN).fit
        ahead |= {model for model in now.candidates if now.first and fit[model] > fit[now.first]}
    found = sensitivity.overtaking(decision, KNOWN)
    assert set(found) == (ahead if open_ else set())
    assert len(found) == len(set(found))


def test_open_questions_tell_for_each_level_what_it_would_make_of_the_readings(small: Knowledge):
    decision = Decision.from_answers("Open", {"order": 2, "scale": [1, 2], "upkeep": 0})
    (question,) = sensitivity.open_questions(decision, small)
    assert question.requirement == "scale"
    assert list(question.by_level) == [1, 2]
    for level, shares in question.by_level.items():
        assert shares == confidence.readings(decision.answer("scale", level=level), small)
    tops = [max(shares.first.values()) for shares in question.by_level.values()]
    now = max(confidence.readings(decision, small).first.values())
    assert question.rise == pytest.approx(sum(tops) / 2 - now, abs=1e-15)
