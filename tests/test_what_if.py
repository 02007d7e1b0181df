"""The what-if controls: answers move without touching the saved decision, and what was moved can be kept."""

from dataclasses import replace
from pathlib import Path

import ipywidgets as w
import pytest
from test_boundaries import said
from test_widgets import ORDER, find, press

from decision_kit import Decision, evaluate, records
from decision_kit.widgets.controls import AGAIN
from decision_kit.widgets.what_if import Bench
from decision_kit.widgets.what_if import bench as bench_of


@pytest.fixture
def bench(tmp_path: Path, order_and_payment: Decision) -> Bench:
    order_and_payment.save(tmp_path / "decisions" / ORDER)
    return Bench(tmp_path)


def test_without_a_decision_of_ones_own_it_begins_with_an_example(tmp_path: Path):
    bench = Bench(tmp_path)
    assert "fits" in bench.chosen.value
    assert list(tmp_path.iterdir()) == []


def test_it_begins_with_answers_that_turn_the_verdict(bench: Bench):
    turning = {answer.requirement for flip in bench.evaluation.flips.sets for answer in flip.changes}
    assert bench.one in turning
    assert bench.map.value.count("<tr>") == 6


def test_the_decision_is_shown_as_a_page_and_not_as_its_source(bench: Bench):
    assert bench.chosen.value.startswith('<div class="dk dk-verdict">')
    assert "If every need counted the same" in bench.chosen.value
    assert "&lt;" not in bench.chosen.value


def test_moving_an_answer_shows_what_turns_and_saves_nothing(bench: Bench, order_and_payment: Decision):
    find(bench.mover, w.Dropdown, "Move this answer").value = "strict_ordering"
    find(bench.mover, w.Dropdown, "and this one").value = None
    find(bench.mover, w.Dropdown, "Set the first to").value = 0
    assert "Strict ordering" in bench.moved.value
    assert "1 answer of 13 differs" in bench.moved.value
    assert Decision.open(bench.path) == order_and_payment
    find(bench.mover, w.Dropdown, "Set the first to").value = "saved"
    assert bench.moved.value == ""


def test_what_was_moved_is_kept_as_a_new_decision(bench: Bench, order_and_payment: Decision):
    find(bench.mover, w.Dropdown, "Move this answer").value = "strict_ordering"
    find(bench.mover, w.Dropdown, "Set the first to").value = 1
    press(bench.mover, "Keep as a new decision")
    path = bench.folder / "decisions" / "order-and-payment-what-if.decision.json"
    assert said(bench.kept) == f"Kept as “Order and payment (what if)” in {path}."
    kept = Decision.open(path)
    named = replace(order_and_payment, name="Order and payment (what if)", date=kept.date)
    assert kept == named.answer("strict_ordering", level=1)
    assert Decision.open(bench.path) == order_and_payment
    assert dict(find(bench.chooser, w.Dropdown, "Decision").options).keys() >= {
        "Order and payment (order-and-payment)",
        "Order and payment (what if) (order-and-payment-what-if)",
    }
    find(bench.mover, w.Dropdown, "Set the first to").value = 2
    assert bench.kept.value == ""
    assert Decision.open(path) == kept


def test_a_copy_that_is_moved_and_kept_again_says_what_if_once(bench: Bench):
    for level in (1, 0):
        bench.move("strict_ordering", level)
        press(bench.mover, "Keep as a new decision")
        bench.open(bench.folder / "decisions" / "order-and-payment-what-if.decision.json")
    again = bench.folder / "decisions" / "order-and-payment-what-if-2.decision.json"
    assert Decision.open(again).name == "Order and payment (what if)"
    assert Decision.open(again).answer_to("strict_ordering").level == 0


def test_what_was_decided_stays_with_the_decision_as_saved_and_is_not_kept_of_a_moved_one(
    bench: Bench, order_and_payment: Decision
):
    decided = replace(
        order_and_payment,
        chosen="hybrid",
        because="We have run one before",
        status="accepted",
        review="2027-01-01",
        triggers=("the load doubles",),
        supersedes=("0001-other",),
        deciders=("Payments team",),
    )
    decided.save(bench.path)
    bench.read_again()
    bench.move("strict_ordering", 1)
    press(bench.mover, "Keep as a new decision")
    path = bench.folder / "decisions" / "order-and-payment-what-if.decision.json"
    assert said(bench.kept) == (
        f"Kept as “Order and payment (what if)” in {path}. What was chosen, why, and when it is reviewed stays with "
        "the decision as saved."
    )
    kept = Decision.open(path)
    assert (kept.chosen, kept.because, kept.status, kept.review) == ("", "", "proposed", "")
    assert (kept.triggers, kept.supersedes, kept.deciders) == ((), (), ("Payments team",))
    assert Decision.open(bench.path) == decided


def test_lists_tell_a_kept_copy_from_its_origin_also_where_the_name_is_long(bench: Bench, order_and_payment: Decision):
    replace(order_and_payment, name="Order, payment and everything else that is there " * 2).save(bench.path)
    bench.read_again()
    bench.move("strict_ordering", 1)
    press(bench.mover, "Keep as a new decision")
    assert {title.partition(" (order")[0] for title in dict(find(bench.chooser, w.Dropdown, "Decision").options)} >= {
        "Order, payment and everything else that … else that is there",
        "Order, payment and everything else that … is there (what if)",
    }


def test_a_scope_is_moved_as_the_flips_say_and_the_verdict_turns(bench: Bench):
    find(bench.mover, w.Dropdown, "Move this answer").value = "strict_ordering"
    find(bench.mover, w.Dropdown, "Set the first to").value = "whole"
    assert ">Leaning towards a hybrid" in bench.moved.value
    assert ">Leaning towards orchestration" in bench.moved.value or "Too close to call" in bench.moved.value


def test_keeping_nothing_is_told(bench: Bench):
    press(bench.mover, "Keep as a new decision")
    assert "Nothing is moved yet" in bench.message.value


def test_other_axes_forget_what_was_moved(bench: Bench):
    find(bench.mover, w.Dropdown, "Move this answer").value = "strict_ordering"
    find(bench.mover, w.Dropdown, "Set the first to").value = 1
    find(bench.mover, w.Dropdown, "Move this answer").value = "throughput_scale"
    assert find(bench.mover, w.Dropdown, "Set the first to").value == "saved"
    assert bench.moved.value == ""


def test_the_levels_that_turn_and_the_open_answers_are_told(bench: Bench):
    assert "Whatever the level of any one answer, Hybrid still fits best." in bench.turns.value
    assert "Worth answering next: Security of the control and message plane" in bench.opens.value


def test_two_decisions_are_compared_side_by_side(bench: Bench):
    choice = find(bench.comparison, w.Dropdown, "Compare with")
    choice.value = dict(choice.options)["Example: Uber ride flow with notifications"]
    assert "uber-rides.decision.json" in bench.compared.value
    assert "order-and-payment.decision.json" in bench.compared.value
    choice.value = bench.path
    assert "The two decisions say the same." in bench.compared.value


def test_the_comparison_begins_with_a_decision_that_says_something_else(bench: Bench, order_and_payment: Decision):
    assert "differ" in bench.compared.value  # the example it is a copy of says the same
    other = bench.folder / "decisions" / "other.decision.json"
    order_and_payment.answer("strict_ordering", level=0).save(other)
    bench.compare_with(other)
    find(bench.chooser, w.Dropdown, "Decision").value = other
    assert "1 answer of 13 differs" in bench.compared.value
    assert bench.other_path == bench.folder / "decisions" / ORDER


def test_a_file_that_went_bad_is_told_and_the_last_good_one_stays(bench: Bench):
    before = bench.chosen.value
    bad = bench.folder / "decisions" / "bad.decision.json"
    bad.write_text("{")
    bench.choose_axes("strict_ordering", None)
    find(bench.chooser, w.Dropdown, "Decision").value = bad
    assert "bad.decision.json: line 1 is not JSON" in bench.message.value
    assert bench.chosen.value == before
    assert bench.path.name == ORDER


@pytest.mark.usefixtures("bench")
def test_a_record_can_be_compared_and_all_that_differs_is_told(tmp_path: Path, order_and_payment: Decision):
    later = replace(order_and_payment.answer("strict_ordering", level=1), status="accepted", review="2027-01-01")
    *_, path = records.export(evaluate(later), tmp_path / "records")
    again = Bench(tmp_path)
    find(again.comparison, w.Dropdown, "Compare with").value = path
    assert "1 answer of 13 differs" in again.compared.value
    assert "Status: proposed → accepted" in again.compared.value
    assert "Review: empty → 2027-01-01" in again.compared.value


def test_start_pressed_again_reads_a_file_that_changed_and_keeps_what_was_moved(
    tmp_path: Path, order_and_payment: Decision
):
    path = tmp_path / "decisions" / ORDER
    order_and_payment.save(path)
    mine = bench_of(str(tmp_path))
    mine.move("strict_ordering", 0)
    order_and_payment.answer("fault_isolation", level=0).save(path)
    assert bench_of(str(tmp_path)) is mine
    assert mine.evaluation.decision.answer_to("fault_isolation").level == 0
    assert mine.moves == {"strict_ordering": 0}
    assert "1 answer of 13 differs" in mine.moved.value


def test_a_file_that_is_gone_is_told_and_what_was_shown_stays(tmp_path: Path, order_and_payment: Decision):
    path = tmp_path / "decisions" / ORDER
    order_and_payment.save(path)
    mine = bench_of(str(tmp_path))
    choice = find(mine.chooser, w.Dropdown, "Decision")
    path.unlink()
    shown = bench_of(str(tmp_path)).chosen.value
    assert f"{path}: cannot be read (no such file or directory)." in mine.message.value
    assert "Leaning towards a hybrid" in shown
    find(mine.mover, w.Dropdown, "Move this answer").value = "strict_ordering"
    find(mine.mover, w.Dropdown, "Set the first to").value = 1
    press(mine.mover, "Keep as a new decision")
    assert mine.message.value == ""
    assert choice.value is None
    assert [each.name for each in path.parent.iterdir()] == ["order-and-payment-what-if.decision.json"]


@pytest.mark.parametrize("how", ["the button", "Start"])
def test_what_was_told_of_a_file_goes_once_it_is_mended_and_read_again(
    tmp_path: Path, order_and_payment: Decision, how: str
):
    path = tmp_path / "decisions" / ORDER
    order_and_payment.save(path)
    mine = bench_of(str(tmp_path))

    def read_again() -> None:
        if how == "Start":
            bench_of(str(tmp_path))
        else:
            press(mine.chooser, AGAIN)

    path.write_text("{", encoding="utf-8")
    for _ in range(2):
        read_again()
        assert f"{path}: line 1 is not JSON" in said(mine.message)
    order_and_payment.save(path)
    read_again()
    assert mine.message.value == ""


def test_reading_the_files_again_lists_a_decision_that_is_new(bench: Bench, order_and_payment: Decision):
    press(bench.chooser, AGAIN)
    new = bench.folder / "decisions" / "new.decision.json"
    replace(order_and_payment, name="Returns").save(new)
    press(bench.chooser, AGAIN)
    for part in (bench.chooser, bench.comparison):
        assert dict(find(part, w.Dropdown, "").options)["Returns (new)"] == new
