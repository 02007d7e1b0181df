"""The sentences: the same everywhere, plain, and true to the figures."""

import pytest

from decision_kit import Decision, Knowledge, evaluate, wording


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"order": 4, "scale": 0, "upkeep": 0}, "Clear: orchestration."),
        ({"order": 2, "scale": 3, "upkeep": 2}, "Leaning towards orchestration."),
        ({"order": 2, "scale": 3, "upkeep": 0}, "Too close to call between orchestration and choreography."),
        ({"order": 2, "scale": 3, "upkeep": 1}, "Too close to call between orchestration and choreography."),
        ({"order": 2}, "Not enough answers for a verdict."),
    ],
)
def test_each_kind_of_verdict_has_its_sentence(small: Knowledge, answers: dict[str, object], said: str):
    assert wording.headline(evaluate(Decision.from_answers("Any", answers), small)) == said


def test_levels_and_ranges_and_not_sure_are_counted_in_one_way():
    few = evaluate(Decision.from_answers("Any", {"strict_ordering": [2, 4], "audit_visibility": "not sure"}))
    assert wording.answered(few) == "2 of 13 answered, 1 of them with “not sure”"
    assert few.verdict.rule == (
        "1 of 13 questions is answered with a level or a range of levels; a verdict needs at least 5."
    )


def test_where_fit_and_readings_point_to_different_models_it_is_said_in_one_sentence(small: Knowledge):
    told = wording.confidence(evaluate(Decision.from_answers("Any", {"order": 2, "scale": 3, "upkeep": 1}), small))
    assert told.endswith(
        "Orchestration fits best (50 % against 46 %), yet Choreography comes first in more readings (47 % against "
        "48 %): the fit takes the mean of the sources' ratings, a reading takes one view for each."
    )
    told = wording.confidence(evaluate(Decision.from_answers("Any", {"scale": 2, "upkeep": 1}), small))
    assert told.endswith(
        ": the fit leaves out what is not answered, a reading takes a level for each of those questions too."
    )
    agreed = wording.confidence(evaluate(Decision.from_answers("Any", {"order": 4, "scale": 0}), small))
    assert "fits" not in agreed


def test_a_hybrid_that_fits_well_and_comes_first_in_few_readings_is_explained(small: Knowledge):
    answers = {
        "order": {"level": 1, "scope": "core"}, "scale": 1, "upkeep": {"level": 1, "scope": "reactions"},
    }  # fmt: skip
    told = wording.confidence(evaluate(Decision.from_answers("Any", answers, core="pay", reactions="mail"), small))
    assert told.endswith(
        "Hybrid fits better than Choreography (52 % against 33 %) but comes first in fewer readings (11 % against "
        "24 %), as needs of the whole flow (1 of 3) give it at most the mean of the two, so that in most "
        "readings one of them is ahead; a need of the core or of the reactions alone would give it the rating of "
        "that side."
    )


def test_what_a_hybrid_lacks_is_said_where_it_cannot_be_compared(small: Knowledge):
    evaluation = evaluate(Decision.from_answers("Any", {"order": 4}, core="pay"), small)
    assert wording.lacking(evaluation) == ["Hybrid cannot be compared yet: name the reactions: who only listens."]


def test_not_answered_and_not_sure_are_told_apart(small: Knowledge):
    evaluation = evaluate(Decision.from_answers("Any", {"order": 4, "scale": "not sure"}), small)
    assert wording.open_questions(evaluation) == (
        "Not answered and left out of the fit: Upkeep. Not sure, counted with the mean weight of all levels: Scale."
    )


def test_a_failed_must_have_names_model_rating_floor_and_sources(small: Knowledge):
    evaluation = evaluate(Decision.from_answers("Any", {"order": {"level": 4, "must": True}}), small)
    assert wording.must_haves(evaluation) == [
        "Choreography is rated 0.0 of 4 on the must-have Order, below the floor of 1 (3 sources): it fails."
    ]


def test_where_there_is_no_verdict_nothing_surer_is_said():
    few = evaluate(Decision.from_answers("Any", {"strict_ordering": 4, "consistency_compensation": "not sure"}))
    assert wording.unweighted(few) == ""


def test_a_model_that_a_must_have_rules_out_fits_best_under_no_weights(small: Knowledge):
    answers = {
        "order": {"level": 4, "scope": "core", "must": True}, "scale": {"level": 4, "scope": "reactions"}, "upkeep": 1,
    }  # fmt: skip
    evaluation = evaluate(Decision.from_answers("Any", answers, core="pay", reactions="mail"), small)
    assert wording.unweighted(evaluation) == (
        "If every need counted the same, Hybrid would fit best (60 %), ahead of Orchestration with 58 %. Over all "
        "weightings there are, these fit best: Hybrid in 51 % and Orchestration in 49 % (exact). Whatever the weights, "
        "a must-have rules out Choreography."
    )
    given = evaluation.to_dict()
    assert set(given["unweighted"]) == set(given["any_weights"]["first"]) == {"orchestration", "hybrid"}
    # Hybrid is ahead by 7/4 on one need and behind by 1/4 and 5/4 on the others
    assert given["any_weights"]["first"]["hybrid"] == pytest.approx(7 / 8 * 7 / 12, abs=1e-12)


def test_where_must_haves_leave_one_model_no_weights_are_spoken_of(small: Knowledge):
    answers = {"order": {"level": 4, "must": True}, "scale": 4, "upkeep": 1}
    evaluation = evaluate(Decision.from_answers("Any", answers), small)
    assert wording.unweighted(evaluation) == ""
    assert evaluation.to_dict()["any_weights"] is None
