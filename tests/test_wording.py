"""The sentences: the same everywhere, plain, and true to the figures."""

import pytest
from conftest import EXAMPLES

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


def test_a_verdict_on_some_of_the_questions_says_what_the_others_could_do(
    small: Knowledge, order_and_payment: Decision
):
    one = evaluate(Decision.from_answers("Any", {"order": 4, "scale": 0}), small)
    assert wording.still_open(one) == (
        "1 of 3 questions is not answered: the fit leaves it out, and the readings let it have any level. Whatever "
        "becomes of it, Orchestration still fits best."
    )
    many = evaluate(Decision.open(EXAMPLES / "amazon-orders.decision.json"))
    assert wording.still_open(many) == (
        "8 of 13 questions are not answered: the fit leaves them out, and the readings let each have any level. "
        "Depending on them, Orchestration could still come to fit better than Choreography."
    )
    assert wording.still_open(evaluate(order_and_payment)) == ""
    assert wording.still_open(evaluate(Decision.from_answers("Any", {"order": 4}), small)) == ""


def test_where_there_is_no_verdict_nothing_surer_is_said():
    few = evaluate(Decision.from_answers("Any", {"strict_ordering": 4, "consistency_compensation": "not sure"}))
    assert wording.flips(few) == []
    assert wording.unweighted(few) == ""
    assert wording.turning(few, {}) == "There is no verdict yet, so what would change it is not said."
    assert wording.teams(few) == [
        "There is no verdict yet, so what the nearest teams chose is not counted: too little is answered."
    ]


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


def test_the_title_names_the_system_on_one_line_and_the_model(small: Knowledge):
    decision = Decision.from_answers("Order\n and  payment", {"order": 4, "scale": 0})
    assert wording.title(evaluate(decision, small)) == "Coordinate Order and payment with orchestration"
    assert wording.title(evaluate(Decision("Orders"), small)) == "Decide how to coordinate Orders"


def test_the_statement_names_needs_gain_and_price(order_and_payment: Decision):
    said = wording.statement(evaluate(order_and_payment))
    assert said.startswith("In the context of Order and payment, facing the need for strict ordering, ")
    assert "we decided for a hybrid of orchestration and choreography and neglected orchestration, to achieve" in said
    assert "accepting that it does less for debugging and tracing" in said


def test_a_need_on_which_only_the_crossing_cost_sets_two_models_apart_is_no_reason(order_and_payment: Decision):
    evaluation = evaluate(order_and_payment)
    _, against = wording.reasons(evaluation, "hybrid", "orchestration")
    named = {contribution.answer.requirement for contribution in against}
    assert "debug_traceability" in named
    assert not {"strict_ordering", "consistency_compensation", "audit_visibility"} & named


def test_the_reasons_and_the_crossing_add_up_to_the_lead(order_and_payment: Decision):
    evaluation = evaluate(order_and_payment)
    fit = evaluation.scores.fit
    told = [c for side in wording.reasons(evaluation, "hybrid", "orchestration") for c in side]
    lead = sum(c.fit["hybrid"] - c.fit["orchestration"] for c in told)
    lead += wording.crossing_alone(evaluation, "hybrid", "orchestration")
    assert lead == fit["hybrid"] - fit["orchestration"]


def test_the_crossing_cost_is_one_figure_and_what_of_it_is_in_no_reason_is_named_as_a_part(order_and_payment: Decision):
    evaluation = evaluate(order_and_payment)
    assert wording.boundary(evaluation).startswith("Drawing the boundary costs 6.2 points of fit for crossing it")
    assert wording.crossing(evaluation, "hybrid", "orchestration") == (
        "Of the 6.2 points that crossing the boundary costs Hybrid in all, 2.9 points lie on needs that both serve "
        "alike and the rest in the points above."
    )
    assert wording.crossing(evaluation, "orchestration", "choreography") == ""


def test_where_the_rating_of_a_hybrid_comes_from_is_said(order_and_payment: Decision):
    evaluation = evaluate(order_and_payment)
    needs = {need.answer.requirement: need for need in evaluation.scores.contributions}
    said = {r: wording.rests_on(needs[r], "hybrid", evaluation.knowledge).partition("; ")[2] for r in needs}
    assert said["strict_ordering"] == "that of orchestration, less the crossing cost"
    assert said["throughput_scale"] == "that of choreography, less the crossing cost"
    assert said["latency_responsiveness"] == "the mean of the two, less the crossing cost"
    assert said["debug_traceability"] == "the lower of the two, as two planes make this worse, less the crossing cost"
    assert wording.rests_on(needs["strict_ordering"], "orchestration", evaluation.knowledge) == "3 sources"


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


@pytest.mark.parametrize(("items", "said"), [("a", "a"), ("ab", "a and b"), ("abc", "a, b, and c")])
def test_lists_read_as_sentences_do(items: str, said: str):
    assert wording.listed(items) == said
