"""The scores: fits worked by hand, contributions that add up, needs that count where they belong."""

from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_kit import Decision, InputError, Knowledge, knowledge, scoring

SHIPPED = knowledge.load()
REQUIREMENTS = list(SHIPPED.requirements)
NAMED = {"core": "pay", "reactions": "mail", "date": "2026-11-23"}

levels = st.one_of(st.integers(0, 4), st.just("not sure"), st.sampled_from([[0, 2], [1, 4], [3, 4]]))
scopes = st.sampled_from(["whole", "core", "reactions"])
answers = st.dictionaries(
    st.sampled_from(REQUIREMENTS), st.fixed_dictionaries({"level": levels, "scope": scopes, "must": st.booleans()})
)


def worked(**changes: object) -> Decision:
    return Decision.from_answers(
        "Worked by hand",
        {"order": {"level": 4, "scope": "core"}, "scale": {"level": 3, "scope": "reactions"}, "upkeep": 2},
        **(NAMED | changes),
    )


def test_the_fits_of_the_small_case_are_those_worked_by_hand(small: Knowledge):
    # weights 8, 4, 2; orchestration rated 4, 1, 2; choreography 0, 3, 1; the hybrid 4, 3, 1 less a quarter each
    assert scoring.score(worked(), small).fit == {
        "orchestration": Fraction(8 * 4 + 4 * 1 + 2 * 2, 4 * 14),
        "choreography": Fraction(8 * 0 + 4 * 3 + 2 * 1, 4 * 14),
        "hybrid": (8 * Fraction(15, 4) + 4 * Fraction(11, 4) + 2 * Fraction(3, 4)) / (4 * 14),
    }


def test_a_need_of_the_whole_flow_gives_a_hybrid_the_mean_of_both(small: Knowledge):
    assert scoring.cell(small, "hybrid", "order", "whole") == (2 - Fraction(1, 4), 3)
    assert scoring.cell(small, "hybrid", "order", "core") == (4 - Fraction(1, 4), 3)
    assert scoring.cell(small, "hybrid", "order", "reactions") == (0 - Fraction(1, 4), 3)


@pytest.mark.parametrize("scope", ["whole", "core", "reactions"])
def test_what_two_planes_make_worse_is_rated_as_the_lower_whatever_the_scope(small: Knowledge, scope: str):
    assert scoring.cell(small, "hybrid", "upkeep", scope) == (1 - Fraction(1, 4), 2)


def test_not_sure_and_ranges_count_with_their_mean_weight(small: Knowledge):
    decision = Decision.from_answers("Open", {"order": "not sure", "scale": [2, 4]})
    assert [c.weight for c in scoring.score(decision, small).contributions] == [Fraction(15, 5), Fraction(2 + 4 + 8, 3)]


def test_a_question_not_answered_is_left_out_and_is_not_a_level_of_0(small: Knowledge):
    answered = scoring.score(Decision.from_answers("One", {"order": 4, "scale": 0}), small)
    left_out = scoring.score(Decision.from_answers("One", {"order": 4}), small)
    assert [c.answer.requirement for c in answered.contributions] == ["order", "scale"]
    assert [c.answer.requirement for c in left_out.contributions] == ["order"]


def test_no_need_at_all_gives_no_fit_rather_than_0(small: Knowledge):
    assert set(scoring.score(Decision("Nothing"), small).fit.values()) == {None}
    assert set(scoring.score(Decision.from_answers("Nothing", {"order": 0}), small).fit.values()) == {None}


@pytest.mark.parametrize(
    ("decision", "missing"),
    [
        (worked(core=" "), "name the core"),
        (worked(reactions=""), "name the reactions"),
        (worked().answer("order", scope="whole"), "is of the core alone"),
        (worked().answer("order", level=0), "is of the core alone"),
        (worked().answer("scale", level="not sure"), "is of the reactions alone"),
    ],
)
def test_a_hybrid_is_eligible_only_with_both_sides_named_and_needed(small: Knowledge, decision: Decision, missing: str):
    scores = scoring.score(decision, small)
    assert scores.fit["hybrid"] is None
    assert "hybrid" not in scores.eligible
    assert missing in " ".join(scores.lacking["hybrid"])


def test_scopes_do_not_count_before_both_sides_are_named(small: Knowledge):
    scores = scoring.score(worked(reactions=""), small)
    assert {c.answer.scope for c in scores.contributions} == {"whole"}


def test_a_must_have_below_the_floor_rules_a_model_out(small: Knowledge):
    scores = scoring.score(worked().answer("order", must=True), small)
    failed = [(f.model, f.requirement, f.rating, f.sources, f.thin) for f in scores.failures]
    assert failed == [("choreography", "order", 0, 3, False)]
    assert scores.candidates == ("orchestration", "hybrid")


def test_too_few_sources_rule_no_model_out(small: Knowledge):
    strict = replace(small, settings=small.settings | {"floor": replace(small.settings["floor"], value=Fraction(3, 2))})
    scores = scoring.score(worked().answer("upkeep", must=True), strict)
    assert [(f.model, f.thin) for f in scores.failures] == [("choreography", True), ("hybrid", True)]
    assert scores.candidates == ("orchestration", "choreography", "hybrid")


def test_where_every_model_fails_a_must_have_all_stay(small: Knowledge):
    everything = replace(
        small, settings=small.settings | {"floor": replace(small.settings["floor"], value=Fraction(5))}
    )
    scores = scoring.score(worked().answer("order", must=True), everything)
    assert scores.candidates == scores.eligible


def test_an_unknown_requirement_is_told_with_those_allowed(small: Knowledge):
    with pytest.raises(InputError, match="'orders' is not a requirement; allowed are order, scale, upkeep"):
        scoring.score(Decision.from_answers("Typo", {"orders": 1}), small)


def test_the_lean_of_equal_needs_is_that_worked_by_hand(small: Knowledge):
    assert scoring.lean(small) == ("orchestration", "choreography", Fraction(4 + 1 + 2, 12) - Fraction(0 + 3 + 1, 12))


@given(answers)
def test_contributions_add_up_to_the_fit_exactly(given_answers: dict[str, object]):
    scores = scoring.score(Decision.from_answers("Any", given_answers, **NAMED), SHIPPED)
    for model in scores.eligible:
        if scores.fit[model] is not None:
            assert sum(c.fit[model] for c in scores.contributions) == scores.fit[model]
            assert -Fraction(1, 16) <= scores.fit[model] <= 1


@given(answers, st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_nothing(given_answers: dict[str, object], random: object):
    shuffled = list(given_answers.items())
    random.shuffle(shuffled)
    first, second = (Decision.from_answers("Any", dict(a), **NAMED) for a in (given_answers.items(), shuffled))
    assert scoring.score(first, SHIPPED) == scoring.score(second, SHIPPED)


@given(answers, st.fractions(Fraction(1, 9), 9))
def test_multiplying_the_weight_table_changes_no_fit(given_answers: dict[str, object], factor: Fraction):
    decision = Decision.from_answers("Any", given_answers, **NAMED)
    steps = tuple(replace(step, weight=step.weight * factor) for step in SHIPPED.weights)
    assert scoring.score(decision, replace(SHIPPED, weights=steps)).fit == scoring.score(decision, SHIPPED).fit


@given(answers, st.sampled_from(["core", "reactions"]))
def test_needs_all_scoped_to_one_side_never_make_a_hybrid(given_answers: dict[str, dict[str, object]], side: str):
    one_sided = {requirement: answer | {"scope": side} for requirement, answer in given_answers.items()}
    assert scoring.score(Decision.from_answers("Any", one_sided, **NAMED), SHIPPED).fit["hybrid"] is None


@given(answers)
def test_a_hybrid_never_beats_the_better_model_taken_need_by_need(given_answers: dict[str, object]):
    scores = scoring.score(Decision.from_answers("Any", given_answers, **NAMED), SHIPPED)
    for contribution in scores.contributions:
        if "hybrid" in contribution.ratings:
            pure = (contribution.ratings["orchestration"], contribution.ratings["choreography"])
            assert contribution.ratings["hybrid"] < max(pure)


def test_two_models_rated_alike_tie_whatever_their_order(small: Knowledge):
    same = {"order": 2, "scale": 1, "upkeep": -1}
    twin = tuple(replace(rating, rating=same[rating.requirement]) for rating in small.ratings)
    decision = Decision.from_answers("Twins", {"order": 4, "scale": 3, "upkeep": 2})
    backwards = MappingProxyType(dict(reversed(small.models.items())))
    for models in (small.models, backwards):
        fit = scoring.score(decision, replace(small, ratings=twin, models=models)).fit
        assert fit["orchestration"] == fit["choreography"]
