"""Confidence: held against enumeration, seeded draws and worked cases, never against itself."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from conftest import EXAMPLES, SMALL
from hypothesis import given, settings
from hypothesis import strategies as st

from decision_kit import Decision, Knowledge, confidence, knowledge
from decision_kit.confidence import any_weights, readings
from decision_kit.knowledge import Rating

KNOWN = knowledge.load(SMALL)
SHIPPED = knowledge.load()
NAMED = {"core": "pay", "reactions": "mail", "date": "2026-11-23"}
WEIGHTS = (0, 1, 2, 4, 8)


def law(known: Knowledge, model: str, requirement: str) -> list[Fraction]:
    """Give the chance of each rating 0-4: a vote each, half a vote more for every step."""
    votes = [
        rating.rating + 2 for rating in known.ratings if (rating.model, rating.requirement) == (model, requirement)
    ]
    return [(votes.count(step) + Fraction(1, 2)) / (len(votes) + Fraction(5, 2)) for step in range(5)]


def enumerated(decision: Decision, known: Knowledge, candidates: tuple[str, ...]) -> dict[str, Fraction]:
    """Add up the chances of all readings one by one, in exact fractions."""
    shares = dict.fromkeys((*candidates, "tie"), Fraction(0))
    needs = []
    for requirement in known.requirements.values():
        answer = decision.answer_to(requirement.id)
        pure = [law(known, model, requirement.id) for model in ("orchestration", "choreography")]
        outcomes = []
        for level, (o, c) in itertools.product(answer.levels, itertools.product(range(5), repeat=2)):
            made = {"core": 2 * o, "reactions": 2 * c, "whole": o + c}[answer.scope]
            made = 2 * min(o, c) if requirement.two_planes else made
            scores = {"orchestration": 4 * o, "choreography": 4 * c, "hybrid": 2 * made - 1}
            chance = pure[0][o] * pure[1][c] / len(answer.levels)
            outcomes.append((chance, [WEIGHTS[level] * scores[model] for model in candidates]))
        needs.append(merged(outcomes))
    for reading in itertools.product(*needs):
        totals = [sum(column) for column in zip(*(scores for _, scores in reading), strict=True)]
        first = [model for model, total in zip(candidates, totals, strict=True) if total == max(totals)]
        shares[first[0] if len(first) == 1 else "tie"] += math.prod(chance for chance, _ in reading)
    return shares


def merged(outcomes: list[tuple[Fraction, list[int]]]) -> list[tuple[Fraction, tuple[int, ...]]]:
    """Join outcomes that differ by the same amounts; only differences decide who is first."""
    chances: dict[tuple[int, ...], Fraction] = {}
    for chance, scores in outcomes:
        apart = tuple(score - scores[0] for score in scores)
        chances[apart] = chances.get(apart, Fraction(0)) + chance
    return [(chance, apart) for apart, chance in chances.items()]


def scoped(level: object, scope: str) -> dict[str, object]:
    """Give an answer of one side of the boundary."""
    return {"level": level, "scope": scope}


CASES = {
    "all of the whole flow": ({"order": 3, "scale": 4, "upkeep": 1}, {}),
    "one open": ({"order": 3, "scale": [1, 3], "upkeep": 2}, {}),
    "core and reactions": ({"order": scoped(4, "core"), "scale": scoped(3, "reactions")}, NAMED),
    "an open core": ({"order": scoped([2, 4], "core"), "scale": scoped(3, "reactions"), "upkeep": 1}, NAMED),
    "open reactions": ({"order": scoped(4, "core"), "scale": scoped([0, 4], "reactions"), "upkeep": 0}, NAMED),
    "two planes": (
        {"order": scoped(3, "reactions"), "scale": scoped(3, "reactions"), "upkeep": scoped(4, "core")},
        NAMED,
    ),
    "not sure": ({"order": scoped(1, "core"), "scale": scoped(1, "reactions"), "upkeep": "not sure"}, NAMED),
}


@pytest.mark.parametrize("case", CASES)
def test_the_shares_of_small_decisions_are_those_of_all_readings_counted_one_by_one(small: Knowledge, case: str):
    answers, named = CASES[case]
    decision = Decision.from_answers(case, answers, **named)
    candidates = ("orchestration", "choreography", *(("hybrid",) if named else ()))
    exact = enumerated(decision, small, candidates)
    found = readings(decision, small)
    assert found.method == "exact"
    assert found.tie == pytest.approx(float(exact["tie"]), abs=1e-12)
    for model in candidates:
        assert found.first[model] == pytest.approx(float(exact[model]), abs=1e-12)


def drawn(decision: Decision, draws: int) -> Iterator[tuple[str, float]]:
    """Draw readings of a decision under the shipped knowledge with a seed, and share them."""
    rng = np.random.default_rng(20261123)
    totals = np.zeros((3, draws), np.int32)

    def one_of(equally_likely: Sequence[int]) -> Any:
        return np.array(equally_likely, np.int32)[rng.integers(len(equally_likely), size=draws, dtype=np.uint16)]

    def rating(model: str, requirement: str) -> Any:
        shares = law(SHIPPED, model, requirement)
        whole = math.lcm(*(share.denominator for share in shares))
        return one_of([step for step, share in enumerate(shares) for _ in range(int(share * whole))])

    for requirement in SHIPPED.requirements.values():
        answer = decision.answer_to(requirement.id)
        o, c = (rating(model, requirement.id) for model in ("orchestration", "choreography"))
        twice = {"core": 2 * o, "reactions": 2 * c, "whole": o + c}[answer.scope]
        twice = 2 * np.minimum(o, c) if requirement.two_planes else twice
        # Times 12, so that thirds of a weight, halves of a rating and a quarter to cross are whole.
        w = one_of([int(3 * SHIPPED.level_weights[requirement.id][level]) for level in answer.levels])
        for row, scores in enumerate((4 * o, 4 * c, 2 * twice - 1)):
            totals[row] += w * scores
    highest = totals == totals.max(axis=0)
    alone = highest.sum(axis=0) == 1
    for model, wins in zip(("orchestration", "choreography", "hybrid"), highest, strict=True):
        yield model, float((wins & alone).mean())


@pytest.mark.parametrize("example", ["order-and-payment", "uber-rides"])
def test_the_shares_of_full_decisions_are_those_of_two_million_seeded_draws(example: str):
    draws = 2_000_000
    decision = Decision.open(EXAMPLES / f"{example}.decision.json")
    found = readings(decision, SHIPPED)
    assert found.method == "exact"
    for model, share in drawn(decision, draws):
        assert abs(found.first[model] - share) < 4 * math.sqrt(share * (1 - share) / draws)


def test_where_too_much_is_open_points_are_sampled_and_their_error_told(
    monkeypatch: pytest.MonkeyPatch, order_and_payment: Decision
):
    exact = readings(order_and_payment, SHIPPED)
    monkeypatch.setattr(confidence, "MOST_CELLS", 10)
    sampled = readings(order_and_payment, replace(SHIPPED))  # for the same object it would be remembered
    assert sampled.method == "16 x 1,024 scrambled Sobol points"
    assert 0 < sampled.error < 0.01
    for model, share in exact.first.items():
        assert abs(sampled.first[model] - share) < 5 * sampled.error


levels = st.one_of(st.integers(0, 4), st.just("not sure"), st.sampled_from([[0, 2], [1, 4], [3, 4]]))
scopes = st.sampled_from(["whole", "core", "reactions"])
small_answers = st.dictionaries(
    st.sampled_from(["order", "scale", "upkeep"]), st.fixed_dictionaries({"level": levels, "scope": scopes})
)


@given(small_answers)
def test_shares_are_probabilities_that_add_up_to_1(given_answers: dict[str, object]):
    found = readings(Decision.from_answers("Any", given_answers, **NAMED), KNOWN)
    assert all(0 <= share <= 1 for share in (*found.first.values(), found.tie))
    assert math.fsum((*found.first.values(), found.tie)) == pytest.approx(1, abs=1e-12)


@given(st.fractions(Fraction(1, 9), 9, max_denominator=9))
@settings(max_examples=20)
def test_multiplying_the_weight_table_changes_no_share(factor: Fraction):
    answers, named = CASES["an open core"]
    decision = Decision.from_answers("Any", answers, **named)
    steps = tuple(replace(step, weight=step.weight * factor) for step in KNOWN.weights)
    scaled = readings(decision, replace(KNOWN, weights=steps))
    for model, share in readings(decision, KNOWN).first.items():
        assert scaled.first[model] == pytest.approx(share, abs=1e-12)


def test_a_question_not_answered_is_open_and_not_a_zero(small: Knowledge):
    open_, zero = (
        readings(Decision.from_answers("Any", answers), small) for answers in ({"order": 2}, {"order": 2, "scale": 0})
    )
    assert open_.first["choreography"] > zero.first["choreography"]


def test_a_model_that_fails_a_must_have_has_no_share_and_the_last_one_left_has_all(small: Knowledge):
    found = readings(Decision.from_answers("Must", {"order": {"level": 1, "must": True}, "scale": 4}), small)
    assert found.first == {"orchestration": 1.0, "choreography": 0.0, "hybrid": 0.0}


# -- what must hold whatever the input -----------------------------------------------------------------------------


def without_prior(known: Knowledge, votes: dict[tuple[str, str], int]) -> Knowledge:
    """Give each cell one vote and no prior, so that every rating is certain."""
    ratings = tuple(Rating("one", requirement, model, vote, "", "") for (model, requirement), vote in votes.items())
    prior = replace(known.settings["prior"], value=Fraction(0))
    return replace(known, ratings=ratings, settings=dict(known.settings) | {"prior": prior})


@given(small_answers, st.sampled_from(["order", "scale", "upkeep"]), st.integers(0, 4))
def test_narrowing_an_answer_never_widens_the_set_of_possible_winners(
    given_answers: dict[str, object], requirement: str, level: int
):
    decision = Decision.from_answers("Any", given_answers, **NAMED)
    answer = decision.answer_to(requirement)
    if level not in answer.levels:
        level = answer.levels[0]
    # A need narrowed to 0 can take a side of the boundary away, and giving a level can first make it: scopes aside.
    decision = replace(decision, core="", reactions="")
    narrowed = readings(decision.answer(requirement, level=level), KNOWN)
    before = readings(decision, KNOWN)
    for model in ("orchestration", "choreography"):
        assert before.first[model] > 0 or narrowed.first[model] == 0


@given(small_answers, st.permutations(["order", "scale", "upkeep"]), st.booleans())
def test_the_order_of_requirements_and_of_models_does_not_matter(
    given_answers: dict[str, object], order: list[str], turned: bool
):
    models = ["choreography", "orchestration", "hybrid"] if turned else list(KNOWN.models)
    other = replace(
        KNOWN,
        requirements={requirement: KNOWN.requirements[requirement] for requirement in order},
        models={model: KNOWN.models[model] for model in models},
    )
    decision = Decision.from_answers("Any", given_answers, **NAMED)
    one, two = readings(decision, KNOWN), readings(decision, other)
    assert two.tie == pytest.approx(one.tie, abs=1e-12)
    for model, share in one.first.items():
        assert two.first[model] == pytest.approx(share, abs=1e-12)


@given(
    small_answers,
    st.lists(st.integers(-2, 1), min_size=3, max_size=3),
    st.lists(st.integers(1, 4), min_size=3, max_size=3),
)
def test_a_model_dominated_in_every_reading_is_never_first(
    given_answers: dict[str, object], low: list[int], gaps: list[int]
):
    votes = {("choreography", r): vote for r, vote in zip(("order", "scale", "upkeep"), low, strict=True)}
    votes |= {
        ("orchestration", r): min(2, vote + gap)
        for r, vote, gap in zip(("order", "scale", "upkeep"), low, gaps, strict=True)
    }
    found = readings(Decision.from_answers("Any", given_answers, **NAMED), without_prior(KNOWN, votes))
    assert found.first["choreography"] == 0


@pytest.mark.parametrize("rating", [-2, 0, 2])
def test_where_all_ratings_are_equal_everything_ties(rating: int):
    pairs = itertools.product(("orchestration", "choreography"), ("order", "scale", "upkeep"))
    known = without_prior(KNOWN, dict.fromkeys(pairs, rating))
    found = readings(Decision.from_answers("Equal", {"order": 4, "scale": 2, "upkeep": "not sure"}), known)
    assert found.tie == pytest.approx(1)
    assert found.first == {"orchestration": 0, "choreography": 0, "hybrid": 0}


def test_nothing_needed_ties_and_all_not_sure_is_shared(small: Knowledge):
    nothing = readings(Decision.from_answers("Nothing", dict.fromkeys(small.requirements, 0)), small)
    assert nothing.tie == pytest.approx(1)
    unsure = readings(Decision.from_answers("Unsure", dict.fromkeys(small.requirements, "not sure")), small)
    assert unsure.method == "exact"
    assert 0 < unsure.first["choreography"] < unsure.first["orchestration"] < 1


def test_one_requirement_alone_is_worked_by_hand(small: Knowledge):
    one = replace(small, requirements={"order": small.requirements["order"]})
    # Three votes at one end each, half a vote everywhere: the top step has 3.5 of 5.5, each other step 0.5.
    chances = {4: Fraction(7, 11), 3: Fraction(1, 11), 2: Fraction(1, 11), 1: Fraction(1, 11), 0: Fraction(1, 11)}
    ahead = sum(p * chances[4 - c] for o, p in chances.items() for c in range(5) if o > c)
    found = readings(Decision.from_answers("One", {"order": 1}), one)
    assert found.first["orchestration"] == pytest.approx(float(ahead), abs=1e-15)


def test_every_way_of_leaving_three_questions_open_is_exact_with_a_hybrid():
    decision = Decision.open(EXAMPLES / "order-and-payment.decision.json")
    decision = decision.answer("throughput_scale", level=3).answer("security_of_plane", level=2)
    for open_ in itertools.combinations(SHIPPED.requirements, 3):
        changed = decision
        for requirement in open_:
            changed = changed.answer(requirement, level="not sure")
        assert readings(changed, SHIPPED).method == "exact"


# -- any weights ---------------------------------------------------------------------------------------------------


def pairwise(first: Sequence[int], second: Sequence[int]) -> float:
    return any_weights([first, second]).first[0]


def test_one_requirement_decides_alone_and_two_opposed_ones_by_their_leads():
    assert pairwise([3], [1]) == 1
    assert pairwise([1], [3]) == 0
    assert pairwise([4, 0], [1, 1]) == pytest.approx(3 / 4, abs=1e-15)
    assert pairwise([2, 2], [2, 2]) == 0


def test_two_against_one_is_worked_by_hand():
    # 2 E3 uses up E1 and then E2, each with the odds 2 to 1: exponential variables do not age
    assert pairwise([1, 1, 0], [0, 0, 2]) == pytest.approx(1 - (2 / 3) ** 2, abs=1e-15)


def test_any_weights_of_two_models_stays_exact_for_forty_requirements():
    rng = np.random.default_rng(7)
    first, second = rng.integers(0, 5, (2, 40))
    draws = rng.exponential(size=(400_000, 40)) @ (first - second)
    share = pairwise(first, second)
    assert share + pairwise(second, first) == pytest.approx(1, abs=1e-12)
    assert abs(share - (draws > 0).mean()) < 4 * math.sqrt(share * (1 - share) / 400_000)


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_any_weights_adds_up_and_does_not_mind_the_order(columns: list[tuple[int, int, int]], random: object):
    ratings = np.array(columns).T
    found = any_weights(ratings)
    assert found.method == "exact"
    assert all(-1e-12 <= share <= 1 + 1e-12 for share in (*found.first.values(), found.tie))
    assert math.fsum((*found.first.values(), found.tie)) == pytest.approx(1, abs=1e-12)
    random.shuffle(columns)
    rows = [2, 0, 1]
    turned = any_weights(np.array(columns).T[rows])
    for place, row in enumerate(rows):
        assert turned.first[place] == pytest.approx(found.first[row], abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_any_weights_of_three_models_is_that_of_seeded_draws(seed: int):
    rng = np.random.default_rng(seed)
    ratings = rng.integers(0, 5, (3, 13)) if seed % 2 else rng.random((3, 9))
    weights = rng.exponential(size=(500_000, ratings.shape[1]))
    scores = weights @ ratings.T
    found = any_weights(ratings)
    assert found.method == "exact"
    for row, wins in enumerate((scores == scores.max(axis=1, keepdims=True)).T):
        share = found.first[row]
        assert abs(share - wins.mean()) < 4 * math.sqrt(share * (1 - share) / 500_000) + 1e-9


def test_a_dominated_model_is_never_first_and_twins_tie_where_they_lead():
    assert any_weights([[4, 3, 2], [3, 2, 1], [1, 4, 0]]).first[1] == 0
    found = any_weights([[4, 0], [4, 0], [1, 1]])
    assert found.first == {0: 0.0, 1: 0.0, 2: pytest.approx(1 / 4)}
    assert found.tie == pytest.approx(3 / 4)
    assert any_weights([[1, 1], [1, 1]]).tie == 1


def test_four_models_or_many_columns_are_sampled_with_their_error():
    rng = np.random.default_rng(3)
    ratings = rng.random((4, 8))
    found = any_weights(ratings)
    assert found.method == "16 x 1,024 scrambled Sobol points"
    scores = rng.exponential(size=(500_000, 8)) @ ratings.T
    for row, wins in enumerate((scores == scores.max(axis=1, keepdims=True)).T):
        assert abs(found.first[row] - wins.mean()) < 5 * found.error + 0.003
    assert any_weights(rng.random((3, 30))).error > 0


@pytest.mark.parametrize(
    "ratings", [[[1, 2]], [1, 2], [[], []], [[1, float("nan")], [1, 2]], [[1, 2], [float("inf"), 0]]]
)
def test_what_are_no_ratings_is_refused(ratings: object):
    with pytest.raises(ValueError, match="ratings"):
        any_weights(ratings)
