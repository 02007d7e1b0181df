"""Undo: each button names what it takes back, and what it does is saved and shown as any other change."""

from pathlib import Path

import ipywidgets as w
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_widgets import ORDER, all_of, find, press, saved, told

from decision_kit import Decision, knowledge
from decision_kit.widgets.decide import Desk

NEEDS = list(knowledge.load().requirements)


@pytest.fixture
def order(tmp_path: Path, order_and_payment: Decision) -> Desk:
    order_and_payment.save(tmp_path / "decisions" / ORDER)
    return Desk(tmp_path)


def steps(desk: Desk) -> list[str]:
    return [button.description for button in all_of(desk.undo.bar) if isinstance(button, w.Button)]


def test_with_nothing_to_take_back_both_buttons_wait(order: Desk):
    assert steps(order) == ["Undo", "Redo"]
    assert all(button.disabled for button in order.undo.bar.children)
    assert "before the page of the app is loaded again" in order.undo.bar.children[0].tooltip


def test_several_answers_are_taken_back_one_by_one_and_done_again(order: Desk):
    find(order.questions, w.RadioButtons, "Must the steps run").value = 1
    order.answer("strict_ordering", scope="whole", must=False)
    order.change(status="accepted")
    assert steps(order) == ["Undo: Status: proposed → accepted", "Redo"]
    press(order.questions, "Undo")
    assert saved(order).status == "proposed"
    press(order.questions, "Undo: Strict ordering: level 1, need of the core, must-have → level 1")
    press(order.questions, "Undo: Strict ordering: level 4 → level 1")
    assert find(order.questions, w.RadioButtons, "Must the steps run").value == 4
    assert saved(order).answer_to("strict_ordering").level == 4
    assert steps(order)[0] == "Undo"
    for _ in range(3):
        press(order.questions, "Redo: ")
    assert saved(order).status == "accepted"
    assert saved(order).answer_to("strict_ordering").scope == "whole"
    assert steps(order)[1] == "Redo"


def test_a_new_change_after_an_undo_leaves_nothing_to_do_again(order: Desk):
    order.answer("strict_ordering", level=1)
    press(order.questions, "Undo: ")
    order.answer("strict_ordering", level=2)
    assert steps(order)[1] == "Redo"


def test_what_is_typed_into_one_text_is_one_step(order: Desk):
    context = find(order.chooser, w.Textarea, "What should a reader know")
    before = context.value
    for text in ("A", "A shop", "A shop that grows"):
        context.value = text
    find(order.export, w.Textarea, "Who decides?").value = "Checkout team\n\nPayments team\n"
    assert steps(order)[0].startswith("Undo: Deciders: ")
    press(order.questions, "Undo: ")
    assert steps(order)[0].endswith(" → A shop that grows")
    press(order.questions, "Undo: Context")
    assert context.value == before == saved(order).context
    assert steps(order)[0] == "Undo"


def test_what_is_typed_and_taken_away_again_is_no_step(order: Desk):
    listens = find(order.chooser, w.Textarea, "Who only listens?")
    before = listens.value
    listens.value = f"{before} and"
    listens.value = before
    assert steps(order) == ["Undo", "Redo"]


def test_lines_come_back_as_they_are_kept(order: Desk):
    people = find(order.export, w.Textarea, "Who decides?")
    people.value = " Checkout team \n\nPayments team\n"
    assert people.value == " Checkout team \n\nPayments team\n"  # nothing moves under the hands of who types
    press(order.questions, "Undo: ")
    press(order.questions, "Redo: ")
    assert people.value == "Checkout team\nPayments team"


def test_another_decision_has_steps_of_its_own(order: Desk):
    order.answer("strict_ordering", level=1)
    press(order.chooser, "Start a new, empty decision")
    assert steps(order) == ["Undo", "Redo"]


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(NEEDS), st.integers(0, 4)), max_size=4), st.data())
def test_any_answers_taken_back_and_done_again_are_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, int]], data: st.DataObject
):
    desk = Desk(tmp_path_factory.mktemp("undo"))
    states = [desk.decision]
    for requirement, level in changes:
        desk.answer(requirement, level=level)
        if desk.decision != states[-1]:
            states.append(desk.decision)
    back = data.draw(st.integers(0, len(states) - 1))
    for _ in range(back):
        press(desk.undo.bar, "Undo: ")
    assert desk.decision == states[-1 - back]
    for _ in range(back):
        press(desk.undo.bar, "Redo: ")
    assert desk.decision == states[-1]
    assert desk.path is None or saved(desk) == desk.decision


def texts_that_met(folder: Path) -> tuple[Desk, Desk, w.Textarea]:
    """Let one desk save a text, and another on the same file type one into the same box."""
    Decision("Orders").save(folder / "decisions" / ORDER)
    first, second = Desk(folder), Desk(folder)
    find(first.chooser, w.Textarea, "Which steps must run").value = "book back the money"
    core = find(second.chooser, w.Textarea, "Which steps must run")
    for typed in ("take", "take the", "take the payment"):
        core.value = typed
    return first, second, core


def test_a_text_dropped_for_theirs_comes_back_by_undo_and_theirs_is_not_touched_without_asking(tmp_path: Path):
    first, second, core = texts_that_met(tmp_path)
    press(second.saving.panel, "Take theirs")
    assert core.value == "book back the money"
    assert steps(second) == ["Undo: Core: take the payment → book back the money", "Redo"]
    press(second.undo.bar, "Undo: ")
    assert core.value == second.decision.core == "take the payment"
    there, here = told(second.saving.panel).split("Changed here and not saved:")
    assert "<li>Core: empty → book back the money</li>" in there
    assert "<li>Core: empty → take the payment</li>" in here
    assert saved(first).core == "book back the money"
    press(second.undo.bar, "Redo: Core: take the payment → book back the money")
    assert second.saving.panel.children == ()
    press(second.undo.bar, "Undo: ")
    press(second.saving.panel, "Merge both")
    assert saved(second).core == core.value == "book back the money\n\ntake the payment"


def test_a_merge_taken_back_asks_again_with_each_text_where_it_was(tmp_path: Path):
    first, second, core = texts_that_met(tmp_path)
    press(second.saving.panel, "Merge both")
    assert steps(second)[0] == "Undo: Core: take the payment → book back the money take the payment"
    press(second.undo.bar, "Undo: ")
    assert core.value == "take the payment"
    assert saved(first).core == "book back the money"
    assert "<li>Core: empty → book back the money</li>" in told(second.saving.panel)
    press(second.saving.panel, "Take theirs")
    assert core.value == saved(second).core == "book back the money"


def test_what_is_typed_on_after_a_choice_is_a_step_of_its_own(tmp_path: Path):
    _, second, core = texts_that_met(tmp_path)
    press(second.saving.panel, "Take theirs")
    core.value = "book back the money and the stock"
    press(second.undo.bar, "Undo: ")
    assert core.value == saved(second).core == "book back the money"


def test_what_was_kept_in_a_new_file_is_taken_back_there_without_a_question(tmp_path: Path):
    first, second, core = texts_that_met(tmp_path)
    second.answer("strict_ordering", level=1)
    press(second.saving.panel, "Keep both")
    press(second.undo.bar, "Undo: ")
    assert "Merge both" not in told(second.saving.panel)
    assert second.saving.settled
    assert saved(second).answer_to("strict_ordering").level is None
    assert (saved(first).core, saved(second).core) == ("book back the money", core.value)


def test_a_choice_is_not_taken_back_over_what_was_written_since(tmp_path: Path):
    first, second, core = texts_that_met(tmp_path)
    press(second.saving.panel, "Merge both")
    first.read_again()
    first.change(core="nothing")
    press(second.undo.bar, "Undo: ")
    assert saved(first).core == "nothing"
    assert "<li>Core: empty → nothing</li>" in told(second.saving.panel)
    assert core.value == "take the payment"
