"""The second voice: silence is not a 0, no organisation counts twice, both voices are told apart."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_kit import Decision, Knowledge, cases, cases_wording, evaluate, knowledge, voices
from decision_kit.cases import Case

SHIPPED = knowledge.load()
KNOWN = cases.of(SHIPPED)


def case(name: str, model: str = "orchestration", **levels: int) -> Case:
    return Case(id=name, organisation=name, workflow="a flow", model=model, levels=levels)


# -- the nearest ---------------------------------------------------------------------------------------------------


def test_the_distance_is_worked_by_hand(small: Knowledge):
    decision = Decision.from_answers("Any", {"order": 4, "scale": [1, 2]})
    near = voices.nearest(decision, small, [case("named", order=3, scale=1), case("silent", order=3)])
    # order: 1 apart in both; scale: 1 or 2 against 1 is 1/2, against 0, 1 or 2 it is (1+0+1 + 2+1+0) / 6
    assert [(n.case.id, n.distance) for n in near] == [("named", 1.5), ("silent", pytest.approx(1 + 5 / 6))]


def test_silence_is_not_a_zero(small: Knowledge):
    decision = Decision.from_answers("Any", {"order": 2})
    near = voices.nearest(decision, small, [case("zero", order=0), case("silent")])
    assert [neighbour.case.id for neighbour in near] == ["silent", "zero"]


def test_questions_not_answered_or_not_sure_do_not_count(small: Knowledge):
    known = [case("one", order=4, scale=0), case("two", order=3, scale=4)]
    plain, unsure = (
        voices.nearest(Decision.from_answers("Any", answers), small, known)
        for answers in ({"order": 4}, {"order": 4, "scale": "not sure"})
    )
    assert plain == unsure


def test_an_organisation_speaks_once_by_its_nearest_case(small: Knowledge):
    twins = [
        Case("a", "Acme", "one", "orchestration", {"order": 4}),
        Case("b", "ACME ", "two", "orchestration", {"order": 3}),
        Case("c", "Acme Labs", "three", "orchestration", {"order": 4}, parent="Acme"),
        Case("d", "Other", "four", "choreography", {"order": 0}),
    ]
    voice = voices.voice(Decision.from_answers("Any", {"order": 4}), small, twins)
    assert [neighbour.case.id for neighbour in voice.nearest] == ["a", "d"]
    assert voice.shares == {"orchestration": 0.5, "choreography": 0.5, "hybrid": 0.0}
    assert voice.most is None


def test_what_made_a_case_near_and_what_sets_it_apart_is_named(small: Knowledge):
    decision = Decision.from_answers("Any", {"order": 4, "scale": 4, "upkeep": 0})
    (near,) = voices.nearest(decision, small, [case("one", order=3, scale=0, upkeep=3)])
    assert near.shared == ("order",)
    assert near.apart == ("scale", "upkeep")


def test_a_reported_case_has_no_voice(small: Knowledge):
    told = Case("a", "Acme", "one", "orchestration", {"order": 4}, standing="reported")
    assert voices.voice(Decision.from_answers("Any", {"order": 4}), small, [told]) is None


levels = st.dictionaries(st.sampled_from(list(SHIPPED.requirements)), st.integers(0, 4), min_size=1)


@given(levels)
def test_shares_add_up_and_the_order_of_cases_changes_no_distance(answers: dict[str, int]):
    decision = Decision.from_answers("Any", answers)
    voice = voices.voice(decision, SHIPPED, KNOWN)
    assert sum(voice.shares.values()) == pytest.approx(1)
    assert len({neighbour.case.owner for neighbour in voice.nearest}) == len(voice.nearest) == voices.NEAREST
    turned = voices.nearest(decision, SHIPPED, KNOWN[::-1])
    assert [n.distance for n in turned] == [n.distance for n in voices.nearest(decision, SHIPPED, KNOWN)]


# -- both voices ---------------------------------------------------------------------------------------------------


@given(levels)
def test_the_combined_reading_is_a_probability_of_the_two_models(answers: dict[str, int]):
    found = voices.combined(Decision.from_answers("Any", answers), SHIPPED, KNOWN)
    assert sum(found.first.values()) == pytest.approx(1)
    assert all(0 < share < 1 for share in found.first.values())
    assert found.cases == 46


def test_the_combined_reading_is_the_mode_that_a_general_optimiser_finds():
    from scipy.optimize import minimize  # noqa: PLC0415 - for this test alone

    taught = [case for case in KNOWN if case.standing == "documented" and case.model != "hybrid"]
    asked = list(SHIPPED.requirements)
    rows = np.array([[1, *(case.levels.get(r, 1) / 4 for r in asked)] for case in taught])
    chosen = np.array([case.model == "orchestration" for case in taught], dtype=float)
    leads = [float(SHIPPED.mean_ratings["orchestration", r] - SHIPPED.mean_ratings["choreography", r]) for r in asked]
    mean, spread = np.array([0, *leads]), np.array([3, *[2] * len(asked)])

    def loss(slopes: np.ndarray) -> float:
        odds = rows @ slopes
        return float(np.logaddexp(0, odds).sum() - chosen @ odds + (((slopes - mean) / spread) ** 2).sum() / 2)

    mode = minimize(loss, mean, method="BFGS", options={"gtol": 1e-8}).x
    share = 1 / (1 + np.exp(-rows @ mode))
    curvature = rows.T * (share * (1 - share)) @ rows + np.diag(1 / spread**2)
    decision = Decision.from_answers("Any", dict.fromkeys(asked, 3))
    point = np.array([1, *[3 / 4] * len(asked)])
    variance = point @ np.linalg.inv(curvature) @ point
    expected = 1 / (1 + np.exp(-(point @ mode) / np.sqrt(1 + np.pi / 8 * variance)))
    assert voices.combined(decision, SHIPPED, KNOWN).first["orchestration"] == pytest.approx(expected, abs=1e-4)


def test_without_cases_of_both_models_there_is_no_combined_reading(small: Knowledge):
    assert voices.combined(Decision.from_answers("Any", {"order": 4}), small, [case("one", order=4)]) is None


def test_teams_agree_with_a_hybrid_where_each_side_chose_its_half(order_and_payment: Decision):
    teams = evaluate(order_and_payment).teams
    assert teams.sides["core"].most == "orchestration"
    assert teams.sides["reactions"].most == "choreography"
    assert teams.agrees is True
    told = cases_wording.teams(evaluate(order_and_payment))
    assert told[-2] == (
        "What teams did agrees with what fits best by the sources' ratings, a hybrid of orchestration and choreography."
    )


def test_teams_that_chose_otherwise_are_told_of(small: Knowledge):
    known = [case(name, "choreography", order=4) for name in "abc"] + [case("d", order=1)]
    teams = voices.teams(Decision.from_answers("Any", {"order": 4}), small, known, "orchestration")
    assert teams.agrees is False
    assert [neighbour.case.id for neighbour in teams.whole.otherwise] == ["d"]


def test_cases_of_ones_own_speak_too(order_and_payment: Decision):
    own = cases.from_decision(order_and_payment, set(), "Acme", "hybrid")
    teams = evaluate(replace(order_and_payment, name="Another flow"), own_cases=(own,)).teams
    assert teams.whole.nearest[0].case == own
    assert evaluate(order_and_payment, own_cases=(own,)).own_cases == ()  # no evidence for itself
    assert "Acme" not in str(evaluate(order_and_payment).to_dict()["teams"])


def test_a_folder_without_cases_has_no_second_voice(small: Knowledge):
    assert evaluate(Decision.from_answers("Any", {"order": 4, "scale": 1}), small).teams is None
