"""The sentences about what would change a verdict: true to what is open, and nothing where there is no verdict."""

from conftest import EXAMPLES

from decision_kit import Decision, Knowledge, evaluate, sensitivity_wording


def test_a_verdict_on_some_of_the_questions_says_what_the_others_could_do(
    small: Knowledge, order_and_payment: Decision
):
    one = evaluate(Decision.from_answers("Any", {"order": 4, "scale": 0}), small)
    assert sensitivity_wording.still_open(one) == (
        "1 of 3 questions is not answered: the fit leaves it out, and the readings let it have any level. Whatever "
        "becomes of it, Orchestration still fits best."
    )
    many = evaluate(Decision.open(EXAMPLES / "amazon-orders.decision.json"))
    assert sensitivity_wording.still_open(many) == (
        "8 of 13 questions are not answered: the fit leaves them out, and the readings let each have any level. "
        "Depending on them, Orchestration could still come to fit better than Choreography."
    )
    assert sensitivity_wording.still_open(evaluate(order_and_payment)) == ""
    assert sensitivity_wording.still_open(evaluate(Decision.from_answers("Any", {"order": 4}), small)) == ""


def test_where_there_is_no_verdict_nothing_is_said_to_change_it():
    few = evaluate(Decision.from_answers("Any", {"strict_ordering": 4, "consistency_compensation": "not sure"}))
    assert sensitivity_wording.flips(few) == []
    assert sensitivity_wording.turning(few, {}) == "There is no verdict yet, so what would change it is not said."
