"""What speaks for one model against another: nothing twice, nothing left out, and what it rests on is said."""

from decision_kit import Decision, evaluate, reasons_wording, wording


def test_a_need_on_which_only_the_crossing_cost_sets_two_models_apart_is_no_reason(order_and_payment: Decision):
    evaluation = evaluate(order_and_payment)
    _, against = reasons_wording.reasons(evaluation, "hybrid", "orchestration")
    named = {contribution.answer.requirement for contribution in against}
    assert "debug_traceability" in named
    assert not {"strict_ordering", "consistency_compensation", "audit_visibility"} & named


def test_the_reasons_and_the_crossing_add_up_to_the_lead(order_and_payment: Decision):
    evaluation = evaluate(order_and_payment)
    fit = evaluation.scores.fit
    told = [c for side in reasons_wording.reasons(evaluation, "hybrid", "orchestration") for c in side]
    lead = sum(c.fit["hybrid"] - c.fit["orchestration"] for c in told)
    lead += reasons_wording.crossing_alone(evaluation, "hybrid", "orchestration")
    assert lead == fit["hybrid"] - fit["orchestration"]


def test_the_crossing_cost_is_one_figure_and_what_of_it_is_in_no_reason_is_named_as_a_part(order_and_payment: Decision):
    evaluation = evaluate(order_and_payment)
    assert wording.boundary(evaluation).startswith("Drawing the boundary costs 6.2 points of fit for crossing it")
    assert reasons_wording.crossing(evaluation, "hybrid", "orchestration") == (
        "Of the 6.2 points that crossing the boundary costs Hybrid in all, 2.9 points lie on needs that both serve "
        "alike (Strict ordering 0.9, Undo and consistency 0.9, Security of the control and message plane 0.4, Long "
        "runs and human steps 0.2, Simple operation 0.2, Audit and visibility 0.2, and Central control of change "
        "0.1); the rest is in the points of the other needs."
    )
    assert reasons_wording.crossing(evaluation, "orchestration", "choreography") == ""


def test_where_the_rating_of_a_hybrid_comes_from_is_said(order_and_payment: Decision):
    evaluation = evaluate(order_and_payment)
    needs = {need.answer.requirement: need for need in evaluation.scores.contributions}
    said = {r: reasons_wording.rests_on(needs[r], "hybrid", evaluation.knowledge).partition("; ")[2] for r in needs}
    assert said["strict_ordering"] == "that of orchestration, less the crossing cost"
    assert said["throughput_scale"] == "that of choreography, less the crossing cost"
    assert said["latency_responsiveness"] == "the mean of the two, less the crossing cost"
    assert said["debug_traceability"] == "the lower of the two, as two planes make this worse, less the crossing cost"
    assert reasons_wording.rests_on(needs["strict_ordering"], "orchestration", evaluation.knowledge) == "3 sources"
