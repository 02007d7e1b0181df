"""The sentences of a record: its title names the system, and one sentence says the whole decision."""

from decision_kit import Decision, Knowledge, evaluate, record_wording


def test_the_title_names_the_system_on_one_line_and_the_model(small: Knowledge):
    decision = Decision.from_answers("Order\n and  payment", {"order": 4, "scale": 0})
    assert record_wording.title(evaluate(decision, small)) == "Coordinate Order and payment with orchestration"
    assert record_wording.title(evaluate(Decision("Orders"), small)) == "Decide how to coordinate Orders"


def test_the_statement_names_needs_gain_and_price(order_and_payment: Decision):
    said = record_wording.statement(evaluate(order_and_payment))
    assert said.startswith("In the context of Order and payment, facing the need for strict ordering, ")
    assert (
        "we decided for a hybrid of orchestration and choreography and neglected Orchestration and Choreography, as it "
        "does more than Orchestration for loose coupling and team autonomy, fault isolation, and throughput and scale, "
    ) in said
    assert "accepting that it does less for debugging and tracing" in said


def test_a_model_left_alone_by_must_haves_is_said_to_have_been_weighed_against_no_other(small: Knowledge):
    answers = {"order": {"level": 4, "must": True}, "scale": 4, "upkeep": {"level": 1, "must": True}}
    alone = evaluate(Decision.from_answers("Any", answers), small)
    assert record_wording.unrivalled(alone) == (
        "no other candidate was left: must-haves rule out Choreography (37 %), whatever the other needs say; "
        "Orchestration itself fits 62 %."
    )
    assert record_wording.statement(alone).endswith(
        ", we decided for orchestration, the only model that fails no must-have, and neglected Choreography."
    )
    both = evaluate(Decision.from_answers("Any", {"order": 4, "scale": 4}), small)
    assert record_wording.unrivalled(both) == ""
