"""The charts: bars that add up, told apart without colour, no upload button."""

import pytest

from decision_kit import Decision, charts, evaluate


def test_fifty_plus_all_bars_of_a_model_is_its_fit(order_and_payment: Decision):
    evaluation = evaluate(order_and_payment)
    figure = charts.for_and_against(evaluation)
    for bars, (_, fit) in zip(figure.data, evaluation.ranking(), strict=True):
        assert 50 + sum(bars.x) == pytest.approx(float(fit) * 100, abs=1e-9)


def test_bars_against_differ_from_bars_for_in_side_colour_and_pattern(order_and_payment: Decision):
    for bars in charts.for_and_against(evaluate(order_and_payment)).data:
        looks = {(x >= 0, c, p) for x, c, p in zip(bars.x, bars.marker.color, bars.marker.pattern.shape, strict=True)}
        assert looks <= {(True, charts.FOR, ""), (False, charts.AGAINST, "/")}


def test_the_weightiest_need_is_on_top_and_what_is_not_needed_is_left_out():
    evaluation = evaluate(
        Decision.from_answers("Chart", {"strict_ordering": 1, "throughput_scale": 4, "fault_isolation": 0})
    )
    assert charts.for_and_against(evaluation).data[0].y == ("Strict ordering", "Throughput and scale")


def test_the_bundle_offers_no_upload(order_and_payment: Decision):
    (content,) = charts.bundle(charts.for_and_against(evaluate(order_and_payment))).values()
    assert content["config"]["showSendToCloud"] is False
    assert content["config"]["displaylogo"] is False


def test_stacked_bars_hold_every_number_and_leave_out_what_is_nowhere():
    parts = [("Orchestration", "#0072B2", [3, 0]), ("Tie", "#777777", [0, 0]), ("Hybrid", "#009E73", [1, 2_000])]
    figure = charts.stacked(["red", "red"], parts, "workflows")
    assert [(bar.name, list(bar.x), list(bar.y), list(bar.text)) for bar in figure.data] == [
        ("Orchestration", [3, 0], [0, 1], ["3", ""]),
        ("Hybrid", [1, 2_000], [0, 1], ["1", "2,000"]),
    ]
    assert list(figure.layout.yaxis.ticktext) == ["red", "red"]
    assert figure.layout.xaxis.dtick is None


def test_few_things_are_counted_in_whole_numbers():
    figure = charts.stacked(["All"], [("Orchestration", "#0072B2", [1]), ("Tie", "#777777", [2])], "workflows")
    assert figure.layout.xaxis.dtick == 1
