"""The sentences of a record: its title names the system, and one sentence says the whole decision."""

from decision_kit import Decision, Knowledge, evaluate, record_wording


def test_the_title_names_the_system_on_one_line_and_the_model(small: Knowledge):
    decision = Decision.from_answers("Order\n and  payment", {"order": 4, "scale": 0})
    assert record_wording.title(evaluate(decision, small)) == "Coordinate Order and payment with orchestration"
    assert record_wording.title(evaluate(Decision("Orders"), small)) == "Decide how to coordinate Orders"


def test_the_statement_names_needs_gain_and_price(order_and_payment: Decision):
    said = record_wording.statement(evaluate(order_and_payment))
    assert said.startswith("In the context of Order and payment, facing the need for strict ordering, ")
    assert "we decided for a hybrid of orchestration and choreography and neglected orchestration, to achieve" in said
    assert "accepting that it does less for debugging and tracing" in said
